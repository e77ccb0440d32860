"""Reading the providers' structs without trusting them.

An answer that drifted leaves `UNSET`, `None` or `Unknown` where a value belongs, and may hold no struct at all. What is
read through here is either of the kind it should be, or `None`.
"""

from __future__ import annotations

import hashlib
from typing import TypeVar, cast

from aioconvo.core.codec import Unknown, encode

__all__ = ["MADE", "first", "identity", "items", "told", "words"]

T = TypeVar("T")

MADE = "~"


def told(native: object, name: str, kind: type[T]) -> T | None:
    """The member of that name, where it is there and of that kind."""
    value: object = getattr(native, name, None)
    return value if isinstance(value, kind) else None


def words(native: object, name: str) -> str | None:
    """The member of that name as plain text, where it is text and not empty."""
    value: object = getattr(native, name, None)
    return str(value) if isinstance(value, str) and value else None


def items(native: object, name: str) -> list[object]:
    """The items of the member of that name, where it is a list."""
    value: object = getattr(native, name, None)
    return list(cast("list[object]", value)) if isinstance(value, list) else []


def first(*values: T | None) -> T | None:
    """The first value that is there."""
    return next((value for value in values if value is not None), None)


def identity(native: object, name: str) -> str:
    """The id in the member of that name; where there is none, one made from the JSON, which begins with `~`."""
    given = words(native, name)
    if given is not None:
        return given
    raw = native.raw if isinstance(native, Unknown) else encode(native)
    return MADE + hashlib.blake2b(raw, digest_size=12).hexdigest()
