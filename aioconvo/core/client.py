"""The one loop every call goes through: limit, send, decide, decode."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import logging
import math
import random
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, ClassVar, NamedTuple, Self, TypedDict, TypeVar, Unpack
from urllib.parse import unquote

from yarl import URL

from . import errors, settings
from .auth import Auth
from .codec import BrokenBodyError, decode
from .failures import ErrorWords, Failure, broken_failure, fault_failure, status_failure, unsure
from .gate import Turnstile
from .inflate import ACCEPT_ENCODING
from .limits import Limits
from .operation import Effect, Operation, Query, QueryValue, Request
from .pagers import Ask, Mark, Pager
from .pagination import AsyncPaginator
from .response import Response, record
from .retry import Decision, Outcome, RetryPolicy, Verdict
from .session import Answer, BrokenAnswerError, LoopState, SessionPool, TransportFaultError
from .token import AccessToken, TokenAuth
from .version import VERSION

__all__ = ["APIClient", "APIResource", "ClientOptions", "ErrorWords", "Refusal"]

T = TypeVar("T")
P = TypeVar("P")
ItemT = TypeVar("ItemT")

_log = logging.getLogger("aioconvo.client")
_OK = range(200, 300)
_NO_CONTENT = 204
_UNAUTHORIZED = 401
_NOT_FOUND = 404
_TOO_MANY_REQUESTS = 429
_PAGE_SIZE_NAMES = frozenset({"page[size]", "limit", "_limit"})


class ClientOptions(TypedDict, total=False):
    """What every client and `with_options` take.

    - `timeout`: seconds for one attempt; waiting for the pool or a limit does not count. `None`: no bound. Default 30.
    - `deadline`: seconds for a whole call with all its waits and attempts. `None`, the default: no bound.
    - `max_retries`: tries after the first; takes the place of the number in `retry`. Default 3.
    - `retry`: the whole `RetryPolicy`.
    - `limits`: what this credential may do; `Limits()` for no limits.
    - `headers`: further headers for every request.
    - `lane`: when the pool is full, lanes take turns; each client is a lane of its own by default.
    """

    timeout: float | None
    deadline: float | None
    max_retries: int
    retry: RetryPolicy
    limits: Limits
    headers: Mapping[str, str]
    lane: str


class Refusal(NamedTuple):
    """What a 2xx answer means whose body says that the call failed."""

    status: int
    told: ErrorWords


@dataclasses.dataclass(slots=True)
class _Call:
    """One call under way."""

    request: Request[Any]
    auth: Auth
    began: float
    deadline: float | None
    attempts: int = 0
    on_wire: bool = False
    renewed: bool = False
    maybe_done: bool = False


class APIClient:
    """What the five clients share; use one of those.

    A client that is given a `pool` never closes it; one that is not makes its own and closes it with `aclose`.
    """

    provider: ClassVar[str]
    default_host: ClassVar[str]
    default_limits: ClassVar[Limits] = Limits()
    request_id_headers: ClassVar[Sequence[str]] = ("X-Request-Id",)

    def __init__(
        self,
        *,
        base_url: str,
        auth: Auth,
        pool: SessionPool | None = None,
        allow_http: bool = False,
        **options: Unpack[ClientOptions],
    ) -> None:
        self._origin, self._prefix = settings.base_url(base_url, allow_http=allow_http)
        self._auth = auth
        self._owns_pool = pool is None
        self._pool = pool if pool is not None else SessionPool()
        self._timeout: float | None = 30.0
        self._deadline: float | None = None
        self._retry = RetryPolicy()
        # A published quota holds for the provider's own hosts; another server starts without.
        self._limits = self.default_limits if self._origin.host == self.default_host else Limits()
        self._headers: Mapping[str, str] = {
            "Accept": "application/json",
            "Accept-Encoding": ACCEPT_ENCODING,
            "User-Agent": f"aioconvo/{VERSION}",
        }
        self._lane: object = object()
        self._random = random.Random()  # noqa: S311 -- jitter, not a secret
        self._apply(options)
        self._attach_resources()

    def _attach_resources(self) -> None:
        """Make the resources; each provider's client says which."""

    def _apply(self, options: ClientOptions) -> None:
        unknown = options.keys() - ClientOptions.__annotations__.keys()
        if unknown:
            raise errors.ConfigurationError(f"unknown options: {', '.join(sorted(unknown))}")
        self._timeout = settings.positive("timeout", options.get("timeout", self._timeout))
        self._deadline = settings.positive("deadline", options.get("deadline", self._deadline))
        self._retry = options.get("retry", self._retry)
        if "max_retries" in options:
            self._retry = dataclasses.replace(self._retry, max_retries=options["max_retries"])
        self._limits = options.get("limits", self._limits)
        self._lane = options.get("lane", self._lane)
        if "headers" in options:
            self._headers = settings.merged(self._headers, settings.headers(options["headers"]))
        self._turnstile: tuple[LoopState, Turnstile] | None = None

    @property
    def base_url(self) -> str:
        """Where requests go to."""
        return f"{self._origin}{self._prefix}"

    @property
    def pool(self) -> SessionPool:
        """The pool this client sends through."""
        return self._pool

    @property
    def limits(self) -> Limits:
        """What this client's credential may do."""
        return self._limits

    def with_options(self, **options: Unpack[ClientOptions]) -> Self:
        """A cheap copy with other options, on the same pool and credentials; closing it closes nothing."""
        clone = copy.copy(self)
        clone._owns_pool = False  # noqa: SLF001 -- its own class
        clone._apply(options)  # noqa: SLF001 -- its own class
        clone._attach_resources()  # noqa: SLF001 -- its own class
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
        clock = self._pool.clock
        began = clock.monotonic()
        deadline = None if self._deadline is None else began + self._deadline
        call = _Call(request, auth or self._auth, began, deadline)
        response = await (self._complete(call) if deadline is None else self._complete_in_time(call))
        record(response)
        return response

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Query | Mapping[str, QueryValue] = (),
        body: object = None,
        effect: Effect | None = None,
    ) -> Response[Any]:
        """Any request to this API, with the same credentials, retries and limits; `data` is plain Python values.

        `path` is relative to the base URL and percent-encoded already (`/v2/apps/...`). Unless `effect` says otherwise, a
        GET may be tried again after a fault and nothing else may.
        """
        method = method.upper()
        if effect is None:
            effect = Effect.READ if method in {"GET", "HEAD"} else Effect.UNSAFE
        if not (method.isascii() and method.isalpha()):
            raise errors.InvalidRequestError("method must be a word such as GET")
        if not path.startswith("/") or "//" in path or any(unquote(part) in {".", ".."} for part in path.split("/")):
            raise errors.InvalidRequestError("path must begin with one '/' and hold no empty, '.' or '..' segments")
        if not path.isascii() or not path.isprintable() or set(path) & set(" ?#\\{}"):
            raise errors.InvalidRequestError("path must be percent-encoded; give the query as query=")
        operation: Operation[Any] = Operation(f"{self.provider}.request", "request", method, path, _JSON, effect)
        return await self.send(operation.request(query=query, body=body))

    def paginate(
        self,
        operation: Operation[P],
        values: Sequence[str | int],
        pager: Callable[[Mark | None], Pager[P, ItemT]],
        *,
        query: Query = (),
        body: Mapping[str, object] | None = None,
        direction: str = "",
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[ItemT]:
        """A list as an `AsyncPaginator`; bad path values and queries are refused here, before anything is awaited.

        `direction` tells walks over the same list apart whose positions must not be mixed.
        """
        pairs = list(query)
        blanks = (0,) * (len(operation.parameters) - len(values))  # where the pager will put path values

        async def fetch(ask: Ask) -> Response[P]:
            asked = None if body is None else {**body, **dict(ask.body)}
            return await self.send(operation.request(*values, *ask.path, query=(*pairs, *ask.query), body=asked))

        # Another page size cuts other pages of the same list, so it is no part of what tells lists apart.
        same_list = [pair for pair in pairs if pair[0] not in _PAGE_SIZE_NAMES]
        first = operation.request(*values, *blanks, query=same_list, body=body)
        walk = f"{operation.python} {direction} {first.target} {(first.body or b'').hex()}"
        return AsyncPaginator(fetch, pager, walk=walk, limit=limit, start=start, prefetch=prefetch)

    # The loop.

    async def _complete(self, call: _Call) -> Response[Any]:
        """Try until there is a good answer or a reason to stop."""
        state = await self._pool.state()
        url = self._url(call.request)
        while True:
            call.attempts += 1
            call.on_wire = False
            credentials = await self._credentials(call.auth)
            result = await self._attempt(call, state, url, credentials)
            if isinstance(result, Response):
                return result
            if result.outcome.status == _UNAUTHORIZED and isinstance(call.auth, TokenAuth) and not call.renewed:
                call.auth.discard(credentials)
                call.renewed = True
                continue
            if _deleted_before(call, result) and result.answer is not None:
                return self._response(call, None, result.answer)
            call.maybe_done |= result.outcome.doubtful
            await self._wait_or_raise(call, state, result)

    async def _complete_in_time(self, call: _Call) -> Response[Any]:
        scope = asyncio.timeout(self._deadline)
        try:
            async with scope:
                return await self._complete(call)
        except TimeoutError as error:
            if isinstance(error, errors.AioconvoError) or not scope.expired():
                raise
            raise self._deadline_error(call) from None

    async def _attempt(
        self, call: _Call, state: LoopState, url: URL, credentials: Mapping[str, str]
    ) -> Response[Any] | Failure:
        try:
            answer = await self._exchange(call, state, url, credentials)
        except TransportFaultError as fault:
            return fault_failure(self._facts(call), fault)
        except BrokenAnswerError as fault:
            return self._broken(call, fault, fault.status, fault.headers)
        if answer.status not in _OK:
            return self._refused(call, answer, self._error_words(answer))
        try:
            data = self._decoded(call.request.operation, answer)
            refusal = self._refusal(data)
        except BrokenBodyError as fault:
            return self._broken(call, fault, answer.status, answer.headers)
        if refusal is not None:
            return self._refused(call, Answer(refusal.status, answer.headers, answer.body), refusal.told)
        return self._response(call, data, answer)

    def _response(self, call: _Call, data: Any, answer: Answer) -> Response[Any]:
        return Response(
            data,
            answer.status,
            answer.headers,
            answer.body,
            call.attempts,
            self._pool.clock.monotonic() - call.began,
            self._request_id(answer.headers),
            call.request.operation,
        )

    async def _exchange(self, call: _Call, state: LoopState, url: URL, credentials: Mapping[str, str]) -> Answer:
        """One request: through the credential's limits, then through the pool's gate, then over the wire."""
        request = call.request
        headers = settings.merged(self._headers, credentials)
        if request.content_type is not None:
            headers = settings.merged(headers, {"Content-Type": request.content_type})
        turnstile = self._entrance(state)
        await turnstile.enter()
        try:
            await state.gate.acquire(self._lane)
            try:
                call.on_wire = True
                return await self._pool.exchange(
                    state,
                    request.operation.method,
                    url,
                    headers,
                    request.body,
                    timeout=self._timeout,
                    once=not request.operation.effect.repeatable,
                )
            finally:
                state.gate.release()
        finally:
            turnstile.leave()

    async def _wait_or_raise(self, call: _Call, state: LoopState, failure: Failure) -> None:
        if failure.permanent:
            raise failure.error
        clock = self._pool.clock
        operation = call.request.operation
        decision = self._retry.decide(
            failure.outcome,
            effect=operation.effect,
            attempt=call.attempts,
            jitter=self._random.random(),
            has_key=call.request.idempotency_key is not None,
            left=math.inf if call.deadline is None else call.deadline - clock.monotonic(),
        )
        if failure.outcome.status == _TOO_MANY_REQUESTS:
            self._entrance(state).pause(_pause(decision, failure.outcome, self._retry.max_wait))
        # An earlier try with a key may have been carried out, whatever this one was told.
        if decision.verdict is not Verdict.RETRY and call.maybe_done and not operation.effect.repeatable:
            raise unsure(failure.error) from failure.error
        if decision.verdict is not Verdict.RETRY:
            raise failure.error
        _log.info("%s: attempt %d failed, next in %.3f s", operation.python, call.attempts, decision.wait)
        await clock.sleep(decision.wait)

    def _entrance(self, state: LoopState) -> Turnstile:
        """This credential's turnstile in this loop; held here to spare the look-up."""
        if self._turnstile is None or self._turnstile[0] is not state:
            key = (
                self.provider,
                self._origin,
                self._auth.identity,
                tuple(self._limits.rates),
                self._limits.concurrency,
            )
            self._turnstile = (state, self._pool.turnstile(state, key, self._limits))
        return self._turnstile[1]

    async def _credentials(self, auth: Auth) -> Mapping[str, str]:
        clock = self._pool.clock
        headers = auth.headers(clock.time())
        if headers is None and isinstance(auth, TokenAuth):
            headers = await auth.renew(self._fetch_token, clock.time)
        return headers or {}

    async def _fetch_token(self) -> AccessToken:
        """Ask the provider for a token; only for clients that use `TokenAuth`."""
        raise NotImplementedError

    def _url(self, request: Request[Any]) -> URL:
        path = self._prefix + request.path
        if not request.query:
            return self._origin.with_path(path, encoded=True)
        return URL.build(
            scheme=self._origin.scheme,
            authority=self._origin.raw_authority,
            path=path,
            query_string=request.query,
            encoded=True,
        )

    # What an answer says.

    def _decoded(self, operation: Operation[T], answer: Answer) -> T | None:
        if operation.response is None or answer.status == _NO_CONTENT or (operation.response is _JSON and not answer.body):
            return None
        return decode(answer.body, operation.response)

    def _refusal(self, data: Any) -> Refusal | None:  # noqa: ARG002 -- for providers that do so
        """What a 2xx answer says when it carries an error all the same."""
        return None

    def _error_words(self, answer: Answer) -> ErrorWords:  # noqa: ARG002 -- each provider's client reads its own shape
        """The provider's code and words in an error answer."""
        return ErrorWords()

    def _request_id(self, headers: Mapping[str, str]) -> str | None:
        for name in self.request_id_headers:
            value = headers.get(name)
            if value is not None:
                return value
        return None

    def _facts(self, call: _Call, request_id: str | None = None) -> errors.CallFacts:
        return call.request.operation.facts(
            attempts=call.attempts,
            elapsed=self._pool.clock.monotonic() - call.began,
            request_id=request_id,
            idempotency_key=call.request.idempotency_key,
        )

    def _refused(self, call: _Call, answer: Answer, told: ErrorWords) -> Failure:
        facts = self._facts(call, self._request_id(answer.headers))
        return status_failure(facts, answer, told, self._pool.clock.time())

    def _broken(self, call: _Call, fault: BrokenBodyError, status: int, headers: Mapping[str, str]) -> Failure:
        facts = self._facts(call, self._request_id(headers))
        return broken_failure(facts, fault, status, repeatable=call.request.operation.effect.repeatable)

    def _deadline_error(self, call: _Call) -> errors.CallError:
        reason = f"the call did not end within its deadline of {self._deadline:g} s"
        if (call.on_wire or call.maybe_done) and not call.request.operation.effect.repeatable:
            return errors.MaybeSentError(reason, self._facts(call))
        return errors.DeadlineExceededError(reason, self._facts(call))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._origin.host}, {self._auth!r}>"


class APIResource:
    """A group of operations of one client."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


_JSON: Any = object


def _deleted_before(call: _Call, failure: Failure) -> bool:
    """Whether an earlier try of this call deleted what is now missing, and only its answer was lost."""
    return call.maybe_done and failure.outcome.status == _NOT_FOUND and call.request.operation.method == "DELETE"


def _pause(decision: Decision, outcome: Outcome, max_wait: float) -> float:
    """Seconds for which a 429 holds back every task of its credential."""
    return max(decision.wait, min(outcome.wait or 0.0, max_wait))
