"""A target that lost something is not called complete; the next run fetches exactly that again, and nothing is doubled."""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from aioconvo.cli.verdicts import _AGAIN, _UNSEEN, sentences
from aioconvo.export import (
    Account,
    Batch,
    ExportError,
    Identity,
    Sink,
    TargetError,
    Verdict,
    conversation_states,
    open_sink,
    rows,
    verify,
)
from aioconvo.export.schema import ConversationRow
from aioconvo.export.sqlite_file import is_cut
from tests.export.targets import (
    ACCOUNT,
    EVERY_KIND,
    IDENTITY,
    PART_KINDS,
    conversation,
    listed,
    message,
    opened,
    page,
    sink,
    target,
)

LEDGERS = (".ledger", "jsonl.sqlite", "parquet.sqlite", "gz.sqlite")
CONVERSATIONS = {name: [f"{name}{number}" for number in range(5)] for name in "abc"}


def told(*names: str) -> list[ConversationRow]:
    """Conversations of a list that tells when one of them has changed."""
    return [conversation(name, message_count=5) for name in names]


def whole(name: str, walk: str = "w") -> Batch:
    return page(*CONVERSATIONS[name], of=name, walk=walk, ended=True)


def written(kind: str, path: Path, names: str = "abc") -> None:
    given = opened(kind, path)
    for name in names:
        given.commit([listed(*told(name), ended=False)])
        given.ledger.owed(ACCOUNT)
        given.commit([whole(name)])
    given.commit([listed(pages=2)])
    given.ledger.end_round(ACCOUNT)
    given.close()


def refetched(kind: str, path: Path) -> tuple[int, set[str]]:
    """What the next run brings that is new: how many messages, of which conversations that are due."""
    given = sink(kind, path)
    given.open(IDENTITY, fresh=False)
    given.ledger.begin_round(ACCOUNT)
    given.ledger.feed_lists(ACCOUNT, [""])
    given.commit([listed(*told(*CONVERSATIONS))])
    due = {one.id for one in given.ledger.owed(ACCOUNT)}
    new = sum(given.commit([whole(name, "again")]).new for name in sorted(due))
    given.ledger.end_round(ACCOUNT)
    given.close()
    return new, due


def held(kind: str, path: Path) -> Counter[str]:
    return Counter(row.message_id for row in open_sink(target(kind, path)).messages())


def check(kind: str, path: Path, *, deep: bool = False) -> int:
    """How many messages `verify` says are lost; the verdicts of the conversations are the same as that."""
    found = verify(target(kind, path), deep=deep)
    states = list(conversation_states(target(kind, path), deep=deep))
    lost = sum(state.lost for state in states)
    assert found.complete is not bool(found.damage)
    assert {state.verdict for state in states if state.lost} <= {Verdict.LOST}
    assert found.messages == sum(state.messages for state in states)
    assert found.written_at is not None
    assert found.as_of is not None
    return lost


def mended(kind: str, path: Path, lost: int, *, readable: bool = False) -> None:
    """The next run fetches what is lost, nothing else, and all is there once; some of it may be `readable` still."""
    new, due = refetched(kind, path)
    assert 0 < new < lost if readable else new == lost
    assert bool(due) is bool(lost)
    assert held(kind, path) == Counter(one for some in CONVERSATIONS.values() for one in some)
    assert (check(kind, path), check(kind, path, deep=True)) == (0, 0)
    assert verify(target(kind, path), deep=True).complete
    assert refetched(kind, path) == (0, set())


def sql(kind: str, path: Path, *statements: str) -> None:
    if kind == "sqlite":
        with contextlib.closing(sqlite3.connect(path / "out", isolation_level=None)) as db:
            for statement in statements:
                db.execute(statement)
    else:
        duckdb = pytest.importorskip("duckdb")
        with duckdb.connect(str(path / "out")) as db:
            for statement in statements:
                db.execute(statement)


DATABASES = [kind for kind in EVERY_KIND if kind in {"sqlite", "duckdb"}]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_what_is_whole_is_called_so(kind: str, tmp_path: Path) -> None:
    written(kind, tmp_path)
    mended(kind, tmp_path, 0)


@pytest.mark.parametrize("kind", DATABASES)
@pytest.mark.parametrize(
    ("statement", "lost"),
    [
        ("DELETE FROM messages WHERE message_id IN ('a1', 'a3', 'c0')", 3),
        ("DELETE FROM messages", 15),
        ("DELETE FROM messages WHERE conversation_id = 'b'", 5),
    ],
)
def test_rows_that_somebody_deleted(kind: str, statement: str, lost: int, tmp_path: Path) -> None:
    written(kind, tmp_path)
    sql(kind, tmp_path, statement)
    assert check(kind, tmp_path) == check(kind, tmp_path, deep=True) == lost
    mended(kind, tmp_path, lost)


@pytest.mark.parametrize("kind", DATABASES)
def test_conversations_that_somebody_deleted(kind: str, tmp_path: Path) -> None:
    written(kind, tmp_path)
    sql(kind, tmp_path, "DELETE FROM conversations")
    assert check(kind, tmp_path) == 0
    assert "3 conversations are missing" in verify(target(kind, tmp_path)).damage
    mended(kind, tmp_path, 0)
    rows = list(open_sink(target(kind, tmp_path)).conversations())
    assert [bytes(row.native) for row in rows] == [bytes(conversation(name).native) for name in "abc"]
    if kind == "sqlite":
        with contextlib.closing(sqlite3.connect(tmp_path / "out")) as db:
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []
            assert db.execute("SELECT count(*) FROM transcript").fetchone() == (15,)


@pytest.mark.parametrize("kind", DATABASES)
def test_a_row_that_somebody_changed_is_seen_by_who_reads_all(kind: str, tmp_path: Path) -> None:
    written(kind, tmp_path)
    sql(kind, tmp_path, "UPDATE messages SET text = 'Something else' WHERE message_id = 'b2'")
    assert (check(kind, tmp_path), check(kind, tmp_path, deep=True)) == (0, 1)
    name = target(kind, tmp_path)
    told = sentences(name, verify(name, deep=True), deep=True)
    assert [line for line in told if "NOT COMPLETE" in line] == [f"  NOT COMPLETE: {_UNSEEN}"]
    sql(kind, tmp_path, "DELETE FROM messages WHERE conversation_id = 'b'")
    told = sentences(name, verify(name))
    assert [line for line in told if "NOT COMPLETE" in line] == [f"  NOT COMPLETE: {_AGAIN}"]
    mended(kind, tmp_path, 5)


def parts(path: Path) -> list[Path]:
    return sorted((path / "out").glob("messages-*"))


def cut(path: Path) -> None:
    file = parts(path)[0]
    file.write_bytes(file.read_bytes()[:-40])


def remove(path: Path) -> None:
    parts(path)[0].unlink()


def empty(path: Path) -> None:
    parts(path)[0].write_bytes(b"")


def foreign(path: Path) -> None:
    parts(path)[0].write_bytes(b"not what was there\n")


@pytest.mark.parametrize("kind", PART_KINDS)
@pytest.mark.parametrize("harm", [cut, remove, empty, foreign])
def test_parts_that_are_cut_or_gone(kind: str, harm: Callable[[Path], None], tmp_path: Path) -> None:
    """What can be read of a part is kept, whatever it is; the rest is fetched again."""
    written(kind, tmp_path)
    assert len(parts(tmp_path)) == 3  # five messages each
    harm(tmp_path)
    assert check(kind, tmp_path) == check(kind, tmp_path, deep=True) == 5
    mended(kind, tmp_path, 5, readable=harm is cut and kind != "parquet")


@pytest.mark.parametrize("kind", PART_KINDS)
def test_all_parts_gone(kind: str, tmp_path: Path) -> None:
    written(kind, tmp_path)
    for part in parts(tmp_path):
        part.unlink()
    assert check(kind, tmp_path) == 15
    mended(kind, tmp_path, 15)


@pytest.mark.parametrize("kind", PART_KINDS)
def test_who_reads_a_damaged_file_is_told_which_one_it_is(kind: str, tmp_path: Path) -> None:
    written(kind, tmp_path)
    file = parts(tmp_path)[0]
    content = file.read_bytes()
    half = len(content) // 2
    for harmed in (content[:half], content[:half] + b"\xff" * 9 + content[half + 9 :], b"nothing of ours"):
        file.write_bytes(harmed)
        with pytest.raises(TargetError, match=f"{file.name} is damaged"):
            list(rows(target(kind, tmp_path)))


@pytest.mark.parametrize("kind", PART_KINDS)
@pytest.mark.parametrize("which", ["messages-000002", "conversations"])
def test_a_byte_that_is_another_one_is_seen_by_who_reads_all(kind: str, which: str, tmp_path: Path) -> None:
    written(kind, tmp_path)
    (file,) = (tmp_path / "out").glob(f"{which}*")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert verify(target(kind, tmp_path)).complete
    found = verify(target(kind, tmp_path), deep=True)
    assert (found.complete, found.damage) == (False, (f"{file.name} is damaged",))
    file.unlink()  # what it says of that: the same command fetches it again
    mended(kind, tmp_path, 5 if which.startswith("m") else 0)


@pytest.mark.parametrize("kind", PART_KINDS)
def test_a_part_in_whose_place_an_older_copy_was_put(kind: str, tmp_path: Path) -> None:
    """The copy holds a message that another part holds in a newer form; that one counts."""
    written(kind, tmp_path)
    old = {file.name: file.read_bytes() for file in parts(tmp_path)}
    given = sink(kind, tmp_path)
    given.open(IDENTITY, fresh=False)
    given.ledger.db.execute("UPDATE _aioconvo_conversations SET due = 1 WHERE id = 'a'")
    given.commit([page(message("a1", text="Changed"), of="a", walk="w2", ended=True, since=None)])
    given.ledger.end_round(ACCOUNT)
    given.close()
    for name in ("messages-000001" + suffix(kind),):
        (tmp_path / "out" / name).write_bytes(old[name])
    found = verify(target(kind, tmp_path))
    assert not found.complete
    assert "messages-000001" in found.damage[0]
    new, _ = refetched(kind, tmp_path)
    assert new == 0
    rows = {row.message_id: row.text for row in open_sink(target(kind, tmp_path)).messages()}
    assert len(rows) == sum(held(kind, tmp_path).values()) == 15
    assert verify(target(kind, tmp_path), deep=True).complete


def suffix(kind: str) -> str:
    return f".{kind}"


def ledger_of(kind: str, path: Path) -> Path:
    return open_sink(target(kind, path)).ledger.path


SIDE = [kind for kind in EVERY_KIND if kind != "sqlite"]


@pytest.mark.parametrize("kind", SIDE)
@pytest.mark.parametrize("alone", [True, False])
def test_a_ledger_that_is_older_than_the_data_knows_it_again(kind: str, alone: bool, tmp_path: Path) -> None:
    """Nothing that is there is deleted or doubled, also where the API has it no more: conversation c is not listed again.

    Nor where the conversations are as old as the ledger, so that messages alone tell of b and c.
    """
    written(kind, tmp_path, "a")
    old = [ledger_of(kind, tmp_path), *(tmp_path / "out").glob("conversations*")]
    content = {file: file.read_bytes() for file in (old[:1] if alone else old)}
    more(kind, tmp_path, "b", "c")
    for file, before in content.items():
        file.write_bytes(before)
    if kind == "duckdb" and not alone:
        sql(kind, tmp_path, "DELETE FROM conversations WHERE conversation_id != 'a'")
    assert not verify(target(kind, tmp_path)).complete
    given = sink(kind, tmp_path)
    given.open(IDENTITY, fresh=False)
    given.ledger.begin_round(ACCOUNT)
    given.ledger.feed_lists(ACCOUNT, [""])
    given.commit([listed(*told("a", "b"))])
    counts = [given.commit([whole(one.id, "again")]).new for one in given.ledger.owed(ACCOUNT)]
    given.ledger.end_round(ACCOUNT)
    given.close()
    assert sum(counts) == 0
    assert held(kind, tmp_path) == Counter(one for some in CONVERSATIONS.values() for one in some)
    names = {row.conversation_id for row in open_sink(target(kind, tmp_path)).conversations()}
    assert names == {"a", "b", "c"} if alone else {"a", "b"}
    assert {state.id for state in conversation_states(target(kind, tmp_path))} == {"a", "b", "c"}
    assert verify(target(kind, tmp_path), deep=True).damage == ()


@pytest.mark.parametrize("kind", SIDE)
def test_an_account_that_an_older_ledger_did_not_know(kind: str, tmp_path: Path) -> None:
    """Rows of another provider, which came after the ledger was kept, are known again in their own account."""
    bar = Account("smooch", "bar")
    both = Identity(accounts=((ACCOUNT, "all"), (bar, "all")))
    written(kind, tmp_path, "a")
    old = {file: file.read_bytes() for file in (ledger_of(kind, tmp_path), *(tmp_path / "out").glob("conversations*"))}
    bars = msgspec.structs.replace(
        page(*(message(f"bar{number}", provider="smooch", account="bar") for number in range(5)), of="bar", ended=True),
        account=bar,
    )
    news: list[int] = []
    for restore in (False, True):
        if restore:
            for file, before in old.items():
                file.write_bytes(before)
            assert not verify(target(kind, tmp_path)).complete
            given = sink(kind, tmp_path)
            given.open(IDENTITY, fresh=False)  # a run that exports the first account alone
            given.close()
        given = sink(kind, tmp_path)
        given.open(both, fresh=False)
        given.ledger.begin_round(bar)
        given.ledger.feed_lists(bar, [""])
        row = conversation("bar", provider="smooch", account="bar")
        given.commit([msgspec.structs.replace(listed(row), account=bar)])
        given.ledger.owed(bar)
        news.append(given.commit([bars]).new)
        given.ledger.end_round(bar)
        given.close()
    assert news == [5, 0]
    everything = Counter([*CONVERSATIONS["a"], *(f"bar{number}" for number in range(5))])
    assert held(kind, tmp_path) == everything
    accounts = {state.id: state.account for state in conversation_states(target(kind, tmp_path))}
    assert accounts == {"a": ACCOUNT, "bar": bar}
    assert verify(target(kind, tmp_path), deep=True).damage == ()


def more(kind: str, path: Path, *names: str) -> None:
    given = sink(kind, path)
    given.open(IDENTITY, fresh=False)
    given.ledger.begin_round(ACCOUNT)
    given.ledger.feed_lists(ACCOUNT, [""])
    given.commit([listed(*told("a", *names))])
    given.ledger.owed(ACCOUNT)
    for name in names:
        given.commit([whole(name)])
    given.ledger.end_round(ACCOUNT)
    given.close()


@pytest.mark.parametrize("kind", SIDE)
def test_data_that_is_older_than_the_ledger(kind: str, tmp_path: Path) -> None:
    written(kind, tmp_path, "a")
    out = tmp_path / "out"
    shutil.copytree(out, tmp_path / "old") if out.is_dir() else shutil.copy(out, tmp_path / "old")
    more(kind, tmp_path, "b", "c")
    new = ledger_of(kind, tmp_path).read_bytes()
    shutil.rmtree(out) if out.is_dir() else out.unlink()
    (tmp_path / "old").rename(out)
    ledger_of(kind, tmp_path).write_bytes(new)
    assert check(kind, tmp_path) == 10
    mended(kind, tmp_path, 10)


def test_data_of_the_same_size_that_is_older_than_the_ledger(tmp_path: Path) -> None:
    """DuckDB: the counts are the same; that the two files are of two moments is told by the number of the last commit."""
    pytest.importorskip("duckdb")
    written("duckdb", tmp_path)
    old = (tmp_path / "out").read_bytes()
    given = sink("duckdb", tmp_path)
    given.open(IDENTITY, fresh=False)
    given.ledger.db.execute("UPDATE _aioconvo_conversations SET due = 1 WHERE id = 'a'")
    given.commit([page(message("a1", text="Changed"), of="a", walk="w2", pages=1)])
    given.close()
    (tmp_path / "out").write_bytes(old)
    assert verify("duckdb:" + str(tmp_path / "out")).damage == ("it and its ledger are not of the same moment",)
    given = sink("duckdb", tmp_path)
    given.open(IDENTITY, fresh=False)
    given.ledger.db.execute("UPDATE _aioconvo_conversations SET due = 1, run = 0 WHERE id = 'a'")
    counts = given.commit([page(message("a1", text="Changed"), of="a", walk="w3", ended=True)])
    given.close()
    assert counts == (0, 1, 0)
    assert {row.text for row in open_sink(target("duckdb", tmp_path)).messages() if row.message_id == "a1"} == {"Changed"}


def test_a_database_that_is_gone_is_told_and_fetched_again(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    written("duckdb", tmp_path)
    (tmp_path / "out").unlink()
    assert verify(target("duckdb", tmp_path)).damage == ("out is gone",)
    mended("duckdb", tmp_path, 15)


@pytest.mark.parametrize("kind", DATABASES)
@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_a_database_that_was_cut_is_never_called_whole(kind: str, share: float, tmp_path: Path) -> None:
    """A run goes on with nothing of it unless the file is empty; a fresh one starts over in its place."""
    written(kind, tmp_path)
    file = tmp_path / "out"
    os.truncate(file, int(file.stat().st_size * share))
    for deep in (False, True):
        with contextlib.suppress(ExportError):
            assert not verify(target(kind, tmp_path), deep=deep).complete
    if share == 0:
        assert refetched(kind, tmp_path)[0] == 15
        assert check(kind, tmp_path, deep=True) == 0
        return
    with pytest.raises(TargetError, match=r"the database is damaged; put a backup in its place, or start over \(--fresh\)"):
        sink(kind, tmp_path).open(IDENTITY, fresh=False)
    given = sink(kind, tmp_path)
    given.open(IDENTITY, fresh=True)
    given.close()
    written(kind, tmp_path)
    assert check(kind, tmp_path, deep=True) == 0


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_damaged_ledger_is_made_anew_by_a_fresh_export(kind: str, tmp_path: Path) -> None:
    written(kind, tmp_path)
    ledgers = [tmp_path / "out"] if kind == "sqlite" else [one for one in tmp_path.rglob("*") if one.name.endswith(LEDGERS)]
    (ledger,) = ledgers
    os.truncate(ledger, ledger.stat().st_size // 2)
    with pytest.raises(TargetError, match="the database is damaged"):
        sink(kind, tmp_path).open(IDENTITY, fresh=False)
    given = sink(kind, tmp_path)
    given.open(IDENTITY, fresh=True)
    given.close()
    written(kind, tmp_path)
    assert check(kind, tmp_path, deep=True) == 0


def test_a_database_whose_log_holds_the_rest_is_whole(tmp_path: Path) -> None:
    """As a crash leaves it: the header may tell more pages than the file has, and the log has them."""
    file = tmp_path / "out"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = wal")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("CREATE TABLE t (x)")
        db.execute("PRAGMA wal_checkpoint (TRUNCATE)")
        size = file.stat().st_size
        db.execute("INSERT INTO t VALUES (zeroblob(100000))")
        shutil.copy(tmp_path / "out-wal", tmp_path / "wal")
        db.execute("PRAGMA wal_checkpoint (FULL)")
        cut = file.read_bytes()[:size]
    assert not is_cut(file)
    file.write_bytes(cut)
    assert is_cut(file)
    shutil.copy(tmp_path / "wal", tmp_path / "out-wal")
    assert not is_cut(file)


@pytest.mark.parametrize("kind", PART_KINDS)
@pytest.mark.parametrize("how", ["gone", "cut"])
def test_a_stage_that_is_gone_or_cut(kind: str, how: str, tmp_path: Path) -> None:
    """A run was killed before it made a part of what it had; what of that can be read is kept."""
    given = sink(kind, tmp_path, rows_per_part=100)
    given.open(IDENTITY, fresh=False)
    given.ledger.begin_round(ACCOUNT)
    given.commit([listed(*told(*CONVERSATIONS))])
    given.ledger.owed(ACCOUNT)
    for name in CONVERSATIONS:
        given.commit([whole(name)])
    given.ledger.close()
    (stage,) = (tmp_path / "out" / ".aioconvo").glob("*.stage-*")
    stage.unlink() if how == "gone" else stage.write_bytes(stage.read_bytes()[:-1])
    assert not verify(target(kind, tmp_path)).complete
    mended(kind, tmp_path, 15 if how == "gone" else 1)


def test_what_can_be_read_of_a_damaged_file_is_kept_though_the_api_has_it_no_more(tmp_path: Path) -> None:
    written("jsonl", tmp_path)
    lines = parts(tmp_path)[1].read_bytes().splitlines(keepends=True)
    parts(tmp_path)[1].write_bytes(b"".join([lines[0], b"{broken\n", *lines[2:]]))
    given: Sink = sink("jsonl", tmp_path)
    given.open(IDENTITY, fresh=False)
    given.close()
    assert held("jsonl", tmp_path) == Counter(one for some in CONVERSATIONS.values() for one in some if one != "b1")


def test_a_file_that_was_packed_anew_holds_the_same(tmp_path: Path) -> None:
    written("jsonl.gz", tmp_path)
    file = parts(tmp_path)[0]
    file.write_bytes(gzip.compress(gzip.decompress(file.read_bytes()), compresslevel=1) + b"")
    mended("jsonl.gz", tmp_path, 0)
