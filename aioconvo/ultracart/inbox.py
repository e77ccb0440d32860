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
    messages               not told

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
    channel                medium of its conversation
    status                 transport_statuses.status
    reply_to_id            not told
    attachments.id         not told
    attachments.url        media_urls
    attachments.media_type not told
    attachments.name       not told
    attachments.size       not told

The API does not tell customers from agents; what an ARN is made of is not documented, so none is read for it. An inbox that
knows who the agents are (`await inbox.with_agents()`) does: what they wrote is outbound, what anybody else wrote is inbound,
and so are the kinds of participants. Messages do not tell what they travelled by, their conversation does. Times without an
offset count as UTC.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from typing import Any, ClassVar, NoReturn, Unpack

from aioconvo.core.answers.response import Response
from aioconvo.core.calls.client import APIClient
from aioconvo.core.errors import CallError, UnsupportedError
from aioconvo.core.paging.pagers import Ask
from aioconvo.core.paging.walks import Fetch
from aioconvo.inbox.base import Capabilities, Inbox, InboxOptions
from aioconvo.inbox.models import Conversation, Message
from aioconvo.inbox.times import milliseconds
from aioconvo.inbox.told import text_in
from aioconvo.inbox.walk import Listed, Order, Span
from aioconvo.providers import Provider

from .conversations import Conversations
from .messages import Messages
from .neutral import conversations, messages
from .queues import Queues

__all__ = ["UltraCartInbox", "conversations", "messages"]

_MOST_A_PAGE = 200
_MEDIUMS_AT_MOST = 10_000


class UltraCartInbox(Inbox):
    """The inbox of UltraCart conversations, which can read but not send: messages go over the websocket.

    Conversations come newest first by their last message, and move to the front while the list is walked. So that none is
    missed, the list is walked to its end also where `since` leaves its older part out. Messages come oldest first, the
    only order that the API has: with `limit` the oldest come. The position of their last page is where a later walk finds what
    is new. Whether the API refuses the id of a conversation that does not exist is not documented: where there is no message at
    all, one request more asks for the conversation itself. With `since` nothing asks: no news is what most walks find.

    What messages travelled by is known of conversations that this inbox listed or was given, the last 10,000 of them; of
    others one request more asks, where there are messages; where that one fails, messages have no `channel`.
    """

    provider: ClassVar[Provider] = Provider.ULTRACART
    capabilities: ClassVar[Capabilities] = Capabilities(
        lists_all=True,
        lists_by_user=False,
        sends_text=False,
        marks_read=True,
        reads_new_conversations=False,
        reads_new_messages=True,
        message_orders=(Order.OLDEST_FIRST,),
        options=("agents",),
    )

    def __init__(self, client: APIClient, *, agents: Collection[str] | None = None) -> None:
        self._client = client
        self._conversations = Conversations(client)
        self._messages = Messages(client)
        self._queues = Queues(client)
        self._agents = None if agents is None else frozenset(agents)
        self._mediums: dict[str, str | None] = {}  # of conversations, the last ones at the end

    async def with_agents(self, arns: Collection[str] | None = None) -> UltraCartInbox:
        """An inbox that knows your agents, and so the direction of messages.

        They are those whose participant ARNs are given, else the agents of all web chat queues, which one request asks
        for. Agents who have left their queues are not among those; name them where old messages count.
        """
        if arns is None:
            queues = await self._queues.list_statuses().collect()
            agents = [agent for queue in queues for agent in getattr(queue, "agents", None) or ()]
            arns = [arn for agent in agents if (arn := text_in(agent, "conversation_participant_arn")) is not None]
        return UltraCartInbox(self._client, agents=arns)

    @property
    def portable_options(self) -> InboxOptions:
        """The agents, where they are known; see `Inbox.portable_options`."""
        return {} if self._agents is None else {"agents": tuple(sorted(self._agents))}

    def with_options(self, **options: Unpack[InboxOptions]) -> UltraCartInbox:
        """An inbox that knows these `agents`, without a request; see `Inbox.with_options`."""
        agents = options.pop("agents", self._agents)
        super().with_options(**options)
        return UltraCartInbox(self._client, agents=agents)

    def _list_conversations(self, users: list[str] | None, span: Span) -> Listed[Conversation]:  # noqa: ARG002 -- the list has no bounds
        native = self._conversations.list(page_size=_MOST_A_PAGE)
        return Listed(native, self._convert)

    def _convert(self, natives: list[Any]) -> list[Conversation]:
        listed = conversations(natives, self._agents)
        for one in listed:
            self._note(one.id, *one.channels)
        return listed

    def _note(self, conversation_id: str, medium: str | None = None) -> None:
        self._mediums.pop(conversation_id, None)
        self._mediums[conversation_id] = medium
        if len(self._mediums) > _MEDIUMS_AT_MOST:
            del self._mediums[next(iter(self._mediums))]

    async def _look_at(self, conversation_id: str) -> None:
        found = await self._conversations.get(conversation_id, message_limit=1)
        self._note(conversation_id, text_in(found, "medium"))

    def _id_of(self, conversation: Conversation | str) -> str:
        conversation_id = super()._id_of(conversation)
        if isinstance(conversation, Conversation) and conversation.channels:
            self._note(conversation_id, conversation.channels[0])
        return conversation_id

    def _list_messages(self, conversation_id: str, span: Span, order: Order | None) -> Listed[Message]:  # noqa: ARG002 -- there is one
        # Whether the API's own bound is inclusive is unconfirmed.
        since = 0 if span.since is None else max(0, milliseconds(span.since) - 1)

        async def fetch(asks: Fetch, ask: Ask) -> Response[Any]:
            response: Response[Any] = await asks(ask)
            if response.data.conversation_messages:
                if conversation_id not in self._mediums:
                    with contextlib.suppress(CallError):  # what came is not lost for what it travelled by
                        await self._look_at(conversation_id)
            elif ask.path == (0,):
                await self._look_at(conversation_id)
            return response

        def converted(natives: list[Any]) -> list[Message]:
            return messages(natives, conversation_id, self._agents, self._mediums.get(conversation_id))

        native = self._messages.list(conversation_id, since=since)
        return Listed(native.asked_by(fetch), converted)

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
        await self._conversations.mark_read(self._id_of(conversation))
