"""Slow conversations, too much of everything, and very many conversations (promises 11, 12, 17).

The suite overloads a bot for 5 s and shows it 1,000 conversations; AIOCONVO_CAMPAIGN=full for 60 s, and 1,000,000.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import sys
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any

import anyio
import pytest

from aioconvo.bot.intake import Intake
from aioconvo.bot.runner import Runner
from aioconvo.bot.stores.memory import MemoryStore
from aioconvo.bot.stores.store import Claim, Handled, Outcome
from tests.bot.plain_store import entry
from tests.bot.test_intake import delivery
from tests.campaign import FULL
from tests.virtual_time import LoopClock, in_virtual_time

LANES = 999
BURSTS = 6 if FULL else 2
OVERLOADED_FOR = 60 if FULL else 5
A_SECOND = 100 if FULL else 20  # events that can be handled
CONVERSATIONS = 1_000_000 if FULL else 1_000
MIB = 1 << 20


def now() -> float:
    return LoopClock().time()


def memory() -> int:
    """Bytes in use. To count each object would take an hour in the long form, which asks the system instead."""
    gc.collect()
    if not FULL:
        return tracemalloc.get_traced_memory()[0]
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


async def latencies(*, blocked: bool) -> list[float]:
    """Seconds from acceptance to the end of each event of the other conversations, while one of them may be stuck for 60 s."""
    store, took = MemoryStore(), list[float]()

    async def handle(claim: Claim) -> Outcome:
        if claim.entry.lanes == ("test:stuck",):
            await asyncio.sleep(60)
            return Handled()
        await asyncio.sleep(0.05)
        took.append(now() - claim.entry.accepted_at)
        return Handled()

    runner = Runner(store, handle, clock=LoopClock(), handler_timeout=100, drain=100)
    async with anyio.create_task_group() as group:
        await group.start(runner.run)
        if blocked:
            await store.accept([entry(f"stuck-{number}", "stuck", now=now()) for number in range(10)], now=now())
        for burst in range(BURSTS):
            await store.accept([entry(f"{burst}-{lane}", str(lane), now=now()) for lane in range(LANES)], now=now())
            await asyncio.sleep(60 / BURSTS)
        runner.stop(at_once=True)
    return sorted(took)


@in_virtual_time
async def test_a_slow_conversation_does_not_slow_999_others() -> None:
    alone, beside = await latencies(blocked=False), await latencies(blocked=True)
    assert len(alone) == len(beside) == BURSTS * LANES
    place = int(0.99 * len(alone))
    assert beside[place] <= 1.2 * alone[place]


@in_virtual_time
async def test_ten_times_too_much_is_sent_away_and_what_was_taken_is_handled() -> None:
    store = MemoryStore(max_waiting=5 * A_SECOND, max_keys=500)
    intake, handled, answers = Intake(store, clock=LoopClock()), Counter[str](), Counter[int]()
    accepted, sizes = list[str](), list[int]()

    async def handle(claim: Claim) -> Outcome:
        await asyncio.sleep(10 / A_SECOND)
        handled[claim.entry.key] += 1
        return Handled()

    async def load(seconds: float, rate: float, name: str) -> None:
        for step in range(int(seconds * 10)):
            for number in range(int(rate / 10)):
                key = f"{name}-{step}-{number}"
                answer = await intake.answer(delivery(key, lane=f"shop:{key}"))
                answers[answer.status] += 1
                if answer.status == 200:
                    accepted.append(f"shop:{key}")
            await asyncio.sleep(0.1)

    runner = Runner(store, handle, clock=LoopClock(), concurrency=10)
    tracemalloc.start()
    async with anyio.create_task_group() as group:
        await group.start(runner.run)
        intake.start()
        for number in range(OVERLOADED_FOR):
            await load(1, 10 * A_SECOND, str(number))
            gc.collect()
            known = sum(map(len, (accepted, handled))) * 300  # what this test keeps of them
            sizes.append(tracemalloc.get_traced_memory()[0] - known)
        tracemalloc.stop()
        assert answers[503] > 8 * A_SECOND * OVERLOADED_FOR
        assert (await store.counts(now=now())).waiting <= 5 * A_SECOND
        await load(5, A_SECOND / 2, "calm")
        before = answers.copy()
        await load(1, A_SECOND / 2, "well")
        assert answers - before == Counter({200: A_SECOND // 2}), "it is well again 5 s later"
        await asyncio.sleep(10)
        await runner.drain()
    assert handled == Counter(accepted)
    assert max(sizes) - sizes[1] < 2 * MIB, "memory is flat"


@pytest.mark.may_block
@pytest.mark.skipif(FULL and sys.platform != "linux", reason="the long form reads /proc")
@in_virtual_time
async def test_conversations_leave_nothing_behind(record_property: Any) -> None:
    store = MemoryStore(max_waiting=1_000)
    runner: Any = None

    async def handle(claim: Claim) -> Outcome:
        assert claim.entry.lanes
        return Handled()

    runner = Runner(store, handle, clock=LoopClock())

    async def see(first: int, last: int) -> None:
        for start in range(first, last, 500):
            lanes = range(start, min(start + 500, last))
            await store.accept([entry(str(lane), f"conversation-{lane}", now=now()) for lane in lanes], now=now())
            while (await store.counts(now=now())).lanes:  # noqa: ASYNC110 -- a store has no such event
                await asyncio.sleep(0)

    async with anyio.create_task_group() as group:
        await group.start(runner.run)
        warm = 120_000 if FULL else 500  # keys of the last 100,000 events and 10,000 conversations are known
        await see(0, warm)
        if not FULL:
            tracemalloc.start()
        before = memory()
        await see(warm, warm + CONVERSATIONS)
        grown = memory() - before
        tracemalloc.stop()
        await runner.drain()
    assert not runner._running
    assert not store._lanes.lines
    assert grown < 20 * MIB
    record_property("conversations", {"seen": CONVERSATIONS, "grown": grown})
