"""Websockets of the sandbox: frames to and from what stands behind them, and connections that end as they are told to."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from .ultracart.agent_socket import Cut, CutKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from .exchange import Request
    from .ultracart.agent_socket import AgentSocket, Peer

__all__ = ["serve"]

_HALF_A_FRAME = b'\x81\x7e\x10\x00{"type":"mess'
_LARGER_THAN_ALL = b"\x81\x7f" + (1 << 40).to_bytes(8, "big") + b"{"
_ENDED = object()


class _Connection:
    """One agent's connection: what is to be sent stands in line, so that who sends never waits."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport, cut: Cut | None, *, pongs: bool) -> None:
        self._socket = socket
        self._transport = transport
        self._cut = cut
        self._pongs = pongs
        self._line: asyncio.Queue[Any] = asyncio.Queue()
        self.silent = False

    def send(self, frame: bytes) -> None:
        """Send a frame, after those before it."""
        self._line.put_nowait(frame)

    def close(self, code: int) -> None:
        """Close it, after what was sent before."""
        self._line.put_nowait(code)

    def end(self) -> None:
        """Nothing more is to be sent."""
        self._line.put_nowait(_ENDED)

    async def write(self) -> None:
        """Send what stands in line until the end."""
        cut, sent = self._cut, 0
        timer = None
        if cut is not None and cut.seconds is not None:
            timer = asyncio.get_running_loop().call_later(cut.seconds, self._line.put_nowait, cut)
        try:
            if cut is not None and cut.frames == 0:
                await self._do(cut)
            while (thing := await self._line.get()) is not _ENDED:
                if self.silent:
                    continue
                if isinstance(thing, bytes):
                    await self._socket.send_frame(thing, WSMsgType.TEXT)
                    sent += 1
                    if cut is not None and cut.frames is not None and sent >= cut.frames:
                        await self._do(cut)
                elif isinstance(thing, Cut):
                    await self._do(thing)
                else:
                    await self._socket.close(code=thing)
        except (ConnectionError, RuntimeError):
            return  # the agent has gone
        finally:
            if timer is not None:
                timer.cancel()

    async def _do(self, cut: Cut) -> None:
        """End the connection as it is to end."""
        match cut.kind:
            case CutKind.SILENT:
                self.silent = True
            case CutKind.CLOSE:
                await self._socket.close(code=cut.code)
            case CutKind.MID_FRAME | CutKind.TOO_LARGE:
                self._transport.write(_HALF_A_FRAME if cut.kind is CutKind.MID_FRAME else _LARGER_THAN_ALL)
                self._transport.close()
            case _:
                self._transport.abort()

    async def read(self, heard: Callable[[Peer, bytes], None]) -> None:
        """Take what the agent sends until it ends."""
        async for message in self._socket:
            if self.silent:
                continue
            if message.type is WSMsgType.PING and self._pongs:
                await self._socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                heard(self, message.data.encode())


async def serve(incoming: web.BaseRequest, request: Request, socket: AgentSocket) -> web.StreamResponse:
    """One connection of an agent, from its handshake to its end."""
    transport: Any = incoming.transport
    admitted = socket.admit(request)
    cut = socket.next_cut()
    if cut is not None and cut.kind is CutKind.HANDSHAKE:
        transport.abort()
        return web.Response()
    if cut is not None and cut.kind is CutKind.REFUSED:
        return web.Response(status=cut.code)
    if isinstance(admitted, int):
        return web.Response(status=admitted)
    form, protocol = admitted
    answer = web.WebSocketResponse(protocols=[protocol] if protocol else (), autoping=False, timeout=0.5)
    await answer.prepare(incoming)
    connection = _Connection(answer, transport, cut, pongs=socket.habits.websocket_pongs)
    writing = asyncio.create_task(connection.write())
    try:
        socket.opened(connection, form, request)
        with contextlib.suppress(ConnectionError, RuntimeError):
            await connection.read(socket.heard)
    finally:
        socket.gone(connection)
        connection.end()
        writing.cancel()
    return answer
