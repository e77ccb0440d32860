"""The inbox of Sunshine Conversations v2.

    Conversation           native
    ---------------------  -----------------------------------------------
    id                     id
    created_at             created_at
    updated_at             last_updated_at
    last_message_at        not told
    status                 not told
    subject                display_name
    unread                 not told
    message_count          not told
    channels               not told
    participants.kind      not told
    participants.id        not told
    participants.name      not told
    participants.address   not told

    Message                native
    ---------------------  -----------------------------------------------
    conversation_id        as asked
    id                     id
    sent_at                received
    updated_at             not told
    direction              author.type: user is inbound, business is outbound
    kind                   content.type: text is text, image is image, file is file, location is location,
                           carousel is carousel, list is list, form is form, formResponse is form_response,
                           template is template
    author.kind            author.type: user is user, business is business
    author.id              author.user_id
    author.name            author.display_name
    author.address         not told
    text                   content.text, else content.text_fallback
    html                   content.html_text
    subject                not told
    channel                source.type
    status                 deleted: True is deleted
    reply_to_id            quoted_message.message.id, else quoted_message.external_message_id
    attachments.id         content.attachment_id
    attachments.url        content.media_url
    attachments.media_type content.media_type
    attachments.name       not told
    attachments.size       content.media_size

A message that only tells an activity (a ticket was closed) is `system`, and of kind `activity`. Participants have a list of
their own: `client.participants.list(conversation.id)`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from aioconvo.core.codec import Unknown
from aioconvo.core.errors import UnsupportedError
from aioconvo.core.operation import Effect, Operation
from aioconvo.core.pagers import Ask, Mark, Pager, Taken
from aioconvo.core.pagination import AsyncPaginator
from aioconvo.core.validation import exactly_one
from aioconvo.sunshine import models
from aioconvo.sunshine.conversations import LIST
from aioconvo.sunshine.pages import ConversationPage, conversation_pager

from .base import Capabilities, Inbox, Order, happened_at, listed, sent_at
from .models import Attachment, Conversation, Direction, Kind, Message, Participant, ParticipantKind, Provider
from .times import utc
from .told import first, identity, told, words
from .walk import Span, neutral

if TYPE_CHECKING:
    from aioconvo.sunshine import SunshineClient

__all__ = ["SunshineInbox", "conversation", "message"]

_DIRECTIONS = {"user": Direction.INBOUND, "business": Direction.OUTBOUND}
_SIDES = {"user": ParticipantKind.USER, "business": ParticipantKind.BUSINESS}
_KINDS = {
    "text": Kind.TEXT,
    "image": Kind.IMAGE,
    "file": Kind.FILE,
    "location": Kind.LOCATION,
    "carousel": Kind.CAROUSEL,
    "list": Kind.LIST,
    "form": Kind.FORM,
    "formResponse": Kind.FORM_RESPONSE,
    "template": Kind.TEMPLATE,
}
_MOST_A_PAGE = 100

# To say twice that something was read changes nothing.
_ACTIVITY: Operation[None] = Operation(
    "sunshine.inbox.mark_read",
    "PostActivity",
    "POST",
    "/v2/apps/{appId}/conversations/{conversationId}/activity",
    None,
    Effect.IDEMPOTENT,
)


def conversation(native: models.Conversation) -> Conversation:
    """A conversation as a neutral one."""
    return Conversation(
        provider=Provider.SUNSHINE,
        id=identity(native, "id"),
        native=native,
        created_at=utc(told(native, "created_at", dt.datetime)),
        updated_at=utc(told(native, "last_updated_at", dt.datetime)),
        subject=words(native, "display_name"),
    )


def message(native: models.Message | Unknown, conversation_id: str) -> Message:
    """A message as a neutral one."""
    content = told(native, "content", object)
    named = told(content, "type", str)
    activity = named is None and isinstance(told(native, "activity", object), msgspec.Struct | Unknown)
    author = told(native, "author", object)
    side = words(author, "type") or ""
    quoted = told(native, "quoted_message", object)
    return Message(
        provider=Provider.SUNSHINE,
        conversation_id=conversation_id,
        id=identity(native, "id"),
        native=native,
        sent_at=utc(told(native, "received", dt.datetime)),
        direction=Direction.SYSTEM if activity else _DIRECTIONS.get(side),
        kind=Kind.ACTIVITY if activity else _KINDS.get(named or "", Kind.OTHER),
        author=_author(author, side) if isinstance(author, models.Author) else None,
        text=words(content, "text") or words(content, "text_fallback"),
        html=words(content, "html_text"),
        channel=words(told(native, "source", object), "type"),
        status="deleted" if told(native, "deleted", bool) else None,
        reply_to_id=None if quoted is None else _quoted(quoted),
        attachments=() if isinstance(content, models.TextContent) else _attachments(content),
    )


def _author(native: models.Author, side: str) -> Participant:
    kind = _SIDES.get(side, ParticipantKind.UNKNOWN)
    return Participant(kind=kind, id=words(native, "user_id"), name=words(native, "display_name"))


def _quoted(native: object) -> str | None:
    return first(words(told(native, "message", object), "id"), words(native, "external_message_id"))


def _attachments(content: object) -> tuple[Attachment, ...]:
    url, identifier = words(content, "media_url"), words(content, "attachment_id")
    if url is None and identifier is None:
        return ()
    size = told(content, "media_size", float)
    whole = None if size is None else int(size)
    return (Attachment(id=identifier, url=url, media_type=words(content, "media_type"), size=whole),)


class SunshineInbox(Inbox):
    """The inbox of Sunshine Conversations v2, which lists conversations by user, and messages newest first."""

    provider: ClassVar[Provider] = Provider.SUNSHINE
    capabilities: ClassVar[Capabilities] = Capabilities(
        lists_all=False,
        lists_by_user=True,
        sends_text=True,
        marks_read=True,
        reads_new_conversations=False,
        reads_new_messages=True,
        message_orders=(Order.NEWEST_FIRST,),
    )

    def __init__(self, client: SunshineClient) -> None:
        self._client = client

    def conversations(
        self,
        *,
        users: str | Sequence[str] | None = None,
        external_users: str | Sequence[str] | None = None,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Conversation]:
        """List the conversations of `users`, or of `external_users` by your own ids of them; see `Inbox.conversations`.

        A conversation that several of them take part in comes once in a walk, but may come again in one that goes on from
        a position. Raises `NotFoundError` (when awaited or iterated) at a user whom the API does not know.
        """
        if users is None and external_users is None:
            raise UnsupportedError(
                "Sunshine Conversations lists by user only: give users=[...] or external_users=[...]; "
                "messages(...) takes the id of any conversation"
            )
        exactly_one(users=users, external_users=external_users)
        ids = listed(users or external_users or ())
        parameter = "filter[userId]" if users is not None else "filter[userExternalId]"
        span = Span.between(since, until)
        native = self._client.paginate(
            LIST,
            (self._client.app_id,),
            lambda mark: _UsersPager(ids, parameter, conversation_pager(after=None, before=None), mark),
            query=(("page[size]", _MOST_A_PAGE),),
            direction="\n".join((parameter, *ids)),
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
        """List the messages of a conversation, newest first; see `Inbox.messages`.

        The walk ends at `since`; what is newer than `until` is fetched and left out.
        """
        conversation_id = self._id_of(conversation)
        return neutral(
            self._client.messages.list(conversation_id),
            lambda native: message(native, conversation_id),
            sent_at,
            span=Span.between(since, until),
            order=self._order(order),
            limit=limit,
            start=start,
            prefetch=prefetch,
        )

    async def send_text(self, conversation: Conversation | str, text: str) -> Message:
        """Post a text of 1 to 4096 characters as the business; see `Inbox.send_text`.

        A shorthand in the text can make several messages, of which this is the first.
        """
        conversation_id = self._id_of(conversation)
        author = models.Author(type=models.AuthorType.BUSINESS)
        posted = await self._client.messages.post(conversation_id, author=author, content=models.TextContent(text=text))
        return message(posted[0] if posted else Unknown(b"null"), conversation_id)

    async def mark_read(self, conversation: Conversation | str) -> None:
        """Show the user that the business has read the conversation; see `Inbox.mark_read`. Source: PostActivity."""
        body = {"author": {"type": "business"}, "type": "conversation:read"}
        await self._client.call(_ACTIVITY.request(self._client.app_id, self._id_of(conversation), body=body))


class _UsersPager:
    """The conversations of one user after the other, each conversation once."""

    def __init__(
        self,
        users: Sequence[str],
        parameter: str,
        one: Callable[[Mark | None], Pager[ConversationPage, models.Conversation]],
        mark: Mark | None,
    ) -> None:
        self._users = users
        self._parameter = parameter
        self._one = one
        self._place = self._answered = 0 if mark is None else mark.offset
        self._inner = one(None if mark is None else msgspec.structs.replace(mark, offset=0))
        self._last = self._inner
        self._seen: set[str] = set()

    def ask(self) -> Ask | None:
        """The present user's next page."""
        ask = self._inner.ask()
        return None if ask is None else Ask(((self._parameter, self._users[self._place]), *ask.query))

    def take(self, answer: ConversationPage) -> Taken[models.Conversation]:
        """The conversations that did not come before."""
        self._last, self._answered = self._inner, self._place
        came, has_more = self._inner.take(answer)
        if not has_more and self._place + 1 < len(self._users):
            self._place += 1
            self._inner = self._one(None)
            has_more = True
        fresh = [native for native in came if not self._is_seen(native)]
        return Taken(fresh, has_more)

    def mark(self) -> Mark:
        """The user's place among the users, and where that user's walk stands."""
        return msgspec.structs.replace(self._inner.mark(), offset=self._place)

    def mark_after(self, before: Mark, items: Sequence[models.Conversation]) -> Mark | None:
        """After the last of these conversations."""
        mark = self._last.mark_after(before, items)
        return None if mark is None else msgspec.structs.replace(mark, offset=self._answered)

    def ahead(self, count: int) -> Sequence[Ask]:  # noqa: ARG002 -- the protocol's signature
        """Unknown until the next page came."""
        return ()

    def _is_seen(self, native: Any) -> bool:
        name = words(native, "id")
        if name is None:
            return False
        seen = name in self._seen
        self._seen.add(name)
        return seen
