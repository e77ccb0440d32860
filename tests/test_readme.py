"""The README's programs are run as they stand there, against the sandbox."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import functools
import json
import os
import re
import sys
import types
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

import aioconvo
from aioconvo.export import verify
from aioconvo.providers import Provider
from aioconvo.sandbox import Change, Sandbox, Unkindness
from aioconvo.sandbox.changes import Kind
from tests.virtual_time import in_virtual_time

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def _source(heading: str) -> str:
    """The first Python block under a heading."""
    section = re.split(r"^## ", README, flags=re.MULTILINE)
    text = next(part for part in section if part.startswith(heading + "\n"))
    block = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert block is not None
    return block.group(1)


def _program(heading: str) -> dict[str, Any]:
    """The names that it defines."""
    names: dict[str, Any] = {"__name__": "readme"}
    exec(compile(_source(heading), f"README.md, {heading}", "exec"), names)  # noqa: S102 -- our own README
    return names


@pytest.fixture
async def sandbox(monkeypatch: pytest.MonkeyPatch) -> Any:
    async with Sandbox(conversations=6, messages=120) as running:
        _set_variables(running, monkeypatch)
        yield running


def _set_variables(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for provider in sandbox.endpoints:
        for key, value in sandbox.client_options(provider).items():
            monkeypatch.setenv(f"AIOCONVO_{provider.upper()}_{key.upper()}", value)
    for provider, secret in sandbox.webhook_secrets.items():
        monkeypatch.setenv(f"AIOCONVO_{provider.upper()}_WEBHOOK_SECRETS", secret)


@pytest.mark.parametrize("heading", ["In a web app", "In a FastAPI app"])
async def test_web_apps(heading: str, sandbox: Sandbox, tmp_path: Path, unused_tcp_port: int) -> None:
    """As a process of its own, with what browsers and strangers send."""
    command = ["-m", "uvicorn", "program:app", "--port", str(unused_tcp_port)] if "Fast" in heading else ["program.py"]
    conversation = next(iter(sandbox.state()["sunshine"]["ids"]))
    async with _running(heading, command, tmp_path, PORT=str(unused_tcp_port)) as process, aiohttp.ClientSession() as browser:

        async def get(identity: str, what: str = "latest") -> tuple[int, Any]:
            url = URL(f"http://127.0.0.1:{unused_tcp_port}/conversations/{identity}/{what}", encoded=True)
            async with browser.get(url) as answer:
                return answer.status, await answer.text()

        await _until(lambda: _listens(unused_tcp_port))
        status, body = await get(conversation)
        assert (status, len(json.loads(body)["ids"])) == (200, 100)
        if "Fast" in heading:
            status, structs = await get(conversation, "messages")
            assert status == 200
            assert [one["id"] for one in json.loads(structs)] == json.loads(body)["ids"]
            assert all(one["content"]["type"] for one in json.loads(structs))
        assert (await get("0" * 24))[0] == 404
        for odd in ("%00", "a%00b", "%0a", "%7f", "..%2f.."):
            assert (await get(odd))[0] in {400, 404}, odd
        await sandbox.aclose()
        assert (await get(conversation))[0] in {502, 504}
        await browser.close()
        process.terminate()
        told, _ = await asyncio.wait_for(process.communicate(), 30)
        assert b"Traceback" not in told


@contextlib.asynccontextmanager
async def _running(heading: str, command: list[str], place: Path, **environ: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    await asyncio.to_thread((place / "program.py").write_text, _source(heading), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        cwd=place,
        env={**os.environ, **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def _until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await true():  # noqa: ASYNC110 -- it comes true in another process
            await asyncio.sleep(0.02)


async def test_batch_fetcher(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    await _program("In a batch fetcher")["main"]()
    stored = sandbox.state()["convore"]
    assert capsys.readouterr().out == f"{stored['conversations']} conversations, {stored['messages']} messages\n"


async def test_lists_made_by_hand() -> None:
    await _program("Lists")["main"]()


async def test_bot_answers_everybody_once_over_a_kill_and_a_restart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unused_tcp_port: int
) -> None:
    port, said = unused_tcp_port, dict[str, list[str]]()
    token = Sandbox().webhook_secrets["smscx"]
    callbacks = {name: f"http://127.0.0.1:{port}/hooks/{name}" for name in ("sunshine", "smooch")}
    callbacks["smscx"] = f"http://127.0.0.1:{port}/hooks/smscx/{token}"

    def heard(change: Change) -> None:
        if change.ours and change.kind is Kind.MESSAGE:
            said.setdefault(change.provider, []).append(change.text)

    async def heard_from_all(count: int) -> bool:
        return all(len(said.get(name, ())) >= count for name in Provider)

    async def follows(asked: Mapping[str, Mapping[str, int]]) -> bool:
        """Whether the poll and the socket have begun: what is written before that is not news to them."""
        return bool(asked["convore"].get("list_events") and asked["ultracart"].get("get_conversation_messages"))

    async with Sandbox(conversations=2, messages=2, callbacks=callbacks, unkindness=Unkindness(speed=100)) as sandbox:
        _set_variables(sandbox, monkeypatch)
        sandbox.watch(heard)
        users = {name: sandbox.customers(name)[0].id for name in Provider}
        async with _running("In a bot", ["program.py"], tmp_path, PORT=str(port)) as process:
            await _until(lambda: _listens(port))
            await _until(lambda: follows(sandbox.requests))
            for name, user in users.items():
                sandbox.says(name, user, "hello")
            await _until(lambda: heard_from_all(1))
            for name, user in users.items():
                sandbox.says(name, user, "before the end")
            await sandbox.delivered()
            process.terminate()
            told, _ = await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode == 0
        assert b"Traceback" not in told
        assert token.encode() not in told
        for name, user in users.items():
            sandbox.says(name, user, "while it is away")
        async with _running("In a bot", ["program.py"], tmp_path, PORT=str(port)):
            await _until(lambda: heard_from_all(3))
            assert said == {
                name: ["You said: hello", "You said: before the end", "You said: while it is away"] for name in Provider
            }


def test_webhooks(capsys: pytest.CaptureFixture[str]) -> None:
    receive = _program("Webhooks")["receive"]
    told = {"conversation": {"id": "c1", "type": "personal"}, "message": _WRITTEN}
    body = json.dumps({"events": [{"id": "e1", "type": "conversation:message", "payload": told}]}).encode()
    assert receive({"x-api-key": "the-next-one"}, body) == 200
    assert receive({"x-api-key": "another"}, body) == 401
    assert capsys.readouterr().out.splitlines() == ["c1 m1", "hello"]


_WRITTEN = {
    "id": "m1",
    "received": "2026-01-01T00:00:00Z",
    "author": {"type": "user"},
    "content": {"type": "text", "text": "hello"},
}


def test_bots_state() -> None:
    names = _program("Bots")
    assert [route.function.name for route in names["bot"].walk_routes()] == ["begin", "take_name"]


async def test_all_providers_alike(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    await _program("All providers alike")["main"]()
    told = capsys.readouterr().out.splitlines()
    assert {line.split()[2] for line in told} == {"smscx", "ultracart"}
    times = [dt.datetime.fromisoformat(line[: line.index("+00:00") + 6]) for line in told]
    assert times == sorted(times)
    assert all(sandbox.requests[name] for name in ("smscx", "ultracart"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory that a program writes into."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_export(sandbox: Sandbox, here: Path) -> None:
    assert await _program("Export")["main"]()
    held = await asyncio.to_thread(verify, f"jsonl:{here / 'support'}")
    assert (held.conversations, held.messages) == (6, sandbox.state()["convore"]["messages"])


async def test_what_is_going_on(sandbox: Sandbox) -> None:
    stats = await _program("What is going on")["main"]()
    assert stats.requests >= sandbox.state()["convore"]["messages"] // 100
    assert (stats.errors, stats.pool_in_use) == ({}, 0)


def test_options_and_test_example() -> None:
    names = _program("Retries, limits, time")
    assert names["patient"].pool is names["client"].pool
    assert "test_walk" in _program("Sandbox")


def test_two_commands_stand_there() -> None:
    assert len(re.findall(r"^python3 -m venv \.venv && ", README, re.MULTILINE)) == 2


async def test_consent() -> None:
    program = _program("Consent by OAuth")
    async with Sandbox(conversations=2, messages=1) as sandbox:
        here = functools.partial(aioconvo.SunshineClient, base_url=sandbox.client_options("sunshine")["base_url"])
        program["aioconvo"] = types.SimpleNamespace(SunshineClient=here)  # in place of the vendor's hosts
        async with here(client_id="sandbox-program", client_secret="sandbox-secret") as client:
            async with aiohttp.ClientSession() as browser:
                asked = await browser.get(program["ask_for_consent"](client, "s1"), allow_redirects=False)
            back = URL(asked.headers["Location"])
            assert (back.host, back.query["state"]) == ("shop.example", "s1")
            async with await program["app_of"](client, back.query["code"]) as app:
                assert (await app.users.get("user-1")).external_id == "user-1"


async def test_files(tmp_path: Path) -> None:
    program = _program("Files")
    picture = tmp_path / "picture.png"
    await asyncio.to_thread(picture.write_bytes, b"PNG")
    async with Sandbox(conversations=2, messages=1) as sandbox:
        one = next(iter(sandbox.state()["sunshine"]["ids"]))
        async with aioconvo.SunshineClient(**sandbox.client_options("sunshine")) as sunshine:
            await program["send_picture"](sunshine, one, picture)
            sent = (await sunshine.messages.list(one))[0].content
        async with aioconvo.SmscxClient(**sandbox.client_options("smscx")) as smscx:
            saved = await program["save_group"](smscx, 1, tmp_path / "group.csv")
    assert isinstance(sent, aioconvo.sunshine.ImageContent)
    assert sent.media_url.endswith("/picture.png")
    assert len((await asyncio.to_thread(saved.read_text)).splitlines()) == 3


def test_the_poll_answers_each_message_once_and_goes_on_where_it_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = _program("Polls")["answer"]
    saved: list[str] = []

    @in_virtual_time
    async def run() -> None:
        async with Sandbox(conversations=2, messages=1) as sandbox:
            _set_variables(sandbox, monkeypatch)
            for texts in (("one", "two"), ("three",)):
                async with aioconvo.ConvoreClient.from_env() as convore:
                    task = asyncio.ensure_future(answer(convore, saved[-1] if saved else None, saved.append))
                    await asyncio.sleep(3)
                    for text in texts:
                        sandbox.says("convore", next(iter(sandbox.customers("convore"))).id, text)
                    await asyncio.sleep(30)
                    task.cancel()
                    await asyncio.wait([task])
            assert sandbox.requests["convore"]["send_message"] == len(saved) == 3

    run()


async def test_an_agent_answers_over_its_socket(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    shop = sandbox.providers["ultracart"]
    running = asyncio.create_task(_program("UltraCart's agent socket")["main"]())

    async def is_connected() -> bool:
        return bool(shop.socket.connected)

    async def has_answered() -> bool:
        return any(b"One moment" in frame for frame in shop.socket.received)

    await _until(is_connected)
    shop.wait_in_queue()
    sandbox.says("ultracart", "jane@example.com", "Do you ship to Malta?")
    await _until(has_answered)
    running.cancel()
    await asyncio.wait([running])
    written = [message.body for talk in shop._conversations for message in talk.messages() if message.client_id]
    assert written == ["One moment, please."]
    told = capsys.readouterr().out
    assert "somebody waits in Support" in told
    assert "messages came while there was no connection" in told
