"""Answers that do not fit in every part, read beside everything else that the loop does."""

from __future__ import annotations

import asyncio
import collections
from collections.abc import Generator
from typing import Any, TypeVar, cast

import msgspec

from aioconvo.core.json.drift import steps
from aioconvo.core.json.drift_kinds import Drifts
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.json.mend import charset_of, drive, in_utf8, mend
from aioconvo.core.wire.pool import RawResponse

__all__ = ["TakenApart", "in_turns", "make_readable", "take_apart"]

T = TypeVar("T")
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


async def take_apart(answer: RawResponse, kind: Any) -> RawResponse:
    """An answer with what comes of its body, which does not fit; other tasks run between slices of the work."""
    drifts: Drifts = collections.Counter()
    work = steps(answer.body, kind, charset_of(answer.headers), drifts)
    try:
        data = drive(work) if len(answer.body) <= _READ_AT_ONCE else await in_turns(work)
        apart = TakenApart(data, None, drifts)
    except BrokenBodyError as fault:
        apart = TakenApart(None, fault, drifts)
    return msgspec.structs.replace(answer, apart=apart)


async def in_turns(work: Generator[None, None, T]) -> T:
    """What work in slices comes to; other tasks run in between."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return cast("T", end.value)
        await asyncio.sleep(0)


def make_readable(answer: RawResponse) -> RawResponse:
    """An answer whose body is JSON in UTF-8 if it can be made that, else text in UTF-8: for those who look for words in it."""
    body = answer.body
    if body.isascii() and b"\0" not in body and b"\x1b" not in body and b"N" not in body:
        return answer
    charset = charset_of(answer.headers)
    try:
        text = drive(mend(body, charset))
    except BrokenBodyError:
        text = drive(in_utf8(body, charset))
    return answer if text is body else msgspec.structs.replace(answer, body=text)
