"""Who waits for what: the fair gate of the pool and the turnstile of one credential."""

# ruff: noqa: ARG002 -- stores have the signatures of their protocol
from __future__ import annotations

import asyncio
import heapq
import math
import random
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from aioconvo.core.errors import ConfigurationError, LimitStoreError
from aioconvo.core.limits import turnstile as turnstile_module
from aioconvo.core.limits.gate import FairGate, Patience
from aioconvo.core.limits.memory import LiveAccount
from aioconvo.core.limits.rule import LimitAccount, Limits, Quota, RateLimit
from aioconvo.core.limits.shared import Errands, SharedLimits, quota_of
from aioconvo.core.limits.turnstile import HeldBackError, Turnstile


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
            for _ in range(10):
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
        assert (gate.in_use, turnstile._inside) == (0, [])


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
    clock.now += 60.0
    assert (gate.in_use, gate.waiting, turnstile._inside, turnstile._queue.in_use) == (0, 0, [], 0)
    assert turnstile._account.idle(clock.now)


# Clients of one credential with other limits.


def _copies(clock: SteppedClock, *limits: Limits, size: int = 100) -> list[Turnstile]:
    account, gate = LiveAccount(), FairGate(size)
    return [Turnstile(one, clock, gate=gate, account=account) for one in limits]


@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize("others", [Limits(concurrency=1), Limits(rates=[RateLimit(1000, 1.0)], concurrency=1)])
async def test_copies_with_other_limits_are_never_under_way_together_where_both_say_one(others: Limits, size: int) -> None:
    clock = SteppedClock()
    turnstiles = _copies(clock, Limits(concurrency=1), others, Limits(rates=[RateLimit(3, 1.0)], concurrency=1), size=size)
    inside = most = 0

    async def one(turnstile: Turnstile) -> None:
        nonlocal inside, most
        await turnstile.enter()
        inside += 1
        most = max(most, inside)
        await clock.sleep(0.1)
        inside -= 1
        turnstile.leave()

    await clock.run([asyncio.create_task(one(turnstiles[number % 3])) for number in range(90)])
    assert most == 1
    assert turnstiles[0]._account.held == {}
    assert turnstiles[0]._account.waiting == {}


async def test_each_copy_is_judged_by_its_own_rate_and_all_starts_count() -> None:
    """Half of the quota for a job in the background, which then is what the job and everything else use together."""
    clock = SteppedClock()
    whole, half = _copies(clock, Limits(rates=[RateLimit(10, 60.0)]), Limits(rates=[RateLimit(5, 60.0)]))
    for turnstile in (half, half, whole, whole, whole):
        assert turnstile.try_enter()
    assert not half.try_enter()
    for _ in range(5):
        assert whole.try_enter()
    assert not whole.try_enter()
    assert await _ends(clock, [half.enter]) == [60.0]


async def test_a_copy_that_waits_for_its_rate_holds_no_other_back() -> None:
    clock = SteppedClock()
    slow, fast = _copies(
        clock, Limits(rates=[RateLimit(1, 1000.0)], concurrency=1), Limits(rates=[RateLimit(100, 1.0)], concurrency=1)
    )
    starts: list[tuple[str, float]] = []

    async def one(name: str, turnstile: Turnstile) -> None:
        await turnstile.enter()
        starts.append((name, clock.now))
        await clock.sleep(1.0)
        turnstile.leave()

    jobs = [("slow", slow), ("slow", slow), ("fast", fast), ("fast", fast)]
    await clock.run([asyncio.create_task(one(*job)) for job in jobs])
    assert starts == [("slow", 0.0), ("fast", 1.0), ("fast", 2.0), ("slow", 1002.0)]  # by its own rate all starts count


async def test_a_loop_of_calls_in_one_copy_does_not_starve_another() -> None:
    clock = SteppedClock()
    busy, patient = _copies(clock, Limits(concurrency=1), Limits(rates=[RateLimit(1000, 1.0)], concurrency=1))
    order: list[str] = []

    async def loop() -> None:
        for _ in range(50):
            await busy.enter()
            order.append("busy")
            await clock.sleep(0.1)
            busy.leave()

    async def once() -> None:
        await patient.enter()
        order.append("patient")
        patient.leave()

    await clock.run([asyncio.create_task(loop()), asyncio.create_task(once())])
    assert order.index("patient") == 1


async def test_copies_with_random_limits_and_cancels_leave_nothing_held() -> None:
    chance = random.Random(5)  # noqa: S311 -- seeded
    clock = SteppedClock()
    choices = [Limits(), Limits(concurrency=1), Limits(concurrency=3), Limits(rates=[RateLimit(20, 1.0)], concurrency=2)]
    turnstiles = _copies(clock, *choices, size=4)
    account, gate = turnstiles[0]._account, turnstiles[0]._gate
    inside = dict.fromkeys(turnstiles, 0)

    async def one(turnstile: Turnstile) -> None:
        await turnstile.enter(chance.randrange(3))
        inside[turnstile] += 1
        places = turnstile._limits.concurrency
        assert len(account.held) == sum(inside.values()) <= 4
        assert places is None or inside[turnstile] <= places
        try:
            await clock.sleep(chance.random() / 100)
        finally:
            inside[turnstile] -= 1
            turnstile.leave()

    tasks = [asyncio.create_task(one(chance.choice(turnstiles))) for _ in range(600)]

    async def disturb() -> None:
        for number, task in enumerate(chance.sample(tasks, 300)):
            await clock.sleep(chance.random() / 50)
            task.cancel()
            if number % 30 == 0:
                chance.choice(turnstiles).pause(0.1)

    await clock.run([*tasks, asyncio.create_task(disturb())])
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(end) for end in ends} == {type(None), asyncio.CancelledError}
    assert (gate.in_use, gate.waiting, account.held, account.waiting) == (0, 0, {}, {})
    assert account.sleepers == {}


# What is known to take too long.


async def _ends(clock: SteppedClock, calls: Sequence[Callable[[], Awaitable[float]]]) -> list[Any]:
    """What each call waited, or the wait that it was told was too long; and when."""
    ended: list[Any] = [None] * len(calls)

    async def one(number: int) -> None:
        try:
            ended[number] = await calls[number]()
        except HeldBackError as held:
            ended[number] = ("refused", held.wait, clock.now)

    await clock.run([asyncio.create_task(one(number)) for number in range(len(calls))])
    return ended


async def test_a_wait_that_is_too_long_is_not_begun() -> None:
    clock = SteppedClock()
    turnstile = Turnstile(Limits(rates=[RateLimit(1, 3600.0)]), clock)
    assert await turnstile.enter() == 0.0
    clock.now = 600.0
    for patience in (Patience(2.0), Patience(2999.5), Patience(until=3600.0), Patience(4000.0, 700.0)):
        with pytest.raises(HeldBackError) as caught:
            await turnstile.enter(patience=patience)
        assert caught.value.wait == 3000.0
    assert clock.now == 600.0
    assert await _ends(clock, [lambda: turnstile.enter(patience=Patience(3000.0, 3600.5))]) == [3000.0]


async def test_the_wait_of_those_before_counts() -> None:
    clock = SteppedClock()
    turnstile = Turnstile(Limits(rates=[RateLimit(2, 10.0)]), clock)
    patient = [lambda: turnstile.enter(patience=Patience(35.0))] * 10
    told = await _ends(clock, patient)
    assert told == [0.0, 0.0, 10.0, 10.0, 20.0, 20.0, 30.0, 30.0, ("refused", 40.0, 0.0), ("refused", 40.0, 0.0)]


async def test_the_wait_of_other_lanes_counts() -> None:
    clock = SteppedClock()
    turnstile = Turnstile(Limits(rates=[RateLimit(1, 10.0)]), clock)
    lanes = ["export"] * 5 + ["app"] * 2
    told = await _ends(clock, [lambda lane=lane: turnstile.enter(lane, patience=Patience(35.0)) for lane in lanes])  # type: ignore[misc]  # a lambda of an argument with a default
    refused = ("refused", 40.0, 0.0)
    assert told == [0.0, 10.0, 20.0, 40.0, refused, 30.0, refused]  # who came after the fourth went before it, in another lane


@pytest.mark.parametrize("limits", [Limits(), Limits(concurrency=1), Limits(rates=[RateLimit(100, 1.0)])])
async def test_a_pause_that_comes_while_tasks_wait_is_told_to_those_it_is_too_long_for(limits: Limits) -> None:
    clock = SteppedClock()
    turnstile = Turnstile(limits, clock)
    turnstile.pause(5.0)

    async def pause() -> float:
        await clock.sleep(1.0)
        turnstile.pause(60.0)
        return 0.0

    async def one(patience: Patience) -> float:
        waited = await turnstile.enter(patience=patience)
        turnstile.leave()
        return waited

    patiences = [Patience(10.0), Patience(100.0), Patience(until=30.0), Patience(59.0), Patience(60.0)]
    told = await _ends(clock, [pause, *(lambda patience=patience: one(patience) for patience in patiences)])
    refused = ("refused", 60.0, 1.0)
    assert told == [0.0, refused, 61.0, refused, refused, 61.0]


async def test_where_only_a_place_is_lacking_nothing_is_known() -> None:
    clock = SteppedClock()
    turnstile = Turnstile(Limits(concurrency=1), clock)

    async def one() -> float:
        waited = await turnstile.enter(patience=Patience(0.5))
        await clock.sleep(1.0)
        turnstile.leave()
        return waited

    assert await _ends(clock, [one, one, one]) == [0.0, 1.0, 2.0]


# Shared limits.


class Store:
    """A store that says what the test says, and later."""

    def __init__(self, *says: float | Exception) -> None:
        self.says = list(says)
        self.asked: list[str] = []
        self.told: list[tuple[str, str]] = []

    async def start(self, key: str, limits: Limits, ticket: str, lease: float) -> float:
        self.asked.append(ticket)
        await asyncio.sleep(0)
        said = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if isinstance(said, Exception):
            raise said
        return said

    async def end(self, key: str, ticket: str) -> None:
        await asyncio.sleep(0)
        self.told.append(("end", ticket))

    async def pause(self, key: str, seconds: float) -> None:
        self.told.append(("pause", f"{seconds:g}"))

    async def quota(self, key: str, limits: Limits) -> Quota:
        return LimitAccount().quota(0.0, limits)

    async def aclose(self) -> None: ...


def _shared(clock: SteppedClock, store: Store, limits: Limits = Limits()) -> tuple[Turnstile, Errands]:  # noqa: B008 -- frozen
    errands = Errands()
    return Turnstile(limits, clock, "api", shared=SharedLimits(store, "k", limits, errands)), errands


async def test_what_a_store_says_is_kept_to_and_told_to_those_behind() -> None:
    clock, store = SteppedClock(), Store(0.0, 0.025, 100.0, 0.0)
    turnstile, _ = _shared(clock, store)
    assert await turnstile.enter() == 0.0
    patiences = [Patience(200.0), Patience(99.0), Patience(100.0), Patience(until=50.0)]
    told = await _ends(clock, [lambda patience=patience: turnstile.enter(patience=patience) for patience in patiences])  # type: ignore[misc]  # a lambda of an argument with a default
    refused = ("refused", 100.0, 0.025)
    assert told == [100.025, refused, 100.025, refused]
    assert len(set(store.asked[1:4])) == 1  # the same ticket until it is let through


async def test_a_store_that_fails_is_asked_again_for_as_long_as_calls_may_wait(caplog: pytest.LogCaptureFixture) -> None:
    clock, store = SteppedClock(), Store(*[LimitStoreError("locked")] * 5, 0.0)
    turnstile, _ = _shared(clock, store)
    assert await _ends(clock, [lambda: turnstile.enter(patience=Patience(60.0))]) == [5.0]
    assert "api: locked; it is asked again" in caplog.text


async def test_a_store_that_never_answers_fails_a_call_that_may_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging(Store):
        async def start(self, key: str, limits: Limits, ticket: str, lease: float) -> float:
            self.asked.append(ticket)
            await asyncio.Event().wait()
            return 0.0

    monkeypatch.setattr(turnstile_module, "_STORE_ANSWERS_IN", 0.01)
    store = Hanging(0.0)
    turnstile, _ = _shared(SteppedClock(), store)
    for _ in range(2):
        with pytest.raises(LimitStoreError, match=r"gave no answer for 0\.01 s; nothing was sent"):
            await turnstile.enter(patience=Patience(0.0))
    assert len(store.asked) == 1  # one at a time: what hangs may still be let through


async def test_what_a_stores_quota_raises_is_a_store_error() -> None:
    class Broken(Store):
        async def quota(self, key: str, limits: Limits) -> Quota:
            raise ConnectionError("gone: secret")

    with pytest.raises(LimitStoreError, match=r"the limit store failed: ConnectionError$"):
        await quota_of(Broken(0.0), "k", Limits())


@pytest.mark.parametrize("said", [None, "0", math.nan, True])
async def test_a_store_that_answers_no_number_is_refused_in_words(said: Any) -> None:
    turnstile, _ = _shared(SteppedClock(), Store(said))
    with pytest.raises(ConfigurationError, match="what start of the limit_store answers must be a number"):
        await turnstile.enter(patience=Patience(10.0))


@pytest.mark.parametrize("error", [LimitStoreError("locked"), ConnectionError("gone: secret")])
async def test_a_store_that_goes_on_failing_fails_each_call_in_time(error: Exception) -> None:
    """Also those that wait behind others: not one after the other."""
    clock, store = SteppedClock(), Store(error)
    turnstile, _ = _shared(clock, store)
    ended: list[tuple[float, Exception]] = []

    async def one() -> None:
        with pytest.raises(LimitStoreError) as caught:
            await turnstile.enter(patience=Patience(10.0))
        ended.append((clock.now, caught.value))

    await clock.run([asyncio.create_task(one()) for _ in range(100)])
    assert {now for now, _ in ended} == {10.0}
    assert len({id(told) for _, told in ended}) == 100
    assert not any("secret" in str(told) for _, told in ended)
    assert turnstile._gate.in_use == 0
    store.says = [0.0]
    assert await turnstile.enter() == 0.0


class Kept(Store):
    """A store that keeps accounts, and counts how often it is asked."""

    def __init__(self, clock: SteppedClock) -> None:
        super().__init__()
        self._clock = clock
        self._account = LimitAccount()

    async def start(self, key: str, limits: Limits, ticket: str, lease: float) -> float:
        self.asked.append(ticket)
        await asyncio.sleep(0)
        return self._account.ask(self._clock.now, limits, ticket, lease)

    async def end(self, key: str, ticket: str) -> None:
        await asyncio.sleep(0)
        self._account.end(ticket)


async def test_copies_of_one_process_do_not_stand_in_each_others_way_in_a_store() -> None:
    """Each request asks once, and none waits for longer than the others take."""
    clock = SteppedClock()
    store, errands, account, gate = Kept(clock), Errands(), LiveAccount(), FairGate(100)
    turnstiles = [
        Turnstile(one, clock, gate=gate, account=account, shared=SharedLimits(store, "k", one, errands))
        for one in (Limits(concurrency=1), Limits(rates=[RateLimit(500, 3600.0)], concurrency=1))
    ]

    async def one(turnstile: Turnstile) -> None:
        await turnstile.enter()
        await clock.sleep(0.5)
        turnstile.leave()

    await clock.run([asyncio.create_task(one(turnstiles[number % 2])) for number in range(20)])
    await errands.finish()
    assert len(store.asked) <= 21  # the end of the first and the next start may come to it side by side
    assert clock.now < 10.1


async def test_what_a_store_over_a_network_is_told_is_seen_through() -> None:
    clock, store = SteppedClock(), Store(0.0)
    turnstile, errands = _shared(clock, store)
    await turnstile.enter()
    await turnstile.enter()
    turnstile.leave()
    turnstile.pause(3.0)
    await errands.finish()
    assert len(store.told) == 2
    assert ("pause", "3") in store.told
    turnstile.leave()
    await errands.finish()
    assert {ticket for told, ticket in store.told if told == "end"} == set(store.asked)


async def test_a_cancelled_start_is_answered_before_it_is_ended() -> None:
    clock, store = SteppedClock(), Store(0.0)
    turnstile, errands = _shared(clock, store)
    starting = asyncio.create_task(turnstile.enter())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert await turnstile.enter() == 0.0  # behind the end of the other
    await errands.finish()
    assert store.told == [("end", store.asked[0])]
    assert len(store.asked) == 2


async def test_a_store_that_answers_at_once_costs_no_task_switch() -> None:
    class AtOnce:
        def start(self, key: str, limits: Limits, ticket: str, lease: float) -> float:
            return 0.0

        def end(self, key: str, ticket: str) -> None: ...

    clock, store = SteppedClock(), AtOnce()
    untyped: Any = store
    turnstile, _ = _shared(clock, untyped)
    entering = turnstile.enter().__await__()
    with pytest.raises(StopIteration):  # it ends at its first step
        next(entering)
    turnstile.leave()


# Who waits no more.


class _Compared(asyncio.Future[None]):
    """A future that counts how often one is looked at while another is searched for."""

    count = 0

    def __eq__(self, other: object) -> bool:
        _Compared.count += 1
        return self is other

    __hash__ = asyncio.Future.__hash__


Wait = Callable[[int], Awaitable[object]]


def _for_a_permit() -> Wait:
    gate = FairGate(1)
    assert gate.try_acquire()
    return lambda _number: gate.acquire("lane")


def _in_lanes() -> Wait:
    gate = FairGate(1)
    assert gate.try_acquire()
    return lambda number: gate.acquire(number % 100)


def _for(limits: Limits, pause: float = 0.0) -> Callable[[], Wait]:
    def made() -> Wait:
        turnstile = Turnstile(limits, SteppedClock(), gate=FairGate(1))
        assert turnstile.try_enter()
        turnstile.pause(pause)
        return lambda number: turnstile.enter(number % 3, patience=Patience(1e6))

    return made


def _for_a_store() -> Wait:
    store = Store(100.0)
    turnstile, _ = _shared(SteppedClock(), store)
    return lambda _number: turnstile.enter()


PLACES = {
    "a permit": _for_a_permit,
    "a permit, in many lanes": _in_lanes,
    "the pool": _for(Limits()),
    "a pause": _for(Limits(), 60.0),
    "a place": _for(Limits(concurrency=1)),
    "a rate": _for(Limits(rates=[RateLimit(1, 60.0)])),
    "a store": _for_a_store,
}


@pytest.mark.parametrize("order", ["oldest first", "newest first", "any"])
@pytest.mark.parametrize("place", list(PLACES))
async def test_who_waits_no_more_is_not_searched_for(place: str, order: str, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "create_future", lambda: _Compared(loop=loop))
    wait = PLACES[place]()
    tasks = [asyncio.ensure_future(wait(number)) for number in range(2000)]
    await _settle()
    if order == "newest first":
        tasks.reverse()
    elif order == "any":
        random.Random(3).shuffle(tasks)  # noqa: S311 -- seeded
    _Compared.count = 0
    for number, task in enumerate(tasks):
        task.cancel()
        if number % 500 == 0:
            await _settle()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(end) for end in ends} == {asyncio.CancelledError}
    assert _Compared.count < 100


async def test_a_pause_looks_at_the_queue_only_where_it_may_be_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each 429 of many requests under way makes the pause a little longer; not all that wait are gone through each time."""
    clock = SteppedClock()
    turnstile = Turnstile(Limits(concurrency=1), clock)
    assert turnstile.try_enter()
    tasks = [asyncio.ensure_future(turnstile.enter(patience=Patience(60.0))) for _ in range(1000)]
    await _settle()
    looks = list[int]()
    refusal = Turnstile._refusal

    def counted(self: Turnstile, now: float, ahead: int, patience: Patience) -> HeldBackError | None:
        looks.append(ahead)
        return refusal(self, now, ahead, patience)

    monkeypatch.setattr(Turnstile, "_refusal", counted)
    for number in range(100):
        turnstile.pause(30.0 + number / 10)
    assert looks == []
    turnstile.pause(61.0)
    assert len(looks) == 999
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(end) for end in ends} == {HeldBackError}


async def _let_in(turnstile: Turnstile) -> None:
    await turnstile.enter()


@pytest.mark.parametrize("others", [0, 1, 2])
async def test_a_place_in_a_stores_line_is_kept_while_others_of_the_process_wait(others: int) -> None:
    """One that gives up leaves the line only where it was the last: those behind it go on with its place."""
    clock, store = SteppedClock(), Store(100.0)
    turnstile, errands = _shared(clock, store)
    first, *behind = [asyncio.create_task(_let_in(turnstile)) for _ in range(1 + others)]
    for _ in range(20):
        await asyncio.sleep(0)
    ticket = store.asked[0]
    first.cancel()
    await asyncio.wait([first])
    for _ in range(20):
        await asyncio.sleep(0)
    assert store.told == ([] if others else [("end", ticket)])
    store.says = [0.0]
    await clock.run(behind)
    for _ in behind:
        turnstile.leave()
    await errands.finish()
    assert store.asked[1:] == [ticket, *store.asked[2:]] if others else [ticket]


async def test_what_fails_in_the_background_is_logged_and_what_is_cancelled_is_not(caplog: pytest.LogCaptureFixture) -> None:
    errands = Errands()
    unseen: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unseen.append(context))

    async def fail() -> None:
        raise LimitStoreError("the disk is full")

    async def hang() -> None:
        await asyncio.Event().wait()

    errands.run(fail)
    hanging = errands.run(hang)
    assert hanging is not None
    await asyncio.sleep(0)
    hanging.cancel()
    await errands.finish()
    await asyncio.sleep(0)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "the disk is full" in caplog.text
    assert unseen == []
