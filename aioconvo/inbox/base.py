"""What every inbox does, and what each API is able to do."""

from __future__ import annotations

import abc
import contextlib
import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, ClassVar, TypedDict, Unpack

from aioconvo.core.errors import InvalidRequestError, UnsupportedError
from aioconvo.core.json.model import Model
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.providers import Provider

from .models import Conversation, Message
from .told import MADE
from .walk import AnyOrder, Listed, Order, Span, as_neutral

__all__ = ["Capabilities", "Inbox", "InboxOptions", "Order", "happened_at", "ids_in"]


class Capabilities(Model):
    """What an API is able to do; all else raises `UnsupportedError`.

    `lists_all`: every conversation of the account can be listed; `lists_by_user`: those of given users. `message_orders`:
    the orders of time that messages can come in, the first one unless another is asked for, which is newest first wherever
    the API can give it; none where it documents no order. `reads_new_messages`, `reads_new_conversations`: with `since`, only
    what is new is fetched; where false, all is fetched and what is older is left out here. `lists_by_external_user`: those of
    users by your own ids of them. `tells_changes`: a conversation in a list differs whenever it has new messages, as far as
    the list tells times or counts. `options`: those of the `InboxOptions` that its inbox takes.
    """

    lists_all: bool
    lists_by_user: bool
    sends_text: bool
    marks_read: bool
    reads_new_conversations: bool
    reads_new_messages: bool
    message_orders: tuple[Order, ...]
    lists_by_external_user: bool = False
    tells_changes: bool = True
    options: tuple[str, ...] = ()


class InboxOptions(TypedDict, total=False):
    """What an inbox may know or ask for beyond its client; all of it may go to another process.

    - `agents`: the participant ARNs of your agents (UltraCart).
    - `participants`: whether conversations tell who takes part (Sunshine Conversations).
    """

    agents: tuple[str, ...]
    participants: bool


class Inbox(abc.ABC):
    """`client.inbox`: the conversations and messages of one client in neutral structs.

    Lists are `AsyncPaginator`s like all others: nothing is sent until they are awaited or iterated, and a page's
    `position` resumes the same list (same conversation, bounds and order). What the API cannot do raises
    `UnsupportedError` at once. What one API does otherwise than the others stands at its own class.
    """

    provider: ClassVar[Provider]
    capabilities: ClassVar[Capabilities]

    def conversations(
        self,
        *,
        users: str | Sequence[str] | None = None,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Conversation]:
        """List conversations: all of them, or those of `users` where the API lists by user only.

        Only those whose last change (`updated_at`, else `last_message_at`) is at or after `since` and before `until`, or
        whose last change is not told; both bounds carry a time zone. `limit` bounds the conversations in all, `start` is a
        page's `position`, `prefetch` is pages read ahead.

        Raises:
            UnsupportedError: `users` is missing or not possible; see `capabilities`.
            InvalidRequestError: An argument is wrong; nothing was sent.
            NotFoundError: No such user (when awaited or iterated).
        """
        if users is not None and not self.capabilities.lists_by_user:
            raise UnsupportedError(f"{self.provider} does not list by user; leave users out and look at .participants")
        span = Span.between(since, until)
        native = self._list_conversations(None if users is None else ids_in("users", users), span)
        return as_neutral(native, happened_at, span=span, limit=limit, start=start, prefetch=prefetch)

    def messages(
        self,
        conversation: Conversation | str,
        *,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        order: Order | str | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Message]:
        """List the messages of a conversation, which may be given by its id, newest first where the API can give them so.

        The first of `capabilities.message_orders` is what comes without an `order`: `limit=5` gives the newest five, but the
        oldest five of UltraCart, and any five of Convore, which documents no order.

        Only those whose `sent_at` is at or after `since` and before `until`, or is not told; both bounds carry a time zone.
        `limit` bounds the messages in all, `start` is a page's `position`, which goes on in its own order where none is asked
        for, `prefetch` is pages read ahead.

        Raises:
            UnsupportedError: The API does not give messages in that `order`.
            InvalidRequestError: An argument is wrong; nothing was sent.
            NotFoundError: No such conversation (when awaited or iterated).
        """
        orders = self.capabilities.message_orders
        if order is None and start is not None:
            for one in orders[:-1]:
                with contextlib.suppress(InvalidRequestError):
                    return self.messages(
                        conversation, since=since, until=until, order=one, limit=limit, start=start, prefetch=prefetch
                    )
            order = orders[-1] if orders else None
        conversation_id, chosen = self._id_of(conversation), self._order(order)
        span = Span.between(since, until)
        native = self._list_messages(conversation_id, span, chosen)
        listed = as_neutral(native, _sent_at, span=span, order=chosen, limit=limit, start=start, prefetch=prefetch)
        if order is not None or limit is not None or start is not None or len(orders) <= 1:
            return listed

        def in_order(wanted: Order) -> AsyncPaginator[Message]:
            return self.messages(conversation_id, since=since, until=until, order=wanted, prefetch=prefetch)

        return AnyOrder(listed, in_order, prefetch=prefetch)

    @property
    def portable_options(self) -> InboxOptions:
        """What `with_options` of an equal client's inbox needs to make an equal inbox, also in another process."""
        return {}

    def with_options(self, **options: Unpack[InboxOptions]) -> Inbox:
        """An inbox of the same client with other options; those that are not given stay.

        Raises:
            InvalidRequestError: This provider's inbox has no such option.
        """
        if options:
            raise InvalidRequestError(f"the inbox of {self.provider} takes no {' and no '.join(sorted(options))}; leave it out")
        return self

    async def with_agents(self, arns: Collection[str] | None = None) -> Inbox:  # noqa: ARG002 -- what some inboxes take
        """An inbox that knows who of the business writes, where the API does not tell; see the provider's own.

        Raises:
            UnsupportedError: The API tells, or has none to ask.
        """
        raise UnsupportedError(f"the inbox of {self.provider} takes no agents; leave with_agents out")

    @abc.abstractmethod
    async def send_text(self, conversation: Conversation | str, text: str) -> Message:
        """Send a text to the other side; the message as it was sent. It is sent once or not at all.

        Raises:
            UnsupportedError: The API cannot; the message names what can.
            InvalidRequestError: The text is empty or too long; nothing was sent.
            MaybeSentError: It is unknown whether it was sent.
        """

    @abc.abstractmethod
    async def mark_read(self, conversation: Conversation | str) -> None:
        """Say that the business has read the conversation.

        Raises:
            UnsupportedError: The API cannot.
            NotFoundError: No such conversation.
        """

    # What an inbox says of its API, or else it brings its own two lists.

    def _list_conversations(self, users: list[str] | None, span: Span) -> Listed[Conversation]:
        """The API's list that holds all conversations of the span; what is outside is left out later."""
        raise NotImplementedError

    def _list_messages(self, conversation_id: str, span: Span, order: Order | None) -> Listed[Message]:
        """The API's list that holds all messages of the span, in that order; what is outside is left out later."""
        raise NotImplementedError

    def _id_of(self, conversation: Conversation | str) -> str:
        if isinstance(conversation, str):
            identity = conversation
        elif not isinstance(conversation, Conversation):  # pyright: ignore[reportUnnecessaryIsInstance] -- who is not typed
            told = type(conversation).__name__
            raise InvalidRequestError(f"give a conversation or its id, which is a text; got {told}")
        elif conversation.provider != self.provider:
            raise InvalidRequestError(f"this conversation is one of {conversation.provider}, not of {self.provider}")
        else:
            identity = conversation.id
        if identity.startswith(MADE):
            raise InvalidRequestError("the answer that held this conversation had no usable id: nothing can be asked about it")
        return identity

    def _order(self, order: Order | str | None) -> Order | None:
        orders = self.capabilities.message_orders
        if order is None:
            return orders[0] if orders else None
        if order not in list(Order):
            raise InvalidRequestError(f"order must be {' or '.join(Order)}; got {order!r}")
        if order not in orders:
            given = f"comes {orders[0]} only; reverse what collect() gives" if orders else "has no documented order"
            sort = "" if orders else "; sort what collect() gives by sent_at"
            raise UnsupportedError(f"a conversation of {self.provider} {given}{sort}")
        return Order(order)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def happened_at(conversation: Conversation) -> dt.datetime | None:
    """When a conversation changed last, as far as the API tells."""
    return conversation.updated_at or conversation.last_message_at


def ids_in(name: str, users: str | Sequence[str]) -> list[str]:
    """One user or several as a list.

    Raises:
        InvalidRequestError: There is none, or an empty id, or what is no text.
    """
    several = hasattr(users, "__iter__") and not isinstance(users, str)
    ids: list[Any] = list(users) if several else [users]
    if not ids or not all(isinstance(one, str) and one for one in ids):
        raise InvalidRequestError(f"{name} must be ids of users, at least one, each a text")
    return ids


def _sent_at(message: Message) -> dt.datetime | None:
    return message.sent_at
