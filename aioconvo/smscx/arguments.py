"""What calls of SMS.CX take: ids, keys, texts, senders, times."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated

from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.operations.rules import Length, aware, lower_uuid

__all__ = ["Country", "Id", "Key", "Moment", "Numbers", "Sender", "Words", "listed", "words"]

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


def listed(name: str, value: object) -> object:
    """A list, of which one text is none."""
    if isinstance(value, str):
        raise InvalidRequestError(f"{name} must be a list of phone numbers, such as ['+447700900123']")
    return value


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
