"""When to poll a list of events, over which time, and which of them are new. Pure: told of time and pages.

A walk asks for what was created after `newest - look_back`: an event that appears late is found, and what was given before is
known by its id. Bounds are whole seconds, rounded outwards and widened by one: nobody documents whether they are inclusive and
how fractions are compared. A walk is delivered when it has ended, oldest first: the list may begin with the newest, and whoever
gave that and stopped would never ask for the rest. After an outage time is walked in slices, so that no walk grows too long.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from aioconvo.core.json.model import raw_json
from aioconvo.core.json.moments import EPOCH
from aioconvo.core.paging.marks import short
from aioconvo.inbox.times import milliseconds, utc
from aioconvo.inbox.told import text_in

from .place import Feed, Place, Seen
from .polling import Polling

__all__ = ["MOST_PAGES", "Found", "PollPlan", "Step", "Walk"]

MOST_PAGES = 40
"""Pages of a walk over a slice: with more of them, a shorter slice is walked."""
_SECOND = 1000
_FIRST_SLICE = 600 * _SECOND
_LEAST_SLICE = _SECOND
_GROWTH = 1.5
_JITTER = 0.2


class Walk(msgspec.Struct, frozen=True):
    """What to list: the events created in this time; `before` is `None` for all that came since."""

    after: dt.datetime
    before: dt.datetime | None = None


class Step(msgspec.Struct, frozen=True):
    """The place after the first `count` of what a walk found; its text is made when somebody wants it."""

    before: Place
    given: Sequence[tuple[int, bytes]]
    count: int
    newest: int
    look_back: int

    def __str__(self) -> str:
        seen = Seen(self.before.floor, (*self.before.seen, *self.given[: self.count]))
        floor, kept = seen.newest_of(self.newest - self.look_back)
        return str(Place(self.before.feed, self.newest, floor, kept))


class Found(NamedTuple):
    """An event that is new, and the place after it."""

    event: object
    place: Step


class PollPlan:
    """The life of one poll. Times are milliseconds since 1970; `now` is by the clock of this machine.

    `pace` is the seconds between walks while something happens, and while nothing does. Without `slices`, which a list that
    takes no bounds cannot have, all that was missed is one walk.
    """

    def __init__(
        self,
        settings: Polling,
        feed: Feed,
        now: int,
        place: Place | None = None,
        *,
        pace: tuple[float, float],
        slices: bool = True,
    ) -> None:
        self._slices = slices
        self._settings = settings
        self._feed = feed
        self._look_back = int(settings.look_back * _SECOND)
        self._over = int(settings.sweep_over * _SECOND)
        self._start = now
        # What was there before the poll began is looked at once, so that it is known when it is seen again, and not given.
        self.is_new = place is None
        self._newest = max(0, now - self._over) if place is None else place.newest
        self._seen = Seen(self._newest if place is None else place.floor, () if place is None else place.seen)
        self._whole_at = now if place is None else place.newest
        self._swept_at = now
        self._sliced_to = self._newest
        self._slice = _FIRST_SLICE
        self._every, self._most = pace
        self._wait = self._every
        self._begin = 0
        self._found: dict[bytes, tuple[int | None, object]] = {}
        self._pages = 0
        self._sweeping = False
        self._before: int | None = None
        self.walk = self._next_walk(now)

    @property
    def place(self) -> Place:
        """Where it stands, with everything given that was found."""
        floor, seen = self._seen.newest_of(self._newest - self._look_back)
        return Place(self._feed, self._newest, floor, seen)

    @property
    def too_long(self) -> bool:
        """Whether the walk has had more pages than it should, and a shorter one would do."""
        return self._before is not None and self._pages >= MOST_PAGES and self._slice > _LEAST_SLICE

    def take(self, events: Iterable[object]) -> None:
        """A page of the walk came."""
        self._pages += 1
        for event in events:
            digest = short(_identity(event))
            if digest in self._seen or digest in self._found:
                continue
            created_at = utc(getattr(event, "created_at", None))
            at = None if created_at is None else max(0, milliseconds(created_at))
            if at is None or at >= self._seen.floor:  # which of those before that were given, nobody knows any more
                self._found[digest] = (at, event)

    def shorten(self, now: int) -> None:
        """Walk a shorter time instead of going on with this walk."""
        self._slice = max(_LEAST_SLICE, self._slice // 4)
        self.walk = self._next_walk(now)

    def begin(self, now: int) -> None:
        """A walk begins now; what an unfinished one found is found again."""
        self.walk = self._next_walk(now)

    def finish(self, now: int) -> list[Found]:
        """The walk has ended: the new events, oldest first. `walk` is the next one."""
        found = self._in_order()
        before = self.place
        given = [(at, digest) for at, digest, _ in found]
        # What was created while the pages came may be on one that was read before: that time is asked for again.
        latest = max((at for at, _ in given), default=self._newest)
        newest = max(self._newest, min(latest, now) - (now - self._begin))
        if self._before is not None:
            newest = max(self._newest, min(newest, self._before))
        events = [
            Found(event, Step(before, given, count, max(before.newest, min(at, newest)), self._look_back))
            for count, (at, _, event) in enumerate(found, 1)
            if not (self.is_new and at < self._start)
        ]
        for at, digest in given:
            self._seen.add(at, digest)
        self._newest = newest
        self._settle(now, bool(given))
        return events

    def _in_order(self) -> list[tuple[int, bytes, object]]:
        """What was found, with its time and digest; what tells no time counts as the newest that was seen before."""
        found = [(self._newest if at is None else at, digest, event) for digest, (at, event) in self._found.items()]
        found.sort(key=lambda one: (one[0], text_in(one[2], "id") or "", one[1]))
        return found

    def _settle(self, now: int, found: bool) -> None:
        """What the end of a walk means for the next one."""
        self._seen.forget(self._newest - self._over, needed=self._newest - self._look_back)
        if self._before is not None:
            self._sliced_to = self._before
            self._slice *= 2 if self._pages <= 1 else 1
        else:
            self._whole_at = self._begin
            self._sliced_to = self._newest
        if self._sweeping:
            self._swept_at = self._begin
        self.is_new = False
        self._wait = self._every if found else min(self._most, self._wait * _GROWTH)
        self.walk = self._next_walk(now)

    def pause(self, draw: float) -> float:
        """Seconds until the next walk; `draw` is from 0 to 1."""
        if self._before is not None:  # there is more already
            return 0.0
        return self._wait * (1 + _JITTER * (draw - 0.5))

    def _next_walk(self, now: int) -> Walk:
        self._found, self._pages, self._begin = {}, 0, now
        self._sweeping, self._before = False, None
        start = max(self._sliced_to, self._newest) - self._look_back
        if self.is_new:
            start = self._newest
        elif (
            self._slices and now - self._whole_at > 2 * _FIRST_SLICE and max(self._sliced_to, self._newest) + self._slice < now
        ):
            self._before = max(self._sliced_to, self._newest) + self._slice
        elif self._settings.sweep and now - self._swept_at >= self._settings.sweep * _SECOND:
            self._sweeping = True
            start = min(start, max(self._newest - self._over, self._seen.floor))
        after = _moment(start // _SECOND - 1)
        return Walk(after, None if self._before is None else _moment(self._before // _SECOND + 1))


def _identity(event: object) -> str:
    """The event's id; its JSON, where it has none."""
    return text_in(event, "id") or (raw_json(event) or b"").decode("utf-8", "surrogateescape")


def _moment(seconds: int) -> dt.datetime:
    return EPOCH + dt.timedelta(seconds=max(0, seconds))
