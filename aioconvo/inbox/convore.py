"""The inbox of Convore.

    Conversation           native
    ---------------------  -----------------------------------------------
    id                     id
    created_at             created_at
    updated_at             not told
    last_message_at        last_message_date
    status                 status
    subject                subject
    unread                 is_unread
    message_count          message_count
    channels               channel_id
    participants.kind      always unknown
    participants.id        not told
    participants.name      participants.name
    participants.address   participants.handle.value

    Message                native
    ---------------------  -----------------------------------------------
    conversation_id        conversation_id, else as asked
    id                     id
    sent_at                date
    updated_at             not told
    direction              direction: inbound is inbound, outbound is outbound
    kind                   sender.handle.type: email is email, convore_chat is text
    author.kind            direction: inbound is user, outbound is business
    author.id              not told
    author.name            sender.name
    author.address         sender.handle.value
    text                   text_body
    html                   body
    subject                subject
    channel                channel_id
    status                 not told
    reply_to_id            reply_to_message_id
    attachments.id         attachments.id
    attachments.url        not told
    attachments.media_type attachments.content_type
    attachments.name       attachments.filename
    attachments.size       attachments.size

Messages are asked for in full, so that their bodies are there.
"""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from msgspec import UNSET

from aioconvo.convore import models
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.operation import Effect, Operation
from aioconvo.core.pagination import AsyncPaginator

from .base import Capabilities, Inbox, Order, happened_at, sent_at
from .models import Attachment, Conversation, Direction, Kind, Message, Participant, ParticipantKind, Provider
from .times import EPOCH, shifted, utc
from .told import identity, items, told, words
from .walk import Span, neutral

if TYPE_CHECKING:
    from aioconvo.convore import ConvoreClient

__all__ = ["ConvoreInbox", "conversation", "message"]

_DIRECTIONS = {"inbound": Direction.INBOUND, "outbound": Direction.OUTBOUND}
_SIDES = {"inbound": ParticipantKind.USER, "outbound": ParticipantKind.BUSINESS}
_KINDS = {"email": Kind.EMAIL, "convore_chat": Kind.TEXT}

_UPDATE: Operation[None] = Operation(
    "convore.inbox.mark_read",
    "update_conversation",
    "PATCH",
    "/v1/conversations/{conversation_id}",
    None,
    Effect.IDEMPOTENT,
)


def conversation(native: models.Conversation) -> Conversation:
    """A conversation as a neutral one."""
    channel = words(native, "channel_id")
    return Conversation(
        provider=Provider.CONVORE,
        id=identity(native, "id"),
        native=native,
        created_at=utc(told(native, "created_at", dt.datetime)),
        last_message_at=utc(told(native, "last_message_date", dt.datetime)),
        status=words(native, "status"),
        subject=words(native, "subject"),
        unread=told(native, "is_unread", bool),
        message_count=told(native, "message_count", int),
        channels=() if channel is None else (channel,),
        participants=tuple(_participant(one, ParticipantKind.UNKNOWN) for one in items(native, "participants")),
    )


def message(native: models.Message, conversation_id: str) -> Message:
    """A message as a neutral one; `conversation_id` is where it was asked for."""
    direction = words(native, "direction") or ""
    sender = told(native, "sender", models.Participant)
    return Message(
        provider=Provider.CONVORE,
        conversation_id=words(native, "conversation_id") or conversation_id,
        id=identity(native, "id"),
        native=native,
        sent_at=utc(told(native, "date", dt.datetime)),
        direction=_DIRECTIONS.get(direction),
        kind=_KINDS.get(words(told(sender, "handle", object), "type") or "", Kind.OTHER),
        author=None if sender is None else _participant(sender, _SIDES.get(direction, ParticipantKind.UNKNOWN)),
        text=words(native, "text_body"),
        html=words(native, "body"),
        subject=words(native, "subject"),
        channel=words(native, "channel_id"),
        reply_to_id=words(native, "reply_to_message_id"),
        attachments=tuple(map(_attachment, items(native, "attachments"))),
    )


def _participant(native: object, kind: ParticipantKind) -> Participant:
    address = words(told(native, "handle", object), "value")
    return Participant(kind=kind, name=words(native, "name"), address=address)


def _attachment(native: object) -> Attachment:
    return Attachment(
        id=words(native, "id"),
        media_type=words(native, "content_type"),
        name=words(native, "filename"),
        size=told(native, "size", int),
    )


class ConvoreInbox(Inbox):
    """The inbox of Convore, which documents no order of its lists."""

    provider: ClassVar[Provider] = Provider.CONVORE
    capabilities: ClassVar[Capabilities] = Capabilities(
        lists_all=True,
        lists_by_user=False,
        sends_text=True,
        marks_read=True,
        reads_new_conversations=True,
        reads_new_messages=False,
        message_orders=(),
    )

    def __init__(self, client: ConvoreClient) -> None:
        self._client = client

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
        """List all conversations, in the API's order; see `Inbox.conversations`.

        The bounds are the API's own filter by the date of the last message: with one of them, conversations without any
        message do not come.
        """
        self._refuse_users(users)
        span = Span.between(since, until)
        # Whether the bounds are inclusive, and whether the API cuts their fractions, is not documented.
        native = self._client.conversations.list(
            last_message_date_after=shifted(span.since, -1.0), last_message_date_before=shifted(span.until, 1.0)
        )
        return neutral(native, conversation, happened_at, span=span, limit=limit, start=start, prefetch=prefetch)

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
        """List the messages of a conversation with their bodies, in the API's undocumented order; see `Inbox.messages`."""
        conversation_id = self._id_of(conversation)
        return neutral(
            self._client.messages.list(conversation_id=conversation_id, format=models.MessageFormat.FULL),
            lambda native: message(native, conversation_id),
            sent_at,
            span=Span.between(since, until),
            order=self._order(order),
            limit=limit,
            start=start,
            prefetch=prefetch,
        )

    async def send_text(self, conversation: Conversation | str, text: str) -> Message:
        """Reply to the newest message that came in; see `Inbox.send_text`.

        The API sends to messages, not to conversations, so the messages are read first to find it. Where none came in, the
        people whom the newest message went to get this one. The text goes out as HTML.

        Raises:
            InvalidRequestError: The text is empty, or the conversation has no message to answer; nothing was sent.
        """
        conversation_id = self._id_of(conversation)
        if not text:
            raise InvalidRequestError("text is empty; give the words to send")
        newest = await self._newest(conversation_id)
        if newest is None:
            raise InvalidRequestError(
                "this conversation has no message to answer; begin one with client.messages.send(channel_id=..., to=[...])"
            )
        came_in = newest.direction == models.MessageDirection.INBOUND
        sent = await self._client.messages.send(
            body=html.escape(text).replace("\n", "<br>\n"),
            reply_to_message_id=newest.id,
            reply_type=models.ReplyType.REPLY,
            recipients=UNSET if came_in else newest.recipients or UNSET,
        )
        return message(sent, conversation_id)

    async def _newest(self, conversation_id: str) -> models.Message | None:
        """The newest message that came in, else the newest at all."""
        newest: tuple[bool, dt.datetime, models.Message] | None = None
        listed = self._client.messages.list(conversation_id=conversation_id, format=models.MessageFormat.MINIMAL)
        async for one in listed:
            if words(one, "id") is None:
                continue
            inbound = words(one, "direction") == models.MessageDirection.INBOUND
            date = utc(told(one, "date", dt.datetime)) or EPOCH
            if newest is None or (inbound, date) > newest[:2]:
                newest = (inbound, date, one)
        return None if newest is None else newest[2]

    async def mark_read(self, conversation: Conversation | str) -> None:
        """Set `is_unread` to false; see `Inbox.mark_read`. Source: update_conversation.

        The API's own text describes `is_unread` the other way round, which nobody confirmed: its name is trusted.
        """
        await self._client.call(_UPDATE.request(self._id_of(conversation), body={"is_unread": False}))
