"""The DuckDB target: one database with the tables `conversations` and `messages`; needs the extra `aioconvo[duckdb]`.

Texts are VARCHAR, times TIMESTAMPTZ, booleans BOOLEAN, integers BIGINT, JSON is JSON, where a `null`
is NULL. There is no primary key: its index would
make the file several times larger and is kept in memory. The ledger beside the database (`out.duckdb.ledger`) tells which rows
are new, and the keys of the tables are unique by that.

A commit writes the rows first and the ledger after them. Where it was broken off between the two, the database holds messages
that the ledger does not know; they come again, and from then on every row takes the place of an older one of its key.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import pathlib
from collections.abc import Generator, Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from aioconvo.core.moments import EPOCH

from .batch import Batch, Committed, Identity
from .errors import ExportError, TargetError, target_errors
from .ledger import Ledger
from .schema import CONVERSATIONS, MESSAGES, Column, ColumnType, ConversationRow, MessageRow, Row, Table, decode_row, encode_row

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
        self._replaces = False

    @property
    def ledger(self) -> Ledger:
        """The state of this target, once it is open."""
        return self._ledger

    def open(self, identity: Identity, *, fresh: bool) -> None:
        """Make the database, or go on with it; see `Sink.open`."""
        try:
            with _errors(self.path):
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._ledger.connect(to_write=True)
                self._db = duckdb.connect(self.path.absolute(), config=_CONFIG)
                if fresh and self._ledger.exists():
                    self._wipe(self._db)
                self._make(self._db)
                self._ledger.begin(self.kind, identity)
                self._replaces = self._runs_ahead(self._db)
        except BaseException:
            self.close()
            raise

    def _wipe(self, db: duckdb.DuckDBPyConnection) -> None:
        # The ledger last: while it is there, a wipe that was broken off can be asked for again.
        for table in _TABLES:
            db.execute(f"DROP TABLE IF EXISTS {table.name}")
        with self._ledger.transaction():
            self._ledger.wipe()

    def _make(self, db: duckdb.DuckDBPyConnection) -> None:
        for table in _TABLES:
            found = db.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [table.name]).fetchone()
            if found and not self._ledger.exists() and _count(db, table):
                told = f"{self.path} has a table {table.name} without the ledger of an export, {self._ledger.path.name}"
                raise TargetError(f"{told}; name another file")
            db.execute(f"CREATE TABLE IF NOT EXISTS {table.name} ({', '.join(map(_definition, table.columns))})")

    def _runs_ahead(self, db: duckdb.DuckDBPyConnection) -> bool:
        """Whether a commit was broken off before its end, so that there are rows of which the ledger does not know."""
        told = int(self._ledger.db.execute("SELECT ifnull(sum(messages), 0) FROM _aioconvo_conversations").fetchone()[0])
        held = _count(db, MESSAGES)
        if held < told:
            raise TargetError(f"{self.path} holds {held} messages and its ledger tells of {told}; start over with --fresh")
        return held > told

    def commit(self, batches: Sequence[Batch]) -> Committed:
        """Make the rows and steps of all batches durable, or none of them."""
        if self._db is None:
            raise ExportError(f"{self.path} is not open")
        with _errors(self.path), self._ledger.transaction():
            taken = self._ledger.take(batches)
            conversations = {(row.provider, row.account, row.conversation_id): row for row in taken.conversations}
            older = taken.messages if self._replaces else [line for _, line in taken.older]
            with _transaction(self._db):
                _delete(self._db, CONVERSATIONS, list(conversations.values()))
                _insert(self._db, CONVERSATIONS, [encode_row(row) for row in conversations.values()])
                _delete(self._db, MESSAGES, [decode_row(MESSAGES, line) for line in older])
                _insert(self._db, MESSAGES, taken.messages)
        return taken.counts

    def close(self) -> None:
        """Write the database to its one file and let go of it; may be called again."""
        db, self._db = self._db, None
        with contextlib.ExitStack() as stack:
            stack.enter_context(_errors(self.path))
            stack.callback(self._ledger.close)
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
        columns = ", ".join(_asked(column) for column in table.columns)
        # A cursor shares the open database and has results of its own.
        with (
            _errors(self.path),
            self._db.cursor() if self._db else duckdb.connect(self.path.absolute(), read_only=True, config=_CONFIG) as db,
        ):
            ((end,),) = db.execute(f"SELECT ifnull(max(rowid), -1) FROM {table.name}").fetchall()  # noqa: S608 -- the schema's names
            for first in range(0, end + 1, _ROWS_AT_ONCE):
                bounds = f"rowid >= {first} AND rowid < {first + _ROWS_AT_ONCE}"
                for found in db.execute(f"SELECT {columns} FROM {table.name} WHERE {bounds} ORDER BY rowid").fetchall():  # noqa: S608 -- as above
                    yield _row(table, found)


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


def _insert(db: duckdb.DuckDBPyConnection, table: Table[Any], rows: Sequence[bytes | msgspec.Raw]) -> None:
    """Insert encoded rows, thousands with each statement."""
    shape = msgspec.json.encode([{column.name: _TYPES[column.type] for column in table.columns}]).decode()
    insert = f"INSERT INTO {table.name} SELECT row.* FROM (SELECT unnest(from_json_strict(?::JSON, ?)) AS row)"  # noqa: S608 -- as above
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        document = b"[" + b",".join(rows[first : first + _ROWS_AT_ONCE]) + b"]"
        db.execute(insert, [document.decode(), shape])


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


def _reason(error: duckdb.Error) -> str:
    words = str(error)
    if "No space left" in words:
        return "the disk is full"
    if isinstance(error, duckdb.IOException):
        return "another program has it open; wait for it to end" if "lock" in words else words.splitlines()[0]
    return f"DuckDB refused it ({type(error).__name__})"
