from __future__ import annotations

import asyncio
from typing import Any

import pytest

from aioconvo.core.clock import SYSTEM_CLOCK
from aioconvo.core.errors import PoolClosedError
from aioconvo.core.limits.gate import FairGate
from aioconvo.core.limits.rule import Limits
from aioconvo.core.limits.turnstile import Turnstile
from aioconvo.core.wire.pool import SessionPool
from aioconvo.core.wire.time_limit import OverdueError, TimeLimit, TimeLimits
from tests.virtual_time import in_virtual_time

SHORT = 60.0


def _limit(seconds: float) -> TimeLimit:
    return TimeLimit(seconds, asyncio.get_running_loop())


async def _inside(limit: TimeLimit, until: asyncio.Future[None]) -> str:
    with limit:
        await until
    return "in time"


@in_virtual_time
async def test_who_stays_too_long_gets_a_timeout_error() -> None:
    limit = _limit(SHORT)
    new_future = asyncio.get_running_loop().create_future
    ends = await asyncio.gather(*(_inside(limit, new_future()) for _ in range(50)), return_exceptions=True)
    assert [type(end) for end in ends] == [OverdueError] * 50
    assert limit.idle


@in_virtual_time
async def test_each_is_timed_from_its_own_start() -> None:
    limit = _limit(3 * SHORT)
    loop = asyncio.get_running_loop()
    first = asyncio.create_task(_inside(limit, loop.create_future()))
    await asyncio.sleep(2 * SHORT)
    late_gate = loop.create_future()
    late = asyncio.create_task(_inside(limit, late_gate))
    with pytest.raises(TimeoutError):
        await first
    assert not late.done()
    late_gate.set_result(None)
    assert await late == "in time"
    assert limit.idle
    limit.close()


async def test_it_takes_one_timer_for_any_number_of_tasks() -> None:
    limit = _limit(60.0)
    gate = asyncio.get_running_loop().create_future()
    tasks = [asyncio.create_task(_inside(limit, gate)) for _ in range(100)]
    await asyncio.sleep(0)
    timer = limit._timer
    assert timer is not None
    gate.set_result(None)
    assert await asyncio.gather(*tasks) == ["in time"] * 100
    assert limit._timer is timer
    limit.close()
    assert timer.cancelled()


async def test_the_cancelling_of_others_stays_a_cancelling() -> None:
    limit = _limit(60.0)
    task = asyncio.create_task(_inside(limit, asyncio.get_running_loop().create_future()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert limit.idle
    limit.close()


@pytest.mark.parametrize("overdue_first", [True, False])
async def test_cancelled_by_others_and_overdue_at_once_is_a_cancelling(overdue_first: bool) -> None:
    limit = _limit(0.0)
    task = asyncio.create_task(_inside(limit, asyncio.get_running_loop().create_future()))
    await asyncio.sleep(0)
    if overdue_first:
        limit._look()
    task.cancel()
    if not overdue_first:
        limit._look()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert limit.idle


@in_virtual_time
async def test_what_a_cancelled_task_still_does_is_limited_too() -> None:
    limit = _limit(SHORT)

    async def cleans_up() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            await _inside(limit, asyncio.get_running_loop().create_future())

    task = asyncio.create_task(cleans_up())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(TimeoutError):
        await task
    assert limit.idle


async def test_an_overdue_error_of_another_kind_goes_on_as_it_is() -> None:
    limit = _limit(0.0)

    async def stubborn() -> None:
        with limit:
            try:
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                raise ValueError("mine") from None

    task = asyncio.create_task(stubborn())
    with pytest.raises(ValueError, match="mine"):
        await task
    assert task.cancelling() == 0
    assert limit.idle


@in_virtual_time
async def test_it_stands_inside_the_timeout_of_others() -> None:
    limit = _limit(2 * SHORT)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(_inside(limit, asyncio.get_running_loop().create_future()), SHORT)
    assert limit.idle
    limit.close()


async def test_limits_that_nobody_uses_are_let_go_of_before_there_are_many() -> None:
    async with SessionPool() as pool:
        state = await pool.state()
        made: list[TimeLimit] = []
        for seconds in range(1, 2000):
            with state.time_limits[float(seconds)]:
                made.append(_limit_of(state.time_limits, float(seconds)))
        timers = [limit._timer for limit in made]
        assert sum(timer is not None for timer in timers) == len(state.time_limits) <= 64
        last = timers[-1]
        assert last is not None
        assert not last.cancelled()
    assert last.cancelled()


def _limit_of(limits: TimeLimits, seconds: float) -> TimeLimit:
    limit = limits[seconds]
    assert isinstance(limit, TimeLimit)
    return limit


async def test_many_different_limits_at_once_cost_no_more_each_than_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in looks at whether a limit is idle, which were as many as there were limits, for each new one."""
    looks = 0
    idle: Any = vars(TimeLimit)["idle"]

    def counted(limit: TimeLimit) -> bool:
        nonlocal looks
        looks += 1
        return bool(idle.fget(limit))

    monkeypatch.setattr(TimeLimit, "idle", property(counted))
    gate = asyncio.get_running_loop().create_future()
    limits = TimeLimits()
    tasks = [asyncio.create_task(_inside(_limit_of(limits, 60.0 + number), gate)) for number in range(4000)]
    await asyncio.sleep(0)
    for number in range(4000):
        limits[1000.0 + number]
    gate.set_result(None)
    await asyncio.gather(*tasks)
    assert looks <= 2 * 8000
    limits.close()


# What waits for the pool when it closes.


async def test_a_closed_gate_lets_nobody_wait() -> None:
    gate = FairGate(1)
    await gate.acquire("a")
    waiting = [asyncio.create_task(gate.acquire(lane)) for lane in ("a", "a", "b")]
    await asyncio.sleep(0)
    gate.close(lambda: PoolClosedError("closed"))
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(end) for end in ends] == [PoolClosedError] * 3
    gate.release()
    assert (gate.free, gate.waiting) == (1, 0)


async def test_a_waiter_that_is_cancelled_as_the_gate_closes_takes_nothing() -> None:
    gate = FairGate(1)
    await gate.acquire("a")
    waiting = asyncio.create_task(gate.acquire("a"))
    await asyncio.sleep(0)
    gate.close(lambda: PoolClosedError("closed"))
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    gate.release()
    assert gate.free == 1


async def test_a_pause_that_comes_while_a_request_waits_for_the_pool_is_kept() -> None:
    gate = FairGate(1)
    turnstile = Turnstile(Limits(), SYSTEM_CLOCK, gate=gate)
    assert turnstile.try_enter()
    waiting = asyncio.create_task(turnstile.try_wait("lane"))
    await asyncio.sleep(0)
    turnstile.pause(60.0)
    turnstile.leave()
    assert await waiting is False
    assert (gate.free, gate.waiting, turnstile._inside) == (1, 0, [])
    assert not turnstile.try_enter()
