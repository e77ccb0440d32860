"""Part files: whole or not at all, whenever the export ended; each message in one of them."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aioconvo.export import Account, Batch, ExportError, Identity, Sink, Step, TargetError, open_sink, verify
from aioconvo.export.completeness import look
from aioconvo.export.schema import ConversationRow, MessageRow
from aioconvo.export.targets.jsonl import GzipJsonlSink, JsonlSink
from aioconvo.export.targets.parts import PartSink
from tests.export.rows import lines_of

ACCOUNT = Account("convore", "shop")
IDENTITY = Identity(accounts=((ACCOUNT, "all"),))
NOON = dt.datetime(2024, 1, 31, 12, tzinfo=dt.UTC)
SINKS = [JsonlSink, GzipJsonlSink]


class PowerCutError(Exception):
    """The export ends here."""


def opened(kind: type[PartSink], path: Path, *, fresh: bool = False, rows_per_part: int = 3) -> PartSink:
    sink = kind(path / "out", rows_per_part=rows_per_part)
    sink.open(IDENTITY, fresh=fresh)
    return sink


def listed(*ids: str) -> Batch:
    rows = tuple(ConversationRow(provider="convore", account="shop", conversation_id=one) for one in ids)
    return Batch(account=ACCOUNT, user="", step=Step(ended=True), conversations=rows)


def page(*ids: str, text: str = "Hällo\n", conversation: str = "c") -> Batch:
    rows = (
        MessageRow(provider="convore", account="shop", conversation_id=conversation, message_id=one, text=text, sent_at=NOON)
        for one in ids
    )
    lines = lines_of(rows)
    return Batch(account=ACCOUNT, conversation=conversation, step=Step(walk="w", pages=1, position="p"), messages=lines)


def lines(path: Path) -> list[dict[str, Any]]:
    """Every line of every visible file of messages, each of which must be whole."""
    found: list[dict[str, Any]] = []
    for file in sorted((path / "out").glob("messages-*")):
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        assert content.endswith(b"\n")
        found += [json.loads(line) for line in content.splitlines()]
    return found


def ids(path: Path) -> Counter[str]:
    return Counter(line["message_id"] for line in lines(path))


@pytest.mark.parametrize("kind", SINKS)
def test_rows_come_back_as_they_went_in(kind: type[PartSink], tmp_path: Path) -> None:
    sink = opened(kind, tmp_path)
    assert isinstance(sink, Sink)
    assert sink.commit([listed("c", "d"), page("1", "2"), page("3", "4", conversation="d")]) == (4, 0, 0)
    assert ids(tmp_path) == Counter("1234")  # a part is full
    sink.commit([page("5")])
    assert ids(tmp_path) == Counter("1234")
    assert sorted(row.message_id for row in sink.messages()) == list("12345")
    sink.close()
    sink.close()
    assert ids(tmp_path) == Counter("12345")
    assert lines(tmp_path)[0]["text"] == "Hällo\n"
    assert lines(tmp_path)[0]["sent_at"] == "2024-01-31T12:00:00Z"
    assert [row.conversation_id for row in open_sink(tmp_path / "out").conversations()] == ["c", "d"]
    names = sorted(file.name for file in (tmp_path / "out").iterdir())
    ending = kind.ending
    assert names == [".aioconvo", f"conversations{ending}", f"messages-000001{ending}", f"messages-000002{ending}"]


def test_packed_files_bear_no_time(tmp_path: Path) -> None:
    """RFC 1952: an MTIME of 0 says that none is told. The same rows make the same bytes."""
    sink = opened(GzipJsonlSink, tmp_path)
    sink.commit([listed("c"), page("1")])
    sink.close()
    files = list((tmp_path / "out").glob("*.gz"))
    assert {file.read_bytes()[4:8] for file in files} == {bytes(4)}
    assert len(files) == 2


@pytest.mark.parametrize("kind", SINKS)
def test_a_changed_message_leaves_its_old_part(kind: type[PartSink], tmp_path: Path) -> None:
    sink = opened(kind, tmp_path)
    sink.commit([listed("c"), page("1", "2", "3")])
    sink.commit([page("4")])
    assert sink.commit([page("2", "4", text="Bye")]) == (0, 2, 0)
    sink.close()
    assert ids(tmp_path) == Counter("1234")
    assert {line["message_id"] for line in lines(tmp_path) if line["text"] == "Bye"} == {"2", "4"}
    again = opened(kind, tmp_path)
    assert again.commit([page("2", "4", text="Bye"), page("1")]) == (0, 0, 3)
    again.commit([page("1", "3", text="Bye")])  # nothing is left of the first part
    again.close()
    assert ids(tmp_path) == Counter("1234")
    assert {line["text"] for line in lines(tmp_path)} == {"Bye"}


@pytest.mark.parametrize("kind", SINKS)
@pytest.mark.parametrize("call", ["write", "_roll_forward", "_write_conversations"])
@pytest.mark.parametrize("changed", [False, True])
def test_a_power_cut_anywhere_leaves_whole_files(
    kind: type[PartSink], call: str, changed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opened(kind, tmp_path)
    first.commit([listed("c"), page("1", "2", "3")])
    first.close()
    sink = opened(kind, tmp_path, rows_per_part=100)
    sink.commit([page("4", "5"), page("2", text="Bye" if changed else "Hällo\n")])
    cut = opened_but_cut(sink, call, monkeypatch)
    with pytest.raises(PowerCutError):
        cut.close()
    visible = ids(tmp_path)
    assert all(count == 1 for count in visible.values())
    assert set(visible) >= set("123")
    again = opened(kind, tmp_path)
    assert sorted(row.message_id for row in again.messages()) == list("12345")
    assert again.commit([page("2", text="Bye" if changed else "Hällo\n"), page("4", "5")]) == (0, 0, 3)
    again.close()
    assert ids(tmp_path) == Counter("12345")
    assert [line["text"] for line in lines(tmp_path)].count("Bye") == changed
    assert {file.name for file in (tmp_path / "out" / ".aioconvo").iterdir()} == {f"{kind.kind}.sqlite"}


def opened_but_cut(sink: PartSink, call: str, monkeypatch: pytest.MonkeyPatch) -> PartSink:
    """The sink, of which this call fails after half of its work, where it has halves."""
    whole = getattr(sink, call)

    def half(path: Path, table: Any, lines: Any) -> None:
        whole(path, table, [next(lines)])
        raise PowerCutError

    def none(*_: object) -> None:
        raise PowerCutError

    monkeypatch.setattr(sink, call, half if call == "write" else none)
    return sink


@pytest.mark.parametrize("kind", SINKS)
def test_messages_have_the_number_of_their_part_before_it_is_made(kind: type[PartSink], tmp_path: Path) -> None:
    def numbers(sink: PartSink) -> dict[str, int]:
        return dict(sink.ledger.db.execute("SELECT id, part FROM _aioconvo_items"))

    sink = opened(kind, tmp_path)
    sink.commit([listed("c"), page("1")])
    assert (numbers(sink), sink.ledger.part) == ({"1": 1}, 1)
    sink.commit([page("2", "3")])  # the part is full
    assert (numbers(sink), sink.ledger.part) == ({"1": 1, "2": 1, "3": 1}, 2)
    sink.commit([page("3", "4", text="Bye")])
    assert numbers(sink) == {"1": 1, "2": 1, "3": 2, "4": 2}
    sink.close()
    again = opened(kind, tmp_path)
    again.commit([page("5")])
    assert (numbers(again)["5"], again.ledger.part) == (3, 3)
    again.close()
    assert [file.name[9:15] for file in sorted((tmp_path / "out").glob("messages-*"))] == ["000001", "000002", "000003"]
    assert ids(tmp_path) == Counter("12345")


@pytest.mark.parametrize("kind", SINKS)
def test_a_message_that_changes_again_before_its_part_is_made_is_there_once(kind: type[PartSink], tmp_path: Path) -> None:
    sink = opened(kind, tmp_path, rows_per_part=100)
    sink.commit([listed("c"), page("1", "2", "3")])
    for text in ("Bye", "Ciao"):
        assert sink.commit([page("2", text=text)]) == (0, 1, 0)
    assert [row.text for row in sink.messages() if row.message_id == "2"] == ["Ciao"]
    sink.close()
    assert [(line["message_id"], line["text"]) for line in lines(tmp_path)] == [
        ("1", "Hällo\n"),
        ("3", "Hällo\n"),
        ("2", "Ciao"),
    ]


@pytest.mark.parametrize("kind", SINKS)
@pytest.mark.parametrize("more", [False, True])
def test_what_a_commit_that_failed_had_written_does_not_count(
    kind: type[PartSink], more: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = opened(kind, tmp_path, rows_per_part=100)
    sink.commit([listed("c"), page("1", "2")])
    call = "_append"
    append = getattr(sink, call)

    def append_and_fail(taken: Any) -> Any:
        append(taken)
        raise PowerCutError

    monkeypatch.setattr(sink, call, append_and_fail)
    with pytest.raises(PowerCutError):
        sink.commit([page("3", "4", "5")])
    monkeypatch.undo()
    if more:
        assert sink.commit([page("3", text="Bye")]) == (1, 0, 0)
    sink.close()
    assert ids(tmp_path) == Counter("123" if more else "12")


def test_files_that_came_without_their_ledger_are_not_deleted(tmp_path: Path) -> None:
    sink = opened(JsonlSink, tmp_path)
    sink.commit([listed("c"), page("1")])
    sink.close()
    shutil.rmtree(tmp_path / "out" / ".aioconvo")  # as a copy by `cp out/*` is without it
    with pytest.raises(
        TargetError, match=r"out holds conversations.jsonl, which is of no export that goes on here; .* --fresh"
    ):
        opened(JsonlSink, tmp_path)
    assert ids(tmp_path) == Counter("1")
    opened(GzipJsonlSink, tmp_path).close()  # files of other kinds are no matter
    opened(JsonlSink, tmp_path, fresh=True).close()
    assert ids(tmp_path) == Counter()


@pytest.mark.parametrize("kind", [JsonlSink, GzipJsonlSink])
def test_a_target_is_not_complete_before_its_files_are(kind: type[PartSink], tmp_path: Path) -> None:
    """A run that is killed at its very end has all messages, but not yet in the files that people see."""
    target = f"{kind.kind}:{tmp_path / 'out'}"
    for closed in (False, True):
        sink = opened(kind, tmp_path)
        sink.ledger.begin_round(ACCOUNT)
        ended = msgspec.structs.replace(page("1", "2"), step=Step(walk="w", pages=1, ended=True))
        sink.commit([listed("c"), ended])
        sink.ledger.end_round(ACCOUNT)
        assert look(sink.ledger).complete
        sink.close() if closed else sink.ledger.close()
        assert verify(target).complete is closed
        assert ids(tmp_path) == (Counter("12") if closed else Counter())


def test_targets_of_two_kinds_share_a_directory(tmp_path: Path) -> None:
    sinks = [opened(kind, tmp_path, rows_per_part=100) for kind in SINKS]
    for sink in sinks:
        assert sink.commit([listed("c"), page("1", "2")]) == (2, 0, 0)
    for sink in sinks:
        sink.close()
    assert ids(tmp_path) == Counter("1122")
    for kind in SINKS:
        assert [row.message_id for row in kind(tmp_path / "out").messages()] == ["1", "2"]


def test_fresh_deletes_what_the_export_wrote_and_nothing_else(tmp_path: Path) -> None:
    sink = opened(JsonlSink, tmp_path)
    sink.commit([listed("c"), page("1", "2", "3")])
    sink.close()
    notes = tmp_path / "out" / "notes.jsonl"
    notes.write_text("mine")
    again = opened(JsonlSink, tmp_path, fresh=True)
    assert ids(tmp_path) == Counter()
    assert again.commit([listed("c"), page("1")]) == (1, 0, 0)
    again.close()
    assert ids(tmp_path) == Counter("1")
    assert notes.read_text() == "mine"


def test_fresh_deletes_nothing_of_an_export_that_is_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioconvo.export.ledger.ledger._PATIENCE", 0.0)
    sink = opened(JsonlSink, tmp_path)
    sink.commit([listed("c"), page("1", "2", "3"), page("4")])
    with pytest.raises(TargetError, match="another export is writing there"):
        opened(JsonlSink, tmp_path, fresh=True)
    sink.commit([page("5")])
    sink.close()
    assert ids(tmp_path) == Counter("12345")


def test_fresh_takes_the_place_of_a_ledger_that_is_none(tmp_path: Path) -> None:
    opened(JsonlSink, tmp_path).close()
    (tmp_path / "out" / ".aioconvo" / "jsonl.sqlite").write_text("no database, whatever its name says")
    with pytest.raises(TargetError, match="no SQLite database"):
        opened(JsonlSink, tmp_path)
    opened(JsonlSink, tmp_path, fresh=True).close()
    opened(JsonlSink, tmp_path).close()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("out/", "jsonl"),
        ("jsonl:out", "jsonl"),
        ("jsonl:///tmp/out", "jsonl"),
        ("out.jsonl", "jsonl"),
        ("out.jsonl.gz", "jsonl.gz"),
        ("jsonl.gz:out", "jsonl.gz"),
        ("out.sqlite", "sqlite"),
        ("OUT.DB", "sqlite"),
        ("sqlite:out", "sqlite"),
        (Path("out.sqlite3"), "sqlite"),
    ],
)
def test_names_of_targets(name: str | Path, kind: str) -> None:
    assert open_sink(name).kind == kind


def test_a_name_that_tells_no_kind_is_refused() -> None:
    with pytest.raises(ExportError, match=r"write jsonl:PATH, jsonl.gz:PATH, sqlite:PATH, parquet:PATH, duckdb:PATH"):
        open_sink("out.csv")
