"""The envelopes of UltraCart around its nouns, and how its lists go on.

Every envelope may carry `error` or `success: false`, also with status 200; `refusal` finds it, `payload` gives what was
asked for. Conversations are walked by offset, messages by "since" in milliseconds, a search by a range in its body.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TypeVar

from aioconvo.core.client import ErrorWords, Refusal
from aioconvo.core.codec import BrokenBodyError, Model
from aioconvo.core.offset import OffsetPager, ResultSet
from aioconvo.core.pagers import Ask, Mark, SincePager

from .models import (
    AgentAuthorization,
    Conversation,
    ConversationSummary,
    Message,
    QueueStatus,
    UploadUrl,
)

__all__ = [
    "AgentAnswer",
    "ConversationAnswer",
    "ConversationPage",
    "Envelope",
    "ErrorAnswer",
    "MessagePage",
    "QueueStatusesAnswer",
    "SearchPage",
    "StartAnswer",
    "TokenAnswer",
    "UploadUrlAnswer",
    "conversation_pager",
    "message_pager",
    "search_pager",
]

_Payload = TypeVar("_Payload")

_BAD_REQUEST = 400
_ERRORS = range(400, 600)
_DEFAULT_PAGE = 100


class Error(Model):
    """What went wrong; `error_code` is a text that holds the HTTP status, and may be missing."""

    developer_message: str | None = None
    error_code: str | None = None
    more_info: str | None = None
    object_id: str | None = None
    user_message: str | None = None


class Warning(Model):  # noqa: A001 -- the API's own word
    """What the API wants to be noticed although the call went well."""

    more_info: str | None = None
    warning_code: str | None = None
    warning_message: str | None = None


class PageFacts(Model):
    """Where a page stands in its list; `total_records` may be missing."""

    count: int | None = None
    limit: int | None = None
    more: bool | None = None
    next_offset: int | None = None
    offset: int | None = None
    total_records: int | None = None


class Metadata(Model):
    """What an envelope says of its payload."""

    payload_name: str | None = None
    result_set: PageFacts | None = None


class Envelope(Model):
    """What every answer may carry beside its payload."""

    error: Error | None = None
    metadata: Metadata | None = None
    success: bool | None = None
    warning: Warning | None = None

    def refusal(self) -> Refusal | None:
        """What the envelope says when the call failed although the status says otherwise."""
        if self.error is None and self.success is not False:
            return None
        told = self.error or Error()
        code = told.error_code
        status = int(code) if code is not None and code.isascii() and code.isdigit() else _BAD_REQUEST
        return Refusal(
            status if status in _ERRORS else _BAD_REQUEST,
            ErrorWords(code, told.user_message or told.developer_message),
        )

    def payload(self) -> object:
        """What was asked for.

        Raises:
            BrokenBodyError: It is missing.
        """
        return None


class ErrorAnswer(Envelope):
    """An envelope that carries an error only."""


class ConversationAnswer(Envelope):
    """One conversation."""

    conversation: Conversation | None = None

    def payload(self) -> Conversation:
        """The conversation."""
        return _present(self.conversation, "conversation")


class StartAnswer(ConversationAnswer):
    """The conversation that was started, or found."""


class AgentAnswer(Envelope):
    """What an agent needs for the websocket."""

    agent_auth: AgentAuthorization | None = None

    def payload(self) -> AgentAuthorization:
        """The authorization."""
        return _present(self.agent_auth, "agent_auth")


class UploadUrlAnswer(Envelope):
    """Where a file is uploaded to."""

    conversation_multimedia_upload_url: UploadUrl | None = None

    def payload(self) -> UploadUrl:
        """The URL and its key."""
        return _present(self.conversation_multimedia_upload_url, "conversation_multimedia_upload_url")


class QueueStatusesAnswer(Envelope):
    """The webchat queues."""

    queue_statuses: list[QueueStatus] | None = None

    def payload(self) -> list[QueueStatus]:
        """The queues."""
        return _present(self.queue_statuses, "queue_statuses")


class ConversationPage(Envelope):
    """A page of conversations."""

    conversations: list[ConversationSummary] | None = None

    def payload(self) -> list[ConversationSummary]:
        """The conversations."""
        return _present(self.conversations, "conversations")


class MessagePage(Envelope):
    """Messages of one conversation from a moment on."""

    conversation_messages: list[Message] | None = None

    def payload(self) -> list[Message]:
        """The messages."""
        return _present(self.conversation_messages, "conversation_messages")


class SearchPage(Envelope):
    """A range of what a search found."""

    range_begin: int | None = None
    range_end: int | None = None
    records: list[ConversationSummary] | None = None
    total: int | None = None

    def payload(self) -> list[ConversationSummary]:
        """The conversations."""
        return _present(self.records, "records")


class TokenAnswer(Model):
    """An access token; `expires_in` is a text of seconds. A failure fills the members that begin with `error`."""

    access_token: str | None = None
    refresh_token: str | None = None
    expires_in: str | None = None
    token_type: str | None = None
    scope: str | None = None
    merchant_id: str | None = None
    error: str | None = None
    error_description: str | None = None
    error_uri: str | None = None

    def refusal(self) -> Refusal | None:
        """What the answer says when no token was issued."""
        if self.access_token:
            return None
        return Refusal(401, ErrorWords(self.error, self.error_description or "no access token was issued"))

    def payload(self) -> str:
        """The token."""
        return _present(self.access_token, "access_token")


def conversation_pager(
    page_size: int | None,
) -> Callable[[Mark | None], OffsetPager[ConversationPage, ConversationSummary]]:
    """Conversations newest first, by offset, over a list that moves."""
    return lambda mark: OffsetPager(
        ConversationPage.payload, _page_facts, _identity, _at_offset, order=_order, page_size=page_size, mark=mark
    )


def search_pager(page_size: int | None) -> Callable[[Mark | None], OffsetPager[SearchPage, ConversationSummary]]:
    """What a search finds, by a range in its body. Whether its end is inclusive is unconfirmed: what came decides."""
    size = page_size or _DEFAULT_PAGE

    def at(offset: int) -> Ask:
        return Ask(body=(("range_begin", offset), ("range_end", offset + size)))

    return lambda mark: OffsetPager(SearchPage.payload, _range, _identity, at, page_size=size, mark=mark)


def message_pager(since: int, page_size: int | None) -> Callable[[Mark | None], SincePager[MessagePage, Message]]:
    """Messages oldest first, from a moment in milliseconds on."""
    return lambda mark: SincePager(
        MessagePage.payload, _epoch, _message_identity, since=since, page_size=page_size or _DEFAULT_PAGE, mark=mark
    )


def _present(payload: _Payload | None, name: str) -> _Payload:
    if payload is None:
        raise BrokenBodyError(f"the answer lacks {name!r}", cut=False)
    return payload


def _at_offset(offset: int) -> Ask:
    return Ask() if offset == 0 else Ask((("_offset", str(offset)),))


def _page_facts(page: ConversationPage) -> ResultSet:
    facts = (page.metadata.result_set if page.metadata is not None else None) or PageFacts()
    return ResultSet(facts.offset, facts.next_offset, facts.limit, facts.total_records, facts.more)


def _range(page: SearchPage) -> ResultSet:
    return ResultSet(total=page.total)


def _identity(conversation: ConversationSummary) -> str | None:
    return _text(conversation, "conversation_uuid")


def _message_identity(message: Message) -> str | None:
    return _text(message, "conversation_message_uuid")


def _text(item: object, name: str) -> str | None:
    value = getattr(item, name, None)  # an item that is no object at all has none
    return value if isinstance(value, str) else None


def _order(conversation: ConversationSummary) -> str | None:
    """The key the list is sorted by, as text that sorts like time."""
    moment = getattr(conversation, "last_message_dts", None)
    if not isinstance(moment, dt.datetime) or moment.tzinfo is None:
        return None
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _epoch(message: Message) -> int | None:
    epoch = getattr(message, "message_epoch", None)
    if isinstance(epoch, int):
        return epoch
    moment = getattr(message, "message_dts", None)
    if isinstance(moment, dt.datetime) and moment.tzinfo is not None:
        return round(moment.timestamp() * 1000)
    return None
