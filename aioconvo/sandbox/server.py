"""The only part of the sandbox that knows sockets: it turns HTTP into `Request` and `Answer` and back."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import dataclasses
import datetime as dt
import itertools
import math
import random
import socket
import struct
import time
from collections.abc import Mapping
from types import MappingProxyType, NoneType, TracebackType
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import parse_qsl

from aiohttp import web

from aioconvo.core.access import settings
from aioconvo.core.errors import ConfigurationError
from aioconvo.providers import Provider

from .changes import Change, Customer
from .chat.page import BotControl, ChatPage
from .event_list import EventList
from .exchange import Emulated, Reply, Request, Settings, utc_now
from .faults import Fault, RateLimit, choose
from .quota import Standing, Window, headers_of
from .sending.callbacks import SECRETS, Callback, callback_to, target_of
from .sending.plan import Unkindness
from .sending.sender import Sender
from .websockets import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from .sending.log import Delivery
    from .sending.sender import Post
    from .ultracart.agent_socket import AgentSocket


PROVIDERS: Final[Mapping[str, Any]] = {str(one): one.sandbox for one in Provider}

_HOST: Final = "127.0.0.1"
_LAST_PORT: Final = 65_535
_MOST: Final = 10_000_000  # messages of each API, or conversations
_LEAST_SEED: Final = -(2**63)
_SLOWEST, _FASTEST = 1e-6, 1e9  # requests a second
_GATEWAY_PAGE: Final = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclasses.dataclass(frozen=True, slots=True)
class SandboxEndpoint:
    """Where one emulated API listens and what it accepts: `credentials` are keyword arguments of its client class."""

    base_url: str
    credentials: Mapping[str, str] = dataclasses.field(repr=False)


class Sandbox:
    """The five conversation APIs on 127.0.0.1, in this process.

    `conversations` is per API, `messages` per conversation; `port` 0 takes a free one; `latency` in seconds; `faults`
    is the share (0..1) of answers that become a 500, 502, 503, 429, a connection reset or a cut body; `rate_limit` the
    requests a second per credential, over which the API's own 429 is answered; `now` the end of the seeded data.

    `callbacks` are URLs by provider to which all webhooks are sent, with the secrets in `webhook_secrets`; webhooks that are
    registered by the API's own operations are sent too. `unkindness` says how: doubled, late, cut; `event_list` says how the
    list of events behaves that is polled (Convore). For tests: `deliver` hands
    webhooks over in place of HTTP, `clock` tells when what is new happens.
    """

    def __init__(
        self,
        *,
        conversations: int = 10,
        messages: int = 25,
        seed: int = 0,
        port: int = 0,
        latency: float = 0.0,
        faults: float = 0.0,
        rate_limit: float | None = None,
        now: dt.datetime | None = None,
        callbacks: Mapping[str, str] | None = None,
        unkindness: Unkindness | None = None,
        event_list: EventList | None = None,
        deliver: Post | None = None,
        clock: Callable[[], dt.datetime] = utc_now,
    ) -> None:
        settings.count("conversations", conversations, most=_MOST)
        settings.count("messages", messages, most=_MOST)
        if conversations * messages > _MOST:
            raise ConfigurationError(f"conversations times messages must be at most {_MOST:,}: they are held in memory")
        settings.count("port", port, most=_LAST_PORT)
        settings.count("seed", seed, least=_LEAST_SEED, most=-_LEAST_SEED)
        settings.kind("now", now, (dt.datetime, NoneType), "a datetime with a time zone, or None for the present")
        if now is not None and now.tzinfo is None:
            raise ConfigurationError("now must be a datetime with a time zone, or None for the present")
        settings.seconds("latency", latency, zero=True)
        settings.number("faults, the share of answers that fail,", faults, 0, 1)
        settings.number("rate_limit, in requests a second,", rate_limit, _SLOWEST, _FASTEST, none="no limit")
        self.providers: dict[str, Any] = {}
        self._callbacks: dict[str, str] = {}
        self.send_webhooks_to(callbacks or {})
        self._settings = Settings(conversations, messages, seed, now or clock(), clock, event_list or EventList())
        self._sender = Sender(seed, unkindness or Unkindness(), self._callbacks_of, clock, deliver)
        self._watchers: list[Callable[[Change], None]] = []
        self._chat = ChatPage(self)
        self._sender.log.watch(self._chat.delivery)
        self.watch(self._chat.change)
        self._port = port
        self._latency = latency
        self._faults = faults
        self._rate_limit = rate_limit
        self._runner: web.ServerRunner | None = None
        self.reset()

    def __repr__(self) -> str:
        where = f"http://{_HOST}:{self._port}" if self._runner else "not started"
        return f"<Sandbox {where}>"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def start(self) -> None:
        """Listen; does nothing when it already does. Raises `OSError` when the port is taken."""
        if self._runner is not None:
            return
        runner = web.ServerRunner(web.Server(self._handle, access_log=None), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, _HOST, self._port).start()
        except BaseException:
            await runner.cleanup()
            raise
        self._port = runner.addresses[0][1]
        self._runner = runner
        self._sender.start()
        self._chat.start(self._port)

    async def aclose(self) -> None:
        """Stop listening and drop every connection; the data stay. May be called again."""
        runner, self._runner = self._runner, None
        if runner is not None:
            self._chat.close()
            await self._sender.aclose()
            self._close_sockets()
            await runner.cleanup()

    def reset(self) -> None:
        """Back to the seeded data, counters at zero."""
        settings = self._settings
        self._close_sockets()
        self.providers.clear()
        self.providers.update((name, make(settings)) for name, make in PROVIDERS.items())
        self._requests: dict[str, collections.Counter[str]] = {name: collections.Counter() for name in self.providers}
        self._spoiled: dict[str, collections.Counter[str]] = {name: collections.Counter() for name in self.providers}
        self._limits: dict[tuple[str, ...], RateLimit] = {}
        self._windows: dict[tuple[str, ...], Window] = {}
        self._draws = random.Random(settings.seed)  # noqa: S311 - repeatable faults, no secret
        self._sender.reset()
        for provider in self.providers.values():
            provider.changes.watch(self._changed)
        self._chat.reset()

    def _close_sockets(self) -> None:
        for provider in self.providers.values():
            if hasattr(provider, "socket"):
                provider.socket.close()

    @property
    def port(self) -> int:
        """The TCP port; 0 before `start` when none was asked for."""
        return self._port

    @property
    def endpoints(self) -> Mapping[str, SandboxEndpoint]:
        """Base URL and credentials by provider name. Raises `RuntimeError` before `start`."""
        if self._runner is None:
            raise RuntimeError("the sandbox has not been started")
        return {
            name: SandboxEndpoint(f"http://{_HOST}:{self._port}/{name}", dict(provider.credentials))
            for name, provider in self.providers.items()
        }

    @property
    def requests(self) -> Mapping[str, Mapping[str, int]]:
        """How often each operation was asked for, by provider and operation name; what matches none is `unknown`."""
        return MappingProxyType(self._requests)

    @property
    def faults(self) -> Mapping[str, Mapping[str, int]]:
        """How many answers were spoiled so far, by provider and kind of `Fault`: `500`, `502`, `reset`, `cut`, ..."""
        return MappingProxyType(self._spoiled)

    def client_options(self, provider: str) -> dict[str, Any]:
        """Keyword arguments for the provider's client class: `base_url` and credentials."""
        endpoint = self.endpoints[provider]
        return {"base_url": endpoint.base_url, **endpoint.credentials}

    def message_ids(self, provider: str) -> Iterator[tuple[str, list[str]]]:
        """What a provider has stored: a conversation's id (Smooch: its user's) and its messages' ids, one at a time."""
        stored: Iterator[tuple[str, list[str]]] = self.providers[provider].message_ids()
        return stored

    def state(self) -> dict[str, Any]:
        """Counts and ids of everything stored, the `requests` and the `faults` so far, by provider name."""
        return {
            name: {**provider.state(), "requests": dict(self._requests[name]), "faults": dict(self._spoiled[name])}
            for name, provider in self.providers.items()
        }

    @property
    def agent_socket(self) -> AgentSocket:
        """UltraCart's websocket of agents: who is connected, what was received, and its `habits`; `reset` makes it anew."""
        socket: AgentSocket = self.providers["ultracart"].socket
        return socket

    # -- what customers do

    def customers(self, provider: str, most: int | None = None) -> Sequence[Customer]:
        """Who may write to the business there, or the first `most` of them."""
        customers: Iterator[Customer] = self.providers[provider].customers()
        return list(itertools.islice(customers, most))

    def says(self, provider: str, user: str, text: str) -> dict[str, Any]:
        """A customer writes; answers the message as the API shows it. `user` is the id of a customer, or of somebody new."""
        message: dict[str, Any] = self.providers[provider].says(user, text)
        return message

    def reads(self, provider: str, user: str) -> None:
        """A customer reads what was written to them. Does nothing where the API does not tell of it."""
        self.providers[provider].reads(user)

    def types(self, provider: str, user: str, *, started: bool = True) -> None:
        """A customer types, or stops. Does nothing where the API does not tell of it."""
        self.providers[provider].types(user, started=started)

    def presses(self, provider: str, user: str, payload: str) -> None:
        """A customer presses a button that was given `payload`. Does nothing where the API has none."""
        self.providers[provider].presses(user, payload)

    def fail_messages(self, provider: str, count: int = 1) -> None:
        """Let the next messages of the business fail to arrive."""
        self.providers[provider].changes.failing += count

    # -- what the sandbox tells of it

    def send_webhooks_to(self, callbacks: Mapping[str, str]) -> None:
        """From now on send all webhooks of these providers to these URLs, as `callbacks=` does. Raises `ConfigurationError`."""
        self._callbacks |= {name: target_of(name, target) for name, target in callbacks.items()}

    def watch(self, watcher: Callable[[Change], None]) -> None:
        """Call it with every change of what is stored, of all providers, from now on; it is called where the change is made."""
        self._watchers.append(watcher)

    def trigger(self, provider: str, event: str) -> None:
        """Send a sample of an event by its own name, such as `user:merge`, to all that want it. Raises `LookupError`."""
        self._changed(self.providers[provider].sample(event))

    @property
    def webhook_secrets(self) -> Mapping[str, str]:
        """What webhooks to `callbacks` prove themselves by; for SMS.CX, the token that belongs into the URL."""
        return SECRETS

    @property
    def deliveries(self) -> Sequence[Delivery]:
        """The last tries to deliver webhooks, oldest first."""
        return self._sender.log.kept

    @property
    def undelivered(self) -> int:
        """How many webhooks have neither arrived nor been given up."""
        return self._sender.waiting

    async def delivered(self) -> None:
        """Return when every webhook has arrived or was given up. Raises `RuntimeError` before `start`."""
        await self._sender.settled()

    def watch_deliveries(self, watcher: Callable[[Delivery], None]) -> None:
        """Call it with every try to deliver a webhook from now on."""
        self._sender.log.watch(watcher)

    def hurry(self) -> None:
        """Try all webhooks now that wait to be tried again."""
        self._sender.hurry()

    @property
    def chat_url(self) -> str:
        """A page on which a person writes to the business as a customer. Raises `RuntimeError` before `start`."""
        if self._runner is None:
            raise RuntimeError("the sandbox has not been started")
        return f"http://{_HOST}:{self._port}/chat"

    def attach_bot(self, bot: BotControl) -> None:
        """Let people kill and start a bot on the chat page; webhooks that wait are sent as soon as it runs."""
        self._chat.attach(bot)

    def _changed(self, change: Change) -> None:
        self._sender.changed(change)
        for watcher in self._watchers:
            watcher(change)

    def _callbacks_of(self, provider: str) -> Sequence[Callback]:
        registered: Iterable[Callback] = getattr(self.providers[provider], "callbacks", ())
        target = self._callbacks.get(provider)
        given = [] if target is None else [callback_to(provider, target)]
        return [*given, *registered]

    async def _handle(self, incoming: web.BaseRequest) -> web.StreamResponse:
        path, _, query = incoming.raw_path.partition("?")
        name, _, rest = path.lstrip("/").partition("/")
        if name == "chat":
            return await self._chat.handle(incoming, rest)
        if name == "_sandbox":
            return _respond(self._control(incoming.method, rest))
        provider = self.providers.get(name)
        if provider is None:
            return _respond(Reply(404, {"error": f"paths begin with one of: {', '.join(self.providers)}, chat, _sandbox"}))
        door = getattr(provider, "socket", None)
        if door is not None and incoming.headers.get("Upgrade", "").lower() == "websocket":
            return await serve(incoming, _request(incoming, rest, query, b""), door)
        try:
            body = await incoming.read()
        except web.HTTPRequestEntityTooLarge:
            return _respond(provider.error(413, {}))
        return await self._answer(incoming, provider, _request(incoming, rest, query, body))

    def _control(self, method: str, path: str) -> Reply:
        match method, path:
            case "GET", "state":
                return Reply(200, self.state())
            case "GET", "deliveries":
                return Reply(200, {"deliveries": self.deliveries, "waiting": self.undelivered})
            case "POST", "reset":
                self.reset()
                return Reply(200, {})
            case _:
                return Reply(
                    404, {"error": "only GET /_sandbox/state, GET /_sandbox/deliveries and POST /_sandbox/reset exist"}
                )

    async def _answer(self, incoming: web.BaseRequest, provider: Emulated, request: Request) -> web.StreamResponse:
        found = provider.table.find(request.method, request.path)
        self._requests[provider.name][found[0].operation if isinstance(found, tuple) else "unknown"] += 1
        if self._latency:
            await asyncio.sleep(self._latency)
        wait, standing = self._count(provider.name, request)
        fault = choose(self._draws.random(), self._faults) if self._faults and wait == 0.0 else None
        refused = wait > 0.0 or fault is Fault.TOO_MANY_REQUESTS
        told = headers_of(provider.quota, standing, time.time(), refused=refused)
        if wait > 0.0:
            return _respond(provider.error(429, {"Retry-After": str(math.ceil(wait))}), told)
        if isinstance(found, tuple) and not found[0].takes(request):
            return _respond(provider.error(415, {}), told)
        if fault is None:
            return _respond(provider.answer(request), told)
        self._spoiled[provider.name][fault.value] += 1
        return await _spoil(incoming, fault, provider, request, told)

    def _count(self, name: str, request: Request) -> tuple[float, Standing]:
        """Seconds that the request is over its credential's limit, and how that stands after it."""
        credential = (name, *(value for header, value in sorted(request.headers.items()) if settings.is_key_header(header)))
        now = time.monotonic()
        if self._rate_limit is None:
            return 0.0, self._windows.setdefault(credential, Window(now)).take(now)
        if credential not in self._limits:
            self._limits[credential] = RateLimit(self._rate_limit, max(self._rate_limit, 1.0), now)
        bucket = self._limits[credential]
        wait = bucket.wait(now)
        most = max(self._rate_limit, 1.0)
        return wait, Standing(int(most), int(bucket.tokens), wait or (most - bucket.tokens) / self._rate_limit)


def _request(incoming: web.BaseRequest, path: str, query: str, body: bytes) -> Request:
    return Request(
        method=incoming.method,
        path=f"/{path}",
        query=parse_qsl(query, keep_blank_values=True),
        headers={key.lower(): value for key, value in incoming.headers.items()},
        body=body,
    )


def _respond(answer: Reply, told: Mapping[str, str] = MappingProxyType({})) -> web.Response:
    headers = {**told, **answer.headers}
    if answer.body is None:
        return web.Response(status=answer.status, headers=headers)
    return web.Response(status=answer.status, body=answer.encoded(), headers=headers, content_type=answer.content_type)


async def _spoil(
    incoming: web.BaseRequest, fault: Fault, provider: Emulated, request: Request, told: Mapping[str, str]
) -> web.StreamResponse:
    whole = provider.answer(request) if fault.performed else None
    match fault:
        case Fault.INTERNAL_ERROR:
            return _respond(provider.error(500, {}), told)
        case Fault.BAD_GATEWAY:
            return web.Response(status=502, body=_GATEWAY_PAGE, content_type="text/html")
        case Fault.UNAVAILABLE | Fault.TOO_MANY_REQUESTS:
            return _respond(provider.error(int(fault), {"Retry-After": "1"}), told)
        case Fault.RESET:
            return _reset(incoming)
        case Fault.CUT:
            return await _cut(incoming, whole or Reply(200, {}))


def _reset(incoming: web.BaseRequest) -> web.Response:
    """Close with a TCP reset: lingering for zero seconds makes the kernel send RST instead of FIN."""
    transport = incoming.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()


async def _cut(incoming: web.BaseRequest, answer: Reply) -> web.StreamResponse:
    """Promise the whole body, send half of it, close."""
    body = answer.encoded() or b"{}"
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_type = answer.content_type
    response.content_length = len(body)
    with contextlib.suppress(ConnectionError):  # the client may have gone meanwhile
        await response.prepare(incoming)
        await response.write(body[: len(body) // 2])
    if incoming.transport is not None:
        incoming.transport.close()
    return response
