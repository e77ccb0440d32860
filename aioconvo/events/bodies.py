"""Bodies of requests to webhooks, as structs: what is not as documented is kept, what is no JSON is refused. Pure.

Answers of an API are mended where a server writes what is almost JSON. Nobody's webhooks are known to send such bodies, and a
stranger's may be made to cost time, so here `NaN`, raw control characters and endless nesting are no JSON.
"""

from __future__ import annotations

from typing import TypeVar

from aioconvo.core.json.codec import strict
from aioconvo.core.json.faults import BrokenBodyError, UnfitError
from aioconvo.core.json.mend import drive, in_utf8, is_json
from aioconvo.core.json.source import decode, link

__all__ = ["decode_body"]

T = TypeVar("T")


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
    try:
        sound = is_json(drive(in_utf8(raw, None)))
    except RecursionError:
        raise BrokenBodyError("the JSON is nested too deeply", cut=False) from None
    if not sound:
        raise BrokenBodyError("the body is no complete JSON", cut=True)
