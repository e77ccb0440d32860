"""Where an answer ends on its connection, and heads that are odd but clear: plain functions over bytes."""

from __future__ import annotations

import enum
import re

__all__ = ["HEADERS_AT_MOST", "HEAD_AT_MOST", "ChunkedBody", "end_of_head", "mend_head"]

HEAD_AT_MOST = 128 * 1024
"""Bytes; servers' own bounds are between 8 and 64 KiB."""
HEADERS_AT_MOST = HEAD_AT_MOST // 8

_LINE_AT_MOST = 16 * 1024  # of a chunk's size and of trailers
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_STATUS_LINE = re.compile(rb"HTTP/(\d)(?:\.(\d))?[ \t]+(\d{3})(?!\d)[ \t]*(.*)", re.IGNORECASE | re.DOTALL)
_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?", re.DOTALL)
_CONTROLS = re.compile(rb"[\0-\x08\x0b-\x1f\x7f]")
_LENGTH = b"content-length"
_CODING = b"transfer-encoding"


def end_of_head(data: bytes, start: int = 0) -> int:
    """How many bytes of `data` the head has, its empty line included; 0 when that is not there yet.

    Lines may end without a carriage return. `start`: before this place there is no end.
    """
    end = data.find(b"\n\r\n", start)
    bare = data.find(b"\n\n", start) if end < 0 else data.find(b"\n\n", start, end)
    if bare >= 0:
        return bare + 2
    return end + 3 if end >= 0 else 0


def mend_head(head: bytes) -> bytes:
    """The head of an answer without the oddities that other clients pass over too; what it says stays as it is.

    Spaces before a colon, folded lines, lines that are no header, control characters, a length that is told twice the same,
    and a length beside a transfer coding, which counts more. Lengths that differ stay: there nobody can tell which is true.
    """
    lines = [line.removesuffix(b"\r") for line in head.strip(b"\r\n").split(b"\n")]
    status = _STATUS_LINE.fullmatch(lines[0].strip())
    if status is None:
        return head
    major, minor, code, reason = status.groups(b"1")
    fields = _fields(lines[1:])
    coded = any(name.lower() == _CODING for name, _ in fields)
    lengths = {one.strip() for name, value in fields if name.lower() == _LENGTH for one in value.split(b",")}
    if coded or len(lengths) == 1:
        fields = [(name, value) for name, value in fields if name.lower() != _LENGTH]
    if coded and lengths:
        fields.append((b"Connection", b"close"))  # RFC 9112, 6.3
    elif len(lengths) == 1:
        fields.append((b"Content-Length", lengths.pop()))
    mended = [b"HTTP/%s.%s %s %s" % (major, minor, code, _CONTROLS.sub(b" ", reason))]
    mended += [b"%s: %s" % field for field in fields]
    return b"\r\n".join(mended) + b"\r\n\r\n"


def _fields(lines: list[bytes]) -> list[tuple[bytes, bytes]]:
    """Names and values of the lines that are headers."""
    fields: list[tuple[bytes, bytes]] = []
    for line in lines:
        if line[:1] in {b" ", b"\t"} and fields:
            name, value = fields[-1]
            fields[-1] = (name, b"%s %s" % (value, _CONTROLS.sub(b" ", line).strip()))
            continue
        name, colon, value = line.partition(b":")
        name = name.strip()
        if colon and _TOKEN.fullmatch(name):
            fields.append((name, _CONTROLS.sub(b" ", value).strip()))
    return fields


class _At(enum.Enum):
    SIZE = enum.auto()
    DATA = enum.auto()
    AFTER_DATA = enum.auto()
    TRAILER = enum.auto()
    END = enum.auto()
    LOST = enum.auto()


class ChunkedBody:
    """Follows a chunked body through the pieces it arrives in, to tell where it ends."""

    __slots__ = ("_at", "_left", "_line")

    def __init__(self) -> None:
        self._at = _At.SIZE
        self._left = 0
        self._line = b""

    @property
    def ended(self) -> bool:
        """Whether the whole body was there."""
        return self._at is _At.END

    def take(self, data: bytes) -> int:
        """How many of these bytes belong to the body. All of them where it cannot be followed: its parser will say so."""
        place = 0
        while place < len(data) and self._at not in {_At.END, _At.LOST}:
            if self._at is _At.DATA:
                step = min(self._left, len(data) - place)
                self._left -= step
                place += step
                if not self._left:
                    self._at = _At.AFTER_DATA
                continue
            end = data.find(b"\n", place) + 1
            self._line += data[place : end or len(data)]
            place = end or len(data)
            if end:
                self._take_line(self._line.rstrip(b"\r\n"))
                self._line = b""
            elif len(self._line) > _LINE_AT_MOST:
                self._at = _At.LOST
        return len(data) if self._at is _At.LOST else place

    def _take_line(self, line: bytes) -> None:
        if self._at is _At.AFTER_DATA:
            self._at = _At.LOST if line else _At.SIZE
        elif self._at is _At.TRAILER:
            self._at = _At.TRAILER if line else _At.END
        elif (size := _SIZE.fullmatch(line)) is None:
            self._at = _At.LOST
        else:
            self._left = int(size[1], 16)
            self._at = _At.DATA if self._left else _At.TRAILER
