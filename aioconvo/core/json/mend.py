"""The body of an answer as JSON in UTF-8, in whatever charset it came and with what some servers write beside JSON.

Each function is a generator that yields between slices of its work, so that a large body does not hold up the event loop.
"""

from __future__ import annotations

import codecs
import contextlib
import functools
import re
from collections.abc import Generator, Mapping
from typing import TypeVar, cast

import msgspec
from multidict import istr

from .faults import BrokenBodyError

__all__ = ["charset_of", "drive", "in_utf8", "is_utf8", "mend", "shallow", "switches_charset"]

_CONTENT_TYPE = istr("Content-Type")  # looked up in each answer, which costs more with a plain text
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_MARKS = (  # those of UTF-32 begin like those of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# JSON begins with a character of ASCII: where zeros stand beside it tells the charset (RFC 4627, section 3).
_ZEROS = (
    (re.compile(rb"[^\0]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[^\0]"), "utf-32-be"),
    (re.compile(rb"[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\0[^\0]"), "utf-16-be"),
)
# What is called by the left name is written in the right one, of which it is a part (WHATWG Encoding Standard).
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7", "mbcs", "oem"})
_STATEFUL = b"\x1b"  # ISO 2022 switches by it; JSON has no place for it
_STRAY = {0xDC00 + byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0x100)}
_NO_JSON = re.compile(rb'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\b(?:nan|inf(?:inity)?)\b|"[^"\\\r\n\t]*[\r\n\t]', re.IGNORECASE)
_TOKEN = re.compile(rb'"(?>[^"\\]+|\\.)*+"|(?<=[\[:,\s])[+-]?(?:nan|inf(?:inity)?)(?=[\],}\s])', re.DOTALL | re.IGNORECASE)
_SURROGATE = re.compile(rb"(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_CONTROL = re.compile(rb"[\x00-\x1f]")
_BRACKET = re.compile(rb'"(?>[^"\\]+|\\.)*+"|[\[\]{}]', re.DOTALL)
_OPENING, _CLOSING = (b"[", b"{"), (b"]", b"}")
_TOO_DEEP = 201  # Python takes 1,000 levels, less those of the calls that read
_CHARACTERS_AT_ONCE = 1 << 18
_TOKENS_AT_ONCE = 4096

T = TypeVar("T")
Steps = Generator[None, None, bytes]


def drive(steps: Generator[None, None, T]) -> T:
    """What the steps come to, without a pause."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast("T", end.value)


def charset_of(headers: Mapping[str, str]) -> str | None:
    """The charset that an answer's headers name."""
    return _charset_in(headers.get(_CONTENT_TYPE, ""))


@functools.lru_cache(maxsize=64)
def _charset_in(content_type: str) -> str | None:
    named = _CHARSET.search(content_type)
    return None if named is None else named[1].strip("'")


def mend(body: bytes, charset: str | None) -> Steps:
    """The body as JSON in UTF-8; the body itself where it is that.

    `NaN` and infinities become their names as text, characters that JSON wants escaped are, and what is nested more deeply
    than can be read is text.

    Raises:
        BrokenBodyError: It is not JSON, or is cut.
    """
    text = yield from in_utf8(body, charset)
    if read := (yield from _read(text)):
        return read
    if _NO_JSON.search(text):
        yield
        if read := (yield from _read((yield from _escaped(text)))):
            return read
    raise BrokenBodyError("the body is no complete JSON", cut=True)


def shallow(text: bytes) -> Steps:
    """JSON in which whatever is nested in more than 200 lists and objects stands as text: its JSON."""
    pieces: list[bytes] = []
    done = start = depth = 0
    for number, token in enumerate(_BRACKET.finditer(text)):
        if number % _TOKENS_AT_ONCE == 0:
            yield
        if token[0] in _OPENING:
            depth += 1
            if depth == _TOO_DEEP:
                start = token.start()
        elif token[0] in _CLOSING:
            if depth == _TOO_DEEP:
                pieces += (text[done:start], msgspec.json.encode(text[start : token.end()].decode()))
                done = token.end()
            depth -= 1
    return b"".join((*pieces, text[done:]))


def switches_charset(text: bytes) -> bool:
    """Whether a text may be in a charset that switches by escapes, which looks like ASCII."""
    return _STATEFUL in text


def is_utf8(text: bytes) -> bool:
    """Whether these bytes are text in UTF-8."""
    if text.isascii():
        return True
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def in_utf8(body: bytes, charset: str | None) -> Steps:
    """A text in UTF-8. Where it is not that, the named charset decides; bytes that fit nowhere count as Windows-1252."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            marked = body[len(mark) :]
            found = None if encoding == "utf-8" else _transcoded(marked, encoding)
            return found if found is not None else (yield from in_utf8(marked, None if encoding == "utf-8" else charset))
    for zeros, encoding in _ZEROS:
        if zeros.match(body) and (found := _transcoded(body, encoding)) is not None:
            return found
    if not switches_charset(body) and is_utf8(body):
        return body
    if charset is not None and (found := _transcoded(body, charset)) is not None:
        return found
    text = body.decode("utf-8", "surrogateescape")
    pieces: list[bytes] = []
    for start in range(0, len(text), _CHARACTERS_AT_ONCE):
        pieces.append(text[start : start + _CHARACTERS_AT_ONCE].translate(_STRAY).encode())
        yield
    return b"".join(pieces)


def _transcoded(body: bytes, charset: str) -> bytes | None:
    try:
        info = codecs.lookup(charset)
        if info.name in _NO_CHARSETS:
            return None
        meant = _MEANT.get(info.name, info.name)
        # Of Windows' charsets some bytes mean nothing; they stand for control characters then, as browsers have it.
        text = body.decode(meant, "surrogateescape" if meant.startswith("cp125") else "strict")
        return re.sub("[\udc80-\udcff]", lambda stray: chr(ord(stray[0]) - 0xDC00), text).encode()
    except (LookupError, ValueError):  # no charset at all, or not this one
        return None


def _read(text: bytes) -> Steps:
    """The text, or what can be read of it where it is nested too deeply; empty where it is no JSON."""
    with contextlib.suppress(RecursionError):
        return text if _is_json(text) else b""
    text = yield from shallow(text)
    try:
        return text if _is_json(text) else b""
    except RecursionError:
        raise BrokenBodyError("the JSON is nested too deeply", cut=False) from None


def _is_json(text: bytes) -> bool:
    if _is_strict_json(text):
        return True
    shortened = _SURROGATE.sub(b"", text)  # msgspec refuses halves of emojis, others read them
    return len(shortened) < len(text) and _is_strict_json(shortened)


def _is_strict_json(text: bytes) -> bool:
    try:
        msgspec.json.decode(text, type=msgspec.Raw)  # looks for the end without making values
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _escaped(text: bytes) -> Steps:
    pieces: list[bytes] = []
    done = 0
    for number, token in enumerate(_TOKEN.finditer(text)):
        if number % _TOKENS_AT_ONCE == 0:
            yield
        found = token[0]
        if not found.startswith(b'"'):
            right = b'"' + found + b'"'
        elif _CONTROL.search(found):
            right = _CONTROL.sub(lambda control: b"\\u%04x" % control[0][0], found)
        else:
            continue
        pieces += (text[done : token.start()], right)
        done = token.end()
    return b"".join((*pieces, text[done:]))
