"""One call under way: what the loop knows of it between its attempts."""

from __future__ import annotations

import types
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from aioconvo.core.access.auth import Auth
from aioconvo.core.access.token import TokenAuth
from aioconvo.core.errors import CallFacts
from aioconvo.core.operations.operation import Operation, Request
from aioconvo.core.wire.pool import RawResponse
from aioconvo.core.wire.streams import Sink

from .failures import Failure

__all__ = ["Call"]

_NONE: Mapping[str, str] = types.MappingProxyType({})


class Call(msgspec.Struct, gc=False):
    """One call under way. Times are seconds of the pool's monotonic clock; the waits and `ended` are the last attempt's."""

    request: Request[Any]
    auth: Auth
    began: float
    deadline: float | None
    attempts: int = 0
    under_way: bool = False  # a request is; at other times the call waits for us
    on_wire: bool = False
    lost: bool = False  # the last request's connection: where one broke, the other kept ones may be dead, too
    renewed: bool = False
    maybe_done: bool = False
    credentials: Mapping[str, str] = _NONE
    waited_for_limits: float = 0.0
    waited_for_pool: float = 0.0
    ended: float = 0.0
    into: Sink | None = None  # where a file goes piece by piece
    answer: RawResponse | None = None  # to the last request
    status: int | None = None  # of the last answer to the requests before it

    @property
    def operation(self) -> Operation[Any]:
        """What is called."""
        return self.request.operation

    def facts(self, now: float, request_id: str | None = None) -> CallFacts:
        """What an error tells about this call."""
        return self.operation.facts(
            attempts=self.attempts,
            elapsed=now - self.began,
            request_id=request_id,
            idempotency_key=self.request.idempotency_key,
            status=self.status if self.answer is None else self.answer.status,
        )

    def renews_token(self, failure: Failure) -> bool:
        """Whether to try with a new token, which is once where the last one was refused; that one is let go of."""
        if failure.outcome.status != HTTPStatus.UNAUTHORIZED or self.renewed or self.request.spent:
            return False
        if isinstance(self.auth, TokenAuth):
            self.auth.discard(self.credentials)
            self.renewed = True
        return self.renewed

    def deleted_before(self, failure: Failure) -> bool:
        """Whether an earlier try of this call deleted what is now missing, and only its answer was lost."""
        return self.maybe_done and failure.outcome.status == HTTPStatus.NOT_FOUND and self.operation.method == "DELETE"

    def __repr__(self) -> str:
        return f"<Call {self.operation.python}, attempt {self.attempts}>"
