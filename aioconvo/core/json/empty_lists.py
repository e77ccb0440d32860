"""Lists that an answer holds nothing of: servers write null or `{}` in place of `[]`, or leave the member out."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from .codec import decode
from .faults import BrokenBodyError

__all__ = ["with_empty_list"]

T = TypeVar("T")
_EMPTY = frozenset({b"null", b"{}"})
_SHORT = 64  # bytes
_read_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def with_empty_list(body: bytes, kind: type[T], member: str, *, missing: bool = False) -> T | None:
    """The page of a body whose list is null or `{}`, or `missing` where that may be; `None` for any other body.

    Whether such an answer is a good one is for the caller to say: nothing else than this member may be wrong with it.
    """
    try:
        answer = _read_members(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    value = answer.get(member)
    if value is None and not missing:
        return None
    # Only the beginning is looked at: a list that does not fit may be large.
    if value is not None and bytes(memoryview(value)[:_SHORT]).translate(None, b" \t\r\n") not in _EMPTY:
        return None
    answer[member] = msgspec.Raw(b"[]")
    try:
        return decode(msgspec.json.encode(answer), kind)
    except BrokenBodyError:
        return None
