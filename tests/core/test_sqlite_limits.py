"""Limits in a file: the windows, leases and pauses by a clock of the test, and what holds when things go wrong."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from aioconvo.core import sqlite_limits
from aioconvo.core.errors import ConfigurationError, PoolClosedError
from aioconvo.core.gate import FairGate, SharedLimits, Turnstile
from aioconvo.core.limits import Limits, RateLimit, RateRule
from aioconvo.core.sqlite_limits import SqliteLimits

# Sums of these are exact in a double, also with today's Unix time.
TICK = 1 / 1024
NOW = 1_800_000_000.0
ONE_AT_A_TIME = Limits(concurrency=1)
HELD, KEPT = 30.0, 1.0


class Time:
    """Unix time that moves when the test says so."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "limits.db"


@settings(max_examples=100, deadline=None)
@given(
    rates=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 4096)), max_size=3),
    gaps=st.lists(st.integers(0, 3000), min_size=1, max_size=40),
    pauses=st.dictionaries(st.integers(0, 39), st.integers(0, 5000), max_size=3),
    set_back=st.dictionaries(st.integers(0, 39), st.integers(0, 10**7), max_size=2),
)
def test_the_windows_are_those_of_the_rule_in_memory(
    rates: list[tuple[int, int]], gaps: list[int], pauses: dict[int, int], set_back: dict[int, int]
) -> None:
    """Also when the machine's clock is set back: the rule goes by a clock that never is."""
    limits = Limits(rates=[RateLimit(calls, ticks * TICK) for calls, ticks in rates])
    rule, now, behind = RateRule(limits.rates), NOW, 0.0
    db = sqlite_limits._open(":memory:", NOW)
    for number, gap in enumerate(gaps):
        now += gap * TICK
        if number in pauses:
            rule.pause(now + pauses[number] * TICK)
            sqlite_limits._pause(db, now - behind, "k", pauses[number] * TICK)
        while (wait := sqlite_limits._start(db, now - behind, "k", limits, ticket="t", lease=HELD)) > 0:
            assert wait == rule.wait(now)
            now += wait
        assert rule.wait(now) <= 0
        rule.start(now)
        behind += set_back.get(number, 0) * TICK
        sqlite_limits._seen(db, now - behind, "k", 0.0)
    db.close()


async def test_all_starts_of_a_key_count_whatever_the_limits(file: Path, time: Time) -> None:
    slow, fast = Limits(rates=[RateLimit(3, 60.0)]), Limits(rates=[RateLimit(2, 1.0)])
    async with SqliteLimits(file, time=time) as one, SqliteLimits(file, time=time) as two:
        assert await one.start("k", slow, "a", HELD) == 0.0
        time.now += 10.0
        assert await two.start("k", fast, "b", HELD) == 0.0
        assert await one.start("k", Limits(), "c", HELD) == 0.0  # has no rates itself
        assert await two.start("k", fast, "d", HELD) == 1.0
        assert await one.start("k", slow, "d", HELD) == 50.0
        assert await one.start("another", slow, "d", HELD) == 0.0


async def test_a_pause_holds_back_all_stores_of_the_file(file: Path, time: Time) -> None:
    async with SqliteLimits(file, time=time) as one, SqliteLimits(file, time=time) as two:
        one.pause("k", 30.0)
        one.pause("k", 10.0)
        assert await one.start("k", Limits(), "a", HELD) == 30.0
        assert await two.start("k", ONE_AT_A_TIME, "b", HELD) == 30.0
        assert await two.start("another", Limits(), "c", HELD) == 0.0
        time.now += 30.0
        assert await two.start("k", Limits(), "d", HELD) == 0.0


async def test_places_go_by_the_order_they_were_asked_for(file: Path, time: Time) -> None:
    """One busy process cannot keep the others out by asking again at once."""
    async with SqliteLimits(file, time=time) as one, SqliteLimits(file, time=time) as two:
        assert await one.start("k", ONE_AT_A_TIME, "a", HELD) == 0.0
        assert await two.start("k", ONE_AT_A_TIME, "b", HELD) > 0
        assert await one.start("k", ONE_AT_A_TIME, "c", HELD) > 0
        one.end("k", "a")
        one.end("k", "nobody's")
        assert await one.start("k", ONE_AT_A_TIME, "c", HELD) > 0
        assert await two.start("k", ONE_AT_A_TIME, "b", HELD) == 0.0
        two.end("k", "b")
        await two.start("another", Limits(), "", HELD)  # what was told before is done
        assert await one.start("k", ONE_AT_A_TIME, "c", HELD) == 0.0


async def test_two_places(file: Path, time: Time) -> None:
    limits = Limits(concurrency=2)
    async with SqliteLimits(file, time=time) as store:
        waits = [await store.start("k", limits, ticket, HELD) for ticket in "abcd"]
        assert [wait > 0 for wait in waits] == [False, False, True, True]
        store.end("k", "b")
        waits = [await store.start("k", limits, ticket, HELD) for ticket in "dc"]
        assert [wait > 0 for wait in waits] == [True, False]


async def test_who_is_not_heard_of_holds_nothing_for_ever(file: Path, time: Time) -> None:
    async with SqliteLimits(file, time=time) as store:
        assert await store.start("k", ONE_AT_A_TIME, "died at work", HELD) == 0.0
        assert await store.start("k", ONE_AT_A_TIME, "died waiting", HELD) > 0
        time.now += HELD - TICK
        assert await store.start("k", ONE_AT_A_TIME, "a", HELD) > 0
        time.now -= 3600.0  # the clock is set back; the lease goes with it
        assert await store.start("k", ONE_AT_A_TIME, "a", HELD) > 0
        time.now += TICK
        assert await store.start("k", ONE_AT_A_TIME, "a", HELD) == 0.0
        assert await store.start("k", ONE_AT_A_TIME, "died waiting", HELD) > 0
        store.end("k", "a")
        assert await store.start("k", ONE_AT_A_TIME, "b", HELD) > 0
        time.now += KEPT
        assert await store.start("k", ONE_AT_A_TIME, "b", HELD) == 0.0


def test_threads_with_stores_and_loops_of_their_own(file: Path, time: Time) -> None:
    """100 of 400 are let through, and none twice."""
    limits = Limits(rates=[RateLimit(100, 3600.0)])
    let_through = list[float]()

    async def ask(name: int) -> None:
        async with SqliteLimits(file, time=time) as store:
            waits = await asyncio.gather(*(store.start("k", limits, f"{name}.{number}", HELD) for number in range(50)))
        let_through.extend(wait for wait in waits if wait == 0.0)

    threads = [threading.Thread(target=lambda name=name: asyncio.run(ask(name))) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(let_through) == 100


async def test_what_is_over_is_forgotten(file: Path, time: Time) -> None:
    limits = Limits(rates=[RateLimit(1000, 60.0)], concurrency=1)
    for key in ("old", "new"):
        async with SqliteLimits(file, time=time) as store:
            for number in range(20):
                time.now += 4.0
                assert await store.start(key, limits, f"{number}", HELD) == 0.0
                store.end(key, f"{number}")
        time.now += 61.0
    async with SqliteLimits(file, time=time) as store:
        await store.start("last", limits, "a", HELD)
    assert await asyncio.to_thread(_counts, file) == {"credentials": 1, "starts": 1, "leases": 1}


def _counts(file: Path) -> dict[str, int]:
    db = sqlite3.connect(file)
    counts = {name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("credentials", "starts", "leases")}  # noqa: S608 -- our own names
    db.close()
    return counts


# A turnstile in front of the store.


@pytest.fixture
def locked(file: Path) -> Iterator[sqlite3.Connection]:
    """Another process has the write lock until `rollback`."""
    sqlite_limits._open(str(file), NOW).close()
    db = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    db.execute("BEGIN IMMEDIATE")
    yield db
    db.close()


class Stuck:
    """A clock whose sleepers sleep for ever."""

    def monotonic(self) -> float:
        return 0.0

    def time(self) -> float:
        return NOW

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        await asyncio.Event().wait()


@pytest.mark.parametrize("turns", [0, 3, 30])
async def test_a_cancel_while_the_store_is_asked_leaves_no_place_taken(
    file: Path, locked: sqlite3.Connection, turns: int
) -> None:
    gate = FairGate(5)
    async with SqliteLimits(file) as store:
        turnstile = Turnstile(ONE_AT_A_TIME, Stuck(), "", gate, shared=SharedLimits(store, "k", ONE_AT_A_TIME))
        task = asyncio.create_task(turnstile.enter())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.to_thread(locked.rollback)
        await asyncio.wait([task])
        assert task.cancelled()
        assert (gate.in_use, turnstile.idle) == (0, True)
        for _ in range(2):
            async with asyncio.timeout(5):
                assert await turnstile.enter() == 0.0
            turnstile.leave()
        async with SqliteLimits(file) as other:
            assert await store.start("k", Limits(), "", HELD) == 0.0  # what was told before is done
            assert await other.start("k", ONE_AT_A_TIME, "a", HELD) == 0.0


async def test_the_shortest_lease_is_given_back_first(file: Path, time: Time) -> None:
    """A request without a timeout must not lose its lease to one that ended sooner."""
    limits = Limits(concurrency=2)
    async with SqliteLimits(file, time=time) as store:
        shared = SharedLimits(store, "k", limits)
        for at_most in (None, 10.0):
            assert await shared.start(0.0, at_most) == 0.0
        shared.end()
        time.now += 3600.0
        waits = [await store.start("k", limits, ticket, HELD) for ticket in "ab"]
        assert [wait > 0 for wait in waits] == [False, True]


# What cannot be used.


@pytest.mark.parametrize("path", ["", ":memory:"])
def test_what_is_no_file_is_refused(path: str) -> None:
    with pytest.raises(ConfigurationError, match="path of a file"):
        SqliteLimits(path)


async def test_a_file_that_cannot_be_used(tmp_path: Path, file: Path, caplog: pytest.LogCaptureFixture) -> None:
    garbage = tmp_path / "garbage"
    await asyncio.to_thread(garbage.write_bytes, b"no database" * 1000)
    for path in (tmp_path / "missing" / "limits.db", garbage):
        async with SqliteLimits(path) as store:
            with pytest.raises(ConfigurationError, match="a SqliteLimits needs a file on a local disk"):
                await store.start("k", Limits(), "a", HELD)
            store.pause("k", 1.0)
    assert len([record for record in caplog.records if "limits cannot be kept" in record.getMessage()]) == 2
    store = SqliteLimits(file)
    await store.aclose()
    await store.aclose()
    with pytest.raises(PoolClosedError, match="SqliteLimits is closed"):
        await store.start("k", Limits(), "a", HELD)
    store.end("k", "a")
    assert "SqliteLimits is closed" in caplog.messages[-1]


@pytest.mark.usefixtures("locked")
async def test_a_lock_that_is_never_given_back(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_limits, "_LOCK_PATIENCE", 0.01)
    async with SqliteLimits(file) as store:
        with pytest.raises(ConfigurationError, match="locked"):
            await store.start("k", Limits(), "a", HELD)


def test_a_store_that_nobody_closes_is_closed_with_the_program(file: Path) -> None:
    tickets = itertools.count()

    async def ask(store: SqliteLimits) -> float:
        return await store.start("k", Limits(rates=[RateLimit(1, 60.0)]), str(next(tickets)), HELD)

    store = SqliteLimits(file)
    assert asyncio.run(ask(store)) == 0.0
    assert asyncio.run(ask(store)) > 0  # another loop, the same store
    assert repr(store) == f"<SqliteLimits {file}>"
    thread = next(iter(store._file._thread._threads))
    del store
    thread.join(10)
    assert not thread.is_alive()
    assert list(file.parent.iterdir()) == [file]  # SQLite takes its log away when the file is closed
