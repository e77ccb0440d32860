"""One connection: it takes exactly the answer that was asked for, and knows whether anything else came."""

from __future__ import annotations

import asyncio
import contextlib
import math
import select
import ssl
from collections.abc import Callable
from typing import Any, Protocol, Self, cast

from aiohttp.client_proto import ResponseHandler
from aiohttp.http import HttpProcessingError, RawResponseMessage
from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.streams import StreamReader

from .framing import HEAD_AT_MOST, ChunkedBody, end_of_head, mended_head

__all__ = ["LiveConnection", "WatchingContext"]

_Parsed = tuple[list[tuple[RawResponseMessage, StreamReader]], bool, bytes]

_INTERIM = frozenset(range(100, 200)) - {101}
_WITHOUT_BODY = frozenset({204, 304})
_NOTHING: _Parsed = ([], False, b"")


class _Parser(Protocol):
    def feed_data(self, data: bytes, /) -> _Parsed: ...
    def feed_eof(self) -> object: ...
    def pause_reading(self) -> None: ...


class _NoParser:
    """Where no answer, or no body, is expected."""

    def feed_data(self, _data: bytes, /) -> _Parsed:
        return _NOTHING

    def feed_eof(self) -> None:
        return None

    def pause_reading(self) -> None:
        return None


_NO_PARSER = _NoParser()


class _OneAnswer:
    """Stands before aiohttp's parser and gives it one answer, whose end it knows, and nothing of what comes behind.

    The parser itself would take a second answer for the next request's, keep a part of one, and forget the answer that it has
    read when what follows in the same piece is no HTTP.
    """

    __slots__ = ("_another", "_chunks", "_head", "_left", "_parser", "_with_body", "more_came")

    def __init__(self) -> None:
        self._parser: _Parser = _NO_PARSER
        self._another: Callable[[], _Parser] = _NoParser
        self._head: bytes = b""
        self._left: float | None = 0  # bytes of the body that are still to come; None: those of the head are
        self._chunks: ChunkedBody | None = None
        self._with_body = True
        self.more_came = False

    @property
    def clean(self) -> bool:
        """Whether the answer came to its end and nothing came after it."""
        return self._left == 0 and not self.more_came

    def begin(self, parser: _Parser, another: Callable[[], _Parser], *, with_body: bool) -> None:
        """Take the next answer; `another` makes one more parser."""
        self._parser = parser
        self._another = another
        self._left = None
        self._with_body = with_body

    def feed_data(self, data: bytes) -> _Parsed:
        """What the parser reads in these bytes, of which it is given those of the answer."""
        left = self._left
        if not data:  # goes on with what it was given before
            return self._parser.feed_data(data)
        if left is None:
            return self._feed_head(data)
        if left == 0:
            self.more_came = True
            return _NOTHING
        return self._feed_body(data, left)

    def _feed_head(self, data: bytes) -> _Parsed:
        interim: list[tuple[RawResponseMessage, StreamReader]] = []
        while True:
            searched = max(0, len(self._head) - 2)
            data = self._head + data
            if data[:1] <= b"\r":  # an empty line before the head is passed over
                data = data.lstrip(b"\r\n")
            end = end_of_head(data, searched)
            if not end:
                self._head = data
                if len(data) > HEAD_AT_MOST:
                    raise BadHttpMessage("the head is too large")
                return interim, False, b""
            self._head = b""
            head, data = (data, b"") if end == len(data) else (data[:end], data[end:])
            messages, upgraded, _ = self._parsed(head)
            if messages[0][0].code not in _INTERIM:
                break
            interim += messages
        left = self._left = self._size(messages[0][0])
        if data and left:
            self._feed_body(data, left)
        elif data:
            self.more_came = True
        return [*interim, *messages] if interim else messages, upgraded, b""

    def _parsed(self, head: bytes) -> _Parsed:
        with contextlib.suppress(HttpProcessingError):
            parsed = self._parser.feed_data(head)
            if parsed[0]:
                return parsed
        self._parser = self._another()
        parsed = self._parser.feed_data(mended_head(head))
        if not parsed[0]:
            raise BadHttpMessage("the head is none")
        return parsed

    def _size(self, message: RawResponseMessage) -> float:
        """Bytes of the body; infinite where they are not told beforehand."""
        if not self._with_body or message.code in _WITHOUT_BODY:
            self._parser = _NO_PARSER  # aiohttp's would wait for what the head says
            return 0
        if message.chunked:
            self._chunks = ChunkedBody()
            return math.inf
        length = message.headers.get("Content-Length")
        return math.inf if length is None else int(length)

    def _feed_body(self, data: bytes, left: float) -> _Parsed:
        count = len(data)
        chunks = self._chunks
        taken = int(min(count, left)) if chunks is None else chunks.take(data)
        self._left = left - taken
        if chunks is not None and chunks.ended:
            self._chunks = None
            self._left = 0
        if taken < count:
            self.more_came = True
            data = data[:taken]
        return self._parser.feed_data(data)

    def feed_eof(self) -> object:
        """The connection has ended."""
        return None if self._left is None else self._parser.feed_eof()

    def pause_reading(self) -> None:
        """The body is read more slowly than it comes."""
        self._parser.pause_reading()

    def end(self) -> None:
        """Let go of what holds the connection."""
        self._parser = _NO_PARSER
        self._another = _NoParser


class LiveConnection(ResponseHandler):
    """A connection that knows whether it may be used again.

    It may when its last answer came to its end and nothing came after it: neither to this process, where the loop has read it
    already (also as less than a message, or as less than a record of TLS), nor to the socket, where it or the connection's end
    waits to be read. Between two requests a server has nothing to say, so that what came would answer the wrong request.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, closing: set[asyncio.Future[None]]) -> None:
        super().__init__(loop)
        self._closing = closing
        self._answer = _OneAnswer()
        self._params: dict[str, Any] = {}
        self._tls: _WatchedTLS | None = None
        self._tls_of_proxy: _WatchedTLS | None = None
        self._readable: Callable[[int], object] = bool

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        super().connection_made(transport)
        self._readable = _question(transport)
        self._tls = _watched(transport)

    def tunnelled(self, through: asyncio.BaseTransport) -> None:
        """It goes through another one, to a proxy, which may have TLS of its own."""
        self._tls_of_proxy = _watched(through)

    def set_response_params(self, **params: Any) -> None:
        """The next request is about to be sent."""
        self._params = params
        super().set_response_params(**params)
        answer: Any = self._answer
        answer.begin(self._parser, self._another_parser, with_body=not params.get("skip_payload", False))
        self._parser = answer

    def _another_parser(self) -> _Parser:
        answer: Any = self._answer
        super().set_response_params(**self._params)
        fresh: Any = self._parser
        self._parser = answer
        return cast("_Parser", fresh)

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection has ended."""
        super().connection_lost(exc)
        self._answer.end()

    @property
    def should_close(self) -> bool:
        """Whether it is of no further use, as far as this process knows."""
        return not self._answer.clean or super().should_close

    @property
    def usable(self) -> bool:
        """Whether the next request may be sent over it."""
        for tls in (self._tls, self._tls_of_proxy):
            if tls is not None and tls.unread:
                return False
        return self.transport is not None and not (self.transport.is_closing() or self.should_close or self._readable(0))

    def close(self) -> None:
        """Close it at once: a goodbye of TLS would hold the socket until the server answers it."""
        self.abort()

    def abort(self) -> None:
        """Close it at once."""
        if self.transport is not None and (closed := self.closed) is not None:
            self._closing.add(closed)
            closed.add_done_callback(self._closing.discard)
        super().abort()


class _WatchedTLS(ssl.SSLObject):
    """TLS that tells whether a part of a record, or what is no data, came after the data that was read last."""

    incoming: ssl.MemoryBIO
    unread: bool

    def read(self, len: int = 1024, buffer: Any = None) -> Any:  # noqa: A002 -- the signature of what is overridden
        """Data that came."""
        waiting = self.incoming.pending
        try:
            data = super().read(len, buffer)
        except ssl.SSLWantReadError:
            # OpenSSL takes what there is of a record into a buffer of its own, which cannot be asked.
            self.unread = waiting > 0
            raise
        self.unread = self.incoming.pending > 0
        return data


class WatchingContext(ssl.SSLContext):
    """Stands for the given context, whose settings hold, and watches its connections."""

    _given: ssl.SSLContext

    def __new__(cls, given: ssl.SSLContext) -> Self:
        """One for the given context."""
        made = super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)
        made._given = given
        return made

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        """TLS of the given context over these buffers, watched."""
        tls = self._given.wrap_bio(incoming, outgoing, server_side, server_hostname, session)
        if type(tls) is ssl.SSLObject:
            tls.__class__ = _WatchedTLS
            watched = cast("_WatchedTLS", tls)
            watched.incoming = incoming
            watched.unread = False
        return tls


def _watched(transport: asyncio.BaseTransport) -> _WatchedTLS | None:
    tls = transport.get_extra_info("ssl_object")
    return tls if isinstance(tls, _WatchedTLS) else None


def _question(transport: asyncio.BaseTransport) -> Callable[[int], object]:
    """What tells, asked with the seconds to wait for it, whether the end of the connection or anything else can be read."""
    socket = transport.get_extra_info("socket")
    if socket is None:
        return lambda _: True
    if not hasattr(select, "poll"):
        return lambda wait: select.select([socket], [], [], wait)[0]  # Windows, where a socket's number may be any
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return poll.poll
