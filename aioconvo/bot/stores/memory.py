"""What a bot of one process keeps, in memory."""

from __future__ import annotations

import asyncio
import itertools
import math
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence

import msgspec

from aioconvo.bot.lanes import Lanes, Waiting
from aioconvo.core.access import settings
from aioconvo.core.errors import StoreFullError
from aioconvo.core.log import logger

from .store import BRIEFLY, DEAD_KEPT, Again, Claim, Counts, Dead, DeadLetter, Entry, Outcome, Reply, filled_in

__all__ = ["MemoryStore"]

_log = logger("bot")
_SEEN_KEPT = 10_000  # lanes whose last events are known
_DEAD_KEPT_AT_MOST = 10_000


class MemoryStore:
    """Keeps a bot's events in memory: for tests, and for bots that may lose them. What is not handled within the drain is lost.

    Args:
        max_waiting: Events that may wait in all; more are refused, and their sender tries again.
        max_waiting_in_lane: Events of one conversation that may wait.
        max_keys: Keys of handled events that are known at most, each for an hour, to see that one comes again. Of more than
            that the last half is known at least.
        max_states: Conversations whose states are kept at most, of a bot with `state=`. Of more than that, those are
            forgotten that said nothing for the longest time, and begin anew; `SqliteStore` and `RedisStore` keep all.
    """

    durable = False
    shared = False
    lease = math.inf
    remembers = 3600.0

    def __init__(
        self, *, max_waiting: int = 10_000, max_waiting_in_lane: int = 1_000, max_keys: int = 100_000, max_states: int = 100_000
    ) -> None:
        settings.count("max_waiting", max_waiting, least=1)
        settings.count("max_waiting_in_lane", max_waiting_in_lane, least=1)
        self.max_waiting = max_waiting
        settings.count("max_keys", max_keys, least=1)
        settings.count("max_states", max_states, least=1)
        self._lanes: Lanes[Entry] = Lanes(max_waiting, max_waiting_in_lane)
        self._max_keys = max_keys
        self._sequences = itertools.count(1)
        # Until when the keys of handled events are known. Two halves, of which the older goes as a whole: from a dictionary
        # that loses and gains keys for ever, memory does not come back.
        self._recent: dict[str, float] = {}
        self._older: dict[str, float] = {}
        self._recent_until = -math.inf
        self._until = -math.inf
        self._outbox: dict[str, dict[int, Reply]] = {}
        self._states: OrderedDict[str, bytes] = OrderedDict()  # who wrote last at the end
        self._max_states = max_states
        self._forgot_states = False
        self._dead: dict[str, DeadLetter] = {}
        self._seen: OrderedDict[str, tuple[float, float]] = OrderedDict()  # the last acceptance and the latest occurrence
        self._positions: dict[str, str] = {}
        self._changed = asyncio.Event()
        self._is_changed = False  # whether it is set, which costs less to ask

    async def open(self, *, now: float) -> None:  # noqa: ARG002 -- others need it
        """See `Store`."""
        self._is_changed = False
        self._changed = asyncio.Event()  # a store may serve one event loop after the other
        for event in list(self._lanes.waiting.values()):
            if event.fence:
                self._lanes.again(event, event.due)

    async def aclose(self) -> None:
        """See `Store`; there is nothing to let go of."""

    async def accept(self, entries: Sequence[Entry], *, now: float) -> int:
        """See `Store`."""
        return self.take(entries, now)

    def take(self, entries: Sequence[Entry], now: float) -> int:
        """What `accept` does, which waits for nothing.

        Raises:
            StoreFullError: As `accept`.
        """
        if len(entries) == 1:
            if self._knows(entries[0].key, now):
                return 0
            new = entries
        else:
            firsts = {entry.key: entry for entry in reversed(entries)}
            new = [entry for entry in entries if firsts[entry.key] is entry and not self._knows(entry.key, now)]
            if not new:
                return 0
        lanes = self._lanes
        if len(lanes.waiting) + len(new) > lanes.room and (full := lanes.full(new)) is not None:
            raise StoreFullError(full)
        for entry in new:
            lanes.add(entry, next(self._sequences))
        if not self._is_changed:
            self._change()
        return len(new)

    def _change(self) -> None:
        self._is_changed = True
        self._changed.set()

    def _knows(self, key: str, now: float) -> bool:
        return (
            key in self._lanes.waiting
            or (key in self._recent and self._recent[key] > now)
            or (key in self._older and self._older[key] > now)
            or key in self._dead
        )

    async def claim(self, most: int, *, now: float) -> Sequence[Claim]:
        """See `Store`."""
        self._is_changed = False
        self._changed.clear()
        return [self._claim(event) for event in self._lanes.claim(most, now)]

    def _claim(self, event: Waiting[Entry]) -> Claim:
        entry = event.entry
        seen = [self._seen[lane][1] for lane in entry.lanes if lane in self._seen]
        replies = self._outbox.get(entry.key, {})
        return Claim(
            entry=filled_in(entry, event.sequence, event.attempt, max(seen, default=None)),
            fence=event.fence,
            state=self._state(entry.lanes[0]),
            replies=tuple(replies[number] for number in sorted(replies)),
        )

    async def next_due(self, *, now: float) -> float | None:  # noqa: ARG002 -- others need it
        """See `Store`."""
        return self._lanes.next_due()

    async def changed(self) -> None:
        """See `Store`."""
        await self._changed.wait()

    async def finish(self, claim: Claim, outcome: Outcome, *, now: float) -> bool:
        """See `Store`."""
        event = self._lanes.claimed(claim.entry.key, claim.fence)
        if event is None:
            return False
        self._change()
        if isinstance(outcome, Again):
            self._lanes.again(event, outcome.due, counts=outcome.counts)
            return True
        self._lanes.remove(event)
        self._saw(event.entry)
        if isinstance(outcome, Dead):
            self._bury(DeadLetter(entry=claim.entry, reason=outcome.reason, died_at=now))
            return True
        if outcome.state is not None:
            self._keep_state(event.entry.lanes[0], outcome.state)
        self._outbox.pop(event.entry.key, None)
        self._let_fade(event.entry, now)
        return True

    async def renew(self, claims: Sequence[Claim], *, now: float) -> Sequence[Claim]:  # noqa: ARG002 -- others need it
        """See `Store`; in memory no claim runs out."""
        return [claim for claim in claims if self._lanes.claimed(claim.entry.key, claim.fence) is None]

    async def begin_reply(self, claim: Claim, number: int, *, now: float) -> bool:
        """See `Store`."""
        if self._lanes.claimed(claim.entry.key, claim.fence) is None:
            return False
        replies = self._outbox.setdefault(claim.entry.key, {})
        begun = replies.get(number) or Reply(number=number, begun_at=now)
        replies[number] = msgspec.structs.replace(begun, begun_at=now)
        return True

    async def end_reply(self, claim: Claim, number: int, message_id: str | None, *, now: float) -> None:
        """See `Store`."""
        if claim.entry.key not in self._lanes.waiting:
            return
        replies = self._outbox.setdefault(claim.entry.key, {})
        if message_id is None:
            replies.pop(number, None)
        else:
            begun = replies.get(number) or Reply(number=number, begun_at=now)
            replies[number] = msgspec.structs.replace(begun, message_id=message_id)

    async def hold(self, name: str, *, now: float, seconds: float) -> bool:  # noqa: ARG002 -- others need it
        """See `Store`; there is one process only."""
        return True

    async def let_go(self, name: str) -> None:
        """See `Store`."""

    async def position(self, name: str) -> str | None:
        """See `Store`."""
        return self._positions.get(name)

    async def keep_position(self, name: str, position: str, *, now: float) -> None:  # noqa: ARG002 -- others need it
        """See `Store`."""
        self._positions[name] = position

    async def seen(self, account: str, *, since: float) -> AsyncIterator[str]:
        """See `Store`; of the last 10,000 lanes."""
        waiting = {lane: event.entry.accepted_at for event in self._lanes.waiting.values() for lane in event.entry.lanes}
        handled = {lane: at for lane, (at, _) in self._seen.items()}
        for lane in handled | waiting:
            if lane.startswith(f"{account}:") and max(handled.get(lane, since), waiting.get(lane, since)) > since:
                yield lane

    async def counts(self, *, now: float) -> Counts:  # noqa: ARG002 -- others need it
        """See `Store`."""
        lanes = self._lanes
        return Counts(
            waiting=len(lanes.waiting) - lanes.running,
            running=lanes.running,
            dead=len(self._dead),
            lanes=len(lanes.lines),
            oldest=lanes.oldest(),
        )

    async def dead(self, most: int = 100) -> Sequence[DeadLetter]:
        """See `Store`."""
        return list(itertools.islice(self._dead.values(), most))

    async def replay(self, key: str, *, now: float) -> bool:
        """See `Store`."""
        letter = self._dead.get(key)
        if letter is None:
            return False
        full = self._lanes.full([letter.entry])
        if full is not None:
            raise StoreFullError(full)
        del self._dead[key]
        self._lanes.add(msgspec.structs.replace(letter.entry, due=now, accepted_at=now, attempt=0), next(self._sequences))
        self._change()
        return True

    async def prune(self, *, now: float) -> None:
        """See `Store`."""
        self._forget_keys(now)
        for key, letter in list(self._dead.items()):
            if letter.died_at + DEAD_KEPT <= now:
                self._drop(key, now)

    async def forget(self, lane: str) -> int:
        """See `Store`."""
        events = list(self._lanes.of(lane))
        for event in events:
            self._lanes.remove(event)
            self._outbox.pop(event.entry.key, None)
            self._let_fade(event.entry, event.entry.accepted_at)
        letters = [letter for letter in self._dead.values() if lane in letter.entry.lanes]
        for letter in letters:
            self._drop(letter.entry.key, letter.died_at)
        self._states.pop(lane, None)
        self._seen.pop(lane, None)
        self._change()
        return len(events) + len(letters)

    def _state(self, lane: str) -> bytes | None:
        state = self._states.get(lane)
        if state is not None:
            self._states.move_to_end(lane)
        return state

    def _keep_state(self, lane: str, state: bytes) -> None:
        self._states[lane] = state
        self._states.move_to_end(lane)
        while len(self._states) > self._max_states:
            self._states.popitem(last=False)
            if not self._forgot_states:
                self._forgot_states = True
                _log.warning("more than %d conversations have a state: the oldest are forgotten", self._max_states)

    def _saw(self, entry: Entry) -> None:
        for lane in entry.lanes:
            at, latest = self._seen.pop(lane, (-math.inf, -math.inf))
            occurred_at = latest if entry.occurred_at is None else entry.occurred_at
            self._seen[lane] = (max(at, entry.accepted_at), max(latest, occurred_at))
        while len(self._seen) > _SEEN_KEPT:
            self._seen.popitem(last=False)

    def _bury(self, letter: DeadLetter) -> None:
        self._dead[letter.entry.key] = letter
        if len(self._dead) > _DEAD_KEPT_AT_MOST:
            oldest = next(iter(self._dead))
            _log.warning("more than %d dead letters: %s is forgotten", _DEAD_KEPT_AT_MOST, oldest)
            self._drop(oldest, letter.died_at)

    def _drop(self, key: str, now: float) -> None:
        letter = self._dead.pop(key)
        self._outbox.pop(key, None)
        self._let_fade(letter.entry, now)

    def _let_fade(self, entry: Entry, now: float) -> None:
        """Know the key for some time only, from now on."""
        if len(self._recent) * 2 >= self._max_keys:
            self._recent, self._older = {}, self._recent
        until = now + (BRIEFLY if entry.brief else self.remembers)
        if not 0.0 <= until - self._until < 1.0:
            self._until = until
        self._recent[entry.key] = self._until  # the same object for many: a number takes as much as half a key
        self._recent_until = max(self._recent_until, self._until)

    def _forget_keys(self, now: float) -> None:
        """Forget keys whose time is over."""
        if self._recent_until <= now:
            self._recent, self._older = {}, {}
        else:
            self._older = {key: until for key, until in self._older.items() if until > now}

    def __repr__(self) -> str:
        return f"<MemoryStore of {len(self._lanes.waiting)} events>"
