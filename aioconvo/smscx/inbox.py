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
    messages               not told

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
    author.name            first_name and last_name of its conversation
    author.address         phone_number of its conversation
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

The contact wrote what was received: the answer names them beside their messages. Who wrote what was sent is not told. A reply
(`SentSms`, `SentChat`) has no type and no channel: it is outbound, by the channel it was sent by.
"""

from __future__ import annotations

from typing import Any, ClassVar

from aioconvo.core.calls.client import APIClient
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.json.model import Unknown
from aioconvo.core.operations.declaration import operation_of
from aioconvo.core.operations.rules import lower_uuid
from aioconvo.core.paging.columns import Column, column
from aioconvo.core.paging.pagers import Listing, SinglePager
from aioconvo.core.paging.timed import in_time_order
from aioconvo.inbox.base import Capabilities, Inbox
from aioconvo.inbox.models import Conversation, Direction, Kind, Message
from aioconvo.inbox.times import utc
from aioconvo.inbox.told import make_id, text_in
from aioconvo.inbox.walk import Listed, Order, Span
from aioconvo.providers import Provider

from . import models
from .conversations import Conversations, is_about
from .neutral import CONTACT, US, contact, conversations, messages

__all__ = ["SmscxInbox", "contact", "conversations", "messages"]

_times: Column[models.Message] = column(lambda messages: [message.datetime for message in messages])


def _sent(native: models.SentSms | models.SentChat | Unknown, conversation_id: str, channel: str) -> Message:
    return Message(
        provider=Provider.SMSCX,
        conversation_id=conversation_id,
        id=text_in(native, "msg_id") or make_id(native),
        native=native,
        sent_at=utc(getattr(native, "created_at", None)),
        direction=Direction.OUTBOUND,
        kind=Kind.TEXT,
        author=US,
        text=text_in(native, "text"),
        channel=channel,
        status=text_in(native, "status"),
    )


class SmscxInbox(Inbox):
    """The inbox of SMS.CX. Both lists come whole, in one answer: `since` and `until` leave out what was fetched.

    Conversations come with the newest reply first, and their bounds are of the API's `lastUpdate`. Whether a reply of the
    business changes that is not documented, so a conversation that seems unchanged may hold new messages. Messages are sorted
    by time here, newest first unless oldest first is asked for.
    """

    provider: ClassVar[Provider] = Provider.SMSCX
    capabilities: ClassVar[Capabilities] = Capabilities(
        lists_all=True,
        lists_by_user=False,
        sends_text=True,
        marks_read=True,
        reads_new_conversations=False,
        reads_new_messages=False,
        message_orders=(Order.NEWEST_FIRST, Order.OLDEST_FIRST),
        # Whether a reply changes lastUpdate is not documented; sandboxes and guesses are no reason to trust it.
        tells_changes=False,
    )

    def __init__(self, client: APIClient) -> None:
        self._client = client
        self._conversations = Conversations(client)

    def _list_conversations(self, users: list[str] | None, span: Span) -> Listed[Conversation]:  # noqa: ARG002 -- the list has no bounds
        return Listed(self._conversations.list(), conversations)

    def _list_messages(self, conversation_id: str, span: Span, order: Order | None) -> Listed[Message]:  # noqa: ARG002 -- as above
        lower_uuid("conversation", conversation_id)
        newest_first, known = order is Order.NEWEST_FIRST, [CONTACT]

        def items(answer: models.ConversationDetail | None) -> list[models.Message]:
            if answer is None:  # a 204
                return []
            known[0] = contact(answer.info)
            return in_time_order(answer.messages, _seconds, newest_first=newest_first, moments=_times)

        def converted(natives: list[Any]) -> list[Message]:
            return messages(natives, conversation_id, known[0])

        listing = Listing(lambda mark: SinglePager(items, mark, identity=_name))
        native = self._client.paginate(
            operation_of(Conversations.get), (conversation_id,), listing, check=is_about(conversation_id)
        )
        return Listed(native, converted)

    async def send_text(self, conversation: Conversation | str, text: str, *, channel: str = "sms") -> Message:
        """Reply by `sms`, or within 24 hours of the contact's last message by `viber` or `whatsapp`. Costs credit.

        See `Inbox.send_text`. Viber and WhatsApp take at most 1000 characters.
        """
        conversation_id = self._id_of(conversation)
        answer = await self._reply(conversation_id, text, channel)
        # The API may answer a 204 to anything, which carries no message.
        sent: object = getattr(answer, "message", None)
        return _sent(sent if isinstance(sent, models.SentSms | models.SentChat) else Unknown(b"null"), conversation_id, channel)

    async def _reply(self, conversation_id: str, text: str, channel: str) -> models.SmsReply | models.ChatReply:
        own = self._conversations
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
        await self._conversations.mark_read(self._id_of(conversation))


def _name(native: models.Message) -> str | None:
    return text_in(native, "msg_id")


def _seconds(native: models.Message) -> float | None:
    when = utc(getattr(native, "datetime", None))
    return None if when is None else when.timestamp()
