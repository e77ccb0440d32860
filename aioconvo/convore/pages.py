"""The answers of Convore around its nouns, and how its lists go on: by `cursor`, in an order the API does not document."""

from __future__ import annotations

from typing import TypeVar

from aioconvo.core.pagers import Cursor, CursorPager, Mark
from aioconvo.core.refusals import Telling

from .models import Conversation, Message

__all__ = ["ConversationPage", "MessagePage", "conversation_pager", "message_pager"]


class ConversationPage(Telling, kw_only=True):
    """A page of conversations; `total_count` counts those of all pages."""

    data: list[Conversation]
    next_cursor: str | None = None
    total_count: int | None = None


class MessagePage(Telling, kw_only=True):
    """A page of messages; `total_count` counts those of all pages."""

    data: list[Message]
    next_cursor: str | None = None
    total_count: int | None = None


_AnyPage = TypeVar("_AnyPage", ConversationPage, MessagePage)


def conversation_pager(mark: Mark | None) -> CursorPager[ConversationPage, Conversation]:
    """Conversations in the server's order."""
    return CursorPager("cursor", lambda page: page.data, _following, mark=mark)


def message_pager(mark: Mark | None) -> CursorPager[MessagePage, Message]:
    """Messages in the server's order."""
    return CursorPager("cursor", lambda page: page.data, _following, mark=mark)


def _following(page: _AnyPage) -> Cursor:
    # A last page has no cursor or null. An empty one is unconfirmed; it could only lead back to the first page.
    return Cursor(page.next_cursor, bool(page.next_cursor))
