"""Read the types of declarations and structs into shapes: what may be sent, or what is read.

The two differ in null. A member whose default is `None` leaves that out when it is sent, and gives it for null and for nothing
when it is read.
"""

from __future__ import annotations

import datetime as dt
import enum
import functools
import types
import typing
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec.structs import replace

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.model import Unknown

from .facts import Kind, Member, Shape

__all__ = ["Types"]

_PLAIN: dict[Any, Shape] = {
    str: Shape(kind=Kind.TEXT),
    bool: Shape(kind=Kind.BOOLEAN),
    int: Shape(kind=Kind.INTEGER),
    float: Shape(kind=Kind.NUMBER),
    bytes: Shape(kind=Kind.FILE),
    dt.datetime: Shape(kind=Kind.TEXT, format="date-time"),
    dt.date: Shape(kind=Kind.TEXT, format="date"),
    uuid.UUID: Shape(kind=Kind.TEXT, format="uuid"),
    Any: Shape(),
    object: Shape(),
    msgspec.Raw: Shape(),
}
_LISTS = (list, tuple, set, frozenset, Sequence, Iterable)
# Rules that are plain functions, by what they say of a text.
_FORMATS_OF_RULES = {"is_uuid": "uuid", "lower_uuid": "uuid", "aware": "date-time"}


class Types:
    """The shapes of annotations; structs become named ones, which stand in `shapes`."""

    def __init__(self, *, sending: bool) -> None:
        self.shapes: dict[str, Shape] = {}
        self._names: dict[type, str] = {}
        self._sending = sending

    def shape(self, hint: Any) -> Shape:
        """The shape of an annotation.

        Raises:
            TypeError: It holds a type that no specification knows.
        """
        origin, parts = typing.get_origin(hint), typing.get_args(hint)
        if origin is Annotated:
            return self._ruled(self.shape(parts[0]), parts[1:])
        if origin in {typing.Union, types.UnionType}:
            return self._union(parts)
        if origin is Literal:
            return Shape(kind=_PLAIN[type(parts[0])].kind, choices=_texts(parts))
        return _PLAIN[hint] if hint in _PLAIN else self._made_of(origin or hint, parts)

    def _made_of(self, kind: Any, parts: Sequence[Any]) -> Shape:
        if kind in _LISTS:
            return Shape(kind=Kind.LIST, item=self.shape(parts[0]) if parts else Shape())
        if kind in {dict, Mapping}:
            return Shape(kind=Kind.OBJECT, item=self.shape(parts[1]) if parts else Shape())
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return Shape(kind=Kind.TEXT, choices=_texts(one.value for one in kind))
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return self._struct(kind)
        raise TypeError(f"{kind} has no counterpart in a specification")

    def _ruled(self, shape: Shape, rules: Iterable[Any]) -> Shape:
        if shape.kind is Kind.LIST and shape.item is not None:
            # A rule of the values of a text stands beside the list as well as inside it.
            formats = {_FORMATS_OF_RULES.get(getattr(rule, "__name__", "")) for rule in rules} - {None}
            shape = replace(shape, item=replace(shape.item, format=formats.pop())) if formats else shape
        for rule in rules:
            low, high = getattr(rule, "low", None), getattr(rule, "high", None)
            format_ = _FORMATS_OF_RULES.get(getattr(rule, "__name__", ""), shape.format)
            pattern = getattr(rule, "pattern", shape.pattern)
            shape = replace(
                shape,
                low=shape.low if low is None else low,
                high=shape.high if high is None else high,
                format=shape.format if shape.kind is Kind.LIST else format_,
                pattern=getattr(pattern, "pattern", pattern),
            )
        return shape

    def _union(self, parts: Sequence[Any]) -> Shape:
        null = type(None) in parts
        left = {type(None), msgspec.UnsetType, Unknown}
        kinds: list[Shape] = []
        for part in parts:
            if part not in left and (shape := self.shape(part)) not in kinds:
                kinds.append(shape)
        if len(kinds) == 1:
            return replace(kinds[0], null=null or kinds[0].null)
        if all(one.kind is Kind.TEXT for one in kinds):  # an enum or a time that may be given as text too
            known = max(kinds, key=lambda one: (bool(one.choices), bool(one.format), one.high is not None))
            return replace(known, null=null)
        if {one.kind for one in kinds} == {Kind.INTEGER, Kind.NUMBER}:
            return Shape(kind=Kind.NUMBER, null=null)
        tags = {part.__struct_config__.tag_field for part in parts if hasattr(part, "__struct_config__")}
        tag = tags.pop() if len(tags) == 1 else None
        return Shape(kind=Kind.UNION, null=null, kinds=tuple(kinds), tag=tag or "")

    def _struct(self, kind: type[msgspec.Struct]) -> Shape:
        name = self._names.get(kind)
        if name is None:  # known before its members are read: structs may hold themselves
            name = self._names[kind] = f"{kind.__qualname__} {len(self._names)}"
            self.shapes[name] = Shape(kind=Kind.OBJECT, members=self._members(kind))
        return Shape(kind=Kind.NAMED, name=name)

    def _members(self, kind: type[msgspec.Struct]) -> dict[str, Member]:
        told = kind.__struct_config__
        members: dict[str, Member] = {}
        if told.tag_field is not None:
            members[told.tag_field] = Member(shape=Shape(kind=Kind.TEXT, choices=(str(told.tag),)), required=True)
        # What every envelope reads of an error beside the payload is of no API in particular.
        of_errors = set(Telling.__struct_fields__) if issubclass(kind, Telling) else set()
        for field in _fields(kind):
            if field.name not in of_errors:
                members[field.encode_name] = self.member(field.type, field.default, required=field.required)
        return members

    def member(self, hint: Any, default: object, *, required: bool) -> Member:
        """A member of an object with this type and default."""
        shape = self.shape(hint)
        if self._sending and default is None:
            shape = replace(shape, null=False)
        return Member(shape=shape, required=required)


@functools.cache
def _fields(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)


def _texts(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(str(one) for one in values)
