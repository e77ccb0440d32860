"""A Redis of the tests' own, on a free port of loopback, in a directory of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from types import TracebackType
from typing import Any, Self

import pytest

_COMMAND = shutil.which("redis-server")
DURABLE = ("--appendonly", "yes", "--appendfsync", "always")
"""What a Redis runs with that loses nothing."""


class RedisServer:
    """A server that can be killed and started again, with what it kept."""

    def __init__(self, *options: str) -> None:
        if _COMMAND is None:
            pytest.skip("redis-server is not installed")
        self._options = options
        self._directory = tempfile.TemporaryDirectory(prefix="aioconvo-redis-")
        self._process: subprocess.Popen[bytes] | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        assert _COMMAND is not None
        own = ("--port", str(self.port), "--bind", "127.0.0.1", "--dir", self._directory.name, "--save", "", "--logfile", "log")
        quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen([_COMMAND, *own, *self._options], **quiet)  # noqa: S603 -- the system's own
        while not self._answers():
            assert self._process.poll() is None, "redis-server did not start"
            time.sleep(0.01)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def kill(self) -> None:
        """End it as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()
        self._directory.cleanup()
