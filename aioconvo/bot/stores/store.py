"""What a bot keeps of events until they are handled, and what every store of them promises.

A store is told the time: `now` is seconds since 1970-01-01 UTC by the bot's clock. Which event comes next is decided in
`lanes.py`; a store only keeps.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

import msgspec

__all__ = [
    "BRIEFLY",
    "DEAD_KEPT",
    "Again",
    "Claim",
    "Counts",
    "Dead",
    "DeadLetter",
    "Entry",
    "Handled",
    "Outcome",
    "Reply",
    "Store",
    "filled_in",
]

BRIEFLY = 15 * 60.0
"""Seconds that the key of a handled event is known which may one day be another event's: as long as senders repeat one."""
DEAD_KEPT = 30 * 86400.0
"""Seconds that a dead letter is kept."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event that was accepted. Times are seconds since 1970-01-01 UTC.

    - `due`: not handled before that. Whoever accepts says `accepted_at + settle`; with any time to settle, the lane is handled
      in the order in which its events occurred, else in the order of arrival.
    - `lanes`: at least one.
    - `brief`: see `Incoming.brief`.

    A store fills in the rest for a claim:

    - `sequence`: the order of arrival.
    - `attempt`: how often handling it was begun, this time included.
    - `late`: an event of its lane that occurred after it was handled before it.
    """

    key: str
    provider: str
    account: str
    lanes: tuple[str, ...]
    raw: bytes
    accepted_at: float
    due: float
    occurred_at: float | None = None
    sequence: int = 0
    attempt: int = 0
    late: bool = False
    brief: bool = False


def filled_in(entry: Entry, sequence: int, attempt: int, latest: float | None) -> Entry:
    """The entry of a claim. `latest`: when the last one occurred of those of its lanes that were handled before."""
    late = latest is not None and entry.occurred_at is not None and entry.occurred_at < latest
    return msgspec.structs.replace(entry, sequence=sequence, attempt=attempt, late=late)


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the outbox: reply number `number` of an event, and when it was begun, last where it was begun again.

    `message_id` is `None` until it is known to be sent.
    """

    number: int
    begun_at: float
    message_id: str | None = None


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """An event that this process handles now; nobody else handles one of its lanes meanwhile.

    - `fence`: a number of this claim alone; a store refuses what a claim that ran out wants to commit.
    - `state`: the state of the first lane, as it was committed last.
    - `replies`: what earlier attempts at this event sent, or began to send.
    """

    entry: Entry
    fence: int
    state: bytes | None = None
    replies: tuple[Reply, ...] = ()


class Handled(msgspec.Struct, frozen=True, kw_only=True):
    """It is done. `state` replaces the lane's; `None` leaves it as it is."""

    state: bytes | None = None


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """It failed and is to be handled again, not before `due`; its lane waits.

    `counts`: whether the attempt counts (it does not where a handler was cancelled by a drain).
    """

    due: float
    counts: bool = True


class Dead(msgspec.Struct, frozen=True, kw_only=True):
    """It is given up on and kept to be looked at. `reason` names the error, never its text."""

    reason: str


Outcome = Handled | Again | Dead


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of events: `waiting` and `running` are not handled yet. `oldest` is when the oldest of them was accepted."""

    waiting: int
    running: int
    dead: int
    lanes: int
    oldest: float | None = None


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """An event that was given up on: when, after how many attempts, why."""

    entry: Entry
    reason: str
    died_at: float


class Store(Protocol):
    """Keeps accepted events, the state of conversations and the outbox of replies; `MemoryStore`, `SqliteStore`, `RedisStore`.

    Every method raises `StoreError` where the store cannot be reached; nothing was done then, or nobody knows. A commit is
    durable when the method returns (not in memory). A key is known until its event is handled or its dead letter forgotten, and
    for `remembers` seconds after that (for 15 minutes if it is `brief`).

    - `durable`: what was accepted outlives the process.
    - `shared`: other processes may handle what this one accepts; claims run out after `lease` seconds.
    - `max_waiting`: events that may wait in all.
    """

    durable: bool
    shared: bool
    lease: float
    remembers: float
    max_waiting: int

    async def open(self, *, now: float) -> None:
        """Make ready. What a process that died had claimed is free again: at once, or when its lease runs out if `shared`."""
        ...

    async def aclose(self) -> None:
        """Let go of files and connections; what is claimed and not finished stays, and is handled again."""
        ...

    async def accept(self, entries: Sequence[Entry], *, now: float) -> int:
        """Keep all of them or none; how many were new. The others were accepted before.

        Raises:
            StoreFullError: More would wait than `max_waiting`, or `max_waiting_in_lane` of one lane. None was kept. Where
                nothing waits, or nothing of that lane, the bound does not hold: a sender cannot bring less than its delivery.
        """
        ...

    async def claim(self, most: int, *, now: float) -> Sequence[Claim]:
        """Up to `most` events to handle now, each the next one of all its lanes, of lanes that nobody handles."""
        ...

    async def next_due(self, *, now: float) -> float | None:
        """When the next event may be claimed; now, where that is not after `now`.

        `None`: not before a new one comes or one is finished, which is when `changed` returns.
        """
        ...

    async def changed(self) -> None:
        """Return when there may be something to claim that was not there when `claim` last began, whoever put it there."""
        ...

    async def finish(self, claim: Claim, outcome: Outcome, *, now: float) -> bool:
        """Commit the outcome, with the state, in one step; false where the claim had run out, and nothing was changed.

        A shared store whose answer was lost may be asked again.
        """
        ...

    async def renew(self, claims: Sequence[Claim], *, now: float) -> Sequence[Claim]:
        """Keep claims for another lease; those that had run out, or whose events were forgotten."""
        ...

    async def begin_reply(self, claim: Claim, number: int, *, now: float) -> bool:
        """Note in the outbox that a reply is about to be sent; false where the claim had run out."""
        ...

    async def end_reply(self, claim: Claim, number: int, message_id: str | None, *, now: float) -> None:
        """Note in the outbox that the reply was sent; with `None`, that it was surely not sent: its row goes.

        Also by a claim that has run out, for the one after it.
        """
        ...

    async def hold(self, name: str, *, now: float, seconds: float) -> bool:
        """Be the only process that polls or connects under this name, for some seconds more; false where another one is."""
        ...

    async def let_go(self, name: str) -> None:
        """Another process may hold the name now."""
        ...

    async def position(self, name: str) -> str | None:
        """Where a poll or a socket stands."""
        ...

    async def keep_position(self, name: str, position: str, *, now: float) -> None:
        """Keep where a poll or a socket stands, after what came before it was accepted."""
        ...

    def seen(self, account: str, *, since: float) -> AsyncIterator[str]:
        """The lanes of an account with an event after `since`, each once."""
        ...

    async def counts(self, *, now: float) -> Counts:
        """How much is there."""
        ...

    async def dead(self, most: int = 100) -> Sequence[DeadLetter]:
        """What was given up on, oldest first."""
        ...

    async def replay(self, key: str, *, now: float) -> bool:
        """Let a dead letter be handled again, from its first attempt, as if it came now; false where there is none of that key.

        What it sent stays in the outbox and is not sent again.

        Raises:
            StoreFullError: As `accept`.
        """
        ...

    async def prune(self, *, now: float) -> None:
        """Forget keys, outbox rows and dead letters whose time is over, in steps that hold nobody up."""
        ...

    async def forget(self, lane: str) -> int:
        """Remove all that is kept of a lane: events, state, dead letters, outbox; how many events.

        An event that is handled meanwhile is not stopped; it commits nothing. Keys stay: they are digests, and what was
        forgotten does not come back by a sender's next try.
        """
        ...
