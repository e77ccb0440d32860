"""From a claimed event to what became of it: read, screened, through middleware to the first handler that fits."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from aioconvo.core.calls.client import APIClient
from aioconvo.core.errors import AioconvoError, ConfigurationError
from aioconvo.core.log import logger
from aioconvo.events.incoming import Incoming, neutral
from aioconvo.events.models import Event
from aioconvo.providers import Provider

from .context import Context, Conversing
from .injection import Function, Injected, Injector, Scope, name_of
from .router import Route, Watcher
from .screening import reaches_handlers
from .state import StateError, StateSchema
from .stores.store import Claim, Dead, Handled, Outcome

__all__ = ["Account", "ForgottenAwaitError", "Handling", "Known"]

_log = logger("bot")


class ForgottenAwaitError(AioconvoError):
    """Middleware called `call()` and did not await it, so that nothing went on; the attempt failed. Write `await call()`."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A client under its name; `switchboard`: see `reaches_handlers`."""

    name: str
    client: APIClient
    switchboard: str | None = None

    @property
    def provider(self) -> Provider:
        """Which API it is."""
        return Provider(self.client.provider)


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """All that was registered, when the bot starts."""

    routes: Sequence[Route]
    watchers: Sequence[Watcher]
    around: Sequence[Function]
    factories: Mapping[Any, Function]


class _Planned(msgspec.Struct, frozen=True):
    """A handler with where its parameters come from."""

    route: Route
    handler: Injected
    around: tuple[Injected, ...]


class _Listening(msgspec.Struct, frozen=True):
    """Who wants events of one type."""

    watchers: tuple[tuple[Watcher, Injected], ...]
    routes: tuple[_Planned, ...]


class Handling:
    """Handles claimed events: `await handling(claim)`. All parameters of all functions are looked at when it is made.

    - `converse` makes the bot's side of the event's conversation.
    - `tell` is told of each event before it is handled.

    Raises:
        ConfigurationError: A parameter has no source; see `Injector`.
    """

    def __init__(
        self,
        known: Known,
        accounts: Mapping[str, Account],
        *,
        state: StateSchema[Any] | None,
        converse: Callable[[Account, Event, Claim], Conversing],
        tell: Callable[[Claim, Event], object] | None = None,
    ) -> None:
        self._accounts = accounts
        self._state = state
        self._converse = converse
        self._tell = tell
        self._injector = Injector(None if state is None else state.kind, known.factories)
        plan = self._injector.plan
        self._around = self._middleware(known.around)
        self._routes = [_Planned(one, plan(one.function, one.event), self._middleware(one.around)) for one in known.routes]
        self._watchers = [(one, plan(one.function, one.event, what="watcher")) for one in known.watchers]
        self._check_state_filters(known.routes)
        self._listening: dict[type[Event], _Listening] = {}

    async def __call__(self, claim: Claim) -> Outcome:
        """Handle one event; what handlers raise is raised."""
        account = self._accounts.get(claim.entry.account)
        if account is None:
            _log.error("no client was added as %r: its events are dead letters until there is one", claim.entry.account)
            return Dead(reason="no client of this account")
        event = read_back(claim, account.provider)
        if event is None:
            return Dead(reason="it cannot be read")
        if self._tell is not None:
            self._tell(claim, event)
        listening = self._listening_to(type(event))
        reaches = bool(listening.routes) and reaches_handlers(event, account.switchboard)
        if not reaches and not listening.watchers:
            return Handled()
        context: Context[Any] = Context(event, account.client, self._converse(account, event, claim))
        scope = Scope(context)
        try:
            async with scope.stack:
                await self._watch(scope, claim, listening)
                if reaches:
                    await self._chain(self._around, functools.partial(self._route, scope, claim, listening), scope, claim)
        except StateError as error:
            _log.error("event %s: the state of its conversation cannot be read: %s", claim.entry.key, error)
            return Dead(reason="StateError")
        return Handled(state=self._changed_state(context, claim))

    async def _watch(self, scope: Scope, claim: Claim, listening: _Listening) -> None:
        for watcher, function in listening.watchers:
            try:
                if watcher.wants(scope.event):
                    await self._run(function, scope, claim)
            except StateError:
                raise
            except (Exception, SystemExit) as error:  # noqa: BLE001 -- who only looks on stops nothing
                _log.error("%s, which watches, raised %s", watcher.function.name, type(error).__name__)

    async def _route(self, scope: Scope, claim: Claim, listening: _Listening) -> None:
        for one in listening.routes:
            if one.route.wants(scope.event) and self._state_fits(one.route, scope, claim):
                await self._chain(one.around, functools.partial(self._run, one.handler, scope, claim), scope, claim)
                return

    def _state_fits(self, route: Route, scope: Scope, claim: Claim) -> bool:
        if route.state is None:
            return True
        self._load_state(scope, claim)
        return bool(route.state(scope.context.state))

    async def _chain(
        self, around: Sequence[Injected], inner: Callable[[], Coroutine[Any, Any, Any]], scope: Scope, claim: Claim
    ) -> None:
        """Await the middleware, the first one outermost, around what is inside."""
        for function in reversed(around):
            inner = functools.partial(self._stand, function, scope, claim, inner)
        await inner()

    async def _stand(
        self, function: Injected, scope: Scope, claim: Claim, inner: Callable[[], Coroutine[Any, Any, Any]]
    ) -> None:
        """Await one middleware around what is inside."""
        made: list[Coroutine[Any, Any, Any]] = []

        def call() -> Coroutine[Any, Any, Any]:
            made.append(inner())
            return made[-1]

        await self._run(function, scope, claim, scope.event, call)
        unbegun = [one for one in made if inspect.getcoroutinestate(one) == inspect.CORO_CREATED]
        for one in unbegun:
            one.close()
        if unbegun:
            name = name_of(function.call)
            _log.error("middleware %s called `call()` and did not await it; write `await call()`", name)
            raise ForgottenAwaitError(f"middleware {name} called `call()` and did not await it; write `await call()`")

    async def _run(self, function: Injected, scope: Scope, claim: Claim, *given: object) -> None:
        if function.wants_state:
            self._load_state(scope, claim)
        await function(scope, *given, injector=self._injector)

    def _load_state(self, scope: Scope, claim: Claim) -> None:
        if self._state is not None and not scope.context.has_state:
            scope.context.set_state(self._state.read(claim.state))

    def _changed_state(self, context: Context[Any], claim: Claim) -> bytes | None:
        if self._state is None or not context.has_state:
            return None
        before = self._state.write(self._state.kind()) if claim.state is None else claim.state
        after = self._state.write(context.state)
        return None if after == before else after

    def _middleware(self, around: Iterable[Function]) -> tuple[Injected, ...]:
        return tuple(self._injector.plan(one, Event, given=2, what="middleware") for one in around)

    def _check_state_filters(self, routes: Iterable[Route]) -> None:
        for route in routes:
            if route.state is not None and self._state is None:
                raise ConfigurationError(f"handler {route.function.name}: state= needs a bot with a state, Bot(state=...)")

    def _listening_to(self, event: type[Event]) -> _Listening:
        found = self._listening.get(event)
        if found is None:
            found = self._listening[event] = _Listening(
                tuple(one for one in self._watchers if issubclass(event, one[0].event)),
                tuple(one for one in self._routes if issubclass(event, one.route.event)),
            )
        return found


def read_back(claim: Claim, provider: Provider) -> Event | None:
    """The event of a claim, with its attempt; `None` where what is kept makes none, or several."""
    entry = claim.entry
    read: tuple[Incoming, ...] = provider.events.read(entry.account, entry.raw)
    if len(read) != 1:
        return None
    event = neutral(read[0])
    if entry.attempt <= 1 and not entry.late:
        return event
    return msgspec.structs.replace(event, attempt=max(entry.attempt, 1), late=entry.late)
