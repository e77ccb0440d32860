"""The Parquet target: types, encodings, row groups, and that what was written is read back."""

from __future__ import annotations

import datetime as dt
import pathlib
import subprocess
import sys
from typing import Any

import duckdb
import msgspec
import pyarrow as pa
import pytest
from pyarrow import parquet

from aioconvo.export.batch import Account, Batch, Identity, Step
from aioconvo.export.errors import TargetError
from aioconvo.export.schema import CONVERSATIONS, MESSAGES, ConversationRow, MessageRow, as_fetched, encode_row
from aioconvo.export.targets.parquet import ParquetSink
from tests.export.rows import lines_of

ACCOUNT = Account("sunshine", "main")
IDENTITY = Identity(accounts=((ACCOUNT, "all"),))
MOMENT = dt.datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=dt.UTC)
NATIVE = msgspec.Raw(b'{"n":12345678901234567890,"text":"\\"\\u0000","list":[1,null]}')
FULL = MessageRow(
    provider="sunshine", account="main", conversation_id="c1", message_id="m1", sent_at=MOMENT,
    updated_at=dt.datetime(1, 1, 1, tzinfo=dt.UTC), direction="inbound", kind="text", author_kind="user", author_id="u",
    author_name="Ō'Brien \"x\"", author_address="+1", text="a\0b\n\u2028 😀 {}[],", html="<p>", subject="s", channel="sms",
    status="delivered", reply_to_id="m0", attachments=msgspec.Raw(b'[{"url":"u"}]'), native=NATIVE,
)  # fmt: skip
BARE = MessageRow(provider="sunshine", account="main", conversation_id="c1", message_id="m2")
HEAD = ConversationRow(
    provider="sunshine", account="main", conversation_id="c1", created_at=MOMENT, unread=False, message_count=2**62,
    channels=msgspec.Raw(b'["a","b"]'),
)  # fmt: skip


def exported(directory: pathlib.Path, *messages: MessageRow, rows_per_part: int = 50_000) -> ParquetSink:
    sink = ParquetSink(directory, rows_per_part=rows_per_part)
    sink.open(IDENTITY, fresh=False)
    sink.ledger.begin_round(ACCOUNT)
    sink.ledger.feed_lists(ACCOUNT, [""])
    step = Step(walk="walk", pages=1, ended=True)
    sink.commit([Batch(account=ACCOUNT, step=step, user="", conversations=(HEAD,))])
    sink.commit([Batch(account=ACCOUNT, step=step, conversation="c1", messages=lines_of(messages))])
    sink.close()
    return sink


def test_every_value_comes_back_as_it_went_in(tmp_path: pathlib.Path) -> None:
    sink = exported(tmp_path / "out", FULL, BARE)
    assert [encode_row(as_fetched(row)) for row in sink.messages()] == [encode_row(FULL), encode_row(BARE)]
    path = tmp_path / "out" / "conversations.parquet"
    assert [encode_row(row) for row in sink.read(path, CONVERSATIONS)] == [encode_row(HEAD)]


def test_types_are_right(tmp_path: pathlib.Path) -> None:
    exported(tmp_path / "out", FULL, BARE)
    messages = parquet.read_schema(tmp_path / "out" / "messages-000001.parquet")
    conversations = parquet.read_schema(tmp_path / "out" / "conversations.parquet")
    assert messages.names == [column.name for column in MESSAGES.columns]
    assert messages.field("sent_at").type == pa.timestamp("us", tz="UTC")
    assert messages.field("text").type == pa.string()
    assert messages.field("native").type == pa.json_()
    assert (messages.field("message_id").nullable, messages.field("text").nullable) == (False, True)
    assert (conversations.field("unread").type, conversations.field("message_count").type) == (pa.bool_(), pa.int64())
    assert messages.metadata[b"aioconvo.schema"] == b"3"


def test_another_reader_sees_the_same(tmp_path: pathlib.Path) -> None:
    exported(tmp_path / "out", FULL, BARE)
    query = "SELECT epoch_us(sent_at), typeof(native), native->>'$.n', text FROM read_parquet(?) ORDER BY message_id"
    with duckdb.connect() as db:
        found = db.execute(query, [str(tmp_path / "out" / "messages-*.parquet")]).fetchall()
    microseconds = (MOMENT - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)
    assert found == [(microseconds, "JSON", "12345678901234567890", FULL.text), (None, "JSON", None, None)]


def test_words_that_repeat_are_dictionary_encoded_and_texts_are_not(tmp_path: pathlib.Path) -> None:
    exported(tmp_path / "out", FULL, BARE)
    group = parquet.read_metadata(tmp_path / "out" / "messages-000001.parquet").row_group(0)
    columns = {group.column(place).path_in_schema: group.column(place) for place in range(group.num_columns)}
    for name in ("provider", "conversation_id", "direction", "kind", "author_kind", "channel", "status"):
        assert columns[name].has_dictionary_page, name
    assert not columns["message_id"].has_dictionary_page
    assert {column.compression for column in columns.values()} == {"ZSTD"}


def test_row_groups_hold_25000_rows(tmp_path: pathlib.Path) -> None:
    line = encode_row(BARE)
    ParquetSink(tmp_path).write(tmp_path / "rows.parquet", MESSAGES, (line for _ in range(30_001)))
    metadata: Any = parquet.read_metadata(tmp_path / "rows.parquet")
    assert [metadata.row_group(place).num_rows for place in range(metadata.num_row_groups)] == [25_000, 5_001]


def test_a_file_without_rows_can_be_read(tmp_path: pathlib.Path) -> None:
    sink = ParquetSink(tmp_path)
    sink.write(tmp_path / "none.parquet", MESSAGES, iter(()))
    assert list(sink.read(tmp_path / "none.parquet", MESSAGES)) == []
    assert parquet.read_schema(tmp_path / "none.parquet").names == [column.name for column in MESSAGES.columns]


def test_a_changed_message_takes_the_place_of_the_older_one(tmp_path: pathlib.Path) -> None:
    exported(tmp_path / "out", FULL, BARE)
    sink = exported(tmp_path / "out", msgspec.structs.replace(FULL, text="newer"))
    assert {row.message_id: row.text for row in sink.messages()} == {"m1": "newer", "m2": None}
    found = parquet.read_table(sorted((tmp_path / "out").glob("messages-*.parquet")), columns=["message_id", "text"])
    assert sorted(zip(found["message_id"].to_pylist(), found["text"].to_pylist(), strict=True)) == [
        ("m1", "newer"),
        ("m2", None),
    ]


def test_without_pyarrow_the_fix_is_named() -> None:
    program = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from aioconvo.export.targets.sinks import open_sink\n"
        "from aioconvo.export.errors import ExportError\n"
        "try: open_sink('parquet:out')\n"
        "except ExportError as error: print(error)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout  # noqa: S603 -- our own command
    assert told == 'PyArrow is missing: pip install "aioconvo[parquet]"\n'


@pytest.mark.parametrize("damage", [b"no parquet", b""])
def test_a_damaged_file_is_a_target_error(tmp_path: pathlib.Path, damage: bytes) -> None:
    sink = exported(tmp_path / "out", FULL)
    (tmp_path / "out" / "messages-000001.parquet").write_bytes(damage)
    with pytest.raises(TargetError, match="messages-000001"):
        list(sink.messages())
