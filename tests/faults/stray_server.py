"""A server that says more than it was asked: behind an answer, or later, and over TLS also in parts of records."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import ssl
from collections.abc import Callable
from typing import Self

HOST = "127.0.0.1"
TURNS = 60  # of the event loop, until what was sent over loopback, also through a proxy, has been read


class When(enum.Enum):
    """When something comes that was not asked for, and where it is when the next request is made."""

    WITH_THE_ANSWER = enum.auto()
    IN_THE_SOCKET = enum.auto()
    READ_BY_THE_LOOP = enum.auto()


class Line:
    """One connection of the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._plain = bytearray()

    async def begin(self, greeting: bytes) -> None:
        """Whatever comes before the first request."""
        self.send(greeting)

    async def read_head(self) -> bytes:
        while (end := self._plain.find(b"\r\n\r\n")) < 0:
            self._plain += await self.receive()
        head = bytes(self._plain[: end + 4])
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0].strip()
        while len(self._plain) < len(head) + int(length or b"0"):
            self._plain += await self.receive()
        del self._plain[: len(head) + int(length or b"0")]
        return head

    async def receive(self) -> bytes:
        return await self.receive_raw()

    async def receive_raw(self) -> bytes:
        """As it came over the wire."""
        if piece := await self._reader.read(65536):
            return piece
        raise ConnectionResetError

    def send(self, content: bytes) -> None:
        self.send_raw(self.wrapped(content))

    def wrapped(self, content: bytes) -> bytes:
        """As it goes over the wire."""
        return content

    def send_raw(self, content: bytes) -> None:
        self._writer.write(content)


class TLSLine(Line):
    """TLS by hand, so that records can be cut, on any event loop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext) -> None:
        super().__init__(reader, writer)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    async def begin(self, greeting: bytes) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self.send_raw(self.wrapped(b""))
                self._incoming.write(await self.receive_raw())
            else:
                return self.send_raw(self.wrapped(greeting))

    async def receive(self) -> bytes:
        while True:
            with contextlib.suppress(ssl.SSLWantReadError):
                if piece := self._tls.read():
                    return piece
                raise ConnectionResetError
            self._incoming.write(await self.receive_raw())

    def wrapped(self, content: bytes) -> bytes:
        if content:
            self._tls.write(content)
        return self._outgoing.read()


class TunnelLine(TLSLine):
    """A line of a server behind a proxy that has TLS, too, both in one: what is cut are the records of the proxy's."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext) -> None:
        super().__init__(reader, writer, context)
        self._outer = TLSLine(reader, writer, context)

    async def begin(self, greeting: bytes) -> None:
        await self._outer.begin(b"")
        await self._outer.read_head()
        self._outer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await super().begin(greeting)

    async def receive_raw(self) -> bytes:
        return await self._outer.receive()

    def wrapped(self, content: bytes) -> bytes:
        return self._outer.wrapped(super().wrapped(content))


class StrayServer:
    """Answers each request with its path, and says `stray` once besides, at the first request.

    `of_record`: over TLS, how many of the bytes of the stray's record come at first; the rest comes with the next thing sent.
    """

    def __init__(
        self, stray: bytes, when: When, *, context: ssl.SSLContext | None = None, of_record: int | None = None
    ) -> None:
        self._stray = stray
        self._when = when
        self._context = context
        self._of_record = of_record
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.line: Callable[[asyncio.StreamReader, asyncio.StreamWriter, ssl.SSLContext], Line] = TLSLine
        self.answer: Callable[[str], bytes] = answer
        self.greeting = b""
        self.said = asyncio.Event()
        self.seen: list[tuple[int, str]] = []
        self.connections = 0
        self.ended = 0
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}" if self._context is None else f"https://localhost:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        line = Line(reader, writer) if self._context is None else self.line(reader, writer, self._context)
        try:
            await self._talk(line, self.connections)
        except (OSError, asyncio.CancelledError):
            pass  # the client has gone, or the server is closing
        finally:
            self._tasks.discard(task)
            self.ended += 1
            writer.close()

    async def _talk(self, line: Line, connection: int) -> None:
        await line.begin(self.greeting)
        held_back = b""
        while True:
            head = await line.read_head()
            target = head.split(b" ")[1].decode()
            self.seen.append((connection, "/" + target.rpartition("/")[2]))
            whole = line.wrapped(self.answer(target))
            if len(self.seen) > 1:
                line.send_raw(held_back + whole)
                held_back = b""
                continue
            stray = line.wrapped(self._stray)
            stray, held_back = stray[: self._of_record], stray[self._of_record :] if self._of_record else b""
            if self._when is When.WITH_THE_ANSWER:
                line.send_raw(whole + stray)
            else:
                line.send_raw(whole)
                for _ in range(TURNS):  # the answer has come, and the call has ended
                    await asyncio.sleep(0)
                line.send_raw(stray)
            self.said.set()

    async def stray_is_there(self) -> None:
        """Until the moment that was asked for."""
        await self.said.wait()
        if self._when is When.READ_BY_THE_LOOP:
            for _ in range(TURNS):
                await asyncio.sleep(0)


def answer(target: str) -> bytes:
    """The answer to a request for this."""
    body = b'{"path": "%s"}' % f"/{target.rpartition('/')[2]}".encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
