"""Connections that are worth using again, and no more of them than the pool may have."""

from __future__ import annotations

import asyncio
import functools
import ssl
from time import monotonic
from typing import Any, cast

import aiohttp
import msgspec
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from .connection import LiveConnection, WatchingContext

__all__ = ["ATTEMPTS", "Attempt", "EarlyAnswerError", "LiveConnector", "LostConnectionError"]


class Attempt(msgspec.Struct, gc=False):
    """One request on its way: may it use a kept connection, did it ask for one, and was it given none.

    What is known of a request stands here and nowhere that other tasks could share, as they may share a context.
    """

    anew: bool
    asked: bool = False
    unmet: bool = False
    """It was given no connection, so nothing of it was sent."""


ATTEMPTS: dict[asyncio.Task[Any] | None, Attempt] = {}
"""What each task is sending; a task sends one request at a time."""


class LostConnectionError(Exception):
    """A connection broke, and aiohttp wants another one to send the request again."""


class EarlyAnswerError(Exception):
    """Something came on a new connection before anything was asked, which would be taken for the answer."""


class LiveConnector(aiohttp.TCPConnector):
    """A connector that hands out no kept connection that has ended or on which anything came, and none to send a request again.

    When a server closes a kept connection, the event loop may not have read that yet, and aiohttp would send the next request
    into nothing: a call with outside effects would then end in doubt although it never arrived. What a server sends after its
    answer aiohttp would take for the answer to the next request. So each connection is asked before it is used again.

    When a connection breaks, aiohttp sends a GET, PUT or DELETE again by itself. That would double calls with outside effects,
    and send of the others up to twice as many requests as the policy allows.

    Kept connections count among the `size` that may be open; the one unused for longest is closed first. Whoever asks for
    connections sees to it that no more than `size` are in use.
    """

    def __init__(self, *, size: int, **options: Any) -> None:
        super().__init__(limit=0, **options)  # pyright: ignore[reportUnknownMemberType] -- aiohttp's addresses are tuples of any
        self._size = size
        self._closing: set[asyncio.Future[None]] = set()
        new = functools.partial(LiveConnection, self._loop, self._closing)
        self._factory = cast("functools.partial[ResponseHandler]", new)
        self._watching: dict[ssl.SSLContext, WatchingContext] = {}

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 -- the signature of what is overridden
    ) -> Connection:
        """A kept connection that lives, or a new one.

        Raises:
            LostConnectionError: The request had a connection already.
        """
        attempt = ATTEMPTS.get(asyncio.current_task(self._loop))
        if attempt is None or attempt.asked:
            raise LostConnectionError
        attempt.asked = True
        try:
            if not attempt.anew and (kept := self._kept(req.connection_key)) is not None:
                if req.proxy:
                    self._update_proxy_auth_header_and_build_proxy_req(req)
                return kept
            return await super().connect(req, traces, timeout)
        except BaseException:
            attempt.unmet = True
            raise

    def _kept(self, key: ConnectionKey) -> Connection | None:
        """A kept connection that may be used."""
        kept = self._conns.get(key)
        if kept is None:
            return None
        found: Connection | None = None
        oldest = monotonic() - (self._keepalive_timeout or 0.0)
        while kept and found is None:
            one: Any
            one, since = kept.popleft()
            if since >= oldest and one.take():
                self._acquired.add(one)
                found = Connection(self, key, one, self._loop)
            else:
                one.close()
        if not kept:
            del self._conns[key]
        return found

    async def _get(self, key: ConnectionKey, traces: list[Trace]) -> Connection | None:  # noqa: ARG002 -- as above
        """None: where one may be used, `connect` has found it before."""
        return None

    async def _create_connection(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 -- as above
    ) -> ResponseHandler:
        """A new connection, with room for it made before."""
        await self._make_room()
        made = await super()._create_connection(req, traces, timeout)
        if not cast("LiveConnection", made).take_new():
            made.close()
            raise EarlyAnswerError
        return made

    async def _make_room(self) -> None:
        """Close kept connections until one more may be opened, which is counted already."""
        while (open_ := len(self._acquired) + sum(map(len, self._conns.values())) + len(self._closing)) > self._size:
            if len(self._closing) < open_ - self._size and self._conns:
                key = min(self._conns, key=lambda one: self._conns[one][0][1])
                kept = self._conns[key]
                kept.popleft()[0].close()
                if not kept:
                    del self._conns[key]
            elif self._closing:
                await asyncio.wait(self._closing, return_when=asyncio.FIRST_COMPLETED)
            else:
                return

    def _get_ssl_context(self, req: aiohttp.ClientRequest) -> ssl.SSLContext | None:
        given = super()._get_ssl_context(req)
        if given is None:
            return None
        found = self._watching.get(given)
        if found is None:
            found = self._watching[given] = WatchingContext(given)
        return found

    async def _start_tls_connection(
        self, underlying_transport: asyncio.Transport, *args: Any, **options: Any
    ) -> tuple[asyncio.BaseTransport, ResponseHandler]:
        transport, made = await super()._start_tls_connection(underlying_transport, *args, **options)
        cast("LiveConnection", made).tunnelled(underlying_transport)
        return transport, made
