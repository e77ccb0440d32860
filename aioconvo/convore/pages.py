"""The answers of Convore around its nouns, and how its lists go on: by `cursor`, in an order the API does not document."""

from __future__ import annotations

from typing import TypeVar

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.empty_lists import with_empty_list
from aioconvo.core.operations.operation import PageKind
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.pagers import Cursor, CursorPager, Listing, pages_by

from .models import Conversation, Event, Message

__all__ = ["ConversationPage", "EventPage", "MessagePage", "conversation_pager", "empty_page", "event_pager", "message_pager"]


class ConversationPage(Telling, kw_only=True):
    """A page of conversations; `total_count` counts those of all pages."""

    data: list[Conversation]
    next_cursor: str | None = None
    total_count: int | None = None


class EventPage(Telling, kw_only=True):
    """A page of events; `total_count` counts those of all pages."""

    data: list[Event]
    next_cursor: str | None = None
    total_count: int | None = None


class MessagePage(Telling, kw_only=True):
    """A page of messages; `total_count` counts those of all pages."""

    data: list[Message]
    next_cursor: str | None = None
    total_count: int | None = None


_AnyPage = TypeVar("_AnyPage", ConversationPage, EventPage, MessagePage)


def empty_page(kind: object, body: bytes) -> ConversationPage | EventPage | MessagePage | None:
    """The page of a body whose list is null while its count says that there is nothing; `None` for any other body."""
    page: ConversationPage | EventPage | MessagePage | None = None
    if kind is ConversationPage:
        page = with_empty_list(body, ConversationPage, "data", missing=True)
    elif kind is EventPage:
        page = with_empty_list(body, EventPage, "data", missing=True)
    elif kind is MessagePage:
        page = with_empty_list(body, MessagePage, "data", missing=True)
    return page if page is not None and page.total_count == 0 and not page.next_cursor else None


@pages_by(PageKind.CURSOR)
def conversation_pager() -> Listing[ConversationPage, Conversation]:
    """Conversations in the server's order."""
    return Listing(
        lambda mark: CursorPager("cursor", lambda page: page.data, _following, identity=_identity, mark=mark),
        mark_at=_cursor_mark,
    )


@pages_by(PageKind.CURSOR)
def event_pager() -> Listing[EventPage, Event]:
    """Events in the server's order."""
    return Listing(
        lambda mark: CursorPager("cursor", lambda page: page.data, _following, identity=_identity, mark=mark),
        mark_at=_cursor_mark,
    )


@pages_by(PageKind.CURSOR)
def message_pager() -> Listing[MessagePage, Message]:
    """Messages in the server's order."""
    return Listing(
        lambda mark: CursorPager("cursor", lambda page: page.data, _following, identity=_identity, mark=mark),
        mark_at=_cursor_mark,
    )


def _cursor_mark(cursor: str) -> Mark:
    return Mark(cursor=cursor)


def _identity(item: Conversation | Event | Message) -> str | None:
    identity: object = getattr(item, "id", None)  # an item that is no object at all has none
    return identity if isinstance(identity, str) and identity else None


def _following(page: _AnyPage) -> Cursor:
    # A last page has no cursor or null. An empty one is unconfirmed; it could only lead back to the first page.
    return Cursor(page.next_cursor, bool(page.next_cursor))
