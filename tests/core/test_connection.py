"""One answer, in whatever pieces it comes, with whatever behind it: it is read whole, and what is behind it is noticed."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import client_proto, http_parser
from aiohttp.http import HttpProcessingError
from hypothesis import given, settings, strategies as st

from aioconvo.core.wire import connection
from aioconvo.core.wire.connection import LiveConnection
from aioconvo.core.wire.framing import HEAD_AT_MOST, HEADERS_AT_MOST
from tests.campaign import examples

BODY = b'{"a": "\r\n\r\n\n\n"}'
LENGTH = b"Content-Length: %d" % len(BODY)
CHUNKS = b"3\r\n%s\r\n%x;a=b\r\n%s\r\n0\r\n" % (BODY[:3], len(BODY) - 3, BODY[3:])
CHUNKED = b"Transfer-Encoding: chunked"


def _answer(*lines: bytes, body: bytes = BODY, end: bytes = b"\r\n") -> bytes:
    return end.join(lines) + end + end + body


OK = b"HTTP/1.1 200 OK"
ANSWERS: dict[str, tuple[bytes, int, bytes]] = {
    "plain": (_answer(OK, b"X-A: b", LENGTH), 200, BODY),
    "no reason": (_answer(b"HTTP/1.1 200", LENGTH), 200, BODY),
    "empty": (_answer(OK, b"Content-Length: 0", body=b""), 200, b""),
    "chunked": (_answer(OK, CHUNKED, body=CHUNKS + b"\r\n"), 200, BODY),
    "chunked with a trailer": (_answer(OK, CHUNKED, body=CHUNKS + b"X-Trailer: 0\r\n\r\n"), 200, BODY),
    "bare line feeds": (_answer(OK, b"X-A: b", LENGTH, end=b"\n"), 200, BODY),
    "an empty line before": (b"\r\n" + _answer(OK, LENGTH), 200, BODY),
    "empty lines before": (b"\r\n\r\n\n\r\n" + _answer(OK, LENGTH), 200, BODY),
    "bare empty lines before": (b"\n\n" + _answer(OK, CHUNKED, body=CHUNKS + b"\r\n"), 200, BODY),
    "interim answers before": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" + _answer(OK, LENGTH),
        200,
        BODY,
    ),
    "a space before a colon": (_answer(OK, b"X-A : b", LENGTH), 200, BODY),
    "a line that is no header": (_answer(OK, b"what is this", LENGTH), 200, BODY),
    "a folded line": (_answer(OK, b"X-A: b", b"  c", LENGTH), 200, BODY),
    "a control character": (_answer(OK, b"X-A: b\x00\x07c", LENGTH), 200, BODY),
    "the length twice": (_answer(OK, LENGTH, LENGTH), 200, BODY),
    "the length twice in one": (_answer(OK, LENGTH + b", %d" % len(BODY)), 200, BODY),
    "a long header": (_answer(OK, b"X-Long: " + b"a" * (HEAD_AT_MOST - 200), LENGTH), 200, BODY),
    "many headers": (_answer(OK, *(b"X-%d: %d" % (n, n) for n in range(1500)), LENGTH), 200, BODY),
    "not ASCII": (_answer("HTTP/1.1 200 Gr\u00fc\u00dfe".encode(), "X-A: \u00fc".encode("latin-1"), LENGTH), 200, BODY),
    "204": (_answer(b"HTTP/1.1 204 No Content", body=b""), 204, b""),
    "204 of a length": (_answer(b"HTTP/1.1 204 No Content", LENGTH, body=b""), 204, b""),
    "204 with chunks": (_answer(b"HTTP/1.1 204 No Content", CHUNKED, body=b""), 204, b""),
    "an error": (_answer(b"HTTP/1.1 500 Oh", LENGTH), 500, BODY),
}
BEHIND = [b"", b"\r\n", b"x", b"{}", b"0\r\n\r\n", BODY, b"HTTP/1.1 2", ANSWERS["plain"][0], ANSWERS["204"][0], b"\0" * 70_000]
NOT_KEPT = {"204 of a length", "204 with chunks"}  # a body may come all the same
PARSERS = [http_parser.HttpResponseParserC, http_parser.HttpResponseParserPy]


class _Transport(asyncio.Transport):
    """Open, and nothing can be read from it."""

    def is_closing(self) -> bool:
        return False

    def get_extra_info(self, _name: str, default: Any = None) -> Any:
        return default

    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...
    def close(self) -> None: ...
    def abort(self) -> None: ...


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with asyncio.Runner() as runner:
        yield runner.get_loop()


@contextlib.contextmanager
def _parsing_by(parser: type) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (client_proto, connection):
            patch.setattr(module, "HttpResponseParser", parser)
        yield


async def _read(stream: bytes, cuts: list[int]) -> tuple[int, bytes, bool]:
    """Status and body of the answer, and whether the connection may be used again."""
    line = LiveConnection(asyncio.get_running_loop(), set())
    line.connection_made(_Transport())
    assert line.take_new()
    line.set_response_params(
        read_until_eof=True,
        auto_decompress=False,
        max_line_size=HEAD_AT_MOST,
        max_field_size=HEAD_AT_MOST,
        max_headers=HEADERS_AT_MOST,
    )
    edges = [0, *sorted({min(cut, len(stream)) for cut in cuts}), len(stream)]
    for start, end in itertools.pairwise(edges):
        if end > start:
            line.data_received(stream[start:end])
    message, payload = await line.read()
    while message.code < 200:
        message, payload = await line.read()
    body = await payload.read()
    line.connection_lost(None)
    return message.code, body, not line._answer.unfit


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("answer", ANSWERS)
@settings(max_examples=examples(25))
@given(behind=st.sampled_from(BEHIND), cuts=st.lists(st.integers(0, 400), max_size=5))
def test_an_answer_is_read_whole_and_what_is_behind_it_noticed(
    loop: asyncio.AbstractEventLoop, parser: type, answer: str, behind: bytes, cuts: list[int]
) -> None:
    stream, status, body = ANSWERS[answer]
    with _parsing_by(parser):
        assert loop.run_until_complete(_read(stream + behind, cuts)) == (status, body, not behind and answer not in NOT_KEPT)


@pytest.mark.parametrize(
    "stream",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        _answer(OK, b"Content-Length: 8", b"Content-Length: 9"),
        _answer(OK, b"Content-Length: -8"),
        _answer(OK, b"Content-Length: eight"),
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * (HEAD_AT_MOST + 10),
    ],
)
@pytest.mark.parametrize("cuts", [[], [5], list(range(80))])
def test_what_is_no_answer_is_an_error(loop: asyncio.AbstractEventLoop, stream: bytes, cuts: list[int]) -> None:
    with pytest.raises(HttpProcessingError):
        loop.run_until_complete(_read(stream, cuts))


@pytest.mark.parametrize("fault", [None, ConnectionResetError()])
async def test_one_that_breaks_while_it_is_closed_is_told_to_nobody(fault: Exception | None) -> None:
    """A future whose exception nobody asks for ends in the log."""
    told: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: told.append(context))
    closing: set[asyncio.Future[None]] = set()
    line = LiveConnection(loop, closing)
    line.connection_made(_Transport())
    line.abort()
    assert len(closing) == 1
    line.connection_lost(fault)
    await asyncio.sleep(0)
    assert not closing
    del line
    gc.collect()
    assert told == []
