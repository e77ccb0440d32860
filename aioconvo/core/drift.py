"""The tolerant road of decoding: an answer that does not fit its struct is taken apart, and nothing of it is lost.

What fits is decoded as usual. A union member with an unknown tag, and a list item that is no object at all, become
`Unknown` with their raw JSON. A field whose value does not fit gets its default (`None` where it has none), a required
field that is missing is `UNSET`; the struct then keeps the whole JSON it came from, which `raw_json` and `encode` give back.
"""

from __future__ import annotations

import enum
import functools
import json
import math
import re
import types
import typing
from collections.abc import Sequence
from typing import Any, NoReturn, TypeVar, cast

import msgspec

from .codec import BrokenBodyError, Envelope, Unknown
from .log import logger

__all__ = ["salvage"]

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
    if body.count(b",") > _VALUES_AT_MOST:
        raise _too_large(body)
    value = _parse(body)
    try:
        fitted, _ = _Salvage().fit(value, kind)
    except _MisfitError as misfit:
        raise BrokenBodyError(f"the JSON lacks {misfit}", cut=False) from None
    except RecursionError:
        raise BrokenBodyError("the JSON is nested too deeply", cut=False) from None
    return cast("T", fitted)


def _too_large(body: bytes) -> BrokenBodyError:
    try:
        msgspec.json.decode(body, type=msgspec.Raw)  # looks for the end without making values
    except (msgspec.DecodeError, RecursionError):
        return BrokenBodyError("the body is no complete JSON", cut=True)
    return BrokenBodyError(f"the JSON does not fit and has more than {_VALUES_AT_MOST} values; ask for less", cut=False)


def _parse(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        # Lone surrogates (text cut inside an emoji) and stray bytes fail in msgspec; they must not cost the page.
        text = body.decode("utf-8-sig", "surrogateescape")
        return json.loads(text, parse_constant=_refuse_constant, parse_float=_float, parse_int=_int)
    except RecursionError:
        raise BrokenBodyError("the JSON is nested too deeply", cut=False) from None
    except ValueError:
        raise BrokenBodyError("the body is no complete JSON", cut=True) from None


def _float(text: str) -> float | str:
    """A number that Python cannot hold stays as its text: it fits nowhere, and so its item keeps its raw JSON."""
    number = float(text)
    return number if math.isfinite(number) else text


def _int(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:  # thousands of digits
        return text


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


class _Salvage:
    """One answer being taken apart, and how many of its parts did not fit so far."""

    __slots__ = ("_misfits",)

    def __init__(self) -> None:
        self._misfits = 0

    def fit(self, value: Any, kind: Any) -> tuple[Any, bool]:
        """The value in the shape of `kind`, and whether anything in it drifted."""
        try:
            fitted = msgspec.convert(value, kind)
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
        if origin in {typing.Union, types.UnionType}:
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
        tagged = [member for member in members if _tag(member) is not None]
        if tagged and isinstance(value, dict):
            for member in tagged:
                field, tag = cast("tuple[str, Any]", _tag(member))
                if cast("dict[str, Any]", value).get(field) == tag:
                    return self._fit_struct(value, member)
            return Unknown(_dumped(value)), True
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
        for field in _fields(kind):
            present = field.encode_name in mapping
            if present:
                try:
                    fields[field.name], bent = self.fit(mapping[field.encode_name], field.type)
                except _MisfitError:
                    _note(kind.__name__, field.encode_name)
                    bent = True
                drifted |= bent
            if field.required and field.name not in fields:
                if issubclass(kind, Envelope):
                    raise _MisfitError(f"{field.encode_name!r} in {kind.__name__}")
                fields[field.name] = None if present else msgspec.UNSET
                drifted = True
        if not drifted:
            return kind(**fields), False
        instance = _drifted_type(kind)(**fields)
        instance.__dict__["raw_json"] = _dumped(mapping)
        return instance, True

    def _fit_list(self, value: Any, kind: Any) -> tuple[list[Any], bool]:
        if not isinstance(value, list):
            raise _MisfitError("a list")
        items: list[Any] = []
        drifted = False
        for item in value:  # pyright: ignore[reportUnknownVariableType] -- untyped JSON
            try:
                fitted, bent = self.fit(item, kind)
            except _MisfitError:
                fitted, bent = Unknown(_dumped(item)), True
            items.append(fitted)
            drifted |= bent
        return items, drifted

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


def _tag(kind: Any) -> tuple[str, Any] | None:
    """The member that tells this struct apart, and its value; `None` for whatever has none."""
    config = kind.__struct_config__ if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None
    return None if config is None or config.tag_field is None else (config.tag_field, config.tag)


@functools.cache
def _fields(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)  # slow: resolves the annotations anew each time


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
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def _note(struct: str, field: str) -> None:
    """Say once for each place, without values, that an API no longer sends what it documents."""
    if (struct, field) not in _noted and len(_noted) < _NOTED_AT_MOST:
        _noted.add((struct, field))
        _log.warning("an answer has no usable %r in %s; the item keeps its raw JSON", field, struct)


@functools.cache
def _drifted_type(kind: type[msgspec.Struct]) -> type[Any]:
    """A subclass of `kind` whose instances can also hold the JSON they came from."""
    members = {"__reduce__": _reduce, "__module__": kind.__module__, "_drifted_from": kind}
    return types.new_class(kind.__name__, (kind,), {"dict": True, "gc": True}, lambda body: body.update(members))


def _reduce(self: Any) -> tuple[Any, ...]:
    fields = {name: getattr(self, name) for name in self.__struct_fields__}
    return _restore, (self._drifted_from, fields, self.__dict__.get("raw_json"))


def _restore(kind: type[msgspec.Struct], fields: dict[str, Any], raw: bytes | None) -> Any:
    instance = _drifted_type(kind)(**fields)
    if raw is not None:
        instance.__dict__["raw_json"] = raw
    return instance
