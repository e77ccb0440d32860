"""Statements over many rows: as many as it takes, none for no rows, and what they return."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator

import pytest

from aioconvo.export.ledger import bulk


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        opened.execute("CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT, seen BLOB)")
        yield opened


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7])
def test_every_row_is_put_once(db: sqlite3.Connection, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_VARIABLES", 7)  # two rows of three at a time
    rows: list[bulk.Row] = [(number, f"word {number}", b"x" if number % 2 else None) for number in range(count)]
    statements: list[str] = []
    db.set_trace_callback(statements.append)
    bulk.run(db, "INSERT INTO words {rows}", rows)
    db.set_trace_callback(None)
    assert db.execute("SELECT * FROM words ORDER BY id").fetchall() == rows
    assert len(statements) == (count + 1) // 2


def test_a_few_statements_do_for_any_number_of_rows(db: sqlite3.Connection) -> None:
    statements: set[str] = set()
    for count in range(200):
        db.execute("DELETE FROM words")
        db.set_trace_callback(lambda text: statements.add(re.sub(r"\(\d+, .*?\)", "(?)", text)))
        bulk.run(db, "INSERT INTO words (id, word) {rows}", [(number, "word") for number in range(count)])
        db.set_trace_callback(None)
        assert db.execute("SELECT count(*) FROM words").fetchone() == (count,)
    assert len(statements) == 8


def test_what_all_statements_find_comes_back(db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_VARIABLES", 2)
    bulk.run(db, "INSERT INTO words (id, word) {rows}", [(number, "old") for number in range(5)])
    upsert = "INSERT INTO words (id, word) {rows} ON CONFLICT (id) DO UPDATE SET word = excluded.word"
    bulk.run(db, upsert, [(number, "new") for number in range(3, 6)])
    find = "WITH given (id) AS ({rows}) SELECT json_group_array(json_array(id, word)) FROM given JOIN words USING (id)"
    assert bulk.find(db, find, [(2,), (3,), (5,), (9,)]) == [[2, "old"], [3, "new"], [5, "new"]]
    assert bulk.find(db, find, []) == []


def test_a_statement_takes_no_more_values_than_sqlite_does(db: sqlite3.Connection) -> None:
    rows: list[bulk.Row] = [(number, "word", None) for number in range(20_000)]
    bulk.run(db, "INSERT INTO words {rows}", rows)
    assert db.execute("SELECT count(*) FROM words").fetchone() == (20_000,)
