"""The command line as users run it."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from typing import Any

import pytest
from typer.testing import CliRunner

from aioconvo import ConvoreClient, smooch
from aioconvo.cli import main
from aioconvo.cli.app import app
from aioconvo.cli.operations import catalogue
from aioconvo.core.version import VERSION
from aioconvo.providers import Provider

runner = CliRunner()


def test_operations_json() -> None:
    rows = json.loads(runner.invoke(app, ["operations", "--json"]).stdout)
    assert rows == catalogue()
    assert all(set(row) == {"provider", "operation", "method", "path", "python", "effect", "paged"} for row in rows)
    assert {
        "provider": "sunshine",
        "operation": "ListConversations",
        "method": "GET",
        "path": "/v2/apps/{appId}/conversations",
        "python": "sunshine.conversations.list",
        "effect": "read",
        "paged": "cursor",
    } in rows


def test_operations_table() -> None:
    result = runner.invoke(app, ["operations", "--provider", "smooch"])
    assert result.exit_code == 0
    assert f"{len(smooch.OPERATIONS)} operations" in result.stdout
    assert runner.invoke(app, ["operations", "--provider", "nobody"]).exit_code == 2


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["send_sms"], ["smscx.sms.send"]),  # the specification's own name, and no other that begins so
        (["create_integration", "--provider", "sunshine"], ["sunshine.integrations.create"]),  # `CreateIntegration` in an SDK
        (["convore.messages.send"], ["convore.messages.send"]),
        (["participants", "leave"], ["sunshine.participants.leave"]),
        (["--provider", "convore", "--effect", "idempotent", "messages"], ["convore.messages.update"]),
    ],
)
def test_operations_are_found(given: list[str], expected: list[str]) -> None:
    rows = json.loads(runner.invoke(app, ["operations", "--json", *given]).stdout)
    assert [row["python"] for row in rows] == expected


def test_operations_by_what_they_do_outside() -> None:
    rows = json.loads(runner.invoke(app, ["operations", "--json", "--effect", "paid"]).stdout)
    assert {row["effect"] for row in rows} == {"paid"}
    assert "smscx.sms.send" in {row["python"] for row in rows}
    assert runner.invoke(app, ["operations", "nothing of this name"]).exit_code == 1
    assert runner.invoke(app, ["operations", "--effect", "good"]).exit_code == 2


def test_version() -> None:
    assert runner.invoke(app, ["--version"]).stdout.strip() == VERSION


def test_demo_is_complete() -> None:
    result = runner.invoke(app, ["demo", "--conversations", "4", "--messages", "120", "--faults", "0"])
    assert result.exit_code == 0, result.output
    assert "each once" in result.output
    assert "INCOMPLETE" not in result.output


def _serve(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "aioconvo", "sandbox", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- our own command


def _read_json(process: subprocess.Popen[str]) -> Any:
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if line == "}\n":
            break
    return json.loads(text)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_sandbox_serves_and_is_reset() -> None:
    process = _serve("--json", "--conversations", "2", "--messages", "3")
    try:
        endpoints = _read_json(process)
        assert list(endpoints) == list(Provider)
        asyncio.run(_send_one(endpoints["convore"], expected=7))
        port = endpoints["convore"]["base_url"].rsplit(":")[-1].split("/")[0]
        assert "back to its seeded data" in runner.invoke(app, ["sandbox", "--reset", "--port", port]).output
        asyncio.run(_send_one(endpoints["convore"], expected=7))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
        process.communicate()


async def _send_one(endpoint: Any, expected: int) -> None:
    async with ConvoreClient(base_url=endpoint["base_url"], **endpoint["credentials"]) as convore:
        first = await convore.messages.list()
        await convore.messages.send(body="<p>Hello</p>", reply_to_message_id=first.items[0].id)
        assert len(await convore.messages.list().collect()) == expected


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_sandbox_prints_the_variables() -> None:
    process = _serve("--env")
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("export AIOCONVO_SMSCX_BASE_URL=http://127.0.0.1:")
    finally:
        process.kill()
        process.communicate()


def test_bad_options_are_refused() -> None:
    assert runner.invoke(app, ["sandbox", "--rate-limit", "0"]).exit_code == 2
    assert runner.invoke(app, ["demo", "--faults", "2"]).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["demo", "--latency", "inf"], "latency must be 0 or more seconds; got inf"),
        (["sandbox", "--latency", "inf"], "latency must be 0 or more seconds; got inf"),
        (["sandbox", "--rate-limit", "nan"], "rate_limit, in requests a second, must be a number"),
        (["sandbox", "--rate-limit", "1e300"], "rate_limit, in requests a second, must be a number"),
    ],
)
def test_what_only_the_library_knows_to_be_wrong_is_told_in_words(
    arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["aioconvo", *arguments])
    for stream in ("stdout", "stderr"):
        monkeypatch.setattr(sys, stream, getattr(sys, stream))  # `main` puts its own in place
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capfd.readouterr().err.startswith(f"Error: {told}")
