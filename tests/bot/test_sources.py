"""Polls and sockets are followed by one process, from where it stood, never faster than the store takes it."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import anyio
import pytest

from aioconvo.bot.intake import Intake
from aioconvo.bot.sources import Follower
from aioconvo.bot.stores.memory import MemoryStore
from aioconvo.core.errors import AuthenticationError, CallFacts, StoreError
from aioconvo.events.sources import Batch
from tests.bot.plain_store import PlainStore
from tests.bot.test_intake import delivery
from tests.virtual_time import LoopClock, in_virtual_time

FACTS = CallFacts(provider="convore", operation="convore.events.list", method="GET", path="/v1/events")


class Numbers:
    """Gives one event a second, numbered from the position on; `faults`: what is raised before a number, once each."""

    def __init__(self, last: int, *, wait: float = 1.0) -> None:
        self.last = last
        self.wait = wait
        self.faults: dict[int, BaseException] = {}
        self.asked = Counter[int]()
        self.opened = 0

    @asynccontextmanager
    async def open(self, account: str, position: str | None) -> AsyncIterator[AsyncIterator[Batch]]:
        assert account == "shop"
        async with aclosing(self.batches(position)) as batches:
            yield batches

    async def batches(self, position: str | None) -> AsyncGenerator[Batch, None]:
        self.opened += 1
        try:
            for number in range(int(position or 0) + 1, self.last + 1):
                if number in self.faults:
                    raise self.faults.pop(number)
                self.asked[number] += 1
                await asyncio.sleep(self.wait)
                yield Batch(delivery(str(number), lane=f"shop:{number}"), str(number))
            while True:
                await asyncio.sleep(10)
                yield Batch(delivery(), None)
        finally:
            self.opened -= 1


def make(source: Numbers, store: Any, told: list[str] | None = None) -> Follower:
    def note(state: str, error: BaseException | None) -> None:
        if told is not None:
            told.append(state if error is None else f"{state}: {type(error).__name__}")

    return Follower("shop", source, store, Intake(store, clock=LoopClock()), clock=LoopClock(), told=note)


async def follow(follower: Follower, seconds: float) -> None:
    with anyio.move_on_after(seconds):
        await follower.run()


def kept(store: PlainStore) -> list[str]:
    return [key.partition(":")[2] for key in store.waiting]


@in_virtual_time
async def test_it_goes_on_where_it_stood() -> None:
    store, source = PlainStore(), Numbers(20)
    follower = make(source, store)
    await follow(follower, 7.5)
    assert kept(store) == [str(number) for number in range(1, 8)]
    assert store.positions == {"shop": "7"}
    assert (store.holders, source.opened, follower.holds) == ({}, 0, False)
    follower = make(source, store)
    await follow(follower, 30)
    assert kept(store) == [str(number) for number in range(1, 21)]
    assert source.asked == Counter({number: 2 if number == 8 else 1 for number in range(1, 21)})
    assert follower.silent == 0, "it follows no more"


@in_virtual_time
async def test_it_is_not_asked_while_the_store_is_full() -> None:
    store, source = MemoryStore(max_waiting=5), Numbers(12, wait=0.01)
    async with anyio.create_task_group() as group:
        group.start_soon(make(source, store).run)
        await asyncio.sleep(5)
        assert max(source.asked) == 6, "one that came is at hand, and nothing more"
        assert await store.position("shop") == "5"
        while (await store.counts(now=0)).waiting:
            for claim in await store.claim(2, now=LoopClock().time()):
                await store.forget(claim.entry.lanes[0])
            await asyncio.sleep(1)
        assert await store.position("shop") == "12"
        group.cancel_scope.cancel()
    assert source.asked == Counter(range(1, 13))


@in_virtual_time
async def test_it_waits_for_a_store_that_is_away() -> None:
    store, source = PlainStore(), Numbers(5)
    async with anyio.create_task_group() as group:
        group.start_soon(make(source, store).run)
        await asyncio.sleep(2.5)
        store.down = True
        await asyncio.sleep(4)
        store.down = False
        await asyncio.sleep(10)
        group.cancel_scope.cancel()
    assert kept(store) == ["1", "2", "3", "4", "5"]
    assert source.asked == Counter(range(1, 6))


@in_virtual_time
async def test_it_connects_again_whatever_went_wrong(caplog: pytest.LogCaptureFixture) -> None:
    store, source, told = PlainStore(), Numbers(9, wait=0.01), list[str]()
    kinds = (OSError("my secret"), ValueError("my secret"), StoreError("x"))
    source.faults = {number: kinds[number % 3] for number in range(1, 10)}
    await follow(make(source, store, told), 300)
    assert kept(store) == [str(number) for number in range(1, 10)]
    assert Counter(told) == {"connected": 9, "lost: OSError": 3, "lost: ValueError": 3, "lost: StoreError": 3}
    assert "secret" not in caplog.text
    assert source.opened == 0


@in_virtual_time
async def test_it_waits_longer_each_time_and_less_than_a_minute() -> None:
    times = list[float]()

    class Broken(Numbers):
        async def batches(self, position: str | None) -> AsyncGenerator[Batch, None]:
            times.append(asyncio.get_running_loop().time())
            async for one in super().batches(position):
                yield one
                raise OSError

    await follow(make(Broken(10_000, wait=0.01), PlainStore()), 600)
    waits = [after - before for before, after in itertools.pairwise(times)]
    assert max(waits) <= 60.1
    assert sum(waits[:4]) < 20
    assert 10 < len(waits) < 100


@in_virtual_time
async def test_refused_credentials_end_it() -> None:
    store, source, told = PlainStore(), Numbers(5), list[str]()
    source.faults = {3: AuthenticationError("who are you", FACTS, 401)}
    follower = make(source, store, told)
    await follower.run()
    assert told == ["connected", "given up: AuthenticationError"]
    assert follower.given_up
    assert not store.holders
    assert kept(store) == ["1", "2"]


class TestHold:
    @in_virtual_time
    async def test_one_process_follows_and_the_next_when_it_is_gone(self) -> None:
        class Held(PlainStore):
            holder: tuple[str, float] | None = None

            def as_process(self, name: str) -> Held:
                one = Held(shared=True)
                one.__dict__ = self.__dict__ | {"name": name}
                return one

            async def hold(self, name: str, *, now: float, seconds: float) -> bool:
                who = self.__dict__["name"]
                other = self.holders.get(name)
                if other is not None and other > now and self.positions.get("holder") != who:
                    return False
                self.holders[name], self.positions["holder"] = now + seconds, who
                return True

        store, source = Held(), Numbers(100)
        async with anyio.create_task_group() as group:
            first, second = make(source, store.as_process("one")), make(source, store.as_process("two"))
            scopes = [anyio.CancelScope(), anyio.CancelScope()]

            async def run(place: int, follower: Follower) -> None:
                with scopes[place]:
                    await follower.run()

            group.start_soon(run, 0, first)
            await asyncio.sleep(0.1)
            group.start_soon(run, 1, second)
            await asyncio.sleep(50)
            assert (first.holds, second.holds, source.opened) == (True, False, 1)
            scopes[0].cancel()
            await asyncio.sleep(6)
            assert (first.holds, second.holds, source.opened) == (False, True, 1)
            scopes[1].cancel()
        assert len(kept(store)) == max(map(int, kept(store)))

    @in_virtual_time
    async def test_who_lost_it_stops_at_once(self) -> None:
        store, source = PlainStore(shared=True), Numbers(100)
        async with anyio.create_task_group() as group:
            follower = make(source, store)
            group.start_soon(follower.run)
            await asyncio.sleep(12)
            assert source.opened == 1
            store.lost.add("shop")
            await asyncio.sleep(5)
            assert (source.opened, follower.holds) == (0, False)
            store.lost.clear()
            await asyncio.sleep(6)
            assert (source.opened, follower.holds) == (1, True)
            group.cancel_scope.cancel()

    @in_virtual_time
    async def test_who_cannot_ask_stops_before_another_one_may_begin(self) -> None:
        store, source = PlainStore(shared=True), Numbers(100)
        async with anyio.create_task_group() as group:
            follower = make(source, store)
            group.start_soon(follower.run)
            await asyncio.sleep(1)
            until = store.holders["shop"] - LoopClock().time()
            store.down = True
            await asyncio.sleep(until)
            assert (source.opened, follower.holds) == (0, False)
            group.cancel_scope.cancel()
