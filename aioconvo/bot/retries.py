"""What becomes of an event whose handler failed: another attempt, and when, or a dead letter. Pure."""

from __future__ import annotations

import sys
import traceback
from collections import OrderedDict, deque
from collections.abc import Sequence
from types import FrameType
from typing import Any, Final

import msgspec

from aioconvo.core.errors import AioconvoError, ConfigurationError

from .stores.store import Again, Dead

__all__ = [
    "Drop",
    "HandlerTimeoutError",
    "LoopGuard",
    "LoopLimits",
    "ReplyLoopError",
    "Retries",
    "TryLater",
    "name_of",
    "place_of",
]

_OF_LIBRARIES: Final = sys.stdlib_module_names | {"aioconvo"}


class TryLater(Exception):  # noqa: N818 -- a wish of the handler, not a mistake
    """Raise it in a handler to have the event handled again after `seconds`; its conversation waits meanwhile.

    It counts as an attempt: after the last one the event is a dead letter, as after any failure.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"TryLater takes seconds from 0 on, got {seconds!r}")
        self.seconds = seconds


class Drop(Exception):  # noqa: N818 -- a wish of the handler, not a mistake
    """Raise it in a handler to give up on the event at once: it becomes a dead letter whose reason is `why`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class HandlerTimeoutError(AioconvoError, TimeoutError):
    """A handler ran for longer than `handler_timeout` and was cancelled."""


class ReplyLoopError(AioconvoError):
    """A conversation got too many replies without a message from the other side: no more are sent, the event is given up on."""


class Retries(msgspec.Struct, frozen=True, kw_only=True):
    """When a failed event is handled again.

    - `waits`: seconds before each retry; after the last one the event is a dead letter.
    - `jitter`: the part of a wait that chance adds or takes away, so that what failed together does not come back together.
    - `crashes`: how many more attempts may end with the death of their process before the event is given up on unhandled.
    """

    waits: tuple[float, ...] = (1.0, 5.0, 25.0)
    jitter: float = 0.2
    crashes: int = 5

    def __post_init__(self) -> None:
        if not all(0 <= wait < float("inf") for wait in self.waits):
            raise ConfigurationError(f"waits between retries are seconds from 0 on, got {self.waits!r}")
        if not 0 <= self.jitter <= 1:
            raise ConfigurationError(f"jitter is a part from 0 to 1, got {self.jitter!r}")

    def after(self, error: BaseException, *, attempt: int, now: float, chance: float) -> Again | Dead:
        """What follows a failure of an attempt (the first is 1); `chance` is a random number from 0 to 1."""
        error = _alone(error)
        if isinstance(error, Drop):
            return Dead(reason=f"Drop: {error.why}")
        if isinstance(error, ReplyLoopError) or attempt > len(self.waits):
            return Dead(reason=name_of(error))
        if isinstance(error, TryLater):
            return Again(due=now + error.seconds)
        wait = self.waits[max(attempt, 1) - 1]
        return Again(due=now + wait * (1 + self.jitter * (2 * chance - 1)))

    def is_hopeless(self, attempt: int) -> bool:
        """Whether an attempt is not even begun: so many before it ended with the death of their process."""
        return attempt > len(self.waits) + 1 + self.crashes


def name_of(error: BaseException) -> str:
    """The error by its class alone; what it says may hold the text of a message."""
    error = _alone(error)
    inner = _inner(error)
    name = type(error).__name__
    return f"{name}({', '.join(dict.fromkeys(map(name_of, inner)))})" if inner else name


def place_of(error: BaseException) -> str:
    """Where it was raised, as `app.orders line 12`: the last line of the program's own, not of a library; empty without one."""
    places = [
        f"{frame.f_globals['__name__']} line {line}"
        for frame, line in traceback.walk_tb(_alone(error).__traceback__)
        if not _is_library(frame)
    ]
    return places[-1] if places else ""


def _is_library(frame: FrameType) -> bool:
    """Whether it is code of a library, or made by one."""
    package = str(frame.f_globals.get("__name__", "aioconvo")).partition(".")[0]
    return package in _OF_LIBRARIES or "site-packages" in frame.f_code.co_filename


def _alone(error: BaseException) -> BaseException:
    """The one error that a task group of the handler wrapped."""
    while len(inner := _inner(error)) == 1:
        error = inner[0]
    return error


def _inner(error: Any) -> Sequence[BaseException]:
    return error.exceptions if isinstance(error, BaseExceptionGroup) else ()  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType] -- a group of any kind


class LoopLimits(msgspec.Struct, frozen=True, kw_only=True):
    """When a conversation is taken for a loop of two programs: no more is sent, and the event is a dead letter.

    - `replies`, `seconds`: so many replies within so many seconds, with no message from the other side between them.
    - `without_pause`, `pause`: so many replies while the other side always wrote again within so many seconds, as a bot that
      takes ours for a customer does. No person writes 200 times and never takes 15 seconds for it. When the other side has
      paused, the conversation goes on.

    Each process counts what it sends itself.
    """

    replies: int = 20
    seconds: float = 10.0
    without_pause: int = 200
    pause: float = 15.0

    def __post_init__(self) -> None:
        if (
            self.replies < 1
            or self.without_pause < 1
            or not 0 < self.seconds < float("inf")
            or not 0 < self.pause < float("inf")
        ):
            raise ConfigurationError(
                "limits of loops allow at least 1 reply, in more than 0 seconds; "
                f"got replies={self.replies}, seconds={self.seconds}, without_pause={self.without_pause}, pause={self.pause}"
            )


class _Said:
    """What was said in a conversation lately."""

    __slots__ = ("last", "since_heard", "without_pause")

    def __init__(self) -> None:
        self.last = 0.0  # when the last reply was sent
        self.since_heard: deque[float] = deque()
        self.without_pause = 0


class LoopGuard:
    """Stops conversations that run into `LoopLimits`. What it remembers of one it forgets soon after its last reply."""

    def __init__(self, limits: LoopLimits | None = None) -> None:
        self._limits = limits or LoopLimits()
        self._remembers = max(self._limits.seconds, self._limits.pause)
        self._said: OrderedDict[str, _Said] = OrderedDict()  # by lane, the one with the oldest last reply first

    def hear(self, lane: str, now: float) -> None:
        """The other side wrote."""
        said = self._said.get(lane)
        if said is None:
            return
        said.since_heard.clear()
        if now - said.last >= self._limits.pause:
            said.without_pause = 0

    def reply(self, lane: str, now: float) -> None:
        """A reply is about to be sent.

        Raises:
            ReplyLoopError: It would be one too many; it is not counted.
        """
        self._forget(now)
        limits, said = self._limits, self._said.get(lane) or _Said()
        times = said.since_heard
        while times and times[0] <= now - limits.seconds:
            times.popleft()
        if len(times) >= limits.replies:
            raise ReplyLoopError(
                f"{limits.replies} replies within {limits.seconds:g} s and no message from the other side between them: "
                "this conversation is stopped; see what the handler answers to"
            )
        if said.without_pause >= limits.without_pause:
            raise ReplyLoopError(
                f"{limits.without_pause} replies and no pause of {limits.pause:g} s by the other side, a program it seems; "
                "this conversation is stopped until it pauses; for more give Bot(loops=LoopLimits(...))"
            )
        times.append(now)
        said.without_pause += 1
        said.last = now
        self._said[lane] = said
        self._said.move_to_end(lane)

    def _forget(self, now: float) -> None:
        while self._said:
            lane, said = next(iter(self._said.items()))
            if said.last > now - self._remembers:
                return
            del self._said[lane]
