"""Providers repeat what they refuse. Here their words lose what the request said: credentials, texts, names, numbers."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast
from urllib.parse import parse_qsl, quote, unquote

import msgspec

from aioconvo.core.operations.operation import Request

__all__ = ["sent_texts", "without_echo"]

_RUN = 8  # so many characters in a row that also stand in the request are a repetition
_SHORTEST = 3  # shorter values than a run are found as whole words, down to this length
_WORDS_AT_MOST = 300
_BLOCK = 6  # every run holds one such block of characters that begins at a multiple of the step
_STEP = _RUN - _BLOCK + 1
_PORTION = 8_192  # characters looked through between two pauses, in all their spellings: less than 2 ms
_EACH = 32  # the characters that are looked through while one more text is taken in hand
_LONGEST_SPELLING = 12  # characters for one: an emoji in a URL or in JSON
_PARSED_AT_ONCE = 1 << 14  # bytes
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_TEXT = msgspec.json.Decoder(str)
_ANYTHING = json.JSONDecoder(parse_int=str, parse_float=str)  # numbers as they are sent
_SCHEMES = [
    f"{scheme}{sign}{www}" for www in ("www.", "") for scheme in ("https", "http") for sign in ("://", ":\\/\\/", "%3a%2f%2f")
]
_NAMES_OF_KINDS = frozenset({"type", "role", "status", "direction", "channel", "medium", "grant_type"})
# As `html.escape` does it; `html` brings the names of 2,231 characters, which takes longer to load than most of our modules.
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def sent_texts(request: Request[Any], credentials: Mapping[str, str]) -> Iterator[str]:
    """Every text a request carries: path values, query, body and credentials, but no names of kinds such as `type`."""
    literals = frozenset(request.operation.path.split("/"))
    yield from (unquote(segment) for segment in request.path.split("/") if segment not in literals)
    yield from (value for _, value in parse_qsl(request.query))
    for value in credentials.values():
        kind, _, secret = value.rpartition(" ")
        yield secret
        if kind == "Basic":
            yield from _decode(secret).split(":", 1)
    if request.body is None:
        return
    if not isinstance(request.body, bytes):
        yield request.body.head.decode()
        return
    if request.operation.form:
        yield from _leaves("", dict(parse_qsl(request.body.decode())))
        return
    try:
        yield from _json_leaves("", request.body)
    except (ValueError, RecursionError):
        yield request.body.decode(errors="replace")


def without_echo(words: Sequence[str], texts: Iterable[str]) -> Generator[None, None, list[str]]:
    """The words with `…` for everything that repeats one of the texts; long words are cut.

    The work grows with the length of the texts and with that of the words, not with their product. It comes in slices of
    less than 2 ms, which yield in between.
    """
    repeated = [_Words(one) for one in words]
    size = min((one.portion for one in repeated), default=_PORTION)
    for number, portion in enumerate(_portions(texts, size)):
        if number:
            yield
        for one in repeated:
            one.hide(portion)
    return [one.left() for one in repeated]


class _Words:
    """What a provider says, and which characters of it the request said."""

    def __init__(self, words: str) -> None:
        # A little more than is shown, so that what is cut off is still seen as a repetition.
        self._words = words = words[: _WORDS_AT_MOST + _RUN]
        self._folded = folded = _fold(words)
        self._hidden = bytearray(len(words))
        self._schemes = "http" in folded
        spelled_otherwise = "\\" in words or "%" in words or "&" in words
        self.portion = _PORTION // _LONGEST_SPELLING if spelled_otherwise else _PORTION
        self._blocks = [
            (folded[at : at + _BLOCK], range(max(at - _STEP + 1, 0), min(at, len(words) - _RUN) + 1))
            for at in range(0, len(words) - _BLOCK + 1, _STEP)
        ]
        self._short = _short_words(folded)

    def hide(self, texts: Sequence[str]) -> None:
        """Hide what repeats one of the texts."""
        said = _fold("\0".join({form for text in texts if len(text) >= _RUN for form in _spellings(text, self._words)}))
        if self._schemes:
            said = _without_schemes(said)
        for block, starts in self._blocks:
            if block in said:
                for start in starts:
                    if self._folded[start : start + _RUN] in said:
                        self._hidden[start : start + _RUN] = b"\1" * _RUN
        short = _fold("\0".join([text for text in texts if _SHORTEST <= len(text) < _RUN])).split("\0")
        for text in self._short.keys() & short:
            for start in self._short[text]:
                self._hidden[start : start + len(text)] = b"\1" * len(text)

    def left(self) -> str:
        """The words as they may be shown."""
        letters = zip(self._words, self._hidden, strict=True)
        shown = "".join("\0" if hide else letter for letter, hide in letters)[:_WORDS_AT_MOST]
        return re.sub("\0+", "…", shown)


def _portions(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    """The texts, about as many characters at a time; a longer one comes in parts, which overlap by all but one of a run."""
    portion: list[str] = []
    room = size
    for text in texts:
        for start in range(0, max(len(text) - _RUN + 1, 1), size):
            part = text[start : start + size + _RUN - 1]
            if room < len(part) and portion:
                yield portion
                portion, room = [], size
            portion.append(part)
            room -= len(part) + _EACH
    if portion:
        yield portion


def _short_words(folded: str) -> dict[str, list[int]]:
    """What stands between two ends of words and is shorter than a run, with the places where it begins."""
    size = len(folded)
    inside = [False, *(letter.isalnum() or letter == "_" for letter in folded), False]
    places: dict[str, list[int]] = {}
    for start in (at for at in range(size) if not inside[at]):
        for end in range(start + _SHORTEST, min(start + _RUN, size + 1)):
            if not inside[end + 1]:
                places.setdefault(folded[start:end], []).append(start)
    return places


def _fold(text: str) -> str:
    """The text in small letters, as many as it has."""
    # Which of the two sigmas it is depends on what follows.
    small = text.lower().replace("\N{GREEK SMALL LETTER FINAL SIGMA}", "\N{GREEK SMALL LETTER SIGMA}")
    return small if len(small) == len(text) else "".join(_small(letter) for letter in text)


def _small(letter: str) -> str:
    small = letter.lower()
    return small if len(small) == 1 else letter


def _without_schemes(said: str) -> str:
    """What was said, without the beginnings that any two addresses have in common."""
    for scheme in _SCHEMES:
        said = said.replace(scheme, "\0")
    return said


def _spellings(text: str, words: str) -> set[str]:
    """A text as it is, and as it stands in JSON, in a URL and in HTML, where the words show signs of these."""
    spellings = {text}
    if "\\" in words:
        spellings |= {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    if "%" in words:
        spellings.add(quote(text, safe=""))
    if "&" in words:
        spellings.add(text.translate(_HTML))
    return spellings


def _json_leaves(name: str, sent: bytes) -> Iterator[str]:
    """The texts and numbers in JSON; what is large is parsed one level after the other."""
    first = sent[:1] if len(sent) > _PARSED_AT_ONCE else b""
    if first == b"{":
        for key, member in _OBJECT.decode(sent).items():
            yield from _json_leaves(key, bytes(member))
    elif first == b"[":
        for item in _LIST.decode(sent):
            yield from _json_leaves(name, bytes(item))
    elif first == b'"':
        yield _TEXT.decode(sent)
    else:
        yield from _leaves(name, _ANYTHING.decode(sent.decode()))


def _leaves(name: str, value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, member in cast("dict[str, object]", value).items():
            yield from _leaves(key, member)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _leaves(name, item)
    elif isinstance(value, str) and name not in _NAMES_OF_KINDS:
        yield value


def _decode(secret: str) -> str:
    try:
        return base64.b64decode(secret).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
