"""What datasette goes by in a SQLite target, asked of SQLite in its words: search, links, labels, hidden tables."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aioconvo.export.targets.sqlite import SqliteSink
from tests.export.test_parts import IDENTITY, listed, page

PEOPLE = b'[{"kind":"user","name":"Ann","address":"+15550100"}]'


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "out.sqlite"
    sink = SqliteSink(path)
    sink.open(IDENTITY, fresh=False)
    batch = listed("c", "d", "e")
    named: dict[str, dict[str, Any]] = {
        "c": {"participants": msgspec.Raw(PEOPLE)},
        "d": {"subject": "An order", "participants": msgspec.Raw(PEOPLE)},
    }
    rows = tuple(msgspec.structs.replace(row, **named.get(row.conversation_id, {})) for row in batch.conversations)
    sink.commit([msgspec.structs.replace(batch, conversations=rows)])
    sink.commit([page("1", "2", text="where is it", conversation="d"), page("1", text="an invoice, please")])
    sink.commit([page("3", text="on its way", conversation="d")])
    sink.close()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        yield connection


def searched_by(db: sqlite3.Connection, table: str) -> list[str]:
    """The tables by which datasette searches that one; it knows two ways to quote its name."""
    find = """SELECT name FROM sqlite_master WHERE rootpage = 0 AND (sql LIKE '%VIRTUAL TABLE%USING FTS%content="' || ? || '"%'
        OR sql LIKE '%VIRTUAL TABLE%USING FTS%content=[' || ? || ']%')"""
    return [name for (name,) in db.execute(find, (table, table))]


def test_messages_have_a_search_box(db: sqlite3.Connection) -> None:
    assert searched_by(db, "messages") == ["messages_fts"]
    assert searched_by(db, "conversations") == []
    found = "SELECT text FROM messages WHERE rowid IN (SELECT rowid FROM messages_fts WHERE messages_fts MATCH ?)"
    assert db.execute(found, ('"invoice"',)).fetchall() == [("an invoice, please",)]


def test_searching_survives_a_vacuum(db: sqlite3.Connection) -> None:
    """Which may number the rows of a table anew that has no number of its own."""
    db.execute("DELETE FROM messages WHERE text = 'where is it'")
    db.commit()
    db.execute("VACUUM")
    db.execute("INSERT INTO messages_fts (messages_fts, rank) VALUES ('integrity-check', 1)")
    found = "SELECT text FROM messages WHERE rowid IN (SELECT rowid FROM messages_fts WHERE messages_fts MATCH ?)"
    assert db.execute(found, ("way",)).fetchall() == [("on its way",)]


def test_only_the_two_tables_are_shown(db: sqlite3.Connection) -> None:
    hidden = [
        name
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE rootpage = 0 AND sql LIKE '%VIRTUAL TABLE%USING FTS%'")
    ]
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert len(tables) > 10
    assert {name for name in tables if not name.startswith(tuple(hidden))} == {"conversations", "messages"}
    assert db.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall() == [("transcript",)]


def test_a_message_links_to_its_conversation_by_one_column(db: sqlite3.Connection) -> None:
    keys = db.execute("""SELECT "from", "table", "to" FROM pragma_foreign_key_list('messages')""").fetchall()
    assert keys == [("conversation", "conversations", "id")]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    pairs = """SELECT DISTINCT m.provider, m.account, m.conversation_id, c.provider, c.account, c.conversation_id
        FROM messages AS m JOIN conversations AS c ON c.id = m.conversation"""
    assert (
        {row[:3] for row in db.execute(pairs)}
        == {row[3:] for row in db.execute(pairs)}
        == {
            ("convore", "shop", "c"),
            ("convore", "shop", "d"),
        }
    )
    (plan,) = db.execute("EXPLAIN QUERY PLAN SELECT * FROM messages WHERE conversation = 1 ORDER BY sent_at").fetchall()
    assert "messages_conversation" in plan[3]


def test_a_conversation_has_a_title(db: sqlite3.Connection) -> None:
    """A column of that name is what datasette shows for a row."""
    assert db.execute("SELECT title FROM conversations ORDER BY id").fetchall() == [("Ann",), ("An order",), ("e",)]


def test_the_transcript_tells_who_said_what(db: sqlite3.Connection) -> None:
    said = db.execute("SELECT title, text FROM transcript").fetchall()
    assert said == [("Ann", "an invoice, please"), *[("An order", "where is it")] * 2, ("An order", "on its way")]


def test_starting_over_leaves_nothing_of_before(db: sqlite3.Connection, tmp_path: Path) -> None:
    sink = SqliteSink(tmp_path / "out.sqlite")
    sink.open(IDENTITY, fresh=True)
    sink.close()
    assert db.execute("SELECT count(*) FROM transcript").fetchall() == [(0,)]
    assert searched_by(db, "messages") == ["messages_fts"]
