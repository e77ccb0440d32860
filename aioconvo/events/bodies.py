"""Bodies of requests to webhooks, as structs: what is not as documented is kept, what is no JSON is refused. Pure.

Answers of an API are mended where a server writes what is almost JSON. Nobody's webhooks are known to send such bodies, and a
stranger's may be made to cost time, so here `NaN`, raw control characters and endless nesting are no JSON.
"""

from __future__ import annotations

import json
from typing import TypeVar

import msgspec

from aioconvo.core.json.codec import strict
from aioconvo.core.json.faults import BrokenBodyError, UnfitError
from aioconvo.core.json.mend import drive, in_utf8, is_json
from aioconvo.core.json.model import plain
from aioconvo.core.json.source import decode, link

__all__ = ["decode_body", "split"]

T = TypeVar("T")
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_items = msgspec.json.Decoder(list[msgspec.Raw]).decode


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


def _check(raw: bytes) -> None:
    text = drive(in_utf8(raw, None))
    try:
        sound = is_json(text)
    except RecursionError:
        raise BrokenBodyError("the JSON is nested too deeply", cut=False) from None
    if not sound:
        raise BrokenBodyError("the body is no complete JSON", cut=True)
    if not text.lstrip().startswith(b"{"):
        raise BrokenBodyError("the JSON is no object", cut=False)


def split(raw: bytes, member: str) -> list[bytes]:
    """For each item of the list in that member a body like this one, which brings it alone; all else stays as it came."""
    text = drive(in_utf8(raw, None))
    try:
        parts = _members(text)
        items = _items(parts[member])
    except (msgspec.DecodeError, UnicodeDecodeError):  # halves of emojis, which msgspec does not read
        whole = plain(text)
        return [json.dumps(whole | {member: [item]}, separators=(",", ":")).encode() for item in whole[member]]
    del parts[member]
    before = b"{" + b"".join(b"%b:%b," % (msgspec.json.encode(name), bytes(part)) for name, part in parts.items())
    return [b"%b%b:[%b]}" % (before, msgspec.json.encode(member), bytes(item)) for item in items]
