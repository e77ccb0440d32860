"""A raw HTTP/1.1 server that does what it is told, right or wrong, and keeps every request it saw.

It is written on asyncio streams, not on a framework, so that it can break the protocol at any byte. A script is a function
from the request (and its number, from 0) to a `Step`; a step that is a list is done in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import enum
import gzip
import socket
import ssl
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Self

HOST = "127.0.0.1"


@dataclasses.dataclass(frozen=True)
class Seen:
    """One request, byte for byte: `head` is everything before the empty line."""

    number: int
    connection: int
    head: bytes
    body: bytes

    @property
    def line(self) -> str:
        return self.head.split(b"\r\n", 1)[0].decode("latin-1")

    @property
    def method(self) -> str:
        return self.line.split(" ")[0]

    @property
    def target(self) -> str:
        return self.line.split(" ")[1]

    @property
    def header_lines(self) -> list[str]:
        return [line.decode("latin-1") for line in self.head.split(b"\r\n")[1:]]

    @property
    def headers(self) -> dict[str, str]:
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in self.header_lines)}


class Framing(enum.Enum):
    """How the end of a body is told."""

    LENGTH = "length"
    CHUNKED = "chunked"
    CLOSE = "close"


@dataclasses.dataclass(frozen=True)
class Answer:
    """A whole answer, or a part of one: `cut` is the number of body bytes on the wire after which the connection closes,
    `stall` the number after which nothing more comes, `reset` says to close with RST where it would close."""

    status: int = 200
    body: bytes = b"{}"
    headers: Sequence[tuple[str, str]] = ()
    framing: Framing = Framing.LENGTH
    encoding: str | None = None
    cut: int | None = None
    stall: int | None = None
    reset: bool = False
    close: bool = False

    def wire_body(self) -> bytes:
        """The body as it goes over the wire, compressed and framed."""
        body = self.body
        if self.encoding == "gzip":
            body = gzip.compress(body, mtime=0)
        elif self.encoding == "deflate":
            body = zlib.compress(body)
        if self.framing is Framing.CHUNKED:
            chunks = [body[start : start + 64] for start in range(0, len(body), 64)]
            return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
        return body

    def wire_head(self, size: int) -> bytes:
        """Status line and headers."""
        lines = [f"HTTP/1.1 {self.status} Whatever"]
        if not any(name.lower() == "content-type" for name, _ in self.headers):
            lines.append("Content-Type: application/json")
        if self.encoding:
            lines.append(f"Content-Encoding: {self.encoding}")
        if self.framing is Framing.LENGTH:
            lines.append(f"Content-Length: {size}")
        elif self.framing is Framing.CHUNKED:
            lines.append("Transfer-Encoding: chunked")
        lines += [f"{name}: {value}" for name, value in self.headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


@dataclasses.dataclass(frozen=True)
class Raw:
    """Bytes sent as they are; then the connection closes unless `keep`."""

    content: bytes
    keep: bool = False


@dataclasses.dataclass(frozen=True)
class Close:
    """Close without an answer; with RST when `reset`."""

    reset: bool = False


@dataclasses.dataclass(frozen=True)
class Endless:
    """A body that never ends: `chunk` again and again until the client goes away."""

    chunk: bytes = b"[" * 65536
    encoding: str | None = None


@dataclasses.dataclass(frozen=True)
class Wait:
    """Do nothing for some seconds, then go on with the next step."""

    seconds: float


@dataclasses.dataclass(frozen=True)
class Until:
    """Do nothing until something has happened, then go on with the next step."""

    happened: asyncio.Event


Step = Answer | Raw | Close | Endless | Wait | Until
Script = Callable[[Seen], Step | Sequence[Step]]


class FaultServer:
    """Serves a script on loopback; `seen` are all requests whose head was read.

    `before_head` says which connections, by number from 0, are closed (with RST) before anything is read; `read_body` which
    requests, by number, have their body read before the script answers.
    """

    def __init__(
        self,
        script: Script,
        *,
        host: str = HOST,
        context: ssl.SSLContext | None = None,
        before_head: Callable[[int], bool] = lambda _connection: False,
        read_body: Callable[[int], bool] = lambda _number: True,
    ) -> None:
        self._script = script
        self._host = host
        self._context = context
        self._before_head = before_head
        self._read_body = read_body
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self.seen: list[Seen] = []
        self.connections = 0
        self.port = 0

    @property
    def base_url(self) -> str:
        return f"http://{self._host}:{self.port}" if self._context is None else f"https://localhost:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._serve, self._host, self.port, ssl=self._context, limit=2**22, backlog=1000
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        loop = asyncio.get_running_loop()
        for listening in self._server.sockets:
            loop.remove_reader(listening.fileno())
        # What was accepted must become a connection first: a server that is closed in between forgets the socket.
        for _turn in range(3):
            await asyncio.sleep(0)
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        number = self.connections
        self.connections += 1
        try:
            if self._before_head(number):
                _reset(writer)
                return
            while await self._one(reader, writer, number):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        except asyncio.CancelledError:
            pass  # the server is closing
        finally:
            self._open.discard(task)
            writer.close()
            with contextlib.suppress(Exception):
                await writer.wait_closed()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int) -> bool:
        """Serve one request; whether the connection stays open."""
        head = (await reader.readuntil(b"\r\n\r\n"))[:-4]
        number = len(self.seen)
        body = await self._body(reader, head) if self._read_body(number) else b""
        seen = Seen(number, connection, head, body)
        self.seen.append(seen)
        steps = self._script(seen)
        keep = True
        for step in steps if isinstance(steps, Sequence) else (steps,):
            keep = await _do(step, writer)
        return keep and "close" not in seen.headers.get("connection", "").lower()

    async def _body(self, reader: asyncio.StreamReader, head: bytes) -> bytes:
        headers = Seen(0, 0, head, b"").headers
        length, body = headers.get("content-length"), b""
        if headers.get("transfer-encoding") != "chunked":
            return await reader.readexactly(int(length)) if length else b""
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
        return body


async def _do(step: Step, writer: asyncio.StreamWriter) -> bool:
    match step:
        case Wait(seconds):
            await asyncio.sleep(seconds)
            return True
        case Until(happened):
            await happened.wait()
            return True
        case Close(reset):
            if reset:
                _reset(writer)
            return False
        case Raw(content, keep):
            writer.write(content)
            await writer.drain()
            return keep
        case Endless(chunk, encoding):
            return await _endless(writer, chunk, encoding)
        case Answer():
            return await _answer(step, writer)


async def _answer(answer: Answer, writer: asyncio.StreamWriter) -> bool:
    body = answer.wire_body()
    writer.write(answer.wire_head(len(body)))
    stop = min(size for size in (len(body), answer.cut, answer.stall) if size is not None)
    writer.write(body[:stop])
    await writer.drain()
    if answer.stall is not None and answer.stall < len(body):
        await asyncio.sleep(3600)
    cut = answer.cut is not None and answer.cut < len(body)
    if cut and answer.reset:
        await asyncio.sleep(0)
        _reset(writer)
    return not (cut or answer.close or answer.framing is Framing.CLOSE)


async def _endless(writer: asyncio.StreamWriter, chunk: bytes, encoding: str | None) -> bool:
    squeeze = zlib.compressobj(wbits=31) if encoding == "gzip" else None
    lines = ["HTTP/1.1 200 OK", "Content-Type: application/json", "Transfer-Encoding: chunked"]
    lines += ["Content-Encoding: gzip"] if squeeze else []
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    while True:
        piece = chunk if squeeze is None else squeeze.compress(chunk) + squeeze.flush(zlib.Z_SYNC_FLUSH)
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST: lingering for zero seconds makes the kernel drop what is unsent."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
