"""Moments as the ledger and SQLite hold them: texts in UTC of one length, which sort as the moments do."""

from __future__ import annotations

import datetime as dt

__all__ = ["from_text", "of_one_length", "to_text"]

_OFFSET = len("+00:00")
_LENGTH = len("2024-01-31T10:00:00.000000Z")


def to_text(when: dt.datetime) -> str:
    """A moment in UTC as text of one length, which sorts as the moments do: `2024-01-31T10:00:00.000000Z`."""
    moment = when if when.tzinfo is dt.UTC else when.astimezone(dt.UTC)
    return moment.isoformat(timespec="microseconds")[:-_OFFSET] + "Z"


def of_one_length(text: str) -> str:
    """A moment in UTC as it stands in encoded rows, as `to_text` gives it."""
    return text if len(text) == _LENGTH else text[:-1] + ".000000Z"


def from_text(text: str | None) -> dt.datetime | None:
    """What `to_text` gave."""
    return None if text is None else dt.datetime.fromisoformat(text)
