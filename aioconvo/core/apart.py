"""Answers that do not fit in every part, read beside everything else that the loop does."""

from __future__ import annotations

import asyncio
import collections
from collections.abc import Mapping
from typing import Any

import msgspec

from .codec import BrokenBodyError
from .drift import steps
from .mend import charset_of, drive, in_utf8, mended
from .noticed import Drifts

__all__ = ["TakenApart", "readable", "take_apart"]

_READ_AT_ONCE = 1 << 16  # bytes


class TakenApart(msgspec.Struct, frozen=True):
    """What came of it: the decoded data or why there is none, and what did not fit."""

    data: Any
    fault: BrokenBodyError | None
    drifts: Drifts

    def result(self) -> Any:
        """The data.

        Raises:
            BrokenBodyError: There is none.
        """
        if self.fault is not None:
            raise self.fault
        return self.data


async def take_apart(body: bytes, kind: Any, headers: Mapping[str, str]) -> TakenApart:
    """Decode a body that does not fit; other tasks run between slices of the work."""
    drifts: Drifts = collections.Counter()
    work = steps(body, kind, charset_of(headers), drifts)
    try:
        while True:
            next(work)
            if len(body) > _READ_AT_ONCE:
                await asyncio.sleep(0)
    except StopIteration as end:
        return TakenApart(end.value, None, drifts)
    except BrokenBodyError as fault:
        return TakenApart(None, fault, drifts)


def readable(body: bytes, headers: Mapping[str, str]) -> bytes:
    """What an error says, as JSON in UTF-8 if it can be made that; else its text in UTF-8."""
    if body.isascii() and b"\0" not in body and b"\x1b" not in body and b"N" not in body:
        return body
    charset = charset_of(headers)
    try:
        return drive(mended(body, charset))
    except BrokenBodyError:
        return drive(in_utf8(body, charset))
