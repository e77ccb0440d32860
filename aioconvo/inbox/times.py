"""Moments as aware datetimes in UTC. The providers' structs decode the texts; here every moment gets one zone."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.json.moments import EPOCH, count_as_utc

__all__ = ["aware", "from_milliseconds", "milliseconds", "shift", "utc"]

_MILLISECOND = dt.timedelta(milliseconds=1)


def utc(when: object) -> dt.datetime | None:
    """The moment in UTC; one without a zone counts as UTC, and what is no moment of the years 1 to 9999 is `None`."""
    if not isinstance(when, dt.datetime):
        return None
    if when.tzinfo is dt.UTC:
        return when
    try:
        return count_as_utc(when) if when.tzinfo is None else when.astimezone(dt.UTC)
    except OverflowError:
        return None


def from_milliseconds(count: object) -> dt.datetime | None:
    """The moment that many milliseconds after 1970; what is no moment of the years 1 to 9999 is `None`."""
    if not isinstance(count, int) or isinstance(count, bool):
        return None
    try:
        return EPOCH + count * _MILLISECOND
    except OverflowError:
        return None


def milliseconds(when: dt.datetime) -> int:
    """Whole milliseconds since 1970, rounded down."""
    return (when - EPOCH) // _MILLISECOND


def shift(when: dt.datetime | None, seconds: float) -> dt.datetime | None:
    """That many seconds later, or earlier; at the ends of the calendar the moment itself."""
    if when is None:
        return None
    try:
        return when + dt.timedelta(seconds=seconds)
    except OverflowError:
        return when


def aware(name: str, when: dt.datetime | None) -> dt.datetime | None:
    """A bound that a user gave, in UTC.

    Raises:
        InvalidRequestError: It has no time zone.
    """
    if when is None:
        return None
    moment = utc(when)
    if moment is None or when.utcoffset() is None:
        raise InvalidRequestError(f"{name} must be a datetime with a time zone, such as datetime.now(timezone.utc)")
    return moment
