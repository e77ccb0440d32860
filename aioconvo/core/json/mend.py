"""The body of an answer as JSON in UTF-8, in whatever charset it came and with what some servers write beside JSON.

Each function is a generator that yields between slices of its work, so that a large body does not hold up the event loop:
for no longer than a pass of msgspec over the body takes, 1 to 2 ms a MB.
"""

from __future__ import annotations

import codecs
import contextlib
import functools
import re
from collections.abc import Callable, Generator, Mapping
from typing import TypeVar, cast

import msgspec
from multidict import istr

from .faults import BrokenBodyError

__all__ = ["charset_of", "drive", "in_utf8", "is_json", "is_utf8", "mend", "shallow", "switches_charset"]

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
_NO_JSON = re.compile(rb"[\x00-\x1f]|[Nn][Aa][Nn]|[Ii][Nn][Ff]")
_LONGEST_OF_NO_JSON = 3
_TOKEN = re.compile(rb'"(?>[^"\\]+|\\.)*+"|(?<=[\[:,\s])[+-]?(?:nan|inf(?:inity)?)(?=[\],}\s])', re.DOTALL | re.IGNORECASE)
_SURROGATE = re.compile(rb"(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_CONTROL = re.compile(rb"[\x00-\x1f]")
_BRACKET = re.compile(rb'"(?>[^"\\]+|\\.)*+"|[\[\]{}]', re.DOTALL)
_OPENING, _CLOSING = (b"[", b"{"), (b"]", b"}")
_TOO_DEEP = 201  # Python takes 1,000 levels, less those of the calls that read
_BYTES_AT_ONCE = 1 << 18
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
    if (yield from _holds_no_json(text)):
        yield
        if read := (yield from _read((yield from _escape(text)))):
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


def is_json(text: bytes) -> bool:
    """Whether a text in UTF-8 is JSON, with lone surrogates or without.

    Raises:
        RecursionError: It is nested too deeply to tell.
    """
    return drive(_is_json(text))


def in_utf8(body: bytes, charset: str | None) -> Steps:
    """A text in UTF-8. Where it is not that, the named charset decides; bytes that fit nowhere count as Windows-1252."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            marked = body[len(mark) :]
            found = None if encoding == "utf-8" else (yield from _transcode(marked, encoding))
            return found if found is not None else (yield from in_utf8(marked, None if encoding == "utf-8" else charset))
    for zeros, encoding in _ZEROS:
        if zeros.match(body) and (found := (yield from _transcode(body, encoding))) is not None:
            return found
    if not switches_charset(body) and is_utf8(body):
        return body
    if charset is not None and (found := (yield from _transcode(body, charset))) is not None:
        return found
    return (yield from _recode(body, "utf-8", "surrogateescape", lambda text: text.translate(_STRAY)))


def _transcode(body: bytes, charset: str) -> Generator[None, None, bytes | None]:
    try:
        info = codecs.lookup(charset)
        if info.name in _NO_CHARSETS:
            return None
        meant = _MEANT.get(info.name, info.name)
        body[:_BYTES_AT_ONCE].decode(meant, "ignore")  # what makes no text is refused here
        if not meant.startswith("cp125"):
            return (yield from _recode(body, meant, "strict", str))
        # Of Windows' charsets some bytes mean nothing; they stand for control characters then, as browsers have it.
        return (yield from _recode(body, meant, "surrogateescape", _with_controls))
    except (LookupError, ValueError):  # no charset at all, or not this one
        return None


def _recode(body: bytes, charset: str, errors: str, change: Callable[[str], str]) -> Steps:
    decoder = codecs.getincrementaldecoder(charset)(errors)
    pieces: list[bytes] = []
    for start in range(0, len(body), _BYTES_AT_ONCE):
        end = start + _BYTES_AT_ONCE
        pieces.append(change(decoder.decode(body[start:end], final=end >= len(body))).encode())
        yield
    return b"".join(pieces)


def _with_controls(text: str) -> str:
    return re.sub("[\udc80-\udcff]", lambda stray: chr(ord(stray[0]) - 0xDC00), text)


def _read(text: bytes) -> Steps:
    """The text, or what can be read of it where it is nested too deeply; empty where it is no JSON."""
    with contextlib.suppress(RecursionError):
        return text if (yield from _is_json(text)) else b""
    text = yield from shallow(text)
    try:
        return text if (yield from _is_json(text)) else b""
    except RecursionError:
        raise BrokenBodyError("the JSON is nested too deeply", cut=False) from None


def _is_json(text: bytes) -> Generator[None, None, bool]:
    if _is_strict_json(text):
        return True
    yield
    if b"\\ud" not in text and b"\\uD" not in text:
        return False
    pieces: list[bytes] = []
    done = 0
    while done < len(text):
        # Behind a quote, be it an escaped one, no escape goes on.
        end = text.find(b'"', done + _BYTES_AT_ONCE) + 1 or len(text)
        pieces.append(_SURROGATE.sub(b"", text[done:end]))  # msgspec refuses halves of emojis, others read them
        done = end
        yield
    shortened = b"".join(pieces)
    return len(shortened) < len(text) and _is_strict_json(shortened)


def _holds_no_json(text: bytes) -> Generator[None, None, bool]:
    """Whether there may be something in a text that can be made JSON."""
    for start in range(0, len(text), _BYTES_AT_ONCE):
        if _NO_JSON.search(text, start, start + _BYTES_AT_ONCE + _LONGEST_OF_NO_JSON - 1):
            return True
        yield
    return False


def _is_strict_json(text: bytes) -> bool:
    try:
        msgspec.json.decode(text, type=msgspec.Raw)  # looks for the end without making values
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _escape(text: bytes) -> Steps:
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
