"""Requests to an ASGI application, without a server: `await Requests(app).post("/hooks/sunshine", body)`."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Iterable
from typing import Any

import anyio

SECRET = "a-secret-of-the-tests"


class Requests:
    """Sends requests; `pieces` are how a body comes in, `cut` whether the sender goes away before its end."""

    def __init__(self, app: Any, *, root_path: str = "") -> None:
        self._app = app
        self._root_path = root_path
        self.headers: dict[str, str] = {}
        """Of the last answer."""

    async def post(
        self, path: str, body: bytes = b"", *, method: str = "POST", headers: dict[str, str] | None = None, **how: Any
    ) -> int:
        given = {"x-api-key": SECRET, "content-length": str(len(body)), **(headers or {})}
        return await self.send(method, path, [(k.encode(), v.encode("latin-1")) for k, v in given.items()], [body], **how)

    async def get(self, path: str) -> int:
        return await self.send("GET", path, [], [b""])

    async def send(
        self, method: str, path: str, headers: Iterable[tuple[bytes, bytes]], pieces: Iterable[bytes], *, end: str = "whole"
    ) -> int:
        scope = {"type": "http", "method": method, "path": path, "root_path": self._root_path, "headers": list(headers)}
        answer: list[Any] = []
        waiting = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]

        async def receive() -> Any:
            if waiting:
                return waiting.pop(0)
            if end == "hangs":
                await anyio.sleep_forever()
            return {"type": "http.disconnect"} if end == "cut" else {"type": "http.request"}

        async def send(message: Any) -> None:
            answer.append(message)

        await self._app({**scope, "client": ("127.0.0.1", 5)}, receive, send)
        start, body = answer
        assert (start["type"], body["type"], body["body"]) == ("http.response.start", "http.response.body", b"")
        self.headers = {name.decode(): value.decode() for name, value in start["headers"]}
        status: int = start["status"]
        return status


@contextlib.asynccontextmanager
async def living(app: Any, told: list[Any] | None = None) -> AsyncGenerator[Requests]:
    """The application within a lifespan, as servers run it; `told`: what it said of it."""
    told = [] if told is None else told
    ask, asked = anyio.create_memory_object_stream[Any](2)
    tell, answers = anyio.create_memory_object_stream[Any](2)
    with ask, asked, tell, answers:
        async with anyio.create_task_group() as group:
            group.start_soon(app, {"type": "lifespan"}, asked.receive, tell.send)
            await ask.send({"type": "lifespan.startup"})
            told.append(await answers.receive())
            if told[-1]["type"] == "lifespan.startup.complete":
                yield Requests(app)
                await ask.send({"type": "lifespan.shutdown"})
                told.append(await answers.receive())
