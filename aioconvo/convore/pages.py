"""The answers of Convore around its nouns, and how its lists go on: by `cursor`, in an order the API does not document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.empty_lists import with_empty_list
from aioconvo.core.operations.operation import PageKind
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.pagers import Cursor, CursorPager, Listing, pages_by

from .models.conversations import Conversation
from .models.events import Event
from .models.messages import Message

__all__ = [
    "ConversationPage",
    "CursorPage",
    "EventPage",
    "MessagePage",
    "by_cursor",
    "conversation_pager",
    "empty_page",
    "event_pager",
    "message_pager",
]


class CursorPage(Telling, kw_only=True):
    """Base of the pages of lists; `total_count` counts the items of all pages."""

    next_cursor: str | None = None
    total_count: int | None = None


class ConversationPage(CursorPage, kw_only=True):
    """A page of conversations."""

    data: list[Conversation]


class EventPage(CursorPage, kw_only=True):
    """A page of events."""

    data: list[Event]


class MessagePage(CursorPage, kw_only=True):
    """A page of messages."""

    data: list[Message]


PageT = TypeVar("PageT", bound=CursorPage)
ItemT = TypeVar("ItemT")


def empty_page(kind: Any, body: bytes) -> CursorPage | None:
    """The page of a body whose list is null while its count says that there is nothing; `None` for any other body."""
    if not (isinstance(kind, type) and issubclass(kind, CursorPage)):
        return None
    page = with_empty_list(body, kind, "data", missing=True)
    return page if page is not None and page.total_count == 0 and not page.next_cursor else None


def by_cursor(items: Callable[[PageT], list[ItemT]]) -> Listing[PageT, ItemT]:
    """A list whose pages each say where the next begins."""
    return Listing(
        lambda mark: CursorPager("cursor", items, _following, identity=_identity, mark=mark),
        mark_at=lambda cursor: Mark(cursor=cursor),
    )


@pages_by(PageKind.CURSOR)
def conversation_pager() -> Listing[ConversationPage, Conversation]:
    """Conversations in the server's order."""
    return by_cursor(lambda page: page.data)


@pages_by(PageKind.CURSOR)
def event_pager() -> Listing[EventPage, Event]:
    """Events in the server's order."""
    return by_cursor(lambda page: page.data)


@pages_by(PageKind.CURSOR)
def message_pager() -> Listing[MessagePage, Message]:
    """Messages in the server's order."""
    return by_cursor(lambda page: page.data)


def _identity(item: object) -> str | None:
    identity: object = getattr(item, "id", None)  # an item that is no object at all has none
    return identity if isinstance(identity, str) and identity else None


def _following(page: CursorPage) -> Cursor:
    # A last page has no cursor or null. An empty one is unconfirmed; it could only lead back to the first page.
    return Cursor(page.next_cursor, bool(page.next_cursor))
