"""Paths and queries, percent-encoded."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import cast
from urllib.parse import quote

import msgspec

from aioconvo.core.errors import InvalidRequestError

__all__ = ["Query", "QueryValue", "encode_query", "encode_segment"]

QueryValue = str | int | float | bool | dt.datetime | Sequence[str | int] | msgspec.UnsetType | None
Query = Iterable[tuple[str, QueryValue]]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def encode_segment(name: str, value: str | int) -> str:
    """One path segment, percent-encoded so that it cannot leave its place in the template."""
    if isinstance(value, bool) or not isinstance(value, str | int):  # pyright: ignore[reportUnnecessaryIsInstance] -- for callers without a type checker
        raise InvalidRequestError(f"{name} must be text; got {type(value).__name__}")
    text = str(value)
    if text in {"", ".", ".."}:
        raise InvalidRequestError(f"{name} must not be empty, '.' or '..'")
    if _CONTROL.search(text):
        raise InvalidRequestError(f"{name} must not hold control characters")
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise InvalidRequestError(f"{name} holds text that cannot be encoded as UTF-8") from None


def encode_query(pairs: Query | Mapping[str, QueryValue]) -> str:
    """Query pairs as `a=1&b=2`, percent-encoded; `None` and `UNSET` are left out, a list repeats its key.

    Booleans become `true` and `false`; date-times are converted to UTC and end in `Z`.
    """
    parts: list[str] = []
    for name, value in cast("Mapping[str, QueryValue]", pairs).items() if isinstance(pairs, Mapping) else pairs:
        if value is None or value is msgspec.UNSET:
            continue
        key = _encode_name(name)
        if isinstance(value, str):
            parts.append(f"{key}={_encode_value(name, value)}")
        elif isinstance(value, Sequence):
            parts.extend(f"{key}={_encode_value(name, _text(name, item))}" for item in value)
        else:
            parts.append(f"{key}={_encode_value(name, _text(name, value))}")
    return "&".join(parts)


def _text(name: str, value: str | float | dt.datetime) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            raise InvalidRequestError(f"{name} must be a datetime with a time zone, such as datetime.now(timezone.utc)")
        utc = value.astimezone(dt.UTC)
        # Whole seconds stay whole; a fraction is kept, because cutting it would move the bound.
        return utc.isoformat(timespec="microseconds" if utc.microsecond else "seconds").replace("+00:00", "Z")
    return str(value)


@functools.lru_cache(maxsize=256)
def _encode_name(name: str) -> str:
    return _encode_value("a query name", name)


def _encode_value(name: str, value: str) -> str:
    if value.isascii() and value.isalnum():
        return value
    try:
        return quote(value, safe="")
    except UnicodeEncodeError:
        raise InvalidRequestError(f"{name} holds text that cannot be encoded as UTF-8") from None
