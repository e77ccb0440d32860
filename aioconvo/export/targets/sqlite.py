"""One SQLite database, made to be browsed with datasette: foreign keys, indexes, full-text search, the ledger in the same file.

Times are text, `2024-01-31T10:00:00.000000Z`: SQLite has no type for them; text of one length sorts as the moments do, its date
functions and datasette's facets read it, and people can. JSON is text, which SQLite's `->>` looks into; booleans are 0 and 1.

Beside the columns of every target, rows have a number, `id`, which is this file's own, and messages that of their conversation:
datasette follows keys of one column only, and shows them by their `title`. The view `transcript` is what was said, in order.

The indexes that only who looks at it needs are made when the first run ends; one that was killed leaves that to the next run.
"""

from __future__ import annotations

import collections
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, TypeVar

import msgspec

from aioconvo.export.batch import Batch, Committed, Identity
from aioconvo.export.errors import TargetError, target_errors
from aioconvo.export.ledger import bulk
from aioconvo.export.ledger.ledger import Ledger
from aioconvo.export.ledger.times import from_text, of_one_length
from aioconvo.export.ledger.veil import MessageKey, erase, noted
from aioconvo.export.schema import CONVERSATIONS, MESSAGES, ColumnType, ConversationRow, MessageRow, Table, digest, encode_row

from .census import Census, Damage, stub

__all__ = ["SqliteSink"]

R = TypeVar("R", ConversationRow, MessageRow)

_TYPES = {
    ColumnType.TEXT: "TEXT",
    ColumnType.TIME: "TEXT",
    ColumnType.BOOLEAN: "INTEGER",
    ColumnType.INTEGER: "INTEGER",
    ColumnType.JSON: "TEXT",
}
# Made at the end: to sort all rows once costs less than half of finding each one's place as it comes.
_INDEXES = (
    "CREATE INDEX IF NOT EXISTS messages_sent_at ON messages (sent_at)",
    "CREATE INDEX IF NOT EXISTS messages_direction ON messages (direction)",
    "CREATE INDEX IF NOT EXISTS messages_channel ON messages (channel)",
    "CREATE INDEX IF NOT EXISTS messages_conversation ON messages (conversation, sent_at, rank)",
    "CREATE INDEX IF NOT EXISTS conversations_last_message_at ON conversations (last_message_at)",
)
_SMALL = ("PRAGMA cache_size = -1000", "PRAGMA shrink_memory")  # KiB: what sorts takes as much again
_SEARCHED = (
    # The index holds no second copy of the texts. New ones are added to it with each commit, triggers see to changes.
    # datasette finds it by these very quotes.
    """CREATE VIRTUAL TABLE messages_fts USING fts5(text, subject, content="messages", content_rowid="id",
        tokenize='unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER messages_removed AFTER DELETE ON messages BEGIN INSERT INTO
        messages_fts (messages_fts, rowid, text, subject) VALUES ('delete', old.rowid, old.text, old.subject); END""",
    """CREATE TRIGGER messages_changed AFTER UPDATE OF text, subject ON messages BEGIN
        INSERT INTO messages_fts (messages_fts, rowid, text, subject) VALUES ('delete', old.rowid, old.text, old.subject);
        INSERT INTO messages_fts (rowid, text, subject) VALUES (new.rowid, new.text, new.subject); END""",
    # The words that are found. datasette hides tables whose names begin with that of a full-text table: the ledger's, by this.
    "CREATE VIRTUAL TABLE _aioconvo USING fts5vocab(messages_fts, row)",
    """CREATE VIEW transcript AS SELECT m.conversation, c.title, m.provider, m.sent_at, m.direction,
        coalesce(m.author_name, m.author_address, m.author_kind) AS author, m.text, m.channel, m.kind, m.id,
        m.deleted_at FROM messages AS m JOIN conversations AS c ON c.id = m.conversation
        ORDER BY m.conversation, m.sent_at, m.rank, m.id""",
)
_TITLE = """title TEXT AS (coalesce(nullif(subject, ''), json_extract(participants, '$[0].name'),
    json_extract(participants, '$[0].address'), conversation_id))"""
_CONVERSATION = "conversation INTEGER NOT NULL REFERENCES conversations (id)"
_JOINED = """SELECT given.*, c.id FROM ({rows}) AS given CROSS JOIN conversations AS c
    ON c.provider = column1 AND c.account = column2 AND c.conversation_id = column3 WHERE true"""


def _create(table: Table[R], *more: str) -> str:
    columns: list[str] = [
        f"{column.name} {_TYPES[column.type]}{' NOT NULL' if column.required else ''}" for column in table.columns
    ]
    key = f"UNIQUE ({', '.join(table.key)})"
    return f"CREATE TABLE {table.name} ({', '.join(('id INTEGER PRIMARY KEY', *more, *columns, key))})"


def _stored(table: Table[Any]) -> type[msgspec.Struct]:
    """A row as it comes out of its JSON: times stay texts, booleans become what SQLite holds by themselves."""
    kinds: dict[ColumnType, Any] = {
        ColumnType.BOOLEAN: bool | None,
        ColumnType.INTEGER: int | None,
        ColumnType.JSON: msgspec.Raw,
    }
    return msgspec.defstruct(
        table.name, [(column.name, kinds.get(column.type, str | None)) for column in table.columns], gc=False
    )


def _put(db: sqlite3.Connection, table: Table[Any], lines: Iterable[bytes | msgspec.Raw]) -> None:
    names = [column.name for column in table.columns]
    sets = ", ".join(f"{name} = excluded.{name}" for name in names if name not in table.key)
    into, rows = (names, "{rows}") if table.name == CONVERSATIONS.name else ([*names, "conversation"], _JOINED)
    put = f"""INSERT INTO {table.name} ({", ".join(into)}) {rows}
        ON CONFLICT ({", ".join(table.key)}) DO UPDATE SET {sets}"""
    times = [place for place, column in enumerate(table.columns) if column.type is ColumnType.TIME]
    texts = [place for place, column in enumerate(table.columns) if column.type is ColumnType.JSON]
    decode = _DECODERS[table.name].decode
    bulk.run(db, put, [_values(decode(line), times, texts) for line in lines])


_DECODERS = {table.name: msgspec.json.Decoder(_stored(table)) for table in (CONVERSATIONS, MESSAGES)}
_TABLES = (
    _create(CONVERSATIONS, _TITLE),
    _create(MESSAGES, _CONVERSATION),
    *_SEARCHED,
)
_MARK = """WITH given (provider, account, conversation, id, at) AS ({rows}) UPDATE messages AS m SET deleted_at = given.at
    FROM given WHERE m.provider = given.provider AND m.account = given.account
    AND m.conversation_id = given.conversation AND m.message_id = given.id"""
_MARK_CONVERSATION = """WITH given (provider, account, conversation, at) AS ({rows}) UPDATE conversations AS c
    SET deleted_at = given.at FROM given
    WHERE c.provider = given.provider AND c.account = given.account AND c.conversation_id = given.conversation"""
# One statement for all rows of a commit costs half of a trigger for each.
_SEARCH = "INSERT INTO messages_fts (rowid, text, subject) SELECT rowid, text, subject FROM messages WHERE rowid > ?"
_LISTED = "SELECT provider, account, conversation_id, 1 FROM conversations"
_COUNTED = "SELECT provider, account, conversation_id, count(*) FROM messages GROUP BY 1, 2, 3"
_OF_ONE = "WHERE provider = ? AND account = ? AND conversation_id = ?"
_ADOPT = """UPDATE messages SET conversation = c.id FROM conversations AS c WHERE c.provider = messages.provider
    AND c.account = messages.account AND c.conversation_id = messages.conversation_id AND c.provider = ? AND c.account = ?
    AND c.conversation_id = ?"""
_REMOVE = "DELETE FROM messages WHERE provider = ? AND account = ? AND conversation_id = ? AND message_id = ?"
_REMOVE_CONVERSATION = "DELETE FROM conversations WHERE provider = ? AND account = ? AND conversation_id = ?"
_OURS = ("_aioconvo", "messages_fts", "messages", "conversations")


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
            try:
                ledger.connect(to_write=True)
                self._begin(identity, fresh=fresh)
            except sqlite3.DatabaseError as error:
                ledger.close()
                if not fresh or "malformed" not in str(error):
                    raise
                ledger.remove()
                ledger.connect(to_write=True)
                self._begin(identity, fresh=fresh)
            except BaseException:
                ledger.close()  # so that nothing is written to a target that is refused
                raise

    def _begin(self, identity: Identity, *, fresh: bool) -> None:
        ledger = self._ledger
        with ledger.transaction():
            if fresh and ledger.exists():
                ledger.db.execute("DROP VIEW IF EXISTS transcript")
                for name in _OURS:
                    ledger.db.execute(f"DROP TABLE IF EXISTS {name}")
                ledger.wipe()
            if not ledger.exists():
                self._make_tables()
                ledger.make(self.kind, identity)
        ledger.begin(self.kind, identity)
        with ledger.transaction():
            self._mend()

    def _mend(self) -> None:
        """Make due what somebody deleted here; a conversation whose row is gone gets one that the next list fills."""
        db = self._ledger.db
        census = Census(self._ledger)
        census.count(db.execute(_LISTED))
        for *key, number in census.unlisted():
            row = stub(key)
            _put(db, CONVERSATIONS, [row])
            db.execute(_ADOPT, key)
            db.execute("UPDATE _aioconvo_conversations SET digest = ? WHERE number = ?", (digest(row), number))
        census = Census(self._ledger)
        census.count(db.execute(_COUNTED))
        keys, _ = census.differing()
        if keys:
            found = (row for one in keys for row in _rows(db, MESSAGES, _OF_ONE, one))
            collections.deque(census.find(found), maxlen=0)
            census.settle(keys)

    def remove(self, gone: Sequence[MessageKey], rows: Sequence[ConversationRow], users: Iterable[str]) -> None:
        """See `Forgetting`."""
        ledger = self._ledger
        with target_errors(ledger.path):
            with ledger.transaction():
                _put(ledger.db, CONVERSATIONS, map(encode_row, rows))
                ledger.db.executemany(_REMOVE, [key for key in gone if key[3]])
                ledger.db.executemany(_REMOVE_CONVERSATION, [key[:3] for key in gone if not key[3]])
                noted(ledger.db, rows)
                erase(ledger.db, gone, users)
                ledger.db.execute("INSERT INTO messages_fts (messages_fts) VALUES ('rebuild')")
            ledger.compact()

    def damage(self, *, deep: bool) -> Damage:
        """See `Sink`."""
        with target_errors(self._ledger.path), self._ledger.reading() as ledger:
            census = Census(ledger)
            census.count(ledger.db.execute(_LISTED))
            words = [f"{len(some)} conversations are missing"] if (some := census.unlisted()) else []
            census = Census(ledger)
            if deep:
                told = [str(one) for (one,) in ledger.db.execute("PRAGMA integrity_check (10)") if one != "ok"]
                words += [f"the database is damaged: {one}" for one in told]
                words += census.changed(_rows(ledger.db, CONVERSATIONS))
                found = census.differences(_rows(ledger.db, MESSAGES))
            else:
                census.count(ledger.db.execute(_COUNTED))
                _, found = census.differing()
            return found._replace(words=[*words, *found.words])

    def _make_tables(self) -> None:
        taken = self._ledger.db.execute(
            "SELECT name FROM sqlite_master WHERE name IN (?, ?, ?, ?, 'transcript')", _OURS
        ).fetchone()
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
            _put(ledger.db, CONVERSATIONS, map(encode_row, taken.conversations))
            ((last,),) = ledger.db.execute("SELECT ifnull(max(rowid), 0) FROM messages")
            _put(ledger.db, MESSAGES, taken.messages)
            ledger.db.execute(_SEARCH, (last,))
            bulk.run(ledger.db, _MARK, [mark[1:] for mark in taken.marks])
            bulk.run(ledger.db, _MARK_CONVERSATION, taken.vanished)
        return taken.counts

    def close(self) -> None:
        """See `Sink`."""
        ledger = self._ledger
        if not ledger.is_open:
            return
        try:
            with target_errors(ledger.path):
                for statement in (*_SMALL, *_INDEXES):
                    ledger.db.execute(statement)
                ledger.finish(finished=True)
        finally:
            with target_errors(ledger.path):
                ledger.close()

    def conversations(self) -> Iterator[ConversationRow]:
        """See `Sink`."""
        return self._read(CONVERSATIONS)

    def messages(self) -> Iterator[MessageRow]:
        """See `Sink`."""
        return self._read(MESSAGES)

    def _read(self, table: Table[R]) -> Iterator[R]:
        with target_errors(self._ledger.path), self._ledger.reading() as ledger:
            yield from _rows(ledger.db, table)


def _rows(db: sqlite3.Connection, table: Table[R], which: str = "ORDER BY rowid", values: Sequence[str] = ()) -> Iterator[R]:
    names = ", ".join(column.name for column in table.columns)
    for stored in db.execute(f"SELECT {names} FROM {table.name} {which}", values):  # noqa: S608 -- the schema's names
        told: dict[str, Any] = {
            column.name: _read_back(column.type, one) for column, one in zip(table.columns, stored, strict=True)
        }
        yield table.row(**told)


def _values(row: msgspec.Struct, times: Iterable[int], texts: Iterable[int]) -> list[Any]:
    values: list[Any] = list(msgspec.structs.astuple(row))
    for place in times:
        if values[place] is not None:
            values[place] = of_one_length(values[place])
    for place in texts:
        values[place] = str(values[place], "utf-8")
    return values


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
