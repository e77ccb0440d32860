"""Events of a store are handled once, in order, side by side, and none is lost when the runner ends."""

from __future__ import annotations

import asyncio
import gc
import itertools
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from aioconvo.bot.retries import Drop, Retries, TryLater
from aioconvo.bot.runner import Finished, Runner
from aioconvo.bot.stores.store import Again, Claim, Dead, Handled, Outcome
from aioconvo.core.errors import ConfigurationError
from tests.bot.plain_store import PlainStore, entry
from tests.virtual_time import JumpingLoop, LoopClock, in_virtual_time

EXACT = Retries(jitter=0.0)
Handle = Callable[[Claim], Awaitable[Outcome]]


async def done(claim: Claim) -> Outcome:
    assert claim.entry.attempt > 0
    return Handled()


def make(store: PlainStore, handle: Handle, **settings: Any) -> Runner:
    return Runner(store, handle, clock=LoopClock(), **({"retries": EXACT} | settings))


@asynccontextmanager
async def running(runner: Runner) -> AsyncIterator[None]:
    """The runner, drained at the end."""
    async with anyio.create_task_group() as group:
        await group.start(runner.run)
        yield
        await runner.drain()


def now() -> float:
    return LoopClock().time()


@in_virtual_time
async def test_lanes_go_side_by_side_and_each_in_order() -> None:
    store, log = PlainStore(), list[tuple[str, str, float]]()
    busy: Counter[str] = Counter()

    async def handle(claim: Claim) -> Outcome:
        lane = claim.entry.lanes[0]
        busy[lane] += 1
        assert busy[lane] == 1
        await asyncio.sleep(1)
        busy[lane] -= 1
        log.append((lane, claim.entry.key, asyncio.get_running_loop().time()))
        return Handled()

    async with running(make(store, handle)):
        await store.accept([entry(f"{lane}{number}", lane, now=now()) for number in range(3) for lane in "abc"], now=now())
        await asyncio.sleep(3.5)
    assert [key for lane, key, _ in log if lane == "test:b"] == ["test:b0", "test:b1", "test:b2"]
    assert max(time for *_, time in log) == pytest.approx(3, abs=0.1)
    assert len(store.handled) == 9


@in_virtual_time
async def test_an_event_of_several_lanes_waits_for_all_and_holds_all() -> None:
    store, log = PlainStore(), list[str]()

    async def handle(claim: Claim) -> Outcome:
        await asyncio.sleep(2 if claim.entry.key == "test:1" else 1)
        log.append(claim.entry.key)
        return Handled()

    events = [entry("1", "a"), entry("2", "b"), entry("both", lanes=("test:a", "test:b")), entry("3", "b"), entry("4", "c")]
    async with running(make(store, handle)):
        await store.accept(events, now=now())
        await asyncio.sleep(10)
    assert log == ["test:2", "test:4", "test:1", "test:both", "test:3"]


@in_virtual_time
async def test_no_more_than_concurrency_at_once() -> None:
    store, most = PlainStore(), 0
    runner: Runner

    async def handle(claim: Claim) -> Outcome:
        nonlocal most
        most = max(most, runner.running)
        await asyncio.sleep(0.1)
        return await done(claim)

    runner = make(store, handle, concurrency=7)
    await store.accept([entry(str(number), str(number)) for number in range(50)], now=now())
    async with running(runner):
        await asyncio.sleep(5)
    assert most == 7
    assert len(store.handled) == 50


@in_virtual_time
async def test_a_failure_is_tried_again_and_its_lane_waits() -> None:
    store, times = PlainStore(), list[float]()
    told: list[Finished] = []

    async def handle(claim: Claim) -> Outcome:
        if claim.entry.key == "test:bad":
            times.append(round(asyncio.get_running_loop().time(), 1))
            raise ValueError("a text")
        return Handled()

    async with running(make(store, handle, on_finished=told.append)):
        await store.accept([entry("bad"), entry("next"), entry("other", "b")], now=now())
        await asyncio.sleep(0.5)
        assert store.handled == ["test:other"]
        await asyncio.sleep(40)
    assert times == [0.0, 1.0, 6.0, 31.0]
    assert store.handled == ["test:other", "test:next"]
    assert [(one.entry.key, one.entry.attempt, one.reason) for one in store.dead_letters] == [("test:bad", 4, "ValueError")]
    assert Counter(type(one.outcome) for one in told) == {Again: 3, Dead: 1, Handled: 2}
    assert await store.replay("test:bad", now=now())
    assert store.waiting["test:bad"].attempt == 0


@in_virtual_time
async def test_try_later_drop_time_out_and_a_cancel_of_its_own() -> None:
    store = PlainStore()

    async def handle(claim: Claim) -> Outcome:
        match claim.entry.key, claim.entry.attempt:
            case "test:later", 1:
                raise TryLater(100)
            case "test:drop", _:
                raise Drop("not ours")
            case "test:slow", _:
                await asyncio.sleep(1_000)
            case "test:cancelled", 1:
                future = asyncio.get_running_loop().create_future()
                future.cancel()
                await future
        return Handled()

    async with running(make(store, handle, handler_timeout=10)):
        await store.accept([entry(key, key) for key in ("later", "drop", "slow", "cancelled")], now=now())
        await asyncio.sleep(2)
        assert store.handled == ["test:cancelled"]
        await asyncio.sleep(118)
    assert store.handled == ["test:cancelled", "test:later"]
    assert [(one.entry.key, one.reason) for one in store.dead_letters] == [
        ("test:drop", "Drop: not ours"),
        ("test:slow", "HandlerTimeoutError"),
    ]


@in_virtual_time
async def test_a_handler_that_cancels_its_own_task_is_given_up_on() -> None:
    store, begun = PlainStore(), list[float]()

    async def handle(claim: Claim) -> Outcome:
        if claim.entry.key == "test:after":
            return Handled()
        begun.append(now())
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(1)
        return Handled()

    async with running(make(store, handle)):
        await store.accept([entry("cut", "lane"), entry("after", "lane")], now=now())
        await asyncio.sleep(60)
    assert [later - before for before, later in itertools.pairwise(begun)] == pytest.approx([1.0] * 8, abs=0.1)
    assert [one.reason for one in store.dead_letters] == ["it was cut off each time"]
    assert store.handled == ["test:after"]


@in_virtual_time
async def test_a_handler_that_began_later_is_timed_out_by_its_own_time() -> None:
    store, ended = PlainStore(), dict[str, float]()

    async def handle(claim: Claim) -> Outcome:
        try:
            await asyncio.sleep(1_000)
        finally:
            ended.setdefault(claim.entry.key, asyncio.get_running_loop().time())
        return Handled()

    async with running(make(store, handle, handler_timeout=10, drain=0)):
        for number in range(4):
            await store.accept([entry(str(number), str(number))], now=now())
            await asyncio.sleep(4)
        await asyncio.sleep(10)
    assert list(ended.values()) == pytest.approx([10, 14, 18, 22], abs=0.1)


@in_virtual_time
async def test_an_event_that_killed_its_process_too_often_is_not_begun() -> None:
    store, seen = PlainStore(), list[int]()

    async def handle(claim: Claim) -> Outcome:
        seen.append(claim.entry.attempt)
        return Handled()

    await store.accept([entry("killer", attempt=9), entry("next", attempt=8)], now=now())
    async with running(make(store, handle)):
        await asyncio.sleep(1)
    assert seen == [9]
    assert [one.reason for one in store.dead_letters] == ["it was cut off each time"]


class TestDrain:
    @in_virtual_time
    async def test_running_handlers_end_and_nothing_new_begins(self) -> None:
        store = PlainStore()

        async def handle(claim: Claim) -> Outcome:
            await asyncio.sleep(5)
            return await done(claim)

        runner = make(store, handle)
        await store.accept([entry("1"), entry("2")], now=now())
        async with running(runner):
            await asyncio.sleep(1)
            assert not runner.draining
            await runner.drain()
            assert runner.draining
            assert asyncio.get_running_loop().time() == pytest.approx(5, abs=0.1)
        assert store.handled == ["test:1"]
        assert list(store.waiting) == ["test:2"]

    @in_virtual_time
    async def test_what_no_store_keeps_is_handled_within_the_drain_if_it_is_due(self) -> None:
        store = PlainStore(durable=False)

        async def handle(claim: Claim) -> Outcome:
            await asyncio.sleep(5)
            if claim.entry.key == "test:fails":
                raise RuntimeError
            return await done(claim)

        await store.accept([*(entry(str(number), "a") for number in range(9)), entry("fails", "b")], now=now())
        async with running(make(store, handle, drain=26, concurrency=2, retries=Retries(waits=(1_000.0,)))):
            pass
        assert asyncio.get_running_loop().time() == pytest.approx(26, abs=0.2)
        assert store.handled == [f"test:{number}" for number in range(5)]
        assert set(store.waiting) == {"test:5", "test:6", "test:7", "test:8", "test:fails"}
        assert not store.claimed

    @in_virtual_time
    async def test_it_does_not_wait_for_what_is_not_due(self) -> None:
        store = PlainStore(durable=False)
        await store.accept([entry("now", "a"), entry("later", "b", due=now() + 100)], now=now())
        async with running(make(store, done)):
            pass
        assert asyncio.get_running_loop().time() == pytest.approx(0, abs=0.2)
        assert (store.handled, set(store.waiting)) == (["test:now"], {"test:later"})

    @in_virtual_time
    async def test_what_takes_too_long_stays_and_its_attempt_does_not_count(self) -> None:
        store = PlainStore()

        async def handle(claim: Claim) -> Outcome:
            await asyncio.sleep(5 if claim.entry.key == "test:fast" else 40)
            return await done(claim)

        await store.accept([entry("fast", "a"), entry("slow", "b")], now=now())
        async with running(make(store, handle, drain=25)):
            await asyncio.sleep(0.1)
        assert asyncio.get_running_loop().time() == pytest.approx(25, abs=0.2)
        assert store.handled == ["test:fast"]
        assert store.waiting["test:slow"].attempt == 0
        assert not store.claimed

    @in_virtual_time
    async def test_at_once_cancels_now(self) -> None:
        store = PlainStore()

        async def handle(claim: Claim) -> Outcome:
            await asyncio.sleep(40)
            return await done(claim)

        runner = make(store, handle)
        await store.accept([entry("slow")], now=now())
        async with anyio.create_task_group() as group:
            await group.start(runner.run)
            await asyncio.sleep(1)
            runner.stop()
            await asyncio.sleep(1)
            assert runner.running == 1
            runner.stop(at_once=True)
        assert asyncio.get_running_loop().time() == pytest.approx(2, abs=0.1)
        assert store.waiting["test:slow"].attempt == 0

    @in_virtual_time
    async def test_a_handler_that_ends_well_when_it_is_cancelled_is_done(self) -> None:
        store = PlainStore()

        async def handle(claim: Claim) -> Outcome:
            try:
                await asyncio.sleep(40)
            except asyncio.CancelledError:
                return await done(claim)
            return Again(due=0)

        await store.accept([entry("1")], now=now())
        async with running(make(store, handle, drain=1)):
            await asyncio.sleep(0.1)
        assert store.handled == ["test:1"]

    @in_virtual_time
    async def test_it_ends_in_time_where_the_store_is_away(self) -> None:
        store = PlainStore()

        async def handle(claim: Claim) -> Outcome:
            await asyncio.sleep(3 if claim.entry.key == "test:1" else 60)
            return await done(claim)

        await store.accept([entry("1", "a"), entry("2", "b")], now=now())
        async with running(make(store, handle, drain=10)):
            await asyncio.sleep(1)
            store.down = True
        assert asyncio.get_running_loop().time() == pytest.approx(11.5, abs=0.6)
        assert set(store.claimed) == {"test:1", "test:2"}

    @in_virtual_time
    async def test_before_it_ran_it_returns_at_once(self) -> None:
        runner = make(PlainStore(), done)
        await runner.drain()
        await runner.run()
        with pytest.raises(RuntimeError, match="ran already"):
            await runner.run()


class TestStoreAway:
    @in_virtual_time
    async def test_work_goes_on_when_it_is_back(self) -> None:
        store = PlainStore()

        async def handle(claim: Claim) -> Outcome:
            if claim.entry.key == "test:1":
                store.down = True
            return await done(claim)

        runner = make(store, handle)
        await store.accept([entry("1"), entry("2")], now=now())
        async with running(runner):
            await asyncio.sleep(30)
            assert not runner.store_answers
            assert store.handled == []
            store.down = False
            await asyncio.sleep(6)
            assert runner.store_answers
        assert store.handled == ["test:1", "test:2"]

    @in_virtual_time
    async def test_it_is_told_once(self, caplog: pytest.LogCaptureFixture) -> None:
        store = PlainStore()
        with caplog.at_level(logging.INFO, "aioconvo.bot"):
            async with running(make(store, done)):
                for _ in range(2):
                    store.down = True
                    await asyncio.sleep(100)
                    store.down = False
                    await asyncio.sleep(20)
        assert [one.levelname for one in caplog.records] == ["WARNING", "INFO"] * 2


class TestLease:
    @in_virtual_time
    async def test_claims_are_renewed_in_time_also_while_it_drains(self) -> None:
        store = PlainStore(shared=True)

        async def handle(claim: Claim) -> Outcome:
            await asyncio.sleep(50)
            return await done(claim)

        await store.accept([entry("1")], now=now())
        async with running(make(store, handle, drain=100)):
            await asyncio.sleep(21)
            assert store.renewed == 4
        assert store.renewed == 9
        assert store.handled == ["test:1"]

    @in_virtual_time
    async def test_what_ran_out_is_cancelled_and_nothing_of_it_is_committed(self) -> None:
        store, cancelled, told = PlainStore(shared=True), list[str](), list[Finished]()

        async def handle(claim: Claim) -> Outcome:
            try:
                await asyncio.sleep(50)
            except asyncio.CancelledError:
                cancelled.append(claim.entry.key)
                raise
            return await done(claim)

        await store.accept([entry("1", "a"), entry("2", "b")], now=now())
        async with running(make(store, handle, on_finished=told.append, drain=60)):
            await asyncio.sleep(1)
            store.lost.add("test:1")
        assert cancelled == ["test:1"]
        assert store.handled == ["test:2"]
        assert [one.claim.entry.key for one in told] == ["test:2"]

    @in_virtual_time
    async def test_who_cannot_renew_for_a_lease_stops(self) -> None:
        store, stopped_at = PlainStore(shared=True), list[float]()

        async def handle(claim: Claim) -> Outcome:
            try:
                await asyncio.sleep(500)
            finally:
                stopped_at.append(asyncio.get_running_loop().time())
            return await done(claim)

        await store.accept([entry("1")], now=now())
        async with running(make(store, handle)):
            await asyncio.sleep(7)
            store.down = True
            await asyncio.sleep(30)
            store.down = False
        assert stopped_at == pytest.approx([20], abs=0.1)


@in_virtual_time
async def test_a_listener_that_fails_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    store = PlainStore()

    def listen(finished: Finished) -> None:
        raise ValueError(finished.claim.entry.key)

    await store.accept([entry("1"), entry("2")], now=now())
    async with running(make(store, done, on_finished=listen)):
        await asyncio.sleep(1)
    assert store.handled == ["test:1", "test:2"]
    assert "on_finished failed: ValueError" in caplog.text


@in_virtual_time
async def test_logs_tell_of_failures_without_their_text(caplog: pytest.LogCaptureFixture) -> None:
    store = PlainStore()

    async def handle(claim: Claim) -> Outcome:
        if claim.entry.attempt < 3:
            raise ValueError("the secret text")
        raise Drop("the secret text")

    await store.accept([entry("1")], now=now())
    async with running(make(store, handle)):
        await asyncio.sleep(10)
    assert f"event test:1 failed at attempt 1, to be tried again: ValueError, at {__name__} line " in caplog.text
    assert f"event test:1 is a dead letter after attempt 3: Drop, at {__name__} line " in caplog.text
    assert "secret" not in caplog.text


@in_virtual_time
async def test_it_prunes_every_minute() -> None:
    store = PlainStore()
    async with running(make(store, done)):
        await asyncio.sleep(301)
    assert store.pruned == 5


@pytest.mark.parametrize("settings", [{"concurrency": 0}, {"drain": -1}, {"handler_timeout": 0}])
def test_wrong_settings_are_told(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        Runner(PlainStore(), done, **settings)


def test_cancelled_in_each_phase_it_leaves_nothing_and_loses_nothing() -> None:
    """Each round is cancelled after one more step of the loop, in a loop of its own over the same store."""
    store, handled = PlainStore(), Counter[str]()

    async def handle(claim: Claim) -> Outcome:
        for _ in range(5):
            await asyncio.sleep(0)
        await asyncio.sleep(0.5)
        handled[claim.entry.key] += 1
        return Handled()

    async def main(steps: int) -> None:
        await store.open(now=now())
        await store.accept([entry(f"{steps}-{number}", str(number)) for number in range(3)], now=now())
        runner = make(store, handle)
        task = asyncio.ensure_future(runner.run())
        for _ in range(steps):
            await asyncio.sleep(0)
        if steps % 3 == 0:
            await asyncio.sleep(0.5)
        if steps % 2:
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            runner.stop(at_once=True)
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert not store.claimed

    for steps in range(40):
        with asyncio.Runner(loop_factory=JumpingLoop) as one:
            one.run(main(steps))

    async def rest() -> None:
        await store.open(now=now())
        async with running(make(store, handle)):
            await asyncio.sleep(100)

    with asyncio.Runner(loop_factory=JumpingLoop) as one:
        one.run(rest())
    assert len(store.handled) == len(set(store.handled)) == 120
    assert not store.dead_letters
    gc.collect()


@in_virtual_time
async def test_two_runners_in_a_process_share_a_store() -> None:
    store, busy = PlainStore(), Counter[str]()

    async def handle(claim: Claim) -> Outcome:
        busy[claim.entry.lanes[0]] += 1
        assert busy[claim.entry.lanes[0]] == 1
        await asyncio.sleep(0.1)
        busy[claim.entry.lanes[0]] -= 1
        return Handled()

    async with running(make(store, handle, concurrency=2)), running(make(store, handle, concurrency=3)):
        await store.accept([entry(f"{number}", str(number % 10)) for number in range(100)], now=now())
        await asyncio.sleep(20)
    assert store.handled.count("test:5") == 1
    assert len(store.handled) == 100
