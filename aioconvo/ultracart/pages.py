"""The answers of UltraCart around its nouns, and how its lists go on.

Conversations are asked for by offset and move to the front with each new message; a search is asked for by a range;
messages are asked for since a millisecond.
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
import types
import typing
from collections.abc import Callable
from typing import Any, TypeGuard, TypeVar

import msgspec

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.codec import came_as
from aioconvo.core.json.empty_lists import with_empty_list
from aioconvo.core.json.model import Model
from aioconvo.core.json.moments import EPOCH, count_as_utc
from aioconvo.core.json.written_times import read_time
from aioconvo.core.operations.envelope import envelope
from aioconvo.core.operations.operation import PageKind
from aioconvo.core.paging.columns import Column, column, identities
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.offset import OffsetPager, ResultSet
from aioconvo.core.paging.pagers import Ask, Listing, SinglePager, pages_by
from aioconvo.core.paging.timed import SincePager

from .models.agents import AgentAuth
from .models.conversations import Conversation, ConversationSummary, UploadUrl
from .models.messages import Message
from .models.queues import QueueStatus

__all__ = [
    "AgentAuthAnswer",
    "ConversationAnswer",
    "ConversationPage",
    "MessagePage",
    "QueueStatusesAnswer",
    "ResolvedAnswer",
    "SearchPage",
    "TokenAnswer",
    "Told",
    "UploadUrlAnswer",
    "by_offset",
    "conversation_pager",
    "empty_page",
    "in_one_answer",
    "message_pager",
    "microseconds",
    "queue_pager",
    "search_pager",
]

T = TypeVar("T")
_DEFAULT_PAGE = 100
_MICROSECOND = dt.timedelta(microseconds=1)

_conversation_ids: Column[ConversationSummary] = identities(lambda rows: [row.conversation_uuid for row in rows])
_last_message_times: Column[ConversationSummary] = column(lambda rows: [row.last_message_dts for row in rows])
_message_ids: Column[Message] = identities(lambda messages: [message.conversation_message_uuid for message in messages])
_message_epochs: Column[Message] = column(lambda messages: [message.message_epoch for message in messages])


class WarningDetail(Model):
    """What went well, but not quite."""

    more_info: str | None = None
    warning_code: str | None = None
    warning_message: str | None = None


class Rows(Model):
    """Which rows of a list an answer holds, and where the next ones begin."""

    count: int | None = None
    limit: int | None = None
    more: bool | None = None
    next_offset: int | None = None
    offset: int | None = None
    total_records: int | None = None


class Metadata(Model):
    """What an answer says of its payload."""

    payload_name: str | None = None
    result_set: Rows | None = None


class Told(Telling, kw_only=True):
    """What every answer says of itself; an error may come with a 200, and then without the payload."""

    metadata: Metadata | None = None
    warning: WarningDetail | None = None


class ResolvedAnswer(Told, kw_only=True):
    """One conversation, or none where there is none."""

    conversation: Conversation | None = None


class ConversationPage(Told, kw_only=True):
    """A page of conversations."""

    conversations: list[ConversationSummary]


class SearchPage(Told, kw_only=True):
    """A range of the conversations that a search found."""

    records: list[ConversationSummary]
    range_begin: int | None = None
    range_end: int | None = None
    total: int | None = None


class MessagePage(Told, kw_only=True):
    """A page of messages."""

    conversation_messages: list[Message]


class QueueStatusesAnswer(Told, kw_only=True):
    """Every web chat queue."""

    queue_statuses: list[QueueStatus]


class TokenAnswer(Told, kw_only=True):
    """An access token; `expires_in` is in seconds, as text, and `refresh_token` may be a new one."""

    access_token: str
    refresh_token: str | None = None
    expires_in: str | int | None = None
    token_type: str | None = None
    scope: str | None = None
    merchant_id: str | None = None
    error_uri: str | None = None


# The names that pickles of answers have for them.
AgentAuthAnswer = envelope(AgentAuth, "agent_auth", Told)
ConversationAnswer = envelope(Conversation, "conversation", Told)
UploadUrlAnswer = envelope(UploadUrl, "conversation_multimedia_upload_url", Told)


def empty_page(kind: object, body: bytes) -> Told | None:
    """The page of a success without its list, as it may come where the count is 0; `None` for any other body."""
    if not (isinstance(kind, type) and issubclass(kind, Told) and (member := _list_in(kind))):
        return None
    page = with_empty_list(body, kind, member, missing=True)
    if page is None or not page.succeeded:
        return None
    rows = page.metadata.result_set if page.metadata is not None else None
    counts = (getattr(page, "total", None),) if rows is None else (rows.count, rows.total_records, rows.more)
    return None if any(counts) else page


@functools.cache
def _list_in(page: type[Told]) -> str | None:
    """The member that holds the items of a page; `None` for answers that are none."""
    required = [one for one in msgspec.structs.fields(page) if one.required]
    return required[0].encode_name if len(required) == 1 and typing.get_origin(required[0].type) is list else None


def in_one_answer(noun: type[T], member: str, identity: str) -> Callable[[], Listing[Any, T]]:
    """Make the pager of a list that the API gives whole, in this member of one answer; `identity` tells items apart."""
    page = envelope(types.GenericAlias(list, (noun,)), member, Told)
    items = operator.attrgetter(member)

    def named(item: T) -> str | None:
        found: object = getattr(item, identity, None)  # an item that is no object at all has none
        return str(found) if isinstance(found, str | int) and found else None

    @pages_by(PageKind.SINGLE)
    def pager() -> Listing[Any, T]:
        return Listing(lambda mark: SinglePager(items, mark, identity=named))

    pager.__annotations__["return"] = types.GenericAlias(Listing, (page, noun))  # which declarations read
    return pager


def by_offset(
    items: Callable[[Any], list[T]],
    identity: Callable[[T], str | None],
    order: Callable[[T], int | None] | None,
    *,
    ids: Column[T],
    moments: Column[T],
    page_size: int | None,
) -> Listing[Any, T]:
    """A list asked for by `_offset`, each item once; `order`, and the columns, as `OffsetPager` has them."""
    return Listing(
        lambda mark: OffsetPager(
            items,
            lambda page: _result_set(page.metadata),
            identity,
            lambda offset: Ask((("_offset", str(offset)),)) if offset else Ask(),
            order=order,
            moments=moments,
            ids=ids,
            page_size=page_size or _DEFAULT_PAGE,
            mark=mark,
        ),
        mark_at=_offset_mark,
    )


@pages_by(PageKind.OFFSET)
def conversation_pager(*, page_size: int | None) -> Listing[ConversationPage, ConversationSummary]:
    """Conversations newest first, each once, though they move while they are walked."""
    return by_offset(
        lambda page: page.conversations,
        _conversation_id,
        _last_message_time,
        ids=_conversation_ids,
        moments=_last_message_times,
        page_size=page_size,
    )


@pages_by(PageKind.OFFSET)
def search_pager(*, page_size: int | None, order_by_oldest: bool | None) -> Listing[SearchPage, ConversationSummary]:
    """What a search found. Whether `range_end` is inclusive is unconfirmed: the walk goes on behind what came."""
    size = page_size or _DEFAULT_PAGE
    return Listing(
        lambda mark: OffsetPager(
            lambda page: page.records,
            # Where the total is missing, the answer after a full one tells.
            lambda page: ResultSet(total=page.total, more=True if page.total is None and len(page.records) >= size else None),
            _conversation_id,
            lambda offset: Ask(body=(("range_begin", offset), ("range_end", offset + size))),
            order=None if order_by_oldest else _last_message_time,
            moments=_last_message_times,
            ids=_conversation_ids,
            page_size=size,
            mark=mark,
        ),
        mark_at=_offset_mark,
    )


@pages_by(PageKind.TIMESTAMP)
def message_pager(*, since: int, page_size: int | None) -> Listing[MessagePage, Message]:
    """Messages oldest first, from `since` in milliseconds on."""
    return Listing(
        lambda mark: SincePager(
            lambda page: page.conversation_messages,
            _milliseconds,
            lambda message: getattr(message, "conversation_message_uuid", None),
            more=lambda page: _result_set(page.metadata).more,
            since=since,
            page_size=page_size or _DEFAULT_PAGE,
            moments=_message_epochs,
            ids=_message_ids,
            mark=mark,
        )
    )


def _queue_name(queue: QueueStatus) -> str | None:
    return getattr(queue, "queue_name", None)  # an item that is no object at all has none


@pages_by(PageKind.SINGLE)
def queue_pager() -> Listing[QueueStatusesAnswer, QueueStatus]:
    """All web chat queues, in the API's order."""
    return Listing(lambda mark: SinglePager(lambda answer: answer.queue_statuses, mark, identity=_queue_name))


def _offset_mark(offset: str) -> Mark:
    if not (offset.isascii() and offset.isdigit()):
        raise ValueError("an offset is a whole number")
    return Mark(offset=int(offset))


def _result_set(metadata: Metadata | None) -> ResultSet:
    rows = metadata.result_set if metadata is not None else None
    if rows is None:
        return ResultSet()
    return ResultSet(rows.offset, rows.next_offset, rows.limit, rows.total_records, rows.more)


# An item that is no object at all has no members.


def _conversation_id(conversation: ConversationSummary) -> str | None:
    return getattr(conversation, "conversation_uuid", None)


def _last_message_time(conversation: ConversationSummary) -> int | None:
    return microseconds(getattr(conversation, "last_message_dts", None))


def microseconds(moment: object) -> int | None:
    """A time in microseconds; without an offset it counts as UTC."""
    return (count_as_utc(moment) - EPOCH) // _MICROSECOND if isinstance(moment, dt.datetime) else None


def _milliseconds(message: Message) -> int | None:
    epoch = getattr(message, "message_epoch", None)
    if isinstance(epoch, int):
        return epoch
    sent = getattr(message, "message_dts", None)
    if not _is_aware(sent):
        sent = read_time(came_as(message, "message_epoch"))
    return int(sent.timestamp() * 1000) if _is_aware(sent) else None


def _is_aware(moment: object) -> TypeGuard[dt.datetime]:
    return isinstance(moment, dt.datetime) and moment.tzinfo is not None
