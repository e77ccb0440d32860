"""Limits kept by a Dask scheduler: the windows, places and pauses by a clock of the test, and the order that messages keep."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

pytest.importorskip("distributed")

from aioconvo.core.limits import Limits, RateLimit, RateRule
from aioconvo.export.dask_limits import ClusterLimits, Desk, DeskPlugin

TICK = 1 / 1024
ONE_AT_A_TIME = Limits(concurrency=1)
HELD, KEPT = 30.0, 1.0


@settings(max_examples=100, deadline=None)
@given(
    rates=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 4096)), max_size=3),
    gaps=st.lists(st.integers(0, 3000), min_size=1, max_size=40),
    pauses=st.dictionaries(st.integers(0, 39), st.integers(0, 5000), max_size=3),
)
def test_the_windows_are_those_of_the_rule_in_one_process(
    rates: list[tuple[int, int]], gaps: list[int], pauses: dict[int, int]
) -> None:
    limits = Limits(rates=[RateLimit(calls, ticks * TICK) for calls, ticks in rates])
    desk, rule, now = Desk(), RateRule(limits.rates), 0.0
    for number, gap in enumerate(gaps):
        now += gap * TICK
        if number in pauses:
            rule.pause(now + pauses[number] * TICK)
            desk.pause(now, "k", pauses[number] * TICK)
        while (wait := desk.start(now, "k", limits, ticket="t", lease=HELD)) > 0:
            assert wait == rule.wait(now)
            now += wait
        assert rule.wait(now) <= 0
        rule.start(now)


def test_all_starts_of_a_key_count_whatever_the_limits() -> None:
    desk = Desk()
    slow, fast = Limits(rates=[RateLimit(3, 60.0)]), Limits(rates=[RateLimit(2, 1.0)])
    asked = [(0.0, slow), (10.0, fast), (10.0, Limits()), (10.0, fast), (10.0, slow)]
    waits = [desk.start(now, "k", limits, ticket="t", lease=HELD) for now, limits in asked]
    assert waits == [0.0, 0.0, 0.0, 1.0, 50.0]
    assert desk.start(10.0, "another", slow, ticket="t", lease=HELD) == 0.0


def test_a_longer_pause_is_not_shortened() -> None:
    desk = Desk()
    desk.pause(0.0, "k", 30.0)
    desk.pause(1.0, "k", 5.0)
    assert desk.start(1.0, "k", Limits(), ticket="t", lease=HELD) == 29.0
    assert desk.start(30.0, "k", Limits(), ticket="t", lease=HELD) == 0.0


def _waits(desk: Desk, now: float, tickets: str, limits: Limits = ONE_AT_A_TIME) -> list[bool]:
    return [desk.start(now, "k", limits, ticket=ticket, lease=HELD) > 0 for ticket in tickets]


def test_places_go_by_the_order_they_were_asked_for() -> None:
    desk = Desk()
    assert _waits(desk, 0.0, "abc") == [False, True, True]
    desk.end("k", "a")
    desk.end("k", "nobody's")
    desk.end("unknown", "a")
    assert _waits(desk, 0.0, "cb") == [True, False]
    desk.end("k", "b")
    assert _waits(desk, 0.0, "c") == [False]
    assert _waits(Desk(), 0.0, "abcd", Limits(concurrency=2)) == [False, False, True, True]


def test_who_is_not_heard_of_holds_nothing_for_ever() -> None:
    desk = Desk()
    assert _waits(desk, 0.0, "xy") == [False, True]  # both die
    assert _waits(desk, HELD - TICK, "a") == [True]
    assert _waits(desk, HELD, "a") == [False]
    desk.end("k", "a")
    assert _waits(desk, HELD, "y") == [False]  # its old place is gone, and it gets a new one like everybody
    assert _waits(desk, HELD, "b") == [True]
    assert _waits(desk, HELD + KEPT, "c") == [True]  # b's place was kept no longer; y still works
    desk.end("k", "y")
    assert _waits(desk, HELD + KEPT, "c") == [False]


class Scheduler:
    """Hands messages to the plugin, each after `gate` is open, and keeps what came in which order."""

    def __init__(self) -> None:
        self.handlers: dict[str, Any] = {}
        self.came: list[tuple[str, str]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def aioconvo_limits(self, **message: Any) -> float:
        await self.gate.wait()
        self.came.append((message["what"], message["ticket"]))
        answer: float = await self.handlers["aioconvo_limits"](**message)
        return answer


async def _cluster() -> tuple[Scheduler, ClusterLimits]:
    scheduler: Any = Scheduler()
    await DeskPlugin().start(scheduler)
    return scheduler, ClusterLimits(scheduler, asyncio.get_running_loop())


async def test_the_store_asks_the_scheduler() -> None:
    scheduler, store = await _cluster()
    limits = Limits(rates=[RateLimit(2, 60.0)], concurrency=1)
    assert await store.start("k", limits, "a", HELD) == 0.0
    assert 0 < await store.start("k", limits, "b", HELD) < 1.0
    store.end("k", "a")
    assert await store.start("k", limits, "b", HELD) == 0.0
    assert 59.0 < await store.start("k", limits, "c", HELD) <= 60.0
    store.pause("k", 100.0)
    assert 99.0 < await store.start("k", limits, "c", HELD) <= 100.0
    assert [what for what, _ in scheduler.came] == ["start", "start", "end", "start", "start", "pause", "start"]


async def test_what_a_cancelled_start_took_is_given_back() -> None:
    scheduler, store = await _cluster()
    scheduler.gate.clear()
    starting = asyncio.create_task(store.start("k", ONE_AT_A_TIME, "a", HELD))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    store.end("k", "a")
    scheduler.gate.set()
    assert await store.start("k", ONE_AT_A_TIME, "b", HELD) == 0.0
    assert scheduler.came == [("start", "a"), ("end", "a"), ("start", "b")]


async def test_a_lost_scheduler_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async def lost(**_: Any) -> float:
        raise ConnectionError("gone")

    store = ClusterLimits(SimpleNamespace(aioconvo_limits=lost), asyncio.get_running_loop())
    store.end("k", "a")
    with pytest.raises(ConnectionError):
        await store.start("k", ONE_AT_A_TIME, "b", HELD)
    assert "ConnectionError" in caplog.text


async def test_requests_without_limits_ask_now_and_then_only() -> None:
    scheduler, store = await _cluster()
    for _ in range(20):
        assert await store.start("k", Limits(), "a", HELD) == 0.0
    assert len(scheduler.came) < 20
    store.pause("k", 100.0)
    assert await store.start("k", Limits(), "a", HELD) > 99.0
