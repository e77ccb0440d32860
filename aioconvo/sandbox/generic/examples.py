"""JSON of any declared type: what is known of it under the names of its members, and invented values for all else.

Names are compared without case and underscores: a path says `conversationId` where a struct says `conversation_id`.
"""

from __future__ import annotations

import collections.abc
import datetime as dt
import enum
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeGuard

import msgspec
from msgspec import UNSET, UnsetType

from aioconvo.core.operations.rules import Length, rules_in
from aioconvo.sandbox.data import line, number, person

__all__ = [
    "Examples",
    "Facts",
    "Form",
    "Ready",
    "fits",
    "is_array",
    "is_id",
    "is_object",
    "is_struct",
    "members",
    "normal",
    "plain_kind",
]

Facts = Mapping[str, Any]
"""What is known, by normal names; `None`: that there is nothing under this name."""

_FALSE: Final = ("delet", "archiv", "block", "fail", "error", "invalid", "expire", "hidden", "more", "partial", "optout")
_TEXTS: Final = {"text", "body", "message", "snippet", "description", "content", "subject", "notes", "comment", "answer"}
_WORDS: Final = {
    "currency": "USD",
    "defaulttimezone": "Europe/London",
    "locale": "en-US",
    "language": "en",
    "timezone": "Europe/London",
    "color": "#336699",
    "ip": "203.0.113.7",
    "channel": "sms",
    "mediatype": "image/png",
    "contenttype": "image/png",
    "filename": "photo.png",
    "city": "Leeds",
    "version": "1.0",
}
_COUNTRIES: Final = ("GB", "DE", "FR", "ES", "US")
_LIFE: Final = 30 * 86_400_000  # what is there from the start was made in the last thirty days
_STRUCTS_DEEP: Final = 4


class Form(NamedTuple):
    """How an API writes times (milliseconds since 1970) and ids."""

    time: Callable[[int], str]
    id: Callable[..., str]


class Ready(NamedTuple):
    """A fact that is JSON already, whatever the type says."""

    value: Any


def normal(name: str) -> str:
    """A name as it is compared."""
    return name.replace("_", "").lower()


def plain_kind(hint: Any) -> Any:
    """A type without what stands in `Annotated`, and without `None` and `UNSET`."""
    if typing.get_origin(hint) is typing.Annotated:
        return plain_kind(typing.get_args(hint)[0])
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        kinds = tuple(plain_kind(one) for one in typing.get_args(hint) if one not in {types.NoneType, UnsetType})
        return kinds[0] if len(kinds) == 1 else typing.Union[kinds]  # noqa: UP007 -- of a tuple
    return hint


def members(kind: Any) -> list[msgspec.structs.FieldInfo]:
    """The members of a struct that its API knows; those that look out for errors are not among them."""
    return [one for one in msgspec.structs.fields(kind) if not one.name.startswith("_")]


def fits(value: Any, hint: Any) -> bool:
    """Whether JSON is of a type."""
    try:
        msgspec.convert(value, hint)
    except (msgspec.ValidationError, TypeError, ValueError):
        return False
    return True


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether JSON is an object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether JSON is an array."""
    return isinstance(value, list)


def is_id(name: str) -> bool:
    """Whether what has this normal name is an id or key."""
    return name.endswith(("id", "oid", "key", "token", "secret", "arn"))


def is_struct(kind: Any) -> bool:
    """Whether a type is a struct."""
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


class Examples:
    """Values that follow from the seed and the place they stand in; `now` is the end of the seeded data."""

    def __init__(self, seed: int, form: Form, now: int) -> None:
        self._seed = seed
        self._form = form
        self._now = now

    def value(self, hint: Any, facts: Facts, place: str, *, at: int | None = None, spread: int = 2) -> Any:
        """JSON of any type. Facts are told in `spread` structs one inside the other; `at` is when it was made."""
        made = self.moment(place) if at is None else at
        return self._value(hint, normal(place.rpartition("/")[2]), facts, _Way(place, made, spread, False, ()))

    def id(self, *parts: object) -> str:
        """An id in the API's form."""
        return self._form.id(self._seed, "generic", *parts)

    def number(self, *parts: object) -> int:
        """An id where those are numbers."""
        return number(self._seed, "generic", *parts) % 90_000 + 10_000

    def moment(self, place: str) -> int:
        """When what was there from the start was made."""
        return self._now - number(self._seed, "generic", place) % _LIFE

    def _struct(self, kind: Any, facts: Facts, way: _Way) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        config = kind.__struct_config__
        if config.tag is not None:
            shown[config.tag_field] = config.tag
        inside = way.into(kind)
        for one in members(kind):
            name = normal(one.encode_name)
            if one.encode_name in shown:
                continue
            known = facts.get(name, UNSET) if way.spread > 0 else UNSET
            told = self._told(one, known, inside.at_member(one.encode_name))
            if known is None and one.required and fits(None, one.type):
                told = None
            if told is UNSET and (one.required or (known is UNSET and not way.given)):
                told = self._value(one.type, name, facts, inside.at_member(one.encode_name), required=one.required)
            if told is not UNSET:
                shown[one.encode_name] = told
        return shown

    def _told(self, one: msgspec.structs.FieldInfo, known: Any, way: _Way) -> Any:
        """What is known of a member as its JSON; `UNSET` where nothing is, or nothing that fits."""
        if isinstance(known, Ready):
            return known.value
        if known is UNSET or known is None:
            return UNSET
        kind, inside = plain_kind(one.type), way._replace(given=True, spread=1)
        if is_object(known) and is_struct(kind):
            return self._struct(kind, _facts_in(known), inside)
        item = plain_kind(typing.get_args(kind)[0]) if typing.get_origin(kind) is list else None
        if is_array(known) and is_struct(item):
            shown = [self._struct(item, _facts_in(each), inside) for each in known if is_object(each)]
            return shown if len(shown) == len(known) else UNSET
        written = (known, _number(known), str(known) if isinstance(known, int | float) else UNSET)
        return next((each for each in written if each is not UNSET and fits(each, one.type)), UNSET)

    def _value(self, hint: Any, name: str, facts: Facts, way: _Way, *, required: bool = True) -> Any:  # noqa: PLR0911 -- a case for each kind
        kind = plain_kind(hint)
        origin, parts = typing.get_origin(kind), typing.get_args(kind)
        if origin in {typing.Union, types.UnionType}:
            return self._value(min(parts, key=_rank), name, facts, way, required=required)
        if origin is typing.Literal:
            return parts[0]
        if origin in {list, tuple, set, frozenset, collections.abc.Sequence}:
            item = parts[0] if parts else Any
            if _is_deep(plain_kind(item), way):
                return []
            one = self._value(item, name.removesuffix("s"), facts, way)
            return [] if one is UNSET else [one]
        if origin is dict or kind is dict:
            return {"key": one} if parts and (one := self._value(parts[1], name, facts, way)) not in (UNSET, {}) else {}
        if is_struct(kind):
            if _is_deep(kind, way) and not required:
                return UNSET
            return self._struct(kind, facts, way)
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return next(iter(kind)).value
        plain = self._plain(kind, name, way, required=required)
        return plain[: _longest(hint)] if isinstance(plain, str) else plain

    def _plain(self, kind: Any, name: str, way: _Way, *, required: bool) -> Any:  # noqa: PLR0911 -- a case for each kind
        draw = number(self._seed, "generic", way.place)
        if kind is str:
            return self._text(name, way, draw)
        if kind is bool:
            return not name.startswith(_FALSE) and not any(word in name for word in _FALSE)
        if kind is int:
            if name.endswith(("epoch", "millis")):
                return way.at
            return draw % 9_000 + 1_000 if name.endswith("id") else draw % 9 + 1
        if kind is float:
            return way.at / 1000 if name in {"received", "timestamp", "lastread"} else round(draw % 900 / 100 + 1, 2)
        if kind is dt.datetime:
            return self._form.time(way.at)
        if kind is dt.date:
            return self._form.time(way.at)[:10]
        return {} if required else UNSET  # anything at all

    def _text(self, name: str, way: _Way, draw: int) -> str:  # noqa: PLR0911 -- a case for each kind of name
        someone = person(self._seed, draw % 1_000)
        if name in _WORDS:
            return _WORDS[name]
        if name in {"country", "countryiso", "countrycode"}:
            return _COUNTRIES[draw % len(_COUNTRIES)]
        if is_id(name):
            return self.id(way.place)
        if name in _TEXTS or name.endswith(("text", "message", "description")):
            return line(self._seed, "generic", way.place, inbound=False)
        if "email" in name:
            return someone.email
        if "phone" in name or name in {"to", "msisdn"}:
            return someone.phone
        if name.endswith(("url", "uri", "link", "href")):
            return f"https://media.example.com/{name}/{draw % 10_000}"
        if name.endswith(("dts", "time", "edat", "sat")) or "date" in name:
            return self._form.time(way.at)
        words = {"firstname": someone.first_name, "lastname": someone.last_name, "name": someone.name}
        return words.get(name) or (someone.name if name.endswith("name") else f"{name} {draw % 90 + 10}")


class _Way(NamedTuple):
    """Where a value stands: its place as a text, when what it belongs to was made, and the structs around it."""

    place: str
    at: int
    spread: int
    given: bool
    above: tuple[Any, ...]

    def into(self, kind: Any) -> _Way:
        return self._replace(above=(*self.above, kind), spread=self.spread - 1)

    def at_member(self, name: str) -> _Way:
        return self._replace(place=f"{self.place}.{name}")


def _is_deep(kind: Any, way: _Way) -> bool:
    return is_struct(kind) and (kind in way.above or len(way.above) >= _STRUCTS_DEEP)


def _longest(hint: Any) -> int | None:
    """How many characters a text may have."""
    return min((rule.high for rule in rules_in(hint) if isinstance(rule, Length) and rule.high is not None), default=None)


def _facts_in(known: Mapping[str, Any]) -> dict[str, Any]:
    return {normal(name): value for name, value in known.items()}


def _number(known: Any) -> Any:
    """A number that came as text, as ids in paths do."""
    try:
        return int(known) if isinstance(known, str) else UNSET
    except ValueError:
        return UNSET


def _rank(kind: Any) -> int:
    """Which kind of a union tells most."""
    if is_struct(kind):
        return 0
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return 1
    order = [dt.datetime, str, int, float, bool]
    return 2 + order.index(kind) if kind in order else 9
