"""What an answer to a call means: a response, a failure, or that it has to be taken apart first."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar, cast

from multidict import istr

from aioconvo.core import errors
from aioconvo.core.answers.refusals import ErrorWords, Refusal, refusal_of, tells_of_an_error
from aioconvo.core.answers.response import Response
from aioconvo.core.clock import Clock
from aioconvo.core.json.faults import BrokenBodyError, UnfitError
from aioconvo.core.operations.operation import Operation
from aioconvo.core.wire.pool import BrokenAnswerError, RawResponse, TransportFaultError

from .apart import make_readable, take_apart
from .call import Call
from .decoding import decode_answer
from .echo import sent_texts
from .failures import Failure, broken_failure, fault_failure, refusal_failure, status_failure
from .observer import Observer, find_request_id

__all__ = ["AnswerReader"]

T = TypeVar("T")

_OK = range(200, 300)


class AnswerReader:
    """Reads the answers of one API; what is said otherwise there than elsewhere, its client's class says."""

    request_id_headers: ClassVar[Sequence[str]] = (istr("X-Request-Id"),)
    enveloped: ClassVar[bool] = False  # whether every answer, also to `request`, stands beside the API's own `error`
    _clock: Clock
    _observer: Observer

    # What each API has its own way of.

    def _decode(self, operation: Operation[T], answer: RawResponse) -> T | None:
        try:
            return decode_answer(operation, answer)
        except BrokenBodyError:
            if (empty := self._empty_page(operation.response, answer.body)) is None:
                raise
            return cast("T", empty)

    def _empty_page(self, kind: object, body: bytes) -> object:  # noqa: ARG002 -- each provider's client knows its own
        """The page that a body means which does not read as this kind, where an API writes lists that hold nothing so."""
        return None

    def _error_words(self, answer: RawResponse) -> ErrorWords:  # noqa: ARG002 -- each provider's client reads its own shape
        """The provider's code and words in an error answer."""
        return ErrorWords()

    # What all have in common.

    async def _judge_apart(self, call: Call, answer: RawResponse) -> Response[Any] | Failure:
        """What an answer says that has to be taken apart."""
        return cast("Response[Any] | Failure", self._judge(call, await take_apart(answer, call.operation.response)))

    def _judge(self, call: Call, answer: RawResponse) -> Response[Any] | Failure | None:
        """What an answer says; `None`: it has to be taken apart first."""
        if answer.status not in _OK:
            return self._redirected(call, answer) or self._refused(call, answer)
        data = fault = None
        try:
            data = self._decode(call.request.operation, answer)
            if call.request.check is not None and data is not None:
                call.request.check(data)
        except BrokenBodyError as broken:
            fault = broken
        except UnfitError:
            return None
        # What an answer says of an error is worth more than what it lacks.
        plain = answer if answer.apart is None else make_readable(answer)
        if tells_of_an_error(data, plain.body, enveloped=self.enveloped) and not call.operation.any_file:
            return self._refused(call, answer, refusal_of(self._error_words(plain), plain.body))
        if fault is not None:
            return self._broken(call, fault, answer.status, answer.headers)
        self._observer.answered(call, data, answer)
        return self._response(call, data, answer)

    def _failed(self, call: Call, fault: TransportFaultError | BrokenAnswerError) -> Failure:
        """What it means that no good answer came."""
        if isinstance(fault, BrokenAnswerError):
            call.answer = RawResponse(fault.status, fault.headers, b"")
            return self._broken(call, fault, fault.status, fault.headers)
        return fault_failure(self._facts(call), fault)

    def _response(self, call: Call, data: Any, answer: RawResponse) -> Response[Any]:
        request_id, elapsed = find_request_id(answer.headers, self.request_id_headers), call.ended - call.began
        headers, body, operation = answer.headers, answer.body, call.request.operation
        return Response(data, answer.status, headers, body, call.attempts, elapsed, request_id, operation)

    def _facts(self, call: Call, headers: Mapping[str, str] | None = None) -> errors.CallFacts:
        request_id = None if headers is None else find_request_id(headers, self.request_id_headers)
        return call.facts(self._clock.monotonic(), request_id)

    def _redirected(self, call: Call, answer: RawResponse) -> Response[Any] | None:
        """Where a redirect is what was asked for, its address."""
        address = answer.headers.get("Location") if call.operation.redirects and answer.status in errors.REDIRECTS else None
        if not address:
            return None
        self._observer.answered(call, address, answer)
        return self._response(call, address, answer)

    def _refused(self, call: Call, answer: RawResponse, refusal: Refusal | None = None) -> Failure:
        facts, now = self._facts(call, answer.headers), self._clock.time()
        texts = functools.partial(sent_texts, call.request, call.credentials)
        if refusal is None:
            return status_failure(facts, answer, lambda: self._error_words(make_readable(answer)), now, texts)
        return refusal_failure(facts, answer, refusal, now, texts, repeatable=call.operation.effect.repeatable)

    def _broken(self, call: Call, fault: BrokenBodyError, status: int, headers: Mapping[str, str]) -> Failure:
        return broken_failure(self._facts(call, headers), fault, status, headers, repeatable=call.operation.effect.repeatable)
