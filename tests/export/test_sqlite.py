"""The SQLite target as people browse it: keys, indexes, search, readable values; and one transaction for all of it."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aioconvo.export import ExportError, Sink, TargetError, open_sink
from aioconvo.export.schema import CONVERSATIONS, MESSAGES, as_fetched, encode_row
from aioconvo.export.targets.sqlite import SqliteSink
from tests.export.test_parts import IDENTITY, NOON, listed, page


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out.sqlite"


def opened(path: Path, *, fresh: bool = False) -> SqliteSink:
    sink = SqliteSink(path)
    sink.open(IDENTITY, fresh=fresh)
    return sink


def asked(path: Path, query: str, *arguments: object) -> list[Any]:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute(query, arguments).fetchall()


def written(path: Path) -> None:
    sink = opened(path)
    sink.commit([listed("c", "d"), page("1", "2", text="Où est ma commande?"), page("1", conversation="d")])
    sink.close()


def test_it_is_one_file_with_keys_and_indexes(path: Path) -> None:
    written(path)
    assert [file.name for file in path.parent.iterdir()] == ["out.sqlite"]
    for table in (CONVERSATIONS, MESSAGES):
        columns = asked(path, f"SELECT name, \"notnull\", pk > 0 FROM pragma_table_info('{table.name}')")  # noqa: S608 -- our own names
        assert columns[0] == ("id", 0, 1)
        assert columns[-len(table.columns) :] == [(column.name, column.required, False) for column in table.columns]
        unique = f"SELECT name FROM pragma_index_info('sqlite_autoindex_{table.name}_1')"  # noqa: S608 -- as above
        assert tuple(name for (name,) in asked(path, unique)) == table.key
    assert asked(path, "PRAGMA foreign_key_check") == []
    assert asked(path, "PRAGMA integrity_check") == [("ok",)]
    plan = asked(path, "EXPLAIN QUERY PLAN SELECT * FROM messages ORDER BY sent_at DESC LIMIT 10")
    assert "messages_sent_at" in plan[0][3]


def indexes(path: Path) -> set[str]:
    return {name for (name,) in asked(path, "SELECT name FROM sqlite_master WHERE type = 'index' AND name GLOB 'messages_*'")}


def test_what_ended_without_a_close_gets_its_indexes_from_the_next_run(path: Path) -> None:
    killed = opened(path)
    killed.commit([listed("c"), page("1", "2")])
    killed.ledger.close()
    assert indexes(path) == set()
    again = opened(path)
    again.commit([page("3")])
    again.close()
    assert indexes(path) == {"messages_sent_at", "messages_direction", "messages_channel", "messages_conversation"}
    assert asked(path, "PRAGMA integrity_check") == [("ok",)]


def test_no_index_is_made_in_a_target_that_is_refused(path: Path) -> None:
    killed = opened(path)
    killed.commit([listed("c"), page("1")])
    killed.ledger.close()
    other = SqliteSink(path)
    with pytest.raises(ExportError, match="channel"):
        other.open(msgspec.structs.replace(IDENTITY, channel="sms"), fresh=False)
    other.close()
    assert indexes(path) == set()


def test_values_are_readable(path: Path) -> None:
    written(path)
    row = asked(path, "SELECT sent_at, datetime(sent_at), native ->> '$', attachments FROM messages LIMIT 1")[0]
    assert row == ("2024-01-31T12:00:00.000000Z", "2024-01-31 12:00:00", None, "[]")


def test_texts_are_found_also_after_a_change(path: Path) -> None:
    written(path)
    find = """SELECT message_id, conversation_id FROM messages WHERE rowid IN
        (SELECT rowid FROM messages_fts WHERE messages_fts MATCH ?) ORDER BY 1, 2"""
    assert asked(path, find, "ou") == [("1", "c"), ("2", "c")]
    sink = opened(path)
    assert sink.commit([page("2", text="Merci")]) == (0, 1, 0)
    sink.close()
    assert asked(path, find, "ou") == [("1", "c")]
    assert asked(path, find, "merci") == [("2", "c")]
    assert asked(path, "INSERT INTO messages_fts (messages_fts) VALUES ('integrity-check')") == []


def test_new_and_changed_texts_of_one_commit_are_found(path: Path) -> None:
    written(path)
    sink = opened(path)
    sink.commit([page("2", "3", text="Merci"), page("2", text="Adieu"), page("1", text="Tschüß", conversation="d")])
    sink.close()
    find = """SELECT message_id, conversation_id FROM messages WHERE rowid IN
        (SELECT rowid FROM messages_fts WHERE messages_fts MATCH ?) ORDER BY 1, 2"""
    told = [asked(path, find, word) for word in ("ou", "merci", "adieu", "tschüß")]
    assert told == [[("1", "c")], [("3", "c")], [("2", "c")], [("1", "d")]]
    assert asked(path, "INSERT INTO messages_fts (messages_fts) VALUES ('integrity-check')") == []


def test_half_of_a_surrogate_pair_is_no_reason_to_fail(path: Path) -> None:
    sink = opened(path)
    assert sink.commit([listed("c"), page("1", "2", text="half \ud83d")]) == (2, 0, 0)
    assert sink.commit([page("1", "2", text="half \ud83d")]) == (0, 0, 2)
    sink.close()
    assert asked(path, "SELECT DISTINCT text FROM messages") == [("half ?",)]


def test_rows_come_back_as_they_went_in(path: Path) -> None:
    sink = opened(path)
    assert isinstance(sink, Sink)
    row = msgspec.structs.replace(
        listed("c").conversations[0], unread=False, created_at=NOON, message_count=3, native=msgspec.Raw(b'{"a":[1]}')
    )
    sink.commit([msgspec.structs.replace(listed(), conversations=(row,)), page("1")])
    assert [one.message_id for one in sink.messages()] == ["1"]
    sink.close()
    (back,) = open_sink(path).conversations()
    assert (back.unread, back.created_at, back.message_count, bytes(back.native)) == (False, NOON, 3, b'{"a":[1]}')
    assert [encode_row(as_fetched(one)) for one in open_sink(path).messages()] == list(map(bytes, page("1").messages.rows))


def test_a_commit_that_fails_leaves_neither_rows_nor_positions(path: Path) -> None:
    sink = opened(path)
    sink.commit([listed("c"), page("1")])
    sink.ledger.db.execute("ALTER TABLE messages RENAME TO elsewhere")
    with pytest.raises(TargetError, match="no such table: messages"):
        sink.commit([page("2", "3")])
    sink.ledger.db.execute("ALTER TABLE elsewhere RENAME TO messages")
    assert sink.commit([page("2", "3")]) == (2, 0, 0)
    sink.close()
    assert len(asked(path, "SELECT 1 FROM messages")) == 3


def test_a_table_of_somebody_else_is_left_alone(path: Path) -> None:
    asked(path, "CREATE TABLE messages (mine TEXT)")
    for fresh in (False, True):
        with contextlib.ExitStack() as stack:
            sink = SqliteSink(path)
            stack.callback(sink.close)
            with pytest.raises(TargetError, match="has a table messages that no export wrote; name another file"):
                sink.open(IDENTITY, fresh=fresh)
    assert asked(path, "SELECT name FROM sqlite_master") == [("messages",)]


def test_fresh_drops_what_the_export_wrote_and_nothing_else(path: Path) -> None:
    written(path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE notes (mine TEXT)")
    sink = opened(path, fresh=True)
    assert sink.commit([listed("c"), page("1")]) == (1, 0, 0)
    sink.close()
    assert asked(path, "SELECT count(*) FROM messages") == [(1,)]
    assert asked(path, "SELECT name FROM sqlite_master WHERE name = 'notes'") == [("notes",)]


def test_what_cannot_be_opened_is_told(path: Path) -> None:
    path.mkdir()
    with pytest.raises(TargetError, match="is a directory; name another file"):
        opened(path)


def test_what_is_no_database_is_told(path: Path) -> None:
    path.write_text("Dear diary, " * 100)
    with pytest.raises(TargetError, match="the file there is something else, no SQLite database"):
        opened(path)
    assert path.read_text().startswith("Dear diary")
