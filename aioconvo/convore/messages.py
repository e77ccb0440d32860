"""Messages of Convore."""

from __future__ import annotations

import datetime as dt
from functools import partial

from msgspec import UNSET, UnsetType

from aioconvo.core.client import APIClient, APIResource
from aioconvo.core.codec import Model
from aioconvo.core.columns import Column, column
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.identity import Check, about, all_about, both, names
from aioconvo.core.operation import Effect, Operation, PageKind
from aioconvo.core.pagination import AsyncPaginator
from aioconvo.core.validation import between, not_both

from .models import Message, MessageDirection, MessageFormat, Participant, ReplyType
from .pages import MessagePage, message_pager

__all__ = ["OPERATIONS", "Messages"]

_ALL = "/v1/messages"
_ONE = "/v1/messages/{message_id}"

GET = Operation("convore.messages.get", "get_message", "GET", _ONE, Message, Effect.READ)
IMPORT = Operation("convore.messages.import_", "import_message", "POST", "/v1/messages/import", Message, Effect.UNSAFE)
LIST = Operation(
    "convore.messages.list",
    "list_messages",
    "GET",
    _ALL,
    MessagePage,
    Effect.READ,
    PageKind.CURSOR,
    stored_as="convore.messages.list",
)
SEND = Operation("convore.messages.send", "send_message", "POST", _ALL, Message, Effect.UNSAFE)
UPDATE = Operation("convore.messages.update", "update_message", "PATCH", _ONE, Message, Effect.IDEMPOTENT)
OPERATIONS = (GET, IMPORT, LIST, SEND, UPDATE)


_conversation_ids: Column[Message] = column(lambda messages: [message.conversation_id for message in messages])


class _Sent(Model, rename={"from_": "from"}):
    body: str
    channel_id: str | UnsetType = UNSET
    conversation_id: str | UnsetType = UNSET
    reply_to_message_id: str | UnsetType = UNSET
    reply_type: str | UnsetType = UNSET
    from_: str | UnsetType = UNSET
    to: list[str] | UnsetType = UNSET
    cc: list[str] | UnsetType = UNSET
    bcc: list[str] | UnsetType = UNSET
    sender: Participant | UnsetType = UNSET
    recipients: list[Participant] | UnsetType = UNSET
    subject: str | UnsetType | None = UNSET
    quote_body: str | UnsetType = UNSET


class _Imported(Model):
    date: dt.datetime
    sender: Participant
    recipients: list[Participant]
    conversation_id: str | UnsetType = UNSET
    channel_id: str | UnsetType = UNSET
    subject: str | UnsetType | None = UNSET
    direction: str | UnsetType = UNSET
    body: str | UnsetType = UNSET
    snippet: str | UnsetType = UNSET
    reply_to_message_id: str | UnsetType = UNSET
    reply_type: str | UnsetType = UNSET


class _Changes(Model):
    subject: str | UnsetType | None = UNSET
    direction: str | UnsetType = UNSET
    date: dt.datetime | UnsetType = UNSET
    sender: Participant | UnsetType = UNSET
    recipients: list[Participant] | UnsetType = UNSET
    body: str | UnsetType = UNSET
    snippet: str | UnsetType = UNSET


class Messages(APIResource):
    """`client.messages`: get, import_, list, send, update."""

    __slots__ = ("_client",)

    def __init__(self, client: APIClient) -> None:
        self._client = client

    async def get(self, message_id: str) -> Message:
        """Fetch one message.

        Raises:
            NotFoundError: No such message.

        Source: operation get_message.
        """
        return await self._client.call(GET.request(message_id, check=_is(message_id)))

    async def import_(
        self,
        *,
        date: dt.datetime,
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

        `date` carries a time zone, `body` is HTML, `subject=None` sends null. There is no idempotency key in this API, so
        an import that may have arrived is never sent again.

        Raises:
            InvalidRequestError: `date` has no time zone; nothing was sent.
            MaybeSentError: It is unknown whether the message was stored.

        Source: operation import_message.
        """
        _check_date(date)
        imported = _Imported(
            date=date,
            sender=sender,
            recipients=recipients,
            conversation_id=conversation_id,
            channel_id=channel_id,
            subject=subject,
            direction=direction,
            body=body,
            snippet=snippet,
            reply_to_message_id=reply_to_message_id,
            reply_type=reply_type,
        )
        return await self._client.call(IMPORT.request(body=imported, check=_is_in(conversation_id)))

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

        Source: operation send_message.
        """
        _check_target(channel_id, conversation_id, reply_to_message_id)
        # Which of the two ways wins where both are used is not documented, and the wrong person would read the message.
        not_both(from_=from_, sender=sender)
        for name, addresses in (("to", to), ("cc", cc), ("bcc", bcc)):
            not_both(**{name: addresses, "recipients": recipients})
        sent = _Sent(
            body=body,
            channel_id=channel_id,
            conversation_id=conversation_id,
            reply_to_message_id=reply_to_message_id,
            reply_type=reply_type,
            from_=from_,
            to=to,
            cc=cc,
            bcc=bcc,
            sender=sender,
            recipients=recipients,
            subject=subject,
            quote_body=quote_body,
        )
        return await self._client.call(SEND.request(body=sent, check=_is_in(conversation_id)))

    async def update(
        self,
        message_id: str,
        *,
        subject: str | UnsetType | None = UNSET,
        direction: MessageDirection | str | UnsetType = UNSET,
        date: dt.datetime | UnsetType = UNSET,
        sender: Participant | UnsetType = UNSET,
        recipients: list[Participant] | UnsetType = UNSET,
        body: str | UnsetType = UNSET,
        snippet: str | UnsetType = UNSET,
    ) -> Message:
        """Change a stored message; what is not given stays, `subject=None` clears the subject, `recipients` replaces all.

        `date` carries a time zone, `body` is HTML.

        Raises:
            InvalidRequestError: `date` has no time zone; nothing was sent.
            NotFoundError: No such message.

        Source: operation update_message.
        """
        _check_date(date)
        changes = _Changes(
            subject=subject,
            direction=direction,
            date=date,
            sender=sender,
            recipients=recipients,
            body=body,
            snippet=snippet,
        )
        return await self._client.call(UPDATE.request(message_id, body=changes, check=_is(message_id)))

    def list(
        self,
        *,
        conversation_id: str | None = None,
        format: MessageFormat | str | None = None,  # noqa: A002 -- the API's own word
        page_size: int | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Message]:
        """List the messages of one conversation, or of all; their order is not documented.

        With `format="full"` messages have their bodies; the API's default is not documented. `page_size` is 1 to 100
        messages a request (the API's default is 100), `limit` bounds them in all, `start` is a page's `position` or the
        API's own `cursor`, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: `conversation_id`, `page_size`, `limit` or `start` is wrong; nothing was sent.

        Source: operation list_messages.
        """
        between("page_size", page_size, 1, 100)
        if conversation_id == "":
            raise InvalidRequestError("conversation_id is empty; leave it out to list the messages of all conversations")
        query = (("conversation_id", conversation_id), ("format", format))
        pager = message_pager(page_size=page_size)
        check = None if conversation_id is None else partial(_check_page, conversation_id)
        return self._client.paginate(LIST, (), pager, query=query, check=check, limit=limit, start=start, prefetch=prefetch)


def _is(message_id: str) -> Check:
    # Whether the API takes the mail provider's id in place of its own is not documented.
    return names("message", "id", message_id, also="external_message_id")


def _is_in(conversation_id: str | UnsetType) -> Check:
    named = names("message", "id")
    return both(named, about("conversation", "conversation_id", conversation_id)) if conversation_id else named


def _check_page(conversation_id: str, page: MessagePage) -> None:
    plain = _conversation_ids(page.data)
    if plain is None or plain.count(conversation_id) < len(plain):
        all_about("conversation", conversation_id, [getattr(message, "conversation_id", None) for message in page.data])


def _check_target(channel_id: object, conversation_id: object, reply_to_message_id: object) -> None:
    # `conversation_id` alone passes: the model has it, and whether it is enough is for the server to say.
    if not any((channel_id, conversation_id, reply_to_message_id)):
        raise InvalidRequestError("give channel_id to begin a conversation, or reply_to_message_id to go on with one")


def _check_date(date: dt.datetime | UnsetType) -> None:
    if isinstance(date, dt.datetime) and date.utcoffset() is None:
        raise InvalidRequestError("date must be a datetime with a time zone, such as datetime.now(timezone.utc)")
