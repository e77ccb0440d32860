from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TESTS = """
import json, sys, threading, urllib.request
import pytest

def test_it_is_light():
    assert "aiohttp" not in sys.modules

def test_sync(aioconvo_sandbox):
    base_url = aioconvo_sandbox.endpoints["smooch"].base_url
    with urllib.request.urlopen(base_url.removesuffix("/smooch") + "/_sandbox/state") as answer:
        assert json.load(answer)["sunshine"]["conversations"] == 10

@pytest.mark.aioconvo_sandbox(conversations=3, messages=2)
def test_options(aioconvo_sandbox):
    state = aioconvo_sandbox.state()["smooch"]
    assert (state["conversations"], state["messages"]) == (3, 6)

def test_nothing_is_left_behind():
    assert [thread.name for thread in threading.enumerate()] == ["MainThread"]
"""


def test_the_fixture_works_without_any_async_plugin(tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text(TESTS)
    plugins = ["no:asyncio", "no:anyio", "no:aioconvo", "aioconvo.sandbox.pytest_plugin"]
    chosen = [argument for plugin in plugins for argument in ("-p", plugin)]
    run = subprocess.run(  # noqa: S603 - our own interpreter and arguments
        [sys.executable, "-m", "pytest", "-q", "--strict-markers", "-W", "error", *chosen, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "4 passed" in run.stdout


WITH_A_BOT = """
import pytest
from aioconvo import Bot, Context
from aioconvo.events import MessageReceived

bot = Bot()

@bot.on(MessageReceived)
async def echo(event: MessageReceived, ctx: Context) -> None:
    await ctx.reply(f"You said: {event.text}")

async def talk(aioconvo_bot, provider):
    user = await aioconvo_bot(bot).user(provider)
    await user.says("hello")
    assert await user.hears() == "You said: hello"

@pytest.mark.asyncio
async def test_in_a_loop_of_its_own(aioconvo_bot):
    await talk(aioconvo_bot, "sunshine")

@pytest.mark.asyncio(loop_scope="module")
async def test_in_a_loop_that_goes_on(aioconvo_bot):
    await talk(aioconvo_bot, "ultracart")

@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_with_the_plugin_of_anyio(aioconvo_bot, anyio_backend):
    await talk(aioconvo_bot, "smscx")
"""


def test_a_bot_is_tested_under_any_async_plugin(tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text(WITH_A_BOT)
    chosen = ["-p", "no:aioconvo", "-p", "aioconvo.sandbox.pytest_plugin", "-o", "asyncio_default_fixture_loop_scope=function"]
    run = subprocess.run(  # noqa: S603 - our own interpreter and arguments
        [sys.executable, "-m", "pytest", "-q", "--strict-markers", "-W", "error", *chosen, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "3 passed" in run.stdout
