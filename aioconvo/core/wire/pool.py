"""The pool of connections: the only place, with its connector, that knows aiohttp's client.

A pool makes one aiohttp session for each event loop it is used in, inside that loop and at its first request. The session
closes with the pool, or with its loop, whichever ends first.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import ssl as ssl_module
import sys
import weakref
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from http.cookies import SimpleCookie
from types import NoneType, TracebackType
from typing import Any, Self, cast

import aiohttp
import msgspec
from aiohttp.hdrs import CONTENT_ENCODING, CONTENT_TYPE
from multidict import CIMultiDictProxy
from yarl import URL

from aioconvo.core.access import settings
from aioconvo.core.access.hidden import RequestHeaders
from aioconvo.core.clock import SYSTEM_CLOCK, Clock
from aioconvo.core.encoding.files import Upload
from aioconvo.core.errors import REDIRECTS, ConfigurationError, PoolClosedError
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.limits.gate import FairGate
from aioconvo.core.limits.memory import MemoryLimits
from aioconvo.core.limits.rule import Limits, LimitStore, Quota
from aioconvo.core.limits.shared import Errands, SharedLimits, quota_of
from aioconvo.core.limits.turnstile import Turnstile
from aioconvo.core.retry.policy import RetryDebts
from aioconvo.core.version import VERSION

from .connector import ATTEMPTS, Attempt, EarlyAnswerError, LiveConnector, LostConnectionError
from .faults import TransportFaultError, transport_fault
from .framing import HEAD_AT_MOST, HEADERS_AT_MOST
from .inflate import ACCEPT_ENCODING, Inflater, inflate
from .proxies import check_proxy, proxies_of
from .socket import WebSocket, connect, never_redirected, socket_url
from .streams import Sink, is_poured, pour, raise_own_failure, sending
from .time_limit import TimeLimits

__all__ = ["Attempt", "BrokenAnswerError", "RawResponse", "SessionPool", "TransportFaultError"]

SESSION_HEADERS: Mapping[str, str] = {
    "Accept": "application/json",
    "Accept-Encoding": ACCEPT_ENCODING,
    "User-Agent": f"aioconvo/{VERSION}",
}
"""What every request carries, unless its client says otherwise."""

_CLOSED_MEANWHILE = "the pool was closed while this call was under way"
_DEFAULT_MAX_BODY = 32 * 1024 * 1024
_SENT_AT_ONCE = 1 << 20  # bytes
_READ_AT_ONCE = 1 << 20  # bytes; larger bodies are inflated while they arrive
_NO_BODY_NO_TYPE = (CONTENT_TYPE,)  # aiohttp makes one up, but not for a GET


class RawResponse(msgspec.Struct, frozen=True, gc=False):
    """One answer: status, headers (names in any case), the plain body, and how many bytes of body came over the wire."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes
    received: int = 0
    apart: Any = None  # `TakenApart`: what came of a body that did not fit in every part

    @property
    def whole(self) -> bool:
        """Whether the server told where the body ends; else the connection's end is all there is to go by."""
        return "Content-Length" in self.headers or "Transfer-Encoding" in self.headers

    def __repr__(self) -> str:
        return f"<Answer {self.status}, {len(self.body)} bytes>"


class BrokenAnswerError(BrokenBodyError):
    """A success whose body cannot be used."""

    def __init__(self, fault: BrokenBodyError, response: aiohttp.ClientResponse) -> None:
        super().__init__(fault.reason, cut=fault.cut)
        self.status = response.status
        self.headers = response.headers


class _NoCookies(aiohttp.DummyCookieJar):
    """Keeps no cookies, and does not make a new empty collection of them for each request."""

    _none: SimpleCookie = SimpleCookie()

    def filter_cookies(self, request_url: URL) -> SimpleCookie:  # noqa: ARG002 -- the signature of what is overridden
        """None."""
        return self._none


class LoopState:
    """What a pool keeps for one event loop."""

    def __init__(self, session: aiohttp.ClientSession, size: int) -> None:
        self.session = session
        self.sockets: aiohttp.ClientSession | None = None  # made for the first of them
        self.closed = False
        self.gate = FairGate(size)
        self.turnstiles: weakref.WeakValueDictionary[object, Turnstile] = weakref.WeakValueDictionary()
        self.errands = Errands()
        self.retry_debts = RetryDebts()
        self.closer: AsyncGenerator[None, None] | None = None
        self.time_limits = TimeLimits()  # of attempts
        self.deadlines = TimeLimits()  # of whole calls, which are around attempts
        self._waits: set[asyncio.Timeout] = set()

    @contextlib.asynccontextmanager
    async def wait(self) -> AsyncGenerator[None]:
        """For waits that may be long: a pause before the next try, a credential's limits. The pool's end ends them.

        Raises:
            PoolClosedError: The pool was closed.
        """
        self.check_open()
        scope = asyncio.timeout(None)
        try:
            async with scope:
                self._waits.add(scope)
                try:
                    yield
                finally:
                    self._waits.discard(scope)
        except TimeoutError:
            if not scope.expired():
                raise
            raise PoolClosedError(_CLOSED_MEANWHILE) from None

    def check_open(self) -> None:
        """Raise `PoolClosedError` when the session is closed."""
        if self.closed:
            raise PoolClosedError(_CLOSED_MEANWHILE)

    async def close(self) -> None:
        """Close the connections and end all waits."""
        self.closed = True
        waits, self._waits = self._waits, set()
        for scope in waits:
            scope.reschedule(0.0)
        self.gate.close(lambda: PoolClosedError(_CLOSED_MEANWHILE))
        self.time_limits.close()
        self.deadlines.close_idle()  # the others go on: what a call still does to end is no request
        await self.session.close()
        if self.sockets is not None:
            await self.sockets.close()
        await self.errands.finish()


class SessionPool:
    """Connections shared by any number of clients; opens at the first request, closes with `aclose` or `async with`.

    Args:
        size: Requests under way at once, over all clients and hosts; the rest wait in a queue that is fair between clients. No
            more connections are open either, kept ones included: those unused for longest make room.
        keepalive: Seconds an idle connection is kept.
        connect_timeout: Seconds for making one connection, TLS included.
        max_body: Bytes an answer may have after inflating.
        ssl: An `SSLContext` of your own (private CA, client certificate); verification is on without one.
        proxy: URL of an HTTP proxy, with its user and password if it wants them; `"env"`: what `HTTPS_PROXY`, `HTTP_PROXY`,
            `ALL_PROXY` and `NO_PROXY` say when the pool is made. Without it no variable is read.
        dns_ttl: Seconds a name's addresses are kept.
        limit_store: Where limits are kept that hold over several pools or processes: `MemoryLimits`, `SqliteLimits`, or a
            `LimitStore` of your own; closing it is the caller's.
        clock: Where the time comes from; for tests.
    """

    def __init__(
        self,
        *,
        size: int = 100,
        keepalive: float = 15.0,
        connect_timeout: float = 10.0,
        max_body: int = _DEFAULT_MAX_BODY,
        ssl: ssl_module.SSLContext | None = None,
        proxy: str | None = None,
        dns_ttl: float = 10.0,
        limit_store: LimitStore | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        settings.count("size", size, least=1)
        settings.count("max_body", max_body, least=1)
        settings.seconds("keepalive", keepalive, zero=True)
        settings.seconds("connect_timeout", connect_timeout, none="no bound")
        settings.seconds("dns_ttl", dns_ttl, zero=True)
        settings.kind("proxy", proxy, (str, NoneType), 'a URL like http://proxy.example:8080, or "env"')
        settings.clock("clock", clock)
        if limit_store is not None:
            settings.with_methods("limit_store", limit_store, ("start", "end", "pause"), "a LimitStore, such as SqliteLimits")
        if not isinstance(ssl, ssl_module.SSLContext | None):  # pyright: ignore[reportUnnecessaryIsInstance] -- aiohttp takes False
            raise ConfigurationError(
                "ssl must be an SSLContext, such as one that trusts your CA; verifying is not switched off"
            )
        self.size = size
        self.max_body = max_body
        self.clock = clock
        self._keepalive = keepalive
        self._connect_timeout = connect_timeout
        self._ssl = ssl
        self._proxies = proxies_of(os.environ) if proxy == "env" else None
        self._proxy = None if proxy is None or proxy == "env" else check_proxy(proxy, "proxy")
        self._dns_ttl = dns_ttl
        # What happens in this pool is known at once, also where others are to be asked.
        self._memory = limit_store if isinstance(limit_store, MemoryLimits) else MemoryLimits(clock=clock)
        self._limit_store = None if limit_store is self._memory else limit_store
        self._closed = False
        self._states: dict[asyncio.AbstractEventLoop, LoopState] = {}

    @property
    def closed(self) -> bool:
        """Whether the pool was closed for good."""
        return self._closed

    async def __aenter__(self) -> Self:
        self._check_open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections of the running loop and refuse further requests; calling it again does nothing."""
        self._closed = True
        await self.close_connections()

    async def close_connections(self) -> None:
        """Close the connections of the running loop; the next request opens others."""
        state = self._states.pop(asyncio.get_running_loop(), None)
        if state is not None and state.closer is not None:
            await state.closer.aclose()
        self._forget_dead_loops()

    def in_use(self) -> int:
        """Requests under way in the running loop."""
        gate = self._gate_here()
        return 0 if gate is None else gate.in_use

    def waiting(self) -> int:
        """Requests that wait for the pool in the running loop."""
        gate = self._gate_here()
        return 0 if gate is None else gate.waiting

    def state_now(self) -> LoopState | None:
        """The running loop's state, if there is one already."""
        return None if self._closed else self._states.get(asyncio.get_running_loop())

    async def state(self) -> LoopState:
        """The running loop's session, gate and limits; made at the first call in a loop.

        Raises:
            PoolClosedError: The pool was closed.
        """
        loop = asyncio.get_running_loop()
        state = self._states.get(loop)
        if state is None or self._closed:
            self._check_open()
            self._forget_dead_loops()
            state = self._states[loop] = LoopState(self._new_session(self.size, SESSION_HEADERS), self.size)
            state.closer = _close_with_loop(state, self._forgetter(loop))
            await anext(state.closer)
        return state

    def turnstile(self, state: LoopState, credential: str, limits: Limits, name: str = "") -> Turnstile:
        """The entrance of one credential in one loop, the same object for every client that gives it the same limits.

        Those with other limits wait elsewhere, but all that start count for all, and so does the pause after a 429.
        """
        key = (credential, tuple(limits.rates), limits.concurrency)
        account = self._memory.account(credential)
        found = state.turnstiles.get(key)
        if found is None:
            store = self._limit_store
            shared = None if store is None else SharedLimits(store, credential, limits, state.errands)
            found = state.turnstiles[key] = Turnstile(limits, self.clock, name, state.gate, account=account, shared=shared)
        return found

    async def quota(self, credential: str, limits: Limits) -> Quota:
        """What is left of these limits.

        Raises:
            LimitStoreError: The limits are shared, and their store cannot answer.
        """
        store = self._limit_store
        return self._memory.quota(credential, limits) if store is None else await quota_of(store, credential, limits)

    async def exchange(
        self,
        state: LoopState,
        method: str,
        url: URL,
        headers: Mapping[str, str],
        body: bytes | Upload | None,
        *,
        attempt: Attempt,
        timeout: float | None,  # noqa: ASYNC109 -- what it bounds is exactly this call
        into: Sink | None = None,
    ) -> RawResponse:
        """Send one request, once, and read its whole answer, a good one `into` where it is to go; `timeout` in seconds.

        `attempt` tells of its connection.

        Raises:
            TransportFaultError: No usable answer came.
            BrokenAnswerError: A success came, and its body cannot be used.
            PoolClosedError: The pool was closed while the call waited or backed off.
        """
        if state.closed:
            state.check_open()
        upload = await sending(body) if isinstance(body, Upload) else None
        task = asyncio.current_task()
        ATTEMPTS[task] = attempt
        try:
            with state.time_limits[timeout]:
                # aiohttp warns of large bodies that are sent at once, and sends a file piece by piece.
                data: Any = body if body is None or len(body) <= _SENT_AT_ONCE else io.BytesIO(cast("bytes", body))
                if upload is not None:
                    data, headers = upload.pieces, RequestHeaders(headers, **upload.headers)
                # Redirects are never followed: aiohttp would carry custom credential headers to any host.
                response = await state.session.request(
                    method,
                    url,
                    headers=headers,
                    data=data,
                    allow_redirects=False,
                    skip_auto_headers=_NO_BODY_NO_TYPE if data is None and method != "GET" else None,
                    proxy=None if self._proxies is None else self._proxies.of(url),
                )
                try:
                    if into is not None and is_poured(response, any_file=into.any_file):
                        plain, received = b"", await self._pour(response, into)
                    elif response.content.is_eof():  # the body came with the headers; the connection is given back already
                        plain, received = self._inflate(response, response.content.read_nowait())
                    else:
                        plain, received = await self._body(response)
                except (BrokenBodyError, aiohttp.ClientError, OSError) as error:
                    plain, received = _no_body(response, error)
                return RawResponse(response.status, response.headers, plain, received)
        except (aiohttp.ClientError, EarlyAnswerError, LostConnectionError, OSError) as error:
            raise_own_failure(body, into)
            fault, cause = transport_fault(error, attempt, timeout)
            raise fault from cause
        finally:
            ATTEMPTS.pop(task, None)
            if upload is not None:
                await upload.close()

    async def _pour(self, response: aiohttp.ClientResponse, into: Sink) -> int:
        try:
            return await pour(response, into)
        except BaseException:
            response.close()
            raise

    async def _body(self, response: aiohttp.ClientResponse) -> tuple[bytes, int]:
        """The plain body and the bytes it came in; at its end the connection is given back."""
        length = response.content_length
        try:
            if length is not None and length <= min(_READ_AT_ONCE, self.max_body):
                return self._inflate(response, await response.content.read())
            return await self._read_bounded(response.content, response.headers.get(CONTENT_ENCODING, ""))
        except BaseException:
            response.close()
            raise

    def _inflate(self, response: aiohttp.ClientResponse, content: bytes) -> tuple[bytes, int]:
        encoding = response.headers.get(CONTENT_ENCODING)
        if encoding is None and len(content) <= self.max_body:
            return content, len(content)
        return inflate(content, encoding or "", self.max_body), len(content)

    async def _read_bounded(self, stream: aiohttp.StreamReader, encoding: str) -> tuple[bytes, int]:
        """The plain body and the bytes it came in, inflated as they come: what is too large is refused before it ends."""
        inflater = Inflater(encoding, self.max_body)
        try:
            while piece := await stream.readany():
                inflater.feed(piece)
            return inflater.finish(), inflater.taken
        finally:
            inflater.clear()

    async def websocket(
        self,
        address: str,
        *,
        headers: Mapping[str, str],
        protocols: Collection[str] = (),
        deadline: float = 15.0,
        message_cap: int = 1 << 20,
        allow_http: bool = False,
    ) -> WebSocket:
        """Open a websocket within `deadline` seconds. Sockets are not counted among the pool's requests.

        A message above `message_cap` bytes closes it. `allow_http` allows `ws://` to a host that is not loopback.

        Raises:
            SocketRefusedError: The server answered with something else, such as 401 or a redirect.
            TransportFaultError: No socket came of it; nothing was sent where the address is no address of a socket.
            PoolClosedError: The pool was closed.
        """
        url = socket_url(address, allow_http=allow_http)
        state = await self.state()
        if state.sockets is None:
            state.sockets = self._new_session(sys.maxsize, {"User-Agent": SESSION_HEADERS["User-Agent"]}, [never_redirected()])
        by_scheme = url.with_scheme("http" if url.scheme == "ws" else "https")  # as the variables of proxies know them
        return await connect(
            state.sockets,
            url,
            proxy=None if self._proxies is None else self._proxies.of(by_scheme),
            headers=headers,
            protocols=protocols,
            deadline=deadline,
            message_cap=message_cap,
        )

    def _new_session(
        self, size: int, headers: Mapping[str, str], traces: list[aiohttp.TraceConfig] | None = None
    ) -> aiohttp.ClientSession:
        connector = LiveConnector(
            size=size,  # the gate holds to it, fairly and outside the attempt's timeout
            keepalive_timeout=self._keepalive,
            ttl_dns_cache=int(self._dns_ttl),
            ssl=self._ssl if self._ssl is not None else True,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=_NoCookies(),
            headers=headers,
            auto_decompress=False,
            raise_for_status=False,
            proxy=self._proxy,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect_timeout),
            max_line_size=HEAD_AT_MOST,
            max_field_size=HEAD_AT_MOST,
            max_headers=HEADERS_AT_MOST,
            trace_configs=traces,
        )

    def _gate_here(self) -> FairGate | None:
        try:
            state = self._states.get(asyncio.get_running_loop())
        except RuntimeError:  # no loop is running
            return None
        return None if state is None else state.gate

    def _check_open(self) -> None:
        if self._closed:
            raise PoolClosedError("this pool is closed; make a new SessionPool (or client) and use it in `async with`")

    def _forgetter(self, loop: asyncio.AbstractEventLoop) -> Callable[[], object]:
        return lambda: self._states.pop(loop, None)

    def _forget_dead_loops(self) -> None:
        for loop in list(self._states):  # a copy: other threads with loops of their own come and go meanwhile
            if loop.is_closed():
                self._states.pop(loop, None)

    def __repr__(self) -> str:
        return f"<SessionPool {'closed' if self._closed else 'open'}, size {self.size}>"


async def _close_with_loop(state: LoopState, forget: Callable[[], object]) -> AsyncGenerator[None, None]:
    # `asyncio.run` closes the async generators that are still open before it closes its loop; that is how a pool that
    # nobody closed lets go of its connections in time.
    try:
        yield
    finally:
        forget()
        await state.close()


def _no_body(response: aiohttp.ClientResponse, error: BrokenBodyError | aiohttp.ClientError | OSError) -> tuple[bytes, int]:
    """Of an error answer the status is enough; any other answer without a body that can be used is a fault."""
    if not response.ok or response.status in REDIRECTS:
        return b"", 0
    if isinstance(error, BrokenBodyError):
        raise BrokenAnswerError(error, response) from error
    raise error
