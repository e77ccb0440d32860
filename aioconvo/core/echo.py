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
_WORDS_AT_MOST = 400
_TEXTS_AT_MOST = 40_000  # characters in all their spellings: 20 ms of the event loop for each error
_NAMES_OF_KINDS = frozenset({"type", "role", "status", "direction", "channel", "medium", "grant_type"})
# As `html.escape` does it; `html` brings the names of 2,231 characters, which takes longer to load than most of our modules.
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def sent_texts(request: Request[Any], credentials: Mapping[str, str]) -> list[str]:
    """Every text a request carries: path values, query, body and credentials, but no names of kinds such as `type`."""
    literals = frozenset(request.operation.path.split("/"))
    texts = [unquote(segment) for segment in request.path.split("/") if segment not in literals]
    texts += [value for _, value in parse_qsl(request.query)]
    if request.body is not None:
        texts += _leaves("", _parsed(request.body, form=request.operation.form))
    for value in credentials.values():
        kind, _, secret = value.rpartition(" ")
        texts += (secret, *(_decoded(secret).split(":", 1) if kind == "Basic" else ()))
    return texts


def without_echo(words: str, texts: Collection[str]) -> str:
    """The words with `…` for everything that repeats one of the texts; long words are cut."""
    if sum(map(len, texts)) > _TEXTS_AT_MOST:
        return "…"  # looking for repetitions of so much text would hold up the event loop
    words = words[: _WORDS_AT_MOST + _RUN]  # a little more, so that what is cut off below is still seen as a repetition
    said = "\0".join(form for text in texts if len(text) >= _RUN for form in _spellings(text, words)).lower()
    if len(said) > _TEXTS_AT_MOST:
        return "…"
    hidden = bytearray(len(words))
    for start in range(len(words) - _RUN + 1):
        if words[start : start + _RUN].lower() in said:
            hidden[start : start + _RUN] = b"\1" * _RUN
    folded = words.casefold()
    for text in texts:
        if _SHORTEST <= len(text) < _RUN and text.casefold() in folded:
            for found in re.finditer(rf"(?<!\w){re.escape(text)}(?!\w)", words, re.IGNORECASE):
                hidden[found.start() : found.end()] = b"\1" * (found.end() - found.start())
    shown = "".join("\0" if hide else letter for letter, hide in zip(words, hidden, strict=True))[:_WORDS_AT_MOST]
    return re.sub("\0+", "…", shown)


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
