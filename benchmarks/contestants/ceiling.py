"""What the server can give: bytes out, bytes in, nothing parsed; `count` requests over `concurrency` connections."""

from __future__ import annotations

import asyncio
import functools
from typing import Any, cast
from urllib.parse import urlsplit

import measured
from measured import Counts, Job
from walks import GETS


class _Connection(asyncio.Protocol):
    """Sends the next request when as many bytes came as every answer has; how many that is, the first answer tells."""

    def __init__(self, requests: list[bytes], done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._done = done
        self._size = 0
        self._came = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are no subclass
        self._next()

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._came += data
        if not self._size:
            head, _, _ = self._came.partition(b"\r\n\r\n")
            self._size = len(head) + 4 + int(head.lower().rpartition(b"content-length: ")[2])
        if len(self._came) < self._size:
            return
        self._came = b""
        self._next()

    def _next(self) -> None:
        assert self._transport is not None
        if self._requests:
            self._transport.write(self._requests.pop())
        else:  # earlier connections may have sent all before this one was made
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None:
            self._done.set_exception(error)
        else:
            self._done.set_result(None)


async def main(job: Job) -> dict[str, Any]:
    """Every connection at once; the requests are made before the measure begins."""
    where = urlsplit(job["url"])
    loop = asyncio.get_running_loop()
    get = GETS[job["provider"]]
    concurrency = job["concurrency"]

    def requests(count: int) -> list[bytes]:
        targets = [get.url("", id_) for id_ in measured.fresh_ids(job["provider"], count)]
        return [f"GET {target} HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n".encode() for target in targets]

    async def work(waiting: list[bytes]) -> Counts:
        count = len(waiting)
        ends = []
        for _ in range(concurrency):
            done: asyncio.Future[None] = loop.create_future()
            ends.append(done)
            await loop.create_connection(functools.partial(_Connection, waiting, done), where.hostname or "", where.port or 80)
        await asyncio.gather(*ends)
        return Counts(count, count)

    return await measured.measure_async(work(requests(10 * concurrency)), work(requests(job["count"])))


if __name__ == "__main__":
    job = measured.read_job()
    measured.write(measured.run(job, main(job)) if job["workload"] == "get" else None)
