"""`aioconvo hooks register`, `list` and `remove` against a sandbox."""

from __future__ import annotations

import json
import re
import signal
import stat
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aioconvo.cli.app import app
from aioconvo.sunshine import SunshineWebhook
from tests.export.processes import Served, sandbox, start

runner = CliRunner()
TARGET = "https://example.org/hooks/here"


@pytest.fixture(scope="module")
def running() -> Iterator[Served]:
    with sandbox("--conversations", 1, "--messages", 1) as served:
        yield served


@pytest.fixture
def served(running: Served) -> Served:
    request = urllib.request.Request(f"{running.root}/_sandbox/reset", method="POST")  # noqa: S310 -- our own sandbox
    urllib.request.urlopen(request).close()  # noqa: S310 -- as above
    return running


def invoke(served: Served, *arguments: object) -> tuple[int, str]:
    result = runner.invoke(app, ["hooks", *map(str, arguments)], env={**served.environ, "COLUMNS": "300"})
    return result.exit_code, re.sub(r"[\s│╭╮╰╯─]+", " ", result.output)


def listed(served: Served, provider: str) -> list[dict[str, object]]:
    result = runner.invoke(app, ["hooks", "list", provider, "--json"], env={**served.environ})
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


@pytest.mark.parametrize("provider", ["sunshine", "smooch"])
def test_a_webhook_is_registered_listed_and_removed(provider: str, served: Served, tmp_path: Path) -> None:
    file = tmp_path / "secret.env"
    code, told = invoke(served, "register", provider, "--target", TARGET, "--secret-file", file)
    assert code == 0, told
    name, _, secret = file.read_text().strip().partition("=")
    assert name == f"AIOCONVO_{provider.upper()}_WEBHOOK_SECRETS"
    assert len(secret) > 16
    assert secret not in told
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (row,) = listed(served, provider)
    assert (row["target"], row.get("name")) == (TARGET, "aioconvo" if provider == "sunshine" else None)
    assert "secret" not in row
    assert {"conversation:message", "message:appUser"} & set(map(str, row["triggers"]))  # type: ignore[call-overload]
    assert str(row["id"]) in told
    assert secret not in invoke(served, "list", provider)[1]
    code, told = invoke(served, "remove", provider, row["id"])
    assert (code, "removed" in told) == (0, True)
    assert listed(served, provider) == []
    if provider == "sunshine":
        result = runner.invoke(app, ["list", "sunshine", "integrations", "--json"], env={**served.environ})
        assert [json.loads(line)["type"] for line in result.output.splitlines()] == ["web", "whatsapp"]


def test_what_is_asked_for_is_registered(served: Served, tmp_path: Path) -> None:
    options = ["--trigger", "conversation:read", "--trigger", "user:merge", "--name", "Bot", "--full"]
    invoke(served, "register", "sunshine", "--target", TARGET, "--secret-file", tmp_path / "a", *options)
    (row,) = listed(served, "sunshine")
    assert (row["triggers"], row["name"]) == (["conversation:read", "user:merge"], "Bot")
    assert invoke(served, "remove", "sunshine", str(row["integration"]))[0] == 0  # by either id


def test_the_file_is_what_a_webhook_reads(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "secret.env"
    invoke(served, "register", "sunshine", "--target", TARGET, "--secret-file", file)
    name, _, secret = file.read_text().strip().partition("=")
    webhook = SunshineWebhook.from_env(environ={name: secret})
    webhook.verify({"X-API-Key": secret})


def test_a_token_in_a_url_is_not_listed(served: Served, tmp_path: Path) -> None:
    token = "t0ken" * 10
    invoke(served, "register", "smooch", "--target", f"{TARGET}/{token}?key=value", "--secret-file", tmp_path / "a")
    for output in (invoke(served, "list", "smooch")[1], json.dumps(listed(served, "smooch"))):
        assert token not in output
        assert "value" not in output


def test_smscx_prints_the_url_to_paste(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "secret.env"
    code, told = invoke(served, "register", "smscx", "--target", f"{TARGET}/", "--secret-file", file)
    name, _, token = file.read_text().strip().partition("=")
    assert (code, name) == (0, "AIOCONVO_SMSCX_WEBHOOK_SECRETS")
    assert f"{TARGET}/{token} " in told
    assert len(token) == 43


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["register", "convore", "--target", TARGET], "its events are polled"),
        (["register", "ultracart", "--target", TARGET], "over the agent socket"),
        (["register", "fax", "--target", TARGET], "is no provider with webhooks"),
        (["list", "smscx"], "settings of its dashboard"),
        (["remove", "smscx", "1"], "settings of its dashboard"),
        (["list", "convore"], "its events are polled"),
        (["register", "sunshine", "--target", "example.org"], "--target is the URL"),
        (["remove", "smooch", "nothing"], "there is no webhook 'nothing'"),
    ],
)
def test_wrong_use_is_told_in_words(
    arguments: list[str], words: str, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, told = invoke(served, *arguments)
    assert code == 2
    assert words in told
    assert list(tmp_path.iterdir()) == []


def test_a_secret_that_has_no_place_to_go_is_not_made(served: Served, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    for file, words in ((taken, "is there already"), (tmp_path / "nowhere" / "a", "cannot write")):
        code, told = invoke(served, "register", "smooch", "--target", TARGET, "--secret-file", file)
        assert (code, words in told) == (2, True)
    assert taken.read_text() == "mine"
    assert listed(served, "smooch") == []


def test_what_the_api_refuses_leaves_no_file(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "a"
    code, told = invoke(served, "register", "smooch", "--target", TARGET, "--trigger", "no such", "--secret-file", file)
    assert (code, "400" in told, file.exists()) == (1, True, False)


def test_what_is_held_is_removed_at_the_end(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "a"
    options = ["--target", TARGET, "--secret-file", str(file), "--hold"]
    process = start(served, "hooks", "register", "sunshine", *options, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stderr is not None
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    while "Ctrl-C" not in process.stderr.readline():
        assert process.poll() is None
    assert len(listed(served, "sunshine")) == 1
    assert file.exists()
    process.send_signal(signal.SIGINT)
    process.communicate()
    watchdog.cancel()
    assert process.returncode == 0
    assert listed(served, "sunshine") == []
    assert not file.exists()
