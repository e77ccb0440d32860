"""Running a bot from the command line, alone or with a sandbox beside it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import logging
import os
import sys
import threading
import traceback
from collections.abc import Generator
from pathlib import Path

import typer

from aioconvo.bot.bot import Bot
from aioconvo.core.errors import ConfigurationError

__all__ = ["load", "run"]


def run(target: str, *, sandboxed: bool, host: str, port: int) -> int:
    """Run a bot until it is asked to stop; the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    with sandbox_beside(port) if sandboxed else contextlib.nullcontext():
        load(target).run(host=host, port=port)
    return 0


def load(target: str) -> Bot:
    """The bot that `MODULE:NAME` stands for; modules are looked for in the working directory first.

    Raises:
        ConfigurationError: There is none; the message says why.
    """
    module_name, _, name = target.partition(":")
    if not module_name or not name:
        raise ConfigurationError(f"write MODULE:NAME, such as app:bot; got {target!r}")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        with _own_errors(module_name):
            module = importlib.import_module(module_name)
    except ModuleNotFoundError:
        raise ConfigurationError(f"there is no module {module_name!r} here, in {here}") from None
    found = getattr(module, name, None)
    if found is not None and not isinstance(found, Bot) and callable(found):
        try:
            inspect.signature(found).bind()
        except (TypeError, ValueError):
            raise ConfigurationError(
                f"{name!r} of {module_name} takes arguments; name a Bot, or a function without any"
            ) from None
        with _own_errors(module_name):
            found = found()
    if not isinstance(found, Bot):
        raise ConfigurationError(f"{name!r} of {module_name} is no Bot and no function that returns one")
    return found


@contextlib.contextmanager
def _own_errors(module_name: str) -> Generator[None]:
    """Show an error of the program's own as Python shows it, without our frames and those of the import, and exit with 1.

    Raises:
        ModuleNotFoundError: There is no such module.
        ConfigurationError: As the program raised it.
    """
    try:
        yield
    except Exception as error:
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        if isinstance(error, ConfigurationError) or (missing and f"{module_name}.".startswith(f"{missing}.")):
            raise
        trace = error.__traceback__
        while trace is not None and _is_ours(trace.tb_frame.f_globals.get("__name__", "")):
            trace = trace.tb_next
        traceback.print_exception(error.with_traceback(trace))
        raise SystemExit(1) from None


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in {"aioconvo", "importlib", "contextlib"}


@contextlib.contextmanager
def sandbox_beside(port: int) -> Generator[None]:
    """A sandbox in a thread of its own, whose webhooks go to a bot on this port; `from_env()` leads there meanwhile."""
    from aioconvo.sandbox import Sandbox  # noqa: PLC0415 -- for who asks for one

    from . import sandbox as sandbox_command  # noqa: PLC0415 -- as above

    secrets = Sandbox().webhook_secrets
    callbacks = {name: f"http://127.0.0.1:{port}/hooks/{name}" for name in secrets}
    callbacks["smscx"] += f"/{secrets['smscx']}"
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="aioconvo-sandbox", daemon=True)
    thread.start()
    sandbox = Sandbox(callbacks=callbacks)
    try:
        asyncio.run_coroutine_threadsafe(sandbox.start(), loop).result()
        os.environ.update(sandbox_command.variables(sandbox))
        typer.echo(f"sandbox: http://127.0.0.1:{sandbox.port}")
        typer.echo(f"chat:    {sandbox.chat_url}  (open it in a browser, and write to the bot)")
        yield
    finally:
        asyncio.run_coroutine_threadsafe(sandbox.aclose(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
