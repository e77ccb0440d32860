"""The answers of Smooch v1.1 around its nouns, and how its lists are walked.

Messages are asked for by time: `before` or `after`, in seconds with three decimals, both exclusive; 100 a page.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from typing import Any, ClassVar

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.calls.client import APIResource
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.json.empty_lists import with_empty_list
from aioconvo.core.json.moments import EPOCH
from aioconvo.core.numbers import is_number
from aioconvo.core.operations.envelope import envelope
from aioconvo.core.operations.markers import Style, camel
from aioconvo.core.operations.operation import PageKind
from aioconvo.core.paging.columns import Column, column
from aioconvo.core.paging.links import query_value
from aioconvo.core.paging.pagers import Listing, pages_by
from aioconvo.core.paging.timed import Bounds, TimestampPager

from .models.conversations import Conversation
from .models.messages import Message

__all__ = [
    "PAGE_SIZE",
    "ActivityAnswer",
    "MessagePage",
    "SmoochResource",
    "empty_page",
    "identity_of",
    "message_pager",
]

PAGE_SIZE = 100
_YEAR_10000 = 253_402_300_800
_BOUNDS = Bounds(before="before", after="after")
_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{0,9})?")
_NUMBERS = (int, float)  # made once, not for each message

_all_received: Column[Message] = column(lambda messages: [message.received for message in messages])


ActivityAnswer = envelope(Conversation, "conversation", Telling)  # the name by which it was pickled


class SmoochResource(APIResource):
    """Base of the groups of operations of this API."""

    __slots__ = ()
    wire_name: ClassVar[Style] = camel
    of_client: ClassVar[tuple[str, ...]] = ("app_id",)


class MessagePage(Telling, kw_only=True):
    """A page of messages. `next` leads to newer messages; that there is a `previous` is unconfirmed.

    Their bounds are used only where no message of a page has a time that can be read, their host never.
    """

    # The SDK's model demands nothing at all; but an answer without messages must not pass for the end of the list.
    messages: list[Message]
    conversation: Conversation | None = None
    next: str | None = None
    previous: str | None = None


def empty_page(kind: object, body: bytes) -> MessagePage | None:
    """The page of a body whose list is null beside its conversation; `None` for any other body."""
    page = with_empty_list(body, MessagePage, "messages") if kind is MessagePage else None
    return page if page is not None and page.conversation is not None and page.conversation.id else None


@pages_by(PageKind.TIMESTAMP)
def message_pager(
    *,
    before: float | str | dt.datetime | None = None,
    after: float | str | dt.datetime | None = None,
    page_size: int = PAGE_SIZE,
) -> Listing[MessagePage, Message]:
    """Messages newest first from the newest, or from `before`; with `after` oldest first.

    Raises:
        InvalidRequestError: `before` or `after` is no moment.
    """
    backward = after is None
    bound = _moment("before", before) if backward else _moment("after", after)
    start = None if bound is None else _whole_milliseconds(bound, up=backward)

    def time(message: Message) -> int | None:
        received = _received(message)
        # Two bounds a millisecond apart enclose [a, b) for a walk to older messages, (a, b] for one to newer messages.
        return None if received is None else _whole_milliseconds(received, up=not backward)

    return Listing(
        lambda mark: TimestampPager(
            lambda page: page.messages,
            time,
            identity_of,
            bounds=_BOUNDS,
            backward=backward,
            page_size=page_size,
            moment=_received,
            moments=_moments,
            link=partial(_bound_in, _BOUNDS.before if backward else _BOUNDS.after),
            start=start,
            mark=mark,
        ),
        direction="backward" if backward else "forward",
    )


def _received(message: Message) -> float | None:
    if _is_usual(message):
        return message.received
    moment = getattr(message, "received_at", None)  # an item that is no object at all has none
    return moment.timestamp() if isinstance(moment, dt.datetime) and moment >= EPOCH else None


def _is_usual(message: Message) -> bool:
    received: Any = getattr(message, "received", None)
    return isinstance(received, _NUMBERS) and 0 <= received < _YEAR_10000


def _moments(messages: list[Message]) -> list[float] | None:
    # In a sorted page those between two usual ones are usual; the order of all others is not told by numbers alone.
    return _all_received(messages) if messages and _is_usual(messages[0]) and _is_usual(messages[-1]) else None


def _bound_in(parameter: str, page: MessagePage) -> str | None:
    """The bound in the link that leads on in the direction of the walk."""
    for link in (page.next, page.previous):
        bound = query_value(link, parameter) if isinstance(link, str) else None
        if bound is not None and _SECONDS.fullmatch(bound):
            return bound
    return None


def _moment(name: str, value: float | str | dt.datetime | None) -> float | None:
    if value is None:
        return None
    if isinstance(value, str) and _SECONDS.fullmatch(value):
        value = float(value)
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        value = value.timestamp()
    if not is_number(value) or not 0 <= value < _YEAR_10000:
        raise InvalidRequestError(
            f"{name} must be Unix time in seconds (not milliseconds) as a number or a text, or a datetime with a time zone, "
            "such as datetime.now(timezone.utc)"
        )
    return value


def _whole_milliseconds(seconds: float, *, up: bool) -> int:
    """Rounded to what a bound can say. Through microseconds: as near to a float as a moment of our days can be told."""
    microseconds = round(seconds * 1_000_000)
    return -(-microseconds // 1000) if up else microseconds // 1000


def identity_of(item: object) -> str | None:
    """The id of an item."""
    identity: object = getattr(item, "id", None)  # an item that is no object at all has none
    return identity if isinstance(identity, str) else None
