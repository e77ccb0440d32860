"""Bodies of requests to webhooks: what is not as documented is kept, what is no JSON is refused, and neither costs much. Pure.

Answers of an API are mended where a server writes what is almost JSON. Nobody's webhooks are known to send such bodies, and a
stranger's may be made to cost time. So here `NaN`, raw control characters and endless nesting are no JSON, and of each request
only so much is looked at slowly. A body of 1 MiB, whatever it holds, takes less than 50 ms.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from aioconvo.core.json.codec import strict
from aioconvo.core.json.faults import BrokenBodyError, UnfitError
from aioconvo.core.json.mend import drive, in_utf8, is_json, is_utf8
from aioconvo.core.json.model import ORIGIN, Unknown, plain
from aioconvo.core.json.source import decode

__all__ = [
    "OpenBody",
    "OversizedBodyError",
    "Patience",
    "SoleItem",
    "decode_strictly",
    "in_charset",
    "open_body",
    "read_head",
    "remember",
]

T = TypeVar("T")
_SLOWLY = 96 << 10  # bytes; taking apart costs up to 0.4 ms for each 1024 of nothing but signs
_EACH = 180  # what each thing that is taken apart costs beside its bytes
_SIGN = 3  # what stands around a value counts for more than the value: long texts, which customers write, are taken whole
_SIGNS = (b",", b":", b"[", b"{", b"\\ud", b"\\uD")
_OF_A_TEXT = 1 / 16
_TWICE = 2 * _SLOWLY  # what even a text in a body with halves of emojis may hold
_STRANGE = _SLOWLY // 4  # bytes that are no ASCII, in a large body that is not in UTF-8
_ITEMS_AT_MOST = 1_000  # the largest known deliveries have 200
_COPIED_AT_MOST = 1 << 24  # bytes: each event keeps what it needs of the body around it
_set: Callable[[Any, str, object], None] = msgspec.structs.force_setattr
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_items = msgspec.json.Decoder(list[msgspec.Raw]).decode


class OversizedBodyError(BrokenBodyError):
    """A body that holds more than one request may; it may be a good one all the same."""


def in_charset(raw: bytes) -> bytes:
    """A body in UTF-8: a strict decode does not look at what it skips.

    Raises:
        BrokenBodyError: It is not, and too much of it is to be changed.
    """
    if is_utf8(raw):
        return raw
    if len(raw) > _SLOWLY and len(raw) - len(raw.decode("ascii", "ignore")) > _STRANGE:
        raise BrokenBodyError("the body is not in UTF-8", cut=True)
    return drive(in_utf8(raw, None))


class SoleItem(msgspec.Struct, frozen=True, gc=False):
    """The one item of the list in a body: cut out of it when somebody asks for its JSON."""

    _raw: bytes
    _member: str

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self._raw)} bytes>"

    def cut(self, place: int) -> bytes:
        """The item's JSON."""
        return (open_body(self._raw).items(self._member) or [])[place]


def decode_strictly(raw: bytes, kind: type[T]) -> T | None:
    """JSON as `kind`, which knows it, if it is one in every part."""
    try:
        data = strict(raw, kind)
    except UnfitError:
        return None
    remember(data, raw)
    return data


def remember(data: object, origin: bytes | tuple[SoleItem, int]) -> None:
    """Let a struct know the JSON it came from, for `raw_json`."""
    _set(data, ORIGIN, origin)


def read_head(raw: bytes, kind: type[T]) -> T:
    """A struct of which every member may be missing, quickly: for what an event of no known kind tells all the same."""
    data = decode_strictly(raw, kind)
    if data is not None:
        return data
    try:
        return decode(raw if len(raw) <= _SLOWLY else b"{}", kind)
    except BrokenBodyError:  # no object
        return kind()


class Patience:
    """How much of one request may still be taken apart."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left: float = _SLOWLY

    def decode(self, raw: bytes, kind: type[T]) -> T | Unknown:
        """JSON as `kind`, of which parts that do not fit are kept; `Unknown` where nothing fits, or too much was amiss."""
        data = decode_strictly(raw, kind)
        if data is not None:
            return data
        self._left -= _price(raw)
        if self._left < 0:
            return Unknown(raw)
        try:
            return decode(raw, kind)
        except BrokenBodyError:  # no object
            return Unknown(raw)


def _price(raw: bytes) -> float:
    return _EACH + _OF_A_TEXT * len(raw) + _SIGN * sum(map(raw.count, _SIGNS))


class OpenBody:
    """A body as the JSON of its members."""

    __slots__ = ("_members", "_raw")

    def __init__(self, raw: bytes, members: dict[str, bytes]) -> None:
        self._raw = raw
        self._members = members

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def names(self) -> list[str]:
        """The names of its members."""
        return list(self._members)

    def member(self, name: str) -> bytes:
        """The JSON of a member; null where it is missing."""
        return self._members.get(name, b"null")

    def text(self, name: str) -> str | None:
        """A member that is text."""
        part = self.member(name)
        value = plain(part) if len(part) <= _SLOWLY else None
        return value if isinstance(value, str) and value else None

    def items(self, name: str) -> list[bytes] | None:
        """The JSON of each item of a list; of an object, that object; `None` where it is neither, nor null.

        Raises:
            OversizedBodyError: There are more than 1,000.
        """
        part = self.member(name)
        match part.lstrip()[:1]:
            case b"[":
                return _items(part)
            case b"{":
                return [part]
            case _:
                return [] if part.strip() == b"null" and name in self else None

    def alone(self, name: str) -> list[bytes]:
        """For each item of a list a body like this one, which brings it alone; all else stays as it came.

        Raises:
            OversizedBodyError: All of them would be larger than 16 MiB, or there are more than 1,000.
        """
        items = self.items(name) or []
        if len(items) == 1:
            return [self._raw]
        others = ((other, part) for other, part in self._members.items() if other != name)
        before = b"{" + b"".join(b"%b:%b," % (_name(other), part) for other, part in others) + _name(name)
        if len(before) * len(items) > _COPIED_AT_MOST:
            raise OversizedBodyError("the body has too much around its events", cut=False)
        return [b"%b:[%b]}" % (before, item) for item in items]


def open_body(raw: bytes) -> OpenBody:
    """A body as the JSON of its members.

    Raises:
        BrokenBodyError: It is no JSON, or no object.
    """
    try:
        return OpenBody(raw, {name: bytes(part) for name, part in _decode_members(raw).items()})
    except msgspec.ValidationError:
        raise BrokenBodyError("the JSON is no object", cut=False) from None
    except RecursionError:
        raise BrokenBodyError("the JSON is nested too deeply", cut=False) from None
    except (msgspec.DecodeError, UnicodeDecodeError):  # what msgspec does not read: marks, charsets, halves of emojis
        return OpenBody(raw, {name: _dump(value) for name, value in _read_slowly(raw).items()})


def _read_slowly(raw: bytes) -> dict[str, Any]:
    whole: Any = None
    try:
        text = drive(in_utf8(raw, None)) if len(raw) <= _TWICE and _price(raw) <= _SLOWLY else b""
        if is_json(text):
            whole = json.loads(text.decode(), parse_float=_finite, parse_int=_whole)
    except RecursionError:
        raise BrokenBodyError("the JSON is nested too deeply", cut=False) from None
    except ValueError:  # halves of emojis outside of texts
        pass
    if not isinstance(whole, dict):
        raise BrokenBodyError("the body is no JSON in UTF-8, is cut, or is no object", cut=True)
    return whole  # pyright: ignore[reportUnknownVariableType] -- untyped JSON


def _finite(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


def _whole(digits: str) -> int | str:
    try:
        return int(digits)
    except ValueError:  # of thousands of digits, which Python refuses to read
        return digits


def _items(part: bytes) -> list[bytes]:
    try:
        items = _decode_items(part)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return [_dump(one) for one in plain(part)]
    if len(items) > _ITEMS_AT_MOST:
        raise OversizedBodyError(f"the body has more than {_ITEMS_AT_MOST:,} events", cut=False)
    return [bytes(one) for one in items]


def _name(member: str) -> bytes:
    return json.dumps(member).encode()


def _dump(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
