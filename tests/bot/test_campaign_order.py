"""Deliveries that come twice, late and out of order: each event is handled once, in its conversation's order (promises 1, 2).

The suite sends 800 deliveries over 60 conversations to each kind of store, AIOCONVO_CAMPAIGN=full 10,000 over 500.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections import Counter, defaultdict
from typing import NamedTuple

import anyio
import pytest

from aioconvo.bot.intake import Intake
from aioconvo.bot.runner import Runner
from aioconvo.bot.stores.store import Claim, Handled, Outcome, Store
from aioconvo.events.incoming import Delivery, Incoming
from aioconvo.providers import Provider
from tests.bot.conftest import NewStore
from tests.bot.hand_clock import HandClock
from tests.campaign import FULL

DELIVERIES, CONVERSATIONS = (10_000, 500) if FULL else (800, 60)
A_SECOND = 100
TICK = 0.25
LATER = 600.0


class Arrival(NamedTuple):
    """An event that comes at a time, maybe not for the first time."""

    at: float
    event: Incoming


def arrivals(draws: random.Random, start: float) -> list[Arrival]:
    """All that comes: 20 % up to 2 s late, 30 % twice, of which a third at once, a third soon, a third ten minutes later."""
    coming: list[Arrival] = []
    first_times = int(DELIVERIES / 1.3)
    for number in range(first_times):
        occurred = start + number / A_SECOND
        event = Incoming(
            provider=Provider.SUNSHINE,
            account="shop",
            key=f"shop:{number}",
            lanes=(f"shop:{draws.randrange(CONVERSATIONS)}",),
            native=None,
            raw=b"{}",
            occurred_at=dt.datetime.fromtimestamp(occurred, dt.UTC),
        )
        at = occurred + (draws.uniform(0, 2) if draws.random() < 0.2 else 0)
        coming.append(Arrival(at, event))
        if draws.random() < 0.3:
            coming.append(Arrival(at + draws.choice([0, draws.uniform(0, 10), LATER]), event))
    return sorted(coming, key=lambda one: one.at)


class Handling:
    """Handles events a little while each, and keeps what it saw of each conversation."""

    def __init__(self, draws: random.Random) -> None:
        self._draws = draws
        self.seen: defaultdict[str, list[Claim]] = defaultdict(list)
        self.busy: Counter[str] = Counter()
        self.overlaps = 0

    async def __call__(self, claim: Claim) -> Outcome:
        (lane,) = claim.entry.lanes
        self.busy[lane] += 1
        self.overlaps += self.busy[lane] > 1
        for _ in range(self._draws.randrange(4)):
            await asyncio.sleep(0)
        self.seen[lane].append(claim)
        self.busy[lane] -= 1
        return Handled()

    @property
    def keys(self) -> Counter[str]:
        return Counter(one.entry.key for claims in self.seen.values() for one in claims)


async def quiet(store: Store, runner: Runner, clock: HandClock) -> None:
    """Return when nothing is left that is due, and the runner waits for the time when something is."""
    calm = 0
    while calm < 20:
        due = await store.next_due(now=clock.now)
        calm = calm + 1 if not runner.running and (due is None or due > clock.now) else 0
        await asyncio.sleep(0)


async def run(store: Store, coming: list[Arrival], clock: HandClock, *, settle: float) -> Handling:
    handling = Handling(random.Random(2))  # noqa: S311 -- repeatable
    intake = Intake(store, clock=clock, settle=settle)
    runner = Runner(store, handling, clock=clock)
    intake.start()
    left = coming[::-1]
    async with anyio.create_task_group() as group:
        await group.start(runner.run)
        while left:
            await clock.advance(TICK if left[-1].at <= clock.now + 10 else LATER / 4)
            due: list[Arrival] = []
            while left and left[-1].at <= clock.now:
                due.append(left.pop())
            batches = [tuple(one.event for one in due[some : some + 3]) for some in range(0, len(due), 3)]
            if settle:
                await asyncio.gather(*(send(intake, events) for events in batches))
            else:  # what is sent at once has no order of arrival
                for events in batches:
                    await send(intake, events)
            await quiet(store, runner, clock)
        await clock.advance(settle)
        await quiet(store, runner, clock)
        await runner.drain()
    return handling


async def send(intake: Intake, events: tuple[Incoming, ...]) -> None:
    answer = await intake.answer(Delivery(provider=Provider.SUNSHINE, account="shop", events=events))
    assert answer.status == 200


def first_arrivals(coming: list[Arrival]) -> dict[str, list[str]]:
    """The keys of each conversation in the order in which they came first."""
    order: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for one in coming:
        order[one.event.lanes[0]].setdefault(one.event.key)
    return {lane: list(keys) for lane, keys in order.items()}


def when(claim: Claim) -> float:
    assert claim.entry.occurred_at is not None
    return claim.entry.occurred_at


@pytest.mark.parametrize("settle", [3.0, 0.0])
async def test_each_event_is_handled_once_and_in_order(new_store: NewStore, settle: float) -> None:
    clock = HandClock()
    coming = arrivals(random.Random(1), clock.now)  # noqa: S311 -- repeatable
    store = await new_store(now=clock.now, max_waiting=100_000)
    handling = await run(store, coming, clock, settle=settle)
    assert handling.keys == Counter({one.event.key: 1 for one in coming}), "0 lost, 0 doubled"
    assert handling.overlaps == 0
    assert sum(map(len, handling.seen.values())) < len(coming) - DELIVERIES // 5, "many came twice"
    if settle:
        disordered = [
            lane for lane, claims in handling.seen.items() if [when(one) for one in claims] != sorted(map(when, claims))
        ]
        assert not disordered
        assert not [one for claims in handling.seen.values() for one in claims if one.entry.late]
        return
    keys = {lane: [one.entry.key for one in claims] for lane, claims in handling.seen.items()}
    assert keys == first_arrivals(coming), "in the order of arrival"
    late = 0
    for claims in handling.seen.values():
        latest = 0.0
        for one in claims:
            assert one.entry.late is (when(one) < latest), "those that happened before another one are marked"
            late += one.entry.late
            latest = max(latest, when(one))
    assert late > DELIVERIES // 100
