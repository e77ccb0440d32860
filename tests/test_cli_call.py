"""`aioconvo call`: any operation, with nested values, files and lists; what changes or costs is not sent unasked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import click
import pytest
import typer
from typer.testing import CliRunner

from aioconvo.cli.app import app
from aioconvo.cli.choosing import PROVIDERS
from aioconvo.core.operations.resource import methods
from aioconvo.providers import Provider
from tests.export.processes import Served, sandbox, start

runner = CliRunner()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with sandbox("--conversations", 3, "--messages", 40) as running:
        yield running


def _told(served: Served, *arguments: object, expected: int = 0, said: str | None = None) -> str:
    result = runner.invoke(app, ["call", *map(str, arguments)], env={**served.environ, "COLUMNS": "400"}, input=said)
    assert result.exit_code == expected, result.output
    return result.output


def _answer(served: Served, *arguments: object) -> Any:
    return json.loads(_told(served, *arguments))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_operation_is_a_command_with_an_option_for_each_argument(provider: str) -> None:
    group: Any = typer.main.get_command(app)
    call = group.commands["call"]
    with click.Context(call) as context:
        commands = call.get_command(context, provider)
        found = {one.operation.python.partition(".")[2]: one for one in methods(Provider(provider).client)}
        assert commands.list_commands(context) == sorted(found)
        for name, method in found.items():
            command = commands.get_command(context, name)
            flags = [flag for option in command.params for flag in (*option.opts, *option.secondary_opts)]
            assert len(set(flags)) == len(flags)
            code = getattr(method, "__wrapped__", method).__code__
            taken = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
            assert {f"--{one.strip('_').replace('_', '-')}" for one in taken} <= set(flags)
            assert (method.__doc__ or "").split("\n")[0] in command.help


def test_help_tells_what_the_docstring_tells() -> None:
    told = runner.invoke(app, ["call", "smscx", "groups.create", "--help"], env={"COLUMNS": "120"}).output
    assert "name: 3 to 60 characters" in told
    assert "--name TEXT" in told
    assert "create_group" in told


def test_a_list_is_a_line_for_each_item(served: Served) -> None:
    lines = _told(served, "convore", "conversations.list", "--limit", 2).splitlines()
    assert [set(json.loads(line)) >= {"id", "status"} for line in lines] == [True, True]


def test_nested_values_are_json(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "profile.json"
    file.write_text('{"givenName": "Ada"}')
    for told in ('{"givenName": "Ada"}', f"@{file}"):
        made = _answer(served, "sunshine", "users.create", "--profile", told, "--yes")
        assert made["profile"] == {"givenName": "Ada"}
    again = ["--user-id-or-external-id", made["id"], "--yes"]
    changed = _answer(served, "sunshine", "users.update", *again, "--profile", '{"givenName": null, "surname": "Okafor"}')
    assert changed["profile"] == {"surname": "Okafor"}  # null has cleared the other


def test_lists_of_texts_and_of_structs_are_given_again_or_at_once(served: Served) -> None:
    base = ["smscx", "sms.estimate", "--text", "Hello", "--from", "SHOP"]
    one = _answer(served, *base, "--to", "+447700900111", "--to", "+447700900112")
    assert one["info"]["totalPhoneNumbers"] == 2
    group = _answer(served, "smscx", "groups.create", "--name", "friends", "--yes")["id"]
    contacts = '[{"phoneNumber": "+447700900113", "firstName": "Ada"}, {"phoneNumber": "+447700900114"}]'
    added = _answer(served, "smscx", "groups.add_contacts", "--group-id", group, "--phone-numbers", contacts, "--yes")
    assert added["totalValid"] == 2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["users.create", "--profile", '{"givenNam": "Ada"}'], "there is no member 'givenNam'"),
        (["users.create", "--profile", '{"givenName": 1}'], "Expected `str | null`, got `int`"),
        (["users.create", "--profile", "{"], "it is no JSON"),
        (["users.create", "--profile", "@/nowhere/profile.json"], "cannot read /nowhere/profile.json"),
        (["attachments.upload", "--source", "photo.png"], "write @FILE, such as @photo.png"),
        (["attachments.upload", "--source", "@/nowhere/photo.png"], "cannot read /nowhere/photo.png"),
        (["users.nothing"], "no operation 'users.nothing'; there are users."),
        (["users.creat"], "Did you mean users.create"),
        (["CreateUsr"], "Did you mean CreateUser"),
        (["users.list"], "Missing option '--email'"),
    ],
)
def test_wrong_use_says_what_to_write(served: Served, given: list[str], words: str) -> None:
    yes = [] if given == ["users.list"] else ["--yes"]
    assert words in _told(served, "sunshine", *given, *yes, expected=2)


def test_files_go_up_and_come_down(served: Served, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"a picture")
    assert _answer(served, "sunshine", "attachments.upload", "--source", f"@{photo}", "--yes")["mediaType"] == "image/png"
    out = tmp_path / "contacts.csv"
    assert _told(served, "smscx", "groups.export_csv", "--group-id", 1, "--out", out) == ""
    assert out.read_text() == _told(served, "smscx", "groups.export_csv", "--group-id", 1)
    assert out.read_text().startswith("phoneNumber,")


def test_the_answer_of_any_call_goes_into_a_file(served: Served, tmp_path: Path) -> None:
    out = tmp_path / "messages.jsonl"
    for _ in range(2):
        command = ["convore", "messages.list", "--page-size", 7, "--limit", 20, "--out", out, "--position"]
        assert len(_told(served, *command).splitlines()) == 1
        assert len(out.read_text().splitlines()) == 20


def test_the_name_of_the_specification_will_do(served: Served) -> None:
    listed = _told(served, "convore", "conversations.list")
    for name in ("list_conversations", "listConversations", "ListConversations"):
        assert _told(served, "convore", name) == listed


def test_an_address_for_a_browser_is_shown() -> None:
    """Nothing is sent for it, so that nothing needs to be there."""
    program = {"AIOCONVO_SUNSHINE_CLIENT_ID": "program", "AIOCONVO_SUNSHINE_CLIENT_SECRET": "s3cret"}
    result = runner.invoke(app, ["call", "sunshine", "oauth.authorize_url", "--state", "a b"], env=program)
    assert result.exit_code == 0, result.output
    assert result.output == (
        "https://oauth-bridge.zendesk.com/sc/oauth/authorize?client_id=program&response_type=code&state=a%20b\n"
    )


def test_what_changes_is_not_sent_unasked(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["convore", "messages.send", "--channel-id", "c", "--body", "Hello"]
    before = served.requests("convore")
    told = _told(served, *command, expected=2)
    assert "convore.messages.send changes something, each time anew" in told
    assert "--yes" in told
    monkeypatch.setattr("aioconvo.cli.calling.somebody_is_there", lambda: True)
    assert "Nothing was sent." in _told(served, *command, expected=1, said="n\n")
    assert served.requests("convore") == before
    sent = ["smscx", "sms.send", "--text", "Hello", "--from", "SHOP", "--to", "+447700900111"]
    assert "smscx.sms.send costs money. Send it? [y/N]" in _told(served, *sent, said="y\n")
    assert served.state()["smscx"]["sms"] == 1


def test_a_question_that_is_stopped_is_a_command_that_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is 130 as everywhere; the end of the input is a no."""
    monkeypatch.setattr("aioconvo.cli.calling.somebody_is_there", lambda: True)
    command = ["call", "convore", "labels.create", "--name", "urgent"]
    ended = runner.invoke(app, command, input="")
    assert (ended.exit_code, ended.stderr.splitlines()[-1]) == (1, "Nothing was sent.")

    error = typer.Abort()
    error.__context__ = KeyboardInterrupt()
    monkeypatch.setattr("typer.confirm", Mock(side_effect=error))
    ended = runner.invoke(app, command)
    assert (ended.exit_code, ended.stderr.splitlines()[-1]) == (130, "Nothing was sent.")


def test_names_of_arguments_in_python_are_options_too(served: Served) -> None:
    base = ["smscx", "sms.estimate", "--text", "Hello", "--to", "+447700900111"]
    assert _answer(served, *base, "--from_", "SHOP", "--country_iso", "GB")["info"]["totalPhoneNumbers"] == 1
    assert "--no-text-details / --text-details" in " ".join(_told(served, "smscx", "sms.send", "--help").split())


@pytest.mark.skipif(os.name != "posix", reason="links and pipes of Unix")
def test_a_download_leaves_links_and_devices_what_they_are(served: Served, tmp_path: Path) -> None:
    command = ["smscx", "groups.export_csv", "--group-id", 1, "--out"]
    (tmp_path / "link.csv").symlink_to(tmp_path / "group.csv")
    _told(served, *command, tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    content = (tmp_path / "group.csv").read_text()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["/bin/cat", str(pipe)], stdout=subprocess.PIPE, text=True) as reader:  # noqa: S603 -- our own
        _told(served, *command, pipe)
        assert reader.communicate()[0] == content
    assert pipe.is_fifo()
    for place, words in ((tmp_path, "Is a directory"), (tmp_path / "no folder" / "x", "No such file or directory")):
        failed = runner.invoke(app, ["call", *map(str, command), str(place)], env=served.environ)
        assert isinstance(failed.exception, OSError)
        assert (failed.exception.filename, failed.exception.strerror) == (str(place), words)
    assert {one.name for one in tmp_path.iterdir()} == {"link.csv", "group.csv", "pipe"}


def test_errors_speak_of_options(served: Served) -> None:
    told = _told(served, "convore", "messages.send", "--body", "Hello", "--yes", expected=2)
    assert "give --channel-id to begin a conversation, or --reply-to-message-id" in told
    told = _told(served, "sunshine", "users.get", "--user-id-or-external-id", "nobody", expected=1)
    assert told.startswith("Error: ")


@pytest.mark.skipif(os.name != "posix", reason="signals and pipes of Unix")
def test_a_reader_that_goes_away_ends_it_as_it_ends_other_tools(served: Served) -> None:
    process = start(served, "call", "convore", "messages.list", stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["id"]
    process.stdout.close()
    assert process.stderr is not None
    told = process.stderr.read()
    process.stderr.close()
    assert (process.wait(30), told) == (-signal.SIGPIPE, "")
