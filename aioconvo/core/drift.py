"""The tolerant road of decoding: an answer that does not fit its struct is taken apart, and nothing of it is lost.

What fits is decoded as usual. A union member with an unknown tag, and a list item that is no object at all, become
`Unknown` with their raw JSON. A field whose value does not fit gets its default (`None` where it has none), a required
field that is missing is `UNSET`; the struct then keeps the whole JSON it came from, which `raw_json` and `encode` give back.

Most often one item of a page drifted: `salvage_items` decodes the others strictly, one by one, and takes apart only that
one. Where more than items drifted, `salvage_whole` takes apart everything.
"""

from __future__ import annotations

import enum
import functools
import json
import math
import re
import typing
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn, TypeVar, cast

import msgspec

from .codec import BrokenBodyError, Envelope, Unknown, remade
from .log import logger
from .source import is_union, item_type, items_with_raw, raw_type

__all__ = ["salvage", "salvage_items", "salvage_whole"]

T = TypeVar("T")
_log = logger("drift")
_SURROGATES = re.compile("[\ud800-\udfff]")
_NOTED_AT_MOST = 1000
# Taking apart is slow. An API that changed sends some drifted parts a page; who sends more than this holds up the event loop.
_VALUES_AT_MOST = 1_000_000
_MISFITS_AT_MOST = 20_000
_noted: set[tuple[str, str]] = set()


class _MisfitError(Exception):
    """A value does not fit the place it stands in."""


def salvage(body: bytes, kind: type[T]) -> T:
    """Decode a body that the strict decode refused.

    Raises:
        BrokenBodyError: The body is no JSON, is cut, lacks what every answer of this kind must have, or holds more than
            20,000 parts that do not fit.
    """
    if len(body) > _VALUES_AT_MOST and body.count(b",") > _VALUES_AT_MOST:
        raise _too_large(body)
    try:
        salvaged = salvage_items(body, kind)
        return salvage_whole(body, kind) if salvaged is None else salvaged
    except _MisfitError as misfit:
        raise BrokenBodyError(f"the JSON lacks {misfit}", cut=False) from None
    except RecursionError:
        raise BrokenBodyError("the JSON is nested too deeply", cut=False) from None


def salvage_items(body: bytes, kind: type[T]) -> T | None:
    """Decode an envelope of which only items of its lists do not fit; `None` for whatever is none."""
    envelope = _envelope(cast("Any", kind))
    if envelope is None:
        return None
    try:
        body.decode()  # the strict decode does not look at text that it skips
        parts = envelope.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    fields = {name: getattr(parts, name) for name in parts.__struct_fields__}
    salvage = _Salvage()
    drifted = False
    for name, items in envelope.lists.items():
        if isinstance(fields[name], list):
            fields[name], bent = salvage.fit_items(fields[name], items)
            drifted |= bent
    return cast("T", _made(kind, fields, body if drifted else None))


def salvage_whole(body: bytes, kind: type[T]) -> T:
    """Decode a body of which any part may not fit."""
    value, clean = _parse(body)
    salvage = _Salvage(clean=clean)
    if clean:
        salvage.know(value, body)
        for item, raw in items_with_raw(value, body, kind):
            salvage.know(item, raw)
    return cast("T", salvage.fit(value, kind)[0])


class _Items(NamedTuple):
    """The type of a list's items, and their strict decode."""

    kind: Any
    decode: Callable[[msgspec.Raw], Any]


class _Envelope(NamedTuple):
    """The strict decode of an envelope into a twin whose lists hold raw JSON, and the items of those lists by field."""

    decode: Callable[[bytes], Any]
    lists: dict[str, _Items]


@functools.cache
def _envelope(kind: Any) -> _Envelope | None:
    """How an envelope with lists is decoded item by item; `None` for whatever is none."""
    if not (isinstance(kind, type) and issubclass(kind, Envelope)) or _tag(kind) is not None:
        return None
    described: Callable[..., Any] = msgspec.field  # its types leave out that a default may be `NODEFAULT`
    fields: list[tuple[str, Any, Any]] = []
    lists: dict[str, _Items] = {}
    for one in msgspec.structs.fields(kind):
        item = item_type(one.type)
        if item is not None:
            lists[one.name] = _Items(item, msgspec.json.Decoder(item).decode)
        default = described(name=one.encode_name, default=one.default, default_factory=one.default_factory)
        fields.append((one.name, one.type if item is None else raw_type(one.type), default))
    if not lists:
        return None
    return _Envelope(msgspec.json.Decoder(msgspec.defstruct(kind.__name__, fields, kw_only=True, gc=False)).decode, lists)


def _too_large(body: bytes) -> BrokenBodyError:
    try:
        msgspec.json.decode(body, type=msgspec.Raw)  # looks for the end without making values
    except (msgspec.DecodeError, RecursionError):
        return BrokenBodyError("the body is no complete JSON", cut=True)
    return BrokenBodyError(f"the JSON does not fit and has more than {_VALUES_AT_MOST} values; ask for less", cut=False)


def _parse(body: bytes | msgspec.Raw) -> tuple[Any, bool]:
    """The body as plain values, and whether it is JSON that msgspec reads: then its text has no lone surrogates."""
    try:
        return msgspec.json.decode(body), True
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        # Lone surrogates (text cut inside an emoji) and stray bytes fail in msgspec; they must not cost the page.
        text = bytes(body).decode("utf-8-sig", "surrogateescape")
        return json.loads(text, parse_constant=_refuse_constant, parse_float=_float, parse_int=_int), False
    except RecursionError:
        raise BrokenBodyError("the JSON is nested too deeply", cut=False) from None
    except ValueError:
        raise BrokenBodyError("the body is no complete JSON", cut=True) from None


def _float(text: str) -> float | str:
    """A number that Python cannot hold stays as its text: it fits nowhere, and so its item keeps its raw JSON."""
    number = float(text)
    return number if math.isfinite(number) else text


def _int(digits: str) -> int | msgspec.Raw:
    """A number that Python refuses to read, of thousands of digits, stays as it is written; it fits nowhere."""
    try:
        return int(digits)
    except ValueError:
        return msgspec.Raw(digits.encode())


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


class _Salvage:
    """One answer being taken apart, and how many of its parts did not fit so far.

    Whether text may have lone surrogates is said by `clean`.
    """

    __slots__ = ("_clean", "_known", "_misfits")

    def __init__(self, *, clean: bool = True) -> None:
        self._clean = clean
        self._misfits = 0
        self._known: dict[int, tuple[Any, bytes | msgspec.Raw]] = {}

    def know(self, value: Any, raw: bytes | msgspec.Raw) -> None:
        """The JSON that a value was read from."""
        self._known[id(value)] = value, raw  # which keeps the value, and with it its id

    def fit_items(self, raws: list[msgspec.Raw], items: _Items) -> tuple[list[Any], bool]:
        """The items of a list, and whether anything in them drifted."""
        fitted: list[Any] = []
        drifted = False
        for raw in raws:
            try:
                item = items.decode(raw)
            except (msgspec.DecodeError, RecursionError):
                item, bent = self._fit_raw(raw, items.kind)
                drifted |= bent
            fitted.append(item)
        return fitted, drifted

    def _fit_raw(self, raw: msgspec.Raw, kind: Any) -> tuple[Any, bool]:
        value = _parse(raw)[0]
        self._known.clear()
        self.know(value, raw)
        return self._fit_item(value, kind)

    def fit(self, value: Any, kind: Any) -> tuple[Any, bool]:
        """The value in the shape of `kind`, and whether anything in it drifted."""
        try:
            fitted = msgspec.convert({"value": value}, _box(kind)).value
            if not self._clean:
                msgspec.json.encode(value)  # text with lone surrogates converts, but no one could send or store it
        except (msgspec.ValidationError, UnicodeEncodeError):
            return self._take_apart(value, kind)
        return fitted, False

    def _take_apart(self, value: Any, kind: Any) -> tuple[Any, bool]:
        self._misfits += 1
        if self._misfits > _MISFITS_AT_MOST:
            raise BrokenBodyError(f"the JSON has more than {_MISFITS_AT_MOST} parts that do not fit; ask for less", cut=False)
        origin = typing.get_origin(kind)
        arguments = typing.get_args(kind)
        if is_union(kind):
            return self._fit_union(value, arguments)
        if origin is typing.Annotated:
            return self.fit(value, arguments[0])
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return self._fit_union(value, (kind,)) if _tag(kind) is not None else self._fit_struct(value, kind)
        if origin in {list, tuple, Sequence}:
            return self._fit_list(value, arguments[0])
        if origin is dict or kind is dict:
            return self._fit_dict(value, arguments[1] if arguments else Any), True
        return _fit_scalar(value, kind), True

    def _fit_union(self, value: Any, members: Sequence[Any]) -> tuple[Any, bool]:
        tagged = _tagged(members)
        if tagged and isinstance(value, dict):
            for field, tag, member in tagged:
                if cast("dict[str, Any]", value).get(field) == tag:
                    return self._fit_struct(value, member)
            return Unknown(self._raw_of(value)), True
        for member in members:
            try:
                return self._fit_struct(value, member) if _tag(member) is not None else self.fit(value, member)
            except _MisfitError:
                continue
        raise _MisfitError

    def _fit_struct(self, value: Any, kind: type[msgspec.Struct]) -> tuple[Any, bool]:
        if not isinstance(value, dict):
            raise _MisfitError(f"an object for {kind.__name__}")
        mapping = cast("dict[str, Any]", value)
        fields: dict[str, Any] = {}
        drifted = False
        for name, member, wanted, required in _fields(kind):
            present = member in mapping
            if present:
                try:
                    fields[name], bent = self.fit(mapping[member], wanted)
                except _MisfitError:
                    _note(kind.__name__, member)
                    bent = True
                drifted |= bent
            if required and name not in fields:
                if issubclass(kind, Envelope):
                    raise _MisfitError(f"{member!r} in {kind.__name__}")
                fields[name] = None if present else msgspec.UNSET
                drifted = True
        return _made(kind, fields, self._raw_of(mapping) if drifted else None), drifted

    def _fit_list(self, value: Any, kind: Any) -> tuple[list[Any], bool]:
        if not isinstance(value, list):
            raise _MisfitError("a list")
        items: list[Any] = []
        drifted = False
        for item in value:  # pyright: ignore[reportUnknownVariableType] -- untyped JSON
            fitted, bent = self._fit_item(item, kind)
            items.append(fitted)
            drifted |= bent
        return items, drifted

    def _fit_item(self, value: Any, kind: Any) -> tuple[Any, bool]:
        try:
            return self.fit(value, kind)
        except _MisfitError:
            return Unknown(self._raw_of(value)), True

    def _fit_dict(self, value: Any, kind: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _MisfitError("an object")
        items: dict[str, Any] = {}
        for name, item in cast("dict[str, Any]", value).items():
            try:
                items[_cleaned(name)], _ = self.fit(item, kind)
            except _MisfitError:
                items[_cleaned(name)] = Unknown(_dumped(item))
        return items

    def _raw_of(self, value: Any) -> bytes:
        known = self._known.get(id(value))
        return _dumped(value) if known is None else bytes(known[1])


def _tag(kind: Any) -> tuple[str, Any] | None:
    """The member that tells this struct apart, and its value; `None` for whatever has none."""
    config = kind.__struct_config__ if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None
    return None if config is None or config.tag_field is None else (config.tag_field, config.tag)


@functools.cache
def _tagged(members: Sequence[Any]) -> list[tuple[str, Any, Any]]:
    """The members of a union that are told apart by a tag: its name, its value, and the struct."""
    return [(*tag, member) for member in members if (tag := _tag(member)) is not None]


class _Field(NamedTuple):
    """A struct's field, and its member in the JSON."""

    name: str
    member: str
    type: Any
    required: bool


@functools.cache
def _fields(kind: type[msgspec.Struct]) -> list[_Field]:
    # Slow: resolves the annotations anew each time.
    return [_Field(one.name, one.encode_name, one.type, one.required) for one in msgspec.structs.fields(kind)]


@functools.cache
def _box(kind: Any) -> type[Any]:
    """A struct around a type, by which msgspec remembers what it found out about the type."""
    return msgspec.defstruct("Box", [("value", kind)], gc=False)


def _fit_scalar(value: Any, kind: Any) -> object:
    if kind is Any or kind is object:
        return _cleaned(value)
    if isinstance(value, str) and _SURROGATES.search(value):
        return _fit_scalar_cleanly(_cleaned(value), kind)
    return _fit_scalar_cleanly(value, kind)


def _fit_scalar_cleanly(value: Any, kind: Any) -> object:
    wanted: type[object] = kind if isinstance(kind, type) else object
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and issubclass(wanted, str):
        return wanted(str(value))
    if value is None or (issubclass(wanted, enum.Enum) and not isinstance(value, str)):
        raise _MisfitError
    try:
        return cast("object", msgspec.convert(value, kind, strict=False))
    except msgspec.ValidationError:
        raise _MisfitError from None


def _cleaned(value: Any) -> Any:
    """The value with lone surrogates replaced by U+FFFD, at any depth."""
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]  # pyright: ignore[reportUnknownVariableType] -- untyped JSON
    if isinstance(value, dict):
        return {_cleaned(name): _cleaned(item) for name, item in cast("dict[str, Any]", value).items()}
    return value


def _dumped(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # lone surrogates, which only escapes can carry
        return json.dumps(value, separators=(",", ":"), default=lambda number: bytes(number).decode()).encode("ascii")


def _note(struct: str, field: str) -> None:
    """Say once for each place, without values, that an API no longer sends what it documents."""
    if (struct, field) not in _noted and len(_noted) < _NOTED_AT_MOST:
        _noted.add((struct, field))
        _log.warning("an answer has no usable %r in %s; the item keeps its raw JSON", field, struct)


def _made(kind: type[Any], fields: dict[str, Any], raw: bytes | None) -> Any:
    """A struct, which keeps its JSON if it drifted."""
    return kind(**fields) if raw is None else remade(kind, fields, raw)
