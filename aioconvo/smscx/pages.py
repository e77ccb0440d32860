"""The answers of SMS.CX around its nouns. Its list of conversations comes whole, in one answer."""

from __future__ import annotations

from aioconvo.core.answers.refusals import Acknowledgement, Telling
from aioconvo.core.json.empty_lists import with_empty_list
from aioconvo.core.json.model import Model
from aioconvo.core.operations.operation import PageKind
from aioconvo.core.paging.pagers import Listing, SinglePager, pages_by

from .models import Conversation, ConversationDetail, SmsBatch, SmsCampaign

__all__ = ["ConversationPage", "ReadAnswer", "conversation_pager", "empty_page"]


class ConversationPage(Telling, kw_only=True):
    """All conversations, newest reply first."""

    data: list[Conversation]


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
    for answer in (ConversationDetail, SmsBatch, SmsCampaign):
        if kind is answer:
            return with_empty_list(body, answer, "data")
    return None


def _identity(conversation: Conversation) -> str | None:
    return getattr(conversation, "conversation_id", None)  # an item that is no object at all has none


@pages_by(PageKind.SINGLE)
def conversation_pager() -> Listing[ConversationPage | None, Conversation]:
    """All conversations in the API's order."""
    return Listing(lambda mark: SinglePager(lambda page: [] if page is None else page.data, mark, identity=_identity))
