"""Connections that are worth using again."""

from __future__ import annotations

import contextvars
import select
import weakref

import aiohttp
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

__all__ = ["NEW_CONNECTION", "LiveConnector"]

NEW_CONNECTION: contextvars.ContextVar[bool] = contextvars.ContextVar("NEW_CONNECTION", default=False)
"""Whether the request of this task must not use a kept connection."""


class LiveConnector(aiohttp.TCPConnector):
    """A connector that hands out no kept connection whose end has arrived already.

    When a server closes a kept connection, the event loop may not have read that yet, and aiohttp would send the next request
    into nothing: a call with outside effects would then end in doubt although it never arrived. So the socket itself is asked:
    between two requests a server has nothing to say, and what can be read there is the end.
    """

    _known: weakref.WeakSet[object] | None = None

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 -- the signature of what is overridden
    ) -> Connection:
        """A kept connection that lives, or a new one."""
        if self._known is None:
            self._known = weakref.WeakSet()
        passed_over: list[Connection] = []
        try:
            while True:
                connection = await super().connect(req, traces, timeout)
                if connection.protocol not in self._known:
                    self._known.add(connection.protocol)
                    return connection
                if _ended(connection):
                    connection.close()
                elif NEW_CONNECTION.get():
                    passed_over.append(connection)
                else:
                    return connection
        finally:
            for connection in passed_over:
                connection.release()


def _ended(connection: Connection) -> bool:
    """Whether the end of the connection, or anything else, waits to be read."""
    transport = connection.transport
    socket = None if transport is None else transport.get_extra_info("socket")
    if socket is None or socket.fileno() < 0:
        return True
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(socket, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([socket], [], [], 0)[0])  # Windows, where a socket's number may be any
