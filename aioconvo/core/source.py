"""Where decoded structs came from: each item of an answer can give its own bytes of the body that it came in.

Nothing is cut or copied before somebody asks. Whoever touches an answer's items lets each of them know the body and its
place in it (`link`); the first question cuts the body into slices, without making values, and each slice is copied when it
is asked for, so that it does not hold the whole body.
"""

from __future__ import annotations

import functools
import types
import typing
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import count, repeat
from typing import Any, NamedTuple, TypeVar, cast

import msgspec

from .codec import ORIGIN, Envelope, Model, decode as read, origin

__all__ = ["decode", "is_union", "item_type", "items_with_raw", "link", "raw_type", "when_read"]

T = TypeVar("T")
_WHOLE = -1
_NULL = msgspec.Raw(b"null")
_set: Callable[[Any, str, Any], None] = msgspec.structs.force_setattr


class Body(msgspec.Struct, gc=False):
    """The body of an answer, cut into the JSON of its parts when that is asked for.

    `lengths` tells of each of the `parts` how many items it has; `None`: it is one noun.
    """

    text: bytes
    parts: _Parts | None
    lengths: list[int | None]
    slices: list[msgspec.Raw] | None = None

    def cut(self, place: int) -> bytes:
        """A copy of the JSON of one part; its bytes as they came."""
        if place == _WHOLE:
            return self.text.strip()
        if self.slices is None:
            self.slices = self._cut_all()
        return bytes(self.slices[place])

    def _cut_all(self) -> list[msgspec.Raw]:
        slices: list[msgspec.Raw] = []
        for raw, length in zip(_raws(self.text, cast("_Parts", self.parts)), self.lengths, strict=True):
            if length is None:
                slices.append(_NULL if raw is None or isinstance(raw, list) else raw)
            elif isinstance(raw, list):
                slices += raw
        return slices


class _Parts(NamedTuple):
    """The fields of an envelope that hold nouns, one or a list of them, and the decode of those fields into raw JSON."""

    fields: tuple[tuple[str, str, bool], ...]  # in Python, in JSON, whether it is a list
    decode: Callable[[bytes], Any]


def decode(body: bytes, kind: type[T]) -> T:
    """A body as `kind`, one of the library's structs. Parts that do not fit are kept instead of failing the whole.

    `raw_json` of what it gives, and of each item of its lists, is the JSON as it came.

    Raises:
        BrokenBodyError: The body is not JSON, is cut, or lacks what every answer of this kind must have.
    """
    data = read(body, kind)
    link(data, body)
    return data


def link(data: object, body: bytes) -> None:
    """Let a decoded answer, its nouns and the items of its lists know the body they came in."""
    if not isinstance(data, Model) or isinstance(origin(data), tuple):
        return
    parts = _parts(type(data))
    lengths: list[int | None] = []
    source = Body(body, parts, lengths)
    _set(data, ORIGIN, (source, _WHOLE))
    place = 0
    for name, _, _ in () if parts is None else parts.fields:
        value = getattr(data, name)
        if isinstance(value, list):
            items: list[Any] = value  # pyright: ignore[reportUnknownVariableType] -- structs are read by name
            _link_items(items, source, place)
            lengths.append(len(items))
            place += len(items)
        else:
            if isinstance(value, Model):
                _set(value, ORIGIN, (source, place))
            lengths.append(None)
            place += 1


def when_read(kind: type[Any], name: str, do: Callable[[Any], object]) -> Callable[[Any], Any]:
    """Do something first whenever that field of a struct is read; gives the way to read it without."""
    plain: Callable[[Any], Any] = vars(kind)[name].__get__

    def read_field(struct: Any) -> Any:
        do(struct)
        return plain(struct)

    setattr(kind, name, property(read_field))
    return plain


def _link_items(items: list[Any], source: Body, place: int) -> None:
    try:  # one call for each item and nothing else: this is paid for every page that is looked at
        deque(map(_set, items, repeat(ORIGIN), zip(repeat(source), count(place))), 0)
    except TypeError:  # an item that is no struct
        for number, item in enumerate(items, place):
            if isinstance(item, Model):
                _set(item, ORIGIN, (source, number))


def _raws(body: bytes, parts: _Parts) -> list[list[msgspec.Raw] | msgspec.Raw | None]:
    """The JSON of each part: of each item, where it is a list."""
    try:
        cut = parts.decode(body)
    except msgspec.ValidationError:  # what should be a list is none
        members = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        return [_raw_items(members.get(member)) if many else members.get(member) for _, member, many in parts.fields]
    return [None if value is msgspec.UNSET else value for value in (getattr(cut, name) for name, _, _ in parts.fields)]


def _raw_items(raw: msgspec.Raw | None) -> list[msgspec.Raw] | None:
    try:
        return None if raw is None else msgspec.json.decode(raw, type=list[msgspec.Raw])
    except msgspec.ValidationError:
        return None


def items_with_raw(value: Any, body: bytes, kind: Any) -> Iterator[tuple[Any, msgspec.Raw]]:
    """Each noun and item of an answer in plain values, with its JSON."""
    parts = _parts(kind) if isinstance(kind, type) else None
    if parts is None or not isinstance(value, dict):
        return
    for (_, member, _), raw in zip(parts.fields, _raws(body, parts), strict=True):
        plain: Any = cast("dict[str, Any]", value).get(member)
        if isinstance(raw, msgspec.Raw):
            yield plain, raw
        elif raw is not None:
            yield from zip(plain, raw, strict=True)


@functools.cache
def _parts(kind: Any) -> _Parts | None:
    """How an envelope is cut into its nouns; `None` for whatever holds none."""
    kind = getattr(kind, "drifted_from", kind)
    if not issubclass(kind, Envelope):
        return None
    fields = [(one, raw) for one in msgspec.structs.fields(kind) if (raw := raw_type(one.type)) is not None]
    if not fields:
        return None
    described = [(one.name, raw, msgspec.field(name=one.encode_name, default=msgspec.UNSET)) for one, raw in fields]
    made = msgspec.defstruct(kind.__name__, described, kw_only=True, gc=False)
    return _Parts(
        tuple((one.name, one.encode_name, raw is not msgspec.Raw) for one, raw in fields), msgspec.json.Decoder(made).decode
    )


def raw_type(kind: Any) -> Any:
    """The type that takes a field's nouns as raw JSON: each item of a list for itself; `None` where the field holds none."""
    members = _members(kind)
    if item_type(kind) is not None:
        union: Any = typing.Union
        return union[tuple(list[msgspec.Raw] if typing.get_origin(one) is list else one for one in members)]
    nouns = any(isinstance(member, type) and issubclass(member, Model) for member in members)
    return msgspec.Raw if nouns else None


def item_type(kind: Any) -> Any:
    """The type of a list's items, also of a list that may be missing; `None` for whatever is not a list."""
    return next((typing.get_args(one)[0] for one in _members(kind) if typing.get_origin(one) is list), None)


def _members(kind: Any) -> Sequence[Any]:
    return typing.get_args(kind) if is_union(kind) else (kind,)


def is_union(kind: Any) -> bool:
    """Whether a type is one of several."""
    return typing.get_origin(kind) in {typing.Union, types.UnionType}
