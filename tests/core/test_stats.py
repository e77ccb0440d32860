"""`client.stats()`: counts that are exact, shared with copies, and there without an event loop."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from aiohttp import web

import aioconvo
from aioconvo.core.calls.stats import Counts
from aioconvo.core.retry.policy import RetryPolicy
from aioconvo.sandbox import Sandbox
from tests.virtual_time import LoopClock, in_virtual_time

GOOD = {"id": "7"}


async def test_a_new_client_did_nothing(gadgets: Any) -> None:
    stats = gadgets.stats()
    assert stats == aioconvo.Stats(
        calls=0,
        requests=0,
        retries=0,
        rate_limited=0,
        waited_for_limits=0.0,
        limited_for=0.0,
        waited_for_pool=0.0,
        waited_for_retries=0.0,
        bytes_sent=0,
        bytes_received=0,
        drifted=0,
        errors={},
        pool_in_use=0,
        pool_waiting=0,
        pool_size=100,
    )
    with pytest.raises(AttributeError):
        stats.calls = 1
    assert msgspec.json.decode(msgspec.json.encode(stats))["pool_size"] == 100


def test_outside_an_event_loop_the_pool_is_idle() -> None:
    stats = aioconvo.ConvoreClient(api_key="k").stats()
    assert (stats.pool_in_use, stats.pool_waiting, stats.pool_size) == (0, 0, 100)


async def test_calls_requests_retries_and_waits_are_counted(wire: Any, gadgets: Any) -> None:
    wire.answers("GET", GOOD)
    wire.answers("GET", {}, status=500)
    wire.answers("GET", {}, status=429, headers={"Retry-After": "7"})
    wire.answers("GET", GOOD)
    wire.answers("GET", {}, status=404)
    client = gadgets.with_options(retry=RetryPolicy(backoff=0.0))
    await client.get()
    await client.get()
    before = gadgets.stats()
    with pytest.raises(aioconvo.NotFoundError):
        await client.get()
    stats = client.stats()
    assert (before.calls, before.errors) == (2, {})
    assert (stats.calls, stats.requests, stats.retries, stats.rate_limited) == (3, 5, 2, 1)
    assert stats.errors == {"NotFoundError": 1}
    assert (stats.waited_for_retries, stats.waited_for_limits, stats.waited_for_pool) == (7.0, 0.0, 0.0)


async def test_bytes_are_those_of_the_bodies(wire: Any, gadgets: Any) -> None:
    wire.answers("POST", body=b'{"id": "7"}')
    wire.answers("GET", body=b'{"id":"8"}')
    await gadgets.post()
    await gadgets.get()
    assert gadgets.stats().bytes_sent == len(b'{"text":"canary-text"}')
    assert gadgets.stats().bytes_received == 11 + 10


async def test_received_bytes_are_counted_as_they_came() -> None:
    async with (
        Sandbox(conversations=1, messages=100) as sandbox,
        aioconvo.ConvoreClient(**sandbox.client_options("convore")) as client,
    ):
        response = (await client.messages.list()).response
        assert client.stats().bytes_received == int(response.headers["Content-Length"])


async def test_waits_for_limits_are_counted(wire: Any, gadgets: Any) -> None:
    client = gadgets.with_options(limits=aioconvo.Limits(rates=[aioconvo.RateLimit(1, 10.0)]))
    for _ in range(3):
        wire.answers("GET", GOOD)
        await client.get()
    assert gadgets.stats().waited_for_limits == 20.0
    assert gadgets.stats().limited_for == 20.0
    assert gadgets.stats().waited_for_pool == 0.0


def test_many_that_wait_at_once_count_once() -> None:
    counts = Counts()
    for now in (10.0, 11.0, 12.0):
        counts.wait_begins(now)
    assert _limited_for(counts, 13.0) == 3.0  # while they wait
    for now in (15.0, 16.0, 20.0):
        counts.wait_ends(now)
    assert _limited_for(counts, 25.0) == 10.0
    counts.wait_begins(30.0)
    counts.wait_ends(31.0)
    assert _limited_for(counts, 40.0) == 11.0


def _limited_for(counts: Counts, now: float) -> float:
    return counts.snapshot(now, pool_in_use=0, pool_waiting=0, pool_size=1).limited_for


@in_virtual_time
async def test_the_pool_is_seen_filling_up_and_waits_for_it_count_even_when_cancelled() -> None:
    open_now = asyncio.Event()

    async def handler(_request: web.BaseRequest) -> web.Response:
        await open_now.wait()
        return web.json_response({})

    runner = web.ServerRunner(web.Server(handler))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aioconvo.SessionPool(size=2, clock=LoopClock()) as pool:
        client = aioconvo.ConvoreClient(api_key="k", base_url=url, pool=pool)
        calls = [asyncio.create_task(client.request("GET", "/v1/x")) for _ in range(5)]
        await asyncio.sleep(7.0)
        full = client.stats()
        calls[-1].cancel()
        await asyncio.gather(calls[-1], return_exceptions=True)
        cancelled = client.stats()
        await asyncio.sleep(2.0)
        open_now.set()
        await asyncio.gather(*calls[:-1])
        stats = client.stats()
    await runner.cleanup()
    assert (full.pool_in_use, full.pool_waiting, full.requests, full.calls) == (2, 3, 2, 5)
    assert cancelled.waited_for_pool == 7.0
    assert (stats.pool_in_use, stats.pool_waiting, stats.requests) == (0, 0, 4)
    assert stats.errors == {"CancelledError": 1}
    assert stats.waited_for_pool == 7.0 + 2 * 9.0


async def test_copies_share_counts_and_other_clients_do_not(wire: Any, gadgets: Any) -> None:
    other = type(gadgets)(base_url=wire.base_url, auth=gadgets._auth, pool=gadgets.pool)
    wire.answers("GET", GOOD)
    await gadgets.with_options(timeout=1.0).with_options(deadline=5.0).get()
    assert gadgets.stats().calls == 1
    assert other.stats().calls == 0
