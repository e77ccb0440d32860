"""Callables of the user's that are told what the client does, as it happens.

What they get are facts: operation, path template, attempt, status, seconds, request id. Never credentials, path values,
queries or text.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TypeVar

import msgspec

from aioconvo.core.access.settings import plain_function
from aioconvo.core.json.drift_kinds import DriftKind
from aioconvo.core.log import logger

__all__ = ["DriftFacts", "EndFacts", "Hooks", "PageFacts", "RequestFacts", "ResponseFacts", "RetryFacts", "StartFacts", "tell"]

F = TypeVar("F")
R = TypeVar("R")

_log = logger("hooks")


class StartFacts(msgspec.Struct, frozen=True, gc=False):
    """A call begins; it may take several requests."""

    operation: str
    method: str
    path: str


class EndFacts(msgspec.Struct, frozen=True, gc=False):
    """A call ended: how many requests it tried, `elapsed` seconds with all waits, and the name of its error, if any."""

    attempts: int
    elapsed: float
    error: str | None


class RequestFacts(msgspec.Struct, frozen=True, gc=False):
    """A request is about to be sent, after the seconds it waited for the credential's limits and for the pool."""

    operation: str
    method: str
    path: str
    attempt: int
    host: str
    port: int
    waited_for_limits: float
    waited_for_pool: float


class ResponseFacts(msgspec.Struct, frozen=True, gc=False):
    """A request ended, `elapsed` seconds after it was sent.

    `status` is `None` where no answer came; `error` then names the kind of fault.
    """

    operation: str
    method: str
    path: str
    attempt: int
    status: int | None
    error: str | None
    elapsed: float
    request_id: str | None


class RetryFacts(msgspec.Struct, frozen=True, gc=False):
    """`attempt` failed with `error`; the next one comes after `wait` seconds."""

    operation: str
    method: str
    path: str
    attempt: int
    status: int | None
    error: str
    wait: float
    request_id: str | None


class PageFacts(msgspec.Struct, frozen=True, gc=False):
    """A page of a list is handed out, with this many items."""

    operation: str
    method: str
    path: str
    items: int
    has_more: bool
    request_id: str | None


class DriftFacts(msgspec.Struct, frozen=True, gc=False):
    """Parts of an answer are not as documented, `count` of them in the same way.

    `struct` and `field` tell where: the type here, and the member of the JSON. `what` tells in which way; no value is
    told.
    """

    operation: str
    method: str
    path: str
    struct: str
    field: str
    what: DriftKind
    count: int
    request_id: str | None


class Hooks(msgspec.Struct, frozen=True, kw_only=True):
    """Plain functions that are told what happens; they run inside the call, so they must be quick and must not block.

    - `on_call`: a call begins. It may return a function, which is told the end of that call.
    - `on_request`, `on_response`: a request is about to be sent; it ended. They come in pairs, also when the call is cancelled.
    - `on_retry`: a request failed and the call is tried again.
    - `on_page`: a page of a list is handed out.
    - `on_drift`: an answer holds what this version does not know, or lacks what it must have. Members without a field are
      looked for in the 1st, 2nd, 4th, 8th ... answer of each operation.

    All of one call run in the task that made it. What a hook raises is logged by `aioconvo.hooks`, and the call goes on.
    """

    on_call: Callable[[StartFacts], Callable[[EndFacts], object] | None] | None = None
    on_request: Callable[[RequestFacts], object] | None = None
    on_response: Callable[[ResponseFacts], object] | None = None
    on_retry: Callable[[RetryFacts], object] | None = None
    on_page: Callable[[PageFacts], object] | None = None
    on_drift: Callable[[DriftFacts], object] | None = None

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            hook = getattr(self, name)
            if hook is not None:
                plain_function(name, hook)

    def __or__(self, other: Hooks) -> Hooks:
        """Both: first these hooks, then the others; at the end of a request or call the other way round."""
        return Hooks(
            on_call=_both_calls(self.on_call, other.on_call),
            on_request=_both(self.on_request, other.on_request),
            on_response=_both(other.on_response, self.on_response),  # what began last ends first
            on_retry=_both(self.on_retry, other.on_retry),
            on_page=_both(self.on_page, other.on_page),
            on_drift=_both(self.on_drift, other.on_drift),
        )


def tell(hook: Callable[[F], R], facts: F) -> R | None:
    """Call a hook; what it raises is logged without its text, which could be anything, and goes no further."""
    try:
        made = hook(facts)
        if not inspect.iscoroutine(made):
            return made
        made.close()
        _log.error("a hook returned a coroutine, which nobody awaits: hooks are plain functions")
    except Exception as error:  # noqa: BLE001 -- the user's code, whose faults must not break the call
        # Without the traceback, whose last line is the text.
        _log.error("a hook raised %s %s", type(error).__name__, _place(error))
    return None


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


def _both(first: Callable[[F], object] | None, then: Callable[[F], object] | None) -> Callable[[F], object] | None:
    if first is None or then is None:
        return first or then

    def both(facts: F) -> None:
        tell(first, facts)
        tell(then, facts)

    return both


_OnCall = Callable[[StartFacts], Callable[[EndFacts], object] | None]


def _both_calls(first: _OnCall | None, then: _OnCall | None) -> _OnCall | None:
    if first is None or then is None:
        return first or then

    def both(facts: StartFacts) -> Callable[[EndFacts], object] | None:
        begun_first, begun_then = tell(first, facts), tell(then, facts)
        return _both(begun_then, begun_first)

    return both
