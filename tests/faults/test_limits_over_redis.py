"""R10 over processes that share a Redis: what they start is counted by its clock, and what the server saw beside that."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from subprocess import Popen

import pytest
import redis as redis_client

import aioconvo
from aioconvo.core.limits import redis as redis_limits
from aioconvo.core.limits.redis import RedisLimits
from tests.campaign import FULL
from tests.faults.server import Answer, FaultServer
from tests.faults.test_limits_over_processes import (
    CHILD,
    Record,
    StrictServer,
    _client,
    _ends,
    _go,
    _most_at_once,
    _python,
    _show,
    posix_only,
)
from tests.faults.thread import in_thread
from tests.redis_server import RedisServer

PREFIX = "limits-test"
FIFTY = aioconvo.Limits(rates=[aioconvo.RateLimit(50, 1.0)])


@pytest.fixture
def stored(redis_server: RedisServer) -> Iterator[redis_client.Redis]:
    """What is in Redis, nothing at first."""
    with redis_client.Redis(port=redis_server.port, driver_info=None) as client:
        client.flushdb()
        yield client


@contextlib.contextmanager
def _children(url: str, server: RedisServer, options: Sequence[str], tasks: int) -> Iterator[list[Popen[str]]]:
    """Processes that are ready and wait for a line; killed in the end."""
    program = CHILD.replace("aioconvo.SqliteLimits(path)", f"aioconvo.RedisLimits(path, prefix='{PREFIX}')")
    processes = [_python(program, url, server.url, tasks, one) for one in options]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def _starts(stored: redis_client.Redis) -> list[float]:
    (name,) = stored.keys("*:starts")
    return [float(at) for at in stored.lrange(name, 0, -1)]


def test_four_processes_at_fifty_a_second(
    redis_server: RedisServer, stored: redis_client.Redis, record_property: Record
) -> None:
    tasks = 125 if FULL else 18
    options = "dict(limits=Limits(rates=[RateLimit(50, 1.0)]))"
    strict = StrictServer(10_000, 1.0)
    with in_thread(strict) as server, _children(server.url, redis_server, [options] * 4, tasks) as processes:
        for process in processes:
            _go(process)
        ends = [_ends(process) for process in processes]
    starts = _starts(stored)
    most = _most_at_once(starts, 1.0)
    seen = sorted(server.times)
    window = min(later - earlier for earlier, later in zip(seen, seen[50:], strict=False))
    figure = f"4 processes x {tasks} tasks at 50/s: at most {most} starts in any second by Redis's clock"
    _show(record_property, f"{figure}; the server saw at most 50 in any {window:.3f} s")
    assert ends == [["Conversation"] * tasks] * 4
    assert (len(starts), len(seen)) == (4 * tasks, 4 * tasks)
    assert most <= 50


async def test_a_429_holds_back_the_pools_of_other_processes(redis_server: RedisServer, stored: redis_client.Redis) -> None:
    """Two pools with connections of their own to Redis stand for the processes."""
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(server := FaultServer(lambda _: Answer(429, headers=(("Retry-After", "30"),))))
        stores = [await stack.enter_async_context(RedisLimits(redis_server.url, prefix=PREFIX)) for _ in range(2)]
        pools = [await stack.enter_async_context(aioconvo.SessionPool(limit_store=store)) for store in stores]
        first, second = (_client(server.base_url, pool, aioconvo.Limits(concurrency=5)) for pool in pools)
        with pytest.raises(aioconvo.RateLimitError):
            await first.with_options(max_retries=0).conversations.get("c")
        while not (held_back := (await second.quota()).held_back):  # noqa: ASYNC110 -- nobody waits for what a store is told
            await asyncio.sleep(0)
        assert 29.0 < held_back <= 30.0
        assert (await _client(server.base_url, pools[1], aioconvo.Limits(), "another").quota()).held_back == 0.0
        names = await asyncio.to_thread(stored.keys)
        assert names
        assert not [name for name in names if b"canary" in name or b"127.0.0.1" in name]


HOLDER = """
import asyncio, sys
import aioconvo

async def main():
    async with aioconvo.RedisLimits(sys.argv[1], prefix=sys.argv[2]) as store:
        print(await store.start("k", aioconvo.Limits(concurrency=1), "a", 0.5), flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


@posix_only
async def test_a_killed_process_holds_nothing_beyond_its_lease(redis_server: RedisServer, stored: redis_client.Redis) -> None:
    assert not await asyncio.to_thread(stored.keys)
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, redis_server.url, PREFIX, stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"0.0\n"
    holder.kill()
    await holder.wait()
    one = aioconvo.Limits(concurrency=1)
    async with RedisLimits(redis_server.url, prefix=PREFIX) as store:
        began = time.monotonic()
        waits = 0
        while await store.start("k", one, "b", 30.0):
            waits += 1
            await asyncio.sleep(0.025)
        assert waits > 0
        assert time.monotonic() - began < 5.0  # seconds on a busy machine; without an end of its lease: never


async def test_of_many_that_ask_at_once_as_many_start_as_may(redis_server: RedisServer, stored: redis_client.Redis) -> None:
    async with contextlib.AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(RedisLimits(redis_server.url, prefix=PREFIX)) for _ in range(4)]
        asked = [
            store.start("k", FIFTY, f"{number}.{place}", 30.0) for number in range(20) for place, store in enumerate(stores)
        ]
        waits = await asyncio.gather(*asked)
        assert sorted(waits)[49] == 0.0
        assert 0.0 < min(wait for wait in waits if wait) <= 1.0
        assert len([wait for wait in waits if not wait]) == 50
        assert (await stores[0].quota("k", FIFTY)).rates[0].left == 0
    assert len(await asyncio.to_thread(_starts, stored)) == 50


async def test_a_clock_that_is_set_back_stops_nobody(
    redis_server: RedisServer, stored: redis_client.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    hour = "local now = tonumber(time[1]) + tonumber(time[2]) / 1e6"
    async with RedisLimits(redis_server.url, prefix=PREFIX) as store:
        for name in ("_READ", "_WRITE"):
            monkeypatch.setattr(redis_limits, name, getattr(redis_limits, name).replace(hour, f"{hour} - 3600"))
        one = aioconvo.Limits(rates=[aioconvo.RateLimit(1, 30.0)])
        assert await store.start("k", one, "a", 30.0) == 0.0
        async with RedisLimits(redis_server.url, prefix=PREFIX) as behind:
            assert 29.0 < await behind.start("k", one, "b", 30.0) <= 30.0
    assert len(await asyncio.to_thread(_starts, stored)) == 1


async def test_redis_that_does_not_answer_is_told_as_that() -> None:
    nobody = RedisLimits("redis://:secret-canary@127.0.0.1:1/0")
    for asked in (nobody.start("k", FIFTY, "a", 30.0), nobody.quota("k", FIFTY)):
        with pytest.raises(aioconvo.LimitStoreError, match="Redis gave no answer: ConnectionError; nothing was sent") as told:
            await asked
        assert "canary" not in str(told.value)
    assert "canary" not in repr(nobody)
    await nobody.aclose()
    with pytest.raises(aioconvo.PoolClosedError, match="close it after the pools"):
        await nobody.start("k", FIFTY, "a", 30.0)
    with pytest.raises(aioconvo.ConfigurationError, match="must be as redis://localhost:6379/0"):
        RedisLimits("http://secret-canary@localhost")
