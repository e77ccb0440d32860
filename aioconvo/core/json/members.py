"""Members of an answer's JSON that this version of the library has no field for."""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, cast

import msgspec

from .cut import is_union
from .model import Model, plain, raw_json

__all__ = ["UnknownMembers", "unknown_members"]

_NAMES_AT_MOST = 1000
_NO_NAME = frozenset('"\\')  # msgspec takes no such names of fields, so those members are looked for each time
_LOOKED_AT_MOST = 100_000  # values, about: what looks is not done in slices


def unknown_members(item: object) -> dict[str, Any]:
    """What came with an item and has no field here, by its place in the JSON: `{"author.badge": "gold", "tags[0].colour": 5}`.

    The values are plain Python values. Empty for what did not come from an API (see `raw_json`).
    """
    raw = raw_json(item) if isinstance(item, Model) else None
    return {} if raw is None else {one.place: one.value for one in _unknown(item, plain(raw), "")}


class UnknownMembers:
    """The members without a field of many answers, by name: `Message.badge`.

    Values are not looked at: only that there is such a member. Looking costs about as much as a decode, so that it can be
    bound: the `first` bytes are looked at, and then one byte in `one_in`, by whole bodies.
    """

    def __init__(self, *, first: int = 1, one_in: int = 1) -> None:
        self._left = first  # bytes that may be looked at before more has come
        self._one_in = one_in
        self._known: frozenset[tuple[str, str]] = frozenset()
        self._decoders: dict[type, Callable[[bytes], Any]] = {}

    @property
    def names(self) -> list[str]:
        """All that were seen, sorted: the struct's name, and the member's in the JSON."""
        return sorted(".".join(one) for one in self._known)

    def look(self, data: object, body: bytes) -> list[tuple[str, str]]:
        """The members of a decoded answer that were not seen before; `body` is what it was decoded from."""
        size = len(body)
        left = self._left + size // self._one_in
        if left <= 0:
            self._left = left
            return []
        self._left = left - size
        if not isinstance(data, Model) or (size > _LOOKED_AT_MOST and body.count(b",") > _LOOKED_AT_MOST):
            return []
        decode = self._decoders.get(type(data))
        if decode is None:
            decode = self._decoders[type(data)] = _decoder(getattr(data, "drifted_from", type(data)), self._known)
        try:
            decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            try:
                found = {(one.struct, _told(one.member)) for one in _unknown(data, plain(body), "")}
            except (ValueError, RecursionError):
                return []
            new = sorted(found - self._known)
            if len(self._known) < _NAMES_AT_MOST:  # names may be data, such as the keys of a mapping
                self._known |= found
                self._decoders.clear()
            return new
        return []


def _told(member: str) -> str:
    return member if member.isprintable() else repr(member)[1:-1]


class _Found(NamedTuple):
    place: str
    struct: str
    member: str
    value: Any


def _unknown(value: object, told: Any, place: str) -> Iterator[_Found]:
    if isinstance(value, Model) and isinstance(told, dict):
        known = _fields(type(value))
        for member, inner in cast("dict[str, Any]", told).items():
            there = f"{place}.{member}" if place else member
            name = known.get(member)
            if name is None:
                yield _Found(there, type(value).__name__, member, inner)
            elif name:
                yield from _unknown(getattr(value, name), inner, there)
    elif isinstance(value, list) and isinstance(told, list):
        pairs = zip(cast("Sequence[Any]", value), cast("Sequence[Any]", told), strict=False)
        for number, (one, inner) in enumerate(pairs):
            yield from _unknown(one, inner, f"{place}[{number}]")
    elif isinstance(value, dict) and isinstance(told, dict):
        for member, one in cast("dict[str, Any]", value).items():
            yield from _unknown(one, cast("dict[str, Any]", told).get(member), f"{place}.{member}")


@functools.lru_cache(maxsize=256)
def _decoder(kind: Any, known: frozenset[tuple[str, str]]) -> Callable[[bytes], Any]:
    """A decode that makes no values, and refuses what holds members that are neither fields nor known."""
    return msgspec.json.Decoder(_twin(kind, known, ())).decode


def _twin(kind: Any, known: frozenset[tuple[str, str]], above: tuple[Any, ...]) -> Any:
    """The type with raw JSON in place of every value that is no struct."""
    arguments = typing.get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Model) and kind not in above:
        return _twin_struct(kind, known, (*above, kind))
    twins = [_twin(one, known, above) for one in arguments]
    if all(one is msgspec.Raw for one in twins):
        return msgspec.Raw
    if is_union(kind):
        nothing = {type(None), msgspec.UnsetType}
        pairs = zip(arguments, twins, strict=True)
        union: Any = typing.Union
        return union[tuple(one if one in nothing or twin is msgspec.Raw else twin for one, twin in pairs)]
    return list[twins[0]] if typing.get_origin(kind) is list else dict[str, twins[-1]]  # type: ignore[valid-type]


def _twin_struct(kind: type[Model], known: frozenset[tuple[str, str]], above: tuple[Any, ...]) -> Any:
    config = kind.__struct_config__
    fields = msgspec.structs.fields(kind)
    types = {one.encode_name: _twin(one.type, known, above) for one in fields}
    more = (member for struct, member in known if struct == kind.__name__ and not _NO_NAME.intersection(member))
    types = {**dict.fromkeys(more, msgspec.Raw), **types}
    described = [
        (f"field_{number}", one, msgspec.field(name=member, default=msgspec.UNSET))
        for number, (member, one) in enumerate(types.items())
    ]
    options: dict[str, Any] = {"tag_field": config.tag_field, "tag": config.tag} if config.tag_field is not None else {}
    return msgspec.defstruct(kind.__name__, described, forbid_unknown_fields=True, gc=False, **options)


@functools.cache
def _fields(kind: type[Model]) -> dict[str, str]:
    """The names of a struct's fields by their members in the JSON; empty for the member that tells its kind."""
    config = kind.__struct_config__
    named = dict(zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True))
    return named if config.tag_field is None else {config.tag_field: "", **named}
