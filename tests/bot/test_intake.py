"""What becomes of a delivery: kept before it is acknowledged, or sent away to come back."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import anyio
import pytest

from aioconvo.bot.intake import Accept, Intake, entries_of
from aioconvo.bot.stores.memory import MemoryStore
from aioconvo.bot.stores.store import Handled
from aioconvo.core.errors import ConfigurationError, StoreError, WebhookRefusedError
from aioconvo.events.incoming import Delivery, Incoming
from aioconvo.providers import Provider
from tests.bot.plain_store import PlainStore
from tests.virtual_time import LoopClock, in_virtual_time

AGAIN_IN_FIVE = {"Retry-After": "5"}


def delivery(*keys: str, lane: str = "shop:1", **facts: Any) -> Delivery:
    events = tuple(
        Incoming(
            provider=Provider.SUNSHINE, account="shop", key=f"shop:{key}", lanes=(lane,), native=None, raw=b'{"a": 1}', **facts
        )
        for key in keys
    )
    return Delivery(provider=Provider.SUNSHINE, account="shop", events=events)


def make(store: Any, **settings: Any) -> Intake:
    intake = Intake(store, clock=LoopClock(), **settings)
    intake.start()
    return intake


def test_an_event_becomes_a_row() -> None:
    moment = dt.datetime(2026, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    (one,) = entries_of(delivery("1", occurred_at=moment, brief=True), now=100.0, settle=3.0)
    assert (one.key, one.provider, one.account, one.lanes, one.raw) == ("shop:1", "sunshine", "shop", ("shop:1",), b'{"a": 1}')
    assert (one.accepted_at, one.due, one.occurred_at, one.brief) == (100.0, 103.0, moment.timestamp(), True)
    (two,) = entries_of(delivery("1"), now=100.0)
    assert (two.due, two.occurred_at, two.brief) == (100.0, None, False)


@in_virtual_time
async def test_it_is_kept_before_it_is_acknowledged() -> None:
    store = MemoryStore()
    intake = make(store)
    answer = await intake.answer(delivery("1", "2"))
    assert (answer.status, answer.headers, answer.events, answer.new) == (200, {}, 2, 2)
    assert (await store.counts(now=0)).waiting == 2
    again = await intake.answer(delivery("2", "3"))
    assert (again.status, again.events, again.new) == (200, 2, 1)
    assert (await intake.answer(delivery())).status == 200
    assert intake.counts == {"accepted": 3, "duplicate": 1}


@in_virtual_time
async def test_a_batch_is_kept_whole_or_sent_away_whole() -> None:
    store = MemoryStore(max_waiting=3)
    intake = make(store)
    assert (await intake.answer(delivery("1", "2"))).status == 200
    away = await intake.answer(delivery("3", "4"))
    assert (away.status, away.headers, away.reason) == (503, AGAIN_IN_FIVE, "full")
    assert (await store.counts(now=0)).waiting == 2
    assert (await intake.answer(delivery("1", "2"))).status == 200, "what is known needs no room"
    assert await intake.accept(delivery("2", "3")) == 1


@in_virtual_time
async def test_what_no_sender_brings_again_waits_for_room_however_much_it_is() -> None:
    store, clock = MemoryStore(max_waiting=3), LoopClock()
    intake, handled = make(store), list[str]()
    assert await intake.accept(delivery("0")) == 1
    async with asyncio.TaskGroup() as group:
        accepted = group.create_task(intake.accept(delivery(*map(str, range(8)))))
        while len(handled) < 8:
            await clock.sleep(1)
            for claim in await store.claim(1, now=clock.time()):
                handled.append(claim.entry.key)
                await store.finish(claim, Handled(), now=clock.time())
    assert handled == [one.key for one in delivery(*map(str, range(8))).events]
    assert await accepted == 7
    assert intake.counts["accepted"] == 8


@in_virtual_time
async def test_it_is_sent_away_before_the_start_and_in_the_drain() -> None:
    intake = Intake(PlainStore(), clock=LoopClock())
    assert (await intake.answer(delivery("1"))).reason == "not started"
    intake.start()
    assert (await intake.answer(delivery("1"))).status == 200
    intake.stop()
    away = await intake.answer(delivery("2"))
    assert (away.status, away.headers, away.reason) == (503, AGAIN_IN_FIVE, "draining")
    assert await intake.accept(delivery("3")) == 1, "what a poll has read is still kept"
    assert intake.counts == {"not started": 1, "draining": 1, "accepted": 2, "duplicate": 0}


@in_virtual_time
async def test_a_store_that_fails_or_is_slow_sends_away() -> None:
    store = PlainStore()
    intake = make(store)
    store.down = True
    away = await intake.answer(delivery("1"))
    assert (away.status, away.headers, away.reason) == (503, AGAIN_IN_FIVE, "store failing")
    with pytest.raises(StoreError):
        await intake.accept(delivery("1"))

    class Slow(PlainStore):
        async def accept(self, *entries: Any, now: float) -> int:
            await asyncio.sleep(now + 1_000 * len(entries))
            return 1

    away = await make(Slow()).answer(delivery("1"))
    assert (away.status, away.reason) == (503, "not in time")
    assert asyncio.get_running_loop().time() == pytest.approx(4, abs=0.1), "before SMS.CX stops waiting"


def test_a_refused_request_is_counted_by_its_reason() -> None:
    intake = Intake(PlainStore())
    answer = intake.refuse(WebhookRefusedError(401, "the secret is wrong"))
    assert (answer.status, answer.headers, answer.reason) == (401, {}, "the secret is wrong")
    intake.refuse(WebhookRefusedError(401, "the secret is wrong"))
    assert intake.counts == {"the secret is wrong": 2}


@pytest.mark.parametrize("settings", [{"settle": -1}, {"settle": 5.1}, {"accept": "soon"}])
def test_wrong_settings_are_told(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        Intake(PlainStore(), **settings)


class TestQueued:
    @in_virtual_time
    async def test_it_is_acknowledged_at_once_and_kept_soon_in_few_commits(self) -> None:
        commits = list[int]()

        class Counting(PlainStore):
            async def accept(self, entries: Any, *, now: float) -> int:
                commits.append(len(entries))
                await asyncio.sleep(0.1)
                return await super().accept(entries, now=now)

        store = Counting()
        intake = make(store, accept="queued")
        async with anyio.create_task_group() as group:
            await group.start(intake.run)
            for number in range(100):
                assert (await intake.answer(delivery(str(number)))).status == 200
            assert intake.queued == 100
            await intake.flush()
            group.cancel_scope.cancel()
        assert intake.queued == 0
        assert len(store.waiting) == 100
        assert len(commits) <= 3

    @in_virtual_time
    async def test_it_waits_for_the_store_and_sends_away_what_it_cannot_hold(self) -> None:
        store = PlainStore()
        store.down = True
        intake = make(store, accept=Accept.QUEUED)
        async with anyio.create_task_group() as group:
            await group.start(intake.run)
            answers = [(await intake.answer(delivery(str(number)))).status for number in range(1_100)]
            await asyncio.sleep(5)
            store.down = False
            await intake.flush()
            group.cancel_scope.cancel()
        assert answers[:1_000] == [200] * 1_000
        assert answers[1_002:] == [503] * 98
        assert len(store.waiting) == answers.count(200)


class TestHandled:
    @in_virtual_time
    async def test_it_is_acknowledged_when_all_are_handled(self) -> None:
        store, done = PlainStore(), list[int]()
        intake = make(store, accept="handled")

        async def send() -> None:
            done.append((await intake.answer(delivery("1", "2"))).status)

        async with anyio.create_task_group() as group:
            group.start_soon(send)
            await asyncio.sleep(1)
            intake.finished("shop:1")
            await asyncio.sleep(1)
            assert set(store.waiting) == {"shop:1", "shop:2"}
            assert done == []
            intake.finished("shop:2")
        assert done == [200]
        assert (await intake.answer(delivery("1", "2"))).status == 200, "it is known and handled"
        assert not intake._open

    @in_virtual_time
    async def test_after_fifteen_seconds_it_is_sent_away_and_the_next_try_waits_for_the_same(self) -> None:
        store = PlainStore()
        intake = make(store, accept="handled")
        away = await intake.answer(delivery("1"))
        assert (away.status, away.reason) == (503, "not in time")
        assert asyncio.get_running_loop().time() == pytest.approx(15, abs=0.1)
        async with anyio.create_task_group() as group:
            group.start_soon(intake.answer, delivery("1"))
            await asyncio.sleep(5)
            intake.finished("shop:1")
        assert asyncio.get_running_loop().time() == pytest.approx(20, abs=0.1)
        assert len(store.keys) == 1

    @in_virtual_time
    async def test_what_the_store_does_not_take_is_not_waited_for(self) -> None:
        store = PlainStore()
        intake = make(store, accept="handled")
        store.down = True
        assert (await intake.answer(delivery("1"))).reason == "store failing"
        assert not intake._open

    def test_processes_that_share_a_store_cannot(self) -> None:
        with pytest.raises(ConfigurationError, match="other processes"):
            Intake(PlainStore(shared=True), accept="handled")
