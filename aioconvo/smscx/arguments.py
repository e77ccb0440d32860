"""What calls of SMS.CX take: ids, keys, texts, senders, times."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated

from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.operations.markers import PageSize
from aioconvo.core.operations.rules import AtLeast, AtMost, Length, Like, aware, lower_uuid, members_fit

from .models.replies import RichMedia

__all__ = [
    "CSV",
    "XLSX",
    "Country",
    "CustomFields",
    "Day",
    "GroupIds",
    "Id",
    "Key",
    "Media",
    "Moment",
    "Numbers",
    "PageLimit",
    "Period",
    "Sender",
    "Words",
    "few_fields",
    "listed",
    "words",
]

CSV = "application/csv, text/csv, */*;q=0.1"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, */*;q=0.1"
_UUID_VERSIONS = range(1, 6)


def words(name: str, text: str) -> str:
    """Not empty."""
    if not text:
        raise InvalidRequestError(f"{name} is empty; give the words to send")
    return text


def _key(name: str, value: str) -> str:
    """Of version 1 to 5."""
    if uuid.UUID(value).version not in _UUID_VERSIONS:
        raise InvalidRequestError(f"{name} must be a UUID of version 1 to 5, such as str(uuid.uuid4())")
    return value


# The vendor's own SDK writes a `T` between date and time; whether the server takes that is unconfirmed.
def _written(name: str, value: object) -> object:
    """A datetime with a time zone, sent as the API writes times, `2024-01-31 08:05:09` in UTC."""
    aware(name, value)
    if not isinstance(value, dt.datetime):
        raise InvalidRequestError(f"{name} must be a datetime with a time zone, such as datetime.now(timezone.utc)")
    return value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")


def _day(name: str, value: object) -> object:
    """A date, sent as `2024-01-31`."""
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise InvalidRequestError(f"{name} must be a date without a time, such as datetime.date(2026, 11, 30)")
    return value.isoformat()


def listed(name: str, value: object) -> object:
    """A list, and no single text."""
    if isinstance(value, str):
        raise InvalidRequestError(f"{name} must be a list of phone numbers, such as ['+447700900123']")
    return value


few_fields = AtMost(20, "fields")
Id = Annotated[str, lower_uuid]
"""What a conversation, a message or a campaign is called."""
Key = Annotated[str, lower_uuid, _key]
"""What a message is called by who sends it."""
Words = Annotated[str, words]
"""A text that is not empty."""
Sender = Annotated[str, Length(3, 15)]
"""A number or name to send from."""
Country = Annotated[str, Length(2, 2)]
"""An ISO 3166 alpha-2 code."""
Moment = Annotated[dt.datetime, _written]
"""When to send."""
Numbers = Annotated[list[str], listed, Length(1, 25_000, "numbers")]
"""Whom to send to, in E.164, or as the country writes them."""
GroupIds = Annotated[list[int], Length(1, None, "groups")]
"""The groups whose contacts get a message."""
CustomFields = Annotated[dict[str, str], few_fields]
"""Fields of names of your own."""
Media = Annotated[RichMedia, members_fit]
"""A picture and a button beside a text."""
PageLimit = Annotated[int, AtLeast(1), PageSize("limit")]
"""How many items a page holds."""
Day = Annotated[dt.date, _day]
"""A date."""
Period = Annotated[str, Like(r"^\d{4}(-\d{2})?$", "a year or a month, such as 2026 or 2026-11")]
"""A year or a month."""
