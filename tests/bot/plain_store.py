"""A store of a few lines, whose failures and leases a test sets; what the real ones promise is tested with them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from aioconvo.bot.stores.store import Again, Claim, Counts, Dead, DeadLetter, Entry, Handled, Outcome, Reply
from aioconvo.core.errors import StoreError


class PlainStore:
    """Keeps everything in dictionaries. `down`: every question fails. `lost`: keys whose claims have run out."""

    lease = 15.0
    max_waiting = 10_000
    remembers = 3600.0

    def __init__(self, *, shared: bool = False, durable: bool = True) -> None:
        self.shared = shared
        self.durable = durable
        self.down = False
        self.lost: set[str] = set()
        self.waiting: dict[str, Entry] = {}
        self.claimed: dict[str, Claim] = {}
        self.handled: list[str] = []
        self.dead_letters: list[DeadLetter] = []
        self.outbox: dict[tuple[str, int], Reply] = {}
        self.states: dict[str, bytes] = {}
        self.holders: dict[str, float] = {}
        self.positions: dict[str, str] = {}
        self.keys: set[str] = set()
        self.pruned = 0
        self.renewed = 0
        self._sequence = 0
        self._changed = asyncio.Event()

    def _answer(self) -> None:
        if self.down:
            raise StoreError("it is down")

    async def open(self, *, now: float) -> None:
        self._answer()
        self._changed = asyncio.Event()  # of this loop
        for claim in list(self.claimed.values()):
            self._release(claim, due=now)

    async def aclose(self) -> None: ...

    async def accept(self, entries: Sequence[Entry], *, now: float) -> int:
        self._answer()
        assert now >= 0
        new = [one for one in entries if one.key not in self.keys]
        for one in new:
            self._sequence += 1
            self.keys.add(one.key)
            self.waiting[one.key] = msgspec.structs.replace(one, sequence=self._sequence)
        self._changed.set()
        return len(new)

    async def claim(self, most: int, *, now: float) -> Sequence[Claim]:
        self._changed.clear()
        self._answer()
        taken: list[Claim] = []
        held = {lane for claim in self.claimed.values() for lane in claim.entry.lanes}
        for entry in sorted(self.waiting.values(), key=lambda one: one.sequence):
            if held.isdisjoint(entry.lanes) and entry.due <= now and len(taken) < most:
                taken.append(self._begin(entry))
            held.update(entry.lanes)
        return taken

    def _begin(self, entry: Entry) -> Claim:
        self._sequence += 1
        begun = msgspec.structs.replace(entry, attempt=entry.attempt + 1)
        replies = tuple(reply for (key, _), reply in sorted(self.outbox.items()) if key == entry.key)
        claim = Claim(entry=begun, fence=self._sequence, state=self.states.get(entry.lanes[0]), replies=replies)
        del self.waiting[entry.key]
        self.claimed[entry.key] = claim
        return claim

    async def next_due(self, *, now: float) -> float | None:
        self._answer()
        return min((one.due for one in self.waiting.values() if one.due > now), default=None)

    async def changed(self) -> None:
        await self._changed.wait()

    async def finish(self, claim: Claim, outcome: Outcome, *, now: float) -> bool:
        self._answer()
        key = claim.entry.key
        if self.claimed.get(key) != claim or key in self.lost:
            return False
        match outcome:
            case Handled(state=state):
                del self.claimed[key]
                self.handled.append(key)
                if state is not None:
                    self.states[claim.entry.lanes[0]] = state
            case Dead(reason=reason):
                del self.claimed[key]
                self.dead_letters.append(DeadLetter(entry=claim.entry, reason=reason, died_at=now))
            case Again(due=due, counts=counts):
                self._release(claim, due=due, counts=counts)
        self._changed.set()
        return True

    def _release(self, claim: Claim, *, due: float, counts: bool = True) -> None:
        attempt = claim.entry.attempt - (not counts)
        del self.claimed[claim.entry.key]
        self.waiting[claim.entry.key] = msgspec.structs.replace(claim.entry, due=due, attempt=attempt)

    async def renew(self, claims: Sequence[Claim], *, now: float) -> Sequence[Claim]:
        self._answer()
        assert now >= 0
        self.renewed += 1
        return [one for one in claims if one.entry.key in self.lost]

    async def begin_reply(self, claim: Claim, number: int, *, now: float) -> bool:
        self._answer()
        self.outbox[claim.entry.key, number] = Reply(number=number, begun_at=now)
        return self.claimed.get(claim.entry.key) == claim and claim.entry.key not in self.lost

    async def end_reply(self, claim: Claim, number: int, message_id: str | None, *, now: float) -> None:
        self._answer()
        assert now >= 0
        row = self.outbox.pop((claim.entry.key, number))
        if message_id is not None:
            self.outbox[claim.entry.key, number] = msgspec.structs.replace(row, message_id=message_id)

    async def hold(self, name: str, *, now: float, seconds: float) -> bool:
        self._answer()
        self.holders[name] = now + seconds
        return name not in self.lost

    async def let_go(self, name: str) -> None:
        self._answer()
        del self.holders[name]

    async def position(self, name: str) -> str | None:
        self._answer()
        return self.positions.get(name)

    async def keep_position(self, name: str, position: str, *, now: float) -> None:
        self._answer()
        assert now >= 0
        self.positions[name] = position

    async def seen(self, account: str, *, since: float) -> AsyncIterator[str]:
        for entry in [*self.waiting.values(), *(one.entry for one in self.claimed.values())]:
            if entry.account == account and entry.accepted_at >= since:
                for lane in entry.lanes:
                    yield lane

    async def counts(self, *, now: float) -> Counts:
        assert now >= 0
        waiting = {lane for one in self.waiting.values() for lane in one.lanes}
        return Counts(
            waiting=len(self.waiting), running=len(self.claimed), dead=len(self.dead_letters), lanes=len(waiting), oldest=None
        )

    async def dead(self, most: int = 100) -> Sequence[DeadLetter]:
        return self.dead_letters[:most]

    async def replay(self, key: str, *, now: float) -> bool:
        letter = next((one for one in self.dead_letters if one.entry.key == key), None)
        if letter is None:
            return False
        self.dead_letters.remove(letter)
        self.waiting[key] = msgspec.structs.replace(letter.entry, due=now, attempt=0)
        self._changed.set()
        return True

    async def prune(self, *, now: float) -> None:
        self._answer()
        assert now >= 0
        self.pruned += 1

    async def forget(self, lane: str) -> int:
        gone = [key for key, one in self.waiting.items() if lane in one.lanes]
        for key in gone:
            del self.waiting[key]
        return len(gone)


def entry(key: str, lane: str = "a", *, now: float = 0.0, **facts: Any) -> Entry:
    """An event of a lane, due at once."""
    known: dict[str, Any] = {
        "key": f"test:{key}",
        "provider": "sunshine",
        "account": "test",
        "lanes": (f"test:{lane}",),
        "raw": b"{}",
        "accepted_at": now,
        "due": now,
    }
    return Entry(**(known | facts))
