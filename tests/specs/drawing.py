"""Arguments of a declared operation, drawn from their annotations; inside structs, within the limits of the specification."""

from __future__ import annotations

import contextlib
import datetime as dt
import enum
import itertools
import random
import types
import typing
from collections.abc import AsyncIterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from aioconvo.core.encoding.files import File, Pathlike
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.operations.markers import Place
from aioconvo.core.operations.rules import AtLeast, Between, Length
from aioconvo.core.operations.signature import Declared, Parameter

from .facts import Kind, Operation, Shape, Shapes, resolved

__all__ = ["Draw", "pairs"]

_TRIES = 40
_UUID = "0b9f7d6e-3c1a-4e5f-8a2b-1c2d3e4f5a6b"
_TEXTS = ("Hello", "x", "a b", "ünï", "SHOP", "GB", "2026-11", "1234567890", "+447700900111", _UUID)
_MORE_TEXTS = ("https://example.org/a", "ada@example.org", "2026-01-31T08:05:09Z", "Europe/London", "image/png", "mp3")
_FORMATS = {
    "date-time": "2026-01-31T08:05:09Z",
    "date": "2026-01-31",
    "email": "ada@example.org",
    "uri": "https://example.org/a",
    "uuid": _UUID,
}
_NOTHING = Shape()
_ROOT = 6  # deep


class Draw:
    """Values that follow from `draws`; `samples` are for annotations of which the type does not tell what is taken."""

    def __init__(self, draws: random.Random, shapes: Shapes, samples: Mapping[Any, Any]) -> None:
        self._draws = draws
        self._shapes = shapes
        plain = {hint for hint in samples if isinstance(hint, type) and not issubclass(hint, msgspec.Struct)}
        self._samples = {hint: value for hint, value in samples.items() if hint not in plain}

    def arguments(self, one: Declared, theirs: Operation, names: typing.Container[str]) -> dict[str, Any]:
        """A value for each required argument and for those of these names."""
        given = [each for each in one.parameters if (each.required or each.name in names) and each.place is not Place.WALK]
        return {each.name: self._argument(each, self._shape(each, theirs)) for each in given}

    def _shape(self, one: Parameter, theirs: Operation) -> Shape:
        """What the specification says of an argument."""
        body = _NOTHING if theirs.body is None else resolved(theirs.body.shape, self._shapes)
        if one.place is Place.WHOLE:
            return body
        if one.wire in body.members and one.place not in {Place.PATH, Place.QUERY}:
            return body.members[one.wire or ""].shape
        return next((each.shape for each in theirs.parameters if each.name == one.wire), _NOTHING)

    def _argument(self, one: Parameter, shape: Shape) -> Any:
        """A value that the argument's own rules take."""
        drawn = (self.value(one.annotation, shape, one.rules) for _ in range(_TRIES))
        for value in itertools.chain(drawn, _TEXTS, _MORE_TEXTS):
            if (value is None or value is UNSET) and not one.always_asked:
                return value
            with contextlib.suppress(InvalidRequestError):
                for rule in one.rules:
                    rule(one.name, value)
                return value
        raise AssertionError(f"no value found for {one.name}")

    def value(self, hint: Any, shape: Shape = _NOTHING, rules: Sequence[Any] = ()) -> Any:  # noqa: PLR0911 -- a case for each kind
        """A value of an annotation."""
        if hint in self._samples and self._draws.random() < 0.9:
            return self._samples[hint]
        shape, origin, parts = resolved(shape, self._shapes), typing.get_origin(hint), typing.get_args(hint)
        if origin is typing.Annotated:
            return self.value(parts[0], shape, [*rules, *hint.__metadata__])
        if origin in {typing.Union, types.UnionType}:
            return self._of_union([one for one in parts if one is not UnsetType], shape, rules)
        if hint is type(None):
            return None
        if origin is Literal:
            return self._draws.choice(parts)
        if origin in {list, Sequence, tuple}:
            least = max([int(shape.low or 0), *(one.low for one in rules if isinstance(one, Length))], default=0) or 1
            item = shape.item or _NOTHING
            return [self.value(parts[0], item) for _ in range(least + (self._draws.random() < 0.3 and shape.high is None))]
        if origin is dict or hint is dict:
            return self._dict(parts, shape)
        if isinstance(hint, type) and issubclass(hint, enum.Enum):
            known = [one for one in hint if not shape.choices or one.value in shape.choices]
            return self._draws.choice(known or list(hint))
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct) and hint is not File:
            return self._struct(hint, shape)
        return self._plain(hint, shape, rules)

    def _dict(self, parts: Sequence[Any], shape: Shape) -> Any:
        if not parts or shape.members:
            return self.json(shape)
        return {"key": "x" if parts[1] is Any else self.value(parts[1], shape.item or _NOTHING)}

    def _of_union(self, parts: list[Any], shape: Shape, rules: Sequence[Any]) -> Any:
        if {File, Pathlike} & set(parts) or AsyncIterable in {typing.get_origin(one) for one in parts}:
            return b"a file"
        enums = [one for one in parts if isinstance(one, type) and issubclass(one, enum.Enum)]
        if enums and str in parts:  # an open enum, whose members are what is known
            parts = [one for one in parts if one is not str]
        if shape is not _NOTHING and not shape.null and len(parts) > 1:
            parts = [one for one in parts if one is not type(None)]
        kinds = [one for one in parts if one is not type(None)]
        return self.value(self._draws.choice(kinds if kinds and self._draws.random() < 0.9 else parts), shape, rules)

    def _struct(self, kind: Any, shape: Shape) -> Any:
        tag = kind.__struct_config__.tag
        shape = self._alternative(kind, shape, tag)
        given: dict[str, Any] = {}
        for one in msgspec.structs.fields(kind):
            told = shape.members.get(one.encode_name)
            if one.required or (told is not None and told.sent and (told.required or self._draws.random() < 0.4)):
                given[one.name] = self.value(one.type, _NOTHING if told is None else told.shape)
        return kind(**given)

    def _alternative(self, kind: Any, shape: Shape, tag: Any) -> Shape:
        """The alternative of a union that a struct is; told by its tag, else by its members."""
        if shape.kind is not Kind.UNION:
            return shape
        kinds = [resolved(one, self._shapes) for one in shape.kinds]
        for one in kinds:
            member = one.members.get(shape.tag or "type")
            if tag is not None and member is not None and str(tag) in resolved(member.shape, self._shapes).choices:
                return one
        names = set(kind.__struct_encode_fields__)
        return max(kinds, key=lambda one: len(names & one.members.keys()))

    def _plain(self, kind: Any, shape: Shape, rules: Sequence[Any]) -> Any:  # noqa: PLR0911 -- as above
        spans = [one for one in rules if isinstance(one, Between | AtLeast)]
        low = max([1 if shape.low is None else shape.low, *(one.low for one in spans)])
        high = min([low + 60 if shape.high is None else shape.high, *(one.high for one in spans if isinstance(one, Between))])
        if kind is bool:
            return self._draws.random() < 0.5
        if kind is int:
            return self._draws.randint(int(low), max(int(low), int(high)))
        if kind is float:
            return float(self._draws.randint(int(low), max(int(low), int(high))))
        if kind is dt.datetime:
            return dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=self._draws.randrange(10**7))
        if kind is dt.date:
            return dt.date(2026, 1, 1) + dt.timedelta(days=self._draws.randrange(300))
        if kind is bytes:
            return b"a file"
        if kind is str:
            return self._text(shape, rules)
        return self.json(shape)

    def _text(self, shape: Shape, rules: Sequence[Any] = ()) -> str:
        if shape.choices:
            return self._draws.choice(shape.choices)
        if shape.format in _FORMATS:
            return _FORMATS[shape.format]
        text = self._draws.choice(_TEXTS if self._draws.random() < 0.6 else (*_TEXTS, *_MORE_TEXTS))
        low = max([int(shape.low or 0), *(one.low for one in rules if isinstance(one, Length))])
        high = min([int(shape.high or 10_000), *(one.high or 10_000 for one in rules if isinstance(one, Length))])
        return text.ljust(low, "a")[:high]

    def json(self, shape: Shape) -> Any:
        """JSON of a shape, with what a request needs."""
        shape = resolved(shape, self._shapes)
        if shape.kind is Kind.UNION:
            return self.json(shape.kinds[0])
        if shape.kind is Kind.LIST:
            return [self.json(shape.item or _NOTHING)] * int(shape.low or 1)
        if shape.kind in {Kind.OBJECT, Kind.ANY}:
            return {name: self.json(one.shape) for name, one in shape.members.items() if one.required and one.sent}
        return self._scalar(shape)

    def answer(self, hint: Any, shape: Shape, deep: int = _ROOT) -> Any:
        """JSON that may come where that annotation stands: some of what is specified, null where it may be."""
        null, shape = shape.null, resolved(shape, self._shapes)
        kinds = _kinds(hint)
        if (null or shape.null) and type(None) in kinds and self._draws.random() < 0.2:
            return None
        if shape.kind is Kind.UNION:
            return self.answer(hint, self._draws.choice(shape.kinds), deep)
        if shape.kind is Kind.LIST:
            items = [typing.get_args(one)[0] for one in kinds if typing.get_origin(one) is list]
            return [
                self.answer(items[0] if items else Any, shape.item or _NOTHING, deep - 1) for _ in range(int(shape.low or 1))
            ]
        if shape.kind in {Kind.OBJECT, Kind.ANY}:
            structs = [one for one in kinds if isinstance(one, type) and issubclass(one, msgspec.Struct)]
            return self._object(structs, shape, deep)
        if shape.kind is Kind.TEXT and {dt.datetime, dt.date} & set(kinds):  # a time that is specified as any text
            return _FORMATS["date-time" if dt.datetime in kinds else "date"]
        return self._scalar(shape)

    def _object(self, structs: Sequence[Any], shape: Shape, deep: int) -> dict[str, Any]:
        fitting = [one for one in structs if _fits_tag(one, shape, self._shapes)]
        struct = self._draws.choice(fitting or structs[:1] or [None])
        fields = {} if struct is None else {one.encode_name: one for one in msgspec.structs.fields(struct)}
        made: dict[str, Any] = {}
        for name, one in shape.members.items():
            field = fields.get(name)
            needed = one.required or deep == _ROOT or (field is not None and field.required)
            if fitting and field is None:  # the tag, or what another of several kinds has, where all are specified as one
                continue
            if one.received and (needed or (deep > 0 and self._draws.random() < 0.7)):
                made[name] = self.answer(Any if field is None else field.type, one.shape, deep - 1)
        if fitting:
            made[struct.__struct_config__.tag_field] = struct.__struct_config__.tag
        if shape.item is not None:
            made["key"] = self.answer(Any, shape.item, deep - 1)
        return made

    def _scalar(self, shape: Shape) -> Any:
        if shape.kind is Kind.TEXT:
            return self._text(shape)
        return {Kind.BOOLEAN: True, Kind.INTEGER: int(shape.low or 1), Kind.NUMBER: 1.5}.get(shape.kind, "x")


def _fits_tag(struct: Any, shape: Shape, shapes: Shapes) -> bool:
    """Whether an object is of the kind that this struct's tag says."""
    config = struct.__struct_config__
    member = shape.members.get(config.tag_field or "")
    return member is not None and str(config.tag) in resolved(member.shape, shapes).choices


def _kinds(hint: Any) -> list[Any]:
    """The members of a union, without what stands in `Annotated`."""
    if typing.get_origin(hint) is typing.Annotated:
        return _kinds(typing.get_args(hint)[0])
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        return [kind for one in typing.get_args(hint) for kind in _kinds(one)]
    return [hint]


def pairs(one: Declared) -> Iterator[frozenset[str]]:
    """Which optional arguments to give: none, each alone, each two together, all."""
    names = [each.name for each in one.parameters if not each.required and each.place is not Place.WALK]
    for count in range(3):
        yield from map(frozenset, itertools.combinations(names, count))
    yield frozenset(names)
