"""The DuckDB target: one database with the tables `conversations` and `messages`; needs the extra `aioconvo[duckdb]`.

Texts are VARCHAR, times TIMESTAMPTZ, booleans BOOLEAN, integers BIGINT, JSON is JSON, where a `null`
is NULL. There is no primary key: its index would
make the file several times larger and is kept in memory. The ledger beside the database (`out.duckdb.ledger`) tells which rows
are new, and the keys of the tables are unique by that.

A commit writes the rows first and the ledger after them. Where it was broken off between the two, the database holds messages
that the ledger does not know; they come again, and from then on every row takes the place of an older one of its key.
"""

from __future__ import annotations

import collections
import contextlib
import datetime as dt
import os
import pathlib
import shutil
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from aioconvo.core.json.moments import EPOCH
from aioconvo.export.batch import Batch, Committed, Identity
from aioconvo.export.errors import DAMAGED, ExportError, TargetError, target_errors
from aioconvo.export.ledger.ledger import Ledger
from aioconvo.export.ledger.veil import MessageKey, erase, noted
from aioconvo.export.replacing import regular, replaced
from aioconvo.export.schema import (
    CONVERSATIONS,
    MESSAGES,
    Column,
    ColumnType,
    ConversationRow,
    MessageRow,
    Row,
    Table,
    decode_row,
    digest,
    encode_row,
)

from .census import Census, Damage, stub

try:
    import duckdb
except ModuleNotFoundError:
    raise ExportError('DuckDB is missing: pip install "aioconvo[duckdb]"') from None

__all__ = ["DuckdbSink"]

R = TypeVar("R", ConversationRow, MessageRow)

_TYPES = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.TIME: "TIMESTAMPTZ",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.JSON: "JSON",
}
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_TABLES: tuple[Table[Any], ...] = (CONVERSATIONS, MESSAGES)
_ROWS_AT_ONCE = 5_000
# Nothing is ever fetched: what is needed of DuckDB is built in.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "128MB",
    "threads": 1,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


class DuckdbSink:
    """A DuckDB database."""

    kind = "duckdb"

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = pathlib.Path(path)
        self._ledger = Ledger(self.path.with_name(f"{self.path.name}.ledger"))
        self._db: duckdb.DuckDBPyConnection | None = None
        self._commits = 0
        self._begun = False

    @property
    def ledger(self) -> Ledger:
        """The state of this target, once it is open."""
        return self._ledger

    def open(self, identity: Identity, *, fresh: bool) -> None:
        """Make the database, or go on with it; see `Sink.open`."""
        try:
            with _errors(self.path):
                self.path.parent.mkdir(parents=True, exist_ok=True)
                known = self._connect_ledger(fresh=fresh) or self._ledger.exists()
                regular(self.path)
                self._db = self._to_write(fresh=fresh and known)
                if fresh and known:
                    self._wipe(self._db)
                self._make(self._db)
                self._ledger.begin(self.kind, identity)
                self._mend(self._db)
                self._begun = True
        except BaseException:
            self.close()
            raise

    def _connect_ledger(self, *, fresh: bool) -> bool:
        """Open the ledger; whether there was one, which was damaged, and which is made anew because `fresh` asks for that."""
        try:
            self._ledger.connect(to_write=True)
            if fresh and self._ledger.exists():
                self._ledger.db.execute("SELECT * FROM _aioconvo_meta").fetchall()
        except sqlite3.DatabaseError as error:
            self._ledger.close()
            if not fresh or isinstance(error, sqlite3.OperationalError):
                raise
            self._make_ledger_anew()
            return True
        return False

    def _make_ledger_anew(self) -> None:
        self._ledger.close()
        self._ledger.remove()
        self._ledger.connect(to_write=True)

    def _wipe(self, db: duckdb.DuckDBPyConnection) -> None:
        # The ledger last: while it is there, a wipe that was broken off can be asked for again.
        for name in ("_aioconvo", *(table.name for table in _TABLES)):
            db.execute(f"DROP TABLE IF EXISTS {name}")
        try:
            with self._ledger.transaction():
                self._ledger.wipe()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            self._make_ledger_anew()

    def _make(self, db: duckdb.DuckDBPyConnection) -> None:
        for table in _TABLES:
            found = db.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [table.name]).fetchone()
            if found and not self._ledger.exists() and _count(db, table):
                told = f"{self.path} has a table {table.name} without the ledger of an export, {self._ledger.path.name}"
                raise TargetError(f"{told}; name another file")
            db.execute(f"CREATE TABLE IF NOT EXISTS {table.name} ({', '.join(map(_definition, table.columns))})")

    def _mend(self, db: duckdb.DuckDBPyConnection) -> None:
        """Make the two files agree, where one is older than the other, or somebody deleted something here."""
        ledger = self._ledger
        self._commits = int(ledger.meta("commits") or 0)
        if not db.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = '_aioconvo'").fetchone():
            db.execute("CREATE TABLE _aioconvo AS SELECT 0::BIGINT AS commits")
        written = _written(db)
        with ledger.transaction(), _transaction(db):
            census = Census(ledger)
            census.count(_listed(db))
            unlisted = census.unlisted()
            census = Census(ledger)
            census.count(_counted(db))
            keys, _ = census.differing()
            if written == self._commits and not keys and not unlisted:
                return
            same = ", ".join(MESSAGES.key)
            db.execute(f"DELETE FROM messages WHERE rowid NOT IN (SELECT max(rowid) FROM messages GROUP BY {same})")  # noqa: S608 -- the schema's names
            if written != self._commits:  # any row may be older or newer than its digest
                keys = list({*keys, *census.every()})
                census.adopt(_rows(db, CONVERSATIONS))
            wanted = set(keys)
            found = (row for row in _rows(db, MESSAGES) if (row.provider, row.account, row.conversation_id) in wanted)
            collections.deque(census.find(found), maxlen=0)
            census.settle(keys)
            for *key, number in unlisted:  # after all was read: rows of this transaction have numbers of another kind
                row = stub(key)
                _insert(db, CONVERSATIONS, [row])
                ledger.db.execute("UPDATE _aioconvo_conversations SET digest = ? WHERE number = ?", (digest(row), number))
            self._stamp(db, max(written, self._commits) + 1)

    def _stamp(self, db: duckdb.DuckDBPyConnection, commits: int) -> None:
        """Number a commit in both files, so that it can be seen when they are not of the same moment."""
        db.execute("UPDATE _aioconvo SET commits = ?", [commits])
        self._ledger.put(commits=str(commits))
        self._commits = commits

    def _to_write(self, *, fresh: bool) -> duckdb.DuckDBPyConnection:
        """The database; where somebody is reading it, they keep it, and the export goes on in a copy in its place.

        One that is damaged is made anew if `fresh`, and an empty file counts as none.
        """
        path = self.path.absolute()
        if path.is_file() and not path.stat().st_size:
            path.unlink()
        try:
            return duckdb.connect(path, config=_CONFIG)
        except duckdb.Error as error:
            if fresh and "lock" not in str(error):
                for file in (path, path.with_name(f"{path.name}.wal")):
                    file.unlink(missing_ok=True)
                return duckdb.connect(path, config=_CONFIG)
            if not isinstance(error, duckdb.IOException) or "lock" not in str(error):
                raise
            with contextlib.suppress(duckdb.Error), duckdb.connect(path, read_only=True, config=_CONFIG):
                replaced(self.path, _copy)  # nobody writes to it
            return duckdb.connect(path, config=_CONFIG)

    def remove(self, gone: Sequence[MessageKey], rows: Sequence[ConversationRow], users: Iterable[str]) -> None:
        """See `Forgetting`. Deleted rows stay in a file of DuckDB's for long, so it is written anew."""
        if self._db is None:
            raise ExportError(f"{self.path} is not open")
        with _errors(self.path):
            with self._ledger.transaction(), _transaction(self._db):
                _delete(self._db, CONVERSATIONS, rows)
                _delete(self._db, CONVERSATIONS, [_bare(key) for key in gone if not key[3]])
                _insert(self._db, CONVERSATIONS, [encode_row(row) for row in rows])
                _delete(self._db, MESSAGES, [MessageRow(*key) for key in gone if key[3]])
                noted(self._ledger.db, rows)
                erase(self._ledger.db, gone, users)
                self._stamp(self._db, self._commits + 1)
            self._ledger.compact()
            replaced(self.path, self._written_anew)
            self._db = duckdb.connect(self.path.absolute(), config=_CONFIG)

    def _written_anew(self, path: pathlib.Path, copy: pathlib.Path) -> None:
        assert self._db is not None  # noqa: S101 -- as above
        ((name,),) = self._db.execute("SELECT current_database()").fetchall()
        quoted, into = (str(one).replace('"', '""') for one in (name, "aioconvo_anew"))
        self._db.execute(f"""ATTACH '{str(copy.absolute()).replace("'", "''")}' AS "{into}" """)
        self._db.execute(f'COPY FROM DATABASE "{quoted}" TO "{into}"')
        self._db.execute(f'DETACH "{into}"')
        self._db.close()
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)

    def damage(self, *, deep: bool) -> Damage:
        """See `Sink`."""
        with target_errors(self._ledger.path), self._ledger.reading() as ledger:
            if not self.path.is_file():
                return Damage([f"{self.path.name} is gone"])
            try:
                with self._reading() as db:
                    return self._compare(db, ledger, deep=deep)
            except duckdb.Error as error:
                return Damage([f"{self.path.name}: {_reason(error)}"])

    def _compare(self, db: duckdb.DuckDBPyConnection, ledger: Ledger, *, deep: bool) -> Damage:
        words = [] if _written(db) == int(ledger.meta("commits") or 0) else ["it and its ledger are not of the same moment"]
        census = Census(ledger)
        census.count(_listed(db))
        words += [f"{len(some)} conversations are missing"] if (some := census.unlisted()) else []
        census = Census(ledger)
        if deep:
            words += census.changed(_rows(db, CONVERSATIONS))
            found = census.differences(_rows(db, MESSAGES))
        else:
            census.count(_counted(db))
            _, found = census.differing()
        return found._replace(words=[*words, *found.words])

    def commit(self, batches: Sequence[Batch]) -> Committed:
        """Make the rows and steps of all batches durable, or none of them."""
        if self._db is None:
            raise ExportError(f"{self.path} is not open")
        with _errors(self.path), self._ledger.transaction():
            taken = self._ledger.take(batches)
            conversations = {(row.provider, row.account, row.conversation_id): row for row in taken.conversations}
            older = [line for _, line in taken.older]
            with _transaction(self._db):
                _delete(self._db, CONVERSATIONS, list(conversations.values()))
                _insert(self._db, CONVERSATIONS, [encode_row(row) for row in conversations.values()])
                _delete(self._db, MESSAGES, [decode_row(MESSAGES, line) for line in older])
                _insert(self._db, MESSAGES, taken.messages)
                _mark(self._db, MESSAGES, [mark[1:] for mark in taken.marks])
                _mark(self._db, CONVERSATIONS, taken.vanished)
                self._stamp(self._db, self._commits + 1)
        return taken.counts

    def close(self) -> None:
        """Write the database to its one file and let go of it; may be called again."""
        db, self._db = self._db, None
        with contextlib.ExitStack() as stack:
            stack.enter_context(_errors(self.path))
            stack.callback(self._ledger.close)
            if db is not None and self._begun:
                stack.callback(self._ledger.finish, finished=True)
            if db is not None:
                stack.callback(db.close)

    def conversations(self) -> Iterator[ConversationRow]:
        """Every conversation, one at a time."""
        return self._read(CONVERSATIONS)

    def messages(self) -> Iterator[MessageRow]:
        """Every message, one at a time."""
        return self._read(MESSAGES)

    def _read(self, table: Table[R]) -> Iterator[R]:
        """The rows in the order in which they were written, some thousands in memory at a time."""
        if not self.path.is_file():
            raise TargetError(f"{self.path}: no such file")
        with _errors(self.path), self._reading() as db:
            yield from _rows(db, table)

    def _reading(self) -> duckdb.DuckDBPyConnection:
        # A cursor shares the open database and has results of its own.
        return self._db.cursor() if self._db else duckdb.connect(self.path.absolute(), read_only=True, config=_CONFIG)


def _rows(db: duckdb.DuckDBPyConnection, table: Table[R]) -> Iterator[R]:
    columns = ", ".join(_asked(column) for column in table.columns)
    ((end,),) = db.execute(f"SELECT ifnull(max(rowid), -1) FROM {table.name}").fetchall()  # noqa: S608 -- the schema's names
    for first in range(0, end + 1, _ROWS_AT_ONCE):
        bounds = f"rowid >= {first} AND rowid < {first + _ROWS_AT_ONCE}"
        for found in db.execute(f"SELECT {columns} FROM {table.name} WHERE {bounds} ORDER BY rowid").fetchall():  # noqa: S608 -- as above
            yield _row(table, found)


def _copy(path: pathlib.Path, copy: pathlib.Path) -> None:
    shutil.copyfile(path, copy)


def _written(db: duckdb.DuckDBPyConnection) -> int:
    """The number of the last commit."""
    ((commits,),) = db.execute("SELECT max(commits) FROM _aioconvo").fetchall()
    return int(commits or 0)


def _bare(key: MessageKey) -> ConversationRow:
    return ConversationRow(provider=key[0], account=key[1], conversation_id=key[2])


def _listed(db: duckdb.DuckDBPyConnection) -> list[Any]:
    return db.execute("SELECT DISTINCT provider, account, conversation_id, 1 FROM conversations").fetchall()


def _counted(db: duckdb.DuckDBPyConnection) -> list[Any]:
    return db.execute("SELECT provider, account, conversation_id, count(*) FROM messages GROUP BY ALL").fetchall()


def _definition(column: Column) -> str:
    return f"{column.name} {_TYPES[column.type]}{' NOT NULL' if column.required else ''}"


def _count(db: duckdb.DuckDBPyConnection, table: Table[Any]) -> int:
    ((count,),) = db.execute(f"SELECT count(*) FROM {table.name}").fetchall()  # noqa: S608 -- the schema's names
    return int(count)


@contextlib.contextmanager
def _transaction(db: duckdb.DuckDBPyConnection) -> Generator[None, None, None]:
    db.begin()
    try:
        yield
        db.commit()
    except BaseException:
        with contextlib.suppress(duckdb.Error):  # some errors have rolled back already; the first one is what counts
            db.rollback()
        raise


def _delete(db: duckdb.DuckDBPyConnection, table: Table[Any], rows: Sequence[Row]) -> None:
    """Delete the rows of these keys."""
    if rows:
        keys = [[getattr(row, name) for row in rows] for name in table.key]
        asked = ", ".join("unnest(?)" for _ in keys)
        db.execute(f"DELETE FROM {table.name} WHERE ({', '.join(table.key)}) IN (SELECT {asked})", keys)  # noqa: S608 -- the schema's names


def _mark(db: duckdb.DuckDBPyConnection, table: Table[Any], marks: Sequence[Sequence[str | None]]) -> None:
    """Say of the rows of these keys when their deletion was noticed, which is the last of each mark."""
    if marks:
        columns = [list(column) for column in zip(*marks, strict=True)]
        given = ", ".join(f"unnest(?) AS {name}" for name in (*table.key, "noticed"))
        same = " AND ".join(f"{table.name}.{name} = given.{name}" for name in table.key)
        told = f"UPDATE {table.name} SET deleted_at = given.noticed::TIMESTAMPTZ FROM (SELECT {given}) AS given WHERE {same}"  # noqa: S608 -- the schema's names
        db.execute(told, columns)


def _insert(db: duckdb.DuckDBPyConnection, table: Table[Any], rows: Sequence[bytes | msgspec.Raw]) -> None:
    """Insert encoded rows, thousands with each statement. JSON travels as text: as JSON, its numbers would be written anew."""
    texts = [column.name for column in table.columns if column.type is ColumnType.JSON]
    kinds = {column.name: "VARCHAR" if column.name in texts else _TYPES[column.type] for column in table.columns}
    shape = msgspec.json.encode([kinds]).decode()
    insert = f"INSERT INTO {table.name} SELECT row.* FROM (SELECT unnest(from_json_strict(?::JSON, ?)) AS row)"  # noqa: S608 -- as above
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        document = msgspec.json.encode([_with_texts(row, texts) for row in rows[first : first + _ROWS_AT_ONCE]])
        db.execute(insert, [document.decode(), shape])


def _with_texts(row: bytes | msgspec.Raw, texts: Sequence[str]) -> dict[str, Any]:
    """An encoded row whose JSON members are texts."""
    members: dict[str, Any] = _members(row)
    for name in texts:
        told = str(members[name], "utf-8")
        members[name] = None if told == "null" else told
    return members


def _asked(column: Column) -> str:
    """The column as Python takes it without a library for time zones."""
    return f"epoch_us({column.name})" if column.type is ColumnType.TIME else column.name


def _row(table: Table[R], found: Sequence[Any]) -> R:
    return table.row(**{column.name: _value(column, value) for column, value in zip(table.columns, found, strict=True)})


def _value(column: Column, value: Any) -> Any:
    if column.type is ColumnType.JSON:
        return msgspec.Raw(b"null" if value is None else value.encode())
    if column.type is ColumnType.TIME and value is not None:
        return EPOCH + dt.timedelta(microseconds=value)
    return value


@contextlib.contextmanager
def _errors(path: pathlib.Path) -> Generator[None, None, None]:
    """Turn what DuckDB, SQLite and the system raise into a `TargetError`."""
    try:
        with target_errors(path):
            yield
    except duckdb.Error as error:
        # What else DuckDB says may hold values of rows.
        raise TargetError(f"{path}: {_reason(error)}") from None
    except msgspec.DecodeError:  # its words may hold values, too
        raise TargetError(f"{path}: a row is no JSON") from None


def _reason(error: duckdb.Error) -> str:
    words = str(error)
    if "No space left" in words:
        return "the disk is full"
    if isinstance(error, duckdb.IOException):
        if "lock" in words:
            return "another program has it open; wait for it to end"
        return DAMAGED if "Could not read" in words else words.splitlines()[0]
    return f"DuckDB refused it ({type(error).__name__})"
