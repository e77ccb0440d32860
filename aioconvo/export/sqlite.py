"""One SQLite database, made to be browsed with datasette: foreign keys, indexes, full-text search, the ledger in the same file.

Times are text, `2024-01-31T10:00:00.000000Z`: SQLite has no type for them; text of one length sorts as the moments do, its date
functions and datasette's facets read it, and people can. JSON is text, which SQLite's `->>` looks into; booleans are 0 and 1.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any, ClassVar, TypeVar

import msgspec

from . import bulk
from .batch import Batch, Committed, Identity
from .errors import TargetError, target_errors
from .ledger import Ledger, from_text, to_text
from .schema import CONVERSATIONS, MESSAGES, ColumnType, ConversationRow, MessageRow, Row, Table

__all__ = ["SqliteSink"]

R = TypeVar("R", ConversationRow, MessageRow)

_TYPES = {
    ColumnType.TEXT: "TEXT",
    ColumnType.TIME: "TEXT",
    ColumnType.BOOLEAN: "INTEGER",
    ColumnType.INTEGER: "INTEGER",
    ColumnType.JSON: "TEXT",
}
_KEY = "provider, account, conversation_id"
_INDEXES = (
    "CREATE INDEX messages_sent_at ON messages (sent_at)",
    "CREATE INDEX messages_direction ON messages (direction)",
    "CREATE INDEX messages_channel ON messages (channel)",
    "CREATE INDEX conversations_last_message_at ON conversations (last_message_at)",
    # The index holds no second copy of the texts; triggers keep it with the table.
    """CREATE VIRTUAL TABLE messages_fts USING fts5(text, subject, content='messages', content_rowid='rowid',
        tokenize='unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER messages_added AFTER INSERT ON messages BEGIN
        INSERT INTO messages_fts (rowid, text, subject) VALUES (new.rowid, new.text, new.subject); END""",
    """CREATE TRIGGER messages_removed AFTER DELETE ON messages BEGIN INSERT INTO
        messages_fts (messages_fts, rowid, text, subject) VALUES ('delete', old.rowid, old.text, old.subject); END""",
    """CREATE TRIGGER messages_changed AFTER UPDATE ON messages BEGIN
        INSERT INTO messages_fts (messages_fts, rowid, text, subject) VALUES ('delete', old.rowid, old.text, old.subject);
        INSERT INTO messages_fts (rowid, text, subject) VALUES (new.rowid, new.text, new.subject); END""",
)


def _create(table: Table[R], *more: str) -> str:
    columns: list[str] = [
        f"{column.name} {_TYPES[column.type]}{' NOT NULL' if column.required else ''}" for column in table.columns
    ]
    key = f"PRIMARY KEY ({', '.join(table.key)})"
    return f"CREATE TABLE {table.name} ({', '.join((*columns, key, *more))})"


def _put(db: sqlite3.Connection, table: Table[R], rows: Iterable[R]) -> None:
    names = [column.name for column in table.columns]
    into = f"INSERT INTO {table.name} ({', '.join(names)})"
    sets = ", ".join(f"{name} = excluded.{name}" for name in names if name not in table.key)
    update = f"ON CONFLICT ({', '.join(table.key)}) DO UPDATE SET {sets}"
    times = [place for place, column in enumerate(table.columns) if column.type is ColumnType.TIME]
    texts = [place for place, column in enumerate(table.columns) if column.type is ColumnType.JSON]
    bulk.insert(db, into, [_stored(row, times, texts) for row in rows], otherwise=update)


_TABLES = (
    _create(CONVERSATIONS),
    _create(MESSAGES, f"FOREIGN KEY ({_KEY}) REFERENCES conversations ({_KEY})"),
    *_INDEXES,
)
_OURS = ("messages_fts", "messages", "conversations")


class SqliteSink:
    """An SQLite database; rows and the ledger are written in one transaction."""

    kind: ClassVar[str] = "sqlite"

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._ledger = Ledger(path)

    @property
    def ledger(self) -> Ledger:
        """See `Sink`."""
        return self._ledger

    def open(self, identity: Identity, *, fresh: bool) -> None:
        """See `Sink`."""
        ledger = self._ledger
        with target_errors(ledger.path):
            ledger.path.parent.mkdir(parents=True, exist_ok=True)
            ledger.connect(to_write=True)
            with ledger.transaction():
                if fresh and ledger.exists():
                    for name in _OURS:
                        ledger.db.execute(f"DROP TABLE IF EXISTS {name}")
                    ledger.wipe()
                if not ledger.exists():
                    self._make_tables()
                    ledger.make(self.kind, identity)
            ledger.begin(self.kind, identity)

    def _make_tables(self) -> None:
        taken = self._ledger.db.execute("SELECT name FROM sqlite_master WHERE name IN (?, ?, ?)", _OURS).fetchone()
        if taken is not None:
            told = f"the database has a table {taken[0]} that no export wrote; name another file"
            raise TargetError(f"{self._ledger.path}: {told}")
        for statement in _TABLES:
            self._ledger.db.execute(statement)

    def commit(self, batches: Sequence[Batch]) -> Committed:
        """See `Sink`."""
        ledger = self._ledger
        with target_errors(ledger.path), ledger.transaction():
            taken = ledger.take(batches)
            _put(ledger.db, CONVERSATIONS, taken.conversations)
            _put(ledger.db, MESSAGES, (one.row for one in taken.messages))
        return taken.counts

    def close(self) -> None:
        """See `Sink`."""
        with target_errors(self._ledger.path):
            self._ledger.close()

    def conversations(self) -> Iterator[ConversationRow]:
        """See `Sink`."""
        return self._read(CONVERSATIONS)

    def messages(self) -> Iterator[MessageRow]:
        """See `Sink`."""
        return self._read(MESSAGES)

    def _read(self, table: Table[R]) -> Iterator[R]:
        with target_errors(self._ledger.path), self._reading() as ledger:
            names = ", ".join(column.name for column in table.columns)
            for stored in ledger.db.execute(f"SELECT {names} FROM {table.name} ORDER BY rowid"):  # noqa: S608 -- as above
                told: dict[str, Any] = {
                    column.name: _read_back(column.type, one) for column, one in zip(table.columns, stored, strict=True)
                }
                yield table.row(**told)

    @contextlib.contextmanager
    def _reading(self) -> Generator[Ledger]:
        if self._ledger.is_open:
            yield self._ledger
            return
        with self._ledger as ledger:
            ledger.connect(to_write=False)
            ledger.load()
            yield ledger


def _stored(row: Row, times: Iterable[int], texts: Iterable[int]) -> list[Any]:
    stored: list[Any] = list(msgspec.structs.astuple(row))
    for place in times:
        if stored[place] is not None:
            stored[place] = to_text(stored[place])
    for place in texts:
        stored[place] = bytes(stored[place]).decode()
    return stored


def _read_back(kind: ColumnType, stored: object) -> object:
    if stored is None:
        return None
    match kind:
        case ColumnType.TIME:
            return from_text(str(stored))
        case ColumnType.BOOLEAN:
            return bool(stored)
        case ColumnType.JSON:
            return msgspec.Raw(str(stored).encode())
        case _:
            return stored
