"""Limits that the processes of one machine keep together, in an SQLite file.

SQLite only keeps: `_done` reads from an open transaction what the rule asks about, `LimitAccount` decides, and what became of
it is written. The rest hands that to one thread, because SQLite blocks. The file holds digests of credentials, times, and
tickets that mean nothing elsewhere. Times are seconds since the machine started: no setting of its clock moves them.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import os
import sqlite3
import time as time_module
import weakref
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeAlias, TypeVar

from aioconvo.core.access import settings
from aioconvo.core.errors import ConfigurationError, LimitStoreError, PoolClosedError
from aioconvo.core.log import logger

from .rule import LimitAccount, Limits, Quota

__all__ = ["SqliteLimits"]

T = TypeVar("T")

_log = logger("limits")
# Seconds; who holds the lock needs it for less than a millisecond. Calls that have more patience ask again.
_LOCK_PATIENCE = 2.0
_TABLES = (
    # `seen`: when the key was last asked for. `longest` and `most`: how far back the rule asks. `first` and `next`: the
    # numbers of the oldest start that is kept, and of the next one.
    """CREATE TABLE IF NOT EXISTS accounts (
        key TEXT PRIMARY KEY, seen REAL NOT NULL, paused_until REAL NOT NULL, longest REAL NOT NULL, most INTEGER NOT NULL,
        first INTEGER NOT NULL, next INTEGER NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS started (
        key TEXT NOT NULL, number INTEGER NOT NULL, at REAL NOT NULL, PRIMARY KEY (key, number)) WITHOUT ROWID""",
    # Requests under way (`held`), and those that wait for that; `number` is the order they asked in.
    """CREATE TABLE IF NOT EXISTS tickets (
        number INTEGER PRIMARY KEY, key TEXT NOT NULL, ticket TEXT NOT NULL, held INTEGER NOT NULL, until REAL NOT NULL,
        UNIQUE (key, ticket))""",
)
_KEEP_TICKET = """INSERT INTO tickets (key, ticket, held, until) VALUES (?, ?, ?, ?)
    ON CONFLICT (key, ticket) DO UPDATE SET held = excluded.held, until = excluded.until"""
_TICKETS = "SELECT ticket, held, until FROM tickets WHERE key = ? ORDER BY number"
_TICKET = "SELECT ticket, held, until FROM tickets WHERE key = ? AND ticket = ?"
_FORGET = """DELETE FROM accounts
    WHERE max(seen + longest, paused_until) <= ? AND key NOT IN (SELECT key FROM tickets)"""
# What SQLite says where the file cannot be used at all; everything else may be over at the next try.
_UNUSABLE = frozenset(
    {
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_ERROR,  # its tables are not ours
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)


def _since_boot() -> float:
    """Seconds since the machine started, the same in all its processes; suspended time counts where the system tells it."""
    clock = getattr(time_module, "CLOCK_BOOTTIME", None)
    return time_module.monotonic() if clock is None else time_module.clock_gettime(clock)


class SqliteLimits:
    """Keeps limits for every process of one machine that names the same file: `SessionPool(limit_store=SqliteLimits(path))`.

    Starts, requests under way and the pauses after a 429 then count for all of them. A process that is killed holds nothing
    for longer than its requests' timeout. Setting the machine's clock changes nothing; after a restart of the machine all that
    was counted goes on to count as if no time had passed while it was off. The file is opened at the first request and closed
    with `aclose`, `async with` or the program; it may be deleted while nobody uses it.

    Args:
        path: A file on a local disk, made when it is missing; network file systems do not lock well enough.
        time: No longer used: the time since boot is what counts.
        since_boot: Where the seconds since the machine started come from; for tests.

    Raises:
        ConfigurationError: From a call, before it sends: the file cannot be used.
        LimitStoreError: From a call, before it sends: the file was locked, or its disk full, for as long as the call may wait.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        time: Callable[[], float] | None = None,  # noqa: ARG002 -- of versions before, which went by the Unix time
        since_boot: Callable[[], float] = _since_boot,
    ) -> None:
        settings.kind("path", path, (str, os.PathLike), "the path of a file")
        settings.plain_function("since_boot", since_boot)
        self._path = os.fspath(path)
        if self._path in {"", ":memory:"}:
            raise ConfigurationError("SqliteLimits needs the path of a file, which is what the processes share")
        self._since_boot = since_boot
        self._closed = False
        self._file = self._new_file()

    def _new_file(self) -> _File:
        file = _File(self._path, self._since_boot)
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
        # Without a limit of concurrency, the rule asks about no other tickets.
        asked_about = ticket if limits.concurrency is None else None
        return await self._ask(key, asked_about, lambda now, account: account.ask(now, limits, ticket, lease))

    async def quota(self, key: str, limits: Limits) -> Quota:
        """See `LimitStore`."""
        return await self._ask(key, None, lambda now, account: account.quota(now, limits))

    def end(self, key: str, ticket: str) -> None:
        """See `LimitStore`."""
        self._tell(key, ticket, lambda _now, account: account.end(ticket))

    def pause(self, key: str, seconds: float) -> None:
        """See `LimitStore`."""
        until = self._since_boot() + seconds  # from now, however long the file is locked
        self._tell(key, "", lambda _now, account: account.pause(until))

    async def _ask(self, key: str, ticket: str | None, work: _Work[T]) -> T:
        answer: Future[T] = Future()
        self._open_file().take(_Errand(key, ticket, work, answer))
        return await asyncio.wrap_future(answer)

    def _tell(self, key: str, ticket: str, work: _Work[None]) -> None:
        try:
            self._open_file().take(_Errand(key, ticket, work, None))
        except PoolClosedError as error:
            _log.warning("%s", error)

    def _open_file(self) -> _File:
        if self._closed:
            raise PoolClosedError("this SqliteLimits is closed; close it after the pools that use it")
        if self._file.inherited:
            self._at_end()
            self._file = self._new_file()
        return self._file

    def __repr__(self) -> str:
        return f"<SqliteLimits {self._path}>"


_Work: TypeAlias = Callable[[float, LimitAccount], T]


class _Errand(NamedTuple):
    """Work on the account of a key, of which it needs `ticket` only, or all (`None`); where nobody waits there is no answer."""

    key: str
    ticket: str | None
    work: _Work[Any]
    answer: Future[Any] | None


class _File:
    """The open file, and the one thread that reads and writes it."""

    def __init__(self, path: str, since_boot: Callable[[], float]) -> None:
        self._process = os.getpid()
        self._path = path
        self._since_boot = since_boot
        self._thread = ThreadPoolExecutor(1, "aioconvo limits")
        self._db: sqlite3.Connection | None = None
        self._errands: deque[_Errand] = deque()

    @property
    def inherited(self) -> bool:
        """Whether a parent process opened it: neither threads nor SQLite's connections work on in a forked child."""
        return self._process != os.getpid()

    def take(self, errand: _Errand) -> None:
        """Do it in the thread, after all that was taken before, with all that waits there in one transaction."""
        self._errands.append(errand)
        self._thread.submit(self._run)

    def close(self) -> Future[None] | None:
        """Close the file after all that was taken before; `None` where nothing is left to wait for."""
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
        self._run()
        if self._db is not None:
            self._db.close()

    def _run(self) -> None:
        errands: list[_Errand] = []
        while self._errands:
            errand = self._errands.popleft()
            if errand.answer is None or errand.answer.set_running_or_notify_cancel():
                errands.append(errand)
        if not errands:
            return
        try:
            with self._transaction() as (db, now):
                answers = [_done(db, now, *errand[:3]) for errand in errands]
        except BaseException as error:  # noqa: BLE001 -- whoever waits is told
            self._failed(errands, error)
        else:
            for errand, answer in zip(errands, answers, strict=True):
                if errand.answer is not None:
                    errand.answer.set_result(answer)

    def _failed(self, errands: Sequence[_Errand], error: BaseException) -> None:
        told = [errand for errand in errands if errand.answer is None]
        if told:
            _log.warning("%s", error)
        if isinstance(error, LimitStoreError):  # what was told must not be lost: it goes with the next that comes
            self._errands.extendleft(reversed(told))
        for errand in errands:
            if errand.answer is not None:
                own = copy.copy(error)  # each who waits raises its own
                own.__cause__ = error.__cause__
                errand.answer.set_exception(own)

    @contextlib.contextmanager
    def _transaction(self) -> Generator[tuple[sqlite3.Connection, float]]:
        try:
            if self._db is None:
                self._db = _open(self._path, self._since_boot)
            self._db.execute("BEGIN IMMEDIATE")
            with self._db:
                # The time is read behind the lock, so that it does not go back from one transaction to the next.
                yield self._db, self._since_boot()
        except sqlite3.Error as error:
            raise _meant(self._path, error) from error


_INHERITED: list[_File] = []  # kept, because what nobody has any more is closed: that is for the parent to do


def _meant(path: str, error: sqlite3.Error) -> ConfigurationError | LimitStoreError:
    code = getattr(error, "sqlite_errorcode", None)  # the standard library's own misuse has none
    if code is None or code & 0xFF in _UNUSABLE:
        fix = "a SqliteLimits needs a file of its own on a local disk, in a directory that can be written"
        return ConfigurationError(f"limits cannot be kept in {path}: {error}; {fix}")
    return LimitStoreError(f"limits in {path} cannot be asked for now: {error}; nothing was sent")


def _open(path: str, since_boot: Callable[[], float]) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_LOCK_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        _write_ahead(db)
        db.execute("PRAGMA synchronous = NORMAL")  # with a write-ahead log: whole after a crash, and no wait for the disk
        db.execute("BEGIN IMMEDIATE")
        with db:
            for statement in _TABLES:
                db.execute(statement)
            now = since_boot()
            _take_over(db, now)
            _forget(db, now)
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


# What is kept, inside a transaction at `now` seconds since boot.


class _Starts:
    """The starts of one key, as `Starts`."""

    def __init__(self, db: sqlite3.Connection, key: str, first: int, after: int) -> None:
        self._db = db
        self._key = key
        self.first = first
        self.after = after

    def __len__(self) -> int:
        return self.after - self.first

    def __getitem__(self, index: int) -> float:
        number = index + (self.first if index >= 0 else self.after)
        at: float = self._db.execute("SELECT at FROM started WHERE key = ? AND number = ?", (self._key, number)).fetchone()[0]
        return at

    def __reversed__(self) -> Iterator[float]:
        for (at,) in self._db.execute("SELECT at FROM started WHERE key = ? ORDER BY number DESC", (self._key,)):
            yield at

    def append(self, at: float) -> None:
        """One more."""
        self._db.execute("INSERT INTO started VALUES (?, ?, ?)", (self._key, self.after, at))
        self.after += 1

    def popleft(self) -> None:
        """Forget the oldest."""
        self._db.execute("DELETE FROM started WHERE key = ? AND number = ?", (self._key, self.first))
        self.first += 1


class _Row(NamedTuple):
    """What is kept of an account beside its starts and tickets."""

    key: str
    seen: float
    paused_until: float
    longest: float
    most: int
    first: int
    next: int


def _done(db: sqlite3.Connection, now: float, key: str, ticket: str | None, work: _Work[T]) -> T:
    """Read the account of a key, with one of its tickets or with all; let `work` decide; keep what became of it."""
    row = _row(db, now, key)
    starts = _Starts(db, key, row.first, row.next)
    known = _tickets(db, key, ticket)
    account = LimitAccount(
        starts,
        {name: until for name, (held, until) in known.items() if held},
        {name: until for name, (held, until) in known.items() if not held},
    )
    account.paused_until, account.longest, account.most = row.paused_until, row.longest, row.most
    answer = work(now, account)
    _keep_tickets(db, key, known, account)
    _keep_row(db, _Row(key, now, account.paused_until, account.longest, account.most, starts.first, starts.after))
    return answer


def _row(db: sqlite3.Connection, now: float, key: str) -> _Row:
    found = db.execute("SELECT * FROM accounts WHERE key = ?", (key,)).fetchone()
    if found is None:
        new = LimitAccount()
        return _Row(key, now, new.paused_until, new.longest, new.most, 0, 0)
    row = _Row(*found)
    if row.seen <= now:
        return row
    # The machine was started anew: go on counting as if no time had passed since the key was last asked for.
    by = row.seen - now
    db.execute("UPDATE started SET at = at - ? WHERE key = ?", (by, key))
    db.execute("UPDATE tickets SET until = until - ? WHERE key = ?", (by, key))
    return row._replace(seen=now, paused_until=row.paused_until - by)


def _keep_row(db: sqlite3.Connection, row: _Row) -> None:
    db.execute("INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def _tickets(db: sqlite3.Connection, key: str, ticket: str | None) -> dict[str, tuple[bool, float]]:
    """Whether each ticket is held, and until when, in the order they were asked for."""
    rows = db.execute(_TICKETS, (key,)) if ticket is None else db.execute(_TICKET, (key, ticket))
    return {name: (bool(held), until) for name, held, until in rows}


def _keep_tickets(db: sqlite3.Connection, key: str, known: Mapping[str, tuple[bool, float]], account: LimitAccount) -> None:
    left = {ticket: (False, until) for ticket, until in account.waiting.items()}
    left |= {ticket: (True, until) for ticket, until in account.held.items()}
    for ticket in known.keys() - left.keys():
        db.execute("DELETE FROM tickets WHERE key = ? AND ticket = ?", (key, ticket))
    for ticket, (held, until) in left.items():
        if known.get(ticket) != (held, until):
            db.execute(_KEEP_TICKET, (key, ticket, held, until))


def _forget(db: sqlite3.Connection, now: float) -> None:
    """Let go of what is over."""
    db.execute("DELETE FROM tickets WHERE until <= ?", (now,))
    db.execute(_FORGET, (now,))
    db.execute("DELETE FROM started WHERE key NOT IN (SELECT key FROM accounts)")


def _take_over(db: sqlite3.Connection, now: float) -> None:
    """Take what a version counted that went by the Unix time, as if none had passed since; it finds its tables no more."""
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'credentials'").fetchone() is None:
        return
    for key, seen, paused_until, longest in db.execute("SELECT key, seen, paused_until, longest FROM credentials").fetchall():
        by, row = seen - now, _row(db, now, key)
        both = "SELECT at - ? FROM starts WHERE key = ? UNION ALL SELECT at FROM started WHERE key = ?"
        times = sorted(at for (at,) in db.execute(both, (by, key, key)))
        db.execute("DELETE FROM started WHERE key = ?", (key,))
        db.executemany("INSERT INTO started VALUES (?, ?, ?)", [(key, number, at) for number, at in enumerate(times)])
        for ticket, held, until in db.execute("SELECT ticket, held, until FROM leases WHERE key = ? ORDER BY number", (key,)):
            db.execute(_KEEP_TICKET, (key, ticket, held, until - by))
        reach = {"longest": max(row.longest, longest), "most": max(row.most, len(times)), "first": 0, "next": len(times)}
        _keep_row(db, row._replace(paused_until=max(row.paused_until, paused_until - by), **reach))
    for table in ("credentials", "starts", "leases"):
        db.execute(f"DROP TABLE {table}")
