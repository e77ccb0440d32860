"""Checks of arguments against limits that the APIs document, made before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Sized

import msgspec

from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.numbers import is_number, shown

__all__ = ["at_least", "at_most", "between", "exactly_one", "is_uuid", "length_between", "not_both", "not_negative"]

_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def exactly_one(**arguments: object) -> None:
    """Refuse unless exactly one of the named arguments was given."""
    given = [name for name, value in arguments.items() if not _absent(value)]
    if len(given) != 1:
        names = " or ".join(arguments)
        got = "none" if not given else " and ".join(given)
        raise InvalidRequestError(f"give exactly one of {names}; got {got}")


def not_both(**arguments: object) -> None:
    """Refuse when more than one of the named arguments was given."""
    given = [name for name, value in arguments.items() if not _absent(value)]
    if len(given) > 1:
        raise InvalidRequestError(f"{' and '.join(given)} exclude each other; give only one")


def between(name: str, value: object, low: float, high: float) -> None:
    """Refuse a number outside low..high, or no number at all; `None` is not given and passes."""
    if value is not None and not (is_number(value) and low <= value <= high):
        raise InvalidRequestError(f"{name} must be {low:g} to {high:g}; got {shown(value)}")


def not_negative(name: str, value: object, unit: str) -> None:
    """Refuse what is no whole number of 0 or more; `None` is not given and passes."""
    at_least(name, value, 0, unit)


def at_least(name: str, value: object, low: int, unit: str) -> None:
    """Refuse what is no whole number of `low` or more; `None` is not given and passes."""
    if value is not None and not (is_number(value) and isinstance(value, int) and value >= low):
        raise InvalidRequestError(f"{name} must be {f'{low} or more {unit}'.rstrip()}; got {shown(value)}")


def length_between(name: str, value: object, low: int, high: int | None, unit: str = "characters") -> None:
    """Refuse a text or list whose length is outside low..high, or below low where there is no high; absent values pass."""
    if isinstance(value, Sized) and not low <= len(value) <= (len(value) if high is None else high):
        span = f"{low} or more" if high is None else f"{low} to {high}"
        raise InvalidRequestError(f"{name} must have {span} {unit}; got {len(value)}")


def at_most(name: str, value: object, high: int, unit: str = "characters") -> None:
    """Refuse a text or list longer than `high`; absent values pass."""
    length_between(name, value, 0, high, unit)


def is_uuid(name: str, value: object) -> None:
    """Refuse a text that is no UUID in the usual hyphenated form; absent values pass."""
    if not _absent(value) and not (isinstance(value, str) and _UUID.fullmatch(value)):
        raise InvalidRequestError(f"{name} must be a UUID such as 0b9f7d6e-3c1a-4e5f-8a2b-1c2d3e4f5a6b")


def _absent(value: object) -> bool:
    return value is None or value is msgspec.UNSET
