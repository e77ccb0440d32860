"""What an argument may be, and which arguments go together; all of it is looked at before anything is sent.

A rule stands in `Annotated`: a function of the argument's name and value that gives what to send, or refuses with
`InvalidRequestError`. One that stands around a part of what an argument may be, as in `Annotated[str, Length(1, 9)] | None`,
is not asked about `None` and `UNSET`; one that stands around all of it always is. A check stands in the decorator: a function
of the arguments that its parameters name. `str` of one, or the first line of its docstring, is what the documentation says.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import Annotated, Any, cast

import msgspec
from msgspec import UNSET

from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.numbers import is_number, shown

__all__ = [
    "AtLeast",
    "AtMost",
    "Between",
    "Check",
    "Length",
    "Like",
    "Rule",
    "Time",
    "aware",
    "exactly_one",
    "joined",
    "lower_uuid",
    "member_rules",
    "members_fit",
    "not_both",
    "not_empty",
    "rules_in",
]

Rule = Callable[[str, Any], Any]
Check = Callable[..., None]

_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


class Between(msgspec.Struct, frozen=True):
    """A number from `low` to `high`."""

    low: float
    high: float

    def __call__(self, name: str, value: object) -> object:
        """The number."""
        if value is not None and not (is_number(value) and self.low <= value <= self.high):
            raise InvalidRequestError(f"{name} must be {self}; got {shown(value)}")
        return value

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"


class AtLeast(msgspec.Struct, frozen=True):
    """A whole number of `low` or more."""

    low: int
    unit: str = ""

    def __call__(self, name: str, value: object) -> object:
        """The number."""
        if value is not None and not (is_number(value) and isinstance(value, int) and value >= self.low):
            raise InvalidRequestError(f"{name} must be {self}; got {shown(value)}")
        return value

    def __str__(self) -> str:
        return f"{self.low} or more {self.unit}".strip()


class Length(msgspec.Struct, frozen=True):
    """A text or list of `low` to `high` characters or items, or of `low` and more."""

    low: int
    high: int | None
    unit: str = "characters"

    def __call__(self, name: str, value: object) -> object:
        """The text or list."""
        if isinstance(value, Sized) and (len(value) < self.low or (self.high is not None and len(value) > self.high)):
            raise InvalidRequestError(f"{name} must have {self}; got {len(value)}")
        return value

    def __str__(self) -> str:
        if self.high is None:
            return f"{self.low} or more {self.unit}"
        if self.low == self.high:
            return f"{self.low} {self.unit}"
        return f"{self.low} to {self.high} {self.unit}" if self.low else f"up to {self.high} {self.unit}"


def AtMost(high: int, unit: str = "characters") -> Length:  # noqa: N802 -- a kind of `Length`
    """A text or list of up to `high` characters or items."""
    return Length(0, high, unit)


class Like(msgspec.Struct, frozen=True):
    """A text in which the regular expression `pattern` is found; `form` says it in words."""

    pattern: str
    form: str

    def __call__(self, name: str, value: object) -> object:
        """The text."""
        if isinstance(value, str) and not re.search(self.pattern, value):
            raise InvalidRequestError(f"{name} must be {self.form}")
        return value

    def __str__(self) -> str:
        return self.form


def aware(name: str, value: object) -> object:
    """A datetime with a time zone."""
    if isinstance(value, dt.datetime) and value.utcoffset() is None:
        raise InvalidRequestError(f"{name} must be a datetime with a time zone, such as datetime.now(timezone.utc)")
    return value


Time = Annotated[dt.datetime, aware]
"""A datetime with a time zone."""


def lower_uuid(name: str, value: object) -> object:
    """A UUID in any case, sent in lower case."""
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise InvalidRequestError(f"{name} must be a UUID such as 0b9f7d6e-3c1a-4e5f-8a2b-1c2d3e4f5a6b")
    return value.lower()


def joined(name: str, values: object) -> object:
    """Sent as one text, with commas between."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        return values
    texts = [str(value) for value in cast("Iterable[object]", values)]
    if any("," in text for text in texts):
        raise InvalidRequestError(f"{name} must hold no commas: the API takes a comma for the end of a value")
    return ",".join(texts)


def members_fit(name: str, value: object) -> object:
    """Each member within its limits."""
    _check_members(name, value)
    return value


def _check_members(name: str, value: object) -> None:
    if isinstance(value, msgspec.Struct):
        for member, rules in _rules_of(type(value)):
            part = getattr(value, member)
            if part is not None and part is not UNSET:
                for rule in rules:
                    rule(f"{name}.{member}", part)
                _check_members(f"{name}.{member}", part)
    elif isinstance(value, list):
        for one in cast("list[object]", value):
            _check_members(f"{name}[]", one)


@functools.cache
def _rules_of(kind: type[msgspec.Struct]) -> tuple[tuple[str, tuple[Rule, ...]], ...]:
    """The members of a struct, each with the rules around a part of what it may be."""
    return tuple((one.name, tuple(rules_in(one.type))) for one in msgspec.structs.fields(kind))


def member_rules(hint: Any, place: str, above: tuple[type, ...] = ()) -> Iterator[tuple[str, Rule]]:
    """The rules of all members of the structs in a type, each with its place; `above` are the structs around it."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct) and hint not in above:
        for one in msgspec.structs.fields(hint):
            yield from ((f"{place}.{one.name}", rule) for rule in rules_in(one.type))
            yield from member_rules(one.type, f"{place}.{one.name}", (*above, hint))
    for part in typing.get_args(hint):
        yield from member_rules(part, f"{place}[]" if typing.get_origin(hint) is list else place, above)


def rules_in(hint: Any) -> Iterator[Rule]:
    """The rules around a type, or around the parts of a union; those of a list's items are not its own."""
    yield from (one for one in getattr(hint, "__metadata__", ()) if callable(one))
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        for part in typing.get_args(hint):
            yield from rules_in(part)


def not_empty(name: str, value: Sized) -> Sized:
    """Not empty."""
    if not value:
        # A list without values would put no filter into the query at all, and everything would pass.
        raise InvalidRequestError(f"{name} is empty and would filter nothing; leave it out, or skip the call")
    return value


class _Together(msgspec.Struct, frozen=True):
    """How many of the arguments of these names may be given: `least` to 1."""

    names: tuple[str, ...]
    least: int

    def __call__(self, *values: object) -> None:
        count = 0
        for value in values:
            if value is not None and value is not UNSET:
                count += 1
        if self.least <= count <= 1:
            return
        given = [name for name, value in zip(self.names, values, strict=True) if value is not None and value is not UNSET]
        if self.least:
            got = " and ".join(given) or "none"
            raise InvalidRequestError(f"give exactly one of {' or '.join(self.names)}; got {got}")
        raise InvalidRequestError(f"{' and '.join(given)} exclude each other; give only one")

    def __str__(self) -> str:
        return f"{'exactly' if self.least else 'at most'} one of {', '.join(self.names[:-1])} and {self.names[-1]}"


def exactly_one(*names: str) -> Check:
    """Refuse unless exactly one of these arguments was given."""
    return _Together(names, 1)


def not_both(*names: str) -> Check:
    """Refuse when more than one of these arguments was given."""
    return _Together(names, 0)
