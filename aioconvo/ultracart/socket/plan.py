"""When to connect, to ping, to catch up and to give up: the life of an agent socket as a state machine. Pure.

It is told of time (seconds of a clock that never goes back), of what was heard and of how connections end, and answers with
what to do next. It draws no random numbers and waits for nothing: jitter is handed in, and `Wait` says until when.
"""

from __future__ import annotations

import enum
import math
from http import HTTPStatus

import msgspec

from aioconvo.core.access import settings
from aioconvo.core.errors import REDIRECTS

__all__ = [
    "Baseline",
    "Beat",
    "CatchUp",
    "Connect",
    "Drop",
    "GiveUp",
    "KeepAlive",
    "Pace",
    "Ping",
    "SocketPlan",
    "Step",
    "Wait",
]

_DENIED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_IN_TROUBLE = frozenset({HTTPStatus.TOO_MANY_REQUESTS, 1013})
"""What asks for a longer wait: a status, or the code of a close (RFC 6455: try again later)."""
_LATER = 5  # failures that such a one counts for at least: up to 32 s
_NEW_TOKENS = 1  # after a handshake that was denied
_MOST_DOUBLINGS = 16
_PART = 1.5  # of the time between pings: a peer that answers pings is dead after it


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How fast and how patient; all in seconds.

    - `backoff`, `max_backoff`: the wait before the n-th try is drawn from 0 to `min(max_backoff, backoff * 2**(n-1))`;
      `steady`: a connection that lived so long worked, and counting begins anew.
    - `ping`: after so long a silence the peer is asked for a sign of life. One that answers such pings is dead when it was
      silent for one and a half times as long; one of which no answer was ever seen, `patience` after the first ping.
    - `beat`: time between pings in JSON, which gateways count as use of the connection.
    - `keepalive`: time between REST calls that keep the agent's session; each counts for the hourly limit. `None`: none.
    - `net`: time between two looks for messages that no frame told of; `gather`: news of conversations is gathered for so
      long; `again`: wait after a look that failed, doubled each time up to `net`.
    """

    backoff: float = 1.0
    max_backoff: float = 60.0
    steady: float = 30.0
    ping: float = 20.0
    beat: float = 60.0
    patience: float = 60.0
    keepalive: float | None = 60.0
    net: float = 300.0
    gather: float = 0.2
    again: float = 10.0

    def __post_init__(self) -> None:
        for name in ("backoff", "max_backoff", "steady", "ping", "beat", "patience", "net", "again"):
            settings.seconds(name, getattr(self, name))
        settings.seconds("gather", self.gather, zero=True)
        settings.seconds("keepalive", self.keepalive, none="no such calls")

    def wait(self, failures: int, jitter: float) -> float:
        """Seconds before the next try; `jitter` is drawn from 0..1."""
        return jitter * min(self.max_backoff, self.backoff * 2.0 ** min(max(failures - 1, 0), _MOST_DOUBLINGS))


class Wait(msgspec.Struct, frozen=True):
    """Nothing is to be done before `until`, unless something else happens."""

    until: float = math.inf


class Baseline(msgspec.Struct, frozen=True):
    """Find out which messages there are already, then tell `looked`."""


class Connect(msgspec.Struct, frozen=True):
    """Fetch a new token and open a socket, then tell `opened`, `refused` or `failed`."""


class Ping(msgspec.Struct, frozen=True):
    """Send a ping of the websocket."""


class Beat(msgspec.Struct, frozen=True):
    """Send a ping in JSON."""


class KeepAlive(msgspec.Struct, frozen=True):
    """Keep the agent's session alive with a REST call; nothing is told of how it ended."""


class CatchUp(msgspec.Struct, frozen=True):
    """Look for messages over REST, then tell `looked`; `None`: in all conversations that had any since the last time."""

    conversations: tuple[str, ...] | None = None


class Drop(msgspec.Struct, frozen=True):
    """The peer is dead: close the socket, then tell `closed`."""


class GiveUp(msgspec.Struct, frozen=True):
    """Trying on is of no use; `status` is what the handshake was answered with, where it was."""

    status: int | None = None


Step = Wait | Baseline | Connect | Ping | Beat | KeepAlive | CatchUp | Drop | GiveUp


class _State(enum.Enum):
    APART = "apart"
    CONNECTING = "connecting"
    OPEN = "open"
    DROPPED = "dropped"
    OVER = "over"


class SocketPlan:
    """The life of one agent socket. `baseline`: it is not known yet which messages were there before."""

    def __init__(self, pace: Pace, now: float, *, baseline: bool = False) -> None:
        self._pace = pace
        self._state = _State.APART
        self._due = now  # the next try
        self._failures = 0
        self._denied = 0
        self._worked = False
        self._status: int | None = None
        self._baseline = baseline
        self._looking = False
        self._look_at = math.inf
        self._looks_failed = 0
        self._news: dict[str, None] = {}
        self._news_at = math.inf
        self._opened_at = 0.0
        self._answers = False  # to pings of the websocket
        self._held = False
        self._heard = 0.0
        self._pinged: float | None = None  # first since something was heard
        self._asked = 0.0  # last
        self._beat_at = self._keep_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self._state is _State.OPEN

    @property
    def failures(self) -> int:
        """Tries since a connection worked."""
        return self._failures

    def next(self, now: float) -> Step:
        """What to do now; what was answered counts as begun."""
        match self._state:
            case _State.OVER:
                return GiveUp(self._status)
            case _State.APART:
                return self._apart(now)
            case _State.OPEN:
                return self._open(now)
            case _:
                return Wait()

    def _apart(self, now: float) -> Step:
        if self._baseline and self._looking:
            return Wait()
        if now < self._due:
            return Wait(self._due)
        if self._baseline:
            self._looking = True
            return Baseline()
        self._state = _State.CONNECTING
        return Connect()

    def _open(self, now: float) -> Step:
        pace = self._pace
        if not self._held and now >= self._dead_at():
            self._state = _State.DROPPED
            return Drop()
        if not self._held and now >= self._ping_at():
            self._asked = now
            self._pinged = now if self._pinged is None else self._pinged
            return Ping()
        if now >= self._beat_at:
            self._beat_at = now + pace.beat
            return Beat()
        if now >= self._keep_at:
            self._keep_at = now + (pace.keepalive or math.inf)
            return KeepAlive()
        if (looks := self._look(now)) is not None:
            return looks
        alive = math.inf if self._held else min(self._ping_at(), self._dead_at())
        looks_at = math.inf if self._looking else min(self._look_at, self._news_at)
        return Wait(min(alive, self._beat_at, self._keep_at, looks_at))

    def _ping_at(self) -> float:
        return (self._heard if self._pinged is None else self._asked) + self._pace.ping

    def _dead_at(self) -> float:
        if self._pinged is None:
            return math.inf
        return self._heard + _PART * self._pace.ping if self._answers else self._pinged + self._pace.patience

    def _look(self, now: float) -> CatchUp | None:
        if self._looking or now < min(self._look_at, self._news_at):
            return None
        everywhere = now >= self._look_at
        found = CatchUp(None if everywhere else tuple(self._news))
        self._looking = True
        self._news.clear()
        self._news_at = math.inf
        if everywhere:
            self._look_at = now + self._pace.net
        return found

    def opened(self, now: float) -> None:
        """The socket is open."""
        pace = self._pace
        self._state = _State.OPEN
        self._worked = True
        self._denied = 0
        self._opened_at = self._heard = now
        self._pinged = None
        self._held = False
        self._beat_at = now + pace.beat
        self._keep_at = now + (pace.keepalive or math.inf)
        self._look_at = now

    def refused(self, now: float, status: int, jitter: float) -> None:
        """The handshake was answered, and not with a socket."""
        self._denied = self._denied + 1 if status in _DENIED else 0
        hopeless = not self._worked and (status in REDIRECTS or _is_fault_of_ours(status))
        if self._denied > _NEW_TOKENS or hopeless:
            self._state = _State.OVER
            self._status = status
        elif self._denied:  # the token may have gone stale on the way: a new one, at once
            self._state = _State.APART
            self._due = now
        else:
            self._try_again(now, jitter, later=status in _IN_TROUBLE)

    def failed(self, now: float, jitter: float, *, permanent: bool = False, wait: float | None = None) -> None:
        """No socket came of it: no token, no connection, no answer.

        `permanent`: trying again cannot help, which counts where it never worked; `wait`: seconds that somebody asked for.
        """
        if permanent and not self._worked:
            self._state = _State.OVER
            return
        self._try_again(now, jitter)
        self._due = max(self._due, now + (wait or 0.0))

    def closed(self, now: float, code: int, jitter: float) -> None:
        """The socket is closed, by whom ever."""
        if now - self._opened_at >= self._pace.steady:
            self._failures = 0
        # What the news was about, the look after the next connect finds.
        self._news.clear()
        self._news_at = self._look_at = math.inf
        self._try_again(now, jitter, later=code in _IN_TROUBLE)

    def _try_again(self, now: float, jitter: float, *, later: bool = False) -> None:
        self._failures = max(self._failures + 1, _LATER if later else 0)
        self._state = _State.APART
        self._due = now + self._pace.wait(self._failures, jitter)

    def heard(self, now: float, *, pong: bool = False) -> None:
        """Something came; `pong`: an answer to a ping of the websocket, or one of its own."""
        self._heard = now
        self._answers |= pong and self._pinged is not None
        self._pinged = None

    def held(self) -> None:
        """Nothing is read for now, since nobody takes what came: silence tells nothing."""
        self._held = True

    def reads_on(self, now: float) -> None:
        """What comes is read again."""
        self._held = False
        self._heard = now
        self._pinged = None

    def news(self, now: float, conversation: str) -> None:
        """There is a message in a conversation that did not come itself."""
        self._news[conversation] = None
        self._news_at = min(self._news_at, now + self._pace.gather)

    def look_soon(self, now: float) -> None:
        """Somebody misses something: look in all conversations."""
        self._look_at = min(self._look_at, now)

    def looked(self, now: float, *, complete: bool, wait: float | None = None) -> None:
        """What `CatchUp` or `Baseline` asked for has ended; `wait`: seconds that somebody asked for before the next."""
        pace = self._pace
        self._looking = False
        if complete:
            self._looks_failed = 0
            self._baseline = False
            return
        self._looks_failed += 1
        again = min(pace.net, pace.again * 2.0 ** min(self._looks_failed - 1, _MOST_DOUBLINGS))
        again = max(again, wait or 0.0)
        if self._baseline:
            self._due = now + again
        elif self._state is _State.OPEN:
            self._look_at = now + again  # in all conversations, also where it was about some: those are not known any more

    def end(self) -> None:
        """Nothing more is to be done."""
        self._state = _State.OVER


def _is_fault_of_ours(status: int) -> bool:
    """Whether the same request will be answered with the same: 4xx, but those that pass."""
    passing = {*_DENIED, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
    return HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in passing
