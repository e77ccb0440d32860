"""A websocket over the pool: the same TLS and proxies, no cookies, no redirects, and no URL or token in what is raised.

When to open one, to ping and to give one up is decided elsewhere; here bytes move.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Mapping
from typing import Any, NoReturn, cast

import aiohttp
from yarl import URL

from aioconvo.core.access.hidden import RequestHeaders, without_frames
from aioconvo.core.access.settings import is_loopback
from aioconvo.core.errors import REDIRECTS
from aioconvo.core.retry.policy import Sent

from .connector import ATTEMPTS, Attempt, EarlyAnswerError, LostConnectionError
from .faults import TransportFaultError, transport_fault

__all__ = ["CUT", "SocketClosedError", "SocketRefusedError", "WebSocket", "connect", "never_redirected", "socket_url"]

CUT = 1006
"""The code of a socket that broke without a word (RFC 6455, 7.1.5)."""
_NO_CODE = 1005
_GOODBYE = 1.0  # seconds that the other side has to answer a close
_TIMEOUT: aiohttp.ClientWSTimeout = cast("Any", aiohttp.ClientWSTimeout)(ws_close=_GOODBYE)  # its fields are untyped
_DATA = frozenset({aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY})
_LIFE = frozenset({aiohttp.WSMsgType.PING, aiohttp.WSMsgType.PONG})
_UNSUITABLE = (aiohttp.ClientError, EarlyAnswerError, LostConnectionError, OSError)


class SocketRefusedError(Exception):
    """The handshake was answered, and not with a socket; `status` is that of the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class SocketClosedError(Exception):
    """The socket is closed; `code` is the one of RFC 6455 that came, `CUT` where none did."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class WebSocket:
    """An open websocket. One task may receive while others send."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse[Any]) -> None:
        self._socket = socket

    @property
    def protocol(self) -> str | None:
        """The subprotocol that the server chose."""
        return self._socket.protocol

    async def receive(self) -> bytes | None:
        """The next message; `None`: a sign of life, which is a ping (answered already) or a pong.

        Raises:
            SocketClosedError: No more will come.
        """
        message: Any = await self._socket.receive()
        if message.type in _DATA:
            return cast("bytes", message.data)
        if message.type in _LIFE:
            if message.type is aiohttp.WSMsgType.PING:
                await self._send(bytes(message.data), aiohttp.WSMsgType.PONG)
            return None
        raise SocketClosedError(_code(message)) from None

    async def send(self, text: bytes) -> None:
        """Send a message of UTF-8 text. That it was sent does not tell that it arrived.

        Raises:
            SocketClosedError: The socket is closed; whether the message was sent before is not known.
        """
        await self._send(text, aiohttp.WSMsgType.TEXT)

    async def ping(self) -> None:
        """Ask for a sign of life.

        Raises:
            SocketClosedError: The socket is closed.
        """
        await self._send(b"", aiohttp.WSMsgType.PING)

    async def _send(self, data: bytes, kind: aiohttp.WSMsgType) -> None:
        try:
            await self._socket.send_frame(data, kind)
        except (aiohttp.ClientError, OSError, RuntimeError):
            raise SocketClosedError(CUT) from None

    async def close(self, code: int = 1000) -> None:
        """Say goodbye and close, within a second whatever the other side does; calling it again does nothing."""
        with contextlib.suppress(TimeoutError, aiohttp.ClientError, OSError):
            async with asyncio.timeout(_GOODBYE):
                await self._socket.close(code=code)

    def __repr__(self) -> str:
        return f"<WebSocket {'closed' if self._socket.closed else 'open'}>"


def _code(message: Any) -> int:
    """Why a socket ended, by the last message aiohttp gives of it."""
    if message.type is aiohttp.WSMsgType.CLOSE:
        return message.data or _NO_CODE
    return getattr(message.data, "code", CUT) if message.type is aiohttp.WSMsgType.ERROR else CUT


def socket_url(address: str, *, allow_http: bool) -> URL:
    """The URL of a socket, percent-encoded as it came.

    Raises:
        TransportFaultError: It is not wss:// (ws:// passes for loopback or with `allow_http`), or holds more than an address.
    """
    try:
        url = URL(address, encoded=True)
        host = url.host
    except (ValueError, TypeError):
        host, url = None, URL()
    if url.scheme not in {"ws", "wss"} or not host or url.user is not None or url.password is not None or url.raw_fragment:
        raise TransportFaultError("the address of the socket is not a URL like wss://host/path", Sent.NO, permanent=True)
    if url.scheme == "ws" and not (allow_http or is_loopback(host)):
        raise TransportFaultError("the address of the socket is ws://, which sends a token in clear", Sent.NO, permanent=True)
    return url


def never_redirected() -> aiohttp.TraceConfig:
    """What keeps a session from following redirects, for which aiohttp's `ws_connect` has no switch."""
    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(_refuse)
    return trace


async def _refuse(_session: object, _context: object, told: aiohttp.TraceRequestRedirectParams) -> NoReturn:
    told.response.close()
    raise SocketRefusedError(told.response.status)


async def connect(
    session: aiohttp.ClientSession,
    url: URL,
    *,
    proxy: URL | None,
    headers: Mapping[str, str],
    protocols: Collection[str],
    deadline: float,
    message_cap: int,
) -> WebSocket:
    """Open a socket within `deadline` seconds; a message above `message_cap` bytes will close it with 1009.

    Raises:
        SocketRefusedError: The server answered with something else, such as 401 or a redirect.
        TransportFaultError: No answer came, or none that is one.
    """
    attempt = Attempt(anew=True)
    task = asyncio.current_task()
    ATTEMPTS[task] = attempt
    try:
        async with asyncio.timeout(deadline):
            opened = await session.ws_connect(
                url,
                headers=RequestHeaders(headers),
                protocols=protocols,
                proxy=proxy,
                autoping=False,
                max_msg_size=message_cap,
                decode_text=False,
                timeout=_TIMEOUT,
            )
    except aiohttp.WSServerHandshakeError as error:
        raise _refusal(error) from None
    except SocketRefusedError as error:
        raise without_frames(error) from None
    except _UNSUITABLE as error:
        fault, cause = transport_fault(error, attempt, deadline)
        raise fault from cause
    finally:
        ATTEMPTS.pop(task, None)
    return WebSocket(opened)


def _refusal(error: aiohttp.WSServerHandshakeError) -> SocketRefusedError | TransportFaultError:
    """A status that refuses; an answer that accepts, but wrongly, is a fault."""
    if error.status >= REDIRECTS.start or error.status in range(200, 300):
        return SocketRefusedError(error.status)
    return TransportFaultError("the handshake of the socket was not answered as RFC 6455 says", Sent.MAYBE)
