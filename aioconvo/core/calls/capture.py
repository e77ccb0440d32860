"""The way to see the answers behind typed results and errors."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import weakref
from collections.abc import Generator, Mapping, Sequence
from typing import Any

import msgspec

from aioconvo.core.answers.response import Response
from aioconvo.core.operations.operation import Operation

from .call import Call
from .observer import find_request_id

__all__ = ["FailedCall", "capture_responses", "captures", "failed_call", "record"]


class FailedCall(msgspec.Struct, frozen=True):
    """A call that raised `error`; its members are named as those of a `Response`.

    `status`, `headers`, `body` and `request_id` are those of the answer to the last request, where one came: `status` is
    `None` where none did. `error` may be any exception, `asyncio.CancelledError` among them.
    """

    error: BaseException
    status: int | None
    headers: Mapping[str, str]
    body: bytes
    attempts: int
    elapsed: float
    request_id: str | None
    operation: Operation[Any]
    data: Any = None

    def __repr__(self) -> str:
        kind, name = type(self.error).__name__, self.operation.python
        return f"<FailedCall {name}, {kind}, status {self.status}, {self.attempts} attempts>"


def failed_call(call: Call, error: BaseException, now: float, request_id_headers: Sequence[str]) -> FailedCall:
    """What is captured of a call that raised."""
    answer, elapsed = call.answer, now - call.began
    if answer is None:
        return FailedCall(error, None, {}, b"", call.attempts, elapsed, None, call.operation)
    request_id = find_request_id(answer.headers, request_id_headers)
    return FailedCall(error, answer.status, answer.headers, answer.body, call.attempts, elapsed, request_id, call.operation)


class _Capture:
    """The calls of one `capture_responses`, and the one around it."""

    __slots__ = ("__weakref__", "calls", "ended", "outer")

    def __init__(self, outer: _Capture | None) -> None:
        self.calls: list[Response[Any] | FailedCall] = []
        self.ended = False
        self.outer = outer


# A task's own capture is kept by the task, since tasks may share a context; a task that is started inside inherits by context.
_of_tasks: weakref.WeakKeyDictionary[asyncio.Task[Any], _Capture] = weakref.WeakKeyDictionary()
_captured = False  # whether anybody ever did: all others pay for no more than this look
_inherited: contextvars.ContextVar[_Capture | None] = contextvars.ContextVar("aioconvo_responses", default=None)


@contextlib.contextmanager
def capture_responses() -> Generator[list[Response[Any] | FailedCall]]:
    """Collect every call made inside, in the order in which they ended: status, headers, request id, attempts.

    A call that succeeded is there as its `Response`, one that raised as a `FailedCall`, whose `error` tells why. A call inside
    a nested `capture_responses` is there only. Tasks that are started inside report here too. The bodies of all answers are
    kept as long as the list is: for long walks take `hooks`.
    """
    global _captured  # noqa: PLW0603 -- set once
    _captured = True
    task, outer = _current_task(), _innermost()
    capture = _Capture(outer)
    kept = None if task is None else _of_tasks.get(task)
    if task is not None:
        _of_tasks[task] = capture
    _inherited.set(capture)
    try:
        yield capture.calls
    finally:
        capture.ended = True
        if task is not None:
            del _of_tasks[task]
            if kept is not None:
                _of_tasks[task] = kept
        if _inherited.get() is capture:  # else another task of this context captures now, and ends with this
            while outer is not None and outer.ended:
                outer = outer.outer
            _inherited.set(outer)


def record(ended: Response[Any] | FailedCall) -> None:
    """Hand a call to whoever captures."""
    if _captured and (capture := _innermost()) is not None:
        capture.calls.append(ended)


def captures() -> bool:
    """Whether anybody captures the calls made here."""
    return _captured and _innermost() is not None


def _innermost() -> _Capture | None:
    if _of_tasks and (task := _current_task()) is not None and (own := _of_tasks.get(task)) is not None:
        return own
    return _inherited.get()


def _current_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:  # no loop runs
        return None
