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
    participants.kind      always user
    participants.id        participants.user_id
    participants.name      not told
    participants.address   not told
    messages               not told

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
their own, which only an inbox asks for that is told to: `inbox.with_participants()`; else there are none.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar, Unpack

import msgspec

from aioconvo.core.answers.response import Response
from aioconvo.core.calls.client import APIClient
from aioconvo.core.errors import BadRequestError, NotFoundError, UnsupportedError
from aioconvo.core.json.model import Unknown
from aioconvo.core.operations.declaration import operation_of
from aioconvo.core.operations.rules import exactly_one
from aioconvo.core.paging.marks import Mark, Name, Names, last_of
from aioconvo.core.paging.pagers import Ask, Listing, Taken
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.core.paging.walks import Fetch
from aioconvo.inbox.base import Capabilities, Inbox, InboxOptions, happened_at, ids_in
from aioconvo.inbox.models import Conversation, Message
from aioconvo.inbox.together import gather_or_cancel
from aioconvo.inbox.told import text_in
from aioconvo.inbox.walk import Listed, Order, Span, as_neutral
from aioconvo.providers import Provider

from . import models
from .activities import Activities
from .conversations import Conversations
from .messages import Messages
from .neutral import Peopled, conversations, conversations_with_participants, messages
from .pages import ConversationPage, conversation_pager
from .participants import Participants

__all__ = ["Peopled", "SunshineInbox", "conversations", "conversations_with_participants", "messages"]

_MOST_A_PAGE = 100
_BY_USER = "filter[userId]"
_ID = re.compile("[0-9a-f]{24}")
_LISTED = conversation_pager(after=None, before=None, page_size=_MOST_A_PAGE)


class SunshineInbox(Inbox):
    """The inbox of Sunshine Conversations v2, which lists conversations by user, and messages newest first.

    A walk through messages ends at `since`; what is newer than `until` is fetched and left out.
    """

    provider: ClassVar[Provider] = Provider.SUNSHINE
    capabilities: ClassVar[Capabilities] = Capabilities(
        lists_all=False,
        lists_by_user=True,
        sends_text=True,
        marks_read=True,
        reads_new_conversations=False,
        reads_new_messages=True,
        message_orders=(Order.NEWEST_FIRST,),
        lists_by_external_user=True,
        options=("participants",),
    )

    def __init__(self, client: Any, *, participants: bool = False) -> None:
        self._client: APIClient = client
        self._app_id: str = client.app_id
        self._activities = Activities(client)
        self._messages = Messages(client)
        self._participants = Participants(client)
        self._tells_participants = participants

    def with_participants(self) -> SunshineInbox:
        """An inbox whose conversations tell who takes part, for a request more for each one in a user's list."""
        return SunshineInbox(self._client, participants=True)

    @property
    def portable_options(self) -> InboxOptions:
        """Whether conversations tell who takes part; see `Inbox.portable_options`."""
        return {"participants": True} if self._tells_participants else {}

    def with_options(self, **options: Unpack[InboxOptions]) -> SunshineInbox:
        """An inbox with or without `participants`; see `Inbox.with_options`."""
        participants = options.pop("participants", self._tells_participants)
        super().with_options(**options)
        return SunshineInbox(self._client, participants=participants)

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

        `users` are ids of the service's own, of 24 hexadecimal digits; a user who is not known by one raises `NotFoundError`.
        A conversation that several of them take part in comes once.
        """
        if external_users is None:
            return super().conversations(users=users, since=since, until=until, limit=limit, start=start, prefetch=prefetch)
        exactly_one("users", "external_users")(users, external_users)
        span = Span.between(since, until)
        native = self._of("filter[userExternalId]", ids_in("external_users", external_users))
        return as_neutral(native, happened_at, span=span, limit=limit, start=start, prefetch=prefetch)

    def _list_conversations(self, users: list[str] | None, span: Span) -> Listed[Conversation]:  # noqa: ARG002 -- the API has no bounds
        if users is None:
            raise UnsupportedError(
                "Sunshine Conversations lists by user only: give users=[...] or external_users=[...]; "
                "messages(...) takes the id of any conversation"
            )
        return self._of(_BY_USER, users)

    def _of(self, parameter: str, users: list[str]) -> Listed[Conversation]:
        native = self._client.paginate(
            operation_of(Conversations.list),
            (self._app_id,),
            Listing(lambda mark: _UsersPager(users, parameter, mark)),
            page_size=("page[size]", _MOST_A_PAGE),
            direction="\n".join((parameter, *users)),
        )
        if parameter == _BY_USER:
            native = native.asked_by(_hinting)
        if not self._tells_participants:
            return Listed(native, conversations)
        return Listed(native.asked_by(self._fetch_peopled), conversations_with_participants)

    async def _fetch_peopled(self, asks: Fetch, ask: Ask) -> Response[Any]:
        response: Response[Any] = await asks(ask)
        page = response.data
        peopled = await gather_or_cancel(self._peopled(one) for one in page.conversations)
        return msgspec.structs.replace(response, data=msgspec.structs.replace(page, conversations=peopled))

    async def _peopled(self, native: Any) -> Peopled:
        name = text_in(native, "id")
        if name is None:
            return Peopled(native, ())
        try:
            return Peopled(native, await self._participants.list(name, page_size=_MOST_A_PAGE).collect())
        except NotFoundError:  # deleted since it was listed
            return Peopled(native, ())

    def _list_messages(self, conversation_id: str, span: Span, order: Order | None) -> Listed[Message]:  # noqa: ARG002 -- as above
        return Listed(self._messages.list(conversation_id), partial(messages, conversation_id=conversation_id))

    async def send_text(self, conversation: Conversation | str, text: str) -> Message:
        """Post a text of 1 to 4096 characters as the business; see `Inbox.send_text`.

        A shorthand in the text can make several messages, of which this is the first.
        """
        conversation_id = self._id_of(conversation)
        author = models.Author(type=models.AuthorType.BUSINESS)
        posted = await self._messages.post(conversation_id, author=author, content=models.TextContent(text=text))
        return messages(posted[:1] or [Unknown(b"null")], conversation_id)[0]

    async def mark_read(self, conversation: Conversation | str) -> None:
        """Show the user that the business has read the conversation; see `Inbox.mark_read`. Source: PostActivity."""
        author = models.Author(type=models.AuthorType.BUSINESS)
        await self._activities.post(self._id_of(conversation), author=author, type=models.ActivityType.CONVERSATION_READ)


async def _hinting(asks: Fetch, ask: Ask) -> Response[Any]:
    """Ask; where the API does not know a user by an id that looks like your own, the error says how to give such."""
    try:
        response: Response[Any] = await asks(ask)
    except (BadRequestError, NotFoundError) as error:
        if _ID.fullmatch(dict(ask.query).get(_BY_USER, "")):
            raise
        hint = f"{error.reason} (users are the service's own ids, of 24 hexadecimal digits; is it external_users=... you mean?)"
        raise type(error)(hint, error.call, error.status, code=error.code, headers=error.headers, body=error.body) from error
    return response


class _UsersPager:
    """The conversations of one user after the other, each conversation once."""

    def __init__(
        self,
        users: Sequence[str],
        parameter: str,
        mark: Mark | None,
    ) -> None:
        self._users = users
        self._parameter = parameter
        self._place = self._answered = 0 if mark is None else mark.offset
        self._inner = _LISTED(None if mark is None else msgspec.structs.replace(mark, offset=0, late=()))
        self._last = self._inner
        given = () if mark is None else mark.late
        self._given: dict[Name, None] = dict.fromkeys(given)
        self._known = Names(given)

    def ask(self) -> Ask | None:
        """The present user's next page."""
        ask = self._inner.ask()
        return None if ask is None else Ask(((self._parameter, self._users[self._place]), *ask.query))

    def take(self, answer: ConversationPage) -> Taken[models.Conversation]:
        """The conversations that did not come before."""
        self._last, self._answered = self._inner, self._place
        taken = self._inner.take(answer)
        came, has_more = taken.items, taken.has_more
        if not has_more and self._place + 1 < len(self._users):
            self._place += 1
            self._inner = _LISTED()
            has_more = True
        fresh = [native for native in came if not self._is_seen(native)]
        return Taken(fresh, has_more)

    def mark(self) -> Mark:
        """The user's place among the users, where that user's walk stands, and the conversations given."""
        return msgspec.structs.replace(self._inner.mark(), offset=self._place, late=last_of(self._given))

    def mark_after(self, before: Mark, items: Sequence[models.Conversation]) -> Mark | None:
        """After the last of these conversations."""
        mark = self._last.mark_after(before, items)
        given = dict.fromkeys((*before.late, *(name for native in items if (name := text_in(native, "id")) is not None)))
        return None if mark is None else msgspec.structs.replace(mark, offset=self._answered, late=last_of(given))

    def ahead(self, count: int, wanted: int | None = None) -> Sequence[Ask]:  # noqa: ARG002 -- the protocol's signature
        """Unknown until the next page came."""
        return ()

    def _is_seen(self, native: Any) -> bool:
        name = text_in(native, "id")
        if name is None:
            return False
        seen = name in self._known
        self._known.ids.add(name)
        self._given[name] = None
        return seen
