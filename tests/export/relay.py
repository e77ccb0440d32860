"""A TCP relay before the sandbox that counts requests, so that a test can act exactly when the n-th one goes by."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Self

from tests.export.processes import Served
from tests.faults.thread import in_thread

_REQUEST = re.compile(rb"(?:GET|POST|PUT|DELETE) (\S+) HTTP/1\.1\r\n")


class Relay:
    """Passes bytes on in both directions; `targets` are the paths and queries of all requests so far.

    `most_inside` is how many were under way at once at most: sent, and neither answered nor given up with their connection.
    `on_request` is told the number of each request before it goes on. No request is as long as what is read at once.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._tasks: set[asyncio.Task[None]] = set()
        self._inside: set[asyncio.StreamWriter] = set()  # connections on which a request is under way
        self.targets: list[str] = []
        self.most_inside = 0
        self.on_request: Callable[[int], None] | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.on_request = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            onward_reader, onward_writer = await asyncio.open_connection("127.0.0.1", self._target)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._requests(reader, onward_writer))
                    group.create_task(self._answers(onward_reader, writer, onward_writer))
            except* ConnectionError:
                pass  # the client was killed: that is what this is for
            finally:
                self._inside.discard(onward_writer)
                onward_writer.close()
                writer.close()

    async def _requests(self, reader: asyncio.StreamReader, onward: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            for found in _REQUEST.finditer(data):
                self.targets.append(found[1].decode())
                self._inside.add(onward)
                self.most_inside = max(self.most_inside, len(self._inside))
                if self.on_request is not None:
                    self.on_request(len(self.targets))
            onward.write(data)
            await onward.drain()
        onward.close()

    async def _answers(self, reader: asyncio.StreamReader, back: asyncio.StreamWriter, onward: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            if data.startswith(b"HTTP/1.1 "):
                self._inside.discard(onward)
            back.write(data)
            await back.drain()
        back.close()


@contextlib.contextmanager
def relayed(served: Served, provider: str) -> Iterator[tuple[Relay, Served]]:
    """A relay before the sandbox, in a thread of its own, and what leads the provider's clients through it."""
    with in_thread(Relay(int(served.root.rpartition(":")[2]))) as relay:
        through = {f"AIOCONVO_{provider.upper()}_BASE_URL": f"http://127.0.0.1:{relay.port}/{provider}"}
        yield relay, Served(served.root, {**served.environ, **through})


def at(number: int, act: Callable[[], object]) -> Callable[[int], None]:
    """For `on_request`: do that when the request of that number comes by."""

    def on_request(count: int) -> None:
        if count == number:
            act()

    return on_request
