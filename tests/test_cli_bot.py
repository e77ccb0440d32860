"""`aioconvo bot`: running one, and looking at what it gave up on."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import aioconvo
from aioconvo import Bot
from aioconvo.bot import Drop, SqliteStore
from aioconvo.bot.health import BotCounts
from aioconvo.cli.app import app
from aioconvo.cli.running import load
from aioconvo.events import MessageReceived
from tests.bot.accounts import message, sunshine
from tests.bot.asgi_client import SECRET, Requests

PROGRAM = """
import aioconvo
from aioconvo import Bot, Context, SunshineClient, SunshineWebhook
from aioconvo.bot import SqliteStore
from aioconvo.events import MessageReceived

bot = Bot(SqliteStore("bot.db"))
bot.add(SunshineClient.from_env(pool=bot.pool), webhook=SunshineWebhook.from_env())


@bot.on(MessageReceived)
async def echo(event: MessageReceived, ctx: Context) -> None:
    await ctx.reply(event.text.upper())
    print("answered", event.text, flush=True)


def make() -> Bot:
    return bot


number = 3
"""


async def until(true: Callable[[BotCounts], bool], bot: Bot) -> None:
    while not true(await bot.counts()):  # noqa: ASYNC110 -- a bot has no such event
        await asyncio.sleep(0.001)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["bot", *arguments])


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store with a dead letter, and one event that waits."""
    path = tmp_path / "bot.db"

    async def main() -> None:
        bot = sunshine(Bot(SqliteStore(path)))

        @bot.on(MessageReceived)
        async def drop(event: MessageReceived) -> None:
            raise Drop(f"canary {event.text}")

        async with bot:
            assert await Requests(bot.asgi()).post("/hooks/sunshine", message("canary-text", conversation="c1")) == 200
            await until(lambda counts: counts.dead > 0, bot)

    asyncio.run(main())
    return str(path)


def test_dead_letters_are_listed_and_shown_without_text(store: str) -> None:
    told = run("dead", "list", store)
    assert told.exit_code == 0
    key, provider, account, attempts, died, reason = told.output.split()
    assert key.startswith("sunshine:")
    assert (provider, account, attempts, reason) == ("sunshine", "sunshine", "1", "Drop")
    assert died.endswith("+00:00")
    assert json.loads(run("dead", "list", store, "--json").output)["key"] == key
    shown = run("dead", "show", store, key)
    assert "MessageReceived(" in shown.output
    assert "--text shows" in shown.output
    assert "canary" not in told.output + shown.output
    assert "canary-text" in run("dead", "show", store, key, "--text").output
    missing = run("dead", "show", store, "sunshine:nothing")
    assert (missing.exit_code, "there is no dead letter sunshine:nothing" in missing.output) == (1, True)


def test_dead_letters_are_replayed(store: str) -> None:
    key = run("dead", "list", store).output.split()[0]
    assert run("dead", "replay", store).exit_code == 2
    assert run("dead", "replay", store, key, "--all").exit_code == 2
    told = run("dead", "replay", store, key, "sunshine:nothing")
    assert told.exit_code == 1
    assert "to be handled again by the bot: 1 event\n" in told.output
    assert "no dead letters" in run("dead", "list", store).output
    assert "0 events" in run("dead", "replay", store, "--all").output

    async def main() -> list[str]:
        bot, seen = sunshine(Bot(SqliteStore(store))), list[str]()

        @bot.on(MessageReceived)
        async def see(event: MessageReceived) -> None:
            seen.append(event.text)

        async with bot:
            await until(lambda counts: counts.handled > 0, bot)
        return seen

    assert asyncio.run(main()) == ["canary-text"]


def test_a_conversation_is_forgotten(store: str) -> None:
    assert "removed 0 events" in run("forget", store, "sunshine", "c2").output
    assert "removed 1 event " in run("forget", store, "sunshine", "c1").output
    assert "no dead letters" in run("dead", "list", store).output


def test_a_phone_number_is_forgotten(tmp_path: Path) -> None:
    path, token = str(tmp_path / "bot.db"), aioconvo.SmscxWebhook.new_token()
    item = {"msgId": "m", "from": "+447700900001", "to": "+447700900000", "text": "x", "receivedAt": "2026-11-30 12:00:00"}

    async def main() -> None:
        bot = Bot(SqliteStore(path), accept="stored", retries=aioconvo.bot.Retries(waits=(3600.0,)))
        bot.add(aioconvo.SmscxClient(api_key="k", pool=bot.pool), webhook=aioconvo.SmscxWebhook([token]))

        @bot.on(MessageReceived)
        async def fail(event: MessageReceived) -> None:
            raise LookupError(event.text)

        async with bot:
            body = json.dumps({"event": "receive_sms", "data": [item]}).encode()
            assert await Requests(bot.asgi()).post(f"/hooks/smscx/{token}", body) == 200
            await until(lambda counts: counts.retried > 0, bot)

    asyncio.run(main())
    assert "removed 1 event " in run("forget", path, "smscx", "447700900001").output


def test_wrong_stores_are_told(store: str, tmp_path: Path) -> None:
    told = run("dead", "list", str(tmp_path / "nothing.db"))
    assert isinstance(told.exception, aioconvo.ConfigurationError)
    assert "give the file of a SqliteStore" in str(told.exception)
    (tmp_path / "text").write_text("no store " * 500)
    told = run("dead", "list", str(tmp_path / "text"))
    assert (told.exit_code, "not a database" in told.output) == (1, True)
    (tmp_path / "empty").touch()
    told = run("dead", "replay", str(tmp_path / "empty"), "--all")
    assert "not a store of events" in str(told.exception)

    async def main() -> Any:
        async with sunshine(Bot(SqliteStore(store))):
            return await asyncio.to_thread(run, "forget", store, "sunshine", "c1")

    used = asyncio.run(main())
    assert "another process has" in str(used.exception)
    assert "stop that first" in str(used.exception)


def test_dead_letters_are_looked_at_and_replayed_while_the_bot_runs(store: str) -> None:
    seen = list[str]()

    async def main() -> Any:
        bot = sunshine(Bot(SqliteStore(store)))

        @bot.on(MessageReceived)
        async def see(event: MessageReceived) -> None:
            seen.append(event.text)

        async with bot:
            key = (await asyncio.to_thread(run, "dead", "list", store)).output.split()[0]
            assert "canary-text" in (await asyncio.to_thread(run, "dead", "show", store, key, "--text")).output
            assert (await asyncio.to_thread(run, "dead", "replay", store, key)).exit_code == 0
            assert (await asyncio.to_thread(run, "dead", "replay", store, key)).exit_code == 1
            assert await Requests(bot.asgi()).post("/hooks/sunshine", message("next", identity="2", conversation="c2")) == 200
            await until(lambda counts: counts.handled > 1, bot)
            assert "no dead letters" in (await asyncio.to_thread(run, "dead", "list", store)).output

    asyncio.run(main())
    assert sorted(seen) == ["canary-text", "next"]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "program_of_a_test.py").write_text(PROGRAM)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_targets_of_run(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIOCONVO_SUNSHINE_APP_ID", "app")
    monkeypatch.setenv("AIOCONVO_SUNSHINE_KEY_ID", "key")
    monkeypatch.setenv("AIOCONVO_SUNSHINE_SECRET", "secret")
    monkeypatch.setenv("AIOCONVO_SUNSHINE_WEBHOOK_SECRETS", SECRET)
    monkeypatch.syspath_prepend(str(program))
    assert load("program_of_a_test:bot") is load("program_of_a_test:make")
    for target, words in {
        "program_of_a_test": "write MODULE:NAME",
        "nothing_here:bot": "there is no module 'nothing_here'",
        "program_of_a_test:number": "is no Bot and no function",
        "program_of_a_test:missing": "is no Bot and no function",
        "program_of_a_test:echo": "takes arguments",
    }.items():
        with pytest.raises(aioconvo.ConfigurationError, match=words):
            load(target)
    del sys.modules["program_of_a_test"]


@pytest.mark.parametrize(
    ("source", "last"),
    [
        ("def broken():\n    return 1 / 0\nbroken()\n", "ZeroDivisionError: division by zero"),
        ("import a_library_that_is_missing\n", "ModuleNotFoundError: No module named 'a_library_that_is_missing'"),
        ("bot = (\n", "SyntaxError: '(' was never closed"),
        ("def bot():\n    raise OSError('mine')\n", "OSError: mine"),
    ],
)
def test_an_error_of_the_program_is_shown_without_our_frames(
    source: str, last: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a_broken_program.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    sys.modules.pop("a_broken_program", None)
    with pytest.raises(SystemExit) as ended:
        load("a_broken_program:bot")
    told = capsys.readouterr().err
    assert ended.value.code == 1
    assert told.splitlines()[-1] == last
    files = [line for line in told.splitlines() if line.startswith("  File ")]
    assert files
    assert all("a_broken_program.py" in line for line in files), told
    sys.modules.pop("a_broken_program", None)


@pytest.mark.usefixtures("program")
def test_run_with_a_sandbox_until_sigterm(unused_tcp_port: int) -> None:
    command = [sys.executable, "-W", "error", "-m", "aioconvo", "bot", "run", "program_of_a_test:bot", "--sandbox"]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(  # noqa: S603 -- our own command
        [*command, "--port", str(unused_tcp_port)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environ
    ) as process:
        try:
            assert process.stdout is not None
            sandbox = process.stdout.readline().split()[1]
            assert process.stdout.readline().split()[1] == f"{sandbox}/chat"
            while "the bot listens" not in (line := process.stdout.readline()):
                assert line, "it ended"
            asyncio.run(_says(sandbox))
            assert process.stdout.readline() == "answered hello\n"
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
            assert "Traceback" not in process.stdout.read()
        finally:
            process.kill()


async def _says(sandbox: str) -> None:
    """A message of a user's, by the API."""
    async with aioconvo.SunshineClient(
        app_id="sandbox-app", key_id="app_sandbox", secret="sandbox-secret", base_url=f"{sandbox}/sunshine"
    ) as client:
        first = (await client.inbox.conversations(external_users="user-1"))[0]
        author = aioconvo.sunshine.Author(type=aioconvo.sunshine.AuthorType.USER, user_external_id="user-1")
        await client.messages.post(first.id, author=author, content=aioconvo.sunshine.TextContent(text="hello"))
