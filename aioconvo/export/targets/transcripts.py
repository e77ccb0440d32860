"""Messages in the order in which they were said: by conversation, by time, and by rank where times are equal."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Iterable, Iterator

from aioconvo.export.ledger.times import to_text
from aioconvo.export.schema import MESSAGES, MessageRow, decode_row, encode_row

__all__ = ["in_order"]

_AT_ONCE = 1_000
_TABLE = """CREATE TABLE message (provider TEXT, account TEXT, conversation TEXT, sent_at TEXT, rank INTEGER, id TEXT,
    row BLOB)"""
_SORTED = "SELECT row FROM message ORDER BY provider, account, conversation, sent_at, rank, id"


def in_order(rows: Iterable[MessageRow]) -> Iterator[MessageRow]:
    """The rows in order; all of them are read before the first one is given."""
    with contextlib.closing(sqlite3.connect("", isolation_level=None)) as db:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE", "cache_size = -16000"):
            db.execute(f"PRAGMA {pragma}")
        db.execute(_TABLE)
        left = iter(rows)
        while some := list(itertools.islice(left, _AT_ONCE)):
            db.executemany("INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?)", map(_stored, some))
        db.execute("CREATE INDEX in_order ON message (provider, account, conversation, sent_at, rank, id)")
        for (line,) in db.execute(_SORTED):
            yield decode_row(MESSAGES, line)


def _stored(row: MessageRow) -> tuple[str | int | bytes | None, ...]:
    when = None if row.sent_at is None else to_text(row.sent_at)
    return (row.provider, row.account, row.conversation_id, when, row.rank, row.message_id, encode_row(row))
