"""The limit: asyncio.Protocol, httptools and msgspec, a connection for each worker; no retries, timeouts, TLS or redirects."""

from __future__ import annotations

import asyncio
import zlib
from typing import Any, cast
from urllib.parse import urlsplit

import bare
import httptools
import measured
import msgspec
from answers import answer_type
from walks import CREDENTIALS

_OK = range(200, 300)


def decoder(answer: str) -> bare.Decode:
    """A decoder that is made once."""
    decode: bare.Decode = msgspec.json.Decoder(answer_type(answer)).decode
    return decode


class Connection(asyncio.Protocol):
    """One keep-alive connection, one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[bytes] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._parts: list[bytes] = []
        self._gzipped = False

    async def exchange(self, request: bytes) -> bytes:
        """Send one request and give the plain body of its answer."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are no subclass

    def connection_lost(self, error: Exception | None) -> None:
        """Fail what waits."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        """Feed the parser."""
        self._parser.feed_data(data)

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()

    # What the parser calls.

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        if name == b"Content-Encoding":
            self._gzipped = value == b"gzip"

    def on_body(self, part: bytes) -> None:
        """A part of the body."""
        self._parts.append(part)

    def on_message_complete(self) -> None:
        """The answer is whole."""
        body = b"".join(self._parts)
        self._parts.clear()
        assert self._answer is not None
        if self._parser.get_status_code() not in _OK:
            self._answer.set_exception(ValueError(f"status {self._parser.get_status_code()}"))
            return
        self._answer.set_result(zlib.decompress(body, 31) if self._gzipped else body)


async def main(job: measured.Job) -> dict[str, Any]:
    """As many connections as requests at once."""
    where = urlsplit(job["url"])
    loop = asyncio.get_running_loop()
    size = job.get("concurrency", 1)
    made = [(await loop.create_connection(Connection, where.hostname or "", where.port or 80))[1] for _ in range(size)]
    idle = list(made)
    skipped = len(job["url"])
    known = {"Host": where.netloc, "Accept-Encoding": "gzip", **CREDENTIALS[job["provider"]]}
    headers = "".join(f"{name}: {value}\r\n" for name, value in known.items())

    async def exchange(request: bytes) -> bytes:
        connection = idle.pop()
        try:
            return await connection.exchange(request)
        finally:
            idle.append(connection)

    async def fetch(url: str, decode: bare.Decode) -> Any:
        head = f"GET {url[skipped:]} HTTP/1.1\r\n{headers}\r\n"
        return decode(await exchange(head.encode()))

    async def send(url: str, body: dict[str, Any], decode: bare.Decode) -> Any:
        data = msgspec.json.encode(body)
        head = (
            f"POST {url[skipped:]} HTTP/1.1\r\n{headers}Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        return decode(await exchange(head.encode() + data))

    figures = await bare.figures(job, fetch, send, decoder)
    for connection in made:
        connection.close()
    return figures


if __name__ == "__main__":
    job = measured.read_job()
    known = job["workload"] in bare.KNOWN
    measured.write(measured.run(job, main(job)) if known else None, ["httptools", "msgspec"])
