"""A bot: clients, handlers and a store, put together."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import typing
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import msgspec

from aioconvo.core.access import settings
from aioconvo.core.calls.client import APIClient
from aioconvo.core.clock import SYSTEM_CLOCK, Clock
from aioconvo.core.errors import ConfigurationError
from aioconvo.core.log import logger
from aioconvo.core.wire.pool import SessionPool
from aioconvo.events.models import Event
from aioconvo.events.polling import Polling
from aioconvo.events.sources import Source
from aioconvo.events.webhook import Webhook, check_account
from aioconvo.providers import Provider

from .catch_up import CaughtUp
from .context import Context
from .door import Door
from .handling import Account, Known
from .health import BotCounts
from .hooks import BotHooks
from .injection import Function, check_factory
from .intake import Accept, Intake
from .life import Life, Settings
from .retries import LoopLimits, Retries
from .router import Router
from .signals import LastResort, stopping_by_signal
from .sources import source_of
from .state import Migrate, StateSchema
from .stores.memory import MemoryStore
from .stores.store import Store

if TYPE_CHECKING:
    from aioconvo.ultracart import AgentSocket

    from .adapters.aiohttp import Routes
    from .adapters.asgi import AsgiApp

__all__ = ["Bot"]

_log = logger("bot")
_EXIT_AT_MOST = 125  # what shells leave to programs

T = TypeVar("T")

Factory = Callable[..., T | Awaitable[T] | AbstractAsyncContextManager[T] | AsyncIterator[T]]


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class Bot(Router):
    """Events of any of the five providers in, each handled once and in the order of its conversation, replies out.

    It runs by `bot.run()`, or inside of `async with bot`, or in a server of yours: `bot.asgi()`, `bot.aiohttp()`.

    Args:
        store: Where events, states and replies are kept, such as `SqliteStore("bot.db")`. Without one, a `MemoryStore()`, which
            loses what waits when the process ends.
        state: The type of a conversation's state: a `msgspec.Struct` whose fields all have defaults.
        state_version: Raised when the struct changes in more than fields that are new.
        migrate: Makes the plain values that an older version wrote, which it is told first, into those of this version.
        settle: Seconds, at most 5, that an event waits for those that happened before it; the events of a conversation are then
            handled in the order in which they happened. Without it, in the order in which they arrived.
        concurrency: Events that are handled at once.
        accept: When a webhook's sender is answered 200: when its events are `stored`, or `queued` in memory, or `handled`.
        handler_timeout: Seconds after which a handler is cancelled and has failed.
        drain: Seconds that running handlers get at the end; without a store that keeps it, also what waits and is due.
        retries: When a failed event is handled again.
        hooks: Functions that are told what happens.
        body_timeout: Seconds that the body of a request may take to come.
        health_port: A port on loopback that tells counts as JSON.
        clock: Where the time comes from; for tests.

    Raises:
        ConfigurationError: A setting is wrong.
    """

    def __init__(
        self,
        store: Store | None = None,
        *,
        state: type | None = None,
        state_version: int = 1,
        migrate: Migrate | None = None,
        settle: float = 0.0,
        concurrency: int = 100,
        accept: Accept | str = Accept.STORED,
        handler_timeout: float = 60.0,
        drain: float = 25.0,
        retries: Retries | None = None,
        loops: LoopLimits | None = None,
        hooks: BotHooks | None = None,
        body_timeout: float = 10.0,
        health_port: int | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        super().__init__()
        settings.seconds("body_timeout", body_timeout)
        settings.seconds("handler_timeout", handler_timeout)
        settings.seconds("drain", drain, zero=True)
        settings.count("concurrency", concurrency, least=1)
        settings.count("health_port", health_port, least=1, most=65_535, none="no port")
        if store is not None:
            settings.with_methods(
                "store", store, ("accept", "claim", "finish"), "MemoryStore(), SqliteStore(...) or RedisStore(...)"
            )
        settings.kind("retries", retries, (Retries, type(None)), "Retries(...)")
        settings.kind("loops", loops, (LoopLimits, type(None)), "LoopLimits(...)")
        settings.kind("hooks", hooks, (BotHooks, type(None)), "BotHooks(...)")
        settings.clock("clock", clock)
        self._settings = Settings(
            store=MemoryStore() if store is None else store,
            schema=None if state is None else StateSchema(state, version=state_version, migrate=migrate),
            settle=settle,
            concurrency=concurrency,
            accept=Accept(settings.one_of("accept", str(accept), list(Accept))),
            handler_timeout=handler_timeout,
            drain=drain,
            retries=retries or Retries(),
            loops=loops or LoopLimits(),
            hooks=hooks or BotHooks(),
            clock=clock,
            body_timeout=body_timeout,
            health_port=health_port,
        )
        self._accounts: dict[str, Account] = {}
        self._webhooks: dict[str, Webhook] = {}
        self._sources: dict[str, Source] = {}
        self._factories: dict[Any, Function] = {}
        self._pool: SessionPool | None = None
        self._life: Life | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed_door = self._make_door()

    def check_includable(self) -> None:
        """Refuse to stand inside of another router: a bot's accounts, store and settings would not come along.

        Raises:
            ConfigurationError: Always.
        """
        raise ConfigurationError(
            "a Bot cannot be included, since its accounts, its store and its settings would not come along; "
            "register its handlers with a Router, and include that one"
        )

    # What it is made of.

    @property
    def pool(self) -> SessionPool:
        """A pool of the bot's own for its clients; its connections are closed after the drain."""
        if self._pool is None:
            self._pool = SessionPool(clock=self._settings.clock)
        return self._pool

    def add(
        self,
        client: APIClient,
        *,
        webhook: Webhook | None = None,
        poll: Polling | None = None,
        socket: AgentSocket | None = None,
        name: str | None = None,
        switchboard: str | None = None,
    ) -> None:
        """Have the bot answer for a client, whose events come in one of three ways.

        Args:
            client: One of the five; give it `pool=bot.pool`.
            webhook: What verifies requests to `/hooks/NAME`, for SMS.CX `/hooks/NAME/TOKEN`.
            poll: How its list of events is asked: `Polling()`, for Convore; for SMS.CX, whose conversations are looked through
                every minute, also beside a webhook: `Polling(channels=("viber", "whatsapp"))`.
            socket: How its socket is held open: `AgentSocket()`, for UltraCart. Replies go over it, too.
            name: What its events call the account; the provider's name unless another is given.
            switchboard: The bot's own name or integration id in the switchboard of Sunshine Conversations; what is written
                while another one has control does not reach handlers of `MessageReceived`.

        Raises:
            ConfigurationError: The name is taken, or this is not how events of this provider come.
        """
        self._check_changeable()
        settings.kind("client", client, APIClient, "one of the five clients")
        account = Account(name=check_account(client.provider if name is None else name), client=client, switchboard=switchboard)
        if account.name in self._accounts:
            raise ConfigurationError(f"a client was added as {account.name!r} already; give this one another name=")
        if webhook is None and poll is None and socket is None:
            raise ConfigurationError(f"how do events of {account.name!r} come? Give webhook=, poll= or socket=")
        # Not all that customers of SMS.CX write is known to come by its callbacks.
        as_a_net = account.provider is Provider.SMSCX and socket is None
        if webhook is not None and not as_a_net and (poll is not None or socket is not None):
            raise ConfigurationError("events come by webhook=, by poll= or by socket=; give one of them")
        source = None if poll is None and socket is None else source_of(client, poll=poll, socket=socket)
        if webhook is not None:
            settings.kind("webhook", webhook, Webhook, f"a {account.provider.word}Webhook")
            if webhook.provider != account.provider:
                raise ConfigurationError(
                    f"a {account.provider.word}Client takes a {account.provider.word}Webhook; got {webhook!r}"
                )
            self._webhooks[account.name] = webhook.bound(account=account.name, app_id=getattr(client, "app_id", None))
        if source is not None:
            self._sources[account.name] = source
        self._accounts[account.name] = account
        account.provider.events.read  # noqa: B018 -- loads the module now, not in the loop at the first event

    @property
    def store(self) -> Store:
        """Where events, states and replies are kept."""
        return self._settings.store

    @property
    def accounts(self) -> dict[str, str]:
        """The names of the clients that were added, with their providers."""
        return {name: str(account.provider) for name, account in self._accounts.items()}

    def twin(self, store: Store, *, clock: Clock = SYSTEM_CLOCK, around: Callable[..., Awaitable[object]] | None = None) -> Bot:
        """A bot with the same handlers and settings, another store and no accounts; `around` is outermost middleware."""
        twin = Bot(store, clock=clock)
        kept = msgspec.structs.replace(self._settings, store=store, clock=clock, health_port=None)
        outermost = [] if around is None else [Function.seen(around, depth=1)]
        twin.__dict__ |= {
            "_settings": kept,
            "_entries": self._entries,
            "_watchers": self._watchers,
            "_around": [*outermost, *self._around],
            "_factories": self._factories,
        }
        return twin

    def provide(self, kind: type[T], factory: Factory[T]) -> None:
        """Give handlers that have a parameter of this type what `factory` makes: once for each event.

        The factory may be async, and may have parameters like a handler. An async context manager, or an async generator, is
        closed after the handler. A thing of that type that a function hands on, such as a pool that others use too, is not.

        Raises:
            ConfigurationError: There is a factory of this type already, or it is of what handlers get anyway.
        """
        self._check_changeable()
        plain = typing.get_origin(kind) or kind
        if not callable(plain):
            raise ConfigurationError(f"provide takes a type first, the one that handlers name; got {type(kind).__name__}")
        if isinstance(plain, type) and issubclass(plain, Event | Context):
            raise ConfigurationError(f"handlers get a {kind.__name__} of the event's own; provide another type")
        if kind in self._factories:
            raise ConfigurationError(f"there is a factory of {getattr(kind, '__name__', kind)} already")
        if not callable(factory):
            raise ConfigurationError("a factory is a function; for a value write lambda: value")
        check_factory(factory)
        self._factories[kind] = Function.seen(factory, depth=1)

    # Running it.

    def run(self, *, host: str = "127.0.0.1", port: int = 8080) -> None:
        """Serve webhooks on a port of aiohttp's server, and handle events, until SIGTERM or SIGINT; then drain and return.

        A second signal ends it at once, within a second also where a handler holds a thread, and the exit code is 128 and the
        signal's number. Else, where the store does not keep what is left, the process exits with the number of events that
        were not handled, at most 125.

        Raises:
            ConfigurationError: Something that was registered cannot work, or the port is taken, or a loop runs here already.
        """
        settings.kind("host", host, str, "an address such as '127.0.0.1'")
        settings.count("port", port, most=65_535)
        if _in_a_loop():
            raise ConfigurationError("bot.run() has a loop of its own; inside of one write `async with bot`")
        last_resort = LastResort()
        left = asyncio.run(self._serve(host, port, last_resort))
        if last_resort.code is not None:
            raise SystemExit(last_resort.code)
        if left:
            raise SystemExit(min(left, _EXIT_AT_MOST))

    async def _serve(self, host: str, port: int, last_resort: LastResort) -> int:
        from .adapters.aiohttp import listen  # noqa: PLC0415 -- aiohttp's server, for who uses it

        async with listen(self._door, self._settings.body_timeout, host=host, port=port) as listening:
            with stopping_by_signal(self._stop, last_resort):  # before the first delivery is taken
                life, task = await self._start()
                _log.info("the bot listens on %s, port %d", host, listening)
                try:
                    await asyncio.shield(task)
                finally:
                    await self._end()
            return life.left

    def _stop(self, *, at_once: bool = False) -> None:
        if self._life is not None:
            self._life.stop(at_once=at_once)

    async def __aenter__(self) -> Self:
        await self._start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    @contextlib.asynccontextmanager
    async def lifespan(self, app: object = None) -> AsyncGenerator[None]:  # noqa: ARG002 -- as frameworks call it
        """`FastAPI(lifespan=bot.lifespan)`, `app.cleanup_ctx.append(bot.lifespan)`: the bot lives as long as `app`."""
        async with self:
            yield

    def asgi(self) -> AsgiApp:
        """The bot as an ASGI application: `uvicorn program:app` with `app = bot.asgi()`, or mounted into another one.

        Mounted applications get no lifespan: give `bot.lifespan` to the outer one. Until the bot has started, deliveries are
        answered 503.
        """
        from .adapters.asgi import AsgiApp  # noqa: PLC0415 -- for who uses it

        return AsgiApp(self._door, self.lifespan, self._settings.body_timeout)

    def aiohttp(self) -> Routes:
        """Routes for an application of aiohttp's: `app.add_routes(bot.aiohttp())`, `app.cleanup_ctx.append(bot.lifespan)`."""
        from .adapters.aiohttp import routes  # noqa: PLC0415 -- aiohttp's server, for who uses it

        return routes(self._door, self._settings.body_timeout)

    async def counts(self) -> BotCounts:
        """The bot's numbers; all 0 before it started."""
        return BotCounts() if self._life is None else await self._life.counts()

    async def catch_up(self, *, since: dt.datetime, users: Mapping[str, Iterable[str]] | Iterable[str] = ()) -> CaughtUp:
        """Look into the inboxes for messages that were sent at or after `since` and never came, and have them handled.

        Senders of webhooks give up after some minutes. What came before is not handled again, whatever road it came by, if that
        was within the time that stores know it for: 24 hours, in memory one. So let `since` be when the bot was last well.
        SMS.CX, Convore and UltraCart list all conversations; Sunshine Conversations and Smooch list those of a user, so those
        are read that the store knows, and those of `users`: their ids, or such by account.

        Raises:
            ConfigurationError: The bot does not run.
            InvalidRequestError: `since` has no time zone, or `users` fit no account.
        """
        if self._life is None or self._task is None:
            raise ConfigurationError("the bot does not run, so nobody would handle what is found; write `async with bot`")
        return await self._life.catch_up(since, users)

    def _door(self) -> Door:
        return self._closed_door if self._life is None else self._life.door

    def _make_door(self) -> Door:
        """What answers before the bot has started."""

        async def ready() -> bool:
            return False

        def ignore(_: object) -> None:
            """Nobody listens yet."""

        given = self._settings
        intake = Intake(given.store, clock=given.clock, accept=given.accept, settle=given.settle)
        return Door(self._webhooks, intake, clock=given.clock, live=lambda: True, ready=ready, tell=ignore)

    def _known(self) -> Known:
        return Known(
            routes=list(self.walk_inside()),
            watchers=list(self.walk_watchers()),
            around=self._around,
            factories=self._factories,
        )

    async def _start(self) -> tuple[Life, asyncio.Task[None]]:
        if self._task is not None:
            raise ConfigurationError("this bot runs already; make another one for another program")
        life = Life(
            self._settings,
            self._known(),
            self._accounts,
            webhooks=self._webhooks,
            sources=self._sources,
            pool=self._pool,
        )
        # In a task of its own, so that it may be started and ended in different tasks, as test fixtures are.
        task = asyncio.create_task(life.run(), name="aioconvo bot")
        self._life, self._task = life, task
        self._set_running(1)
        started = asyncio.create_task(life.started.wait())
        try:
            await asyncio.wait({started, task}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            life.stop(at_once=True)
            await self._end()
            raise
        finally:
            started.cancel()
        if task.done():
            await self._end()
        return life, task

    async def _end(self) -> None:
        life, task = self._life, self._task
        if life is None or task is None:
            return
        life.stop()
        try:
            while not task.done():
                try:
                    await asyncio.wait({task})
                except asyncio.CancelledError:
                    life.stop(at_once=True)
                    await asyncio.wait({task})
                    raise
        finally:
            self._task = None
            self._set_running(-1)
        task.result()

    def _set_running(self, by: int) -> None:
        for router in self.walk_routers():
            router.count_running(by)
