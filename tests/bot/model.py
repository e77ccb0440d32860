"""The rule of order told once more, as plainly as can be: lists that are searched from end to end."""

from __future__ import annotations

import dataclasses
import math

from aioconvo.bot.stores.store import Again, Entry, Outcome


def entry(key: str, *lanes: str, at: float = 0.0, settle: float = 0.0, occurred: float | None = None, **more: object) -> Entry:
    """An event that is accepted `at`."""
    facts = {"provider": "sunshine", "account": "sunshine", "raw": b"{}", **more}
    lanes = lanes or ("sunshine:a",)
    return Entry(key=key, lanes=lanes, accepted_at=at, due=at + settle, occurred_at=occurred, **facts)  # type: ignore[arg-type] # a test's own


@dataclasses.dataclass
class Event:
    entry: Entry
    sequence: int
    due: float
    running: bool = False
    begun: bool = False
    attempt: int = 0

    @property
    def place(self) -> tuple[float, float, int]:
        settles = self.entry.due > self.entry.accepted_at
        moment = self.entry.accepted_at if self.entry.occurred_at is None else self.entry.occurred_at
        return (-math.inf if self.begun else 0.0, moment if settles else 0.0, self.sequence)


class Model:
    """What every store must answer."""

    def __init__(self, max_waiting: int = 10_000, max_waiting_in_lane: int = 1_000) -> None:
        self.max_waiting = max_waiting
        self.max_waiting_in_lane = max_waiting_in_lane
        self.events: list[Event] = []
        self.keys: set[str] = set()
        self.dead: list[str] = []
        self.states: dict[str, bytes] = {}
        self.latest: dict[str, float] = {}
        self.sequence = 0

    def accept(self, entries: list[Entry]) -> int | None:
        """How many were new; `None` where there is no room."""
        new: list[Entry] = []
        for one in entries:
            if one.key not in self.keys and one.key not in [other.key for other in new]:
                new.append(one)
        if new and self.events and len(self.events) + len(new) > self.max_waiting:
            return None
        for lane in {lane for one in new for lane in one.lanes}:
            there = len([event for event in self.events if lane in event.entry.lanes])
            if there and there + len([one for one in new if lane in one.lanes]) > self.max_waiting_in_lane:
                return None
        for one in new:
            self.sequence += 1
            event = Event(one, self.sequence, one.due)
            behind = [other.due for other in self._beside(event) if event.place < other.place]
            event.due = min([event.due, *behind])
            self.events.append(event)
            self.keys.add(one.key)
        return len(new)

    def _beside(self, event: Event) -> list[Event]:
        return [other for other in self.events if other is not event and set(other.entry.lanes) & set(event.entry.lanes)]

    def claimable(self, now: float) -> list[str]:
        """The keys of all that may be handled now, in the order in which they are taken."""
        may = [
            event
            for event in self.events
            if not event.running
            and event.due <= now
            and all(event.place < other.place and not other.running for other in self._beside(event))
        ]
        return [event.entry.key for event in sorted(may, key=lambda event: (event.due, event.sequence))]

    def next_due(self) -> float | None:
        """When the next one may be handled."""
        firsts = [
            event.due
            for event in self.events
            if not event.running and all(event.place < other.place and not other.running for other in self._beside(event))
        ]
        return min(firsts, default=None)

    def event(self, key: str) -> Event:
        """The event of this key."""
        return next(event for event in self.events if event.entry.key == key)

    def claim(self, key: str) -> tuple[int, bool, bytes | None]:
        """Its attempt, whether it is late, and the state that it is handled with."""
        event = self.event(key)
        event.running = event.begun = True
        event.attempt += 1
        occurred = event.entry.occurred_at
        late = occurred is not None and any(occurred < self.latest.get(lane, occurred) for lane in event.entry.lanes)
        return event.attempt, late, self.states.get(event.entry.lanes[0])

    def finish(self, key: str, outcome: Outcome) -> None:
        """It ends so."""
        event = self.event(key)
        event.running = False
        if isinstance(outcome, Again):
            event.due = outcome.due
            event.attempt -= not outcome.counts
            return
        self.events.remove(event)
        for lane in event.entry.lanes:
            if event.entry.occurred_at is not None:
                self.latest[lane] = max(self.latest.get(lane, -math.inf), event.entry.occurred_at)
        state = getattr(outcome, "state", None)
        if state is not None:
            self.states[event.entry.lanes[0]] = state
        if hasattr(outcome, "reason"):
            self.dead.append(key)

    def crash(self) -> None:
        """Who handled events is gone."""
        for event in self.events:
            event.running = False

    def forget(self, lane: str) -> None:
        """Nothing is kept of a lane."""
        self.events = [event for event in self.events if lane not in event.entry.lanes]
        self.states.pop(lane, None)
        self.latest.pop(lane, None)
