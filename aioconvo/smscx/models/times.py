"""Times of SMS.CX, which are UTC and do not say so."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from types import MemberDescriptorType
from typing import TypeVar

from aioconvo.core.json.model import Model
from aioconvo.core.json.moments import count_as_utc

__all__ = ["in_utc"]

T = TypeVar("T", bound=Model)


def in_utc(*names: str) -> Callable[[type[T]], type[T]]:
    """Let these times read as UTC: the API writes `2024-01-31 08:05:09`, which is UTC without saying so.

    The structs hold what was written, and msgspec fills them past their attributes: decoding pays nothing for it.
    """

    def read_in_utc(kind: type[T]) -> type[T]:
        for name in names:
            setattr(kind, name, property(functools.partial(_aware, getattr(kind, name))))
        return kind

    return read_in_utc


def _aware(member: MemberDescriptorType, struct: Model) -> object:
    value: object = member.__get__(struct)
    return count_as_utc(value) if isinstance(value, dt.datetime) else value
