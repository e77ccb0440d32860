from __future__ import annotations

import json
import pickle
import traceback
from typing import Any

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from aioconvo.core.access.hidden import RequestHeaders, without_frames
from aioconvo.core.errors import ResponseDecodeError
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.wire.pool import BrokenAnswerError


def _unread(text: str) -> BrokenBodyError:
    with pytest.raises(BrokenBodyError) as caught:
        _read(text)
    return caught.value


def _read(text: str) -> None:
    try:
        json.loads(text)
    except ValueError:
        raise BrokenBodyError("no JSON", cut=True) from None


def test_what_stands_behind_an_error_goes_with_its_frames() -> None:
    """R25: some tools pickle errors whole, with what is in their background; a parser's error holds the text."""
    error = _unread('{"canary')
    assert type(error.__context__) is json.JSONDecodeError
    outer = RuntimeError("outer")
    outer.__cause__ = error
    assert without_frames(outer) is outer
    assert outer.__cause__ is error
    assert [getattr(error, name) for name in ("__context__", "__traceback__")] == [None, None]


def _divide() -> float:
    return 1 / 0


def _names(error: BaseException) -> list[str]:
    return [frame.name for frame in traceback.extract_tb(error.__traceback__)] or ["no frames"]


def test_what_the_caller_was_handling_already_keeps_its_frames() -> None:
    def fail() -> None:
        try:
            json.loads("{")
        except ValueError as error:
            raise LookupError from error

    try:
        _divide()
    except ZeroDivisionError as first:
        handled = first
        with pytest.raises(LookupError) as caught:
            fail()
    cause = without_frames(caught.value).__cause__
    assert cause is not None
    assert (cause.__traceback__, cause.__context__) == (None, handled)
    assert _names(handled)[-1] == "_divide"


async def test_a_call_made_while_an_error_is_handled_leaves_that_its_frames(wire: Any, gadgets: Any) -> None:
    wire.answers("POST", body=b"no gzip", headers={"Content-Encoding": "gzip"})
    try:
        _divide()
    except ZeroDivisionError as first:
        handled = first
        with pytest.raises(ResponseDecodeError):
            await gadgets.post()
    assert _names(handled)[-1] == "_divide"


def test_a_body_that_broke_is_pickled_without_its_answer() -> None:
    class Answer:
        status = 200
        headers = CIMultiDictProxy(CIMultiDict({"X-Canary": "canary"}))

    error = BrokenAnswerError(BrokenBodyError("cut", cut=True), Answer())  # type: ignore[arg-type]  # all it reads of it
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 -- just made
    assert (type(again), again.reason, again.cut) == (BrokenBodyError, "cut", True)
    assert b"canary" not in pickle.dumps(error)


@pytest.mark.parametrize("show", [repr, str])
def test_request_headers_do_not_show_their_values(show: type[str]) -> None:
    headers = RequestHeaders({"Authorization": "Bearer canary"})
    assert show(headers) == "<RequestHeaders Authorization>"
