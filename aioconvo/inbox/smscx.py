"""The inbox of SMS.CX.

    Conversation           native
    ---------------------  -----------------------------------------------
    id                     conversation_id
    created_at             not told
    updated_at             last_update
    last_message_at        not told
    status                 not told
    subject                not told
    unread                 unread_messages above 0
    message_count          not told
    channels               not told
    participants.kind      always user
    participants.id        not told
    participants.name      first_name and last_name
    participants.address   phone_number

    Message                native
    ---------------------  -----------------------------------------------
    conversation_id        as asked
    id                     msg_id
    sent_at                datetime, else created_at
    updated_at             not told
    direction              type: received is inbound, sent is outbound
    kind                   always text
    author.kind            type: received is user, sent is business
    author.id              not told
    author.name            not told
    author.address         not told
    text                   text
    html                   not told
    subject                not told
    channel                channel
    status                 status
    reply_to_id            not told
    attachments.id         not told
    attachments.url        rich_media.imageUrl
    attachments.media_type not told
    attachments.name       not told
    attachments.size       not told

A reply (`SentSms`, `SentChat`) has no type and no channel: it is outbound, by the channel it was sent by.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from aioconvo.core.codec import Unknown
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.pagers import Mark, SinglePager, in_time_order
from aioconvo.core.pagination import AsyncPaginator
from aioconvo.core.validation import is_uuid
from aioconvo.smscx import models
from aioconvo.smscx.conversations import GET

from .base import Capabilities, Inbox, Order, happened_at, sent_at
from .models import Attachment, Conversation, Direction, Kind, Message, Participant, ParticipantKind, Provider
from .times import utc
from .told import identity, told, words
from .walk import Span, neutral

if TYPE_CHECKING:
    from aioconvo.smscx import SmscxClient

__all__ = ["SmscxInbox", "conversation", "message"]

_DIRECTIONS = {"received": Direction.INBOUND, "sent": Direction.OUTBOUND}
_SIDES = {Direction.INBOUND: ParticipantKind.USER, Direction.OUTBOUND: ParticipantKind.BUSINESS}


def conversation(native: models.Conversation) -> Conversation:
    """A conversation of the list as a neutral one."""
    names = (words(native, "first_name"), words(native, "last_name"))
    unread = told(native, "unread_messages", int)
    contact = Participant(
        kind=ParticipantKind.USER, name=" ".join(filter(None, names)) or None, address=words(native, "phone_number")
    )
    return Conversation(
        provider=Provider.SMSCX,
        id=identity(native, "conversation_id"),
        native=native,
        updated_at=utc(told(native, "last_update", dt.datetime)),
        unread=None if unread is None else unread > 0,
        participants=(contact,),
    )


def message(native: models.Message, conversation_id: str) -> Message:
    """A message of a conversation as a neutral one."""
    direction = _DIRECTIONS.get(words(native, "type") or "")
    return Message(
        provider=Provider.SMSCX,
        conversation_id=conversation_id,
        id=identity(native, "msg_id"),
        native=native,
        sent_at=utc(told(native, "datetime", dt.datetime)),
        direction=direction,
        kind=Kind.TEXT,
        author=None if direction is None else Participant(kind=_SIDES[direction]),
        text=words(native, "text"),
        channel=words(native, "channel"),
        status=words(native, "status"),
        attachments=_attachments(native),
    )


def _attachments(native: models.Message) -> tuple[Attachment, ...]:
    url = cast("dict[str, object]", told(native, "rich_media", dict) or {}).get("imageUrl")
    return (Attachment(url=url),) if isinstance(url, str) and url else ()


def _sent(native: models.SentSms | models.SentChat | Unknown, conversation_id: str, channel: str) -> Message:
    return Message(
        provider=Provider.SMSCX,
        conversation_id=conversation_id,
        id=identity(native, "msg_id"),
        native=native,
        sent_at=utc(told(native, "created_at", dt.datetime)),
        direction=Direction.OUTBOUND,
        kind=Kind.TEXT,
        author=Participant(kind=ParticipantKind.BUSINESS),
        text=words(native, "text"),
        channel=channel,
        status=words(native, "status"),
    )


class SmscxInbox(Inbox):
    """The inbox of SMS.CX. Both lists come whole, in one answer; messages are sorted by time here."""

    provider: ClassVar[Provider] = Provider.SMSCX
    capabilities: ClassVar[Capabilities] = Capabilities(
        lists_all=True,
        lists_by_user=False,
        sends_text=True,
        marks_read=True,
        reads_new_conversations=False,
        reads_new_messages=False,
        message_orders=(Order.OLDEST_FIRST, Order.NEWEST_FIRST),
    )

    def __init__(self, client: SmscxClient) -> None:
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
        """List all conversations, newest reply first; see `Inbox.conversations`.

        `since` and `until` bound the API's `lastUpdate`; whether a reply of the business changes that is not documented.
        """
        self._refuse_users(users)
        span = Span.between(since, until)
        native = self._client.conversations.list()
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
        """List the messages of a conversation, oldest first; see `Inbox.messages`."""
        conversation_id = self._id_of(conversation)
        is_uuid("conversation", conversation_id)
        chosen = self._order(order)
        span = Span.between(since, until)
        newest_first = chosen is Order.NEWEST_FIRST

        def pager(mark: Mark | None) -> SinglePager[models.ConversationDetail | None, models.Message]:
            return SinglePager(lambda answer: _sorted(answer, newest_first=newest_first), mark)

        return neutral(
            self._client.paginate(GET, (conversation_id,), pager),
            lambda native: message(native, conversation_id),
            sent_at,
            span=span,
            order=chosen,
            limit=limit,
            start=start,
            prefetch=prefetch,
        )

    async def send_text(self, conversation: Conversation | str, text: str, *, channel: str = "sms") -> Message:
        """Reply by `sms`, or within 24 hours of the contact's last message by `viber` or `whatsapp`. Costs credit.

        See `Inbox.send_text`. Viber and WhatsApp take at most 1000 characters.
        """
        conversation_id = self._id_of(conversation)
        answer = await self._reply(conversation_id, text, channel)
        # The API may answer a 204 to anything, which carries no message.
        native = told(answer, "message", models.SentSms) or told(answer, "message", models.SentChat)
        return _sent(native or Unknown(b"null"), conversation_id, channel)

    async def _reply(self, conversation_id: str, text: str, channel: str) -> models.SmsReply | models.ChatReply:
        own = self._client.conversations
        match channel:
            case "sms":
                return await own.reply_sms(conversation_id, text=text)
            case "viber":
                return await own.reply_viber(conversation_id, text=text)
            case "whatsapp":
                return await own.reply_whatsapp(conversation_id, text=text)
            case _:
                raise InvalidRequestError(f"channel must be sms, viber or whatsapp; got {channel!r}")

    async def mark_read(self, conversation: Conversation | str) -> None:
        """Set the count of unread messages to 0; see `Inbox.mark_read`."""
        await self._client.conversations.mark_read(self._id_of(conversation))


def _sorted(answer: models.ConversationDetail | None, *, newest_first: bool) -> list[models.Message]:
    if answer is None:  # a 204
        return []
    return in_time_order(answer.messages, _seconds, newest_first=newest_first)


def _seconds(native: models.Message) -> float | None:
    when = utc(told(native, "datetime", dt.datetime))
    return None if when is None else when.timestamp()
