"""Trying how the token goes along with a socket, one form after another, for a user who asked for it."""

from __future__ import annotations

import asyncio

import msgspec

from aioconvo.core.wire.faults import TransportFaultError
from aioconvo.core.wire.socket import SocketClosedError, SocketRefusedError, WebSocket

from .attach import Attach, Attached, attach
from .needs import AgentClient

__all__ = ["Finding", "try_form"]

_PING = b'{"type":"ping"}'


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a socket.

    - `opened`: the handshake was accepted; `stayed`: it was still open when the wait was over.
    - `heard`: frames that came; `status` of a handshake that was refused, `code` of a close, `fault` of a connection.
    """

    opened: bool = False
    stayed: bool = False
    heard: int = 0
    status: int | None = None
    code: int | None = None
    fault: str | None = None

    @property
    def words(self) -> str:
        """The same as text."""
        if self.status is not None:
            return f"refused with HTTP {self.status}"
        if self.fault is not None:
            return f"failed: {self.fault}"
        frames = f"{self.heard} {'frame' if self.heard == 1 else 'frames'} came"
        return f"stays open, {frames}" if self.stayed else f"opened, then closed with {self.code}, {frames}"


async def try_form(client: AgentClient, form: Attach | None, *, wait: float, allow_http: bool = False) -> Finding:
    """Open a socket with a new token, send a ping, and see what comes for `wait` seconds; `None`: without the token.

    Raises:
        CallError: There was no token.
    """
    auth = await client.agents.authorize_websocket()
    url, token = auth.websocket_url or "", auth.jwt or ""
    to = Attached(url=url) if form is None else attach(form, url, token)
    del auth, url, token
    try:
        socket = await client.pool.websocket(to.url, headers=to.headers, protocols=to.protocols, allow_http=allow_http)
    except SocketRefusedError as refused:
        return Finding(status=refused.status)
    except TransportFaultError as fault:
        return Finding(fault=fault.reason)
    try:
        return await _listen(socket, to.first_frame, wait)
    finally:
        await socket.close()


async def _listen(socket: WebSocket, first_frame: bytes | None, wait: float) -> Finding:
    heard = 0
    try:
        async with asyncio.timeout(wait):
            if first_frame is not None:
                await socket.send(first_frame)
            await socket.send(_PING)
            while True:
                heard += await socket.receive() is not None
    except TimeoutError:
        return Finding(opened=True, stayed=True, heard=heard)
    except SocketClosedError as closed:
        return Finding(opened=True, heard=heard, code=closed.code)
