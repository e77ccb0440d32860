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
    messages               not told

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
from functools import partial
from typing import Any, ClassVar

from msgspec import UNSET

from aioconvo.core.answers.identity import about, same
from aioconvo.core.answers.refusals import Acknowledgement
from aioconvo.core.answers.response import Response
from aioconvo.core.calls.client import APIClient
from aioconvo.core.calls.failures import unsure
from aioconvo.core.errors import InvalidRequestError, WrongAnswerError
from aioconvo.core.json.moments import EPOCH
from aioconvo.core.operations.declaration import operation_of
from aioconvo.core.operations.operation import Effect, Operation
from aioconvo.core.paging.pagers import Ask
from aioconvo.core.paging.walks import Fetch
from aioconvo.inbox.base import Capabilities, Inbox
from aioconvo.inbox.models import Conversation, Message
from aioconvo.inbox.times import shift, utc
from aioconvo.inbox.told import text_in
from aioconvo.inbox.walk import Listed, Order, Span
from aioconvo.providers import Provider

from . import models
from .conversations import Conversations
from .messages import Messages
from .neutral import conversations, messages

__all__ = ["ConvoreInbox", "conversations", "messages"]


class _Updated(Acknowledgement, kw_only=True):
    """A conversation as it may be answered with, so that none of it is new; nothing of it is needed."""

    id: str | None = None
    channel_id: Any = None
    priority: Any = None
    labels: Any = None
    participants: Any = None
    created_at: Any = None
    subject: Any = None
    snippet: Any = None
    is_unread: Any = None
    last_message_date: Any = None
    external_conversation_id: Any = None
    message_count: Any = None
    draft_count: Any = None
    attachment_count: Any = None


_UPDATE = Operation(
    "convore.inbox.mark_read",
    "update_conversation",
    "PATCH",
    "/v1/conversations/{conversation_id}",
    _Updated,
    Effect.IDEMPOTENT,
)


class ConvoreInbox(Inbox):
    """The inbox of Convore, which documents no order of its lists: with `limit`, which messages come is for the API to say.

    The bounds of `conversations` are the API's own filter by the date of the last message: with one of them, conversations
    without any message do not come. The API answers an empty list to the id of a conversation that does not exist: where there
    is no message, one request more asks for the conversation itself, so that `NotFoundError` tells.
    """

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

    def __init__(self, client: APIClient) -> None:
        self._client = client
        self._conversations = Conversations(client)
        self._messages = Messages(client)

    def _list_conversations(self, users: list[str] | None, span: Span) -> Listed[Conversation]:  # noqa: ARG002 -- the API lists all
        # Whether the bounds are inclusive, and whether the API cuts their fractions, is not documented.
        native = self._conversations.list(
            last_message_date_after=shift(span.since, -1.0), last_message_date_before=shift(span.until, 1.0)
        )
        return Listed(native, conversations)

    def _list_messages(self, conversation_id: str, span: Span, order: Order | None) -> Listed[Message]:  # noqa: ARG002 -- the list has no bounds
        async def fetch(asks: Fetch, ask: Ask) -> Response[Any]:
            response: Response[Any] = await asks(ask)
            if not ask.query and not response.data.data:
                await self._conversations.get(conversation_id)
            return response

        native = self._messages.list(conversation_id=conversation_id, format=models.MessageFormat.FULL)
        return Listed(native.asked_by(fetch), partial(messages, conversation_id=conversation_id))

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
        sent = await self._messages.send(
            body=html.escape(text).replace("\n", "<br>\n"),
            reply_to_message_id=newest.id,
            reply_type=models.ReplyType.REPLY,
            recipients=UNSET if came_in else newest.recipients or UNSET,
        )
        went_to = text_in(sent, "conversation_id")
        if went_to is not None and not same(went_to, conversation_id):
            facts = operation_of(Messages.send).facts()
            raise unsure(WrongAnswerError("the answer names another conversation than was asked for", facts), facts)
        return messages([sent], conversation_id)[0]

    async def _newest(self, conversation_id: str) -> models.Message | None:
        """The newest message that came in, else the newest at all."""
        newest: tuple[bool, dt.datetime, models.Message] | None = None
        listed = self._messages.list(conversation_id=conversation_id, format=models.MessageFormat.MINIMAL)
        async for one in listed:
            if text_in(one, "id") is None:
                continue
            inbound = text_in(one, "direction") == models.MessageDirection.INBOUND
            date = utc(one.date) or EPOCH
            if newest is None or (inbound, date) > newest[:2]:
                newest = (inbound, date, one)
        return None if newest is None else newest[2]

    async def mark_read(self, conversation: Conversation | str) -> None:
        """Set `is_unread` to false; see `Inbox.mark_read`. Source: update_conversation.

        The API's own text describes `is_unread` the other way round, which nobody confirmed: its name is trusted.
        """
        conversation_id = self._id_of(conversation)
        check = about("conversation", "id", conversation_id)
        await self._client.call(_UPDATE.request(conversation_id, body={"is_unread": False}, check=check))
