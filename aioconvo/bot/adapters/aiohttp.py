"""A bot on aiohttp's server: routes for an application of yours, or a server of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeAlias

from aiohttp import ClientError, StreamReader, web
from aiohttp.http_exceptions import ContentEncodingError

from aioconvo.bot.door import LIVE, READY, Door, Expected, too_large, too_late
from aioconvo.bot.intake import Answer
from aioconvo.core.errors import ConfigurationError, WebhookRefusedError

__all__ = ["Routes", "listen", "listen_for_counts", "routes"]

Routes: TypeAlias = list[web.RouteDef]

_LOOPBACK = "127.0.0.1"
_BROKEN = (ContentEncodingError, ClientError, OSError)
_LAST_ANSWERS = 2.0  # seconds that open connections get at the end


def routes(door: Callable[[], Door], seconds: float) -> Routes:
    """Routes to all addresses of the bot; a body may take so many seconds."""

    async def hook(request: web.Request) -> web.Response:
        return await _respond(request, f"/hooks/{request.match_info['rest']}", door(), seconds)

    async def live(request: web.Request) -> web.Response:
        return await _respond(request, LIVE, door(), seconds)

    async def ready(request: web.Request) -> web.Response:
        return await _respond(request, READY, door(), seconds)

    return [web.route("*", "/hooks/{rest:.*}", hook), web.route("*", LIVE, live), web.route("*", READY, ready)]


@contextlib.asynccontextmanager
async def listen(door: Callable[[], Door], seconds: float, *, host: str, port: int) -> AsyncGenerator[int]:
    """A server with the addresses of the bot; the port it listens on, which `port=0` leaves to the system."""

    async def respond(request: web.BaseRequest) -> web.Response:
        return await _respond(request, request.path, door(), seconds)

    async with _serving(respond, host, port) as listening:
        yield listening


@contextlib.asynccontextmanager
async def listen_for_counts(counts: Callable[[], Awaitable[bytes]], port: int) -> AsyncGenerator[int]:
    """A server on loopback alone that tells counts as JSON at any address."""

    async def tell(request: web.BaseRequest) -> web.Response:
        if request.method not in {"GET", "HEAD"}:
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        return web.Response(body=await counts(), content_type="application/json")

    async with _serving(tell, _LOOPBACK, port) as listening:
        yield listening


@contextlib.asynccontextmanager
async def _serving(respond: Callable[[web.BaseRequest], Awaitable[web.Response]], host: str, port: int) -> AsyncGenerator[int]:
    # No access log: the token of an SMS.CX address stands in its path. No application: its router costs, and routes nothing.
    runner = web.ServerRunner(web.Server(respond, access_log=None), shutdown_timeout=_LAST_ANSWERS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise ConfigurationError(f"cannot listen on {host}, port {port}: {error.strerror}; choose another port") from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def _respond(request: web.BaseRequest, path: str, door: Door, seconds: float) -> web.Response:
    answer = await _answer(request, path, door, seconds)
    return web.Response(status=answer.status, headers=answer.headers)


async def _answer(request: web.BaseRequest, path: str, door: Door, seconds: float) -> Answer:
    met = await door.meet(request.method, path, request.headers, request.remote)
    if not isinstance(met, Expected):
        return met
    try:
        if request.content.is_eof():  # it came with the head, as most do: no timer
            body = _whole(request.content, met.most_bytes)
        else:
            async with asyncio.timeout(seconds):
                body = await _read(request.content, met.most_bytes)
    except TimeoutError:
        return door.refuse(met, too_late("the body did not come in time"))
    except WebhookRefusedError as refused:
        return door.refuse(met, refused)
    return await door.deliver(met, body)


def _whole(content: StreamReader, most: int) -> bytes:
    """A body that is there already, which aiohttp inflated.

    Raises:
        WebhookRefusedError: It is too large, cut or damaged.
    """
    try:
        body = content.read_nowait()
        while not content.at_eof():  # what is taken out makes room for more to be inflated
            if len(body) > most:
                break
            body += content.read_nowait()
    except _BROKEN as error:
        raise _broken(error) from None
    if len(body) > most:
        raise too_large(most)
    return body


async def _read(content: StreamReader, most: int) -> bytes:
    """The whole body, as it comes; raises as `_whole` does."""
    body = bytearray()
    try:
        async for piece in content.iter_any():
            body += piece
            if len(body) > most:
                raise too_large(most)
    except _BROKEN as error:
        raise _broken(error) from None
    return bytes(body)


def _broken(error: Exception) -> WebhookRefusedError:
    if isinstance(error, ContentEncodingError):
        return WebhookRefusedError(400, "the body is damaged")
    return too_late("the body is cut")
