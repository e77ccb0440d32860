"""A bot as an ASGI application: for uvicorn, hypercorn or granian by itself, or mounted into Starlette, FastAPI or Litestar."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from aioconvo.bot.door import Door, Expected, too_large, too_late
from aioconvo.bot.intake import Answer
from aioconvo.core.errors import AioconvoError, WebhookRefusedError
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.wire.inflate import Inflater
from aioconvo.events.headers import values_of

__all__ = ["AsgiApp"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class AsgiApp:
    """The application. By itself the server's lifespan starts and ends the bot; mounted, `bot.lifespan` must."""

    def __init__(self, door: Callable[[], Door], life: Callable[[], AbstractAsyncContextManager[Any]], seconds: float) -> None:
        self._door = door
        self._life = life
        self._seconds = seconds

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One connection of the server's."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
        elif scope["type"] == "http":
            await _respond(send, await self._answer(scope, receive))

    async def _live(self, receive: Receive, send: Send) -> None:
        """The server's lifespan, from `startup` to `shutdown`."""
        await receive()
        phase = "startup"
        try:
            async with self._life():
                await send({"type": "lifespan.startup.complete"})
                phase = "shutdown"
                await receive()
        except Exception as error:
            told = str(error) if isinstance(error, AioconvoError) else type(error).__name__
            await send({"type": f"lifespan.{phase}.failed", "message": told})
            raise
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Message, receive: Receive) -> Answer:
        path: str = scope["path"]
        prefix: str = scope.get("root_path", "").rstrip("/")
        if prefix and path.startswith(prefix):  # older frameworks take it off themselves
            path = path[len(prefix) :]
        headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
        door = self._door()
        client: tuple[str, int] | None = scope.get("client")
        met = await door.meet(scope["method"], path or "/", headers, client[0] if client else None)
        if not isinstance(met, Expected):
            return met
        try:
            encoding = b",".join(values_of(headers, "content-encoding")).decode("latin-1")
            async with asyncio.timeout(self._seconds):
                body = await _read(receive, encoding, met.most_bytes)
        except TimeoutError:
            return door.refuse(met, too_late("the body did not come in time"))
        except WebhookRefusedError as refused:
            return door.refuse(met, refused)
        return await door.deliver(met, body)


async def _read(receive: Receive, encoding: str, most: int) -> bytes:
    """The whole body, inflated as aiohttp's server does it.

    Raises:
        WebhookRefusedError: It is too large, cut or damaged.
    """
    inflater = Inflater(encoding, most)
    try:
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise too_late("the body is cut")
            inflater.feed(message.get("body", b""))
            if not message.get("more_body", False):
                return inflater.finish()
    except BrokenBodyError as broken:
        if broken.cut:
            raise WebhookRefusedError(400, "the body is damaged") from None
        raise too_large(most) from None


async def _respond(send: Send, answer: Answer) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
    headers.append((b"content-length", b"0"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
