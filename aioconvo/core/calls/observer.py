"""What users see of the calls: counts always, log lines and hooks where somebody listens."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from yarl import URL

from aioconvo.core.json.drift_kinds import Drifts
from aioconvo.core.log import logger
from aioconvo.core.operations.operation import Operation
from aioconvo.core.paging.page import Page
from aioconvo.core.wire.pool import BrokenAnswerError, RawResponse

from .call import Call
from .failures import Failure, fault_error_type
from .hooks import DriftFacts, EndFacts, Hooks, PageFacts, RequestFacts, ResponseFacts, RetryFacts, StartFacts, tell
from .stats import Counts
from .watch import harmless, log_once

__all__ = ["Observer", "find_request_id"]

_log = logger("client")


class Observer:
    """What one client tells; its `counts` are shared with its copies."""

    __slots__ = ("_host", "_port", "_request_id_headers", "counts", "hooks")

    def __init__(self, counts: Counts, hooks: Hooks | None, origin: URL, request_id_headers: Sequence[str]) -> None:
        self.counts = counts
        self.hooks = hooks
        self._host = origin.host or ""
        self._port = origin.port or 0
        self._request_id_headers = request_id_headers

    def call_begins(self, call: Call) -> Callable[[EndFacts], object] | None:
        """A call begins; gives whom to tell its end."""
        hooks = self.hooks
        if hooks is None or hooks.on_call is None:
            return None
        operation = call.operation
        return tell(hooks.on_call, StartFacts(operation.python, operation.method, operation.path))

    def request_begins(self, call: Call) -> None:
        """A request goes on the wire."""
        self.counts.requests += 1
        if call.request.body is not None:
            self.counts.bytes_sent += len(call.request.body)
        hooks = self.hooks
        if hooks is None or hooks.on_request is None:
            return
        operation = call.operation
        facts = RequestFacts(
            operation.python,
            operation.method,
            operation.path,
            call.attempts,
            self._host,
            self._port,
            call.waited_for_limits,
            call.waited_for_pool,
        )
        tell(hooks.on_request, facts)

    def request_ended(self, call: Call, came: RawResponse | BaseException, elapsed: float) -> None:
        """A request ended: with an answer, or with what came instead."""
        body = call.request.body
        if body is not None and not isinstance(body, bytes):
            self.counts.bytes_sent += body.given
        if isinstance(came, RawResponse):
            self.counts.bytes_received += came.received
        hook = None if self.hooks is None else self.hooks.on_response
        if hook is None and not _log.isEnabledFor(logging.DEBUG):
            return
        status = request_id = None
        if isinstance(came, RawResponse | BrokenAnswerError):
            status, request_id = came.status, find_request_id(came.headers, self._request_id_headers)
        error = None if isinstance(came, RawResponse) else fault_error_type(came).__name__
        name, method, path = call.operation.python, call.operation.method, call.operation.path
        told = "%s: %s %s, attempt %d: %s after %.3f s, request id %s"
        _log.debug(told, name, method, path, call.attempts, error or status, elapsed, request_id)
        if hook is not None:
            tell(hook, ResponseFacts(name, method, path, call.attempts, status, error, elapsed, request_id))

    def answered(self, call: Call, data: object, answer: RawResponse) -> None:
        """A good answer came."""
        operation = call.request.operation
        drifts = self.counts.watch.notices(operation.python, data, answer)
        if drifts:
            self._note_drift(operation, drifts, answer)

    def _note_drift(self, operation: Operation[Any], drifts: Drifts, answer: RawResponse) -> None:
        hook = None if self.hooks is None else self.hooks.on_drift
        request_id = find_request_id(answer.headers, self._request_id_headers)
        for (struct, field, what), count in drifts.items():
            name = harmless(field)
            self.counts.drifted += count
            log_once(operation.python, struct, name, what)
            if hook is not None:
                known = (operation.python, operation.method, operation.path)
                tell(hook, DriftFacts(*known, struct, name, what, count, request_id))

    def retries(self, call: Call, failure: Failure, wait: float) -> None:
        """A failed request will be followed by another one."""
        self.counts.retries += 1
        operation = call.operation
        error, status = failure.kind.__name__, failure.outcome.status
        _log.info("%s: attempt %d failed (%s), next in %.3f s", operation.python, call.attempts, status or error, wait)
        hooks = self.hooks
        if hooks is None or hooks.on_retry is None:
            return
        known = (call.attempts, status, error, wait, failure.request_id)
        tell(hooks.on_retry, RetryFacts(operation.python, operation.method, operation.path, *known))

    def page_listener(self) -> Callable[[Page[object]], None] | None:
        """Whom to tell of each page of a list."""
        hook = None if self.hooks is None else self.hooks.on_page
        if hook is None:
            return None

        def listener(page: Page[object]) -> None:
            operation, request_id = page.response.operation, page.response.request_id
            names = (operation.python, operation.method, operation.path)
            tell(hook, PageFacts(*names, len(page.items), page.has_more, request_id))

        return listener


def find_request_id(headers: Mapping[str, str], names: Sequence[str]) -> str | None:
    """The id that a server gave an answer."""
    for name in names:
        value = headers.get(name)
        if value is not None:
            return value
    return None
