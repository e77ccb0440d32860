"""Compressed bodies to plain ones, refusing what is cut or grows without bound.

aiohttp's own decompression accepts a gzip body that ends too early and inflates without limit, so it is switched off and
this is used instead.
"""

from __future__ import annotations

import zlib

from .codec import BrokenBodyError

__all__ = ["ACCEPT_ENCODING", "inflate"]

ACCEPT_ENCODING = "gzip, deflate"
_GZIP = 16 + zlib.MAX_WBITS
_ZLIB_COMPRESSION_METHOD = 8
_MEMBERS_AT_MOST = 100  # each costs a copy of what follows it; servers send one


def inflate(body: bytes, encoding: str, limit: int) -> bytes:
    """The plain body for a `Content-Encoding`; at most `limit` bytes.

    Raises:
        BrokenBodyError: The body is cut, damaged, larger than `limit`, or in an encoding that was not asked for.
    """
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return body
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise BrokenBodyError(f"the body is in encoding {encoding[:40]!r}, which was not asked for", cut=False)
    plain = bytearray()
    members = 0
    while body:
        members += 1
        if members > _MEMBERS_AT_MOST:
            raise BrokenBodyError(f"the {encoding} body has more than {_MEMBERS_AT_MOST} parts", cut=False)
        # Some servers send raw deflate where zlib's wrapping is meant; the first byte tells them apart.
        wrapped = body[0] & 0x0F == _ZLIB_COMPRESSION_METHOD
        stream = zlib.decompressobj(_GZIP if encoding != "deflate" else zlib.MAX_WBITS * (1 if wrapped else -1))
        try:
            plain += stream.decompress(body, limit + 1 - len(plain))
        except zlib.error as error:
            raise BrokenBodyError(f"the {encoding} body is damaged", cut=True) from error
        if len(plain) > limit:
            raise BrokenBodyError(f"the body inflates to more than {limit} bytes", cut=False)
        if not stream.eof:
            raise BrokenBodyError(f"the {encoding} body is cut", cut=True)
        # A gzip body may have several members; zero padding after the last one is allowed.
        body = stream.unused_data.lstrip(b"\0") if encoding != "deflate" else b""
    return bytes(plain)
