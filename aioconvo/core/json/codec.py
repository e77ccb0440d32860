"""JSON to structs and back: one decode with a fast road and a tolerant one.

The fast road is msgspec's strict typed decode straight from bytes. Only when it fails does `drift.py` look at the parts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import msgspec

from aioconvo.core.errors import InvalidRequestError

from .faults import BrokenBodyError, UnfitError
from .model import ORIGIN, Envelope, Model, OpenEnum, Unknown, Variant, is_drifted, new_values, origin, plain, raw_json, remade

__all__ = [
    "ORIGIN",
    "UNREADABLE",
    "BrokenBodyError",
    "Envelope",
    "Model",
    "OpenEnum",
    "UnfitError",
    "Unknown",
    "Variant",
    "compact",
    "decode",
    "encode",
    "encode_body",
    "is_drifted",
    "new_values",
    "origin",
    "plain",
    "raw_json",
    "reader",
    "remade",
    "strict",
]

T = TypeVar("T")

_LF, _CR = b"\n\r"
_SPACES = bytes.maketrans(b"\r\n", b"  ")
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)  # what a strict decode raises


def _hook(value: Any) -> Any:
    if isinstance(value, Unknown):
        return msgspec.Raw(value.raw)
    raise NotImplementedError(f"{type(value).__name__} cannot be encoded as JSON")


_encoder = msgspec.json.Encoder(enc_hook=_hook)
_decoders: dict[Any, Callable[[bytes], Any]] = {}


def encode(value: object) -> bytes:
    """A struct, mapping or list as JSON bytes on one line. What came from an API comes out as it came in.

    Raises:
        InvalidRequestError: A value has no JSON form, or text holds lone surrogates.
    """
    return _encode(value, raw_json)


def encode_body(value: object) -> bytes:
    """A struct, mapping or list as the body of a request. Only parts that drifted come out as they came in.

    All others are written anew from their fields, because an API may refuse members and nulls that it sends itself.

    Raises:
        InvalidRequestError: A value has no JSON form, or text holds lone surrogates.
    """
    return _encode(value, _drifted_json)


def _encode(value: object, raw_of: Callable[[object], bytes | None]) -> bytes:
    raw = raw_of(value)
    if raw is not None:
        return _in_one_line(raw)
    try:
        return _encoder.encode(_with_raw(value, raw_of) if isinstance(value, list | tuple | dict) else value)
    except UnicodeEncodeError:
        raise InvalidRequestError("text holds a lone surrogate (half of an emoji?), which JSON cannot carry") from None
    except (NotImplementedError, TypeError, OverflowError) as error:
        instead = _instead_of(value)
        reason = error if instead is None else f"what came stands in it; write encode({instead})"
        raise InvalidRequestError(f"the body cannot be encoded: {reason}") from None
    except RecursionError:
        raise InvalidRequestError("the body cannot be encoded: it is nested too deeply") from None


def _instead_of(value: Any) -> str | None:
    """What to encode in place of the first page, response or list in it; these say it themselves."""
    if isinstance(value, list | tuple | dict):
        parts = value.values() if isinstance(value, dict) else value  # pyright: ignore[reportUnknownVariableType,reportUnknownMemberType] -- whatever is to be encoded
        return next(filter(None, map(_instead_of, parts)), None)  # pyright: ignore[reportUnknownArgumentType] -- as above
    return getattr(type(cast("object", value)), "_encode_instead", None)


def _with_raw(value: Any, raw_of: Callable[[object], bytes | None]) -> Any:
    """A list or mapping whose structs of known JSON, at any depth of lists and mappings, are that JSON."""
    if isinstance(value, list | tuple):
        return [_with_raw(item, raw_of) for item in value]  # pyright: ignore[reportUnknownVariableType] -- whatever is to be encoded
    if isinstance(value, dict):
        return {name: _with_raw(item, raw_of) for name, item in value.items()}  # pyright: ignore[reportUnknownVariableType] -- as above
    raw = raw_of(value)
    return value if raw is None else msgspec.Raw(_in_one_line(raw))


def compact(raw: bytes) -> bytes:
    """JSON without what may differ each time it is sent: spaces, and the spelling of numbers and text."""
    try:
        return msgspec.json.encode(msgspec.json.decode(raw))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return raw


def _in_one_line(raw: bytes) -> bytes:
    """JSON without line breaks: who writes one record a line counts on that."""
    if _LF not in raw and _CR not in raw:
        return raw
    try:
        return msgspec.json.format(raw, indent=-1)
    except msgspec.DecodeError:  # halves of emojis; a text has its line breaks escaped
        return raw.translate(_SPACES)


def came_as(value: object, member: str) -> object:
    """What a member of the JSON held that a struct came from, where its field could not; else the field's own value."""
    raw = raw_json(value)
    whole: object = None if raw is None else plain(raw)
    return whole.get(member) if isinstance(whole, dict) else getattr(value, member, None)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] -- untyped JSON


def _drifted_json(value: object) -> bytes | None:
    return raw_json(value) if is_drifted(value) else None


def strict(body: bytes, kind: type[T]) -> T:
    """A body as `kind`, if it is one in every part.

    Raises:
        UnfitError: It is not.
    """
    decoder: Any = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind).decode
    try:
        decoded: T = decoder(body)
    except UNREADABLE:
        raise UnfitError from None
    return decoded


def decode(body: bytes, kind: type[T], charset: str | None = None) -> T:
    """A body as `kind`. Parts that do not fit are kept (`Unknown`, `raw_json`) instead of failing the whole.

    Raises:
        BrokenBodyError: The body is no JSON, is cut, or lacks what every answer of this kind must have.
    """
    try:
        return strict(body, kind)
    except UnfitError:
        from .drift import salvage  # noqa: PLC0415 -- only a drifted answer needs it

        return salvage(body, kind, charset)


def reader(kind: type[T]) -> Callable[[bytes], T | None]:
    """A strict decode of bodies that may be of this kind; `None` for those that are not."""
    strict = msgspec.json.Decoder(kind).decode

    def read(body: bytes) -> T | None:
        try:
            return strict(body)
        except UNREADABLE:
            return None

    return read
