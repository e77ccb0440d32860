"""Providers repeat what they refuse. Here their words lose what the request said: credentials, texts, names, numbers."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast
from urllib.parse import parse_qsl, quote, unquote

from .operation import Request

__all__ = ["sent_texts", "without_echo"]

_RUN = 8  # so many characters in a row that also stand in the request are a repetition
_SHORTEST = 3  # shorter values than a run are found as whole words, down to this length
_WORDS_AT_MOST = 300
_TEXTS_AT_MOST = 12_000  # characters in all their spellings: less than 2 ms of the event loop for each error
_SPELLED_AT_MOST = 4_000  # characters of which further spellings are made
_BODY_AT_MOST = 48_000  # bytes, that many of the longest characters
_CORE = 5
_STRIDE = _RUN - _CORE + 1
_CORE_AT, _CORE_END = _STRIDE - 1, _RUN
_WINDOWS = re.compile(rf"(?s)(?=(.{{{_RUN + _STRIDE - 1}}})).{{{_STRIDE}}}")
_END = "\0" * (2 * _RUN)
_SCHEMES = [
    f"{scheme}{sign}{www}" for www in ("www.", "") for scheme in ("https", "http") for sign in ("://", ":\\/\\/", "%3a%2f%2f")
]
_NAMES_OF_KINDS = frozenset({"type", "role", "status", "direction", "channel", "medium", "grant_type"})
# As `html.escape` does it; `html` brings the names of 2,231 characters, which takes longer to load than most of our modules.
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def sent_texts(request: Request[Any], credentials: Mapping[str, str]) -> list[str] | None:
    """Every text a request carries: path values, query, body and credentials, but no names of kinds such as `type`.

    `None` where it carries too much to look through.
    """
    literals = frozenset(request.operation.path.split("/"))
    texts = [unquote(segment) for segment in request.path.split("/") if segment not in literals]
    texts += [value for _, value in parse_qsl(request.query)]
    if request.body is not None:
        if len(request.body) > _BODY_AT_MOST:
            return None
        texts += _leaves("", _parsed(request.body, form=request.operation.form))
    for value in credentials.values():
        kind, _, secret = value.rpartition(" ")
        texts += (secret, *(_decoded(secret).split(":", 1) if kind == "Basic" else ()))
    return texts


def without_echo(words: str, texts: Collection[str] | None) -> str:
    """The words with `…` for everything that repeats one of the texts; long words are cut.

    Where the texts are `None`, or so long that looking for them would hold up the event loop, nothing of the words is left.
    The work grows with the length of the texts and with that of the words, not with their product.
    """
    if texts is None or sum(map(len, texts)) > _TEXTS_AT_MOST:
        return "…"
    words = words[: _WORDS_AT_MOST + _RUN]  # a little more, so that what is cut off below is still seen as a repetition
    long = {text for text in texts if len(text) >= _RUN}
    if _spelled_otherwise(words) and sum(map(len, long)) > _SPELLED_AT_MOST:
        return "…"
    said = _folded("\0".join(form for text in long for form in _spellings(text, words)))
    if len(said) > _TEXTS_AT_MOST:
        return "…"
    folded = _folded(words)
    hidden = bytearray(len(words))
    for start in _repeated(folded, _without_schemes(said)):
        hidden[start : start + _RUN] = b"\1" * _RUN
    short = _folded("\0".join({text for text in texts if _SHORTEST <= len(text) < _RUN})).split("\0")
    for start, end in _words_of(folded, set(short) - {""}):
        hidden[start:end] = b"\1" * (end - start)
    shown = "".join("\0" if hide else letter for letter, hide in zip(words, hidden, strict=True))[:_WORDS_AT_MOST]
    return re.sub("\0+", "…", shown)


def _repeated(words: str, said: str) -> Iterator[int]:
    """Where in the words runs begin that were also said."""
    places: dict[str, list[int]] = {}
    for start in range(len(words) - _RUN + 1):
        places.setdefault(words[start : start + _RUN], []).append(start)
    cores = {run[place : place + _CORE] for run in places for place in range(_RUN - _CORE + 1)}
    # Each run that was said lies in one of these windows, and has its middle letters in common with it.
    windows = {window for window in set(_WINDOWS.findall(f"{said}{_END}")) if window[_CORE_AT:_CORE_END] in cores}
    found = {window[at : at + _RUN] for window in windows for at in range(_STRIDE)}
    for run in found & places.keys():
        yield from places[run]


def _words_of(words: str, texts: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where one of the short texts stands in the words as a word, from and to."""
    for length in range(_SHORTEST, _RUN):
        for start in range(len(words) - length + 1):
            end = start + length
            if words[start:end] not in texts or _in_word(words[end : end + 1]):
                continue
            if start == 0 or not _in_word(words[start - 1]):
                yield start, end


def _in_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _folded(text: str) -> str:
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


def _spelled_otherwise(words: str) -> bool:
    return "\\" in words or "%" in words or "&" in words


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


def _parsed(body: bytes, *, form: bool) -> Any:
    try:
        return dict(parse_qsl(body.decode())) if form else json.loads(body)
    except (ValueError, RecursionError):
        return None


def _leaves(name: str, value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, member in cast("dict[str, object]", value).items():
            yield from _leaves(key, member)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _leaves(name, item)
    elif isinstance(value, str | int | float) and not isinstance(value, bool) and name not in _NAMES_OF_KINDS:
        yield str(value)


def _decoded(secret: str) -> str:
    try:
        return base64.b64decode(secret).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
