"""What a bot of one process keeps in an SQLite file. All of it blocks; `sqlite.py` hands it to a thread.

What waits is in memory too, where `Lanes` decides which comes next; the file is what outlives the process. Every method is
called inside a transaction. Where that fails, what is in memory is read anew from the file.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import sqlite3
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from aioconvo.bot.lanes import Lanes, Waiting, once
from aioconvo.core.errors import ConfigurationError, StoreError, StoreFullError
from aioconvo.core.file_lock import Lock

from .store import BRIEFLY, DEAD_KEPT, Again, Claim, Counts, Dead, DeadLetter, Entry, Outcome, Reply, filled_in

__all__ = ["REMEMBERS", "WANTED", "Journal", "is_store", "letters"]

REMEMBERS = 24 * 3600.0  # seconds that the keys of handled events are known
_LANES_KEPT = 30 * 86400.0  # seconds that a lane without a state is known
_PATIENCE = 5.0  # seconds that a write waits for one of `beside.py`, which takes none
_VERSION = 1
_OURS = 0x616962_6F  # "aibo": what says that an SQLite file is a store of events
WANTED = -1
"""The fence of a dead letter that is to be handled again: another process asked for it."""
_STEP = 500  # rows that are deleted in one transaction
_FIX = "a SqliteStore needs a file of its own on a local disk, in a directory that can be written"
_TABLES = (
    # `placed`, `due`, `attempt`: where it stands now (`Waiting`). `wanted`: when it was due at first. `fence`: of the claim
    # that it is handled by, or `WANTED`. `died_at`, `reason`: only of dead letters.
    """CREATE TABLE events (
        sequence INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, provider TEXT NOT NULL, account TEXT NOT NULL,
        lanes TEXT NOT NULL, raw BLOB NOT NULL, accepted_at REAL NOT NULL, wanted REAL NOT NULL, occurred_at REAL,
        brief INTEGER NOT NULL, placed REAL NOT NULL, due REAL NOT NULL, attempt INTEGER NOT NULL DEFAULT 0,
        fence INTEGER NOT NULL DEFAULT 0, late INTEGER NOT NULL DEFAULT 0, died_at REAL, reason TEXT)""",
    "CREATE INDEX dead ON events (died_at) WHERE died_at IS NOT NULL",
    # `until`: only of those that are handled.
    "CREATE TABLE keys (key TEXT PRIMARY KEY, until REAL) WITHOUT ROWID",
    "CREATE INDEX known ON keys (until) WHERE until IS NOT NULL",
    # `seen`: when its last event was accepted; `latest`: when the last of those occurred that were handled.
    "CREATE TABLE lanes (lane TEXT PRIMARY KEY, seen REAL NOT NULL, latest REAL, state BLOB) WITHOUT ROWID",
    "CREATE INDEX stateless ON lanes (seen) WHERE state IS NULL",
    """CREATE TABLE outbox (
        key TEXT NOT NULL, number INTEGER NOT NULL, begun_at REAL NOT NULL, message_id TEXT,
        PRIMARY KEY (key, number)) WITHOUT ROWID""",
    "CREATE TABLE positions (name TEXT PRIMARY KEY, position TEXT NOT NULL) WITHOUT ROWID",
)
_ENTRY = "key, provider, account, lanes, raw, accepted_at, wanted, occurred_at, brief"
_ACCEPT = f"INSERT INTO events ({_ENTRY}, sequence, placed, due) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 -- its own names
_LIVING = f"SELECT {_ENTRY}, sequence, placed, due, attempt, fence FROM events WHERE died_at IS NULL ORDER BY sequence"  # noqa: S608
_DEAD = f"SELECT {_ENTRY}, sequence, attempt, late, reason, died_at FROM events WHERE died_at IS NOT NULL"  # noqa: S608
_WANTED = f"SELECT key FROM events WHERE died_at IS NOT NULL AND fence = {WANTED} ORDER BY died_at, sequence"  # noqa: S608
_HANDLED = """INSERT INTO lanes VALUES (?, ?, ?, ?) ON CONFLICT (lane) DO UPDATE SET seen = max(seen, excluded.seen),
    latest = coalesce(max(latest, excluded.latest), latest, excluded.latest), state = coalesce(excluded.state, state)"""
_PRUNED = (
    ("DELETE FROM keys WHERE key IN (SELECT key FROM keys WHERE until <= ? LIMIT ?)", 0.0),
    ("DELETE FROM lanes WHERE lane IN (SELECT lane FROM lanes WHERE state IS NULL AND seen <= ? LIMIT ?)", _LANES_KEPT),
)


class Journal:
    """An open file, and what waits in it.

    Raises:
        ConfigurationError: Another process has the file, or it is not a store of events, or one of a later version.
    """

    def __init__(self, path: str, max_waiting: int, max_waiting_in_lane: int) -> None:
        self._bounds = (max_waiting, max_waiting_in_lane)
        self._fences = itertools.count(1)
        self._lock = _locked(path)
        try:
            self._db = _open(path)
            try:
                self._db.execute("UPDATE events SET fence = 0 WHERE fence > 0")  # whoever claimed them is gone
                self._load()
            except BaseException:
                self._db.close()
                raise
        except BaseException:
            self._lock.release()
            raise

    def _load(self) -> None:
        self._stale = True
        self._looked_at: int | None = None  # the version of the file in which nobody asked for a dead letter
        self.lanes = Lanes[Entry](*self._bounds, self._fences)
        last = self._db.execute("SELECT max(sequence) FROM events").fetchone()[0] or 0
        self._sequences = itertools.count(last + 1)
        for *columns, sequence, placed, due, attempt, fence in self._db.execute(_LIVING):
            entry = _entry(columns)
            self.lanes.put(Waiting(entry, once(entry.lanes), sequence, placed, due, attempt, fence))
        self._stale = False

    @contextlib.contextmanager
    def transaction(self) -> Generator[None]:
        """All or nothing, on the disk at its end.

        Raises:
            StoreError: The file cannot be written; what was done in it is undone.
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
            with self._db:
                if self._stale:
                    self._load()
                yield
        except BaseException as error:
            self._stale = True
            if isinstance(error, sqlite3.Error):
                raise StoreError(f"the store cannot be written: {error}") from error
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()
        self._lock.release()

    # What is accepted.

    def accept(self, entries: Sequence[Entry], now: float) -> int:
        """See `Store.accept`."""
        new: dict[str, Entry] = {}
        for entry in entries:
            if not self._known(entry.key, now):
                new.setdefault(entry.key, entry)
        self._make_room(list(new.values()))
        for entry in new.values():
            self._add(entry)
        return len(new)

    def _known(self, key: str, now: float) -> bool:
        found = self._db.execute("SELECT until FROM keys WHERE key = ?", (key,)).fetchone()
        return found is not None and (found[0] is None or found[0] > now)

    def _make_room(self, entries: Sequence[Entry]) -> None:
        full = self.lanes.full(entries) if entries else None
        if full is not None:
            raise StoreFullError(full)

    def _add(self, entry: Entry) -> None:
        event = self.lanes.add(entry, next(self._sequences))
        self._db.execute("INSERT OR REPLACE INTO keys VALUES (?, NULL)", (entry.key,))
        columns = (entry.key, entry.provider, entry.account, _json(entry.lanes), entry.raw)
        times = (entry.accepted_at, entry.due, entry.occurred_at, entry.brief, event.sequence, event.order, event.due)
        self._db.execute(_ACCEPT, (*columns, *times))

    # What is handled.

    def claim(self, most: int, now: float) -> list[Claim]:
        """See `Store.claim`. Dead letters that another process wants to be handled again are so from here on."""
        (version,) = self._db.execute("PRAGMA data_version").fetchone()  # another one when others wrote
        if version != self._looked_at:
            self._looked_at = version if self._replay_wanted(now) else None
        return [self._claim(event) for event in self.lanes.claim(most, now)]

    def _claim(self, event: Waiting[Entry]) -> Claim:
        entry = event.entry
        states = {lane: self._lane(lane) for lane in event.lanes}
        latest = max((latest for latest, _ in states.values() if latest is not None), default=None)
        entry = filled_in(entry, event.sequence, event.attempt, latest)
        self._db.execute(
            "UPDATE events SET placed = ?, attempt = ?, fence = ?, late = ? WHERE sequence = ?",
            (event.order, event.attempt, event.fence, entry.late, event.sequence),
        )
        replies = self._db.execute(
            "SELECT number, begun_at, message_id FROM outbox WHERE key = ? ORDER BY number", (entry.key,)
        )
        return Claim(
            entry=entry,
            fence=event.fence,
            state=states[event.lanes[0]][1],
            replies=tuple(Reply(number=number, begun_at=at, message_id=sent) for number, at, sent in replies),
        )

    def _lane(self, lane: str) -> tuple[float | None, bytes | None]:
        """When the last one handled occurred, and the state."""
        found: tuple[float | None, bytes | None] | None = self._db.execute(
            "SELECT latest, state FROM lanes WHERE lane = ?", (lane,)
        ).fetchone()
        return found or (None, None)

    def finish(self, claim: Claim, outcome: Outcome, now: float) -> bool:
        """See `Store.finish`."""
        event = self.lanes.claimed(claim.entry.key, claim.fence)
        if event is None:
            return False
        if isinstance(outcome, Again):
            self.lanes.again(event, outcome.due, counts=outcome.counts)
            again = "UPDATE events SET due = ?, attempt = ?, fence = 0 WHERE sequence = ?"
            self._db.execute(again, (event.due, event.attempt, event.sequence))
            return True
        self.lanes.remove(event)
        entry = event.entry
        for lane in event.lanes:
            state = getattr(outcome, "state", None) if lane == event.lanes[0] else None
            self._db.execute(_HANDLED, (lane, entry.accepted_at, entry.occurred_at, state))
        if isinstance(outcome, Dead):
            bury = "UPDATE events SET fence = 0, died_at = ?, reason = ? WHERE sequence = ?"
            self._db.execute(bury, (now, outcome.reason, event.sequence))
        else:
            self._drop(entry, now)
        return True

    def _drop(self, entry: Entry, now: float) -> None:
        """Keep nothing of an event but its key, and that for some time only."""
        self._db.execute("DELETE FROM events WHERE key = ?", (entry.key,))
        self._db.execute("DELETE FROM outbox WHERE key = ?", (entry.key,))
        known = now + (BRIEFLY if entry.brief else REMEMBERS)
        self._db.execute("UPDATE keys SET until = ? WHERE key = ?", (known, entry.key))

    def run_out(self, claims: Sequence[Claim]) -> list[Claim]:
        """See `Store.renew`."""
        return [claim for claim in claims if self.lanes.claimed(claim.entry.key, claim.fence) is None]

    def begin_reply(self, claim: Claim, number: int, now: float) -> bool:
        """See `Store.begin_reply`."""
        if self.lanes.claimed(claim.entry.key, claim.fence) is None:
            return False
        begun = "INSERT INTO outbox VALUES (?, ?, ?, NULL) ON CONFLICT (key, number) DO UPDATE SET begun_at = excluded.begun_at"
        self._db.execute(begun, (claim.entry.key, number, now))
        return True

    def end_reply(self, claim: Claim, number: int, message_id: str | None, now: float) -> None:
        """See `Store.end_reply`."""
        key = claim.entry.key
        if key not in self.lanes.waiting:
            return
        if message_id is None:
            self._db.execute("DELETE FROM outbox WHERE key = ? AND number = ?", (key, number))
            return
        sent = """INSERT INTO outbox VALUES (?, ?, ?, ?)
            ON CONFLICT (key, number) DO UPDATE SET message_id = excluded.message_id"""
        self._db.execute(sent, (key, number, now, message_id))

    # Where sources stand, and what was seen.

    def position(self, name: str) -> str | None:
        """See `Store.position`."""
        found = self._db.execute("SELECT position FROM positions WHERE name = ?", (name,)).fetchone()
        return None if found is None else found[0]

    def keep_position(self, name: str, position: str) -> None:
        """See `Store.keep_position`."""
        self._db.execute("INSERT OR REPLACE INTO positions VALUES (?, ?)", (name, position))

    def seen(self, account: str, since: float, after: str, most: int) -> list[str]:
        """Up to `most` lanes of an account with an event handled since, in their order from `after` on."""
        some = "SELECT lane FROM lanes WHERE lane > ? AND lane < ? AND seen > ? ORDER BY lane LIMIT ?"
        return [lane for (lane,) in self._db.execute(some, (max(after, f"{account}:"), f"{account};", since, most))]

    def waiting(self, account: str, since: float) -> set[str]:
        """The lanes of an account with an event that came since and is not handled yet."""
        events = [event for event in self.lanes.waiting.values() if event.entry.accepted_at > since]
        return {lane for event in events for lane in event.lanes if lane.startswith(f"{account}:")}

    def counts(self) -> Counts:
        """See `Store.counts`."""
        lanes = self.lanes
        return Counts(
            waiting=len(lanes.waiting) - lanes.running,
            running=lanes.running,
            dead=self._db.execute("SELECT count(*) FROM events WHERE died_at IS NOT NULL AND fence = 0").fetchone()[0],
            lanes=len(lanes.lines),
            oldest=lanes.oldest(),
        )

    # Dead letters, and what is forgotten.

    def dead(self, most: int) -> list[DeadLetter]:
        """See `Store.dead`."""
        return letters(self._db, most)

    def replay(self, key: str, now: float) -> bool:
        """See `Store.replay`."""
        row = self._db.execute(f"{_DEAD} AND key = ?", (key,)).fetchone()
        if row is None:
            return False
        entry = msgspec.structs.replace(_letter(row).entry, accepted_at=now, due=now, sequence=0, attempt=0, late=False)
        self._make_room([entry])
        self._db.execute("DELETE FROM events WHERE key = ?", (key,))
        self._add(entry)
        return True

    def _replay_wanted(self, now: float) -> bool:
        """Replay what another process asked for; whether there was room for all of it."""
        with contextlib.suppress(StoreFullError):
            for (key,) in self._db.execute(_WANTED).fetchall():
                self.replay(key, now)
            return True
        return False

    def prune(self, now: float) -> bool:
        """Forget some of what is over; whether there may be more."""
        letters = self._db.execute(f"{_DEAD} AND died_at <= ? LIMIT ?", (now - DEAD_KEPT, _STEP)).fetchall()
        for row in letters:
            self._drop(_letter(row).entry, now)
        deleted = [self._db.execute(statement, (now - kept, _STEP)).rowcount for statement, kept in _PRUNED]
        return max(*deleted, len(letters)) == _STEP

    def forget(self, lane: str) -> int:
        """See `Store.forget`."""
        entries = [event.entry for event in self.lanes.of(lane)]
        for event in self.lanes.of(lane):
            self.lanes.remove(event)
        letters = [
            _letter(row) for row in self._db.execute(f"{_DEAD} AND instr(lanes, ?)", (msgspec.json.encode(lane).decode(),))
        ]
        entries += [letter.entry for letter in letters]
        for entry in entries:
            self._drop(entry, entry.accepted_at)
        self._db.execute("DELETE FROM lanes WHERE lane = ?", (lane,))
        return len(entries)


def _json(value: str | tuple[str, ...]) -> str:
    return msgspec.json.encode(value).decode()


def _entry(columns: Sequence[Any]) -> Entry:
    key, provider, account, lanes, raw, accepted_at, wanted, occurred_at, brief = columns
    return Entry(
        key=key,
        provider=provider,
        account=account,
        lanes=tuple(msgspec.json.decode(lanes)),
        raw=raw,
        accepted_at=accepted_at,
        due=wanted,
        occurred_at=occurred_at,
        brief=bool(brief),
    )


def _letter(row: Sequence[Any]) -> DeadLetter:
    *columns, sequence, attempt, late, reason, died_at = row
    entry = msgspec.structs.replace(_entry(columns), sequence=sequence, attempt=attempt, late=bool(late))
    return DeadLetter(entry=entry, reason=reason, died_at=died_at)


def letters(db: sqlite3.Connection, most: int) -> list[DeadLetter]:
    """The oldest dead letters, but for those that are to be handled again."""
    return [_letter(row) for row in db.execute(f"{_DEAD} AND fence = 0 ORDER BY died_at, sequence LIMIT ?", (most,))]


def _locked(path: str) -> Lock:
    """The right to handle what is in the file. A lock of SQLite's own would keep out who only looks, too."""
    lock = Lock(Path(f"{os.path.realpath(path)}.lock"), mode=0o600)
    try:
        lock.take(patience=0.0)
    except BlockingIOError as error:
        raise ConfigurationError(
            f"another process has {path}: only one can; stop that first, or have several share a RedisStore"
        ) from error
    except OSError as error:
        raise ConfigurationError(f"events cannot be kept in {path}: {error}; {_FIX}") from error
    return lock


def _open(path: str) -> sqlite3.Connection:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # what SQLite puts beside it takes its rights
        db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise ConfigurationError(f"events cannot be kept in {path}: {error}; {_FIX}") from error
    try:
        _take(db, path)
        Path(path).chmod(0o600)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = FAST")
    except BaseException as error:
        db.close()
        if isinstance(error, sqlite3.Error):
            raise ConfigurationError(f"events cannot be kept in {path}: {error}; {_FIX}") from error
        raise
    return db


def is_store(db: sqlite3.Connection, path: str) -> bool:
    """Whether the file has the tables of this version; false where it is empty.

    Raises:
        ConfigurationError: It is another file, or of a later version.
    """
    (ours,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and ours != _OURS:
        raise ConfigurationError(f"{path} is not a store of events; name another file")
    if version > _VERSION:
        raise ConfigurationError(
            f"{path} is of a later version of aioconvo (its tables are version {version}, not {_VERSION}); install that"
        )
    return bool(tables)


def _take(db: sqlite3.Connection, path: str) -> None:
    """Make the tables, or see that they are those of this version."""
    if is_store(db, path):
        return
    db.execute("BEGIN IMMEDIATE")
    with db:
        for statement in _TABLES:
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {_OURS}")
        db.execute(f"PRAGMA user_version = {_VERSION}")
