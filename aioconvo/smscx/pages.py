"""The answers of SMS.CX around its nouns. Most of its lists come whole, in one answer, and some by cursor."""

from __future__ import annotations

from aioconvo.core.answers.refusals import Acknowledgement, Telling
from aioconvo.core.json.empty_lists import with_empty_list
from aioconvo.core.json.model import Model
from aioconvo.core.operations.operation import PageKind
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.pagers import Cursor, CursorPager, Listing, SinglePager, pages_by

from .models import Conversation, ConversationDetail, Group, GroupContact, Originator, SmsBatch, SmsCampaign

__all__ = [
    "ConversationPage",
    "GroupContactPage",
    "GroupPage",
    "OriginatorPage",
    "ReadAnswer",
    "conversation_pager",
    "empty_page",
    "group_contact_pager",
    "group_pager",
    "originator_pager",
]

_CONTACTS = 500  # a page, unless another number is asked for


class ConversationPage(Telling, kw_only=True):
    """All conversations, newest reply first."""

    data: list[Conversation]


class GroupPage(Telling, kw_only=True):
    """All groups."""

    data: list[Group]


class Paging(Model):
    """Where a page stands in its list."""

    next: str | None = None
    previous: str | None = None
    size: int | None = None


class GroupContactPage(Telling, kw_only=True):
    """A page of a group's contacts, and the group; what is missing beside the contacts costs none of them."""

    data: list[GroupContact]
    paging: Paging | None = None
    info: Group | None = None


class OriginatorPage(Telling, kw_only=True):
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
    if kind is ConversationPage:
        return ConversationPage(data=[]) if body.strip() == b"null" else with_empty_list(body, ConversationPage, "data")
    if kind is GroupContactPage:
        page = with_empty_list(body, GroupContactPage, "data")
        return None if page is None or (page.paging and page.paging.next) else page
    for answer in (ConversationDetail, GroupPage, OriginatorPage, SmsBatch, SmsCampaign):
        if kind is answer:
            return with_empty_list(body, answer, "data")
    return None


def _identity(conversation: Conversation) -> str | None:
    return getattr(conversation, "conversation_id", None)  # an item that is no object at all has none


@pages_by(PageKind.SINGLE)
def conversation_pager() -> Listing[ConversationPage | None, Conversation]:
    """All conversations in the API's order."""
    return Listing(lambda mark: SinglePager(lambda page: [] if page is None else page.data, mark, identity=_identity))


@pages_by(PageKind.SINGLE)
def group_pager() -> Listing[GroupPage | None, Group]:
    """All groups in the API's order."""
    return Listing(lambda mark: SinglePager(lambda page: [] if page is None else page.data, mark, identity=_id))


@pages_by(PageKind.CURSOR)
def group_contact_pager(*, page_size: int | None) -> Listing[GroupContactPage | None, GroupContact]:
    """A group's contacts in the API's order."""
    usual = page_size or _CONTACTS

    def contacts(page: GroupContactPage | None) -> list[GroupContact]:
        return [] if page is None else page.data

    return Listing(
        lambda mark: CursorPager("next", contacts, _following, page_size=usual, identity=_id, mark=mark),
        mark_at=lambda cursor: Mark(cursor=cursor),
    )


@pages_by(PageKind.SINGLE)
def originator_pager() -> Listing[OriginatorPage | None, Originator]:
    """All originators in the API's order."""
    return Listing(lambda mark: SinglePager(lambda page: [] if page is None else page.data, mark, identity=_id))


def _following(page: GroupContactPage | None) -> Cursor:
    if page is None or page.paging is None:
        return Cursor(None, None if page else False)
    return Cursor(page.paging.next, bool(page.paging.next))


def _id(item: Group | GroupContact | Originator) -> str | None:
    name = getattr(item, "id", None)  # an item that is no object at all has none
    return None if name is None else str(name)
