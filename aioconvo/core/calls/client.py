"""The one loop every call goes through: limit, send, decide, decode."""

from __future__ import annotations

import asyncio
import functools
import math
import random
from collections.abc import Awaitable, Mapping, Sequence
from http import HTTPStatus
from types import NoneType, TracebackType
from typing import Any, ClassVar, Literal, Self, TypeVar, Unpack, cast

import msgspec
from multidict import istr

from aioconvo.core import errors
from aioconvo.core.access import settings
from aioconvo.core.access.auth import Auth, digest
from aioconvo.core.access.hidden import without_frames
from aioconvo.core.access.token import AccessToken, TokenAuth
from aioconvo.core.json.faults import BrokenBodyError, UnfitError
from aioconvo.core.limits.rule import Limits, Quota
from aioconvo.core.limits.turnstile import Turnstile
from aioconvo.core.operations.identity import Check
from aioconvo.core.operations.operation import Effect, Operation, Query, QueryValue, Request, raw_request
from aioconvo.core.operations.refusals import ErrorWords, Refusal, refusal_of, tells_of_an_error
from aioconvo.core.operations.resource import Group
from aioconvo.core.operations.response import Response
from aioconvo.core.paging.asking import Asking
from aioconvo.core.paging.pagers import Ask, Listing, PagerFactory, listing_of
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.core.retry.policy import RetryPolicy, Verdict
from aioconvo.core.wire.connector import Attempt
from aioconvo.core.wire.pool import BrokenAnswerError, LoopState, RawResponse, SessionPool, TransportFaultError
from aioconvo.core.wire.time_limit import OverdueError

from .apart import make_readable, take_apart
from .call import Call
from .capture import captures, failed_call, record
from .decoding import decode_answer
from .destination import Destination
from .echo import sent_texts
from .entrance import Waiter
from .failures import Failure, broken_failure, fault_failure, refusal_failure, status_failure, unsure, without_token
from .hooks import EndFacts, Hooks, tell
from .observer import Observer, find_request_id
from .options import ClientOptions, PortableOptions, check_options
from .stats import Counts, Stats

__all__ = ["APIClient", "APIResource", "ClientOptions", "ErrorWords"]

T = TypeVar("T")
P = TypeVar("P")
ItemT = TypeVar("ItemT")

_OK = range(200, 300)
_EXPECTED = (TransportFaultError, BrokenAnswerError, errors.AioconvoError, asyncio.CancelledError)
_TOKEN_LANE = "aioconvo tokens"  # noqa: S105 -- the name of a lane


class APIClient:
    """What the five clients share; use one of those.

    A client that is given a `pool` never closes it; one that is not makes its own and closes it with `aclose`.
    """

    provider: ClassVar[str]
    default_host: ClassVar[str]
    default_limits: ClassVar[Limits] = Limits()
    request_id_headers: ClassVar[Sequence[str]] = (istr("X-Request-Id"),)
    enveloped: ClassVar[bool] = False  # whether every answer, also to `request`, stands beside the API's own `error`

    def __init__(
        self,
        *,
        base_url: str,
        auth: Auth,
        pool: SessionPool | None = None,
        allow_http: bool = False,
        **options: Unpack[ClientOptions],
    ) -> None:
        self._destination = Destination(*settings.base_url(base_url, allow_http=allow_http), {})
        self._origin = self._destination.origin
        self._auth = auth
        settings.kind("pool", pool, (SessionPool, NoneType), "a SessionPool")
        settings.kind("allow_http", allow_http, bool, "True or False")
        self._owns_pool = pool is None
        self._pool = pool if pool is not None else SessionPool()
        self._clock = self._pool.clock
        self._timeout: float | None = 30.0
        self._deadline: float | None = None
        self._retry = RetryPolicy()
        # A published quota holds for the provider's own hosts; another server starts without.
        self._limits = self.default_limits if self._origin.host == self.default_host else Limits()
        self._lane: object = object()
        self._account: str | None = None
        self._counts = Counts()
        self._hooks: Hooks | None = None
        self._observer = Observer(self._counts, None, self._origin, self.request_id_headers)
        self._turnstile: dict[LoopState, Turnstile] = {}  # the last one, for copies, too
        # What limits are counted for.
        self._credential = digest(self.provider, str(self._origin), auth.identity)
        self._apply(options)

    def _apply(self, options: ClientOptions) -> None:
        """Take those options that are given. All else, also what was made ready for requests, stays as it is."""
        check_options(options)
        self._timeout = options.get("timeout", self._timeout)
        self._deadline = options.get("deadline", self._deadline)
        self._retry = options.get("retry", self._retry)
        if "max_retries" in options:
            self._retry = msgspec.structs.replace(self._retry, max_retries=options["max_retries"])
        self._lane = options.get("lane", self._lane)
        self._account = options.get("account", self._account)
        if "limits" in options:
            self._limits, self._turnstile = options["limits"], {}
        if "hooks" in options:
            self._hooks = options["hooks"]
            self._observer = Observer(self._counts, self._hooks, self._origin, self.request_id_headers)
        if "headers" in options:
            self._destination = self._destination.with_headers(options["headers"])

    @property
    def base_url(self) -> str:
        """Where requests go to."""
        return str(self._destination)

    @property
    def pool(self) -> SessionPool:
        """The pool this client sends through."""
        return self._pool

    @property
    def account(self) -> str | None:
        """Whose conversations these are, as stored positions say it: the app id, or the `account` that was given."""
        return self._account

    @property
    def limits(self) -> Limits:
        """What this client's credential may do."""
        return self._limits

    @property
    def portable_options(self) -> PortableOptions:
        """What `with_options` needs to make an equal client in another process; hooks, headers and lane do not travel."""
        limits: PortableOptions = {"retry": self._retry, "limits": self._limits, "account": self._account}
        return {"timeout": self._timeout, "deadline": self._deadline, **limits}

    @property
    def identity(self) -> str:
        """A digest that tells this client's credential from others; it gives nothing away."""
        return self._auth.identity

    def stats(self) -> Stats:
        """What this client and its `with_options` copies did so far."""
        pool = self._pool
        now = self._clock.monotonic()
        return self._counts.snapshot(now, pool_in_use=pool.in_use(), pool_waiting=pool.waiting(), pool_size=pool.size)

    async def quota(self) -> Quota:
        """What this client's credential may still send by its limits; all that used it lately counts.

        Raises:
            LimitStoreError: The pool's `limit_store` cannot answer.
        """
        return await self._pool.quota(self._credential, self._limits)

    def with_options(self, **options: Unpack[ClientOptions]) -> Self:
        """A cheap copy with other options, on the same pool and credentials; closing it closes nothing."""
        clone = object.__new__(type(self))
        clone.__dict__.update(self.__dict__)
        clone._owns_pool = False
        clone._apply(options)
        return clone

    async def __aenter__(self) -> Self:
        if self._pool.closed:
            raise errors.PoolClosedError("this client is closed; make a new one")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the pool if this client made it; calling it again does nothing."""
        if self._owns_pool:
            await self._pool.aclose()

    async def call(self, request: Request[T]) -> T:
        """Send a request; what its answer decodes to. Raises the kinds of `CallError`."""
        return (await self.send(request)).data

    async def send(self, request: Request[T], *, auth: Auth | None = None) -> Response[T]:
        """Send a request; the whole `Response`. `auth` takes the place of the client's credentials for this call.

        Raises the kinds of `CallError`.
        """
        began = self._clock.monotonic()
        deadline = None if self._deadline is None else began + self._deadline
        call = Call(request, auth or self._auth, began, deadline)
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
            told = self._told(call, raised)
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

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Query | Mapping[str, QueryValue] = (),
        body: object = None,
        effect: Effect | Literal["read", "idempotent", "unsafe", "paid"] | None = None,
    ) -> Response[Any]:
        """Any request to this API, with the same credentials, retries and limits; `data` is plain Python values.

        `path` is relative to the base URL and percent-encoded already (`/v2/apps/...`). Unless `effect` says otherwise, a
        GET may be tried again after a fault and nothing else may.
        """
        given = raw_request(self.provider, method, path, query=query, body=body, effect=effect)
        return await self.send(given)

    def paginate(
        self,
        operation: Operation[P],
        values: Sequence[str | int],
        pager: Listing[P, ItemT] | PagerFactory[P, ItemT],
        *,
        query: Query = (),
        body: Mapping[str, object] | None = None,
        check: Check | None = None,
        page_size: tuple[str, int | None] | None = None,
        direction: str = "",
        limit: int | None = None,
        start: str | int | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[ItemT]:
        """A list as an `AsyncPaginator`; bad path values and queries are refused here, before anything is awaited.

        `query` holds filters: walks with others are other lists. `page_size` is the query pair that says how many items a page
        holds. `check` looks at the answer of every page; `direction` tells walks over the same list apart whose positions must
        not be mixed; both go before what the pager says of them.
        """
        listing = listing_of(pager)
        asking = Asking(operation, values, filters=query, body=body, page_size=page_size or listing.page_size, check=check)

        # No coroutine, so that no frame of an error holds what is searched for.
        def fetch(ask: Ask) -> Awaitable[Response[P]]:
            return self.send(asking(ask))

        identity = asking.identity(direction or listing.direction, self.account)
        listener = self._observer.page_listener()
        return AsyncPaginator(fetch, listing, walk=identity, limit=limit, start=start, prefetch=prefetch, on_page=listener)

    # The loop.

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
                result = self._judged(call, answer) or await self._judged_apart(call, answer)
            except (TransportFaultError, BrokenAnswerError) as fault:
                result = self._failed(call, fault)
            if state.retry_debts.owed and (isinstance(result, Response) or result.outcome.answered):
                state.retry_debts.pay(self._origin)
            if isinstance(result, Response):
                return result
            if result.outcome.status == HTTPStatus.UNAUTHORIZED and isinstance(call.auth, TokenAuth) and not call.renewed:
                call.auth.discard(call.credentials)
                call.renewed = True
                self._observer.retries(call, result, 0.0)
                continue
            if call.deleted_before(result) and result.answer is not None:
                return self._response(call, None, result.answer)
            call.maybe_done |= result.outcome.doubtful
            await self._wait_or_raise(call, state, result)

    async def _judged_apart(self, call: Call, answer: RawResponse) -> Response[Any] | Failure:
        """What an answer says that has to be taken apart."""
        return cast("Response[Any] | Failure", self._judged(call, await take_apart(answer, call.operation.response)))

    def _judged(self, call: Call, answer: RawResponse) -> Response[Any] | Failure | None:
        """What an answer says; `None`: it has to be taken apart first."""
        if answer.status not in _OK:
            return self._refused(call, answer)
        data = fault = None
        try:
            data = self._decoded(call.request.operation, answer)
            if call.request.check is not None and data is not None:
                call.request.check(data)
        except BrokenBodyError as broken:
            fault = broken
        except UnfitError:
            return None
        # What an answer says of an error is worth more than what it lacks.
        plain = answer if answer.apart is None else make_readable(answer)
        if tells_of_an_error(data, plain.body, enveloped=self.enveloped):
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
            headers = self._destination.headers(call.credentials, request.content_type)
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
        if failure.permanent:
            raise await failure.error()
        clock = self._clock
        operation = call.request.operation
        decision = self._retry.decide(
            failure.outcome,
            effect=operation.effect,
            attempt=call.attempts,
            jitter=random.random(),  # noqa: S311 -- no secret; the module's own, which a forked process seeds anew
            has_key=call.request.idempotency_key is not None,
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

    def _entrance(self, state: LoopState) -> Turnstile:
        """This credential's turnstile in this loop; held to spare the next look-up."""
        turnstile = self._pool.turnstile(state, self._credential, self._limits, self.provider)
        self._turnstile.clear()
        self._turnstile[state] = turnstile
        return turnstile

    async def _credentials(self, call: Call) -> Mapping[str, str]:
        clock, auth = self._clock, call.auth
        headers = auth.headers(clock.time())
        if headers is None and isinstance(auth, TokenAuth):
            # Others wait for this token too: the deadline of the call that fetches it must not end it for them, and it must
            # not queue behind calls that would all go out in vain without it.
            fetcher = self.with_options(deadline=None, lane=_TOKEN_LANE)
            try:
                headers = await auth.renew(fetcher._fetch_token, clock.time)  # noqa: SLF001 -- its own class
            except errors.CallError as error:
                raise without_token(error, call.facts(clock.monotonic(), error.request_id)) from error
        return headers or {}

    async def _fetch_token(self) -> AccessToken:
        """Ask the provider for a token; only for clients that use `TokenAuth`."""
        raise NotImplementedError

    def _decoded(self, operation: Operation[T], answer: RawResponse) -> T | None:
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

    def _facts(self, call: Call, headers: Mapping[str, str] | None = None) -> errors.CallFacts:
        request_id = None if headers is None else find_request_id(headers, self.request_id_headers)
        return call.facts(self._clock.monotonic(), request_id)

    def _refused(self, call: Call, answer: RawResponse, refusal: Refusal | None = None) -> Failure:
        facts, now = self._facts(call, answer.headers), self._clock.time()
        texts = functools.partial(sent_texts, call.request, call.credentials)
        if refusal is None:
            return status_failure(facts, answer, lambda: self._error_words(make_readable(answer)), now, texts)
        return refusal_failure(facts, answer, refusal, now, texts, repeatable=call.operation.effect.repeatable)

    def _broken(self, call: Call, fault: BrokenBodyError, status: int, headers: Mapping[str, str]) -> Failure:
        return broken_failure(self._facts(call, headers), fault, status, headers, repeatable=call.operation.effect.repeatable)

    def _deadline_error(self, call: Call) -> errors.CallError:
        kind = errors.APIDeadlineError if call.under_way else errors.DeadlineExceededError
        call.maybe_done |= call.on_wire
        return kind(f"the call did not end within its deadline of {self._deadline:g} s", self._facts(call))

    def _told(self, call: Call, raised: BaseException) -> BaseException:
        """What is raised in its place: a try of a call with outside effects may have been carried out, whatever ended it."""
        if not isinstance(raised, errors.AioconvoError) or not call.maybe_done or call.operation.effect.repeatable:
            return raised
        return unsure(raised, self._facts(call))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._origin.host}, {self._auth!r}>"


class APIResource(Group):
    """A group of operations of one client."""

    __slots__ = ()
    _client: APIClient
