"""Something that webhooks are sent to: it keeps what came and answers as it is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from aiohttp import web

Answer = Callable[["Receiver"], int]


class Receiver:
    """`url` is where it listens; `came` holds headers and bodies of whole requests, `broken` counts the others."""

    def __init__(self, answer: Answer) -> None:
        self.came: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.raw: list[bytes] = []
        self.paths: list[str] = []
        self.broken = 0
        self.url = ""
        self._answer = answer

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [body for _, body in self.came]

    @property
    def events(self) -> list[dict[str, Any]]:
        """Of Sunshine's deliveries."""
        return [event for body in self.bodies for event in body["events"]]

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            body = await request.read()
        except (ConnectionError, web.HTTPException):
            self.broken += 1
            raise
        if request.method != "POST":
            return web.Response(status=405)
        self.came.append((dict(request.headers), json.loads(body)))
        self.raw.append(body)
        self.paths.append(request.raw_path)
        status = self._answer(self)
        if status == 0:
            await asyncio.sleep(1_000)
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 302 else {})


@contextlib.asynccontextmanager
async def receiver(answer: Answer = lambda _: 200, port: int = 0) -> AsyncIterator[Receiver]:
    """A receiver on loopback."""
    one = Receiver(answer)
    runner = web.ServerRunner(web.Server(one.handle, access_log=None), access_log=None, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/x"
        yield one
    finally:
        await runner.cleanup()
