"""R15, R16: what lives how long. Loops, threads, closing and descriptors, counted at the server.

Proved in tests/core/test_pool.py already: two `asyncio.run` in a row without closing, who closes a pool and who does not.
What a whole process does (fork, signals, warnings) is in test_processes.py.
"""

from __future__ import annotations

import asyncio
import math
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import aioconvo
from aioconvo.sandbox import Sandbox
from tests.campaign import FULL
from tests.faults.server import Answer, FaultServer, Seen, Step, Wait
from tests.faults.thread import in_thread
from tests.virtual_time import in_virtual_time


def conversation(seen: Seen) -> Answer:
    """The conversation that is asked for."""
    return Answer(body=b'{"conversation":{"id":"%b","type":"personal"}}' % seen.target.rpartition("/")[2].encode())


CLIENTS = {
    client.provider: client
    for client in (
        aioconvo.SmscxClient,
        aioconvo.SunshineClient,
        aioconvo.SmoochClient,
        aioconvo.ConvoreClient,
        aioconvo.UltraCartClient,
    )
}
Record = Callable[[str, object], None]


def told(record_property: Record, figure: str) -> None:
    print(figure)  # noqa: T201 -- the figure
    record_property("figure", figure)


def sunshine(server: FaultServer, **options: Any) -> aioconvo.SunshineClient:
    return aioconvo.SunshineClient(app_id="a", key_id="k", secret="s", base_url=server.base_url, **options)


@contextmanager
def eager_threads() -> Iterator[None]:
    """Threads take turns as often as they can, so that what races does so here."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


async def until(happened: Callable[[], bool]) -> None:
    for _ in range(5_000):
        if happened():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it did not happen within 5 s")


async def gets(client: aioconvo.SunshineClient, count: int) -> int:
    found = await asyncio.gather(*(client.conversations.get(f"c{number}") for number in range(count)))
    return len(found)


def test_two_runs_in_a_row_with_uvloop(record_property: Record) -> None:
    """R16: a client that nobody closed works in loop after loop, on uvloop too, with a session for each."""
    uvloop = pytest.importorskip("uvloop")
    with in_thread(FaultServer(conversation)) as server:
        client = sunshine(server)
        assert [uvloop.run(gets(client, 20)) for _ in range(2)] == [20, 20]
        assert asyncio.run(gets(client, 20)) == 20
        told(record_property, f"3 runs (uvloop, uvloop, asyncio) of 20 calls: {len(server.seen)} requests")
        assert len(server.seen) == 60


def test_one_pool_in_loops_of_several_threads_at_once(record_property: Record) -> None:
    """R16: loops share nothing but the client: every call is answered in its own loop, and none is sent twice."""
    threads, runs, calls = 4, 40, 5
    limits = aioconvo.Limits(rates=[aioconvo.RateLimit(1_000_000, 1.0)], concurrency=4)  # so that the turnstiles count
    with in_thread(FaultServer(conversation)) as server, eager_threads(), ThreadPoolExecutor(threads) as pool:
        client = sunshine(server, limits=limits)

        def thread() -> int:
            return sum(asyncio.run(gets(client, calls)) for _ in range(runs))

        jobs = [pool.submit(thread) for _ in range(threads)]
        assert [job.result(30) for job in jobs] == [runs * calls] * threads
        told(record_property, f"{threads} threads x {runs} loops x {calls} calls on one pool: {len(server.seen)} requests")
        assert len(server.seen) == threads * runs * calls


async def test_loops_that_come_and_go_in_other_threads_are_no_matter() -> None:
    """R16: threads open and end loops of their own while this one looks which of them are dead."""
    pool = aioconvo.SessionPool()
    states: dict[Any, Any] = pool._states

    class Dead:
        def is_closed(self) -> bool:
            states.pop(self)  # another thread was faster
            states[Dead()] = None  # and a new one came
            return True

    states.update({Dead(): None, Dead(): None})
    await pool.aclose()


def test_a_pool_for_each_loop(record_property: Record) -> None:
    """R16: pools of other loops are not touched when one closes."""
    barrier = threading.Barrier(2, timeout=10)

    async def one(server: FaultServer, first_to_close: bool) -> int:
        async with aioconvo.SessionPool() as pool:
            client = sunshine(server, pool=pool)
            count = await gets(client, 5)
            await asyncio.to_thread(barrier.wait)
            if first_to_close:
                await pool.aclose()
            await asyncio.to_thread(barrier.wait)
            return count if first_to_close else count + await gets(client, 5)

    with in_thread(FaultServer(conversation)) as server, ThreadPoolExecutor(2) as threads:
        jobs = [threads.submit(asyncio.run, one(server, first)) for first in (True, False)]
        assert [job.result(30) for job in jobs] == [5, 10]
        told(record_property, f"2 loops with a pool each, one closes early: {len(server.seen)} of 15 requests")
        assert len(server.seen) == 15


async def test_five_clients_share_a_pool(record_property: Record) -> None:
    """R12, R16: one session and one gate for all five; a client that closes takes nothing from the others."""
    async with Sandbox(conversations=5, messages=5) as sandbox, aioconvo.SessionPool(size=7) as pool:
        clients = {name: make(**sandbox.client_options(name), pool=pool) for name, make in CLIENTS.items()}
        most = 0
        for name in (*clients, ""):

            async def call(client: Any) -> None:
                nonlocal most
                await client.request("GET", "/nothing-there")

            calls = [call(client) for client in clients.values() for _ in range(20)]
            tasks = [asyncio.create_task(one) for one in calls]
            while not all(task.done() for task in tasks):
                most = max(most, pool.in_use())
                await asyncio.sleep(0)
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(isinstance(result, aioconvo.NotFoundError) for result in results), results
            if name:
                await clients.pop(name).aclose()
        asked = {name: sum(sandbox.requests[name].values()) for name in CLIENTS}
        told(record_property, f"requests by client, one closing after each round: {asked}; most at once {most} of 7")
        assert list(asked.values()) == [20, 40, 60, 80, 100]
        assert most == 7
        assert pool.in_use() == 0


@in_virtual_time
async def test_closing_ends_every_call_whatever_it_waits_for(clock: Any, record_property: Record) -> None:
    """R16, R4: on the wire, in the pool's queue, in a limit or in a pause: all end at once with an error of ours."""
    blocked = asyncio.Event()

    async def sleep(seconds: float) -> None:
        await blocked.wait()
        clock.now += seconds

    clock.sleep = sleep  # a pause that would never end by itself

    def script(seen: Seen) -> Step | list[Step]:
        return (
            Answer(status=503, headers=[("Retry-After", "9")]) if "pausing" in seen.target else [Wait(60), conversation(seen)]
        )

    async with FaultServer(script) as server:
        pool = aioconvo.SessionPool(size=4, clock=clock)
        client = sunshine(server, pool=pool)
        slow = client.with_options(limits=aioconvo.Limits(concurrency=1))
        hourly = client.with_options(
            limits=aioconvo.Limits(rates=[aioconvo.RateLimit(1, 3600)]), retry=aioconvo.RetryPolicy(max_own_wait=36_000.0)
        )
        pausing = [asyncio.create_task(client.conversations.get("pausing")) for _ in range(5)]
        await until(lambda: len(server.seen) == 5 and pool.in_use() == 0)
        posts = [asyncio.create_task(client.conversations.create(type="personal")) for _ in range(4)]
        await until(lambda: len(server.seen) == 9)
        queued = [asyncio.create_task(client.conversations.get("queued")) for _ in range(5)]
        limited = [asyncio.create_task(slow.conversations.get("limited")) for _ in range(5)]
        limited += [asyncio.create_task(hourly.conversations.get("limited")) for _ in range(5)]
        walks = [asyncio.create_task(client.messages.list("walk", prefetch=2).collect()) for _ in range(5)]
        await asyncio.sleep(0.01)
        await pool.aclose()
        everything = [*pausing, *posts, *queued, *limited, *walks]
        done, left = await asyncio.wait(everything, timeout=0.5)
        blocked.set()
        await asyncio.wait(everything)
        ended = Counter(type(task.exception()).__name__ for task in everything)
        told(
            record_property,
            f"29 calls under way at aclose(): {len(done)} ended at once, {dict(ended)}, {len(server.seen)} sent",
        )
        assert not left
        assert all(isinstance(task.exception(), aioconvo.MaybeSentError) for task in posts)
        assert all(isinstance(task.exception(), aioconvo.PoolClosedError) for task in everything if task not in posts)
        assert len(server.seen) == 9
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_use_after_close_sends_nothing(record_property: Record) -> None:
    """R16: calls, walks that had begun, copies and `async with` say that the pool is closed; the server sees nothing."""
    async with Sandbox(conversations=30, messages=5) as sandbox:
        pool = aioconvo.SessionPool()
        clients = [make(**sandbox.client_options(name), pool=pool) for name, make in CLIENTS.items()]
        convore = aioconvo.ConvoreClient(**sandbox.client_options("convore"), pool=pool)
        walk = convore.conversations.list(page_size=10).pages()
        assert len(await anext(walk)) == 10
        await pool.aclose()
        await pool.aclose()
        before = sum(map(sum, (counts.values() for counts in sandbox.requests.values())))
        refused = 0
        attempts = [client.request("GET", "/anything") for client in clients]
        attempts += [client.with_options(timeout=1).request("POST", "/anything") for client in clients]
        for attempt in (
            *attempts,
            anext(walk),
            convore.conversations.list().collect(),
            convore.__aenter__(),
            pool.__aenter__(),
        ):
            with pytest.raises(aioconvo.PoolClosedError, match="closed"):
                await attempt
            refused += 1
        after = sum(map(sum, (counts.values() for counts in sandbox.requests.values())))
        told(record_property, f"{refused} uses after close: {refused} PoolClosedError, {after - before} requests")
        assert after == before


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts descriptors in /proc")
def test_descriptors_stay_flat(record_property: Record) -> None:
    """R16: 200 times, in the campaign 1,000 times, a pool or client is made, used and closed: not one descriptor more."""
    cycles = 1_000 if FULL else 200
    with in_thread(FaultServer(conversation)) as server:

        async def cycle(number: int) -> None:
            if number % 2:
                async with sunshine(server) as client:
                    await client.conversations.get("c")
            else:
                async with aioconvo.SessionPool() as pool:
                    await gets(sunshine(server, pool=pool), 2)

        async def some(numbers: range) -> None:
            for number in numbers:
                await cycle(number)

        with asyncio.Runner() as runner:
            runner.run(some(range(10)))
            first = _descriptors(server)
            runner.run(some(range(cycles)))
            last = _descriptors(server, at_most=first)
        told(
            record_property,
            f"descriptors over {cycles} open/close cycles: {first} first, {last} last, {len(server.seen)} calls",
        )
        assert last <= first


def _descriptors(server: FaultServer, at_most: float = math.inf) -> int:
    """How many there are, once the server is done; it closes its side of the last connections a little later."""
    found = 0
    for _ in range(400):
        found = sum(1 for _ in Path("/proc/self/fd").iterdir())
        if not server._open and found <= at_most:
            break
        time.sleep(0.005)
    return found
