"""Compressed bodies: whole ones are inflated, and nothing else passes."""

from __future__ import annotations

import contextlib
import gzip
import zlib

import pytest
from hypothesis import given, strategies as st

from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.wire.inflate import Inflater, inflate

TEXT = b'{"messages": [' + b", ".join(b'{"id": "m%d"}' % number for number in range(60)) + b"]}"
LIMIT = 1 << 20


def _raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


FORMS = {
    "gzip": ("gzip", gzip.compress(TEXT, mtime=0)),
    "deflate in zlib": ("deflate", zlib.compress(TEXT)),
    "deflate raw": ("deflate", _raw_deflate(TEXT)),
    "gzip of two members": ("gzip", gzip.compress(TEXT[:100], mtime=0) + gzip.compress(TEXT[100:], mtime=0)),
}


@pytest.mark.parametrize("form", FORMS)
def test_whole_bodies(form: str) -> None:
    encoding, body = FORMS[form]
    assert inflate(body, encoding, LIMIT) == TEXT
    assert inflate(body, f" {encoding.upper()} ", LIMIT) == TEXT
    assert inflate(body, encoding, len(TEXT)) == TEXT


@pytest.mark.parametrize("form", FORMS)
def test_a_cut_at_any_byte_is_refused(form: str) -> None:
    encoding, body = FORMS[form]
    member_ends = {len(gzip.compress(TEXT[:100], mtime=0))} if form == "gzip of two members" else set()
    for end in set(range(1, len(body))) - member_ends:
        with pytest.raises(BrokenBodyError) as caught:
            inflate(body[:end], encoding, LIMIT)
        assert caught.value.cut


@pytest.mark.parametrize("level", [0, 1, 9])
@given(data=st.binary(max_size=3000))
def test_what_was_compressed_comes_back(level: int, data: bytes) -> None:
    assert inflate(gzip.compress(data, level), "gzip", LIMIT) == data
    assert inflate(zlib.compress(data, level), "deflate", LIMIT) == data
    assert inflate(_raw_deflate(data), "deflate", LIMIT) == data


def test_zero_padding_after_the_last_member_is_allowed_and_rubbish_is_not() -> None:
    body = gzip.compress(TEXT)
    assert inflate(body + b"\0" * 512, "gzip", LIMIT) == TEXT
    with pytest.raises(BrokenBodyError, match="damaged"):
        inflate(body + b"rubbish", "gzip", LIMIT)


def test_damage_anywhere_in_gzip_is_noticed() -> None:
    body = gzip.compress(TEXT, mtime=0)
    for place in range(10, len(body)):  # the header's time and system byte carry nothing
        damaged = bytearray(body)
        damaged[place] ^= 0xFF
        with pytest.raises(BrokenBodyError):
            inflate(bytes(damaged), "gzip", LIMIT)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@given(body=st.binary(min_size=1, max_size=200))
def test_arbitrary_bytes_raise_nothing_else(encoding: str, body: bytes) -> None:
    with contextlib.suppress(BrokenBodyError):
        assert len(inflate(body, encoding, 1000)) <= 1000


def test_bombs_are_refused_in_time() -> None:
    bomb = gzip.compress(bytes(50 << 20))
    for body, encoding in ((bomb, "gzip"), (bomb * 3, "gzip"), (zlib.compress(bytes(50 << 20)), "deflate")):
        with pytest.raises(BrokenBodyError, match="more than 1048576 bytes; a larger max_body takes it") as caught:
            inflate(body, encoding, LIMIT)
        assert not caught.value.cut
    with pytest.raises(BrokenBodyError, match="more than"):
        inflate(gzip.compress(b"x" * 70) * 20, "gzip", 1000)
    with pytest.raises(BrokenBodyError, match="parts"):  # empty members cost no output, only time
        inflate(gzip.compress(b"") * 40_000, "gzip", LIMIT)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress", "x" * 200, "deflate64"])
def test_encodings_that_were_not_asked_for(encoding: str) -> None:
    with pytest.raises(BrokenBodyError, match="not asked for") as caught:
        inflate(b"\x8b" + TEXT, encoding, LIMIT)
    assert not caught.value.cut
    assert len(str(caught.value)) < 120


def test_plain_bodies_pass() -> None:
    assert inflate(TEXT, "identity", len(TEXT)) == TEXT
    assert inflate(TEXT, "", len(TEXT)) == TEXT
    with pytest.raises(BrokenBodyError, match="more than"):
        inflate(TEXT, "", len(TEXT) - 1)
    assert inflate(b"", "gzip", 1) == b""


AS_THEY_ARE = [
    "",
    "identity",
    "none",
    "None",
    "utf-8",
    "UTF-8",
    "utf8",
    "iso-8859-1",
    "binary",
    "8bit",
    "null",
    "identity, utf-8",
    ",",
]


@pytest.mark.parametrize("encoding", AS_THEY_ARE)
@pytest.mark.parametrize("body", [b'{"a": 1}', b' [1, "\xc3\xbc"]', b"", b"null", b"\x1f\x8b\x08"])
def test_what_names_no_compression_leaves_the_body_as_it_is(encoding: str, body: bytes) -> None:
    assert inflate(body, encoding, LIMIT) == body
    assert _in_pieces(body, encoding) == body


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "br", "zstd", "compress", "gzip, br", "whatever"])
@pytest.mark.parametrize("body", [b'{"a": 1}', b"\r\n [1, 2]"])
def test_json_is_read_as_it_is_whatever_compression_is_named(encoding: str, body: bytes) -> None:
    assert inflate(body, encoding, LIMIT) == body
    assert _in_pieces(body, encoding) == body


@pytest.mark.parametrize("encoding", ["gzip, identity", "utf-8, gzip", "X-GZIP", " gzip ,"])
def test_one_compression_among_other_words_counts(encoding: str) -> None:
    body = gzip.compress(TEXT)
    assert inflate(body, encoding, LIMIT) == TEXT
    assert _in_pieces(body, encoding) == TEXT


def _in_pieces(body: bytes, encoding: str) -> bytes:
    inflater = Inflater(encoding, LIMIT)
    for start in range(0, len(body), 5):
        inflater.feed(body[start : start + 5])
    return inflater.finish()
