"""The chat page over HTTP: its files, what happens as a stream of server-sent events, and what a person does there."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.resources
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, Protocol

import msgspec
from aiohttp import web

from aioconvo.sandbox.changes import Change, Customer
from aioconvo.sandbox.sending.log import Delivery

from .guard import HEADERS, refusal
from .hub import Hub
from .transcript import Transcript

__all__ = ["Acting", "BotControl", "ChatPage"]

_FILES: Final = {"chat.css": "text/css", "chat.js": "text/javascript", "icon.svg": "image/svg+xml"}
_SHOWS: Final = {  # what each API tells its customers, and is told of them
    "sunshine": ("read", "typing", "delivered"),
    "smooch": ("read", "typing", "delivered"),
    "smscx": ("delivered",),
    "convore": (),
    "ultracart": ("read", "typing"),
}
_CUSTOMERS: Final = 50
_NEWCOMERS: Final = {name: Customer("visitor", "Visitor") for name in _SHOWS} | {
    "smscx": Customer("+447700900001", "Visitor"),
    "convore": Customer("visitor@example.com", "Visitor"),
}


class BotControl(Protocol):
    """A bot that can be killed and started; `watch` is called at every change of its state."""

    watch: Callable[[Any], None]

    @property
    def state(self) -> str:
        """`stopped`, `starting` or `running`."""
        ...

    async def start(self) -> None:
        """Start it."""
        ...

    async def kill(self) -> None:
        """End it so that it cannot notice."""
        ...


class Acting(Protocol):
    """What customers can do in a sandbox."""

    def customers(self, provider: str, most: int | None = None) -> Sequence[Customer]:
        """Who may write."""
        ...

    def says(self, provider: str, user: str, text: str) -> dict[str, Any]:
        """One of them writes."""
        ...

    def reads(self, provider: str, user: str) -> None:
        """One of them reads."""
        ...

    def types(self, provider: str, user: str, *, started: bool = True) -> None:
        """One of them types."""
        ...

    def hurry(self) -> None:
        """Try webhooks now that wait."""
        ...


class _Act(msgspec.Struct, forbid_unknown_fields=True):
    do: Literal["say", "read", "type", "start", "kill"]
    provider: Literal["smscx", "sunshine", "smooch", "convore", "ultracart"] = "sunshine"
    user: str = ""
    text: str = ""
    started: bool = True


class ChatPage:
    """The page of one sandbox, below `/chat`."""

    def __init__(self, sandbox: Acting) -> None:
        self.token = secrets.token_urlsafe(32)
        self._sandbox = sandbox
        self._bot: BotControl | None = None
        self._hub = Hub()
        self._transcript = Transcript()
        self._port = 0

    def start(self, port: int) -> None:
        """The sandbox listens on that port, in the running loop."""
        self._port = port
        self._hub.start()

    def close(self) -> None:
        """Let go of all pages that are open."""
        self._hub.close()

    def reset(self) -> None:
        """Forget what was shown."""
        self._transcript.clear()
        if self._hub.listened:
            self._hub.tell(self._hello())

    def attach(self, bot: BotControl) -> None:
        """Let people kill and start this bot; what waits for it is delivered as soon as it is back."""
        self._bot = bot
        bot.watch = self._bot_changed

    def change(self, change: Change) -> None:
        """Something changed."""
        if (shown := self._transcript.add_change(change)) is not None:
            self._hub.tell(shown)

    def delivery(self, delivery: Delivery) -> None:
        """A webhook was sent."""
        self._hub.tell(self._transcript.add_delivery(delivery))

    async def handle(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        """Answer a request below `/chat/`."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        token = self.token if path in {"events", "act"} else None
        refused = refusal(request.method, headers, port=self._port, token=token)
        if refused is not None:
            return _text(403, refused)
        match request.method, path:
            case "GET", "":
                page = await asyncio.to_thread(_read, "index.html")
                return _file(page.replace(b"{{token}}", self.token.encode()), "text/html")
            case "GET", "events":
                return await self._stream(request)
            case "POST", "act":
                return await self._act(await request.read())
            case "GET", name if name in _FILES:
                return _file(await asyncio.to_thread(_read, name), _FILES[name])
            case _:
                return _text(404, "there is nothing here")

    def _hello(self) -> dict[str, Any]:
        people = {name: self._sandbox.customers(name, _CUSTOMERS) or [_NEWCOMERS[name]] for name in _SHOWS}
        return {
            "type": "hello",
            "number": self._transcript.number,
            "providers": [
                {"name": name, "shows": shows, "customers": [_shown(each) for each in people[name]]}
                for name, shows in _SHOWS.items()
            ],
            "changes": list(self._transcript.changes),
            "deliveries": list(self._transcript.deliveries),
            "bot": self._bot.state if self._bot else None,
        }

    def _bot_changed(self, state: str) -> None:
        if state == "running":
            self._sandbox.hurry()
        self._hub.tell(self._transcript.numbered({"type": "bot", "state": str(state)}))

    async def _stream(self, request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        with contextlib.suppress(ConnectionError):  # the page was closed
            await response.prepare(request)
            with self._hub.listening() as told:
                await response.write(_event(self._hello()))
                async for what in told:
                    await response.write(_event(what))
        return response

    async def _act(self, body: bytes) -> web.Response:
        try:
            act = msgspec.json.decode(body, type=_Act)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return _text(400, "that is nothing a customer does")
        if act.do not in {"start", "kill"}:
            return self._do(act)
        if self._bot is None:
            return _text(409, "no bot was started with this sandbox")
        try:
            await (self._bot.start() if act.do == "start" else self._bot.kill())
        except OSError as error:
            return _text(500, f"the bot cannot be started: {error.strerror}")
        return web.Response(status=204, headers=HEADERS)

    def _do(self, act: _Act) -> web.Response:
        if not act.user:
            return _text(400, "say who does it")
        if act.do == "say" and not 0 < len(act.text.strip()) <= 1_000:  # noqa: PLR2004 - what all five take
            return _text(400, "write 1 to 1000 characters")
        if act.do == "say":
            self._sandbox.says(act.provider, act.user, act.text)
            told = msgspec.json.encode({"conversation": self._transcript.wrote_in(act.provider)})
            return web.Response(body=told, headers=HEADERS, content_type="application/json")
        if act.do == "read":
            self._sandbox.reads(act.provider, act.user)
        else:
            self._sandbox.types(act.provider, act.user, started=act.started)
        return web.Response(status=204, headers=HEADERS)


def _shown(customer: Customer) -> Mapping[str, str]:
    return {"id": customer.id, "name": customer.name, "conversation": customer.conversation}


def _event(what: Mapping[str, Any]) -> bytes:
    """A server-sent event; a comment where there is nothing to tell."""
    return b"data: " + msgspec.json.encode(what) + b"\n\n" if what else b":\n\n"


def _read(name: str) -> bytes:
    return importlib.resources.files("aioconvo.sandbox.chat").joinpath(name).read_bytes()


def _file(content: bytes, kind: str) -> web.Response:
    return web.Response(body=content, headers=HEADERS, content_type=kind, charset="utf-8")


def _text(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text, headers=HEADERS)
