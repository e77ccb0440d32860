"""`aioconvo bot demo`: a sandbox with its chat page, and an echo bot as a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncGenerator, Coroutine
from pathlib import Path
from typing import Any

import typer

from aioconvo.sandbox import Sandbox
from aioconvo.sandbox.chat.child import ChildBot

from .sandbox import variables

__all__ = ["run", "serving"]


def run(*, port: int, seed: int) -> int:
    """Serve until the process is asked to stop. The exit code: 1 where the port is taken, or the bot cannot run."""
    try:
        return asyncio.run(_run(port, seed))
    except OSError as error:
        typer.echo(f"cannot listen on port {port}: {error.strerror}; choose another by --port", err=True)
        return 1


async def _run(port: int, seed: int) -> int:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    with tempfile.TemporaryDirectory(prefix="aioconvo-demo-") as directory:
        async with serving(Path(directory) / "bot.db", port=port, seed=seed) as (sandbox, bot):
            await bot.start()
            # Before it runs, what is written to those that are polled or connected to would be from before its time.
            if not await _first_of(bot.is_running(), stopped.wait()):
                typer.echo("the bot ended before it was ready; what it said stands above", err=True)
                return 1
            typer.echo(f"Open {sandbox.chat_url} in a browser, and write. Stop with Ctrl-C.")
            await stopped.wait()
    return 0


@contextlib.asynccontextmanager
async def serving(store: Path, *, port: int = 0, seed: int = 0, pause: float = 0.5) -> AsyncGenerator[tuple[Sandbox, ChildBot]]:
    """A sandbox, and an echo bot that belongs to it and has not been started; `pause` is how long it types, in seconds.

    Raises `OSError` where the port is taken.
    """
    hooks = f"http://127.0.0.1:{(bot_port := _free_port())}/hooks"
    async with Sandbox(port=port, seed=seed) as sandbox:
        secrets = sandbox.webhook_secrets
        targets = {name: f"{hooks}/{name}" for name in secrets} | {"smscx": f"{hooks}/smscx/{secrets['smscx']}"}
        sandbox.send_webhooks_to(targets)
        command = [sys.executable, "-m", "aioconvo.cli.echo", str(bot_port), str(store), str(pause)]
        bot = ChildBot(command, port=bot_port, environ=variables(sandbox))
        sandbox.attach_bot(bot)
        try:
            yield sandbox, bot
        finally:
            await bot.kill()


async def _first_of(*waiting: Coroutine[Any, Any, bool]) -> bool:
    tasks = [asyncio.create_task(each) for each in waiting]
    done, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in left:
        task.cancel()
    return done.pop().result()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
