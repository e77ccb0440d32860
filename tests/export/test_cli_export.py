"""The export as users run it: what it refuses, what it tells, Ctrl-C, and messages that arrive meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import io
import json
import os
import re
import shlex
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

import aioconvo
from aioconvo.cli import choosing
from aioconvo.cli.app import app
from aioconvo.cli.drawing import Drawing, duration, line
from aioconvo.convore import ContactHandle, Participant
from aioconvo.convore.models import ContactHandleType, ParticipantRole
from aioconvo.export import Account, Committed, Progress, SourceCounts, rows
from tests.export.processes import Served, doubled, run, sandbox, start
from tests.export.relay import at, relayed

runner = CliRunner()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with sandbox("--conversations", 12, "--messages", 130, "--latency", 0.02) as running:
        yield running


# What is refused, before anything is sent.

WRONG = [
    (["nobody", "--to", "out.sqlite"], "'nobody' is no provider; there are smscx"),
    (["convore", "convore", "--to", "out.sqlite"], "convore is named twice"),
    (["convore", "--to", "out"], "tells no kind of target"),
    (["convore", "--to", "out.sqlite", "--since", "yesterday"], "write 2026-01-31"),
    (["convore", "--to", "out.sqlite", "--since", "2026-02-01", "--until", "2026-01-01"], "until"),
    (["convore", "--to", "out.sqlite", "--users-from", "-"], "convore does not list by user"),
    (["smooch", "--to", "out.sqlite"], "--users-from FILE"),
    (["sunshine", "--to", "out.sqlite", "--users-from", "missing.txt"], "cannot read missing.txt"),
    (["sunshine", "--to", "out.sqlite", "--users-from", "-", "--conversations-from", "-"], "not both"),
    (["sunshine", "smooch", "--to", "out.sqlite", "--users-from", "-"], "standard input can be one provider's"),
    (["convore", "--to", "out.sqlite", "--users-from", "smooch:-"], "smooch is not one of those to export"),
    (["smooch", "--to", "out.sqlite", "--users-from", "smooch:"], "'smooch:' names no file"),
    (["smooch", "--to", "out.sqlite", "--users-from", "smooch:missing.txt"], "cannot read missing.txt"),
    (["smooch", "--to", "out.sqlite", "--users-from", "smoch:users.txt"], "'smoch' is no provider, there are smscx"),
    (["smooch", "--to", "out.sqlite", "--users-from", "-", "--users-from", "smooch:-"], "from --users-from twice"),
    (["convore", "--to", "out.sqlite", "--to", "./out.sqlite"], "./out.sqlite is named twice as a target"),
    (["convore", "--to", "jsonl:out", "--to", "jsonl:out/"], "named twice as a target"),
    (["convore", "--to", "out.sqlite", "--account", "\udcff"], "'--account': it is no text in UTF-8"),
    (["convore", "--to", "out.sqlite", "--channel", "\udcff"], "'--channel': it is no text in UTF-8"),
    (["convore", "--to", "out.sqlite", "--with-agents"], "--with-agents is for ultracart"),
    (["convore", "--to", "out.sqlite", "--with-participants"], "--with-participants is for sunshine"),
    (["ultracart", "smooch", "--to", "out.sqlite", "--with-agents"], "--users-from FILE"),
    (["convore", "--to", "out.sqlite", "--scheduler", "tcp://127.0.0.1:8786"], "--engine dask"),
    (["convore", "--to", "out.sqlite", "--engine", "dask", "--scheduler", "here"], "tcp://HOST:PORT"),
]


def test_a_colon_in_a_path_is_no_provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for path in ("./smooch:1", "a:b.txt", "C:users.txt"):
        Path(path).write_text(path)
        chosen = choosing.ids(["sunshine", "smooch"], users=[f"smooch:{path}"], external_users=[f"sunshine:{path}"])
        assert {name: (argument, list(file)) for name, (argument, file) in chosen.items()} == {
            "smooch": ("users", [path]),
            "sunshine": ("external_users", [path]),
        }
        assert {name: list(file) for name, (_, file) in choosing.ids(["smscx"], users=[path]).items()} == {"smscx": [path]}
    with pytest.raises(typer.BadParameter, match=r"cannot read C:\\ids.txt: No such file or directory$"):
        choosing.ids(["smscx"], users=["C:\\ids.txt"])


def test_files_of_ids_as_editors_write_them(tmp_path: Path) -> None:
    path = tmp_path / "ids.txt"
    path.write_bytes(b"\xef\xbb\xbfuser-1\r\n\r\n# no id\r\nuser-2")
    assert list(choosing.IdFile(str(path))) == ["user-1", "user-2"]


def test_ids_that_are_no_text_are_told(served: Served, tmp_path: Path) -> None:
    path = tmp_path / "ids.txt"
    path.write_bytes("Zoë".encode("latin-1"))
    command = ["export", "smooch", "--to", str(tmp_path / "out.sqlite"), "--users-from", str(path)]
    result = runner.invoke(app, command, env={**served.environ, "COLUMNS": "400"})
    assert result.exit_code == 2
    assert "ids.txt is no text in UTF-8" in result.output


@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=[words for _, words in WRONG])
def test_wrong_use_names_the_fix(
    arguments: list[str], words: str, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = runner.invoke(app, ["export", *arguments], env={**served.environ, "COLUMNS": "400"})
    assert result.exit_code == 2
    assert words in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_is_a_word_of_sqlites_is_a_file(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert runner.invoke(app, ["export", "convore", "--to", "sqlite::memory:"], env=served.environ).exit_code == 0
    assert runner.invoke(app, ["verify", "sqlite::memory:"]).exit_code == 0


def test_fresh_deletes_nothing_before_all_targets_are_known(served: Served, tmp_path: Path) -> None:
    command = ["export", "convore", "--to", str(tmp_path / "out.sqlite")]
    assert runner.invoke(app, command, env=served.environ).exit_code == 0
    refused = runner.invoke(app, [*command, "--to", "nothing", "--fresh"], env=served.environ)
    assert refused.exit_code == 2
    assert "12 complete" in runner.invoke(app, ["verify", str(tmp_path / "out.sqlite")]).stdout


def test_a_missing_credential_is_named(tmp_path: Path) -> None:
    result = runner.invoke(
        app, ["export", "convore", "--to", str(tmp_path / "out.sqlite")], env={"AIOCONVO_CONVORE_API_KEY": ""}
    )
    assert result.exit_code == 2
    assert "set AIOCONVO_CONVORE_API_KEY" in result.output


def test_another_selection_is_refused_and_fresh_starts_over(served: Served, tmp_path: Path) -> None:
    command = ["export", "ultracart", "--to", str(tmp_path / "out.sqlite")]
    assert runner.invoke(app, command, env=served.environ).exit_code == 0
    bounded = [*command, "--since", "2026-01-01"]
    refused = runner.invoke(app, bounded, env=served.environ)
    assert refused.exit_code == 2
    assert "--fresh" in refused.output
    assert runner.invoke(app, [*bounded, "--fresh"], env=served.environ).exit_code == 0


def test_agents_and_participants(served: Served, tmp_path: Path) -> None:
    ids, target = tmp_path / "ids", str(tmp_path / "out.sqlite")
    ids.write_text(min(served.ids("ultracart")))
    (tmp_path / "users").write_text("user-1")
    chosen = ["--conversations-from", f"ultracart:{ids}", "--external-users-from", f"sunshine:{tmp_path / 'users'}"]
    command = ["export", "ultracart", "sunshine", *chosen, "--to", target]
    knowing = {"--with-agents", "--with-participants"}
    result = runner.invoke(app, [*command, *knowing], env=served.environ)
    assert result.exit_code == 0, result.output
    assert {row["direction"] for row in rows(target)} == {"inbound", "outbound", "system"}
    with contextlib.closing(sqlite3.connect(target)) as db:
        told = dict(db.execute("SELECT provider, min(participants) FROM conversations GROUP BY provider"))
    assert '"kind":"user"' in told["sunshine"]
    for missing in knowing:
        refused = runner.invoke(app, [*command, *(knowing - {missing})], env=served.environ)
        assert refused.exit_code == 2
        assert f"exported with {missing[7:]}, not without" in refused.output


def test_a_new_credential_of_the_same_account(served: Served, tmp_path: Path) -> None:
    command = ["export", "convore", "--to", str(tmp_path / "out.sqlite")]
    rotated = {**served.environ, "AIOCONVO_CONVORE_API_KEY": "another"}
    assert runner.invoke(app, command, env=served.environ).exit_code == 0
    refused = runner.invoke(app, command, env=rotated)
    assert refused.exit_code == 2
    named = re.search(r"--account (\w+) ", refused.output)
    assert named is not None
    assert runner.invoke(app, [*command, "--account", named[1]], env=served.environ).exit_code == 0


# What it tells.


def test_users_on_standard_input_and_a_list_that_fails(served: Served, tmp_path: Path) -> None:
    target = str(tmp_path / "out.sqlite")
    users = "user-1\n# a comment\n\nuser-2\nnobody\n"
    command = ["export", "smooch", "--to", target, "--users-from", "-"]
    for strict in ([], ["--strict"]):
        result = runner.invoke(app, [*command, *strict], input=users, env=served.environ)
        assert result.exit_code == bool(strict), result.output
        assert "NOT COMPLETE" not in result.output
        assert "unknown to the API, 1 of the ids that were given: user nobody of smooch" in result.output
    found, twice = doubled(rows(target))
    assert not twice
    assert found == {user: served.ids("smooch")[user] for user in ("user-1", "user-2")}
    for strict in ([], ["--strict"]):
        verified = runner.invoke(app, ["verify", target, *strict])
        assert verified.exit_code == bool(strict)
        assert "2 conversations (2 complete), 260 messages" in verified.output
        assert "user nobody of smooch" in verified.output


def test_ids_of_your_own_in_place_of_the_services_are_told(served: Served, tmp_path: Path) -> None:
    ids = tmp_path / "ids"
    ids.write_text("user-1\n")
    command = ["export", "sunshine", "--to", str(tmp_path / "out.sqlite")]
    told = runner.invoke(app, [*command, "--users-from", str(ids)], env=served.environ).output
    assert "0 conversations walked, 0 messages new" in told
    assert "yours go to --external-users-from sunshine:FILE" in " ".join(told.split())
    told = runner.invoke(app, [*command, "--fresh", "--external-users-from", str(ids)], env=served.environ).output
    assert "0 conversations" not in told
    assert "yours go to" not in told


@pytest.mark.parametrize(("option", "value"), [("--channel", "nope"), ("--since", "2999-01-01")])
def test_bounds_that_leave_nothing_are_warned_of(option: str, value: str, served: Served, tmp_path: Path) -> None:
    for account in ("shop", "shop"):  # at each run
        command = ["export", "convore", "--to", str(tmp_path / "out.sqlite"), "--account", account, option, value]
        result = runner.invoke(app, command, env=served.environ)
        assert result.exit_code == 0, result.output
        assert f"Warning: no message of convore:shop matches {option[2:]} {value}" in " ".join(result.output.split())


def test_verify_shows_what_is_unknown(served: Served, tmp_path: Path) -> None:
    target, ids = str(tmp_path / "out.sqlite"), sorted(served.ids("smscx"))
    file = tmp_path / "ids.txt"
    file.write_text(f"{ids[0]}\n00000000-0000-0000-0000-000000000000\n")
    command = ["export", "smscx", "--to", target, "--conversations-from", str(file)]
    assert runner.invoke(app, command, env=served.environ).exit_code == 0
    assert runner.invoke(app, [*command, "--strict"], env=served.environ).exit_code == 1
    told = json.loads(runner.invoke(app, ["verify", target, "--json"]).stdout)
    assert (told["complete"], told["messages"], told["conversation_count"]) == (True, 130, 2)
    assert (told["conversations"], told["unknowns"]) == ([], 1)
    everything = json.loads(runner.invoke(app, ["verify", target, "--json", "--all"]).stdout)["conversations"]
    found, unknown = sorted(everything, key=lambda state: state["verdict"])
    assert (found["id"], found["messages"], found["verdict"]) == (ids[0], 130, "complete")
    assert (unknown["verdict"], unknown["reached_end"], unknown["fault"]["type"]) == ("unknown", False, "NotFoundError")
    table = runner.invoke(app, ["verify", target]).stdout
    assert "conversation 00000000-0000-0000-0000-000000000000 of smscx" in table
    assert ids[0] not in table
    everything_told = runner.invoke(app, ["verify", target, "--all"]).stdout
    assert "unknown: NotFoundError" in everything_told
    assert ids[0] in everything_told


def test_ids_are_shown_as_they_are(served: Served, tmp_path: Path) -> None:
    target, ids, file = str(tmp_path / "out.sqlite"), ["[/x]", "[bold]:id:5", "x" * 90], tmp_path / "ids.txt"
    file.write_text("\n".join(ids))
    for option, exported in (("--conversations-from", target), ("--users-from", f"{target}.db")):
        command = ["export", "smooch", "--to", exported, option, str(file)]
        told = runner.invoke(app, command, env=served.environ).output
        verified = runner.invoke(app, ["verify", exported])
        assert verified.exit_code == 0, verified.output
        assert all(one in verified.stdout for one in ids)
        assert option == "--conversations-from" or all(f"user {one} of" in told for one in ids)


def test_verify_and_report_without_a_target(tmp_path: Path) -> None:
    missing = str(tmp_path / "out.sqlite")
    for command in (["verify", missing], ["report", missing, "--out", str(tmp_path / "out.html")]):
        result = runner.invoke(app, command)
        assert result.exit_code == 2
        assert result.output.startswith("Error: ")
    assert list(tmp_path.iterdir()) == []


def test_a_report(served: Served, tmp_path: Path) -> None:
    target, page = str(tmp_path / "out.sqlite"), tmp_path / "out.html"
    assert runner.invoke(app, ["export", "smscx", "--to", target], env=served.environ).exit_code == 0
    assert runner.invoke(app, ["report", target, "--out", str(page)]).exit_code == 0
    assert page.read_text().startswith("<!doctype html>")


def test_the_commands_of_the_readme(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    section = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").partition("\n## Export\n")[2]
    commands = section.partition("```sh\n")[2].partition("```")[0].splitlines()
    assert [command.split()[1] for command in commands] == ["export", "export", "verify", "report", "forget"]
    monkeypatch.chdir(tmp_path)
    Path("users.txt").write_text("user-1\nuser-2\n")
    for written in commands:
        command = written
        if "forget" in written:  # somebody who is there, in place of Ann
            (address,) = (
                sqlite3.connect("support.sqlite")
                .execute("SELECT author_address FROM messages WHERE provider = 'convore' AND author_kind = 'user'")
                .fetchone()
            )
            command = written.replace("ann@example.org", address)
        result = runner.invoke(app, shlex.split(command, comments=True)[1:], env=served.environ)
        assert result.exit_code == 0, result.output
    assert {path.name for path in tmp_path.iterdir()} > {"support.sqlite", "archive", "support-smooch.sqlite", "report.html"}


COUNTS = SourceCounts(
    account=Account("convore", "a"),
    listed=40,
    listing=False,
    due=40,
    walked=9,
    failed=1,
    messages=Committed(new=900, changed=0, seen_before=100),
    waited=75.0,
    seconds=10.0,
)


def test_progress_on_a_terminal_and_on_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    with Drawing(Console(file=screen, force_terminal=True, width=120)) as drawing:
        drawing.update(Progress(sources=(COUNTS,)))
    assert all(word in screen.getvalue() for word in ("10/40", "1000", "100", "1:15 min", "30 s"))
    now = 0.0
    monkeypatch.setattr("aioconvo.cli.drawing.time.monotonic", lambda: now)
    pipe = io.StringIO()
    with Drawing(Console(file=pipe)) as drawing:
        for now in (1.0, 4.0, 5.0, 9.0, 10.5):  # noqa: B007 -- the clock reads it
            drawing.update(Progress(sources=(COUNTS,)))
    assert pipe.getvalue().splitlines() == [line(COUNTS)] * 2
    told = "convore: 10/40 conversations, 1000 messages (900 new), 100 a second"
    assert line(COUNTS) == f"{told}, 1 failed, waited 1:15 min for limits, about 30 s left"


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.0, "0 s"), (59.4, "59 s"), (59.6, "1:00 min"), (3599.0, "59:59 min"), (7800.0, "2:10 h")]
)
def test_durations(seconds: float, told: str) -> None:
    assert duration(seconds) == told


posix_only = pytest.mark.skipif(os.name != "posix", reason="signals are sent to a process")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no file that is always full")
@pytest.mark.parametrize("full", [True, False])
def test_an_export_that_nobody_listens_to_is_complete(full: bool, served: Served, tmp_path: Path) -> None:
    target = tmp_path / "out.sqlite"
    ours, theirs = os.pipe()
    os.close(ours)
    with Path("/dev/full").open("w", encoding="utf-8") if full else os.fdopen(os.dup(theirs), "w") as deaf:
        process = start(served, "export", "convore", "--to", target, stdout=deaf, stderr=deaf)
    os.close(theirs)
    assert process.wait(60) == 0
    found, twice = doubled(rows(target))
    assert not twice
    assert found == served.ids("convore")


# Ctrl-C.


@posix_only
@pytest.mark.parametrize("interrupts", [1, 2])
def test_interrupted(interrupts: int, served: Served, tmp_path: Path) -> None:
    """Once: the pages in flight are committed. Twice: it ends at once. The same command ends exact either way."""
    command = ("export", "convore", "--to", tmp_path / "out.sqlite", "--concurrency", 3, "--account", "mine")
    with relayed(served, "convore") as (relay, through):
        process = start(through, *command)
        relay.on_request = at(8, lambda: process.send_signal(signal.SIGINT))
        told = _read_until(process, "Stopping:")
        for _ in range(interrupts - 1):
            process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
        told += rest
        assert process.returncode == 130, told
        assert "he same command goes on from there" in told
        assert "Traceback" not in told
        again = run(through, *command)
    found, twice = doubled(rows(tmp_path / "out.sqlite"))
    assert not twice
    assert found == served.ids("convore")
    assert "complete" in again
    if interrupts == 1:  # nothing was asked for in vain
        assert len(relay.targets) == _requests_of_one_run(served, tmp_path)


@posix_only
def test_interrupted_while_standard_input_has_no_end(served: Served, tmp_path: Path) -> None:
    command = ("export", "smooch", "--to", tmp_path / "out.sqlite", "--users-from", "-")
    ours, theirs = os.pipe()
    try:
        process = start(served, *command, stdin=ours)
        os.write(theirs, b"user-1\n")
        while not (tmp_path / "out.sqlite-wal").exists():  # it has begun, and so listens
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=30)
    finally:
        os.close(ours)
        os.close(theirs)
    assert process.returncode == 130, told
    assert "The same command goes on from there." in told


@posix_only
def test_ids_that_are_no_text_are_told_on_standard_input_too(served: Served, tmp_path: Path) -> None:
    """Where the locale is C, as for cron, Python's own reader lets them pass."""
    ids = tmp_path / "ids.txt"
    ids.write_bytes(b"user-1\n\xff\n")
    command = ("export", "smooch", "--to", tmp_path / "out.sqlite", "--users-from", "-")
    with ids.open() as file:
        process = start(Served(served.root, {**served.environ, "LC_ALL": "C"}), *command, stdin=file)
        told, _ = process.communicate(timeout=30)
    assert process.returncode == 2, told
    assert "standard input is no text in UTF-8" in told


@posix_only
def test_ids_come_from_a_pipe_whose_writer_is_done(tmp_path: Path) -> None:
    pipe = tmp_path / "ids"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("user-1\nuser-2\n",))
    writer.start()
    assert list(choosing.IdFile(str(pipe))) == ["user-1", "user-2"]
    writer.join()


def _read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    told = ""
    while words not in told:
        text = process.stdout.readline()
        assert text, told
        told += text
    return told


def _requests_of_one_run(served: Served, place: Path) -> int:
    before = served.requests("convore")
    run(served, "export", "convore", "--to", place / "whole.sqlite", "--concurrency", 3)
    return served.requests("convore") - before


# Arrivals.

OUTSIDER = Participant(
    handle=ContactHandle(type=ContactHandleType.EMAIL, value="new@example.com"), role=ParticipantRole.FROM, name="New"
)


async def _post(served: Served, conversations: list[str], text: str) -> None:
    """A message into each of these conversations, and one into a new conversation."""
    async with aioconvo.ConvoreClient(**served.options("convore")) as convore:
        for conversation in conversations:
            last = await convore.messages.list(conversation_id=conversation, limit=1).collect()
            await convore.messages.send(body=f"<p>{text}</p>", reply_to_message_id=last[0].id)
        channel = (await convore.messages.list(limit=1).collect())[0].channel_id
        await convore.messages.import_(
            date=dt.datetime.now(dt.UTC), sender=OUTSIDER, recipients=[], channel_id=channel, body=f"<p>{text}</p>"
        )


def test_messages_and_conversations_that_arrive_meanwhile(tmp_path: Path) -> None:
    """They may be in the first run or not; the second one brings what is missing, and only that."""
    target = tmp_path / "out.sqlite"
    with (
        sandbox("--conversations", 15, "--messages", 130, "--latency", 0.02) as served,
        relayed(served, "convore") as (relay, through),
    ):
        ids = sorted(served.ids("convore"))
        running = threading.Event()
        relay.on_request = at(10, running.set)
        process = start(through, "export", "convore", "--to", target, "--concurrency", 2)
        assert running.wait(30)
        asyncio.run(_post(served, ids[::3], "While it runs"))
        told, _ = process.communicate(timeout=60)
        assert process.returncode == 0, told
        stored = served.ids("convore")
        first, twice = doubled(rows(target))
        assert not twice
        assert all(ids <= stored[conversation] for conversation, ids in first.items())
        run(through, "export", "convore", "--to", target)
        second, twice = doubled(rows(target))
        assert not twice
        assert second == stored
        assert len(second) == 16
        told = run(through, "export", "convore", "--to", target)
        assert "0 conversations walked, 0 messages new" in told
