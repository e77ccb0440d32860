"""One person is forgotten: a search of the bytes of all files finds nothing of them, and later runs leave them out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from aioconvo.cli.app import app
from aioconvo.export import Batch, ExportError, Step, conversation_states, open_sink, rows, verify
from aioconvo.export.forgetting import forget
from aioconvo.export.ledger.ledger import Ledger
from tests.export.targets import ACCOUNT, EVERY_KIND, again, conversation, due, listed, message, opened, page, target

ANN, BOB = "ann@example.org", "bob@example.org"
SECRETS = ["ann@example.org", "Annabel Zwieback", "xylophone", "c-alone", "m-alone"]


def person(address: str, name: str) -> dict[str, str]:
    return {"kind": "user", "address": address, "name": name}


def said(one: str, address: str, name: str, text: str) -> Any:
    native = msgspec.Raw(json.dumps({"id": one, "sender": {"value": address, "label": name}, "text": text}).encode())
    return message(one, author_kind="user", author_address=address, author_name=name, text=text, native=native)


def about(one: str, count: int, *people: dict[str, str]) -> Any:
    native = msgspec.Raw(json.dumps({"id": one, "members": people}).encode())
    named = msgspec.Raw(json.dumps(people).encode())
    return conversation(one, participants=named, native=native, subject=f"About {one}", message_count=count)


LISTED = listed(
    about("c-alone", 1, person(ANN, "Annabel Zwieback")),
    about("shared", 4, person(ANN, "Annabel Zwieback"), person(BOB, "Bob")),
    about("other", 2, person(BOB, "Bob")),
)
WALKS = [
    page(said("m-alone1", ANN, "Annabel Zwieback", "A xylophone, please"), of="c-alone", ended=True),
    page(
        said("s1", ANN, "Annabel Zwieback", "Another xylophone"),
        said("s2", BOB, "Bob", "Kept"),
        said("s3", BOB, "Bob", "Hello Annabel Zwieback!"),
        said("s4", BOB, "Bob", "Kept, too"),
        of="shared", ended=True,
    ),
    page(said("o1", BOB, "Bob", "Kept as well"), said("o2", BOB, "Bob", "See ann@example.org"), of="other", ended=True),
]  # fmt: skip


def filled(kind: str, path: Path) -> None:
    given = opened(kind, path)
    given.commit([LISTED])
    given.commit(WALKS)
    given.ledger.feed_lists(ACCOUNT, [ANN])
    given.commit([Batch(account=ACCOUNT, user=ANN, step=Step(walk="u", pages=1, position=f"after {ANN}"))])
    given.commit([Batch(account=ACCOUNT, user=ANN, step=Step(walk="u", pages=2, ended=True))])
    given.ledger.end_round(ACCOUNT)
    given.close()


def files(path: Path) -> Iterator[tuple[str, bytes]]:
    for file in path.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            yield file.name, content
            if file.suffix == ".gz":
                import gzip  # noqa: PLC0415 -- for this one

                yield file.name, gzip.decompress(content)


def leftovers(path: Path) -> list[tuple[str, str]]:
    return [(name, secret) for name, content in files(path) for secret in SECRETS if secret.encode() in content]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_nothing_of_a_person_is_left_in_any_file_and_later_runs_leave_them_out(kind: str, tmp_path: Path) -> None:
    filled(kind, tmp_path)
    if kind != "parquet":  # which packs its columns
        assert {secret for _, secret in leftovers(tmp_path)} >= {"ann@example.org", "Annabel Zwieback"}
    gone = forget(target(kind, tmp_path), "convore", ANN)
    assert gone == (1, 4)
    assert leftovers(tmp_path) == []
    check(kind, tmp_path)
    given = again(kind, tmp_path)
    given.ledger.feed_lists(ACCOUNT, [ANN])
    assert [user for user, _ in given.ledger.owed_lists(ACCOUNT)] == [""]
    given.commit([LISTED])
    due(given)
    given.commit([msgspec.structs.replace(one, step=Step(walk="w2", pages=1, ended=True)) for one in WALKS])
    given.ledger.end_round(ACCOUNT)
    given.close()
    assert leftovers(tmp_path) == []
    check(kind, tmp_path)


@pytest.mark.parametrize("kind", [kind for kind in EVERY_KIND if kind != "duckdb"])
def test_nothing_is_left_where_it_ends_before_the_file_is_compact(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What holds nothing of a person refuses to forget them once more: the free pages must be clean by then."""
    connected = Ledger._connected

    def cut_off(_: Ledger) -> None:
        raise OSError

    def leaves_what_is_deleted(ledger: Ledger) -> sqlite3.Connection:  # as SQLite is built for some systems, not for all
        db = connected(ledger)
        db.execute("PRAGMA secure_delete = OFF")
        return db

    filled(kind, tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "_connected", leaves_what_is_deleted)
        patched.setattr(Ledger, "compact", cut_off)
        with pytest.raises(ExportError, match="OSError"):
            forget(target(kind, tmp_path), "convore", ANN)
    with pytest.raises(ExportError, match="holds nothing of a user"):
        forget(target(kind, tmp_path), "convore", ANN)
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(
    "native",
    [
        rb'{"by":"Annabel Zwieback","n":1e999}',
        b'{"by":"ann\\u0040example.org","n":%b}' % (b"9" * 5000),
        rb'"{\"by\":\"ann\\u0040example.org\",\"half\":\"\\ud83d\"}"',
    ],
)
def test_a_native_that_few_can_read_is_searched_too(native: bytes, tmp_path: Path) -> None:
    filled("sqlite", tmp_path)
    given = again("sqlite", tmp_path)
    odd = message("odd", author_kind="user", author_id=BOB, native=msgspec.Raw(native))
    due(given)
    given.commit([page(odd, of="other", walk="w3", ended=True)])
    given.ledger.end_round(ACCOUNT)
    given.close()
    assert forget(target("sqlite", tmp_path), "convore", ANN) == (1, 5)
    check("sqlite", tmp_path)


def check(kind: str, path: Path) -> None:
    """What is of others is there, and the target is whole."""
    name = target(kind, path)
    assert {row["message_id"] for row in rows(name)} == {"s2", "s4", "o1"}
    people = {row.conversation_id: json.loads(bytes(row.participants)) for row in open_sink(name).conversations()}
    assert people == {"shared": [person(BOB, "Bob")], "other": [person(BOB, "Bob")]}
    assert verify(name, deep=True).damage == ()
    assert [one.gap for one in conversation_states(name)] == [0, 0]  # although the API counts what was forgotten


def test_the_command_tells_what_it_did_and_what_comes_back(tmp_path: Path) -> None:
    filled("sqlite", tmp_path)
    runner = CliRunner()
    command = ["forget", "--provider", "convore", "--user"]
    done = runner.invoke(app, [*command, ANN, target("sqlite", tmp_path)])
    assert done.exit_code == 0, done.output
    assert "removed 4 messages and 1 conversation as a whole" in done.output
    assert "Later runs into it leave this person out" in done.output
    none = runner.invoke(app, [*command, "nobody@example.org", target("sqlite", tmp_path)])
    assert (none.exit_code, "it holds nothing of" in none.output) == (2, True), (none.output, none.exception)
    missing = runner.invoke(app, [*command, ANN, str(tmp_path / "none.sqlite")])
    assert (missing.exit_code, "no such file" in missing.output) == (2, True)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_what_is_nobodys_id_or_address_removes_nothing(kind: str, tmp_path: Path) -> None:
    filled(kind, tmp_path)
    before = list(rows(target(kind, tmp_path)))
    for user in ("", "  ", "convore", "inbound", "m-alone1", "xylophone", "Annabel Zwieback", "message_id"):
        with pytest.raises(ExportError, match=r"holds nothing of a user|the user is empty"):
            forget(target(kind, tmp_path), "convore", user)
        assert list(rows(target(kind, tmp_path))) == before, user


@pytest.mark.parametrize("links", [["ann", "b", "c", "d"], ["d", "c", "b", "ann"], ["c", "ann", "d", "b"]])
def test_what_a_person_is_called_is_learnt_from_row_to_row(links: list[str], tmp_path: Path) -> None:
    """Wherever the rows stand that tell of it; what Ann wrote under any of these names is nobody else's."""
    chain = {"ann": "b", "b": "c", "c": "d", "d": "e"}
    given = opened("sqlite", tmp_path)
    given.commit([listed(*(conversation(f"of-{one}") for one in links), conversation("of-zoe"))])
    wrote = [message(f"m-{one}", author_kind="user", author_id=one, author_address=chain[one]) for one in links]
    given.commit([page(row, of=f"of-{one}", ended=True) for one, row in zip(links, wrote, strict=True)])
    given.commit([page(message("m-zoe", author_kind="user", author_id="zoe", author_address="z"), of="of-zoe", ended=True)])
    given.ledger.end_round(ACCOUNT)
    given.close()
    assert forget(target("sqlite", tmp_path), "convore", "ann") == (4, 4)
    assert [row["message_id"] for row in rows(target("sqlite", tmp_path))] == ["m-zoe"]
    assert [row.conversation_id for row in open_sink(target("sqlite", tmp_path)).conversations()] == ["of-zoe"]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_what_a_namesake_wrote_is_kept(kind: str, tmp_path: Path) -> None:
    given = opened(kind, tmp_path)
    given.commit([listed(about("ann", 1, person(ANN, "Ann Lee")), about("other", 2, person(BOB, "Ann Lee")))])
    given.commit(
        [
            page(said("a1", ANN, "Ann Lee", "Gone"), of="ann", ended=True),
            page(said("o1", BOB, "Ann Lee", "Kept"), said("o2", BOB, "Ann Lee", f"See {ANN}"), of="other", ended=True),
        ]
    )
    given.ledger.end_round(ACCOUNT)
    given.close()
    assert forget(target(kind, tmp_path), "convore", ANN) == (1, 2)
    assert [row["message_id"] for row in rows(target(kind, tmp_path))] == ["o1"]
    (other,) = open_sink(target(kind, tmp_path)).conversations()
    assert (other.conversation_id, other.subject) == ("other", "About other")
    assert json.loads(bytes(other.native))["members"] == [person(BOB, "Ann Lee")]
