"""`aioconvo hooks trigger`, `record` and `replay`, and what `aioconvo sandbox` is told of webhooks."""

from __future__ import annotations

import json
import os
import pathlib
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from aioconvo.cli.app import app
from aioconvo.cli.recording import read, recorded
from aioconvo.cli.sandbox import as_json, as_variables, callbacks, event_list, unkindness
from aioconvo.sandbox import EventList, Sandbox, Unkindness
from aioconvo.sandbox.sending.callbacks import SECRETS

runner = CliRunner()
PUSHED = {"trigger": "message:appUser", "appUser": {"clients": [{"pushNotificationToken": "push-me", "id": "c"}]}}


class Hook(ThreadingHTTPServer):
    """Keeps headers and bodies, and answers the next of `answers`, else 200."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.came: list[tuple[str, str | None, bytes]] = []
        self.answers: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hooks/x"


class Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append((self.path, self.headers["X-API-Key"], body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server calls it by
        pass


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def invoke(*arguments: object) -> tuple[int, str]:
    result = runner.invoke(app, ["hooks", *map(str, arguments)])
    return result.exit_code, result.output


@pytest.mark.parametrize(("provider", "event"), [("sunshine", "user:merge"), ("smooch", "postback"), ("smscx", "new_optout")])
def test_a_sample_is_sent_with_its_secret(provider: str, event: str, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    assert invoke("trigger", provider, event, "--to", hook.url) == (0, f"{event}: 200\n")
    monkeypatch.setenv(f"AIOCONVO_{provider.upper()}_WEBHOOK_SECRETS", "of-the-environment, older")
    invoke("trigger", provider, event, "--to", hook.url)
    invoke("trigger", provider, event, "--to", hook.url, "--secret", "given")
    keys = [key for _, key, _ in hook.came]
    assert keys == ([None] * 3 if provider == "smscx" else [SECRETS[provider], "of-the-environment", "given"])
    told = json.loads(hook.came[0][2])
    assert event in {told.get("trigger"), told.get("event"), told.get("events", [{}])[0].get("type")}


def test_two_samples_are_two_events(hook: Hook) -> None:
    for _ in range(2):
        invoke("trigger", "sunshine", "conversation:message", "--to", hook.url)
    first, second = (json.loads(body)["events"][0] for _, _, body in hook.came)
    assert first["id"] != second["id"]
    assert first["payload"]["message"]["id"] != second["payload"]["message"]["id"]


def test_what_is_not_accepted_is_told(hook: Hook) -> None:
    hook.answers = [401, 204]
    code, output = invoke("trigger", "smooch", "postback", "--to", hook.url)
    assert (code, output.splitlines()[0]) == (1, "postback: 401")
    assert "is --secret or AIOCONVO_SMOOCH_WEBHOOK_SECRETS what the receiver knows?" in output
    assert invoke("trigger", "smscx", "receive_sms", "--to", hook.url) == (1, "receive_sms: 204\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["trigger", "convore", "message"], "sends no webhooks"),
        (["trigger", "sunshine", "message:appUser", "--to", "http://a/"], "has no event"),
        (["trigger", "sunshine", "user:merge"], "--to is a URL"),
        (["replay", "nowhere", "--to", "http://a/"], "cannot read nowhere"),
    ],
)
def test_wrong_use_is_told_in_words(arguments: list[str], words: str) -> None:
    code, output = invoke(*arguments)
    assert code == 2
    assert words in re.sub(r"[\s│]+", " ", output)


def test_all_events_are_listed() -> None:
    assert invoke("trigger", "smooch", "list")[1].splitlines() == [*Sandbox().providers["smooch"].changes.samples]


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_deliveries_are_written_down_and_sent_again(tmp_path: pathlib.Path, hook: Hook) -> None:
    directory = tmp_path / "recorded"
    command = [sys.executable, "-m", "aioconvo", "hooks", "record", str(directory), "--port", "0"]
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    process = subprocess.Popen(command, **pipes, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"})  # noqa: S603 - our own
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[0]
        invoke("trigger", "sunshine", "conversation:message", "--to", f"{url}/hooks/sunshine")
        invoke("trigger", "smscx", "receive_sms", "--to", f"{url}/hooks/smscx/{SECRETS['smscx']}?key={SECRETS['smscx']}")
        lines = [process.stdout.readline() for _ in range(2)]
        taken = [*command[:-1], url.rpartition(":")[2]]
        second = subprocess.run(taken, capture_output=True, text=True, check=False)  # noqa: S603 - our own
        assert (second.returncode, "choose another by --port" in second.stderr) == (1, True)
    finally:
        process.terminate()
        process.communicate()
    assert [line.split()[1] for line in lines] == ["conversation:message", "receive_sms"]
    assert process.returncode == 0
    files = sorted(directory.iterdir())
    assert [file.name for file in files] == ["000001-sunshine-conversation-message.json", "000002-smscx-receive-sms.json"]
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    written = "".join(file.read_text() for file in files)
    assert not any(secret in written for secret in SECRETS.values())
    code, output = invoke("replay", directory, "--to", hook.url)
    assert (code, output) == (0, f"{files[0].name}: 200\n{files[1].name}: 200\n")
    assert [key for _, key, _ in hook.came] == [SECRETS["sunshine"], None]
    assert [json.loads(body) for *_, body in hook.came] == [one.body for _, one in read(directory)]
    hook.answers = [503]
    assert invoke("replay", directory, "--to", hook.url, "--provider", "smscx") == (1, f"{files[1].name}: 503\n")


def test_tokens_in_a_body_are_left_out() -> None:
    one = recorded("/hooks/smooch", "application/json", json.dumps(PUSHED).encode())
    assert one.provider == "smooch"
    assert one.body["appUser"]["clients"] == [{"pushNotificationToken": "(left out)", "id": "c"}]


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[" * 5_000, b'"text"', b"\x00"])
def test_what_is_no_json_is_kept_as_it_came(body: bytes) -> None:
    assert recorded("/", "text/plain", body).bytes == body


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"provider": "smooch", "path": "/", "raw": "!"}'])
def test_files_that_were_not_recorded_are_named(content: bytes, tmp_path: pathlib.Path) -> None:
    (tmp_path / "1.json").write_bytes(content)
    with pytest.raises(typer.BadParameter, match=r"1\.json is no delivery"):
        read(tmp_path)


async def test_the_sandbox_prints_the_secrets() -> None:
    async with Sandbox(conversations=1, messages=1) as sandbox:
        for provider, secret in SECRETS.items():
            assert f"export AIOCONVO_{provider.upper()}_WEBHOOK_SECRETS={secret}\n" in as_variables(sandbox) + "\n"
            assert json.loads(as_json(sandbox))[provider]["webhook_secrets"] == [secret]
        assert "webhook_secrets" not in json.loads(as_json(sandbox))["convore"]


def test_the_sandboxs_options_for_webhooks() -> None:
    assert callbacks(["sunshine=http://a/b?c=d"]) == {"sunshine": "http://a/b?c=d"}
    wanted = Unkindness(duplicates=0.3, batch=20, in_order=False, patience=2.0)
    assert unkindness(["duplicates=0.3", "batch=20", "in_order=no", "patience=2"]) == wanted
    assert unkindness(None) == Unkindness()
    for wrong in ("duplicates", "duplicates=many", "kind=1", "in_order=perhaps", "batch=1.5"):
        with pytest.raises(typer.BadParameter, match="--unkind"):
            unkindness([wrong])
    with pytest.raises(typer.BadParameter, match="PROVIDER=URL"):
        callbacks(["http://127.0.0.1"])
    told = runner.invoke(app, ["sandbox", "--callback", "convore=http://a/"])
    assert told.exit_code != 0


def test_how_the_list_of_events_behaves_is_told() -> None:
    told = event_list(["oldest_first=true", "late=60", "late_share=0.3", "same_time=1000"])
    assert told == EventList(oldest_first=True, late=60, late_share=0.3, same_time=1_000)
    box = Sandbox(conversations=1, messages=1, event_list=told)
    box.reset()
    assert box.providers["convore"].events.manner is told
    for given, words in (
        ("late=x", "is a float"),
        ("speed=1", "name of"),
        ("late_share=2", "from 0 to 1"),
        ("empty_pages=1", "below 1"),
    ):
        with pytest.raises(typer.BadParameter, match=words):
            event_list([given])
