"""`aioconvo tail`: events as they come, a line of JSON each: polled, over the agent socket, or as webhooks sent here."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from typing import Any

import typer
from aiohttp import web

from aioconvo.core.errors import AioconvoError, ConfigurationError, InvalidRequestError, WebhookRefusedError
from aioconvo.core.json.model import raw_json
from aioconvo.providers import Provider

from .connection import Connection
from .listening import listening
from .writing import on_a_line, write_all

__all__ = ["Tail", "run"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tail:
    """What is followed: `types` of Convore's events, from a place on; `host` and `port` for webhooks."""

    provider: Provider
    types: Sequence[str] = ()
    start: str | None = None
    position: bool = False
    attach: str | None = None
    host: str = "127.0.0.1"
    port: int = 8080


def run(asked: Tail, connection: Connection, base_url: str | None) -> int:
    """Print events until the process is asked to stop; the exit code: 1 where it failed, 2 for wrong use.

    With `position`, the last thing on standard error is where to go on after the last event that was printed.
    """
    followed = _Followed(asked, connection, base_url)
    try:
        asyncio.run(followed.run())
    except (ConfigurationError, InvalidRequestError) as error:
        typer.echo(f"Error: {error}", err=True)
        return 2
    except AioconvoError as error:
        typer.echo(f"Error: {error}", err=True)
        return 1
    finally:
        if asked.position and followed.position is not None:
            typer.echo(followed.position, err=True)
    return 0


class _Followed:
    def __init__(self, asked: Tail, connection: Connection, base_url: str | None) -> None:
        self.position: str | None = None
        self._asked = asked
        self._connection = connection
        self._base_url = base_url

    async def run(self) -> None:
        provider = self._asked.provider
        if provider is Provider.CONVORE or provider is Provider.ULTRACART:
            async with self._connection.pool() as pool:
                client = self._connection.client(provider, pool, base_url=self._base_url)
                await (self._poll(client) if provider is Provider.CONVORE else self._listen(client))
        else:
            await _receive(provider, self._asked.host, self._asked.port)

    async def _poll(self, client: Any) -> None:
        following = client.events.follow(types=list(self._asked.types) or None, position=self._asked.start)
        try:
            async for event in following:
                await write_all(on_a_line(raw_json(event) or b"{}"))
                self.position = event.position
        finally:
            self.position = self.position or following.position

    async def _listen(self, client: Any) -> None:
        async with client.agents.connect(attach=self._asked.attach, position=self._asked.start) as agent:
            async for frame in agent:
                if (raw := raw_json(frame)) is not None:  # else it is no frame, but tells of a cut
                    await write_all(on_a_line(raw))
                self.position = agent.position


async def _receive(provider: Provider, host: str, port: int) -> None:
    """Take webhooks, verified by the secrets in the environment."""
    hook: Any = getattr(provider.events, f"{provider.word}Webhook").from_env()
    came: asyncio.Queue[tuple[bytes, asyncio.Future[None]]] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    async def handle(request: web.Request) -> web.Response:
        if request.method != "POST":
            return web.Response(status=405)
        token = request.path.rpartition("/")[2] if provider is Provider.SMSCX else None
        try:
            hook.verify(request.headers, token=token)
            delivery = hook.open(request.headers, await request.read(), token=token)
        except WebhookRefusedError as refused:
            typer.echo(f"refused with {refused.status}: {refused.reason}", err=True)
            return web.Response(status=refused.status)
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413)
        printed = loop.create_future()
        came.put_nowait((b"".join(on_a_line(event.raw) for event in delivery.events), printed))
        await printed
        return web.Response()

    async with listening(handle, host, port, most_bytes=hook.most_bytes) as where:
        typer.echo(f"{where} prints what is posted there, to any path. Stop with Ctrl-C.", err=True)
        while True:
            lines, printed = await came.get()
            await write_all(lines)  # only what was printed is answered with 200
            printed.set_result(None)
