"""Limits kept by a Dask scheduler: the windows, places and pauses by a clock of the test, and the order that messages keep."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("distributed")

from aioconvo.core.limits.rule import Limits, RateLimit
from aioconvo.export.cluster.limits import ClusterLimits, Desk, DeskPlugin

ONE_AT_A_TIME = Limits(concurrency=1)
HELD = 30.0


class Scheduler:
    """Hands messages to the plugin, each after `gate` is open, and keeps what came in which order."""

    def __init__(self) -> None:
        self.handlers: dict[str, Any] = {}
        self.came: list[list[tuple[str, str]]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def aioconvo_limits(self, **message: Any) -> list[bytes]:
        await self.gate.wait()
        self.came.append([(what, ticket) for what, _, ticket, *_ in message["told"]])
        answer: list[bytes] = await self.handlers["aioconvo_limits"](**message)
        return answer


async def _cluster() -> tuple[Scheduler, ClusterLimits]:
    scheduler: Any = Scheduler()
    await DeskPlugin().start(scheduler)
    return scheduler, ClusterLimits(scheduler, asyncio.get_running_loop())


def test_a_desk_keeps_few_accounts_that_are_idle() -> None:
    """A scheduler lives for long, and sees a credential of each tenant."""
    desk = Desk()
    kept: list[int] = []
    busy = desk.account(0.0, "busy")
    busy.pause(1_000.0)
    for number in range(200):
        desk.account(float(number), str(number))
        kept.append(len(desk._accounts))
    assert max(kept) == 64
    assert desk.account(300.0, "busy") is busy


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
    assert [what for message in scheduler.came for what, _ in message] == [
        "start",
        "start",
        "end",
        "start",
        "start",
        "pause",
        "start",
    ]


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
    assert [told for message in scheduler.came for told in message] == [("start", "a"), ("end", "a"), ("start", "b")]


async def test_a_lost_scheduler_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async def lost(**_: Any) -> float:
        raise ConnectionError("gone")

    store = ClusterLimits(SimpleNamespace(aioconvo_limits=lost), asyncio.get_running_loop())
    store.end("k", "a")
    with pytest.raises(ConnectionError):
        await store.start("k", ONE_AT_A_TIME, "b", HELD)
    assert "ConnectionError" in caplog.text


async def test_requests_without_limits_do_not_wait_and_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioconvo.export.cluster.limits._PAUSE_POLL", 3600.0)  # however long a busy machine takes
    scheduler, store = await _cluster()
    assert await store.start("k", Limits(), "0", HELD) == 0.0
    scheduler.gate.clear()
    for number in range(1, 20):
        assert await store.start("k", Limits(), f"{number}", HELD) == 0.0  # while the scheduler answers nothing
    store.end("k", "5")
    scheduler.gate.set()
    quota = await store.quota("k", Limits(rates=[RateLimit(50, 60.0)]))
    assert (quota.rates[0].left, quota.under_way) == (30, 19)
    assert len(scheduler.came) < 5  # many in one message
    store.pause("k", 100.0)
    assert await store.start("k", Limits(), "a", HELD) > 99.0


async def test_a_429_elsewhere_holds_back_who_did_not_ask() -> None:
    scheduler, store = await _cluster()
    elsewhere = ClusterLimits(scheduler, asyncio.get_running_loop())
    assert await store.start("k", Limits(), "a", HELD) == 0.0
    elsewhere.pause("k", 100.0)
    await elsewhere.aclose()
    assert await store.start("k", Limits(), "b", HELD) == 0.0  # it is told with the answer to this one
    await store.aclose()
    assert await store.start("k", Limits(), "c", HELD) > 99.0
