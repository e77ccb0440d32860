"""`aioconvo tail`: events of every provider as lines of JSON, where they go on, and every way to end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import signal
import subprocess
import threading
import urllib.request
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from typer.testing import CliRunner

from aioconvo.cli import tail
from aioconvo.cli.app import app
from aioconvo.cli.connection import Connection
from aioconvo.providers import Provider
from aioconvo.sandbox import Sandbox
from aioconvo.sandbox.sending.callbacks import SECRETS
from tests.export.processes import Served, start
from tests.polls.account import until
from tests.virtual_time import in_virtual_time

runner = CliRunner()


class Printed:
    """Takes what is printed, in place of standard output."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    async def __call__(self, data: bytes) -> None:
        self.lines += [json.loads(line) for line in data.splitlines()]


@contextlib.asynccontextmanager
async def following(monkeypatch: pytest.MonkeyPatch, provider: str, box: Sandbox, **options: Any) -> AsyncIterator[Any]:
    """The command at work, with what it printed."""
    printed = Printed()
    monkeypatch.setattr(tail, "write_all", printed)
    for name, value in box.client_options(provider).items():
        monkeypatch.setenv(f"AIOCONVO_{provider.upper()}_{name.upper()}", value)
    followed = tail._Followed(tail.Tail(provider=Provider(provider), **options), Connection(), None)
    task = asyncio.ensure_future(followed.run())
    try:
        yield printed, followed
    finally:
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()


def test_convore_is_polled(monkeypatch: pytest.MonkeyPatch) -> None:
    @in_virtual_time
    async def run() -> None:
        async with Sandbox(conversations=1, messages=1) as box:
            async with following(monkeypatch, "convore", box) as (printed, followed):
                while followed.position is None and not printed.lines:
                    await asyncio.sleep(2)
                    box.says("convore", box.customers("convore")[0].id, "Hello")
            assert printed.lines[0]["type"] == "message_inbound_received"
            assert set(printed.lines[0]) >= {"id", "created_at", "conversation_id", "message_id"}
            box.says("convore", box.customers("convore")[0].id, "meanwhile")
            count = len(printed.lines)
            async with following(monkeypatch, "convore", box, start=followed.position) as (later, _):
                await asyncio.sleep(10)
            assert later.lines[0]["id"] not in {one["id"] for one in printed.lines[:count]}

    run()


def test_the_agents_socket_is_held_open(monkeypatch: pytest.MonkeyPatch) -> None:
    @in_virtual_time
    async def run() -> None:
        async with (
            Sandbox(conversations=1, messages=1) as box,
            following(monkeypatch, "ultracart", box) as (printed, followed),
        ):
            for _ in range(20):
                await asyncio.sleep(5)
                box.says("ultracart", box.customers("ultracart")[0].id, "Hello")
            await asyncio.sleep(5)
            assert "Hello" in json.dumps(printed.lines)
            assert all(one["type"] in {"message", "event"} for one in printed.lines)
            assert followed.position is not None

    run()


@pytest.mark.parametrize(
    ("provider", "event"), [("sunshine", "conversation:message"), ("smooch", "message:appUser"), ("smscx", "receive_sms")]
)
def test_webhooks_are_taken_and_verified(
    provider: str, event: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []
    monkeypatch.setattr("aioconvo.cli.tail.typer.echo", lambda words, **_: told.append(words))
    monkeypatch.setenv(f"AIOCONVO_{provider.upper()}_WEBHOOK_SECRETS", SECRETS[provider])

    @in_virtual_time
    async def run() -> None:
        async with (
            Sandbox(conversations=1, messages=1) as plain,
            following(monkeypatch, provider, plain, port=0) as (printed, _),
        ):
            await until(lambda: bool(told))
            (url,) = re.findall(r"http://[\d.:]+", told[0])
            if provider == "smscx":
                url += f"/hooks/{SECRETS[provider]}"
            async with Sandbox(conversations=1, messages=1, callbacks={provider: url}) as box:
                box.trigger(provider, event)
                await box.delivered()
                assert [one.status for one in box.deliveries] == [200]
            async with aiohttp.ClientSession() as session:
                wrong = await session.post(f"{url.removesuffix(SECRETS[provider])}", json={}, headers={"X-API-Key": "no"})
                assert wrong.status == 401
                assert (await session.get(url)).status == 405
            assert event in json.dumps(printed.lines)
            assert len(printed.lines) == 1
            assert "refused with 401" in told[-1]

    run()
    assert [one.message for one in caplog.records if one.name.startswith("aiohttp")] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tail", "fax"], "fax"),
        (["tail", "sunshine"], "set AIOCONVO_SUNSHINE_WEBHOOK_SECRETS"),
        (["tail", "convore", "--start", "nowhere"], "no position of events"),
        (["tail", "convore", "--start", '[2,"convore","GET","/v1/messages",null,"",{}]'], "another list"),
    ],
)
def test_wrong_use_is_told_in_words(arguments: list[str], words: str) -> None:
    result = runner.invoke(app, arguments, env={"AIOCONVO_CONVORE_API_KEY": "k", "COLUMNS": "300"})
    assert result.exit_code == 2
    assert words in re.sub(r"[\s│]+", " ", result.output)


def test_the_place_is_told_at_the_end(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    async def stopped(followed: Any) -> None:
        followed.position = "here"
        raise KeyboardInterrupt

    monkeypatch.setattr(tail._Followed, "run", stopped)
    for position in (False, True):
        with pytest.raises(KeyboardInterrupt):
            tail.run(tail.Tail(provider=Provider.CONVORE, position=position), Connection(), None)
    assert capsys.readouterr().err == "here\n"


BODY = {"app": {"id": "a"}, "webhook": {"id": "w", "version": "v2"}, "events": [{"id": "e", "type": "user:remove"}]}


def _post(process: subprocess.Popen[str]) -> None:
    """Send a webhook to the command, which says where it listens."""
    assert process.stderr is not None
    (url,) = re.findall(r"http://[\d.:]+", process.stderr.readline())
    headers = {"X-API-Key": SECRETS["sunshine"], "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(BODY).encode(), headers)  # noqa: S310 -- our own command
    with contextlib.suppress(OSError):  # it may have ended
        urllib.request.urlopen(request).close()  # noqa: S310 -- as above


@pytest.mark.parametrize("closed", [False, True], ids=["Ctrl-C", "closed pipe"])
def test_it_ends_as_users_expect(closed: bool) -> None:
    served = Served("", {"AIOCONVO_SUNSHINE_WEBHOOK_SECRETS": SECRETS["sunshine"]})
    process = start(served, "tail", "sunshine", "--port", 0, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    assert process.stdout is not None
    if closed:
        process.stdout.close()
        _post(process)
    else:
        _post(process)
        assert json.loads(process.stdout.readline())["events"] == BODY["events"]
        process.send_signal(signal.SIGINT)
    _, told = process.communicate()
    watchdog.cancel()
    assert process.returncode == (-signal.SIGPIPE if closed else 130)
    assert "Traceback" not in told
