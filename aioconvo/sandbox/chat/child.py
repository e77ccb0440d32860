"""The bot that the chat page kills and starts: a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Final

__all__ = ["ChildBot", "State"]

_LOOK: Final = 0.05  # seconds


class State(enum.StrEnum):
    """How the bot is."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"


class ChildBot:
    """A bot by its command line, which answers on a port of 127.0.0.1 when it is ready; `environ` is added to this process's.

    `watch` is called at every change of its state.
    """

    def __init__(self, command: Sequence[str], *, port: int, environ: Mapping[str, str] | None = None) -> None:
        self.state = State.STOPPED
        self.watch: Callable[[State], None] = lambda _: None
        self._command = command
        self._port = port
        self._environ = environ or {}
        self._process: asyncio.subprocess.Process | None = None
        self._life: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()

    async def start(self) -> None:
        """Start it, unless it was; returns at once. Raises `OSError` where the command cannot be run."""
        if self._process is not None:
            return
        environ = {**os.environ, **self._environ}
        self._process = await asyncio.create_subprocess_exec(
            *self._command, env=environ, stdin=asyncio.subprocess.DEVNULL, start_new_session=True
        )
        self._change(State.STARTING)
        self._life = asyncio.get_running_loop().create_task(self._live(self._process))

    async def is_running(self) -> bool:
        """Whether it became ready, as soon as that is known; false where it ended before."""
        await self._settled.wait()
        return self.state is State.RUNNING

    async def kill(self) -> None:
        """End it with SIGKILL, which it cannot notice; returns when it is gone. Does nothing when it was not started."""
        process, life = self._process, self._life
        if process is None or life is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await asyncio.shield(life)

    async def _live(self, process: asyncio.subprocess.Process) -> None:
        ready = asyncio.get_running_loop().create_task(self._become_ready())
        await process.wait()
        ready.cancel()
        self._process = self._life = None
        self._change(State.STOPPED)

    async def _become_ready(self) -> None:
        while not await self._is_ready():  # noqa: ASYNC110 - nothing tells when another process is ready
            await asyncio.sleep(_LOOK)
        self._change(State.RUNNING)

    async def _is_ready(self) -> bool:
        """Whether it answers, and `/ready` with anything but 503: a bot that listens may not have opened its store yet."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            return False
        try:
            writer.write(f"GET /ready HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nConnection: close\r\n\r\n".encode())
            status = (await reader.readline()).split(b" ")[1:2]
        except (OSError, ValueError):
            return False
        finally:
            writer.close()
        return bool(status) and status != [b"503"]

    def _change(self, state: State) -> None:
        self.state = state
        if state is State.STARTING:
            self._settled.clear()
        else:
            self._settled.set()
        self.watch(state)
