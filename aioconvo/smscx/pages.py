"""The answers of SMS.CX around its nouns. Its list of conversations comes whole, in one answer."""

from __future__ import annotations

from aioconvo.core.codec import Model
from aioconvo.core.pagers import Listing, SinglePager
from aioconvo.core.refusals import Telling

from .models import Conversation

__all__ = ["CONVERSATIONS", "ConversationPage", "ReadAnswer"]


class ConversationPage(Telling, kw_only=True):
    """All conversations, newest reply first."""

    data: list[Conversation]


class ReadInfo(Model):
    """Which conversation was marked as read."""

    id: str


class ReadAnswer(Telling, kw_only=True):
    """The answer to marking a conversation as read."""

    info: ReadInfo


def _identity(conversation: Conversation) -> str | None:
    return getattr(conversation, "conversation_id", None)  # an item that is no object at all has none


CONVERSATIONS: Listing[ConversationPage | None, Conversation] = Listing(
    lambda mark: SinglePager(lambda page: [] if page is None else page.data, mark, identity=_identity)
)
"""All conversations in the API's order."""
