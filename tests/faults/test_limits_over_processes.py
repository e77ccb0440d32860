"""R10 over several processes: what all that share a `SqliteLimits` send together, counted where it counts: at the server.

First in one process, where pools with stores of their own stand for processes and the clock is the test's, so that the counts
are exact; then with real processes, which are also killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Self

import pytest

import aioconvo
from aioconvo.core.limits import sqlite as sqlite_limits
from aioconvo.sunshine import SunshineClient
from tests.campaign import FULL
from tests.faults.server import Answer, FaultServer, Seen, Step
from tests.faults.test_limits_at_server import JumpingClock
from tests.faults.thread import in_thread

Record = Callable[[str, object], None]
GOOD = Answer(body=b'{"conversation": {"id": "c", "type": "personal"}}')


def _most_at_once(times: Sequence[float], seconds: float) -> int:
    """The most starts in any window of `seconds`."""
    return max(sum(start <= other < start + seconds for other in times) for start in times)


def _show(record: Record, figure: str) -> None:
    record("figure", figure)
    print(figure)  # noqa: T201 -- the test's figure


def _client(url: str, pool: aioconvo.SessionPool, limits: aioconvo.Limits, key: str = "key-canary") -> SunshineClient:
    return SunshineClient(app_id="a", key_id=key, secret="secret-canary", base_url=url, pool=pool, limits=limits)


# Pools that stand for processes, by the test's clock.


class Fleet:
    """Pools with stores of their own on one file, and the times at which the server saw requests."""

    def __init__(self, file: Path, pools: int) -> None:
        self.clock = JumpingClock()
        self.began = self.clock.now
        self.times: list[float] = []
        self.answer: Callable[[Seen], Step] = lambda _seen: GOOD
        self._server = FaultServer(self._saw)
        self.stores = [aioconvo.SqliteLimits(file, since_boot=self.clock.monotonic) for _ in range(pools)]
        self.pools = [aioconvo.SessionPool(size=20, clock=self.clock, limit_store=store) for store in self.stores]

    def _saw(self, seen: Seen) -> Step:
        self.times.append(self.clock.now - self.began)
        return self.answer(seen)

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        for pool, store in zip(self.pools, self.stores, strict=True):
            await pool.aclose()
            await store.aclose()
        await self._server.__aexit__(*error)

    def clients(self, limits: aioconvo.Limits, key: str = "key-canary") -> list[SunshineClient]:
        return [_client(self._server.base_url, pool, limits, key) for pool in self.pools]

    async def run(self, calls: Sequence[Awaitable[object]]) -> list[object]:
        """Let the calls run to their end; time jumps only while no pool is at work."""
        tasks = [asyncio.ensure_future(call) for call in calls]
        while not all(task.done() for task in tasks):
            for _ in range(5):
                await asyncio.sleep(0)
            if self.clock._sleeping and not any(pool.in_use() for pool in self.pools):
                until, _, waker = heapq.heappop(self.clock._sleeping)
                self.clock.now = max(self.clock.now, until)
                if not waker.done():
                    waker.set_result(None)
        return await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_thousand_tasks_of_four_pools_at_fifty_a_second(tmp_path: Path, record_property: Record) -> None:
    count = 1000 if FULL else 300
    async with Fleet(tmp_path / "limits.db", 4) as fleet:
        clients = fleet.clients(aioconvo.Limits(rates=[aioconvo.RateLimit(50, 1.0)]))
        ends = await fleet.run([clients[number % 4].conversations.get("c") for number in range(count)])
    assert not [end for end in ends if isinstance(end, BaseException)]
    most = _most_at_once(fleet.times, 1.0)
    last = max(fleet.times)
    _show(record_property, f"4 pools, {count} tasks at 50/s: at most {most} in any second, the last after {last:g} s")
    assert (len(fleet.times), most, last) == (count, 50, count / 50 - 1)


async def test_a_429_holds_back_the_other_pools(tmp_path: Path) -> None:
    """Also clients of the credential that were given no limits, or others; another credential is not held back."""
    async with Fleet(tmp_path / "limits.db", 2) as fleet:
        fleet.answer = lambda seen: Answer(429, headers=(("Retry-After", "30"),)) if seen.number == 0 else GOOD
        limited, free = aioconvo.Limits(concurrency=3), aioconvo.Limits()
        first = fleet.clients(limited)[0].with_options(max_retries=0)
        (refused,) = await fleet.run([first.conversations.get("c")])
        assert isinstance(refused, aioconvo.RateLimitError)
        await fleet.stores[0].start("what was told before is done", free, "", 1.0)
        clients = [*fleet.clients(free), *fleet.clients(limited), *fleet.clients(free, key="another")]
        await fleet.run([client.conversations.get("c") for client in clients])
    assert fleet.times == [0.0, 0.0, 0.0, 30.0, 30.0, 30.0, 30.0]


async def test_without_a_store_clients_of_one_credential_share_its_pause_whatever_their_limits() -> None:
    clock = JumpingClock()
    began, times = clock.now, list[float]()

    def answer(seen: Seen) -> Step:
        times.append(clock.now - began)
        return Answer(429, headers=(("Retry-After", "30"),)) if seen.number == 0 else GOOD

    async with FaultServer(answer) as server, aioconvo.SessionPool(clock=clock) as pool:
        limits = [aioconvo.Limits(), aioconvo.Limits(concurrency=3), aioconvo.Limits(rates=[aioconvo.RateLimit(9, 1.0)])]
        clients = [_client(server.base_url, pool, one) for one in limits]
        (refused,) = await clock.run(pool, [clients[0].with_options(max_retries=0).conversations.get("c")])
        assert isinstance(refused, aioconvo.RateLimitError)
        await clock.run(pool, [client.conversations.get("c") for client in clients])
    assert times == [0.0, 30.0, 30.0, 30.0]


async def test_the_file_tells_no_credential(tmp_path: Path) -> None:
    file = tmp_path / "limits.db"
    async with Fleet(file, 1) as fleet:
        fleet.answer = lambda _: Answer(body=GOOD.body.replace(b'"c"', b'"id-canary"'))
        client = fleet.clients(aioconvo.Limits(rates=[aioconvo.RateLimit(5, 60.0)], concurrency=1))[0]
        await client.conversations.get("id-canary")
    content = await asyncio.to_thread(file.read_bytes)  # all of it: closing takes the log into the file
    assert content.startswith(b"SQLite")
    assert b"canary" not in content
    assert b"127.0.0.1" not in content


# Real processes.

CHILD = """
import asyncio, sys
import aioconvo
from aioconvo.core.limits import shared

shared._LEASE_MARGIN = 0.0

async def main(url, path, tasks, options):
    async with aioconvo.SqliteLimits(path) as store, aioconvo.SessionPool(limit_store=store) as pool:
        client = aioconvo.SunshineClient(app_id="a", key_id="k", secret="s", base_url=url, pool=pool, max_retries=0, **options)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        calls = (client.conversations.get("c") for _ in range(tasks))
        ends = await asyncio.gather(*calls, return_exceptions=True)
        print(*(type(end).__name__ for end in ends))

Limits, RateLimit = aioconvo.Limits, aioconvo.RateLimit
asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), eval(sys.argv[4])))
"""

posix_only = pytest.mark.skipif(os.name != "posix", reason="processes are forked, or killed by SIGKILL")


def _python(program: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- our own program


@contextlib.contextmanager
def _children(url: str, file: Path, options: Sequence[str], tasks: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that are ready and wait for a line; killed in the end."""
    processes = [_python(CHILD, url, file, tasks, one) for one in options]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def _go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def _ends(process: subprocess.Popen[str]) -> list[str]:
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    return out.split()


class StrictServer:
    """Answers 429 to more than `calls` requests in any `seconds`, and counts requests that are under way at once."""

    def __init__(
        self, calls: int, seconds: float, *, takes: float = 0.0, stuck: Callable[[int], bool] = lambda _: False
    ) -> None:
        self._calls = calls
        self._seconds = seconds
        self._takes = takes
        self._stuck = stuck
        self.times: list[float] = []
        self.refused = self.inside = self.most_inside = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                await self._answer(reader, writer)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        now = time.monotonic()
        self.times.append(now)
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        try:
            if self._stuck(len(self.times)):
                await reader.read()  # until the client is gone
            await asyncio.sleep(self._takes)
        finally:
            self.inside -= 1
        ok = sum(now - self._seconds < other for other in self.times) <= self._calls
        self.refused += not ok
        body = GOOD.body if ok else b"{}"
        writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (200 if ok else 429, len(body), body))


def test_four_processes_at_one_rate(tmp_path: Path, record_property: Record) -> None:
    """Starts are counted by the store's own clock: they are kept in its file, because the second rate asks about the last hour.

    In the campaign also at a server that is strict over a shorter window, by what a request may be late on this machine.
    """
    file = tmp_path / "limits.db"
    options = "dict(limits=Limits(rates=[RateLimit(20, 0.4), RateLimit(100_000, 3600.0)]))"
    strict = StrictServer(20 if FULL else 1000, 0.25)
    with in_thread(strict) as server, _children(server.url, file, [options] * 4, 20) as processes:
        for process in processes:
            _go(process)
        ends = [_ends(process) for process in processes]
    db = sqlite3.connect(file)
    starts = [at for (at,) in db.execute("SELECT at FROM started ORDER BY at")]
    db.close()
    most = {"started in any 0.4 s": _most_at_once(starts, 0.4), "seen in any 0.25 s": _most_at_once(server.times, 0.25)}
    _show(record_property, f"4 processes x 20 tasks at 20 per 0.4 s: {most}, {server.refused} x 429")
    assert ends == [["Conversation"] * 20] * 4
    assert (len(starts), len(server.times)) == (80, 80)
    assert most["started in any 0.4 s"] <= 20
    assert server.refused == 0


def test_one_call_at_a_time_over_processes(tmp_path: Path, record_property: Record) -> None:
    options = ["dict(limits=Limits(concurrency=1), timeout=30.0)"] * 2
    server = StrictServer(1000, 1.0, takes=0.005)
    with in_thread(server), _children(server.url, tmp_path / "limits.db", options, 8) as processes:
        for process in processes:
            _go(process)
        ends = [_ends(process) for process in processes]
    _show(record_property, f"2 processes x 8 tasks, one call at a time: at most {server.most_inside} under way at the server")
    assert ends == [["Conversation"] * 8] * 2
    assert (len(server.times), server.most_inside) == (16, 1)


def test_a_429_in_one_process_holds_back_another(tmp_path: Path, record_property: Record) -> None:
    def script(seen: Seen) -> Step:
        times.append(time.monotonic())
        return Answer(429, headers=(("Retry-After", "1"),)) if seen.number == 0 else GOOD

    times: list[float] = []
    with in_thread(FaultServer(script)) as server:
        options = ["dict(limits=Limits(concurrency=5))", "dict()"]
        with _children(server.base_url, tmp_path / "limits.db", options, 1) as (first, second):
            _go(first)
            assert _ends(first) == ["RateLimitError"]
            _go(second)
            assert _ends(second) == ["Conversation"]
    waited = times[1] - times[0]
    _show(record_property, f"429 with Retry-After 1 in one process: the other's request came {waited:.2f} s later")
    assert waited > 0.99


@posix_only
def test_a_killed_process_gives_back_its_place(tmp_path: Path, record_property: Record) -> None:
    """SIGKILL with a request under way and another waiting: the other process goes on after the timeout."""
    options = ["dict(limits=Limits(concurrency=1), timeout=1.0)", "dict(limits=Limits(concurrency=1))"]
    server = StrictServer(1000, 1.0, stuck=lambda number: number == 1)
    with in_thread(server), _children(server.url, tmp_path / "limits.db", options, 2) as (first, second):
        _go(first)
        _until(lambda: server.inside == 1)
        _go(second)
        first.kill()
        ends = _ends(second)
    waited = server.times[1] - server.times[0]
    _show(
        record_property, f"a process killed with the only place, timeout 1 s: the other went on {waited:.2f} s after its start"
    )
    assert ends == ["Conversation"] * 2
    assert (len(server.times), server.most_inside) == (3, 1)


def _until(happened: Callable[[], bool]) -> None:
    for _ in range(2_000):
        if happened():
            return
        time.sleep(0.005)
    raise AssertionError("it did not happen within 10 s")


LOCKER = """
import asyncio, sys, time
import aioconvo

def now():
    # The second time is read inside the transaction.
    calls.append(None)
    if len(calls) == 2:
        print("locked", flush=True)
        time.sleep(60)
    return time.monotonic()

calls = []
asyncio.run(aioconvo.SqliteLimits(sys.argv[1], since_boot=now).start("k", aioconvo.Limits(concurrency=1), "t", 60.0))
"""


@posix_only
def test_a_process_killed_inside_a_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "limits.db"

    async def ask() -> float:
        async with aioconvo.SqliteLimits(file) as store:
            return await store.start("k", aioconvo.Limits(concurrency=1), "mine", 60.0)

    process = _python(LOCKER, file)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        monkeypatch.setattr(sqlite_limits, "_LOCK_PATIENCE", 0.01)
        with pytest.raises(aioconvo.LimitStoreError, match="locked"):
            asyncio.run(ask())
        monkeypatch.undo()
    finally:
        process.kill()
        process.communicate()
    assert asyncio.run(ask()) == 0.0


FORKED = """
import asyncio, os, sys, warnings
import aioconvo

warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of every fork with threads
limits = aioconvo.Limits(rates=[aioconvo.RateLimit(3, 3600.0)])
store = aioconvo.SqliteLimits(sys.argv[1])

def ask(ticket):
    return asyncio.run(store.start("k", limits, ticket, 1.0))

assert ask("a") == 0.0
child = os.fork()
assert ask("b") == 0.0
if child:
    assert os.waitpid(child, 0)[1] == 0
    assert ask("c") > 3000.0
asyncio.run(store.aclose())
"""


@posix_only
def test_a_store_that_was_used_before_a_fork(tmp_path: Path) -> None:
    process = _python(FORKED, tmp_path / "limits.db")
    process.communicate(timeout=20)
    assert process.returncode == 0
