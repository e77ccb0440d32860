"""The answers of SMS.CX around its nouns. Some of its lists come whole, in one answer, and some by cursor."""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable
from typing import Any, cast

import msgspec

from aioconvo.core.answers.refusals import Acknowledgement, Telling
from aioconvo.core.json.empty_lists import with_empty_list
from aioconvo.core.json.model import Model
from aioconvo.core.operations.operation import PageKind
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.pagers import Cursor, CursorPager, Listing, SinglePager, pages_by

from .models.conversations import Conversation
from .models.groups import Group, GroupContact
from .models.originators import Originator

__all__ = [
    "ConversationPage",
    "CursorPage",
    "GroupContactPage",
    "GroupPage",
    "OriginatorPage",
    "ReadAnswer",
    "WholePage",
    "by_cursor",
    "conversation_pager",
    "empty_page",
    "group_contact_pager",
    "group_pager",
    "originator_pager",
    "scope_pager",
    "whole",
]

_USUAL = 500  # items of a page, unless another number is asked for


class WholePage(Telling, kw_only=True):
    """A list that comes in one answer."""

    data: list[Any]


class Paging(Model):
    """Where a page stands in its list."""

    next: str | None = None
    previous: str | None = None
    size: int | None = None


class CursorPage(WholePage, kw_only=True):
    """A page of a list; what is missing beside its items costs none of them."""

    paging: Paging | None = None


class ConversationPage(WholePage, kw_only=True):
    """All conversations, newest reply first."""

    data: list[Conversation]


class GroupPage(WholePage, kw_only=True):
    """All groups."""

    data: list[Group]


class GroupContactPage(CursorPage, kw_only=True):
    """A page of a group's contacts, and the group."""

    data: list[GroupContact]
    info: Group | None = None


class OriginatorPage(WholePage, kw_only=True):
    """All originators."""

    data: list[Originator]


class ReadInfo(Model):
    """Which conversation was marked as read."""

    id: str


class ReadAnswer(Acknowledgement, kw_only=True):
    """The answer to marking a conversation as read."""

    info: ReadInfo | None = None


def empty_page(kind: object, body: bytes) -> object:
    """What a body says whose list is "an empty data object", as the vendor's documents call it, or null."""
    if kind is ConversationPage and body.strip() == b"null":
        return ConversationPage(data=[])
    if not isinstance(kind, type) or not _holds_list(kind):
        return None
    page: object = with_empty_list(body, cast("type[Telling]", kind), "data")
    more = isinstance(page, CursorPage) and page.paging is not None and page.paging.next
    return None if more else page


@functools.cache
def _holds_list(kind: type) -> bool:
    """Whether an answer has a list as its `data`."""
    fields = msgspec.structs.fields(kind) if issubclass(kind, Telling) else ()
    return any(one.encode_name == "data" and typing.get_origin(one.type) is list for one in fields)


def whole(identity: str) -> Callable[[], Listing[Any, Any]]:
    """The pager of a list that comes in one answer; the member `identity` tells its items apart."""

    @pages_by(PageKind.SINGLE)
    def pager() -> Listing[Any, Any]:
        return Listing(lambda mark: SinglePager(_data, mark, identity=_named(identity)))

    return pager


def by_cursor(identity: str) -> Callable[..., Listing[Any, Any]]:
    """The pager of a list that comes by cursor; the member `identity` tells its items apart."""

    @pages_by(PageKind.CURSOR)
    def pager(*, page_size: int | None) -> Listing[Any, Any]:
        usual = page_size or _USUAL
        return Listing(
            lambda mark: CursorPager("next", _data, _following, page_size=usual, identity=_named(identity), mark=mark),
            mark_at=lambda cursor: Mark(cursor=cursor),
        )

    return pager


conversation_pager = whole("conversation_id")
group_pager = originator_pager = whole("id")
group_contact_pager = by_cursor("id")


@pages_by(PageKind.SINGLE)
def scope_pager() -> Listing[list[str], str]:
    """Scopes, which come as a bare array."""
    return Listing(lambda mark: SinglePager(lambda page: page or [], mark, identity=str))


def _data(page: WholePage | None) -> list[Any]:
    return [] if page is None else page.data


def _following(page: CursorPage | None) -> Cursor:
    if page is None or page.paging is None:
        return Cursor(None, None if page else False)
    return Cursor(page.paging.next, bool(page.paging.next))


def _named(member: str) -> Callable[[object], str | None]:
    """What tells an item apart from others."""

    def identity(item: object) -> str | None:
        name = getattr(item, member, None)  # an item that is no object at all has none
        return None if name is None else str(name)

    return identity
