"""Which handler an event goes to: the first that fits, in the order in which they were registered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, TypeVar, overload

import msgspec

from aioconvo.core.access import settings
from aioconvo.core.errors import ConfigurationError
from aioconvo.events.models import Event
from aioconvo.providers import Provider

from .filters import Words, all_of
from .injection import Function, check_async

__all__ = ["Call", "Route", "Router", "Watcher"]

E = TypeVar("E", bound=Event)
H = TypeVar("H", bound=Callable[..., Awaitable[object]])

Call = Callable[[], Awaitable[None]]
"""What a middleware awaits to go on: the next middleware, at last the handler."""


class Watcher(msgspec.Struct, frozen=True, kw_only=True):
    """A function that is told of events, and the filters that must hold for it."""

    event: type[Event]
    filters: tuple[Callable[[Any], object], ...]
    function: Function

    def wants(self, event: Event) -> bool:
        """Whether the event is one for it."""
        return isinstance(event, self.event) and all(holds(event) for holds in self.filters)


class Route(Watcher, frozen=True, kw_only=True):
    """A handler: also a filter on the conversation's state, and the middleware around it, the outermost first."""

    state: Callable[[Any], object] | None = None
    around: tuple[Function, ...] = ()


class Router:
    """Handlers and what stands around them; routers nest.

    `filters` must hold for all handlers of the router, beside their own. An event goes to the first handler that fits, in the
    order of registration; a router that is included stands where it was included.
    """

    def __init__(self, *filters: Callable[[Any], object]) -> None:
        self._filters = all_of(filters)
        self._entries: list[Route | Router] = []
        self._watchers: list[Watcher] = []
        self._around: list[Function] = []
        self._running = 0  # bots that have it and run

    def on(
        self,
        event: type[E],
        *filters: Callable[[E], object],
        text: Words | None = None,
        command: str | Iterable[str] | None = None,
        payload: Words | None = None,
        provider: Provider | str | Iterable[str] | None = None,
        account: str | Iterable[str] | None = None,
        state: Callable[[Any], object] | None = None,
    ) -> Callable[[H], H]:
        """Register a handler for events of a type: `@bot.on(MessageReceived, text="hello")`.

        All of the filters must hold. `state` is a function of the conversation's state; the others are as in
        `aioconvo.bot.filters`. The handler's parameters get what their types say, in any order: the event, a `Context`, what
        `bot.provide` gives.

        Raises:
            ConfigurationError: The event is no type of event, a filter is no plain function, the handler is not async.
        """
        kind = _event_type(event, "on")
        checks = all_of(filters, text=text, command=command, payload=payload, provider=provider, account=account)
        if state is not None:
            settings.plain_function("state", state)

        def register(handler: H) -> H:
            self._check_changeable()
            check_async(handler, "a handler")
            function = Function.seen(handler, depth=1)
            self._entries.append(Route(event=kind, filters=checks, function=function, state=state))
            return handler

        return register

    @overload
    def watch(self, event: type[Event], /, *filters: Callable[[Any], object]) -> Callable[[H], H]: ...
    @overload
    def watch(self, event: H, /) -> H: ...
    def watch(self, event: type[Event] | Callable[..., Any], /, *filters: Callable[[Any], object]) -> Any:
        """Register a function that sees every event, also those without a handler: `@bot.watch` or `@bot.watch(MessageSent)`.

        It runs before the handler, at each attempt. What it raises is logged, and the event goes on.
        """
        if not isinstance(event, type):
            return self._watch(event, Event, ())
        kind, checks = _event_type(event, "watch"), all_of(filters)

        def register(watcher: H) -> H:
            return self._watch(watcher, kind, checks)

        return register

    def _watch(self, watcher: H, event: type[Event], checks: tuple[Callable[[Any], object], ...]) -> H:
        self._check_changeable()
        check_async(watcher, "what watches")
        self._watchers.append(Watcher(event=event, filters=checks, function=Function.seen(watcher, depth=2)))
        return watcher

    def around(self, middleware: H) -> H:
        """Register middleware: `async def f(event, call)`, which awaits `call()` to go on.

        One that returns without calling it is a filter: the event counts as handled, and is not tried again; raise to have it
        fail. One that calls it and does not await it has failed, with `ForgottenAwaitError`.
        A bot's middleware runs for every event that some handler is registered for, a router's for events that one of its
        handlers gets. The first registered is the outermost. Further parameters get what their types say.
        """
        self._check_changeable()
        check_async(middleware, "middleware")
        self._around.append(Function.seen(middleware, depth=1))
        return middleware

    def include(self, router: Router) -> None:
        """Put the handlers of a router here, with its filters and its middleware.

        Raises:
            ConfigurationError: The router is included already, or would include itself, or is a bot.
        """
        self._check_changeable()
        settings.kind("router", router, Router, "a Router")
        router.check_includable()
        if self in router.walk_routers():
            raise ConfigurationError("a router cannot include itself, nor one that includes it")
        if set(router.walk_routers()) & set(self.walk_routers()):
            raise ConfigurationError("this router is included already; make another one for other filters")
        self._entries.append(router)

    def walk_routers(self) -> Iterator[Router]:
        """This router and all that are included."""
        yield self
        for entry in self._entries:
            if isinstance(entry, Router):
                yield from entry.walk_routers()

    def walk_inside(self) -> Iterator[Route]:
        """The handlers in their order, without this router's own filters and middleware."""
        for entry in self._entries:
            if isinstance(entry, Router):
                yield from entry.walk_routes()
            else:
                yield entry

    def walk_routes(self) -> Iterator[Route]:
        """The handlers in their order, each with the filters and the middleware of the routers it is in."""
        for route in self.walk_inside():
            filters, around = self._filters + route.filters, (*self._around, *route.around)
            yield msgspec.structs.replace(route, filters=filters, around=around)

    def walk_watchers(self) -> Iterator[Watcher]:
        """All that watches, with the filters of the routers it is in."""
        inner = (watcher for entry in self._entries if isinstance(entry, Router) for watcher in entry.walk_watchers())
        for watcher in (*self._watchers, *inner):
            yield msgspec.structs.replace(watcher, filters=self._filters + watcher.filters)

    def check_includable(self) -> None:
        """Refuse to stand inside of another router where more than handlers would have to come along."""

    def count_running(self, by: int) -> None:
        """A bot that has this router begins to run, or ends."""
        self._running += by

    def _check_changeable(self) -> None:
        if self._running:
            raise ConfigurationError("the bot runs already; register handlers before it starts")


def _event_type(event: object, where: str) -> type[Event]:
    if isinstance(event, type):
        if issubclass(event, Event):
            return event
    elif callable(event):
        raise ConfigurationError(f"write @bot.{where}(MessageReceived): the decorator takes the type of event first")
    raise ConfigurationError(f"@bot.{where} takes a type of event from aioconvo.events; got {event!r}")
