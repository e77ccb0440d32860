"""Each recipe of `examples/` as it is printed: every status of the table, and work that is done after the answer."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import pathlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from types import ModuleType
from typing import Any, Self

import pytest
from aiohttp import web
from django.test import override_settings

from aioconvo.events import Event, MessageReceived, neutral
from aioconvo.providers import Provider
from tests.bot.asgi_client import living
from tests.events.requests import APP, NEXT, REQUESTS, SECRET, Request, hooks

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"
PATH = "/hooks/sunshine"
TABLE = [one for one in REQUESTS if one.provider is Provider.SUNSHINE]
Ask = Callable[[Request], Awaitable[int]]


@contextlib.contextmanager
def _loaded(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The recipe as a program of its own has it."""
    variables = {"WEBHOOK_SECRETS": f"{SECRET},{NEXT}", "APP_ID": APP, "KEY_ID": "app_key", "SECRET": "of-the-key"}
    for variable, value in variables.items():
        monkeypatch.setenv(f"AIOCONVO_SUNSHINE_{variable}", value)
    monkeypatch.setenv("DJANGO_SECRET_KEY", "of-django")
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        del sys.modules[name]


def _over_asgi(app: Any) -> Ask:
    async def ask(request: Request) -> int:
        headers = [(name.lower().encode(), value) for name, value in request.headers]
        headers += [(b"host", b"localhost"), (b"content-length", str(len(request.body)).encode())]
        scope: dict[str, Any] = {
            "type": "http",
            "method": request.method,
            "path": PATH,
            "raw_path": PATH.encode(),
            "root_path": "",
        }
        scope |= {"headers": headers, "query_string": b"", "http_version": "1.1", "scheme": "http", "asgi": {"version": "3.0"}}
        scope |= {"client": ("127.0.0.1", 5), "server": ("127.0.0.1", 80)}
        pieces = [request.body[start : start + 60_000] for start in range(0, len(request.body), 60_000)] or [b""]
        waiting = [{"type": "http.request", "body": one, "more_body": one is not pieces[-1]} for one in pieces]
        statuses: list[int] = []

        async def receive() -> Any:
            return waiting.pop(0) if waiting else await asyncio.get_running_loop().create_future()

        async def send(message: Any) -> None:
            statuses.extend([message["status"]] if "status" in message else [])

        await app(scope, receive, send)
        (status,) = statuses
        return status

    return ask


@contextlib.asynccontextmanager
async def _asgi(module: ModuleType) -> AsyncIterator[Ask]:
    async with living(module.app):
        yield _over_asgi(module.app)


@contextlib.asynccontextmanager
async def _django(module: ModuleType) -> AsyncIterator[Ask]:
    # Another test may have set Django up already, which is done once for each process.
    with override_settings(ROOT_URLCONF=module.__name__, ALLOWED_HOSTS=["localhost"]):
        yield _over_asgi(module.app)
        await asyncio.gather(*module.working)


@contextlib.asynccontextmanager
async def _aiohttp(module: ModuleType) -> AsyncIterator[Ask]:
    runner = web.AppRunner(module.make_app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]

    async def ask(request: Request) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = [f"{request.method} {PATH} HTTP/1.1".encode(), b"Host: localhost", b"Content-Length: %d" % len(request.body)]
        head += [name.encode() + b": " + value for name, value in request.headers]
        writer.write(b"\r\n".join([*head, b"Connection: close", b"", b""]) + request.body)
        status = int((await reader.readline()).split()[1])
        writer.close()
        return status

    try:
        yield ask
    finally:
        await runner.cleanup()


SERVED = {"fastapi": _asgi, "starlette": _asgi, "litestar": _asgi, "aiohttp": _aiohttp, "django": _django}


def test_every_recipe_is_here() -> None:
    assert {f"webhook_{name}" for name in SERVED} == {file.stem for file in EXAMPLES.glob("webhook_*.py")}


@pytest.mark.may_block  # Django looks for its modules when the first request comes
@pytest.mark.parametrize("name", SERVED)
async def test_a_recipe(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answered: list[Event] = []
    with _loaded(f"webhook_{name}", monkeypatch) as module:
        await _check_answer(module, monkeypatch)

        async def answer(*given: Any) -> None:
            await asyncio.sleep(0)
            told = given[-1]
            answered.extend(told if isinstance(told, list) else [told])

        monkeypatch.setattr(module, "answer", answer)
        async with SERVED[name](module) as ask:
            statuses = {request.name: await ask(request) for request in TABLE}
    assert statuses == {request.name: request.status for request in TABLE}
    assert [event.key for event in answered if isinstance(event, MessageReceived)] == _expected()


class _Client:
    """Keeps what it is told to send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.inbox = self

    async def send_text(self, conversation_id: str, text: str) -> None:
        self.sent.append((conversation_id, text))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        pass


async def _check_answer(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    client, event = _Client(), neutral(hooks()[Provider.SUNSHINE].open_unverified(TABLE[0].body).events[0])
    with monkeypatch.context() as patch:
        patch.setattr(module.SunshineClient, "from_env", lambda: client)
        await (module.answer([event]) if module.__name__.endswith("django") else module.answer(client, event))
    assert client.sent == [(event.conversation_id, "You said: one")]


def _expected() -> list[str]:
    """The keys of what users wrote in the requests that are answered 200."""
    hook = hooks()[Provider.SUNSHINE]
    bodies = [request.body for request in TABLE if request.status == 200]
    events = [neutral(event) for body in bodies for event in hook.open_unverified(body).events]
    return [event.key for event in events if isinstance(event, MessageReceived)]
