"""Bodies of requests to webhooks, as structs: what is not as documented is kept, what is no JSON is refused. Pure.

Answers of an API are mended where a server writes what is almost JSON. Nobody's webhooks are known to send such bodies, and a
stranger's may be made to cost time, so here `NaN`, raw control characters and endless nesting are no JSON.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec

from aioconvo.core.json.codec import strict
from aioconvo.core.json.faults import BrokenBodyError, UnfitError
from aioconvo.core.json.mend import drive, in_utf8, is_json
from aioconvo.core.json.model import plain
from aioconvo.core.json.source import decode, link

__all__ = ["OpenBody", "decode_body", "open_body", "split"]

T = TypeVar("T")
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_items = msgspec.json.Decoder(list[msgspec.Raw]).decode


def decode_body(raw: bytes, kind: type[T]) -> T:
    """A body as `kind`, of which parts that do not fit are kept (`Unknown`, `raw_json`).

    Raises:
        BrokenBodyError: It is no JSON, or lacks what every body of this kind must have.
    """
    try:
        data = strict(raw, kind)
    except UnfitError:
        _check(raw)
        return decode(raw, kind)
    link(data, raw)
    return data


def _check(raw: bytes) -> bytes:
    """The body in UTF-8, if it is an object of JSON."""
    text = drive(in_utf8(raw, None))
    try:
        sound = is_json(text)
    except RecursionError:
        raise BrokenBodyError("the JSON is nested too deeply", cut=False) from None
    if not sound:
        raise BrokenBodyError("the body is no complete JSON", cut=True)
    if not text.lstrip().startswith(b"{"):
        raise BrokenBodyError("the JSON is no object", cut=False)
    return text


class OpenBody:
    """A body as the JSON of its members, and the items of the list in one of them."""

    __slots__ = ("_member", "_members", "_raw", "items")

    def __init__(self, raw: bytes, member: str, members: dict[str, bytes], items: list[bytes] | None) -> None:
        self._raw = raw
        self._member = member
        self._members = members
        self.items = items
        """The JSON of each item; of an object, that object; `None` where the member is missing, or neither."""

    @property
    def names(self) -> frozenset[str]:
        """The names of its members."""
        return frozenset(self._members)

    def member(self, name: str) -> Any:
        """The value of a member; `None` where it is missing."""
        return plain(self._members.get(name, b"null"))

    def alone(self) -> list[bytes]:
        """For each item a body like this one, which brings it alone; all else stays as it came."""
        items = self.items or []
        if len(items) == 1:
            return [self._raw]
        others = ((name, part) for name, part in self._members.items() if name != self._member)
        before = b"{" + b"".join(b"%b:%b," % (_name(name), part) for name, part in others) + _name(self._member)
        return [b"%b:[%b]}" % (before, item) for item in items]


def open_body(raw: bytes, member: str) -> OpenBody:
    """A body, and the items of the list in that member.

    Raises:
        BrokenBodyError: It is no JSON, or no object.
    """
    text = _check(raw)
    try:
        members: dict[str, bytes] = {name: bytes(part) for name, part in _decode_members(text).items()}
        items = _items(members.get(member, b""))
    except (msgspec.DecodeError, UnicodeDecodeError):  # halves of emojis, which msgspec does not read
        whole: dict[str, Any] = plain(text)
        members = {name: _dump(value) for name, value in whole.items()}
        own: Any = whole.get(member)
        items = [_dump(one) for one in own] if isinstance(own, list) else _items(members.get(member, b""))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] -- untyped JSON
    return OpenBody(raw, member, members, items)


def split(raw: bytes, member: str) -> list[bytes]:
    """For each item of the list in that member a body like this one, which brings it alone; all else stays as it came."""
    return open_body(raw, member).alone()


def _items(part: bytes) -> list[bytes] | None:
    match part.lstrip()[:1]:
        case b"[":
            return [bytes(one) for one in _decode_items(part)]
        case b"{":
            return [part]
        case _:
            return [] if part.strip() == b"null" else None


def _name(member: str) -> bytes:
    return json.dumps(member).encode()


def _dump(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
