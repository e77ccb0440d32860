"""The DuckDB target: types, one row for each key whatever happens, errors that say what is wrong and no message text."""

from __future__ import annotations

import datetime as dt
import pathlib
import subprocess
import sys
from collections.abc import Iterator

import duckdb
import msgspec
import pytest

from aioconvo.export.batch import Account, Batch, Identity, Step
from aioconvo.export.errors import TargetError
from aioconvo.export.schema import MESSAGES, ConversationRow, MessageRow, as_fetched
from aioconvo.export.targets.duckdb import DuckdbSink
from tests.export.rows import lines_of

ACCOUNT = Account("sunshine", "main")
IDENTITY = Identity(accounts=((ACCOUNT, "all"),))
MOMENT = dt.datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=dt.UTC)
NATIVE = msgspec.Raw(b'{"n":12345678901234567890,"text":"\\"\\u0000","list":[1,null]}')


def conversation(**given: object) -> ConversationRow:
    native = msgspec.Raw(b'{"id":"c1"}')  # a row without one tells an id only
    row = ConversationRow(provider="sunshine", account="main", conversation_id="c1", native=native)
    return msgspec.structs.replace(row, **given)


def message(message_id: str, **given: object) -> MessageRow:
    row = MessageRow(provider="sunshine", account="main", conversation_id="c1", message_id=message_id, sent_at=MOMENT)
    return msgspec.structs.replace(row, **given)


def listed(*rows: ConversationRow) -> Batch:
    return Batch(account=ACCOUNT, step=Step(walk="list", pages=1, ended=True), user="", conversations=rows)


def page(*rows: MessageRow) -> Batch:
    return Batch(
        account=ACCOUNT,
        step=Step(walk="walk", pages=1, position="p"),
        conversation="c1",
        messages=lines_of(rows),
    )


def opened(path: pathlib.Path, *, fresh: bool = False) -> DuckdbSink:
    sink = DuckdbSink(path)
    sink.open(IDENTITY, fresh=fresh)
    sink.ledger.begin_round(ACCOUNT)
    sink.ledger.feed_lists(ACCOUNT, [""])
    return sink


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "out.duckdb"


@pytest.fixture
def sink(path: pathlib.Path) -> Iterator[DuckdbSink]:
    sink = opened(path)
    sink.commit([listed(conversation())])
    yield sink
    sink.close()


def test_every_value_comes_back_as_it_went_in(sink: DuckdbSink) -> None:
    full = message(
        "m1", updated_at=dt.datetime(1, 1, 1, tzinfo=dt.UTC), direction="inbound", kind="text", author_kind="user",
        author_id="u", author_name="Ō'Brien \"x\"", author_address="+1", text="a\0b\n\u2028 😀 {}[],", html="<p>", subject="s",
        channel="sms", status="delivered", reply_to_id="m0", attachments=msgspec.Raw(b'[{"url":"u"}]'), native=NATIVE,
    )  # fmt: skip
    told = conversation(unread=False, message_count=2**62, channels=msgspec.Raw(b'["a","b"]'), created_at=MOMENT)
    sink.commit([listed(told), page(full, message("m2", sent_at=None))])
    for reader in (sink, DuckdbSink(sink.path)):  # while it is open, and after it was closed
        assert [msgspec.json.encode(as_fetched(row)) for row in reader.messages()] == [
            msgspec.json.encode(row) for row in (full, message("m2", sent_at=None))
        ]
        assert [msgspec.json.encode(row) for row in reader.conversations()] == [msgspec.json.encode(told)]
        sink.close()


def test_types_are_right(sink: DuckdbSink) -> None:
    sink.commit([listed(conversation(unread=True, message_count=3)), page(message("m1", native=NATIVE))])
    sink.close()
    with duckdb.connect(sink.path, read_only=True) as db:
        types = dict(db.execute("SELECT table_name || '.' || column_name, data_type FROM duckdb_columns()").fetchall())
        seconds = db.execute("SELECT epoch(sent_at), native->>'$.n' FROM messages").fetchall()
    assert types["messages.sent_at"] == types["conversations.created_at"] == "TIMESTAMP WITH TIME ZONE"
    assert (types["conversations.unread"], types["conversations.message_count"]) == ("BOOLEAN", "BIGINT")
    assert types["messages.native"] == types["conversations.participants"] == "JSON"
    assert types["messages.text"] == "VARCHAR"
    assert seconds == [(MOMENT.timestamp(), "12345678901234567890")]


def test_known_messages_are_not_doubled_and_changed_ones_replaced(sink: DuckdbSink) -> None:
    first = sink.commit([page(message("m1", text="one"), message("m2", text="two"))])
    second = sink.commit([page(message("m1", text="one"), message("m2", text="changed"), message("m3"))])
    third = sink.commit([page(message("m3", text="a")), page(message("m3", text="b"))])
    assert (first.new, second.new, second.changed, second.seen_before, third.changed) == (2, 1, 1, 1, 1)
    assert {row.message_id: row.text for row in sink.messages()} == {"m1": "one", "m2": "changed", "m3": "b"}


def test_a_changed_conversation_replaces_its_row(sink: DuckdbSink) -> None:
    sink.commit([listed(conversation(status="open")), listed(conversation(status="closed"))])
    assert [row.status for row in sink.conversations()] == ["closed"]


def test_a_commit_broken_off_before_the_ledger_is_not_doubled_when_it_comes_again(path: pathlib.Path) -> None:
    sink = opened(path)
    sink.commit([listed(conversation()), page(message("m1"))])
    sink.close()
    before = sink.ledger.path.read_bytes()
    sink = opened(path)
    sink.commit([page(message("m2"), message("m3"))])
    sink.close()
    sink.ledger.path.write_bytes(before)  # as a power cut between the two commits leaves it
    sink = opened(path)
    assert sink.commit([page(message("m3", text="newer"), message("m2"), message("m4"))]) == (1, 1, 1)
    assert sorted(row.message_id for row in sink.messages()) == ["m1", "m2", "m3", "m4"]
    sink.close()


def test_an_error_in_a_commit_leaves_neither_rows_nor_positions(sink: DuckdbSink) -> None:
    sink.commit([page(message("m1"))])
    with pytest.raises(TargetError) as caught:
        sink.commit([page(message("m2", text="SECRET", native=msgspec.Raw(b"SECRET")))])
    assert "SECRET" not in f"{caught.value!r}{caught.value.__cause__!r}"
    assert [row.message_id for row in sink.messages()] == ["m1"]
    assert sink.commit([page(message("m2"))]).new == 1


def test_fresh_starts_over(sink: DuckdbSink) -> None:
    sink.commit([page(message("m1"))])
    sink.close()
    sink = opened(sink.path, fresh=True)
    assert list(sink.messages()) == []
    assert sink.commit([listed(conversation()), page(message("m1"))]).new == 1
    sink.close()


def test_a_start_over_that_was_broken_off_can_be_asked_for_again(sink: DuckdbSink) -> None:
    sink.commit([page(message("m1"))])
    sink.close()
    with duckdb.connect(sink.path) as db:
        db.execute("DROP TABLE messages")
    opened(sink.path, fresh=True).close()
    assert list(sink.messages()) == []


@pytest.mark.parametrize("fresh", [False, True])
def test_a_table_that_no_export_wrote_is_left_alone(path: pathlib.Path, fresh: bool) -> None:
    with duckdb.connect(path) as db:
        db.execute("CREATE TABLE messages (mine INTEGER); INSERT INTO messages VALUES (1)")
    with pytest.raises(TargetError, match=r"a table messages without the ledger of an export.*another file"):
        opened(path, fresh=fresh)
    with duckdb.connect(path) as db:
        assert db.execute("SELECT mine FROM messages").fetchall() == [(1,)]


def test_the_directory_is_made(path: pathlib.Path) -> None:
    opened(path.with_name("new") / "deep" / "out.duckdb").close()
    assert list(DuckdbSink(path.with_name("new") / "deep" / "out.duckdb").messages()) == []


def test_a_database_that_another_program_has_open_is_refused(path: pathlib.Path) -> None:
    hold = "import duckdb, sys; db = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", hold, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:  # noqa: S603 -- our own
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(TargetError, match="another program has it open"):
            opened(path)
        holder.communicate(b"")
    opened(path).close()


def test_no_directory_and_no_database_are_told(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(TargetError, match=r"out\.duckdb"):
        opened(tmp_path / "file" / "out.duckdb")
    with pytest.raises(TargetError, match="no such file"):
        list(DuckdbSink(tmp_path / "missing.duckdb").messages())
    (tmp_path / "text.duckdb").write_text("no database " * 1000)
    with pytest.raises(TargetError, match=r"text\.duckdb"):
        list(DuckdbSink(tmp_path / "text.duckdb").messages())


def test_more_rows_than_one_statement_takes_keep_their_order(sink: DuckdbSink) -> None:
    count = 12_000
    sink.commit([page(*(message(f"m{number}") for number in range(count)))])
    assert [row.message_id for row in sink.messages()] == [f"m{number}" for number in range(count)]


def test_the_columns_are_those_of_the_schema(sink: DuckdbSink) -> None:
    sink.close()
    with duckdb.connect(sink.path, read_only=True) as db:
        names = [
            name for (name,) in db.execute("SELECT column_name FROM duckdb_columns() WHERE table_name = 'messages'").fetchall()
        ]
    assert names == [column.name for column in MESSAGES.columns]


def test_without_duckdb_the_fix_is_named() -> None:
    program = (
        "import sys; sys.modules['duckdb'] = None\n"
        "from aioconvo.export.targets.sinks import open_sink\n"
        "from aioconvo.export.errors import ExportError\n"
        "try: open_sink('out.duckdb')\n"
        "except ExportError as error: print(error)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout  # noqa: S603 -- our own command
    assert told == 'DuckDB is missing: pip install "aioconvo[duckdb]"\n'
