"""Limits that the processes of one machine keep together, in an SQLite file.

What is decided stands in `_start`, `_end` and `_pause`: functions over an open transaction and the time. The rest hands them
to one thread, because SQLite blocks. The file holds digests of credentials, times, and tickets that mean nothing elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time as time_module
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeAlias, TypeVar

from .errors import ConfigurationError, PoolClosedError
from .limits import Limits
from .log import logger

__all__ = ["SqliteLimits"]

T = TypeVar("T")

_log = logger("limits")
_LOCK_PATIENCE = 10.0  # seconds; who holds the lock needs it for less than a millisecond
_LEASE_POLL = 0.025  # seconds between two looks whether a request of another process has ended
_PLACE_KEPT = 1.0  # seconds that a place in the queue is kept for who does not ask again
_TABLES = (
    # `seen`: when the key was last asked for; `longest`: the longest window, in seconds, anyone asks about.
    """CREATE TABLE IF NOT EXISTS credentials (
        key TEXT PRIMARY KEY, seen REAL NOT NULL, paused_until REAL NOT NULL, longest REAL NOT NULL) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS starts (key TEXT NOT NULL, at REAL NOT NULL)",
    "CREATE INDEX IF NOT EXISTS starts_in_order ON starts (key, at)",
    # Requests under way (`held`), and those that wait for that; `number` is the order they asked in.
    """CREATE TABLE IF NOT EXISTS leases (
        number INTEGER PRIMARY KEY, key TEXT NOT NULL, ticket TEXT NOT NULL, held INTEGER NOT NULL, until REAL NOT NULL,
        UNIQUE (key, ticket))""",
)
_FORGET = (
    "DELETE FROM credentials WHERE max(seen + longest, paused_until) <= :now",
    "DELETE FROM starts WHERE key NOT IN (SELECT key FROM credentials)",
    "DELETE FROM leases WHERE until <= :now",
)
_AHEAD = """SELECT count(*) FROM leases AS own JOIN leases AS other ON other.key = own.key AND other.number <> own.number
    WHERE own.key = ? AND own.ticket = ? AND (other.held OR other.number < own.number)"""


class SqliteLimits:
    """Keeps limits for every process of one machine that names the same file: `SessionPool(limit_store=SqliteLimits(path))`.

    Starts, requests under way and the pauses after a 429 then count for all of them. A process that is killed holds nothing
    for longer than its requests' timeout. A request costs less than a millisecond more. The file is opened at the first request
    and closed with `aclose`, `async with` or the program; it may be deleted while nobody uses it.

    Args:
        path: A file on a local disk, made when it is missing; network file systems do not lock well enough.
        time: Where the Unix time comes from; for tests.

    Raises:
        ConfigurationError: From a call, before it sends: the file cannot be used.
    """

    def __init__(self, path: str | os.PathLike[str], *, time: Callable[[], float] = time_module.time) -> None:
        self._path = os.fspath(path)
        if self._path in {"", ":memory:"}:
            raise ConfigurationError("SqliteLimits needs the path of a file, which is what the processes share")
        self._time = time
        self._closed = False
        self._file = self._new_file()

    def _new_file(self) -> _File:
        file = _File(self._path, self._time)
        self._at_end = weakref.finalize(self, file.close)
        return file

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the file, after the pools that use it; calling it again does nothing."""
        self._closed = True
        closing = self._at_end()
        if closing is not None:
            await asyncio.wrap_future(closing)

    async def start(self, key: str, limits: Limits, ticket: str, lease: float) -> float:
        """See `LimitStore`."""
        return await asyncio.wrap_future(self._submit(lambda db, now: _start(db, now, key, limits, ticket=ticket, lease=lease)))

    def end(self, key: str, ticket: str) -> None:
        """See `LimitStore`."""
        self._tell(lambda db, _now: _end(db, key, ticket))

    def pause(self, key: str, seconds: float) -> None:
        """See `LimitStore`."""
        self._tell(lambda db, now: _pause(db, now, key, seconds))

    def _submit(self, work: _Work[T]) -> Future[T]:
        if self._closed:
            raise PoolClosedError("this SqliteLimits is closed; close it after the pools that use it")
        if self._file.inherited:
            self._at_end()
            self._file = self._new_file()
        return self._file.submit(work)

    def _tell(self, work: _Work[None]) -> None:
        try:
            self._submit(work).add_done_callback(_log_failure)
        except PoolClosedError as error:
            _log.warning("%s", error)

    def __repr__(self) -> str:
        return f"<SqliteLimits {self._path}>"


class _File:
    """The open file, and the one thread that reads and writes it."""

    def __init__(self, path: str, time: Callable[[], float]) -> None:
        self._process = os.getpid()
        self._path = path
        self._time = time
        self._thread = ThreadPoolExecutor(1, "aioconvo limits")
        self._db: sqlite3.Connection | None = None

    @property
    def inherited(self) -> bool:
        """Whether a parent process opened it: neither threads nor SQLite's connections work on in a forked child."""
        return self._process != os.getpid()

    def submit(self, work: _Work[T]) -> Future[T]:
        """Do `work` in the thread, in a transaction of its own, after all that was submitted before."""
        return self._thread.submit(self._do, work)

    def close(self) -> Future[None] | None:
        """Close the file after all that was submitted before; `None` where nothing is left to wait for."""
        if self.inherited:
            _INHERITED.append(self)
            return None
        try:
            closing = self._thread.submit(self._close)
        except RuntimeError:  # the program ends, and the thread has ended already
            self._close()
            return None
        self._thread.shutdown(wait=False)
        return closing

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()

    def _do(self, work: _Work[T]) -> T:
        try:
            if self._db is None:
                self._db = _open(self._path, self._time())
            self._db.execute("BEGIN IMMEDIATE")
            with self._db:
                # The time is read behind the lock, so that it does not go back from one transaction to the next.
                return work(self._db, self._time())
        except sqlite3.Error as error:
            fix = "a SqliteLimits needs a file on a local disk, in a directory that can be written"
            raise ConfigurationError(f"limits cannot be kept in {self._path}: {error}; {fix}") from error


_Work: TypeAlias = Callable[[sqlite3.Connection, float], T]
_INHERITED: list[_File] = []  # kept, because what nobody has any more is closed: that is for the parent to do


def _log_failure(done: Future[None]) -> None:
    error = done.exception()
    if error is not None:
        _log.warning("%s", error)


def _open(path: str, now: float) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_LOCK_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        _write_ahead(db)
        db.execute("PRAGMA synchronous = NORMAL")  # with a write-ahead log: whole after a crash, and no wait for the disk
        db.execute("BEGIN IMMEDIATE")
        with db:
            for statement in _TABLES:
                db.execute(statement)
            for statement in _FORGET:
                db.execute(statement, {"now": now})
    except BaseException:
        db.close()
        raise
    return db


def _write_ahead(db: sqlite3.Connection) -> None:
    # SQLite does not wait by itself when two processes change the mode of a new file at once.
    give_up = time_module.monotonic() + _LOCK_PATIENCE
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time_module.monotonic() > give_up:
                raise
            time_module.sleep(0.01)
        else:
            return


# What is decided, inside a transaction at the Unix time `now`.


def _start(db: sqlite3.Connection, now: float, key: str, limits: Limits, *, ticket: str, lease: float) -> float:
    paused_until, longest = _seen(db, now, key, max((rate.seconds for rate in limits.rates), default=0.0))
    db.execute("DELETE FROM starts WHERE key = ? AND at <= ?", (key, now - longest))
    ready = paused_until
    for rate in limits.rates:
        last = "SELECT at FROM starts WHERE key = ? ORDER BY at DESC LIMIT 1 OFFSET ?"
        for (at,) in db.execute(last, (key, rate.calls - 1)):
            ready = max(ready, at + rate.seconds)
    if ready > now:
        return ready - now
    if limits.concurrency is not None and not _take_place(db, now, key, limits.concurrency, ticket=ticket, lease=lease):
        return _LEASE_POLL
    if longest:
        db.execute("INSERT INTO starts VALUES (?, ?)", (key, now))
    return 0.0


def _take_place(db: sqlite3.Connection, now: float, key: str, places: int, *, ticket: str, lease: float) -> bool:
    """Whether the ticket is among the first in the queue; it is put at its end when it is new."""
    db.execute("DELETE FROM leases WHERE key = ? AND until <= ?", (key, now))
    db.execute("INSERT OR IGNORE INTO leases (key, ticket, held, until) VALUES (?, ?, 0, 0)", (key, ticket))
    ahead: int = db.execute(_AHEAD, (key, ticket)).fetchone()[0]
    held = ahead < places
    until = now + (lease if held else _PLACE_KEPT)
    db.execute("UPDATE leases SET held = ?, until = ? WHERE key = ? AND ticket = ?", (held, until, key, ticket))
    return held


def _end(db: sqlite3.Connection, key: str, ticket: str) -> None:
    db.execute("DELETE FROM leases WHERE key = ? AND ticket = ?", (key, ticket))


def _pause(db: sqlite3.Connection, now: float, key: str, seconds: float) -> None:
    _seen(db, now, key, 0.0)
    db.execute("UPDATE credentials SET paused_until = max(paused_until, ?) WHERE key = ?", (now + seconds, key))


def _seen(db: sqlite3.Connection, now: float, key: str, longest: float) -> tuple[float, float]:
    """Note the time and the longest window; until when the key is paused, and the longest window known of it."""
    row = db.execute("SELECT seen, paused_until, longest FROM credentials WHERE key = ?", (key,)).fetchone()
    seen, paused_until, known = row or (now, 0.0, 0.0)
    if seen > now:  # the machine's clock was set back: what was noted goes back with it
        paused_until -= seen - now
        db.execute("UPDATE starts SET at = at - ? WHERE key = ?", (seen - now, key))
        db.execute("UPDATE leases SET until = until - ? WHERE key = ?", (seen - now, key))
    longest = max(longest, known)
    db.execute("INSERT OR REPLACE INTO credentials VALUES (?, ?, ?, ?)", (key, now, paused_until, longest))
    return paused_until, longest
