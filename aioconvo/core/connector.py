"""Connections that are worth using again."""

from __future__ import annotations

import contextvars
import enum
import functools
import select
import weakref
from collections.abc import Callable

import aiohttp
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

__all__ = ["WANTED", "LiveConnector", "LostConnectionError", "Wanted"]


class Wanted(enum.Enum):
    """Which connection the request of a task may have."""

    ANY = enum.auto()
    NEW = enum.auto()
    NONE = enum.auto()
    """It had one already."""
    UNMET = enum.auto()
    """It was given none, so nothing of it was sent."""


WANTED: contextvars.ContextVar[Wanted] = contextvars.ContextVar("WANTED", default=Wanted.ANY)

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
        wanted = WANTED.get()
        if wanted is Wanted.NONE:
            raise LostConnectionError
        WANTED.set(Wanted.NONE)
        try:
            connection = await super().connect(req, traces, timeout)
            readable = self._known.get(connection.protocol)
            if readable is None:
                self._known[connection.protocol] = _question(connection)
            elif readable(0) or wanted is Wanted.NEW:
                return await self._another(wanted, connection, req, traces, timeout)
        except BaseException:
            WANTED.set(Wanted.UNMET)
            raise
        return connection

    async def _another(
        self,
        wanted: Wanted,
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
                elif wanted is Wanted.NEW:
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
