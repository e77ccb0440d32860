"""The tolerant road of decoding: an answer that does not fit its struct is taken apart, and nothing of it is lost.

What fits is decoded as usual. A union member with an unknown tag, and a list item that is no object at all, become
`Unknown` with their raw JSON. A field whose value does not fit gets its default (`None` where it has none), a required
field that is missing is `UNSET`; the struct then keeps the whole JSON it came from, which `raw_json` and `encode` give back.

An envelope is taken item by item: of a page most items fit, and only those that do not are taken apart. Beyond bounds of
work and memory the rest comes as `Unknown`. The work is a generator, which yields so often that a loop can run meanwhile.
"""

from __future__ import annotations

import collections
import datetime as dt
import enum
import functools
import json
import math
import re
import typing
from collections.abc import Callable, Generator, Sequence
from typing import Any, NamedTuple, NoReturn, TypeVar, cast

import msgspec

from .cut import cut, is_union, item_type
from .drift_kinds import DriftKind, Drifts
from .faults import BrokenBodyError
from .mend import drive, mend, shallow
from .model import ORIGIN, Envelope, Unknown, remade
from .written_times import read_time

__all__ = ["salvage", "salvage_whole", "steps"]

T = TypeVar("T")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Taking apart is slow. Who sends more than this that does not fit gets the rest as `Unknown`.
_ITEMS_AT_MOST = 100_000
_VALUES_AT_MOST = 200_000  # in one part
_STEP = 1 << 14  # bytes of JSON taken apart between two pauses
_STRICT_IS_FASTER = 16


class _MisfitError(Exception):
    """A value does not fit the place it stands in."""


def salvage(body: bytes, kind: type[T], charset: str | None = None, drifts: Drifts | None = None) -> T:
    """Decode a body that the strict decode refused, without a pause; see `steps`."""
    return drive(steps(body, kind, charset, collections.Counter() if drifts is None else drifts))


def steps(body: bytes, kind: type[T], charset: str | None, drifts: Drifts) -> Generator[None, None, T]:
    """Decode a body that the strict decode refused, in slices of work; what does not fit is counted in `drifts`.

    Raises:
        BrokenBodyError: The body is no JSON, is cut, or lacks what every answer of this kind must have.
    """
    text = yield from mend(body, charset)
    yield
    try:
        try:
            data = yield from _taken(text, kind, drifts)
        except RecursionError:
            text = yield from shallow(text)
            drifts.clear()
            data = yield from _taken(text, kind, drifts)
    except _MisfitError as misfit:
        raise BrokenBodyError(f"the JSON lacks {misfit}", cut=False) from None
    except RecursionError:
        raise BrokenBodyError("the JSON is nested too deeply", cut=False) from None
    if text is not body and isinstance(data, msgspec.Struct):
        msgspec.structs.force_setattr(data, ORIGIN, text)
    return cast("T", data)


def _taken(text: bytes, kind: Any, drifts: Drifts) -> Generator[None, None, Any]:
    return (yield from _by_items(text, kind, drifts)) if _is_envelope(kind) else salvage_whole(text, kind, drifts)


def salvage_whole(body: bytes, kind: type[T], drifts: Drifts | None = None) -> T:
    """Decode JSON in UTF-8 of which any part may not fit."""
    if _is_large(body):
        raise BrokenBodyError(f"the JSON does not fit and has more than {_VALUES_AT_MOST} values; ask for less", cut=False)
    salvage = _Salvage(collections.Counter() if drifts is None else drifts)
    value = salvage.read(body)
    return cast("T", salvage.fit(value, kind)[0])


def _by_items(body: bytes, kind: Any, drifts: Drifts) -> Generator[None, None, Any]:
    """Decode an envelope, each of its fields and each item of its lists for itself."""
    try:
        parts = yield from cut(body, kind)
    except msgspec.ValidationError:
        raise _MisfitError(f"an object for {kind.__name__}") from None
    salvage = _Salvage(drifts)
    fields: dict[str, Any] = {}
    drifted = False
    for one in _fields(kind):
        part = parts.get(one.name)
        if part is not None:
            salvage.place = (kind.__name__, one.member)
            try:
                if isinstance(part, list):
                    fields[one.name], bent = yield from salvage.fit_items(part, item_type(one.type))
                else:
                    fields[one.name], bent = salvage.fit_raw(part, one.type)
            except _MisfitError:
                salvage.note(DriftKind.TYPE)
                bent = True
            drifted |= bent
        if one.required and one.name not in fields:
            raise _MisfitError(f"{one.member!r} in {kind.__name__}")
    return _made(kind, fields, body if drifted else None)


def _is_envelope(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Envelope) and _tag(kind) is None


@functools.cache
def _decoder(kind: Any) -> Callable[[bytes | msgspec.Raw], Any]:
    return msgspec.json.Decoder(kind).decode


def _is_large(raw: bytes | msgspec.Raw) -> bool:
    return len(bytes(raw)) > _VALUES_AT_MOST and bytes(raw).count(b",") > _VALUES_AT_MOST


def _parse(body: bytes | msgspec.Raw) -> tuple[Any, bool]:
    """JSON as plain values, and whether msgspec reads it: then its text has no lone surrogates."""
    try:
        return msgspec.json.decode(body), True
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        # Lone surrogates (text cut inside an emoji) and endless numbers fail in msgspec; they must not cost the page.
        text = bytes(body).decode()
        return json.loads(text, parse_constant=_refuse_constant, parse_float=_float, parse_int=_int, strict=False), False
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
    """One answer being taken apart: what did not fit so far, how many items that were, and where it stands."""

    __slots__ = ("_apart", "_clean", "_drifts", "_known", "place")

    def __init__(self, drifts: Drifts) -> None:
        self._drifts = drifts
        self._apart = 0
        self._clean = True  # whether text can have no lone surrogates
        self._known: tuple[Any, bytes | msgspec.Raw] = (None, b"null")
        self.place: tuple[str, str] = ("", "")  # the struct, and its member in the JSON

    def note(self, what: DriftKind) -> None:
        """Count what does not fit here."""
        struct, member = self.place
        self._drifts[struct, member, what] += 1

    def read(self, raw: bytes | msgspec.Raw) -> Any:
        """Plain values; of the whole of them the JSON is known from now on."""
        value, self._clean = _parse(raw)
        self._known = (value, raw)
        return value

    def fit_items(self, raws: list[msgspec.Raw], kind: Any) -> Generator[None, None, tuple[list[Any], bool]]:
        """The items of a list, and whether anything in them drifted."""
        decode = _decoder(kind)
        place = self.place
        fitted: list[Any] = []
        drifted = False
        work = 0
        for raw in raws:
            try:
                item = decode(raw)
                work += 1 + len(raw) // _STRICT_IS_FASTER
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                self.place = place
                item, bent = self._fit_apart(raw, kind)
                drifted |= bent
                work += 100 + len(raw)
            fitted.append(item)
            if work > _STEP:
                work = 0
                yield
        return fitted, drifted

    def _fit_apart(self, raw: msgspec.Raw, kind: Any) -> tuple[Any, bool]:
        self._apart += 1
        if self._apart > _ITEMS_AT_MOST or _is_large(raw):
            self.note(DriftKind.TOO_MUCH)
            return Unknown(bytes(raw)), True
        return self._fit_item(self.read(raw), kind)

    def fit_raw(self, raw: msgspec.Raw, kind: Any) -> tuple[Any, bool]:
        """A field of an envelope from its JSON."""
        try:
            return _decoder(kind)(raw), False
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            if _is_large(raw):
                self.note(DriftKind.TOO_MUCH)
                raise _MisfitError from None
            return self.fit(self.read(raw), kind)

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
        fitted = _fit_scalar(value, kind)
        self.note(DriftKind.TYPE)
        return fitted, True

    def _fit_union(self, value: Any, members: Sequence[Any]) -> tuple[Any, bool]:
        tagged = _tagged(members)
        if tagged and isinstance(value, dict):
            for field, tag, member in tagged:
                if cast("dict[str, Any]", value).get(field) == tag:
                    return self._fit_struct(value, member)
            self.note(DriftKind.KIND)
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
            self.place = (kind.__name__, member)
            present = member in mapping
            if present:
                try:
                    fields[name], bent = self.fit(mapping[member], wanted)
                except _MisfitError:
                    self.place = (kind.__name__, member)
                    self.note(DriftKind.TYPE)
                    bent = True
                drifted |= bent
            if required and name not in fields:
                if issubclass(kind, Envelope):
                    raise _MisfitError(f"{member!r} in {kind.__name__}")
                if not present:
                    self.note(DriftKind.MISSING)
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
            self.note(DriftKind.ITEM)
            return Unknown(self._raw_of(value)), True

    def _fit_dict(self, value: Any, kind: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _MisfitError("an object")
        items: dict[str, Any] = {}
        for name, item in cast("dict[str, Any]", value).items():
            try:
                items[_cleaned(name)], _ = self.fit(item, kind)
            except _MisfitError:
                items[_cleaned(name)] = Unknown(_dump(item))
        return items

    def _raw_of(self, value: Any) -> bytes:
        whole, raw = self._known
        return bytes(raw) if value is whole else _dump(value)


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
    if wanted is dt.datetime:
        moment = read_time(value)
        if moment is None:
            raise _MisfitError
        return moment
    if value is None or (issubclass(wanted, enum.Enum) and not isinstance(value, str)):
        raise _MisfitError
    try:
        fitted = cast("object", msgspec.convert(value, kind, strict=False))
    except msgspec.ValidationError:
        raise _MisfitError from None
    if isinstance(fitted, float) and not math.isfinite(fitted):
        raise _MisfitError
    return fitted


def _cleaned(value: Any) -> Any:
    """The value with lone surrogates replaced by U+FFFD, at any depth."""
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]  # pyright: ignore[reportUnknownVariableType] -- untyped JSON
    if isinstance(value, dict):
        return {_cleaned(name): _cleaned(item) for name, item in cast("dict[str, Any]", value).items()}
    return value


def _dump(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # lone surrogates, which only escapes can carry
        return json.dumps(value, separators=(",", ":"), default=lambda number: bytes(number).decode()).encode("ascii")


def _made(kind: type[Any], fields: dict[str, Any], raw: bytes | None) -> Any:
    """A struct, which keeps its JSON if it drifted."""
    return kind(**fields) if raw is None else remade(kind, fields, raw)
