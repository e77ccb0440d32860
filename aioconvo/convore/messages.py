"""Messages of Convore."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, about, all_about, both, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Between, Time, not_both
from aioconvo.core.paging.columns import Column, column
from aioconvo.core.paging.paginator import AsyncPaginator

from .models.messages import Message, MessageDirection, MessageFormat, ReplyType
from .models.participants import Participant
from .pages import MessagePage, message_pager


def _is(message_id: str) -> Check:
    # Whether the API takes the mail provider's id in place of its own is not documented.
    return names("message", "id", message_id, also="external_message_id")


def _is_in(conversation_id: str | UnsetType) -> Check:
    named = names("message", "id")
    return both(named, about("conversation", "conversation_id", conversation_id)) if conversation_id else named


def _all_are_in(conversation_id: str | None) -> Check | None:
    return partial(_check_page, conversation_id) if conversation_id else None


_conversation_ids: Column[Message] = column(lambda messages: [message.conversation_id for message in messages])


def _check_page(conversation_id: str, page: MessagePage) -> None:
    plain = _conversation_ids(page.data)
    if plain is None or plain.count(conversation_id) < len(plain):
        all_about("conversation", conversation_id, [getattr(message, "conversation_id", None) for message in page.data])


def _check_target(channel_id: object, conversation_id: object, reply_to_message_id: object) -> None:
    """One of channel_id, conversation_id and reply_to_message_id."""
    # `conversation_id` alone passes: the model has it, and whether it is enough is for the server to say.
    if not any((channel_id, conversation_id, reply_to_message_id)):
        raise InvalidRequestError("give channel_id to begin a conversation, or reply_to_message_id to go on with one")


def _no_empty_id(name: str, value: str) -> str:
    """Not empty."""
    if not value:
        raise InvalidRequestError(f"{name} is empty; leave it out to list the messages of all conversations")
    return value


# Which of the two ways wins where both are used is not documented, and the wrong person would read the message.
ONE_WAY = (not_both("from_", "sender"), *(not_both(name, "recipients") for name in ("to", "cc", "bcc")))


class Messages(APIResource):
    """Messages of conversations."""

    __slots__ = ()

    @operation("GET /v1/messages/{message_id}", Effect.READ, name="get_message", expect=_is)
    async def get(self, message_id: str) -> Message:
        """Fetch one message.

        Raises:
            NotFoundError: No such message.
        """
        ...

    @operation("POST /v1/messages/import", Effect.UNSAFE, name="import_message", expect=_is_in)
    async def import_(
        self,
        *,
        date: Time,
        sender: Participant,
        recipients: list[Participant],
        conversation_id: str | UnsetType = UNSET,
        channel_id: str | UnsetType = UNSET,
        subject: str | UnsetType | None = UNSET,
        direction: MessageDirection | str | UnsetType = UNSET,
        body: str | UnsetType = UNSET,
        snippet: str | UnsetType = UNSET,
        reply_to_message_id: str | UnsetType = UNSET,
        reply_type: ReplyType | str | UnsetType = UNSET,
    ) -> Message:
        """Store a message that was exchanged elsewhere; nothing is sent to anyone.

        `body` is HTML, `subject=None` sends null. There is no idempotency key in this API, so an import that may have
        arrived is never sent again.

        Raises:
            InvalidRequestError: `date` has no time zone; nothing was sent.
            MaybeSentError: It is unknown whether the message was stored.
        """
        ...

    @operation("POST /v1/messages", Effect.UNSAFE, name="send_message", check=(_check_target, *ONE_WAY), expect=_is_in)
    async def send(
        self,
        *,
        body: str,
        channel_id: str | UnsetType = UNSET,
        conversation_id: str | UnsetType = UNSET,
        reply_to_message_id: str | UnsetType = UNSET,
        reply_type: ReplyType | str | UnsetType = UNSET,
        from_: str | UnsetType = UNSET,
        to: list[str] | UnsetType = UNSET,
        cc: list[str] | UnsetType = UNSET,
        bcc: list[str] | UnsetType = UNSET,
        sender: Participant | UnsetType = UNSET,
        recipients: list[Participant] | UnsetType = UNSET,
        subject: str | UnsetType | None = UNSET,
        quote_body: str | UnsetType = UNSET,
    ) -> Message:
        """Send a message to real people; the message as it was sent.

        `body` is HTML. `channel_id` begins a conversation, `reply_to_message_id` goes on with one. Who it is from and goes
        to is said in addresses (`from_`, `to`, `cc`, `bcc`) or in participants (`sender`, `recipients`). `quote_body` is
        for e-mail only; `subject=None` sends null. There is no idempotency key in this API, so a message that may have
        left is never sent again.

        Raises:
            InvalidRequestError: Both ways to name people, or nothing to send through, were given; nothing was sent.
            NotFoundError: No such channel or message.
            MaybeSentError: It is unknown whether the message was sent.
        """
        ...

    @operation("PATCH /v1/messages/{message_id}", Effect.IDEMPOTENT, name="update_message", expect=_is)
    async def update(
        self,
        message_id: str,
        *,
        subject: str | UnsetType | None = UNSET,
        direction: MessageDirection | str | UnsetType = UNSET,
        date: Time | UnsetType = UNSET,
        sender: Participant | UnsetType = UNSET,
        recipients: list[Participant] | UnsetType = UNSET,
        body: str | UnsetType = UNSET,
        snippet: str | UnsetType = UNSET,
    ) -> Message:
        """Change a stored message; what is not given stays, `subject=None` clears the subject, `recipients` replaces all.

        `body` is HTML.

        Raises:
            InvalidRequestError: `date` has no time zone; nothing was sent.
            NotFoundError: No such message.
        """
        ...

    @listing("GET /v1/messages", message_pager, name="list_messages", expect=_all_are_in)
    def list(
        self,
        *,
        conversation_id: Annotated[str, _no_empty_id] | None = None,
        format: MessageFormat | str | None = None,  # noqa: A002 -- the API's own word
        page_size: Annotated[int, Between(1, 100), PageSize("limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Message]:
        """List the messages of one conversation, or of all; their order is not documented.

        With `format="full"` messages have their bodies; the API's default is not documented. `page_size` is messages a
        request (the API's default is 100), `limit` bounds them in all, `start` is a page's `position` or the API's own
        `cursor`, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: `conversation_id`, `page_size`, `limit` or `start` is wrong; nothing was sent.
        """
        ...
