"""What a handler is given beside the event: ways to answer, the state of the conversation, the client."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, Generic, Protocol

import msgspec

from aioconvo.core.calls.client import APIClient
from aioconvo.core.errors import ConfigurationError
from aioconvo.events.models import Event
from aioconvo.inbox.models import Message

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    S = TypeVar("S", default="NoState")
else:
    from typing import TypeVar

    S = TypeVar("S")

__all__ = ["Context", "Conversing", "NoState", "Supports"]


class NoState:
    """The state of a plain `Context`: it has none. `Bot(state=Cart)` and `Context[Cart]` make one."""


class Supports(msgspec.Struct, frozen=True, kw_only=True):
    """What the API of this event's provider has: marks of who types, marks of what was read."""

    typing: bool
    mark_read: bool


class Conversing(Protocol):
    """The bot's side of one event's conversation; the outbox has it."""

    supports: Supports

    def reply(self, content: Any, *, new_sms: bool = False) -> Awaitable[Message]:
        """Send, once over all attempts."""
        ...

    def typing(self, started: bool = True) -> Awaitable[None]:
        """Show that the business types, or has stopped."""
        ...

    def mark_read(self) -> Awaitable[None]:
        """Say that the business has read the conversation."""
        ...


class Context(Generic[S]):
    """What belongs to one event: `ctx: Context`, or `ctx: Context[Cart]` where the bot was made with `state=Cart`."""

    __slots__ = ("_conversing", "_state", "client", "event")

    def __init__(self, event: Event, client: APIClient, conversing: Conversing, state: S | None = None) -> None:
        self.event = event
        self.client: Any = client
        self._conversing = conversing
        self._state = state

    @property
    def has_state(self) -> bool:
        """Whether a state was put here."""
        return self._state is not None

    def set_state(self, state: S) -> None:
        """Put the conversation's state here."""
        self._state = state

    @property
    def supports(self) -> Supports:
        """What the API of this event's provider has."""
        return self._conversing.supports

    @property
    def state(self) -> S:
        """The state of the conversation. Change its fields, or give it a new value; it is kept when the event is handled.

        A handler that fails changes nothing: the next attempt begins with the state as it was.
        """
        if self._state is None:
            raise ConfigurationError("a plain Context has no state: give the bot state=Cart and annotate ctx: Context[Cart]")
        return self._state

    @state.setter
    def state(self, value: S) -> None:
        """Have another value kept; of the same type."""
        if self._state is None:
            raise ConfigurationError("a plain Context has no state: give the bot state=Cart and annotate ctx: Context[Cart]")
        if not isinstance(value, type(self._state)):
            raise ConfigurationError(f"the state must be a {type(self._state).__name__}; got {type(value).__name__}")
        self._state = value

    async def reply(self, content: Any, *, new_sms: bool = False) -> Message:
        """Answer in the event's conversation: a text, or a content of the provider's own; the message as it was sent.

        The second attempt at an event sends nothing again that the first one sent, where the API lets us look. SMS.CX
        answers within the sender's conversation, and where there is none only with `new_sms=True`, as a message of its own.

        Raises:
            UnsupportedError: The API cannot; the message names what can.
            InvalidRequestError: The text is empty or too long; nothing was sent.
            MaybeSentError: It is unknown whether it was sent, and the API does not let us look.
        """
        return await self._conversing.reply(content, new_sms=new_sms)

    async def typing(self, started: bool = True) -> None:
        """Show that the business types, or with `False` that it stopped; nothing where the API has no such thing."""
        if self.supports.typing:
            await self._conversing.typing(started)

    async def mark_read(self) -> None:
        """Say that the business has read the conversation; nothing where the API has no such thing."""
        if self.supports.mark_read:
            await self._conversing.mark_read()

    def __repr__(self) -> str:
        return f"<Context of {type(self.event).__name__}, {self.event.account}>"
