"""The inbox of Smooch v1.1, where each user has one conversation, named by the user.

    Conversation           native
    ---------------------  -----------------------------------------------
    id                     as asked
    created_at             not told
    updated_at             not told
    last_message_at        messages.received_at of the answer, the latest
    status                 not told
    subject                not told
    unread                 not told
    message_count          not told
    channels               not told
    participants.kind      user, then messages.role of the answer: appMaker is business, whisper is business
    participants.id        as asked, then messages.author_id of the answer
    participants.name      messages.name of the answer
    participants.address   messages.email of the answer
    messages               messages of the answer, where fewer than a page's

    Message                native
    ---------------------  -----------------------------------------------
    conversation_id        as asked
    id                     id
    sent_at                received_at
    updated_at             not told
    direction              role: appUser is inbound, appMaker is outbound, whisper is system
    kind                   type: text is text, image is image, file is file, location is location,
                           carousel is carousel, list is list, form is form, formResponse is form_response
    author.kind            role: appUser is user, appMaker is business, whisper is business
    author.id              as asked where role is appUser, else author_id
    author.name            name
    author.address         email
    text                   text, else text_fallback
    html                   not told
    subject                not told
    channel                source.type
    status                 not told
    reply_to_id            quoted_message.content.id, else quoted_message.external_message_id
    attachments.id         not told
    attachments.url        media_url
    attachments.media_type media_type
    attachments.name       not told
    attachments.size       media_size

The API tells of a user's conversation beside its newest messages, which alone tell when it was active and who of the business
takes part; where an answer holds the messages without it, `native` is the whole answer. A user is called as they were asked
for, as participant and as author: `author_id` is the service's own id of them. A whisper is a note that the business keeps to
itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Any, ClassVar, NamedTuple

import msgspec

from aioconvo.core.answers.response import Response
from aioconvo.core.calls.client import APIClient
from aioconvo.core.errors import NotFoundError, UnsupportedError
from aioconvo.core.json.moments import EPOCH
from aioconvo.core.operations.declaration import operation_of
from aioconvo.core.operations.operation import Operation
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.pagers import Ask, Taken
from aioconvo.core.paging.walks import Fetch
from aioconvo.inbox.base import Capabilities, Inbox
from aioconvo.inbox.models import Conversation, Message, Participant, ParticipantKind
from aioconvo.inbox.times import milliseconds
from aioconvo.inbox.told import text_in
from aioconvo.inbox.walk import Listed, Order, Span
from aioconvo.providers import Provider

from . import models
from .conversations import Conversations
from .messages import Messages
from .neutral import NEITHER, SIDES, messages
from .pages import PAGE_SIZE, MessagePage

__all__ = ["Found", "SmoochInbox", "conversations", "messages"]

# A user who never wrote is a 404 like one who does not exist; the API's documents name no codes, v2's name this one.
_NO_CONVERSATION = "conversation_not_found"


_LIST = operation_of(Messages.list)
# Here nothing is needed of its answer.
_ACTIVITY: Operation[None] = msgspec.structs.replace(
    operation_of(Conversations.post_activity), python="smooch.inbox.mark_read", response=None
)


class Found(NamedTuple):
    """What the API said of one user who has a conversation."""

    user_id: str
    page: MessagePage


def conversations(natives: list[Found]) -> list[Conversation]:
    """Users' conversations, which come beside their newest messages, as neutral ones."""
    return [_conversation(user_id, answer) for user_id, answer in natives]


def _conversation(user_id: str, answer: MessagePage) -> Conversation:
    times = (getattr(one, "received_at", None) for one in answer.messages)
    return Conversation(
        provider=Provider.SMOOCH,
        id=user_id,
        native=answer if answer.conversation is None else answer.conversation,
        last_message_at=max((time for time in times if time is not None), default=None),
        participants=_participants(user_id, answer.messages),
        messages=tuple(messages(answer.messages, user_id)) if len(answer.messages) < PAGE_SIZE else None,
    )


def _participants(user_id: str, natives: list[Any]) -> tuple[Participant, ...]:
    """The user, and whoever of the business wrote one of these messages."""
    found = {user_id: Participant(ParticipantKind.USER, user_id)}
    for native in natives:
        side = SIDES.get(getattr(native, "role", None) or "", NEITHER)[1]
        author = user_id if side is ParticipantKind.USER else text_in(native, "author_id")
        if author is not None and side is not ParticipantKind.UNKNOWN:
            known = found.get(author) or Participant(side, author)
            name, address = known.name or text_in(native, "name"), known.address or text_in(native, "email")
            found[author] = Participant(known.kind, author, name, address)
    return tuple(found.values())


class SmoochInbox(Inbox):
    """The inbox of Smooch v1.1. The id of a conversation is that of its user: the service's or your own, as it was given.

    The conversations are those of `users`, one request each, which brings all messages of a conversation of fewer than 100;
    `prefetch` asks for that many users at the same time. Users who have no conversation yet are left out. Oldest first, the
    position of the last page of messages is where a later walk finds what is new.
    """

    provider: ClassVar[Provider] = Provider.SMOOCH
    capabilities: ClassVar[Capabilities] = Capabilities(
        lists_all=False,
        lists_by_user=True,
        sends_text=True,
        marks_read=True,
        reads_new_conversations=False,
        reads_new_messages=True,
        message_orders=(Order.NEWEST_FIRST, Order.OLDEST_FIRST),
    )

    def __init__(self, client: Any) -> None:
        self._client: APIClient = client
        self._app_id: str = client.app_id
        self._messages = Messages(client)

    def _list_conversations(self, users: list[str] | None, span: Span) -> Listed[Conversation]:  # noqa: ARG002 -- the API has no bounds
        if users is None:
            raise UnsupportedError(
                "Smooch knows conversations by their user only: give users=[...]; messages(...) takes the id of any user"
            )

        def fetch(_: Fetch, ask: Ask) -> Awaitable[Response[Found | None]]:
            return self._fetch(users[ask.path[0]])

        native = self._client.paginate(
            _LIST, (self._app_id,), lambda mark: _UsersPager(len(users), mark), direction="\n".join(users)
        )
        return Listed(native.asked_by(fetch), conversations)

    async def _fetch(self, user_id: str) -> Response[Found | None]:
        try:
            response: Response[Any] = await self._client.send(_LIST.request(self._app_id, user_id))
        except NotFoundError as error:
            if error.code != _NO_CONVERSATION:
                raise
            facts = (error.attempts, error.call.elapsed, error.request_id, _LIST)
            return Response(None, error.status, error.headers, error.body, *facts)
        return msgspec.structs.replace(response, data=Found(user_id, response.data))

    def _list_messages(self, conversation_id: str, span: Span, order: Order | None) -> Listed[Message]:
        own = self._messages
        if order is Order.OLDEST_FIRST:
            native = own.list(conversation_id, after=_just_before(span.since))
        else:
            native = own.list(conversation_id, before=span.until)
        return Listed(native, partial(messages, conversation_id=conversation_id))

    async def send_text(self, conversation: Conversation | str, text: str) -> Message:
        """Post a text as the business; see `Inbox.send_text`.

        A shorthand in the text can make several messages, of which this is the first.
        """
        user_id = self._id_of(conversation)
        posted = await self._messages.post(user_id, message=models.TextMessage(role=models.Role.APP_MAKER, text=text))
        return messages([posted.message], user_id)[0]

    async def mark_read(self, conversation: Conversation | str) -> None:
        """Show the user that the business has read the conversation; see `Inbox.mark_read`."""
        body = {"role": models.Role.APP_MAKER, "type": models.ActivityType.CONVERSATION_READ}
        await self._client.call(_ACTIVITY.request(self._app_id, self._id_of(conversation), body=body))


class _UsersPager:
    """One answer for each user; `Ask.path` is the user's place among them."""

    def __init__(self, count: int, mark: Mark | None) -> None:
        self._count = count
        self._place = 0 if mark is None else mark.offset

    def ask(self) -> Ask | None:
        """The next user."""
        return Ask(path=(self._place,)) if self._place < self._count else None

    def take(self, answer: Any) -> Taken[Found]:
        """The user's conversation, if there is one."""
        self._place += 1
        return Taken([] if answer is None else [answer], self._place < self._count)

    def mark(self) -> Mark:
        """How many users are done."""
        return Mark(offset=self._place)

    def mark_after(self, before: Mark, items: Sequence[Found]) -> Mark | None:  # noqa: ARG002 -- the protocol's signature
        """Nothing to tell: one conversation has no parts."""
        return None

    def ahead(self, count: int, wanted: int | None = None) -> Sequence[Ask]:
        """The users after the next one."""
        following = range(self._place, self._count)[: count + 1 if wanted is None else min(count + 1, wanted)]
        return [Ask(path=(place,)) for place in following[1:]]


def _just_before(since: dt.datetime | None) -> float:
    """The API's bound is exclusive, and whole milliseconds."""
    return 0.0 if since is None else max(0, milliseconds(max(since, EPOCH)) - 1) / 1000
