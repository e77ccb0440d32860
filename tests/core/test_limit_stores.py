"""Every store gives the same answers: one table of cases, and random walks of which each step is compared."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from aioconvo.core.clock import SYSTEM_CLOCK
from aioconvo.core.limits import sqlite as sqlite_limits
from aioconvo.core.limits.memory import MemoryLimits
from aioconvo.core.limits.redis import RedisLimits
from aioconvo.core.limits.rule import LimitAccount, Limits, LimitStore, Quota, RateLimit
from aioconvo.core.limits.sqlite import SqliteLimits
from aioconvo.core.limits.turnstile import Turnstile
from tests.campaign import examples
from tests.redis_server import RedisServer

T = TypeVar("T")
NOW = 1_000_000.0
HELD = 30.0
AGAIN = 0.025  # after what time to look again whether a place is free


class Time:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = NOW

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


class NetworkLimits:
    """A store that answers everything later, as one over a network does; here from a dictionary of accounts."""

    def __init__(self, clock: Time) -> None:
        self._clock = clock
        self._accounts: dict[str, LimitAccount] = {}

    async def _account(self, key: str) -> LimitAccount:
        await asyncio.sleep(0)
        return self._accounts.setdefault(key, LimitAccount())

    async def start(self, key: str, limits: Limits, ticket: str, lease: float) -> float:
        return (await self._account(key)).ask(self._clock.now, limits, ticket, lease)

    async def end(self, key: str, ticket: str) -> None:
        (await self._account(key)).end(ticket)

    async def pause(self, key: str, seconds: float) -> None:
        (await self._account(key)).pause(self._clock.now + seconds)

    async def quota(self, key: str, limits: Limits) -> Quota:
        return (await self._account(key)).quota(self._clock.now, limits)

    async def aclose(self) -> None:
        self._accounts.clear()


def _memory(time: Time, _folder: Path) -> LimitStore:
    return MemoryLimits(clock=time)


def _sqlite(time: Time, folder: Path) -> LimitStore:
    return SqliteLimits(folder / "limits.db", since_boot=time.monotonic)


def _network(time: Time, _folder: Path) -> LimitStore:
    return NetworkLimits(time)


async def _dask(time: Time, _folder: Path) -> LimitStore:
    class Scheduler:
        def __init__(self) -> None:
            self.handlers: dict[str, Any] = {}

        async def aioconvo_limits(self, **message: Any) -> Any:
            return await self.handlers["aioconvo_limits"](**message)

    scheduler: Any = Scheduler()
    await dask_limits.DeskPlugin(monotonic=time.monotonic).start(scheduler)
    return dask_limits.ClusterLimits(scheduler, asyncio.get_running_loop())


MAKERS: dict[str, Callable[[Time, Path], LimitStore | Awaitable[LimitStore]]]
MAKERS = {"memory": _memory, "sqlite": _sqlite, "network": _network}
if importlib.util.find_spec("distributed") is not None:
    from aioconvo.export.cluster import limits as dask_limits

    MAKERS["dask"] = _dask


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(params=[*MAKERS, "redis"])
def maker(request: pytest.FixtureRequest) -> Callable[[Time, Path], LimitStore | Awaitable[LimitStore]]:
    if request.param != "redis":
        return MAKERS[request.param]
    server: RedisServer = request.getfixturevalue("redis_server")
    return lambda time, folder: RedisLimits(server.url, prefix=str(folder), time=time.monotonic)


@pytest.fixture
async def store(
    maker: Callable[[Time, Path], LimitStore | Awaitable[LimitStore]], time: Time, tmp_path: Path
) -> AsyncGenerator[LimitStore]:
    made = await _answer(maker(time, tmp_path))
    yield made
    closing = made.aclose()
    if closing is not None:
        await closing


async def _answer(asked: T | Awaitable[T]) -> T:
    return await asked if inspect.isawaitable(asked) else asked


class Start(NamedTuple):
    """A ticket asks to start, under limits of its own, and is told to wait for `wait` seconds."""

    ticket: str
    limits: Limits
    wait: float = 0.0
    key: str = "k"
    lease: float = HELD


class End(NamedTuple):
    ticket: str
    key: str = "k"


class Pause(NamedTuple):
    seconds: float
    key: str = "k"


class Pass(NamedTuple):
    """Seconds pass."""

    seconds: float


class Left(NamedTuple):
    limits: Limits
    left: list[int]
    under_way: int
    held_back: float = 0.0


FREE, ONE, TWO = Limits(), Limits(concurrency=1), Limits(concurrency=2)
MINUTE3, SECOND2 = Limits(rates=[RateLimit(3, 60.0)]), Limits(rates=[RateLimit(2, 1.0)])
BOTH = Limits(rates=[RateLimit(2, 1.0), RateLimit(3, 60.0)], concurrency=2)

CASES: dict[str, list[Start | End | Pause | Pass | Left]] = {
    "a window opens to the tick": [
        *(Start(ticket, SECOND2) for ticket in "ab"),
        Start("c", SECOND2, 1.0),
        Pass(0.75),
        Start("c", SECOND2, 0.25),
        Pass(0.25),
        Start("c", SECOND2),
    ],
    "all starts count, whatever the limits of who started; each is judged by its own": [
        Start("a", MINUTE3),
        Pass(10.0),
        Start("b", SECOND2),
        Start("c", FREE),
        Start("d", SECOND2, 1.0),
        Start("e", MINUTE3, 50.0),
        Start("f", FREE),
        Start("g", MINUTE3, key="another"),
    ],
    "starts count that were made before anybody had rates": [
        *(Start(ticket, FREE) for ticket in "abc"),
        Pass(1.0),
        Start("d", MINUTE3, 59.0),
        Start("e", SECOND2),
    ],
    "two copies that both say one at a time": [
        Start("a", ONE),
        Start("b", Limits(rates=[RateLimit(500, 3600.0)], concurrency=1), AGAIN),
        End("a"),
        Start("b", Limits(rates=[RateLimit(500, 3600.0)], concurrency=1)),
        Start("c", ONE, AGAIN),
    ],
    "what is under way counts, whatever the limits of who started it": [
        *(Start(ticket, FREE) for ticket in "ab"),
        Start("d", Limits(concurrency=3)),
        Start("c", TWO, AGAIN),
        Start("late", Limits(concurrency=5)),
        Start("later", Limits(concurrency=5), AGAIN),  # c came before, and is to have a place first
        End("late"),
        End("d"),
        Start("c", TWO, AGAIN),
        End("a"),
        Start("c", TWO),
        Start("later", Limits(concurrency=5)),
        Start("e", FREE),
    ],
    "places go by the order they were asked for": [
        Start("a", ONE),
        Start("b", ONE, AGAIN),
        Start("c", ONE, AGAIN),
        End("a"),
        End("nobody's"),
        Start("c", ONE, AGAIN),
        Start("b", ONE),
        End("b"),
        Start("c", ONE),
    ],
    "who gives up its place makes way": [
        Start("a", ONE),
        Start("b", ONE, AGAIN),
        Start("c", ONE, AGAIN),
        End("a"),
        End("b"),
        Start("c", ONE),
    ],
    "who is not heard of holds nothing for ever": [
        Start("died at work", ONE),
        Start("died waiting", ONE, AGAIN),
        Pass(HELD - 0.25),
        Start("a", ONE, AGAIN),
        Pass(0.25),
        Start("a", ONE),
        Start("died waiting", ONE, AGAIN),
        End("a"),
        Start("b", ONE, AGAIN),
        Pass(1.0),
        Start("b", ONE),
    ],
    "who waits for its rate stands in nobody's way": [
        Start("a", ONE),
        Start("slow", Limits(rates=[RateLimit(1, 60.0)], concurrency=1), 60.0),
        Start("fast", ONE, AGAIN),
        End("a"),
        Start("fast", ONE),
    ],
    "a pause holds back everybody and is not shortened": [
        Pause(30.0),
        Pause(10.0),
        Start("a", FREE, 30.0),
        Start("a", ONE, 30.0),
        Start("b", FREE, key="another"),
        Pass(29.0),
        Start("a", SECOND2, 1.0),
        Pass(1.0),
        Start("a", SECOND2),
    ],
    "of all that holds back, the longest counts": [
        Start("a", BOTH),
        Start("b", BOTH),
        Start("c", BOTH, 1.0),
        Pause(2.0),
        Start("c", BOTH, 2.0),
        Pass(2.0),
        Start("c", BOTH, AGAIN),
        End("a"),
        Start("c", BOTH),
        End("b"),
        Start("d", BOTH, 58.0),
    ],
    "what is left": [
        Left(BOTH, [2, 3], 0),
        Start("a", FREE),
        Left(BOTH, [1, 2], 1),
        Start("b", BOTH),
        Left(BOTH, [0, 1], 2, 1.0),
        End("a"),
        Pass(1.0),
        Left(BOTH, [2, 1], 1),
        Pause(5.0),
        Left(BOTH, [2, 1], 1, 5.0),
        Left(FREE, [], 1, 5.0),
    ],
}


@pytest.mark.parametrize("case", list(CASES))
async def test_every_store_gives_the_answers_of_the_table(store: LimitStore, time: Time, case: str) -> None:
    for number, step in enumerate(CASES[case]):
        if isinstance(step, Start):
            wait = await _answer(store.start(step.key, step.limits, step.ticket, step.lease))
            assert (number, wait) == (number, step.wait)
        elif isinstance(step, End):
            await _told(store.end(step.key, step.ticket))
        elif isinstance(step, Pause):
            await _told(store.pause(step.key, step.seconds))
        elif isinstance(step, Pass):
            await _answer(store.quota("any", FREE))  # what was told before is done
            time.now += step.seconds
        else:
            quota = await _answer(store.quota("k", step.limits))
            assert ([rate.left for rate in quota.rates], quota.under_way) == (step.left, step.under_way)
            assert (quota.held_back, quota.concurrency) == (step.held_back, step.limits.concurrency)


async def _told(telling: Awaitable[None] | None) -> None:
    if telling is not None:
        await telling


# Random walks.

TICK = 1 / 1024
RATES = st.lists(
    st.builds(lambda calls, ticks: RateLimit(calls, ticks * TICK), st.integers(1, 5), st.integers(1, 4000)), max_size=2
)
LIMITS = st.builds(lambda rates, places: Limits(rates=rates, concurrency=places), RATES, st.none() | st.integers(1, 3))
TICKETS = st.sampled_from("abcdef")


class Stores(RuleBasedStateMachine):
    """The account in memory, one that is read from rows and written back at each step, and what must hold of both."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.booted = 0.0  # how far the clock of the rows has been set back by restarts of the machine
        self.account = LimitAccount()
        self.db = sqlite_limits._open(":memory:", lambda: self.now)
        self.starts: list[float] = []
        self.under_way: dict[str, float] = {}
        self.paused_until = 0.0

    def teardown(self) -> None:
        self.db.close()

    def both(self, work: Callable[[float, LimitAccount], T], ticket: str | None = None) -> T:
        of_rows = sqlite_limits._done(self.db, self.now - self.booted, "k", ticket, work)
        told = work(self.now, self.account)
        assert of_rows == told
        return told

    @rule(limits=LIMITS, ticket=TICKETS)
    def start(self, limits: Limits, ticket: str) -> None:
        if ticket in self.under_way:
            return
        lease = 4000 * TICK
        one = ticket if limits.concurrency is None else None
        wait = self.both(lambda now, account: account.ask(now, limits, ticket, lease), one)
        opens = [self.starts[-rate.calls] + rate.seconds for rate in limits.rates if len(self.starts) >= rate.calls]
        ready = max([self.paused_until, *opens])
        if ready > self.now:
            assert wait == ready - self.now
            return
        under_way = sum(until > self.now for until in self.under_way.values())
        if limits.concurrency is not None and under_way >= limits.concurrency:
            assert wait == AGAIN
        if wait == 0.0:
            self.starts.append(self.now)
            self.under_way[ticket] = self.now + lease
        else:
            assert wait == AGAIN  # others came before
            assert limits.concurrency is not None

    @rule(ticket=TICKETS)
    def end(self, ticket: str) -> None:
        self.both(lambda _now, account: account.end(ticket), ticket)
        self.under_way.pop(ticket, None)

    @rule(ticks=st.integers(0, 3000))
    def pause(self, ticks: int) -> None:
        self.both(lambda now, account: account.pause(now + ticks * TICK), "")
        self.paused_until = max(self.paused_until, self.now + ticks * TICK)

    @rule(ticks=st.integers(0, 3000))
    def pass_time(self, ticks: int) -> None:
        self.now += ticks * TICK
        self.under_way = {ticket: until for ticket, until in self.under_way.items() if until > self.now}

    @rule(ticks=st.integers(1, 10**8))
    def restart_the_machine(self, ticks: int) -> None:
        self.both(lambda _now, account: account.end(""), "")
        self.booted += ticks * TICK
        self.both(lambda _now, account: account.end(""), "")

    @rule(limits=LIMITS)
    def look(self, limits: Limits) -> None:
        quota = self.both(lambda now, account: account.quota(now, limits))
        assert quota.under_way == len(self.under_way)

    @precondition(lambda self: self.starts)
    @invariant()
    def what_is_remembered_is_what_happened(self) -> None:
        assert self.account.starts[-1] == self.starts[-1]


TestStores = Stores.TestCase
TestStores.settings = settings(max_examples=examples(60), stateful_step_count=30, deadline=None)


# Over loops and threads.


def test_a_pool_counts_over_all_the_loops_it_is_used_in() -> None:
    """One after the other, and side by side in threads: a place that ends in one loop is told to those who wait in another."""
    store = MemoryLimits()
    limits = Limits(concurrency=1)
    inside = most = 0
    guard = threading.Lock()

    async def work() -> None:
        nonlocal inside, most
        turnstile = Turnstile(limits, SYSTEM_CLOCK, account=store.account("k"))

        async def one() -> None:
            nonlocal inside, most
            await turnstile.enter()
            with guard:
                inside += 1
                most = max(most, inside)
            await asyncio.sleep(0)
            with guard:
                inside -= 1
            turnstile.leave()

        async with asyncio.timeout(20):
            await asyncio.gather(*(one() for _ in range(30)))

    threads = [threading.Thread(target=lambda: asyncio.run(work())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    account = store.account("k")
    assert (account.held, account.waiting, account.sleepers, len(account.starts)) == ({}, {}, {}, 120)
