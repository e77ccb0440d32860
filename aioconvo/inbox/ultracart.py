"""The inbox of UltraCart conversations.

    Conversation           native
    ---------------------  -----------------------------------------------
    id                     conversation_uuid
    created_at             start_dts
    updated_at             not told
    last_message_at        last_message_dts
    status                 closed: True is closed, False is open
    subject                not told
    unread                 unread_messages
    message_count          message_count
    channels               medium
    participants.kind      always unknown
    participants.id        participants.conversation_participant_arn
    participants.name      participants.conversation_participant_name
    participants.address   participants.sms_phone_number, else participants.email

    Message                native
    ---------------------  -----------------------------------------------
    conversation_id        as asked
    id                     conversation_message_uuid
    sent_at                message_epoch, else message_dts
    updated_at             not told
    direction              type: notice is system, engagement prompt is system, tool call is system
    kind                   type: message is text, notice is activity, engagement prompt is activity,
                           tool call is activity
    author.kind            always unknown
    author.id              author_conversation_participant_arn
    author.name            author_conversation_participant_name
    author.address         not told
    text                   body
    html                   not told
    subject                not told
    channel                not told
    status                 transport_statuses.status
    reply_to_id            not told
    attachments.id         not told
    attachments.url        media_urls
    attachments.media_type not told
    attachments.name       not told
    attachments.size       not told

The API does not tell customers from agents. An inbox that knows who the agents are (`await inbox.with_agents()`) does: what
they wrote is outbound, what anybody else wrote is inbound, and so are the kinds of participants. Times without an offset
count as UTC.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, ClassVar, NoReturn

from aioconvo.core.errors import UnsupportedError
from aioconvo.core.pagination import AsyncPaginator
from aioconvo.ultracart import models

from .base import Capabilities, Inbox, Order, happened_at, sent_at
from .models import Attachment, Conversation, Direction, Kind, Message, Participant, ParticipantKind, Provider
from .times import from_milliseconds, milliseconds, utc
from .told import first, identity, items, told, words
from .walk import Span, neutral

if TYPE_CHECKING:
    from aioconvo.ultracart import UltraCartClient

__all__ = ["UltraCartInbox", "conversation", "message"]

_KINDS = {
    "message": Kind.TEXT,
    "notice": Kind.ACTIVITY,
    "engagement prompt": Kind.ACTIVITY,
    "tool call": Kind.ACTIVITY,
}
_MOST_A_PAGE = 200
_STATUSES = {True: "closed", False: "open"}
_SIDES = {
    ParticipantKind.USER: Direction.INBOUND,
    ParticipantKind.BUSINESS: Direction.OUTBOUND,
}


def conversation(native: models.ConversationSummary, agents: Collection[str] | None = None) -> Conversation:
    """A conversation as a neutral one; `agents` are the ARNs of the business's own people, where they are known."""
    closed, medium = told(native, "closed", bool), words(native, "medium")
    return Conversation(
        provider=Provider.ULTRACART,
        id=identity(native, "conversation_uuid"),
        native=native,
        created_at=utc(told(native, "start_dts", dt.datetime)),
        last_message_at=utc(told(native, "last_message_dts", dt.datetime)),
        status=None if closed is None else _STATUSES[closed],
        unread=told(native, "unread_messages", bool),
        message_count=told(native, "message_count", int),
        channels=() if medium is None else (medium,),
        participants=tuple(_participant(one, agents) for one in items(native, "participants")),
    )


def message(native: models.Message, conversation_id: str, agents: Collection[str] | None = None) -> Message:
    """A message as a neutral one; `agents` as for `conversation`."""
    kind = _KINDS.get(words(native, "type") or "", Kind.OTHER)
    arn, name = words(native, "author_conversation_participant_arn"), words(native, "author_conversation_participant_name")
    side = _side(arn, agents)
    urls = [url for url in items(native, "media_urls") if isinstance(url, str) and url]
    return Message(
        provider=Provider.ULTRACART,
        conversation_id=conversation_id,
        id=identity(native, "conversation_message_uuid"),
        native=native,
        sent_at=first(from_milliseconds(told(native, "message_epoch", int)), utc(told(native, "message_dts", dt.datetime))),
        direction=Direction.SYSTEM if kind is Kind.ACTIVITY else _SIDES.get(side),
        kind=kind,
        author=None if arn is None and name is None else Participant(kind=side, id=arn, name=name),
        text=words(native, "body"),
        status=next((status for one in items(native, "transport_statuses") if (status := words(one, "status"))), None),
        attachments=tuple(Attachment(url=url) for url in urls),
    )


def _participant(native: object, agents: Collection[str] | None) -> Participant:
    arn = words(native, "conversation_participant_arn")
    return Participant(
        kind=_side(arn, agents),
        id=arn,
        name=words(native, "conversation_participant_name"),
        address=first(words(native, "sms_phone_number"), words(native, "email")),
    )


def _side(arn: str | None, agents: Collection[str] | None) -> ParticipantKind:
    if arn is None or agents is None:
        return ParticipantKind.UNKNOWN
    return ParticipantKind.BUSINESS if arn in agents else ParticipantKind.USER


class UltraCartInbox(Inbox):
    """The inbox of UltraCart conversations, which can read but not send: messages go over the websocket."""

    provider: ClassVar[Provider] = Provider.ULTRACART
    capabilities: ClassVar[Capabilities] = Capabilities(
        lists_all=True,
        lists_by_user=False,
        sends_text=False,
        marks_read=True,
        reads_new_conversations=False,
        reads_new_messages=True,
        message_orders=(Order.OLDEST_FIRST,),
    )

    def __init__(self, client: UltraCartClient, *, agents: Collection[str] | None = None) -> None:
        self._client = client
        self._agents = None if agents is None else frozenset(agents)

    async def with_agents(self, arns: Collection[str] | None = None) -> UltraCartInbox:
        """An inbox that knows your agents, and so the direction of messages.

        They are those whose participant ARNs are given, else the agents of all web chat queues, which one request asks
        for. Agents who have left their queues are not among those; name them where old messages count.
        """
        if arns is None:
            queues = await self._client.queues.list_statuses()
            agents = [agent for queue in queues for agent in items(queue, "agents")]
            arns = [arn for agent in agents if (arn := words(agent, "conversation_participant_arn")) is not None]
        return UltraCartInbox(self._client, agents=arns)

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
        """List all conversations, newest first by their last message; see `Inbox.conversations`.

        Conversations move to the front while the list is walked. So that none is missed, the list is walked to its end
        also where `since` leaves its older part out.
        """
        self._refuse_users(users)
        return neutral(
            self._client.conversations.list(page_size=_MOST_A_PAGE),
            lambda native: conversation(native, self._agents),
            happened_at,
            span=Span.between(since, until),
            limit=limit,
            start=start,
            prefetch=prefetch,
        )

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
        """List the messages of a conversation, oldest first; see `Inbox.messages`.

        The position of the last page is where a later walk finds what is new.
        """
        conversation_id = self._id_of(conversation)
        span = Span.between(since, until)
        # Whether the API's own bound is inclusive is unconfirmed.
        bound = 0 if span.since is None else max(0, milliseconds(span.since) - 1)
        return neutral(
            self._client.messages.list(conversation_id, since=bound),
            lambda native: message(native, conversation_id, self._agents),
            sent_at,
            span=span,
            order=self._order(order),
            limit=limit,
            start=start,
            prefetch=prefetch,
        )

    async def send_text(self, conversation: Conversation | str, text: str) -> NoReturn:  # noqa: ARG002 -- as every inbox
        """Not possible: the API has no REST call that posts a message.

        Raises:
            UnsupportedError: Always, before anything is sent.
        """
        raise UnsupportedError(
            "UltraCart has no REST call that posts a message: they go over its websocket, whose URL and token "
            "await client.agents.authorize_websocket() gives"
        )

    async def mark_read(self, conversation: Conversation | str) -> None:
        """Mark every message of the conversation as read; see `Inbox.mark_read`."""
        await self._client.conversations.mark_read(self._id_of(conversation))
