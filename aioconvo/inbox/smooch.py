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
    participants.kind      always user
    participants.id        as asked
    participants.name      not told
    participants.address   not told

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
    author.id              author_id
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

The API tells of a user's conversation beside its newest messages, which alone tell when it was active; where an answer holds
the messages without it, `native` is the whole answer. A whisper is a note that the business keeps to itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import msgspec

from aioconvo.core.errors import NotFoundError, UnsupportedError
from aioconvo.core.pagers import Ask, Mark, Taken
from aioconvo.core.pagination import AsyncPaginator
from aioconvo.core.response import Response
from aioconvo.smooch import models
from aioconvo.smooch.messages import LIST
from aioconvo.smooch.pages import MessagePage

from .base import Capabilities, Inbox, Order, happened_at, listed, sent_at
from .models import Attachment, Conversation, Direction, Kind, Message, Participant, ParticipantKind, Provider
from .times import EPOCH, milliseconds
from .told import first, identity, items, told, words
from .walk import Span, neutral

if TYPE_CHECKING:
    from aioconvo.smooch import SmoochClient

__all__ = ["SmoochInbox", "conversation", "message"]

_DIRECTIONS = {"appUser": Direction.INBOUND, "appMaker": Direction.OUTBOUND, "whisper": Direction.SYSTEM}
_SIDES = {"appUser": ParticipantKind.USER, "appMaker": ParticipantKind.BUSINESS, "whisper": ParticipantKind.BUSINESS}
_KINDS = {
    "text": Kind.TEXT,
    "image": Kind.IMAGE,
    "file": Kind.FILE,
    "location": Kind.LOCATION,
    "carousel": Kind.CAROUSEL,
    "list": Kind.LIST,
    "form": Kind.FORM,
    "formResponse": Kind.FORM_RESPONSE,
}
# A user who never wrote is a 404 like one who does not exist; the API's documents name no codes, v2's name this one.
_NO_CONVERSATION = "conversation_not_found"


def conversation(answer: MessagePage, user_id: str) -> Conversation:
    """A user's conversation, which comes beside its newest messages, as a neutral one."""
    times = (told(one, "received_at", dt.datetime) for one in items(answer, "messages"))
    return Conversation(
        provider=Provider.SMOOCH,
        id=user_id,
        native=told(answer, "conversation", models.Conversation) or answer,
        last_message_at=max((time for time in times if time is not None), default=None),
        participants=(Participant(kind=ParticipantKind.USER, id=user_id),),
    )


def message(native: models.Message, user_id: str) -> Message:
    """A message of a user's conversation as a neutral one."""
    role = words(native, "role") or ""
    return Message(
        provider=Provider.SMOOCH,
        conversation_id=user_id,
        id=identity(native, "id"),
        native=native,
        sent_at=told(native, "received_at", dt.datetime),
        direction=_DIRECTIONS.get(role),
        kind=_KINDS.get(words(native, "type") or "", Kind.OTHER),
        author=_author(native, role),
        text=first(words(native, "text"), words(native, "text_fallback")),
        channel=words(told(native, "source", object), "type"),
        reply_to_id=_quoted(told(native, "quoted_message", object)),
        attachments=_attachments(native),
    )


def _author(native: object, role: str) -> Participant | None:
    known = (words(native, "author_id"), words(native, "name"), words(native, "email"))
    if role not in _SIDES and not any(known):
        return None
    side = _SIDES.get(role, ParticipantKind.UNKNOWN)
    return Participant(kind=side, id=known[0], name=known[1], address=known[2])


def _quoted(native: object) -> str | None:
    return first(words(told(native, "content", object), "id"), words(native, "external_message_id"))


def _attachments(native: object) -> tuple[Attachment, ...]:
    url = words(native, "media_url")
    if url is None:
        return ()
    return (Attachment(url=url, media_type=words(native, "media_type"), size=told(native, "media_size", int)),)


class SmoochInbox(Inbox):
    """The inbox of Smooch v1.1. The id of a conversation is that of its user: the service's or your own, as it was given."""

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

    def __init__(self, client: SmoochClient) -> None:
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
        """List the conversation of each of the `users`, one request each; see `Inbox.conversations`.

        Users who have no conversation yet are left out; `prefetch` asks for that many users at the same time. Raises
        `NotFoundError` (when awaited or iterated) at a user whom the API does not know.
        """
        if users is None:
            raise UnsupportedError(
                "Smooch knows conversations by their user only: give users=[...]; messages(...) takes the id of any user"
            )
        ids = listed(users)

        async def fetch(ask: Ask) -> Response[_Found | None]:
            return await self._fetch(ids[ask.path[0]])

        native = AsyncPaginator(
            fetch, lambda mark: _UsersPager(len(ids), mark), walk="\n".join((LIST.python, self._client.app_id, *ids))
        )
        return neutral(
            native,
            lambda found: conversation(found.page, found.user_id),
            happened_at,
            span=Span.between(since, until),
            limit=limit,
            start=start,
            prefetch=prefetch,
        )

    async def _fetch(self, user_id: str) -> Response[_Found | None]:
        try:
            response: Response[Any] = await self._client.send(LIST.request(self._client.app_id, user_id))
        except NotFoundError as error:
            if error.code != _NO_CONVERSATION:
                raise
            facts = (error.attempts, error.call.elapsed, error.request_id, LIST)
            return Response(None, error.status, error.headers, error.body, *facts)
        return msgspec.structs.replace(response, data=_Found(user_id, response.data))

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
        """List the messages of a user's conversation, newest first or oldest first; see `Inbox.messages`.

        Oldest first, the position of the last page is where a later walk finds what is new.
        """
        user_id = self._id_of(conversation)
        chosen = self._order(order)
        span = Span.between(since, until)
        own = self._client.messages
        if chosen is Order.OLDEST_FIRST:
            native = own.list(user_id, after=_just_before(span.since))
        else:
            native = own.list(user_id, before=span.until)
        return neutral(
            native,
            lambda one: message(one, user_id),
            sent_at,
            span=span,
            order=chosen,
            limit=limit,
            start=start,
            prefetch=prefetch,
        )

    async def send_text(self, conversation: Conversation | str, text: str) -> Message:
        """Post a text as the business; see `Inbox.send_text`.

        A shorthand in the text can make several messages, of which this is the first.
        """
        user_id = self._id_of(conversation)
        posted = await self._client.messages.post(user_id, message=models.TextMessage(role=models.Role.APP_MAKER, text=text))
        return message(posted.message, user_id)

    async def mark_read(self, conversation: Conversation | str) -> None:
        """Show the user that the business has read the conversation; see `Inbox.mark_read`."""
        own = self._client.conversations
        await own.post_activity(self._id_of(conversation), type=models.ActivityType.CONVERSATION_READ)


class _Found(NamedTuple):
    """What the API said of one user who has a conversation."""

    user_id: str
    page: MessagePage


class _UsersPager:
    """One answer for each user; `Ask.path` is the user's place among them."""

    def __init__(self, count: int, mark: Mark | None) -> None:
        self._count = count
        self._place = 0 if mark is None else mark.offset

    def ask(self) -> Ask | None:
        """The next user."""
        return Ask(path=(self._place,)) if self._place < self._count else None

    def take(self, answer: _Found | None) -> Taken[_Found]:
        """The user's conversation, if there is one."""
        self._place += 1
        return Taken([] if answer is None else [answer], self._place < self._count)

    def mark(self) -> Mark:
        """How many users are done."""
        return Mark(offset=self._place)

    def mark_after(self, before: Mark, items: Sequence[_Found]) -> Mark | None:  # noqa: ARG002 -- the protocol's signature
        """Nothing to tell: one conversation has no parts."""
        return None

    def ahead(self, count: int) -> Sequence[Ask]:
        """The users after the next one."""
        return [Ask(path=(place,)) for place in range(self._place + 1, min(self._place + 1 + count, self._count))]


def _just_before(since: dt.datetime | None) -> float:
    """The API's bound is exclusive, and whole milliseconds."""
    return 0.0 if since is None else max(0, milliseconds(max(since, EPOCH)) - 1) / 1000
