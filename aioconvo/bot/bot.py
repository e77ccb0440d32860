"""A bot: clients, handlers and a store, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from aioconvo.core.access import settings
from aioconvo.core.calls.client import APIClient
from aioconvo.core.errors import ConfigurationError
from aioconvo.core.wire.pool import SessionPool
from aioconvo.events.models import Event

from .context import Context, Conversing
from .handling import Account, Handling, Known
from .injection import Function
from .router import Router
from .state import Migrate, StateSchema
from .stores.store import Claim

__all__ = ["Bot"]

T = TypeVar("T")

Factory = Callable[..., T | Awaitable[T] | AbstractAsyncContextManager[T] | AsyncIterator[T]]


class Bot(Router):
    """Events of any of the five providers in, each handled once and in the order of its conversation, replies out.

    Args:
        state: The type of a conversation's state: a `msgspec.Struct` whose fields all have defaults.
        state_version: Raised when the struct changes in more than fields that are new.
        migrate: Makes the plain values that an older version wrote, which it is told first, into those of this version.
    """

    def __init__(
        self,
        *,
        state: type | None = None,
        state_version: int = 1,
        migrate: Migrate | None = None,
    ) -> None:
        super().__init__()
        self._schema: StateSchema[Any] | None = (
            None if state is None else StateSchema(state, version=state_version, migrate=migrate)
        )
        self._accounts: dict[str, Account] = {}
        self._factories: dict[Any, Function] = {}
        self._pool: SessionPool | None = None

    @property
    def pool(self) -> SessionPool:
        """A pool of the bot's own for its clients, closed after the drain."""
        if self._pool is None:
            self._pool = SessionPool()
        return self._pool

    def add(self, client: APIClient, *, name: str | None = None, switchboard: str | None = None) -> None:
        """Have the bot answer for a client.

        Args:
            client: One of the five; give it `pool=bot.pool`.
            name: What its events call the account; the provider's name unless another is given.
            switchboard: The bot's own name or integration id in the switchboard of Sunshine Conversations; what is written
                while another one has control does not reach handlers of `MessageReceived`.

        Raises:
            ConfigurationError: The name is taken.
        """
        self._check_changeable()
        settings.kind("client", client, APIClient, "one of the five clients")
        account = Account(name=client.provider if name is None else name, client=client, switchboard=switchboard)
        if account.name in self._accounts:
            raise ConfigurationError(f"a client was added as {account.name!r} already; give this one another name=")
        self._accounts[account.name] = account

    def provide(self, kind: type[T], factory: Factory[T]) -> None:
        """Give handlers that have a parameter of this type what `factory` makes: once for each event.

        The factory may be async, and may have parameters like a handler. An async context manager, or an async generator, is
        closed after the handler. A thing of that type that a function hands on, such as a pool that others use too, is not.

        Raises:
            ConfigurationError: There is a factory of this type already, or it is of what handlers get anyway.
        """
        self._check_changeable()
        if issubclass(getattr(kind, "__origin__", kind), Event | Context):
            raise ConfigurationError(f"handlers get a {kind.__name__} of the event's own; provide another type")
        if kind in self._factories:
            raise ConfigurationError(f"there is a factory of {getattr(kind, '__name__', kind)} already")
        if not callable(factory):
            raise ConfigurationError("a factory is a function; for a value write lambda: value")
        self._factories[kind] = Function.seen(factory, depth=1)

    def handling(self, converse: Callable[[Account, Event, Claim], Conversing]) -> Handling:
        """What handles the events of this bot as it is now; `converse` makes the bot's side of a conversation.

        Raises:
            ConfigurationError: A parameter of a handler has no source; the message names both.
        """
        known = Known(
            routes=list(self.walk_inside()),
            watchers=list(self.walk_watchers()),
            around=self._around,
            factories=self._factories,
        )
        return Handling(known, self._accounts, state=self._schema, converse=converse)
