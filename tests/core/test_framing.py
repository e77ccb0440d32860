"""Where answers end, and odd heads, as tables and for any pieces."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, strategies as st

from aioconvo.core.wire.framing import ChunkedBody, end_of_head, mend_head

HEAD = b"HTTP/1.1 200 OK\r\nX-A: b\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (HEAD, len(HEAD)),
        (HEAD + b"{}", len(HEAD)),
        (HEAD + HEAD, len(HEAD)),
        (HEAD[:-1], 0),
        (HEAD[:-2], 0),
        (b"", 0),
        (b"A\nB\n\nC\r\n\r\n", 5),
        (b"A\nB\n\r\nC\n\n", 6),
        (b"A\r\nB\n\nC", 6),
        (b"A\r\n\rB\r\n\r\n", 9),
    ],
)
def test_the_end_of_a_head(data: bytes, end: int) -> None:
    assert end_of_head(data) == end


@pytest.mark.parametrize(
    ("head", "mended"),
    [
        (HEAD, HEAD),
        (b"HTTP/1.1 200 OK\nX-A: b\n\n", HEAD),
        (b"\r\nHTTP/1.1 200 OK\r\nX-A : b\r\n\r\n", HEAD),
        (b"HTTP/1.1 200 OK\r\nX-A:\tb \r\n\r\n", HEAD),
        (b"http/1.1  200  OK\r\nX-A: b\r\n\r\n", HEAD),
        (b"HTTP/1.1 200\r\n\r\n", b"HTTP/1.1 200 \r\n\r\n"),
        (b"HTTP/2 200\r\n\r\n", b"HTTP/2.1 200 \r\n\r\n"),
        (b"HTTP/1.1 200 O\x01K\r\nX-A: b\x00c\r\n\r\n", b"HTTP/1.1 200 O K\r\nX-A: b c\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-A: b\r\n and c\r\n\td\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-A: b and c d\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nno header at all\r\nX-A: b\r\n: nameless\r\nwith space: c\r\n\r\n", HEAD),
        (b"HTTP/1.1 200 OK\r\nX-A: b\r\nX-A: c\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-A: b\r\nX-A: c\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\ncontent-length: 8\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 8, 8\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nContent-Length: 9\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nContent-Length: 9\r\n\r\n",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        ),
        (b"SSH-2.0-OpenSSH\r\n\r\n", b"SSH-2.0-OpenSSH\r\n\r\n"),
        (b"HTTP/1.1 20 OK\r\n\r\n", b"HTTP/1.1 20 OK\r\n\r\n"),
    ],
)
def test_odd_heads_are_mended_and_doubtful_ones_left(head: bytes, mended: bytes) -> None:
    assert mend_head(head) == mended


@given(st.binary(max_size=200))
def test_any_bytes_are_taken(data: bytes) -> None:
    assert mend_head(mend_head(data)) == mend_head(data)
    assert end_of_head(data) <= len(data)


def _chunked(pieces: list[bytes], trailers: list[bytes], line: bytes) -> bytes:
    chunks = b"".join(b"%x%s%s%s" % (len(piece), line, piece, line) for piece in pieces if piece)
    return chunks + b"0" + line + b"".join(trailer + line for trailer in trailers) + line


@given(
    pieces=st.lists(st.binary(max_size=40), max_size=5),
    trailers=st.lists(st.sampled_from([b"X-A: b", b"0", b"X: \t"]), max_size=2),
    line=st.sampled_from([b"\r\n", b";a=b\r\n", b" \r\n"]),
    behind=st.binary(max_size=30),
    cuts=st.lists(st.integers(0, 300), max_size=6),
)
def test_a_chunked_body_ends_where_it_ends_in_whatever_pieces_it_comes(
    pieces: list[bytes], trailers: list[bytes], line: bytes, behind: bytes, cuts: list[int]
) -> None:
    whole = _chunked(pieces, trailers, b"\r\n")
    if pieces and pieces[0]:
        whole = whole.replace(b"\r\n", line, 1)
    stream = whole + behind
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    body, taken = ChunkedBody(), 0
    for start, end in itertools.pairwise(edges):
        if not body.ended:
            taken += body.take(stream[start:end])
    assert (body.ended, taken) == (True, len(whole))


@pytest.mark.parametrize("stream", [b"zz\r\n", b"1\r\nab\r\n", b"-1\r\n", b"\r\n", b"1" * 20 + b"\r\n", b"1;" + b"a" * 20_000])
def test_what_is_no_chunked_body_is_left_to_its_parser(stream: bytes) -> None:
    body = ChunkedBody()
    assert body.take(stream) == len(stream)
    assert body.take(b"more") == 4
    assert not body.ended


@pytest.mark.parametrize(
    "ended", [b"0\r\n\r\n", b"1\r\na\r\n0\r\n\r\n", b"2\na\n\n0\n\n", b"A;x\r\n0123456789\r\n000\r\nX-A: b\r\n\r\n"]
)
def test_the_end_of_chunks_byte_by_byte(ended: bytes) -> None:
    body = ChunkedBody()
    for place in range(len(ended)):
        assert not body.ended
        assert body.take(ended[place : place + 1]) == 1
    assert body.ended
    assert body.take(b"more") == 0
