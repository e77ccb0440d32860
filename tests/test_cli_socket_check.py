"""`aioconvo ultracart socket-check` against the sandbox, which takes every form, and against one that takes none."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from aioconvo.cli.app import app
from aioconvo.cli.connection import Connection
from aioconvo.cli.socket_check import check
from aioconvo.sandbox import Cut, CutKind, Sandbox
from aioconvo.ultracart.socket.attach import FORMS
from tests.virtual_time import in_virtual_time


def _credentials(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> Any:
    options = sandbox.client_options("ultracart")
    monkeypatch.setenv("AIOCONVO_ULTRACART_SIMPLE_KEY", options["simple_key"])
    monkeypatch.setenv("AIOCONVO_ULTRACART_BASE_URL", options["base_url"])
    return sandbox.agent_socket


def test_it_prints_which_form_works(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    @in_virtual_time
    async def run() -> None:
        async with Sandbox(conversations=1) as sandbox:
            socket = _credentials(monkeypatch, sandbox)
            assert await check(FORMS, 5.0, Connection()) == 0
            assert socket.forms == list(FORMS)

    run()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["no", *FORMS, "works:"]
    assert "closed with 4401" in lines[0]
    assert lines[-1] == f"works: {', '.join(FORMS)}. Write AgentSocket(attach='query:jwt')."


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        (Cut(CutKind.REFUSED, code=403), "refused with HTTP 403"),
        (Cut(CutKind.HANDSHAKE), "failed: the connection broke"),
        (Cut(CutKind.CLOSE, frames=0, code=1008), "opened, then closed with 1008, 0 frames came"),
    ],
)
def test_it_says_that_none_works(
    cut: Cut, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @in_virtual_time
    async def run() -> None:
        async with Sandbox(conversations=1) as sandbox:
            socket = _credentials(monkeypatch, sandbox)
            socket.habits.cut = cut
            made: list[str] = []
            make = socket.token

            def token() -> str:
                made.append(make())
                return made[-1]

            monkeypatch.setattr(socket, "token", token)
            assert await check(FORMS, 5.0, Connection()) == 1
            told = capsys.readouterr().out
            assert told.count(words) == len(FORMS) + 1
            assert told.endswith("none works. An attach= of your own is a function of URL and token.\n")
            assert len(made) == len(FORMS) + 1
            assert not [token for token in made if token in told]

    run()


def test_a_server_that_keeps_all_open_tells_nothing_by_that(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @in_virtual_time
    async def run() -> None:
        async with Sandbox(conversations=1) as sandbox:
            _credentials(monkeypatch, sandbox).habits.cut = Cut(CutKind.SILENT, frames=0)
            assert await check(["header"], 5.0, Connection()) == 1
            assert "stays open without a token" in capsys.readouterr().out

    run()


def test_wrong_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIOCONVO_ULTRACART_SIMPLE_KEY", raising=False)
    told = CliRunner().invoke(app, ["ultracart", "socket-check"])
    assert told.exit_code == 2
    assert "AIOCONVO_ULTRACART_SIMPLE_KEY" in told.output
    told = CliRunner().invoke(app, ["ultracart", "socket-check", "--attach", "cookie"])
    assert (told.exit_code, "attach must be one of" in told.output) == (2, True)
