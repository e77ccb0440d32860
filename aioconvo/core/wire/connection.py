"""One connection: it takes exactly the answer that was asked for, and knows whether anything else came."""

from __future__ import annotations

import asyncio
import math
import select
import ssl
from collections.abc import Callable
from typing import Any, Protocol, Self, cast

from aiohttp.client_exceptions import ClientPayloadError
from aiohttp.client_proto import ResponseHandler
from aiohttp.hdrs import CONTENT_LENGTH
from aiohttp.http import HttpProcessingError, HttpResponseParser, RawResponseMessage
from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.streams import StreamReader

from .framing import HEAD_AT_MOST, HEADERS_AT_MOST, ChunkedBody, end_of_head, mend_head

__all__ = ["LiveConnection", "WatchingContext"]

_Parsed = tuple[list[tuple[RawResponseMessage, StreamReader]], bool, bytes]

_INTERIM = frozenset(range(100, 200)) - {101}
_WITHOUT_BODY = frozenset({204, 304})
_NOTHING: _Parsed = ([], False, b"")
_EMPTY_LINES = len(b"\r\n\r\n")  # they end like a head, and there may be some before it
_READ_AT_ONCE = 1 << 16  # bytes
_data_received = ResponseHandler.data_received
_should_close: Callable[[ResponseHandler], bool] = vars(ResponseHandler)["should_close"].fget  # `super()` takes longer


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


class _OneResponseParser:
    """Stands before aiohttp's parser and takes one answer, whose end it knows, and nothing of what comes behind.

    The parser itself would take a second answer for the next request's, keep a part of one, and forget the answer that it has
    read when what follows in the same piece is no HTTP.
    """

    __slots__ = ("_another", "_chunks", "_head", "_left", "_parser", "_with_body", "unfit")

    def __init__(self) -> None:
        self._parser: _Parser = _NO_PARSER
        self._another: Callable[[], _Parser] = _NoParser
        self._head: bytes = b""
        self._left: float | None = 0  # bytes of the body that are still to come; None: those of the head are
        self._chunks: ChunkedBody | None = None
        self._with_body = True
        self.unfit = False
        """The answer has not come to its end yet, or something came after it."""

    @property
    def ended(self) -> bool:
        """Whether the whole answer was there."""
        return self._left == 0

    def begin(self, parser: _Parser, another: Callable[[], _Parser], with_body: bool) -> None:
        """Take the next answer; `another` makes one more parser."""
        self._parser = parser
        self._another = another
        self._left = None
        self._with_body = with_body

    def feed_data(self, data: bytes) -> _Parsed:
        """What the parser reads in these bytes, as far as they are the answer's."""
        left = self._left
        if not data:  # goes on with what it was given before
            return self._parser.feed_data(data)
        if left is None:
            if self._head or (end := end_of_head(data)) <= _EMPTY_LINES:
                return self._feed_part_of_head(data)
            return self._feed_whole_head(data, end)
        taken = self._taken(data, len(data), left)
        return self._parser.feed_data(data if taken == len(data) else data[:taken])

    def _feed_part_of_head(self, data: bytes) -> _Parsed:
        start = max(0, len(self._head) - 2)
        whole = self._head + data
        if whole[:1] <= b"\r":  # empty lines before the head are passed over
            whole, start = whole.lstrip(b"\r\n"), 0
        end = end_of_head(whole, start)
        if end:
            self._head = b""
            return self._feed_whole_head(whole, end)
        if len(whole) > HEAD_AT_MOST:
            raise BadHttpMessage("the head is too large")
        self._head = whole
        return _NOTHING

    def _feed_whole_head(self, data: bytes, end: int) -> _Parsed:
        # Most often the bytes are exactly the answer, or its first part: then the parser reads them in one go.
        try:
            parsed = self._parser.feed_data(data)
        except HttpProcessingError:
            return self._feed_cut(data)
        messages = parsed[0]
        if not messages:
            return self._feed_cut(data)
        message = messages[0][0]
        if message.code in _INTERIM:
            return self._feed_cut(data)
        left = self._left = self._size(message)
        came = len(data) - end
        if came == left:
            self._left = 0
            self.unfit = False
        elif came:
            self._taken(data[end:] if self._chunks is not None else data, came, left)
        return parsed if len(messages) == 1 else ([messages[0]], parsed[1], b"")

    def _feed_cut(self, data: bytes) -> _Parsed:
        """The same by a parser that is given no byte that is not the answer's, nor what is odd in its head."""
        interim: list[tuple[RawResponseMessage, StreamReader]] = []
        while True:
            self._parser = self._another()
            data = data.lstrip(b"\r\n")
            end = end_of_head(data)
            if end == 0:
                self._head = data
                return interim, False, b""
            messages, upgraded, _ = self._parser.feed_data(mend_head(data[:end]))
            if not messages:
                raise BadHttpMessage("the head is none")
            data = data[end:]
            if messages[0][0].code not in _INTERIM:
                break
            interim += messages
        left = self._left = self._size(messages[0][0])
        if taken := self._taken(data, len(data), left):
            self._parser.feed_data(data[:taken])
        return [*interim, *messages], upgraded, b""

    def _size(self, message: RawResponseMessage) -> float:
        """Bytes of the body; infinite where they are not told beforehand."""
        if not self._with_body or message.code in _WITHOUT_BODY:
            self._parser = _NO_PARSER  # aiohttp's would wait for what the head says
            told = message.chunked or message.headers.get(CONTENT_LENGTH, "0") != "0"
            return math.inf if told and self._with_body else 0  # some send it all the same, and maybe later
        if message.chunked:
            self._chunks = ChunkedBody()
            return math.inf
        length = message.headers.get(CONTENT_LENGTH)
        return math.inf if length is None else int(length)

    def _taken(self, data: bytes, count: int, left: float) -> int:
        """How many of the `count` bytes, of which chunks are looked at, belong to the body."""
        if self._chunks is not None:
            count_taken = self._chunks.take(data)
            if self._chunks.ended:
                self._chunks = None
                left = count_taken
        else:
            count_taken = count if count < left else int(left)
        self._left = left - count_taken
        self.unfit = self._left != 0 or count_taken != count
        return count_taken

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
        self._answer = _OneResponseParser()
        self._tls: _WatchedTLS | None = None
        self._tls_of_proxy: _WatchedTLS | None = None
        self._readable: Callable[[int], object] = bool

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        super().connection_made(transport)
        self._readable = _question(transport)
        self._tls = _watch(transport)

    def tunnelled(self, through: asyncio.BaseTransport) -> None:
        """It goes through another one, to a proxy, which may have TLS of its own."""
        self._tls_of_proxy = _watch(through)

    def data_received(self, data: bytes) -> None:
        """Something came."""
        parser: Any = self._parser
        answer: Any = self._answer
        if parser is answer:
            if data and answer.ended:
                answer.unfit = True
                return self.abort()
        elif parser is not None:  # the first of an answer
            answer.begin(parser, self._another_parser, not self._skip_payload)
            self._parser = answer
        return _data_received(self, data)

    def _another_parser(self) -> _Parser:
        parser: Any = HttpResponseParser(
            self,
            self._loop,
            _READ_AT_ONCE,
            payload_exception=ClientPayloadError,
            response_with_body=not self._skip_payload,
            read_until_eof=True,
            auto_decompress=False,
            max_line_size=HEAD_AT_MOST,
            max_field_size=HEAD_AT_MOST,
            max_headers=HEADERS_AT_MOST,
        )
        return cast("_Parser", parser)

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection has ended."""
        super().connection_lost(exc)
        self._answer.end()

    @property
    def should_close(self) -> bool:
        """Whether it is of no further use, as far as this process knows."""
        return self._answer.unfit or _should_close(self)

    def take(self) -> bool:
        """Take it for the next request, if it may be used for that; whether it may."""
        tls, tls_of_proxy, transport = self._tls, self._tls_of_proxy, self.transport
        if (
            transport is None
            or transport.is_closing()
            or self._answer.unfit
            or self._should_close
            or (tls is not None and tls.unread)
            or (tls_of_proxy is not None and tls_of_proxy.unread)
            or self._readable(0)
        ):
            return False
        self._answer.unfit = True
        return True

    def take_new(self) -> bool:
        """The same for one that was just made, over which TLS may have something to say before the first answer."""
        if self.should_close:
            return False
        self._answer.unfit = True
        return True

    def close(self) -> None:
        """Close it at once: a goodbye of TLS would hold the socket until the server answers it."""
        self.abort()

    def abort(self) -> None:
        """Close it at once."""
        if self.transport is not None and (closed := self.closed) is not None:
            self._closing.add(closed)
            closed.add_done_callback(self._has_closed)
        super().abort()

    def _has_closed(self, closed: asyncio.Future[None]) -> None:
        self._closing.discard(closed)
        if not closed.cancelled():
            closed.exception()  # that of one that was being reset; nobody else asks, and the loop would tell of that


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
        self.unread = False
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


def _watch(transport: asyncio.BaseTransport) -> _WatchedTLS | None:
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
