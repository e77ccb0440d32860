"""Limits in a file: the windows, leases and pauses by a clock of the test, and what holds when things go wrong."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sqlite3
import threading
import time as time_module
from collections.abc import Iterator
from pathlib import Path

import pytest

from aioconvo.core.errors import ConfigurationError, LimitStoreError, PoolClosedError
from aioconvo.core.limits import sqlite as sqlite_limits
from aioconvo.core.limits.gate import FairGate
from aioconvo.core.limits.rule import Limits, RateLimit
from aioconvo.core.limits.shared import Errands, SharedLimits
from aioconvo.core.limits.sqlite import SqliteLimits
from aioconvo.core.limits.turnstile import Turnstile

NOW = 1_000_000.0
ONE_AT_A_TIME = Limits(concurrency=1)
HELD = 30.0


class Time:
    """Seconds since boot that move when the test says so."""

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


async def test_a_pause_holds_back_all_stores_of_the_file(file: Path, time: Time) -> None:
    async with SqliteLimits(file, since_boot=time) as one, SqliteLimits(file, since_boot=time) as two:
        one.pause("k", 30.0)
        one.pause("k", 10.0)
        assert await one.start("k", Limits(), "a", HELD) == 30.0
        assert await two.start("k", ONE_AT_A_TIME, "b", HELD) == 30.0
        assert await two.start("another", Limits(), "c", HELD) == 0.0
        time.now += 30.0
        assert await two.start("k", Limits(), "d", HELD) == 0.0


async def test_places_go_by_the_order_they_were_asked_for(file: Path, time: Time) -> None:
    """One busy process cannot keep the others out by asking again at once."""
    async with SqliteLimits(file, since_boot=time) as one, SqliteLimits(file, since_boot=time) as two:
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


def test_threads_with_stores_and_loops_of_their_own(file: Path, time: Time) -> None:
    """100 of 400 are let through, and none twice."""
    limits = Limits(rates=[RateLimit(100, 3600.0)])
    let_through = list[float]()

    async def ask(name: int) -> None:
        async with SqliteLimits(file, since_boot=time) as store:
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
        async with SqliteLimits(file, since_boot=time) as store:
            for number in range(20):
                time.now += 4.0
                assert await store.start(key, limits, f"{number}", HELD) == 0.0
                store.end(key, f"{number}")
        time.now += 61.0
    async with SqliteLimits(file, since_boot=time) as store:
        await store.start("last", limits, "a", HELD)
    assert await asyncio.to_thread(_counts, file) == {"accounts": 1, "started": 1, "tickets": 1}


def _counts(file: Path) -> dict[str, int]:
    db = sqlite3.connect(file)
    counts = {name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("accounts", "started", "tickets")}  # noqa: S608 -- our own names
    db.close()
    return counts


# Clocks.


async def _burst(store: SqliteLimits, limits: Limits) -> int:
    """How many are let through at once."""
    tickets = itertools.count()
    let_through = 0
    while await store.start("k", limits, f"{next(tickets)}", HELD) == 0.0:
        let_through += 1
    return let_through


@pytest.mark.parametrize("step", [7200.0, -7200.0, 86400.0 * 365, -1e9])
async def test_setting_the_clock_changes_nothing(file: Path, monkeypatch: pytest.MonkeyPatch, step: float) -> None:
    """By the system's own clocks: no second burst after a step, and none when it is set right again."""
    limits = Limits(rates=[RateLimit(10, 3600.0)])
    async with SqliteLimits(file) as store:
        assert await _burst(store, limits) == 10
        assert await store.start("one", ONE_AT_A_TIME, "a", HELD) == 0.0
        store.pause("paused", 60.0)
        unix = time_module.time
        monkeypatch.setattr(time_module, "time", lambda: unix() + step)
        for _ in range(2):
            assert await _burst(store, limits) == 0
            assert 3500.0 < await store.start("k", limits, "again", HELD) <= 3600.0
            assert 0 < await store.start("one", ONE_AT_A_TIME, "b", HELD) < 1.0
            assert 50.0 < await store.start("paused", Limits(), "a", HELD) <= 60.0
            monkeypatch.undo()
        async with SqliteLimits(file, time=lambda: 0.0) as other:  # as versions before were told the time
            assert await _burst(other, limits) == 0


async def test_after_a_restart_of_the_machine_all_goes_on_to_count(file: Path, time: Time) -> None:
    limits = Limits(rates=[RateLimit(3, 3600.0)], concurrency=2)
    async with SqliteLimits(file, since_boot=time) as store:
        assert await _burst(store, Limits(rates=[RateLimit(3, 3600.0)])) == 3
        store.pause("k", 100.0)
        await store.quota("k", limits)  # what was told before is done
        time.now += 20.0
        await store.quota("k", limits)
    for uptime in (5.0, 1.0):  # two restarts, each after a moment
        time.now = uptime
        async with SqliteLimits(file, since_boot=time) as store:
            quota = await store.quota("k", limits)
            assert (quota.rates[0].left, quota.rates[0].whole_in, quota.under_way) == (0, 3580.0, 3)
            assert quota.held_back == 3580.0
            assert await store.start("k", Limits(), "x", HELD) == 80.0  # the rest of the pause
    time.now += 3580.0
    async with SqliteLimits(file, since_boot=time) as store:
        assert await _burst(store, limits) == 2


async def test_a_restart_that_is_noticed_late_lets_nothing_through_early(file: Path, time: Time) -> None:
    """The machine runs for longer than before when it is asked for the first time: that long at least has passed."""
    limits = Limits(rates=[RateLimit(3, 3600.0)])
    time.now = 100.0
    async with SqliteLimits(file, since_boot=time) as store:
        assert await _burst(store, limits) == 3
    time.now = 500.0
    async with SqliteLimits(file, since_boot=time) as store:
        assert await store.start("k", limits, "a", HELD) == 3200.0


BEFORE = """
CREATE TABLE credentials (
    key TEXT PRIMARY KEY, seen REAL NOT NULL, paused_until REAL NOT NULL, longest REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE starts (key TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX starts_in_order ON starts (key, at);
CREATE TABLE leases (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL, ticket TEXT NOT NULL, held INTEGER NOT NULL, until REAL NOT NULL,
    UNIQUE (key, ticket));
INSERT INTO credentials VALUES ('k', 1800000000.0, 1800000007.0, 3600.0), ('free', 1800000000.0, 0.0, 0.0);
INSERT INTO starts VALUES ('k', 1799999990.0), ('k', 1799999000.0), ('k', 1800000000.0);
INSERT INTO leases VALUES (1, 'k', 'a', 1, 1800000020.0), (2, 'k', 'b', 0, 1800000001.0);
"""


async def test_a_file_of_a_version_that_went_by_the_unix_time_goes_on_to_count(file: Path, time: Time) -> None:
    def write() -> None:
        with contextlib.closing(sqlite3.connect(file)) as db:
            db.executescript(BEFORE)

    await asyncio.to_thread(write)
    async with SqliteLimits(file, since_boot=time) as store:
        quota = await store.quota("k", Limits(rates=[RateLimit(3, 3600.0)]))
        assert (quota.rates[0].left, quota.rates[0].whole_in, quota.under_way) == (0, 3600.0, 1)
        assert quota.held_back == 2600.0
        assert await store.start("k", Limits(), "x", HELD) == 7.0
        time.now += 7.0
        assert await store.start("k", ONE_AT_A_TIME, "b", HELD) > 0
        time.now += 13.0
        assert await store.start("k", ONE_AT_A_TIME, "b", HELD) == 0.0
        assert await store.start("free", Limits(), "x", HELD) == 0.0
        await asyncio.to_thread(write)  # one of those versions came once more
    async with SqliteLimits(file, since_boot=time) as store:
        quota = await store.quota("k", Limits(rates=[RateLimit(10, 3600.0)]))
        assert quota.rates[0].left == 10 - 7


# A turnstile in front of the store.


@pytest.fixture
def locked(file: Path) -> Iterator[sqlite3.Connection]:
    """Another process has the write lock until `rollback`."""
    sqlite_limits._open(str(file), lambda: NOW).close()
    db = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    db.execute("BEGIN IMMEDIATE")
    yield db
    db.close()


async def test_a_pause_begins_when_it_is_told_however_long_the_file_is_locked(
    file: Path, time: Time, locked: sqlite3.Connection
) -> None:
    async with SqliteLimits(file, since_boot=time) as store:
        store.pause("k", 30.0)
        time.now += 20.0
        await asyncio.to_thread(locked.rollback)
        assert await store.start("k", Limits(), "a", HELD) == 10.0


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
        turnstile = Turnstile(ONE_AT_A_TIME, Stuck(), "", gate, shared=SharedLimits(store, "k", ONE_AT_A_TIME, Errands()))
        task = asyncio.create_task(turnstile.enter())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.to_thread(locked.rollback)
        await asyncio.wait([task])
        assert task.cancelled()
        assert (gate.in_use, turnstile._inside) == (0, [])
        for _ in range(2):
            async with asyncio.timeout(5):
                assert await turnstile.enter() == 0.0
            turnstile.leave()
        async with SqliteLimits(file) as other:
            await store.quota("k", Limits())  # what was told before is done
            assert await other.start("k", ONE_AT_A_TIME, "a", HELD) == 0.0


async def test_the_shortest_lease_is_given_back_first(file: Path, time: Time) -> None:
    """A request without a timeout must not lose its lease to one that ended sooner."""
    limits = Limits(concurrency=2)
    async with SqliteLimits(file, since_boot=time) as store:
        shared = SharedLimits(store, "k", limits, Errands())
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


def _make_table(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE accounts (name)")


async def test_a_file_that_cannot_be_used(tmp_path: Path, file: Path, caplog: pytest.LogCaptureFixture) -> None:
    garbage = tmp_path / "garbage"
    await asyncio.to_thread(garbage.write_bytes, b"no database" * 1000)
    of_others = tmp_path / "others.db"
    await asyncio.to_thread(_make_table, of_others)
    for path in (tmp_path / "missing" / "limits.db", garbage, of_others):
        async with SqliteLimits(path) as store:
            with pytest.raises(ConfigurationError, match="a SqliteLimits needs a file of its own on a local disk"):
                await store.start("k", Limits(), "a", HELD)
            store.pause("k", 1.0)
    assert len([record for record in caplog.records if "limits cannot be kept" in record.getMessage()]) == 3
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
        for _ in range(2):
            with pytest.raises(
                LimitStoreError, match=r"limits in .* cannot be asked for now: database is locked; nothing was sent"
            ):
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
