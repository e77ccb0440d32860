"""Compressed bodies to plain ones, refusing what is cut or grows without bound.

aiohttp's own decompression accepts a gzip body that ends too early and inflates without limit, so it is switched off and
this is used instead.
"""

from __future__ import annotations

import contextlib
import functools
import re
import zlib

from aioconvo.core.json.faults import BrokenBodyError

__all__ = ["ACCEPT_ENCODING", "Inflater", "inflate"]

ACCEPT_ENCODING = "gzip, deflate"
_OURS = frozenset({"gzip", "deflate"})
# Some servers tell charsets here, or that there is no compression.
_NO_COMPRESSION = re.compile(
    r"|identity|none|null|binary|[78]bit|chunked|(application/)?json|(us-)?ascii|(utf|iso|windows|latin|cp)[-_]?[\d-]+"
)
_BEGIN_JSON = (b"{", b"[")
_GZIP = 16 + zlib.MAX_WBITS
_ZLIB_COMPRESSION_METHOD = 8
_MEMBERS_AT_MOST = 100  # each costs a copy of what follows it; servers send one
_STEP = 1 << 20  # inflated at once: with the whole body at once its memory would be needed twice
_PIECE = 1 << 16


class Inflater:
    """One body, inflated as it arrives, so that what is too large is refused before all of it is there.

    Neither the body nor what it inflates to may have more than `limit` bytes.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        self._encoding = _coding(encoding)
        self._limit = limit
        self._plain = bytearray()
        self._stream = zlib.decompressobj()
        self._open = False  # a member has begun and not ended
        self._members = 0
        self.taken = 0

    def feed(self, piece: bytes) -> None:
        """Take what arrived.

        Raises:
            BrokenBodyError: The body is damaged, too large, or in an encoding that was not asked for.
        """
        self.taken += len(piece)
        if self.taken > self._limit:
            raise _too_large(self._limit)
        if self._encoding and self.taken == len(piece) and _is_plain(piece, self._encoding):
            self._encoding = ""
        if not self._encoding:
            self._plain += piece
            return
        while piece:
            if not self._open:
                piece = self._between_members(piece)
            if piece:
                piece = self._inflate(piece)

    def finish(self) -> bytes:
        """The whole plain body.

        Raises:
            BrokenBodyError: The body is cut.
        """
        if self._open:
            raise BrokenBodyError(f"the {self._encoding} body is cut", cut=True)
        return bytes(self._plain)

    def drain(self) -> bytes:
        """What was inflated since the last time; the limit then counts for each time."""
        plain = bytes(self._plain)
        self._plain.clear()
        return plain

    def clear(self) -> None:
        """Let go of the plain body: the traceback of an error would keep it."""
        self._plain.clear()

    def _between_members(self, piece: bytes) -> bytes:
        """Begin with the next member; what of the piece belongs to it."""
        if self._encoding not in _OURS:
            raise BrokenBodyError(f"the body is in encoding {self._encoding[:40]!r}, which was not asked for", cut=False)
        # A gzip body may have several members; zero padding after the last one is allowed.
        if self._members:
            piece = piece.lstrip(b"\0") if self._encoding != "deflate" else b""
        if piece:
            self._members += 1
            if self._members > _MEMBERS_AT_MOST:
                raise BrokenBodyError(f"the {self._encoding} body has more than {_MEMBERS_AT_MOST} parts", cut=False)
            # Some servers send raw deflate where zlib's wrapping is meant; the first byte tells them apart.
            wrapped = piece[0] & 0x0F == _ZLIB_COMPRESSION_METHOD
            self._stream = zlib.decompressobj(_GZIP if self._encoding != "deflate" else zlib.MAX_WBITS * (1 if wrapped else -1))
            self._open = True
        return piece

    def _inflate(self, piece: bytes) -> bytes:
        """Inflate the piece, or as much of it as belongs to this member; what is left of it."""
        stream = self._stream
        while True:
            room = min(_STEP, self._limit + 1 - len(self._plain))
            try:
                inflated = stream.decompress(piece, room)
            except zlib.error as error:
                raise BrokenBodyError(f"the {self._encoding} body is damaged", cut=True) from error
            self._plain += inflated
            if len(self._plain) > self._limit:
                raise _too_large(self._limit)
            if stream.eof:
                self._open = False
                return stream.unused_data
            piece = stream.unconsumed_tail
            if not piece and len(inflated) < room:
                return b""


@functools.lru_cache(maxsize=64)
def _coding(header: str) -> str:
    """What a body is compressed with; empty for nothing."""
    words = [word.strip().lower().removeprefix("x-") for word in header.split(",")]
    return ", ".join(word for word in words if not _NO_COMPRESSION.fullmatch(word))


def _is_plain(begin: bytes, coding: str) -> bool:
    """Whether a body that begins like this is JSON all the same, as where a proxy inflated it and left the header."""
    return coding != "deflate" and begin.lstrip(b" \t\r\n").startswith(_BEGIN_JSON)  # raw deflate may begin like that


def inflate(body: bytes, encoding: str, limit: int) -> bytes:
    """The plain body for a `Content-Encoding`; at most `limit` bytes.

    Raises:
        BrokenBodyError: The body is cut, damaged, larger than `limit`, or in an encoding that was not asked for.
    """
    if len(body) > limit:
        raise _too_large(limit)
    coding = _coding(encoding)
    if not coding or _is_plain(body, coding):
        return body
    if coding == "gzip":
        stream = zlib.decompressobj(_GZIP)
        with contextlib.suppress(zlib.error):
            plain = stream.decompress(body, min(_STEP, limit))
            if stream.eof and not stream.unused_data:
                return plain
    inflater = Inflater(encoding, limit)
    try:
        for start in range(0, len(body), _PIECE):
            inflater.feed(body[start : start + _PIECE])
        return inflater.finish()
    finally:
        inflater.clear()


def _too_large(limit: int) -> BrokenBodyError:
    return BrokenBodyError(f"the body has more than {limit} bytes; a larger max_body takes it", cut=False)
