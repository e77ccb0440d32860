"""Who waits for what: the fair gate of the pool and the turnstile of one credential."""

from __future__ import annotations

import asyncio
import heapq
import random
from collections import deque

import pytest

from aioconvo.core.gate import FairGate, Turnstile
from aioconvo.core.limits import Limits, RateLimit


class SteppedClock:
    """Time that stands still while any task can run, and then jumps to the earliest waker."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleeping: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        waker = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleeping, (self.now + seconds, self._count, waker))
        await waker

    async def run(self, tasks: list[asyncio.Task[None]]) -> None:
        """Let the tasks run to their end."""
        while not all(task.done() for task in tasks):
            for _ in range(5):
                await asyncio.sleep(0)
            while self._sleeping and self._sleeping[0][2].done():
                heapq.heappop(self._sleeping)
            if self._sleeping:
                until, _, waker = heapq.heappop(self._sleeping)
                self.now = max(self.now, until)
                waker.set_result(None)


async def _settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


# The turnstile.


async def test_a_thousand_tasks_never_start_more_than_fifty_in_any_second() -> None:
    clock = SteppedClock()
    turnstile = Turnstile(Limits(rates=[RateLimit(50, 1.0)]), clock)
    starts: list[float] = []

    async def one() -> None:
        await turnstile.enter()
        starts.append(clock.now)
        turnstile.leave()

    await clock.run([asyncio.create_task(one()) for _ in range(1000)])
    assert len(starts) == 1000
    window: deque[float] = deque()
    for start in starts:
        window.append(start)
        while window[0] <= start - 1.0:
            window.popleft()
        assert len(window) <= 50
    assert clock.now == 19.0  # and none waited longer than needed


async def test_concurrency_and_order_of_arrival() -> None:
    clock = SteppedClock()
    turnstile = Turnstile(Limits(rates=[RateLimit(5, 1.0)], concurrency=2), clock)
    order: list[int] = []
    inside = most = 0

    async def one(number: int) -> None:
        nonlocal inside, most
        await turnstile.enter()
        order.append(number)
        inside += 1
        most = max(most, inside)
        await clock.sleep(0.1)
        inside -= 1
        turnstile.leave()

    await clock.run([asyncio.create_task(one(number)) for number in range(100)])
    assert order == list(range(100))
    assert most == 2


@pytest.mark.parametrize("limits", [Limits(), Limits(concurrency=3), Limits(rates=[RateLimit(1000, 1.0)])])
async def test_a_pause_holds_back_every_task(limits: Limits) -> None:
    clock = SteppedClock()
    turnstile = Turnstile(limits, clock)
    assert await turnstile.enter() == 0.0
    turnstile.leave()
    turnstile.pause(30.0)
    turnstile.pause(10.0)
    starts: list[float] = []

    async def one() -> None:
        waited = await turnstile.enter()
        assert waited == 30.0
        starts.append(clock.now)
        turnstile.leave()

    await clock.run([asyncio.create_task(one()) for _ in range(50)])
    assert starts == [30.0] * 50
    assert await turnstile.enter() == 0.0


async def test_a_pause_that_comes_while_tasks_wait_holds_them_too() -> None:
    clock = SteppedClock()
    turnstile = Turnstile(Limits(rates=[RateLimit(1, 1.0)]), clock)
    await turnstile.enter()
    waiter = asyncio.create_task(turnstile.enter())
    await _settle()
    turnstile.pause(60.0)
    while not waiter.done():
        await clock.run([asyncio.create_task(asyncio.sleep(0))])
    assert clock.now == 60.0


async def test_random_cancels_leave_nothing_held() -> None:
    chance = random.Random(7)  # noqa: S311 -- seeded
    clock = SteppedClock()
    turnstile = Turnstile(Limits(rates=[RateLimit(20, 1.0)], concurrency=3), clock)
    inside = most = done = 0

    async def one() -> None:
        nonlocal inside, most, done
        await turnstile.enter()
        inside += 1
        most = max(most, inside)
        try:
            await clock.sleep(chance.random() / 10)
            done += 1
        finally:
            inside -= 1
            turnstile.leave()

    tasks = [asyncio.create_task(one()) for _ in range(1000)]

    async def cancel() -> None:
        for task in chance.sample(tasks, 500):
            await clock.sleep(chance.random() / 20)
            task.cancel()

    canceller = asyncio.create_task(cancel())
    await clock.run([*tasks, canceller])
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (inside, most) == (0, 3)
    assert 500 <= done < 1000
    # Every slot is free again: three can be inside at once, at once.
    clock.now += 10.0
    for _ in range(3):
        assert await turnstile.enter() == 0.0


@pytest.mark.parametrize("limits", [Limits(concurrency=1), Limits(rates=[RateLimit(1, 1.0)])])
async def test_lanes_take_turns_under_limits(limits: Limits) -> None:
    """R13: another lane of the same credential does not wait until a batch has passed."""
    clock = SteppedClock()
    turnstile = Turnstile(limits, clock)
    order: list[str] = []

    async def one(lane: str) -> None:
        await turnstile.enter(lane)
        order.append(lane)
        await clock.sleep(0.1)
        turnstile.leave()

    await clock.run([asyncio.create_task(one(lane)) for lane in ["batch"] * 300 + ["app"] * 3])
    assert len(order) == 303
    assert max(place for place, lane in enumerate(order) if lane == "app") < 10


# The fair gate.


async def test_lanes_take_turns() -> None:
    gate = FairGate(1)
    await gate.acquire("first")
    order: list[str] = []

    async def one(lane: str) -> None:
        await gate.acquire(lane)
        order.append(lane)
        await asyncio.sleep(0)
        gate.release()

    export = [asyncio.create_task(one("export")) for _ in range(3000)]
    await _settle()
    app = [asyncio.create_task(one("app")) for _ in range(3)]
    await _settle()
    assert gate.waiting == 3003
    gate.release()
    await asyncio.gather(*export, *app)
    assert order[:7] == ["export", "app", "export", "app", "export", "app", "export"]
    assert gate.in_use == 0
    assert gate.waiting == 0


async def test_inside_a_lane_order_of_arrival() -> None:
    gate = FairGate(2)
    order: list[int] = []

    async def one(number: int) -> None:
        await gate.acquire("lane")
        order.append(number)
        await asyncio.sleep(0)
        gate.release()

    await asyncio.gather(*(one(number) for number in range(200)))
    assert order == list(range(200))


async def test_nobody_overtakes_who_waits() -> None:
    gate = FairGate(1)
    assert gate.try_acquire()
    waiter = asyncio.create_task(gate.acquire("lane"))
    await _settle()
    gate.release()  # hands the permit to the waiter, who has not run yet
    assert not gate.try_acquire()
    await waiter
    gate.release()
    assert gate.try_acquire()


@pytest.mark.parametrize("seed", range(5))
async def test_ten_thousand_random_cancels_give_every_permit_back(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 -- seeded
    gate = FairGate(7)
    inside = most = 0

    async def one(lane: int) -> None:
        nonlocal inside, most
        await gate.acquire(lane)
        inside += 1
        most = max(most, inside)
        try:
            for _ in range(chance.randrange(3)):
                await asyncio.sleep(0)
        finally:
            inside -= 1
            gate.release()

    tasks = [asyncio.create_task(one(chance.randrange(4))) for _ in range(2000)]
    for task in chance.sample(tasks, 1000):
        if chance.random() < 0.5:
            await asyncio.sleep(0)
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (inside, most) == (0, 7)
    assert (gate.in_use, gate.waiting) == (0, 0)
    assert [gate.try_acquire() for _ in range(7)] == [True] * 7
    assert not gate.try_acquire()


async def test_a_cancel_at_the_moment_of_the_turn_passes_the_permit_on() -> None:
    gate = FairGate(1)
    await gate.acquire("a")
    first, second = asyncio.create_task(gate.acquire("a")), asyncio.create_task(gate.acquire("b"))
    await _settle()
    gate.release()
    first.cancel()  # it holds the permit already, but has not run
    await asyncio.wait([first, second])
    assert first.cancelled()
    assert gate.in_use == 1
    gate.release()
    assert gate.in_use == 0


# The turnstile in front of the gate.


async def test_a_pause_also_holds_back_who_waits_for_the_pool() -> None:
    for limits in (Limits(), Limits(concurrency=50)):
        clock, gate = SteppedClock(), FairGate(1)
        turnstile = Turnstile(limits, clock, gate=gate)
        starts: list[float] = []

        async def one(turnstile: Turnstile = turnstile, clock: SteppedClock = clock, starts: list[float] = starts) -> None:
            await turnstile.enter()
            starts.append(clock.now)
            turnstile.leave()

        await gate.acquire("other")
        tasks = [asyncio.create_task(one()) for _ in range(20)]
        await _settle()
        turnstile.pause(30.0)
        gate.release()
        await clock.run(tasks)
        assert starts == [30.0] * 20
        assert (gate.in_use, turnstile.idle) == (0, True)


async def test_a_full_pool_does_not_bunch_the_starts() -> None:
    clock, gate = SteppedClock(), FairGate(20)
    turnstile = Turnstile(Limits(rates=[RateLimit(5, 1.0)]), clock, gate=gate)
    starts: list[float] = []

    async def one() -> None:
        await turnstile.enter()
        starts.append(clock.now)
        turnstile.leave()

    async def another() -> None:
        for _ in range(20):
            await gate.acquire("other")
        await clock.sleep(10.0)
        for _ in range(20):
            gate.release()

    await clock.run([asyncio.create_task(another()), *(asyncio.create_task(one()) for _ in range(20))])
    assert starts == [10.0 + number // 5 for number in range(20)]


@pytest.mark.parametrize("limits", [Limits(), Limits(concurrency=3), Limits(rates=[RateLimit(50, 1.0)])])
async def test_random_cancels_on_the_way_to_the_pool_leave_nothing_held(limits: Limits) -> None:
    chance = random.Random(11)  # noqa: S311 -- seeded
    clock, gate = SteppedClock(), FairGate(2)
    turnstile = Turnstile(limits, clock, gate=gate)

    async def one() -> None:
        await turnstile.enter()
        try:
            await clock.sleep(chance.random() / 100)
        finally:
            turnstile.leave()

    tasks = [asyncio.create_task(one()) for _ in range(500)]

    async def disturb() -> None:
        for number, task in enumerate(chance.sample(tasks, 250)):
            await clock.sleep(chance.random() / 100)
            task.cancel()
            if number % 25 == 0:
                turnstile.pause(0.1)

    await clock.run([*tasks, asyncio.create_task(disturb())])
    await asyncio.gather(*tasks, return_exceptions=True)
    clock.now += 10.0
    assert (gate.in_use, gate.waiting, turnstile.idle) == (0, 0, True)
