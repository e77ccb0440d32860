"""How soon a delivery is acknowledged while handlers take 1 s: `python -m benchmarks.intake_latency`.

32 connections bring 300 deliveries a second, first to a bare aiohttp receiver that compares the secret and decodes, then to a
bot with each kind of store; each server in a process of its own, all in one run, so that the machine is the same for all.
"""

from __future__ import annotations

import asyncio
import hmac
import http
import json
import socket
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
import msgspec
from aiohttp import web

import aioconvo
from aioconvo import Bot, SunshineWebhook
from aioconvo.bot import MemoryStore, SqliteStore
from aioconvo.events import MessageReceived

_SECRET = "the-secret-of-the-benchmark"  # noqa: S105 -- of nothing
_RATE = 300.0
_CONNECTIONS = 32
_SECONDS = 10.0
_SERVERS = ("bare", "memory", "sqlite")


def _serve(kind: str, port: int, folder: Path) -> None:
    if kind == "bare":
        web.run_app(_bare(), host="127.0.0.1", port=port, print=None)
        return
    bot = Bot(MemoryStore(max_waiting=100_000) if kind == "memory" else SqliteStore(folder / "bot.db"), concurrency=1_000)
    client = aioconvo.SunshineClient(app_id="app", key_id="key", secret="unused", pool=bot.pool)  # noqa: S106 -- it asks for nothing
    bot.add(client, webhook=SunshineWebhook([_SECRET]))

    @bot.on(MessageReceived)
    async def work(_: MessageReceived) -> None:
        await asyncio.sleep(1)

    bot.run(port=port)


def _bare() -> web.Application:
    queue: asyncio.Queue[object] = asyncio.Queue()
    secret = _SECRET.encode()

    async def receive(request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers.get("X-API-Key", "").encode(), secret):
            return web.Response(status=401)
        queue.put_nowait(msgspec.json.decode(await request.read()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hooks/sunshine", receive)
    return app


def _body(number: int) -> bytes:
    message = {"id": f"m{number}", "author": {"type": "user", "userId": "u"}, "content": {"type": "text", "text": "hello"}}
    payload = {"conversation": {"id": f"c{number % 1_000}"}, "message": message}
    return json.dumps({"events": [{"id": f"e{number}", "type": "conversation:message", "payload": payload}]}).encode()


async def _measure(kind: str) -> list[float]:
    """Seconds from the request to its answer, sorted."""
    with tempfile.TemporaryDirectory(prefix="aioconvo-intake-") as folder:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        arguments = ("-m", "benchmarks.intake_latency", kind, str(port), folder)
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments)
        try:
            connector = aiohttp.TCPConnector(limit=_CONNECTIONS)
            async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", connector=connector) as session:
                await _until_it_listens(session)
                return await _load(session)
        finally:
            process.kill()
            await process.wait()


async def _until_it_listens(session: aiohttp.ClientSession) -> None:
    while True:
        try:
            async with session.get("/ready") as answer:
                if answer.status != http.HTTPStatus.SERVICE_UNAVAILABLE:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.05)


async def _load(session: aiohttp.ClientSession) -> list[float]:
    took: list[float] = []

    async def deliver(number: int) -> None:
        began = time.perf_counter()
        async with session.post("/hooks/sunshine", data=_body(number), headers={"X-API-Key": _SECRET}) as answer:
            assert answer.status == http.HTTPStatus.OK, answer.status
        took.append(time.perf_counter() - began)

    async with asyncio.TaskGroup() as group:
        begins = time.perf_counter()
        for number in range(int(_RATE * _SECONDS)):
            group.create_task(deliver(number))
            await asyncio.sleep(max(0.0, begins + (number + 1) / _RATE - time.perf_counter()))
    return sorted(took)


def main() -> None:
    """Print the table."""
    print(f"{_RATE:g} deliveries a second over {_CONNECTIONS} connections for {_SECONDS:g} s, handlers of 1 s; milliseconds\n")
    print("| server | median | 99 of 100 | longest | 99 of 100, times the bare one |")
    print("|---|---|---|---|---|")
    bare = 0.0
    for kind in _SERVERS:
        took = asyncio.run(_measure(kind))
        median, almost_all, longest = (1_000 * took[int(part * (len(took) - 1))] for part in (0.5, 0.99, 1.0))
        bare = bare or almost_all
        print(f"| {kind} | {median:.1f} | {almost_all:.1f} | {longest:.1f} | {almost_all / bare:.2f} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
