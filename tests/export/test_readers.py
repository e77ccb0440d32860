"""Whoever reads a target stops no export, and is let in where the kind of target can; two exports never write to one."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aioconvo.export import ExportError, TargetError, open_sink, verify
from aioconvo.export.report import page as report
from tests.export.targets import ACCOUNT, EVERY_KIND, IDENTITY, again, listed, opened, page, sink, target


def counted(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return int(db.execute("SELECT count(*) FROM messages").fetchone()[0])


def test_what_is_committed_can_be_read_while_the_export_goes_on(tmp_path: Path) -> None:
    given = opened("sqlite", tmp_path)
    given.commit([listed("c"), page("1", "2")])
    assert counted(tmp_path / "out") == 2
    given.commit([page("3", pages=2)])
    assert counted(tmp_path / "out") == 3
    given.close()
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_verify_answers_while_an_export_goes_on(kind: str, tmp_path: Path) -> None:
    given = opened(kind, tmp_path)
    given.commit([listed("c"), page("1", "2")])
    program = (
        "import sys; from aioconvo.export import verify; found = verify(sys.argv[1]); print(found.messages, found.running)"
    )
    told = subprocess.run([sys.executable, "-c", program, target(kind, tmp_path)], capture_output=True, text=True, check=True)  # noqa: S603 -- our own
    assert told.stdout == "2 True\n"
    given.close()
    assert not verify(target(kind, tmp_path)).running


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_verify_in_the_first_moment_of_an_export_says_that_it_has_only_begun(kind: str, tmp_path: Path) -> None:
    given = sink(kind, tmp_path)
    given.ledger.path.parent.mkdir(parents=True, exist_ok=True)
    given.ledger.connect(to_write=True)  # the file is there, and nothing in it
    with pytest.raises(ExportError, match="was only begun by an export that is running"):
        verify(target(kind, tmp_path))
    given.ledger.close()
    with pytest.raises(ExportError, match="is no target of an export"):
        verify(target(kind, tmp_path))


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_second_export_is_refused_and_the_first_goes_on(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioconvo.export.ledger.ledger._PATIENCE", 0.0)
    given = opened(kind, tmp_path)
    given.commit([listed("c"), page("1")])
    for fresh in (False, True):
        with pytest.raises(TargetError, match="another export is writing there"):
            sink(kind, tmp_path).open(IDENTITY, fresh=fresh)
    given.commit([page("2", pages=2, ended=True)])
    given.close()
    assert {row.message_id for row in open_sink(target(kind, tmp_path)).messages()} == {"1", "2"}


def test_a_lock_that_a_killed_process_left_is_no_lock(tmp_path: Path) -> None:
    take = "Lock(Path(sys.argv[1])).take(0); os._exit(9)"
    program = f"import os, sys; from pathlib import Path; from aioconvo.core.file_lock import Lock; {take}"
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "out.lock")], check=False)  # noqa: S603 -- our own
    assert (tmp_path / "out.lock").exists()
    opened("sqlite", tmp_path).close()
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("idle", [True, False], ids=["idle", "in the middle of a query"])
def test_a_reader_stops_no_export_and_keeps_what_it_reads(idle: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioconvo.export.ledger.ledger._PATIENCE", 0.0)
    given = opened("sqlite", tmp_path)
    given.commit([listed("c"), page(*map(str, range(500)))])
    given.close()
    (tmp_path / "out").chmod(0o640)
    with contextlib.closing(sqlite3.connect(tmp_path / "out")) as reader:
        cursor = reader.execute("SELECT message_id FROM messages ORDER BY message_id")
        first: list[Any] = cursor.fetchall() if idle else [cursor.fetchone()]
        again_ = again("sqlite", tmp_path)
        again_.commit([listed("c")])
        again_.ledger.db.execute("UPDATE _aioconvo_conversations SET due = 1")
        again_.commit([page("new", walk="w2", pages=2)])
        again_.close()
        assert len(first) + len(cursor.fetchall()) == 500
        assert counted(tmp_path / "out") == 501
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o640
    assert sorted(file.name for file in tmp_path.iterdir()) == ["out"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_finished_target_is_read_from_a_folder_that_nobody_may_write_to(tmp_path: Path) -> None:
    opened("sqlite", tmp_path).close()
    tmp_path.chmod(0o555)
    try:
        assert counted(tmp_path / "out") == 0
        assert verify(target("sqlite", tmp_path)).messages == 0
    finally:
        tmp_path.chmod(0o755)


def test_a_finished_target_is_no_file_that_is_written_ahead(tmp_path: Path) -> None:
    """Which only who may write beside it could read."""
    opened("sqlite", tmp_path).close()
    assert (tmp_path / "out").read_bytes()[18:20] == b"\x01\x01"


def test_who_reads_a_duckdb_target_stops_no_export(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    given = opened("duckdb", tmp_path)
    given.commit([listed("c"), page("1", "2")])
    given.close()
    program = """import duckdb, sys
with duckdb.connect(sys.argv[1], read_only=True) as db:
    print(db.execute("SELECT count(*) FROM messages").fetchone()[0], flush=True)
    sys.stdin.read()
    print(db.execute("SELECT count(*) FROM messages").fetchone()[0], flush=True)"""
    command = [sys.executable, "-c", program, str(tmp_path / "out")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:  # noqa: S603 -- our own
        assert reader.stdout is not None
        assert reader.stdout.readline() == "2\n"
        more = sink("duckdb", tmp_path)
        more.open(IDENTITY, fresh=False)
        more.commit([page("3", pages=2, ended=True)])
        more.close()
        told, _ = reader.communicate("")
    assert told == "2\n"
    assert len(list(open_sink(target("duckdb", tmp_path)).messages())) == 3


def exported(tmp_path: Path) -> str:
    given = opened("sqlite", tmp_path)
    given.commit([listed("c"), page("1", "2", ended=True)])
    given.ledger.end_round(ACCOUNT)
    given.close()
    return target("sqlite", tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="links, pipes and modes")
def test_a_report_replaces_no_link_pipe_or_device(tmp_path: Path) -> None:
    name = exported(tmp_path)
    page_ = tmp_path / "page.html"
    report.write(name, page_)
    assert stat.S_IMODE(page_.stat().st_mode) == 0o600
    page_.chmod(0o644)
    report.write(name, page_)
    assert stat.S_IMODE(page_.stat().st_mode) == 0o644
    link = tmp_path / "link.html"
    link.symlink_to(page_)
    before = page_.read_bytes()
    report.write(name, link, title="Another")
    assert link.is_symlink()
    assert page_.read_bytes() != before
    with pytest.raises(TargetError, match="the disk is full"):
        report.write(name, "/dev/full")
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)
    report.write(name, "/dev/null")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["/bin/cat", str(pipe)], stdout=subprocess.PIPE) as reader:  # noqa: S603 -- to read it
        report.write(name, pipe)
        content, _ = reader.communicate(timeout=10)
    assert content.startswith(b"<!doctype html>")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert {file.name for file in tmp_path.iterdir()} == {"out", "page.html", "link.html", "pipe"}


def test_a_page_that_breaks_off_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It appears whole or not at all: what is written is another file until then."""
    name, out = exported(tmp_path), tmp_path / "page.html"
    report.write(name, out)
    before = out.read_bytes()
    seen: list[bytes] = []

    def broken(*_: object) -> Any:
        seen.append(out.read_bytes())
        yield "<!doctype html>half"
        raise OSError(5, "broken")

    monkeypatch.setattr(report, "_page", broken)
    with pytest.raises(TargetError):
        report.write(name, out)
    assert (seen, out.read_bytes()) == ([before], before)
    assert {file.name for file in tmp_path.iterdir()} == {"out", "page.html"}


@pytest.mark.skipif(os.name != "posix", reason="devices")
@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_device_is_no_target(kind: str) -> None:
    if kind in EVERY_KIND:
        with pytest.raises(ExportError, match=r"is no regular file but a device or pipe|no permission"):
            open_sink(f"{kind}:/dev/null").open(IDENTITY, fresh=False)
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.skipif(os.name != "posix", reason="modes")
@pytest.mark.parametrize("kind", [kind for kind in EVERY_KIND if kind not in {"sqlite", "duckdb"}])
def test_files_that_are_written_anew_keep_their_rights(kind: str, tmp_path: Path) -> None:
    given = opened(kind, tmp_path)
    given.commit([listed("c"), page("1", "2", "3")])
    given.close()
    files = [file for file in (tmp_path / "out").iterdir() if file.is_file()]
    assert len(files) == 2
    for file in files:
        file.chmod(0o600)
    more = again(kind, tmp_path)
    more.commit([listed("c")])
    more.ledger.db.execute("UPDATE _aioconvo_conversations SET due = 1, walk = '', pages = 0")
    more.commit([page("1", "3", walk="w2", ended=True)])
    more.close()
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
