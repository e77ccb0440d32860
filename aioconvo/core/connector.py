"""Connections that are worth using again."""

from __future__ import annotations

import asyncio
import functools
import select
import weakref
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

__all__ = ["ATTEMPTS", "Attempt", "LiveConnector", "LostConnectionError"]


class Attempt:
    """One request on its way: may it use a kept connection, did it ask for one, and was it given none.

    What is known of a request stands here and nowhere that other tasks could share, as they may share a context.
    """

    __slots__ = ("anew", "asked", "unmet")

    def __init__(self, *, anew: bool) -> None:
        self.anew = anew
        self.asked = False
        self.unmet = False
        """It was given no connection, so nothing of it was sent."""


ATTEMPTS: dict[asyncio.Task[Any] | None, Attempt] = {}
"""What each task is sending; a task sends one request at a time."""

_Question = Callable[[int], object]


class LostConnectionError(Exception):
    """A connection broke, and aiohttp wants another one to send the request again."""


class LiveConnector(aiohttp.TCPConnector):
    """A connector that hands out no kept connection whose end has arrived already, and none to send a request a second time.

    When a server closes a kept connection, the event loop may not have read that yet, and aiohttp would send the next request
    into nothing: a call with outside effects would then end in doubt although it never arrived. So the socket itself is asked:
    between two requests a server has nothing to say, and what can be read there is the end.

    When a connection breaks, aiohttp sends a GET, PUT or DELETE again by itself. That would double calls with outside effects,
    and send of the others up to twice as many requests as the policy allows.
    """

    @functools.cached_property
    def _known(self) -> weakref.WeakKeyDictionary[object, _Question]:
        """How to ask each connection that was handed out before whether anything waits to be read from it."""
        return weakref.WeakKeyDictionary()

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
            connection = await super().connect(req, traces, timeout)
            readable = self._known.get(connection.protocol)
            if readable is None:
                self._known[connection.protocol] = _question(connection)
            elif readable(0) or attempt.anew:
                return await self._another(attempt, connection, req, traces, timeout)
        except BaseException:
            attempt.unmet = True
            raise
        return connection

    async def _another(
        self,
        attempt: Attempt,
        connection: Connection,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 -- as above
    ) -> Connection:
        """One in the place of `connection`, which has ended or must not be used for this request."""
        passed_over: list[Connection] = []
        try:
            while (readable := self._known.get(connection.protocol)) is not None:
                if readable(0):
                    connection.close()
                elif attempt.anew:
                    passed_over.append(connection)
                else:
                    return connection
                connection = await super().connect(req, traces, timeout)
            self._known[connection.protocol] = _question(connection)
            return connection
        finally:
            for one in passed_over:
                one.release()


def _question(connection: Connection) -> _Question:
    """What tells, asked with the seconds to wait for it, whether the end of the connection or anything else can be read."""
    transport = connection.transport
    socket = None if transport is None else transport.get_extra_info("socket")
    if socket is None:
        return lambda _: True
    if not hasattr(select, "poll"):
        return lambda wait: select.select([socket], [], [], wait)[0]  # Windows, where a socket's number may be any
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return poll.poll
