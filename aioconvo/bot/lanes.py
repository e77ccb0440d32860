"""The order in which accepted events are handled; pure.

Each lane is a line. An event stands in the lines of all its lanes and is handled when it is the first of each, is due, and
nobody handles another event of one of them. Three sentences make the order:

- A line goes by `place`: by arrival, or where events settle by when they occurred.
- An event that is put before others is due no later than they are: once one of a line is due, its earliest goes.
- An event whose handling has begun stays first of its lines until it is handled or given up on.
"""

from __future__ import annotations

import heapq
import itertools
import math
from bisect import insort
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Generic, Protocol, TypeAlias, TypeVar

import msgspec

__all__ = ["FIRST", "Accepted", "Lanes", "Waiting", "once", "order_of"]

FIRST = -math.inf
"""The `order` of an event whose handling has begun."""


class Accepted(Protocol):
    """What the order asks of an event: `bot.stores.store.Entry` is one."""

    @property
    def key(self) -> str:
        """What it is known by."""
        ...

    @property
    def lanes(self) -> tuple[str, ...]:
        """What must be handled one after the other."""
        ...

    @property
    def accepted_at(self) -> float:
        """When it came."""
        ...

    @property
    def due(self) -> float:
        """When it may be handled; later than it came where it is to settle."""
        ...

    @property
    def occurred_at(self) -> float | None:
        """When it occurred."""
        ...


E = TypeVar("E", bound=Accepted)


def order_of(entry: Accepted) -> float:
    """What its lines go by before the order of arrival: when it occurred, if it is given time to settle; else nothing."""
    if entry.due <= entry.accepted_at:
        return 0.0
    return entry.accepted_at if entry.occurred_at is None else entry.occurred_at


def once(lanes: tuple[str, ...]) -> tuple[str, ...]:
    """Each of the lanes once."""
    return tuple(dict.fromkeys(lanes))


class Waiting(msgspec.Struct, Generic[E], eq=False, gc=False):
    """An event that is not handled yet. `fence` is the number of the claim that it is handled by, 0 where it waits."""

    entry: E
    lanes: tuple[str, ...]
    sequence: int
    order: float
    due: float
    attempt: int = 0
    fence: int = 0


_Place: TypeAlias = tuple[
    float, int, Waiting[E]
]  # by order, then by arrival; no two have the same number, so events are not compared


class Lanes(Generic[E]):
    """All events that are not handled yet, and which of them come next. Times are seconds of any clock that `now` is of.

    - `waiting`: by their keys; those being handled too.
    - `lines`: the events of each lane in their order.
    - `room`: as long as no more events than that wait, `full` finds no reason.
    """

    __slots__ = ("_fences", "_ready", "_running", "lines", "max_waiting", "max_waiting_in_lane", "room", "waiting")

    def __init__(self, max_waiting: int, max_waiting_in_lane: int, fences: Iterator[int] | None = None) -> None:
        self.max_waiting = max_waiting
        self.max_waiting_in_lane = max_waiting_in_lane
        self.room = min(max_waiting, max_waiting_in_lane)
        self.waiting: dict[str, Waiting[E]] = {}
        self.lines: dict[str, list[_Place[E]]] = {}
        self._ready: list[_Place[E]] = []  # by due: the first of all their lines, and some that were that once
        self._running = 0
        self._fences = itertools.count(1) if fences is None else fences

    @property
    def running(self) -> int:
        """How many are being handled."""
        return self._running

    def full(self, entries: Sequence[E]) -> str | None:
        """Why there is no room for all of these, if there is none.

        Where nothing waits there is room for whatever comes in one delivery, since its sender cannot bring less; so in a lane.
        """
        if self.waiting and len(self.waiting) + len(entries) > self.max_waiting:
            return f"{len(self.waiting)} events wait, and {self.max_waiting} may"
        if len(entries) == 1 and len(lanes := entries[0].lanes) == 1:
            crowded = len(self.lines.get(lanes[0], ())) >= self.max_waiting_in_lane
        else:
            more = Counter(lane for entry in entries for lane in set(entry.lanes))
            lines = ((self.lines.get(lane), count) for lane, count in more.items())
            crowded = any(line and len(line) + count > self.max_waiting_in_lane for line, count in lines)
        return f"{self.max_waiting_in_lane} events of one lane wait, and no more may" if crowded else None

    def add(self, entry: E, sequence: int) -> Waiting[E]:
        """One more event, which nothing is known of yet."""
        lanes, due = entry.lanes, entry.due
        order = 0.0 if due <= entry.accepted_at else order_of(entry)
        return self.put(Waiting(entry, lanes if len(lanes) == 1 else once(lanes), sequence, order, due))

    def put(self, event: Waiting[E]) -> Waiting[E]:
        """Let an event stand in line, at the place it has; also one that is being handled."""
        self.waiting[event.entry.key] = event
        place = (event.order, event.sequence, event)
        first = True
        for lane in event.lanes:
            line = self.lines.get(lane)
            if line is None:
                self.lines[lane] = [place]
            elif line[-1] < place:
                line.append(place)
                first = False
            else:
                insort(line, place)
                if event.order > FIRST:
                    event.due = min(event.due, line[line.index(place) + 1][2].due)
                first = first and line[0] is place
        if event.fence:
            self._running += 1
        elif first:
            heapq.heappush(self._ready, (event.due, event.sequence, event))
        return event

    def claim(self, most: int, now: float) -> list[Waiting[E]]:
        """Up to `most` events to handle now; each has a new fence and one more attempt."""
        claimed: list[Waiting[E]] = []
        while len(claimed) < most:
            event = self._next()
            if event is None or event.due > now:
                break
            heapq.heappop(self._ready)
            event.fence = next(self._fences)
            event.attempt += 1
            event.order = FIRST
            for lane in event.lanes:
                self.lines[lane][0] = (FIRST, event.sequence, event)
            self._running += 1
            claimed.append(event)
        return claimed

    def next_due(self) -> float | None:
        """When the next event may be claimed; it may be now."""
        event = self._next()
        return None if event is None else event.due

    def claimed(self, key: str, fence: int) -> Waiting[E] | None:
        """The event of a claim, if the claim still stands."""
        event = self.waiting.get(key)
        return event if event is not None and event.fence == fence else None

    def again(self, event: Waiting[E], due: float, *, counts: bool = True) -> None:
        """Let an event that is being handled wait once more, until it is due; the attempt may not count."""
        event.fence = 0
        event.due = due
        event.attempt -= not counts
        self._running -= 1
        heapq.heappush(self._ready, (event.due, event.sequence, event))

    def remove(self, event: Waiting[E]) -> None:
        """It is handled, given up on, or forgotten: those behind it move up."""
        del self.waiting[event.entry.key]
        self._running -= event.fence > 0
        event.fence = -1
        for lane in event.lanes:
            line = self.lines[lane]
            line.remove((event.order, event.sequence, event))
            if not line:
                del self.lines[lane]
            elif not line[0][2].fence and self._first(line[0][2]):
                heapq.heappush(self._ready, (line[0][2].due, line[0][1], line[0][2]))

    def of(self, lane: str) -> Iterator[Waiting[E]]:
        """The events of a lane, in their order."""
        return (event for _, _, event in list(self.lines.get(lane, ())))

    def oldest(self) -> float | None:
        """When the event was accepted that has waited longest."""
        return min((event.entry.accepted_at for event in self.waiting.values()), default=None)

    def _next(self) -> Waiting[E] | None:
        """Who comes first of those that may be handled, or may be once they are due."""
        ready = self._ready
        while ready:
            due, _, event = ready[0]
            if event.fence == 0 and event.due == due and self._first(event):
                return event
            heapq.heappop(ready)
        return None

    def _first(self, event: Waiting[E]) -> bool:
        return all(self.lines[lane][0][2] is event for lane in event.lanes)
