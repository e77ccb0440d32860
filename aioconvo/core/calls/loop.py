"""The one loop every call goes through: limit, send, decide, wait."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar, TypeVar

from yarl import URL

from aioconvo.core import errors
from aioconvo.core.access.auth import Auth
from aioconvo.core.access.hidden import without_frames
from aioconvo.core.answers.response import Response
from aioconvo.core.limits.rule import Limits
from aioconvo.core.limits.turnstile import Turnstile
from aioconvo.core.operations.operation import Request
from aioconvo.core.retry.policy import RetryPolicy, Verdict
from aioconvo.core.wire.connector import Attempt
from aioconvo.core.wire.pool import BrokenAnswerError, LoopState, RawResponse, SessionPool, TransportFaultError
from aioconvo.core.wire.streams import Sink
from aioconvo.core.wire.time_limit import OverdueError

from .answers import AnswerReader
from .call import Call
from .capture import captures, failed_call, record
from .destination import Destination
from .entrance import Waiter
from .failures import Failure, unsure
from .hooks import EndFacts, Hooks, tell
from .stats import Counts

__all__ = ["CallLoop"]

T = TypeVar("T")

_EXPECTED = (TransportFaultError, BrokenAnswerError, errors.AioconvoError, asyncio.CancelledError)


class CallLoop(AnswerReader):
    """Makes the calls of one client: over its pool, with its credentials, by its limits and its retries."""

    provider: ClassVar[str]
    _account: str | None
    _auth: Auth
    _counts: Counts
    _credential: str  # what limits are counted for
    _deadline: float | None
    _destination: Destination
    _hooks: Hooks | None
    _lane: object
    _limits: Limits
    _origin: URL
    _pool: SessionPool
    _retry: RetryPolicy
    _timeout: float | None
    _turnstile: dict[LoopState, Turnstile]  # the last one, for copies, too

    async def send(self, request: Request[T], *, auth: Auth | None = None, into: Sink | None = None) -> Response[T]:
        """Send a request; the whole `Response`. `auth` takes the place of the client's credentials for this call.

        The body of a good answer goes `into` what takes it piece by piece. Raises the kinds of `CallError`.
        """
        began = self._clock.monotonic()
        deadline = None if self._deadline is None else began + self._deadline
        call = Call(request, auth or self._auth, began, deadline, into=into)
        self._counts.calls += 1
        tell_end = None if self._hooks is None else self._observer.call_begins(call)
        error: str | None = None
        try:
            state = self._pool.state_now() or await self._pool.state()
            if deadline is None:
                response = await self._complete(call, state)
            else:
                try:
                    with state.deadlines[self._deadline]:
                        response = await self._complete(call, state)
                except OverdueError:
                    raise self._deadline_error(call) from None
        except BaseException as raised:
            told = self._to_raise(call, raised)
            error = self._counts.raised(told)
            if captures():
                record(failed_call(call, told, self._clock.monotonic(), self.request_id_headers))
            if told is raised:
                del told  # its traceback holds this frame: a cycle, which would keep the client
                raise
            try:
                raise told from raised
            finally:
                del told
        finally:
            if tell_end is not None:
                tell(tell_end, EndFacts(call.attempts, self._clock.monotonic() - began, error))
        record(response)
        return response

    async def _complete(self, call: Call, state: LoopState) -> Response[Any]:
        """Try until there is a good answer or a reason to stop."""
        while True:
            if call.attempts:
                call.waited_for_limits = call.waited_for_pool = 0.0
                if call.answer is not None:
                    call.status, call.answer = call.answer.status, None
            call.attempts += 1
            call.on_wire = call.under_way = False
            call.credentials = call.auth.headers(self._clock.time()) or await self._credentials(call)
            try:
                answer = await self._exchange(call, state)
                result = self._judge(call, answer) or await self._judge_apart(call, answer)
            except (TransportFaultError, BrokenAnswerError) as fault:
                result = self._failed(call, fault)
            if state.retry_debts.owed and (isinstance(result, Response) or result.outcome.answered):
                state.retry_debts.pay(self._origin)
            if isinstance(result, Response):
                return result
            if call.renews_token(result):
                self._observer.retries(call, result, 0.0)
                continue
            if call.deleted_before(result) and result.answer is not None:
                return self._response(call, None, result.answer)
            call.maybe_done |= result.outcome.doubtful
            await self._wait_or_raise(call, state, result)

    async def _exchange(self, call: Call, state: LoopState) -> RawResponse:
        """One request: through the credential's limits and the pool's gate, then over the wire."""
        turnstile = self._turnstile.get(state) or self._entrance(state)
        if not turnstile.try_enter():
            waiter = Waiter(self._clock, self._counts, self._lane, self._retry.patience, self._timeout)
            await waiter.enter(call, state, turnstile)
        began = self._clock.monotonic()
        attempt = Attempt(call.lost)
        try:
            request = call.request
            headers = self._destination.headers(call.credentials, request.content_type, request.operation.accept)
            call.on_wire = call.under_way = True
            self._observer.request_begins(call)
            came = await self._pool.exchange(
                state,
                request.operation.method,
                self._destination.url(request),
                headers,
                request.body,
                attempt=attempt,
                timeout=self._timeout,
                into=call.into,
            )
        except BaseException as fault:
            call.lost = isinstance(fault, TransportFaultError)
            call.on_wire = not attempt.unmet
            self._observer.request_ended(call, fault, self._clock.monotonic() - began)
            if isinstance(fault, _EXPECTED):  # in all others the frames tell where the bug is
                without_frames(fault)
            raise
        finally:
            turnstile.leave()
        call.lost = False
        call.ended = self._clock.monotonic()
        call.answer = came
        self._observer.request_ended(call, came, call.ended - began)
        return came

    async def _wait_or_raise(self, call: Call, state: LoopState, failure: Failure) -> None:
        call.on_wire = call.under_way = False
        if failure.permanent or call.request.spent:
            raise await failure.error()
        clock = self._clock
        operation = call.request.operation
        decision = self._retry.decide(
            failure.outcome,
            effect=operation.effect,
            attempt=call.attempts,
            jitter=random.random(),  # noqa: S311 -- no secret; the module's own, which a forked process seeds anew
            has_key=self._has_key(call.request),
            left=math.inf if call.deadline is None else call.deadline - clock.monotonic(),
            owed=state.retry_debts.of(self._origin),
        )
        if failure.outcome.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._counts.rate_limited += 1
            self._entrance(state).pause(self._retry.pause(decision, failure.outcome))
        if decision.verdict is not Verdict.RETRY:
            raise await failure.error()
        if failure.outcome.costs:
            state.retry_debts.add(self._origin)
        self._observer.retries(call, failure, decision.wait)
        slept_from = clock.monotonic()
        try:
            async with state.wait():
                await clock.sleep(decision.wait)
        finally:
            self._counts.waited_for_retries += clock.monotonic() - slept_from

    def _has_key(self, request: Request[Any]) -> bool:
        """Whether the API will know this request again, as far as is known or the user says."""
        return (request.operation.key_proven or self._retry.trust_keys) and request.idempotency_key is not None

    def _entrance(self, state: LoopState) -> Turnstile:
        """This credential's turnstile in this loop; held to spare the next look-up."""
        turnstile = self._pool.turnstile(state, self._credential, self._limits, self.provider)
        self._turnstile.clear()
        self._turnstile[state] = turnstile
        return turnstile

    def _deadline_error(self, call: Call) -> errors.CallError:
        kind = errors.APIDeadlineError if call.under_way else errors.DeadlineExceededError
        call.maybe_done |= call.on_wire
        return kind(f"the call did not end within its deadline of {self._deadline:g} s", self._facts(call))

    def _to_raise(self, call: Call, raised: BaseException) -> BaseException:
        """What is raised in its place: a try of a call with outside effects may have been carried out, whatever ended it."""
        if not isinstance(raised, errors.AioconvoError) or not call.maybe_done or call.operation.effect.repeatable:
            return raised
        return unsure(raised, self._facts(call))

    async def _credentials(self, call: Call) -> Mapping[str, str]:
        """Credentials that have to be fetched first."""
        raise NotImplementedError
