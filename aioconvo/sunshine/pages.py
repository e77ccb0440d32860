"""The answers of Sunshine Conversations around its nouns, and how its lists go on.

Cursors are ids of records, exclusive. Conversations and participants are walked with `page[after]`; messages begin with
the newest page and are walked backwards with `page[before]`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote

from aioconvo.core.answers.identity import Check, all_about
from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.empty_lists import with_empty_list
from aioconvo.core.json.model import Model
from aioconvo.core.operations.envelope import envelope
from aioconvo.core.operations.operation import PageKind
from aioconvo.core.paging.columns import Column, column
from aioconvo.core.paging.links import query_value
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.pagers import Cursor, CursorPager, Listing, pages_by
from aioconvo.core.paging.timed import in_time_order

from .models.conversations import Conversation
from .models.messages import Message
from .models.participants import Participant

__all__ = [
    "AFTER",
    "BEFORE",
    "ConversationAnswer",
    "ConversationPage",
    "Links",
    "MessagePage",
    "MessagesAnswer",
    "Meta",
    "ParticipantPage",
    "by_cursor",
    "conversation_pager",
    "empty_page",
    "identity_of",
    "message_pager",
    "of_conversation",
    "participant_pager",
]

AFTER = "page[after]"
BEFORE = "page[before]"
# What the API gives where no size is asked for, or none can be.
_USUALLY_A_PAGE = 25
_MESSAGES_A_PAGE = 100

_IN_A_LINK = re.compile(r"/conversations/([^/?#]+)/(?:messages|participants)(?:[?#]|$)")

_received: Column[Message] = column(lambda messages: [message.received for message in messages])


class Meta(Model, rename="camel"):
    """Whether more follow in the direction of the walk, and the cursors of the pages beside this one."""

    has_more: bool | None = None
    after_cursor: str | None = None
    before_cursor: str | None = None


class Links(Model):
    """The pages beside this one as URLs; only their cursors are used, never their host."""

    prev: str | None = None
    next: str | None = None


class ConversationPage(Telling, kw_only=True):
    """A page of conversations."""

    conversations: list[Conversation]
    meta: Meta | None = None
    links: Links | None = None


class ParticipantPage(Telling, kw_only=True):
    """A page of participants."""

    participants: list[Participant]
    meta: Meta | None = None
    links: Links | None = None


class MessagePage(Telling, kw_only=True):
    """A page of messages."""

    messages: list[Message]
    meta: Meta | None = None
    links: Links | None = None


# The names that pickles of answers have for them.
ConversationAnswer = envelope(Conversation, "conversation", Telling)
MessagesAnswer = envelope(list[Message], "messages", Telling)

T = TypeVar("T")
_AnyPage = TypeVar("_AnyPage", bound="_WithCursors")


def of_conversation(conversation_id: str) -> Check:
    """That a page of messages or participants is of this conversation: only its links name it, where it has any."""
    return partial(_check_links, conversation_id)


def _check_links(conversation_id: str, page: MessagePage | ParticipantPage) -> None:
    if page.links is not None:
        found = (_IN_A_LINK.search(link) for link in (page.links.prev, page.links.next) if isinstance(link, str))
        all_about("conversation", conversation_id, [unquote(one[1]) for one in found if one is not None])


class _WithCursors(Protocol):
    """What a page has whose list goes on by cursor."""

    @property
    def meta(self) -> Meta | None: ...
    @property
    def links(self) -> Links | None: ...


def empty_page(kind: Any, body: bytes) -> object:
    """The page of a body whose list is null or left out, and which says that no more follow; `None` for any other body."""
    if not (isinstance(kind, type) and issubclass(kind, Telling) and "meta" in kind.__struct_fields__):
        return None
    page: Any = with_empty_list(body, kind, next(iter(kind.__annotations__)), missing=True)  # the list stands first in them
    return page if page is not None and page.meta is not None and page.meta.has_more is False else None


@pages_by(PageKind.CURSOR)
def conversation_pager(
    *, after: str | None, before: str | None, page_size: int | None = None
) -> Listing[ConversationPage, Conversation]:
    """Conversations in the server's order, from `after` on; with `before` backwards from there."""
    return by_cursor(lambda page: page.conversations, after, before, page_size)


@pages_by(PageKind.CURSOR)
def participant_pager(*, after: str | None, before: str | None, page_size: int | None) -> Listing[ParticipantPage, Participant]:
    """Participants in the server's order, from `after` on; with `before` backwards from there."""
    return by_cursor(lambda page: page.participants, after, before, page_size)


def by_cursor(
    items: Callable[[_AnyPage], list[T]], after: str | None, before: str | None, page_size: int | None = None
) -> Listing[_AnyPage, T]:
    """A list that begins after one of these ids, or before one and goes backwards."""
    if before is not None:
        return _walk(BEFORE, lambda page: items(page)[::-1], _following_before, before, page_size)
    return _walk(AFTER, items, _following_after, after, page_size)


@pages_by(PageKind.CURSOR)
def message_pager(*, after: str | None, before: str | None) -> Listing[MessagePage, Message]:
    """Messages newest first from the newest, or from `before`; with `after` oldest first."""
    if after is not None:
        return _walk(AFTER, _oldest_first, _following_after, after, None, usual=_MESSAGES_A_PAGE)
    return _walk(BEFORE, _newest_first, _following_before, before, None, usual=_MESSAGES_A_PAGE)


def _walk(
    parameter: str,
    items: Callable[[_AnyPage], list[T]],
    following: Callable[[_AnyPage], Cursor],
    start: str | None,
    page_size: int | None,
    *,
    usual: int = _USUALLY_A_PAGE,
) -> Listing[_AnyPage, T]:
    return Listing(
        lambda mark: CursorPager(
            parameter, items, following, page_size=page_size or usual, cursor_of=identity_of, start=start, mark=mark
        ),
        mark_at=_cursor_mark,
        direction="backward" if parameter == BEFORE else "forward",
    )


def _cursor_mark(cursor: str) -> Mark:
    return Mark(cursor=cursor)


def _following_after(page: _WithCursors) -> Cursor:
    meta = page.meta or Meta()
    return _cursor(meta.has_more, meta.after_cursor, page.links.next if page.links else None, AFTER)


def _following_before(page: _WithCursors) -> Cursor:
    meta = page.meta or Meta()
    return _cursor(meta.has_more, meta.before_cursor, page.links.prev if page.links else None, BEFORE)


def _cursor(has_more: bool | None, cursor: str | None, link: str | None, parameter: str) -> Cursor:
    if cursor is None and link:
        cursor = query_value(link, parameter)
    if has_more is None and cursor is not None:
        has_more = True
    return Cursor(cursor, has_more)


# The order of messages inside a page is not documented.


def _newest_first(page: MessagePage) -> list[Message]:
    return in_time_order(page.messages, _time, newest_first=True, moments=_moments)


def _oldest_first(page: MessagePage) -> list[Message]:
    return in_time_order(page.messages, _time, newest_first=False, moments=_moments)


def identity_of(item: object) -> str | None:
    """The id of an item."""
    identity: object = getattr(item, "id", None)  # an item that is no object at all has none
    return identity if isinstance(identity, str) else None


def _time(message: Message) -> float | None:
    received = getattr(message, "received", None)  # an item that is no object at all has none
    return received.timestamp() if isinstance(received, dt.datetime) else None


def _moments(messages: list[Message]) -> list[dt.datetime] | None:
    moments = _received(messages)
    # Naive ones count as local time, which has hours that come twice. With an aware one among them they do not compare.
    return moments if moments and getattr(moments[0], "tzinfo", None) is not None else None
