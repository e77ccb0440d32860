"""Every way by which requests come to a bot answers them alike: the one table, by each of them."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias

import aiohttp
import pytest
from aiohttp import web
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount

import aioconvo
from aioconvo import Bot, ConfigurationError
from aioconvo.bot import BotHooks, DeliveryFacts
from aioconvo.bot.adapters.aiohttp import listen
from aioconvo.providers import Provider
from tests.bot.asgi_client import Requests, living
from tests.events.requests import APP, REQUESTS, SECRET, Request, hooks
from tests.virtual_time import LoopClock, in_virtual_time

Ask: TypeAlias = Callable[[str, Request], Awaitable[int]]
Serve: TypeAlias = Callable[[Bot], AbstractAsyncContextManager[Ask]]


def a_bot(**options: Any) -> Bot:
    bot, webhooks = Bot(**options), hooks()
    bot.add(aioconvo.SunshineClient(app_id=APP, key_id="k", secret="s", pool=bot.pool), webhook=webhooks[Provider.SUNSHINE])
    bot.add(aioconvo.SmoochClient(app_id=APP, key_id="k", secret="s", pool=bot.pool), webhook=webhooks[Provider.SMOOCH])
    bot.add(aioconvo.SmscxClient(api_key="k", pool=bot.pool), webhook=webhooks[Provider.SMSCX])
    return bot


def in_memory(requests: Requests, prefix: str = "") -> Ask:
    async def ask(path: str, request: Request) -> int:
        headers = [(name.lower().encode(), value) for name, value in request.headers]
        headers.append((b"content-length", str(len(request.body)).encode()))
        return await requests.send(request.method, prefix + path, headers, [request.body])

    return ask


def on_the_wire(port: int) -> Ask:
    async def ask(path: str, request: Request) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = [f"{request.method} {path} HTTP/1.1".encode(), b"Host: bot", b"Content-Length: %d" % len(request.body)]
        head += [name.encode() + b": " + value for name, value in request.headers]
        writer.write(b"\r\n".join([*head, b"Connection: close", b"", b""]) + request.body)
        status = int((await reader.readline()).split()[1])
        writer.close()
        return status

    return ask


@contextlib.asynccontextmanager
async def bare(bot: Bot) -> AsyncGenerator[Ask]:
    async with living(bot.asgi()) as requests:
        yield in_memory(requests)


@contextlib.asynccontextmanager
async def starlette(bot: Bot) -> AsyncGenerator[Ask]:
    async with living(Starlette(routes=[Mount("/bots", bot.asgi())], lifespan=bot.lifespan)) as requests:
        yield in_memory(requests, "/bots")


@contextlib.asynccontextmanager
async def fastapi(bot: Bot) -> AsyncGenerator[Ask]:
    app = FastAPI(lifespan=bot.lifespan)
    app.mount("/bots", bot.asgi())
    async with living(app) as requests:
        yield in_memory(requests, "/bots")


@contextlib.asynccontextmanager
async def aiohttp_routes(bot: Bot) -> AsyncGenerator[Ask]:
    app = web.Application()
    app.add_routes(bot.aiohttp())
    app.cleanup_ctx.append(bot.lifespan)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield on_the_wire(runner.addresses[0][1])
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def own_server(bot: Bot) -> AsyncGenerator[Ask]:
    async with listen(bot._door, 10, host="127.0.0.1", port=0) as port, bot:
        yield on_the_wire(port)


SECRET_HEADER = [(b"x-api-key", SECRET.encode())]
ALL: list[Serve] = [bare, starlette, fastapi, aiohttp_routes, own_server]


@pytest.mark.parametrize("serve", ALL, ids=lambda serve: serve.__name__)
async def test_all_answer_alike(serve: Serve) -> None:
    assert len(REQUESTS) >= 40
    bot, events = a_bot(), 0
    async with serve(bot) as ask:
        for request in REQUESTS:
            path = f"/hooks/{request.provider}" + (f"/{request.token}" if request.token else "")
            assert await ask(path, request) == request.status, request.name
            events += request.events if request.status == 200 else 0
            counts = await bot.counts()
            assert counts.accepted + counts.duplicate == events, request.name
        others = {"/hooks/convore": 404, "/hooks/sunshine/x": 404, "/elsewhere": 404, "/live": 405, "/ready": 405}
        for path, status in others.items():
            assert await ask(path, REQUESTS[0]) == status, path
        for path in ("/live", "/ready"):
            assert await ask(path, REQUESTS[0]._replace(method="GET", body=b"")) == 200
    with contextlib.suppress(OSError):
        assert await ask("/hooks/sunshine", REQUESTS[0]) == 503


async def post_raw(port: int, *headers: str, body: bytes = b"", cut: bool = False) -> int | None:
    """The status of a request with these headers; `cut`: the sender goes away after the body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    key = f"X-API-Key: {SECRET}"
    writer.write("\r\n".join(["POST /hooks/sunshine HTTP/1.1", "Host: bot", key, *headers, "", ""]).encode() + body)
    await writer.drain()
    if cut:
        writer.close()
        return None
    status = int((await reader.readline()).split()[1])
    writer.close()
    return status


@in_virtual_time
async def test_bodies_that_are_cut_slow_large_or_compressed_on_aiohttp() -> None:
    batch, told = REQUESTS[0].body, list[DeliveryFacts]()
    packed = gzip.compress(batch)
    bot = a_bot(body_timeout=3.0, clock=LoopClock(), hooks=BotHooks(on_delivery=told.append))
    async with own_server(bot), listen(bot._door, 3.0, host="127.0.0.1", port=0) as port:
        length, zipped = f"Content-Length: {len(batch)}", "Content-Encoding: gzip"
        assert await post_raw(port, f"Content-Length: {len(packed)}", zipped, body=packed) == 200
        assert await post_raw(port, f"Content-Length: {len(packed) - 99}", zipped, body=packed[:-99]) == 400
        assert await post_raw(port, length, body=batch[:-9]) == 408  # it never comes
        assert await post_raw(port, "Content-Length: 2000000") == 413
        chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
        assert await post_raw(port, "Transfer-Encoding: chunked", body=2 * chunk) == 413
        bomb = gzip.compress(b" " * 0x100001)
        assert await post_raw(port, f"Content-Length: {len(bomb)}", zipped, body=bomb) == 413
        told.clear()
        await post_raw(port, length, body=batch[:-9], cut=True)
        while not told:  # noqa: ASYNC110 -- there is nothing else to wait for
            await asyncio.sleep(0.1)
        assert (told[0].status, told[0].reason) == (408, "the body is cut")


async def test_a_port_that_is_taken_is_told() -> None:
    bot = a_bot()
    async with listen(bot._door, 3.0, host="127.0.0.1", port=0) as port:
        with pytest.raises(ConfigurationError, match=f"cannot listen on 127.0.0.1, port {port}.*choose another port"):
            async with listen(bot._door, 3.0, host="127.0.0.1", port=port):
                raise AssertionError


async def test_counts_are_told_on_loopback(unused_tcp_port: int) -> None:
    bot = a_bot(health_port=unused_tcp_port)
    async with bot, aiohttp.ClientSession() as session:
        assert await Requests(bot.asgi()).send("POST", "/hooks/sunshine", SECRET_HEADER, [REQUESTS[0].body]) == 200
        async with session.get(f"http://127.0.0.1:{unused_tcp_port}/") as answer:
            told = await answer.json()
        assert told["accepted"] == 4
        assert told["ready"] is True
        assert not [value for value in told.values() if isinstance(value, str)]
