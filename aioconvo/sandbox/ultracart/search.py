"""UltraCart's search: which conversations a search request finds, and in which order."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import msgspec

from aioconvo.sandbox.data import milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .data import Conversation


class Search(msgspec.Struct):
    """The request; every member narrows, absent and null ones do not."""

    date_end: str | None = None
    date_start: str | None = None
    email_filter: str | None = None
    language_filter: str | None = None
    medium_filter: str | None = None
    order_by_newest: bool | None = None
    order_by_oldest: bool | None = None
    range_begin: int | None = None
    range_end: int | None = None
    sms_phone_number_filter: str | None = None
    text_search: str | None = None
    visible_filter: bool | None = None


def matching(newest_first: Sequence[Conversation], search: Search) -> list[Conversation]:
    """All conversations a search finds, newest first unless it asks otherwise; ValueError for a date that is none."""
    tests: list[tuple[Any, Callable[[Conversation], bool]]] = [
        (search.medium_filter, lambda each: each.medium == search.medium_filter),
        (search.visible_filter, lambda each: each.visible is search.visible_filter),
        (search.email_filter, lambda each: (search.email_filter or "").lower() in each.customer.email),
        (search.sms_phone_number_filter, lambda each: (search.sms_phone_number_filter or "") in each.customer.phone),
        (search.language_filter, lambda each: _speaks(each, search.language_filter)),
        (search.text_search, lambda each: _says(each, search.text_search or "")),
    ]
    if search.date_start:
        begin = _milliseconds(search.date_start)
        tests.insert(0, (begin, lambda each: each.last_at() >= begin))
    if search.date_end:
        end = _milliseconds(search.date_end)
        tests.insert(0, (end, lambda each: each.last_at() <= end))
    wanted = [test for given, test in tests if given is not None and given != ""]
    found = [each for each in newest_first if all(test(each) for test in wanted)]
    return found[::-1] if search.order_by_oldest else found


def _speaks(conversation: Conversation, language: str | None) -> bool:
    return any(part.language == language for part in conversation.participants.values())


def _says(conversation: Conversation, text: str) -> bool:
    return any(text.lower() in message.body.lower() for message in conversation.messages())


def _milliseconds(text: str) -> int:
    try:
        when = dt.datetime.fromisoformat(text)
        return milliseconds(when if when.tzinfo else when.replace(tzinfo=dt.UTC))
    except OverflowError as error:
        raise ValueError("not a time") from error
