"""Where decoded structs came from: each item of an answer can give its own bytes of the body that it came in.

Nothing is cut, copied or written before somebody asks. Once an answer's items may be touched (`link`), their body waits to let
each of them know it and its place in it. It does so when any struct is asked for its JSON, or when the answer goes and items
of it stay; for those that go with their answer, as most do, it does nothing. The first question cuts the body into its parts,
without making values, and copies them.
"""

from __future__ import annotations

import functools
import sys
import typing
import weakref
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import count, repeat
from typing import Any, TypeVar, cast

import msgspec

from .codec import decode as read
from .cut import cut_now, is_union, item_type
from .mend import charset_of, drive, in_utf8, is_utf8, switches_charset
from .model import ORIGIN, Envelope, Model, is_drifted, link_all, unlinked

__all__ = ["decode", "json_of_page", "link", "when_read"]

T = TypeVar("T")
_WHOLE = -1
_NULL = msgspec.Raw(b"null")
(_BACKSLASH,) = b"\\"
_set: Callable[[Any, str, Any], None] = msgspec.structs.force_setattr


class Body:
    """The body of an answer, cut into the JSON of its parts when that is asked for.

    `charset` is the one that was named, or the headers that may name one, which are read when it matters. `lengths` tells of
    each field that holds nouns how many they are; `None`: it is no list. `unlinked` are the lists, as they came, whose items do
    not know the body yet, each with the place of its first item.
    """

    __slots__ = ("__weakref__", "charset", "kind", "lengths", "parts", "text", "unlinked")

    def __init__(self, text: bytes, charset: str | Mapping[str, str] | None, kind: Any) -> None:
        self.text = text
        self.charset = charset
        self.kind = kind
        self.lengths: list[int | None] = []
        self.unlinked: list[tuple[tuple[Any, ...], int]] = []
        self.parts: list[bytes] | None = None

    def __del__(self) -> None:
        """The answer goes: let the items know that stay."""
        if self.unlinked:
            unlinked.pop(id(self), None)
            for items, place in self.unlinked:
                held = list(map(sys.getrefcount, items))  # this and the next line are paid for every page that is looked at
                if held.count(_ITEM_ALONE) < len(held):
                    _link_those_that_stay(items, held, self, place)
            self.unlinked = []

    def link(self) -> None:
        """Let the items know the body and their places."""
        for items, place in self.unlinked:
            _link_items(items, self, place)
        self.unlinked = []
        unlinked.pop(id(self), None)  # last: until then another thread links them once more rather than find them unlinked

    def cut(self, place: int) -> bytes:
        """The JSON of one part; its bytes as they came."""
        return self._utf8().strip() if place == _WHOLE else self.all()[place]

    def all(self) -> list[bytes]:
        """The JSON of all parts, in UTF-8."""
        parts = self.parts
        if parts is None:
            parts = self.parts = self._cut_as_it_came() or self._cut(self._utf8())
        return parts

    def _cut_as_it_came(self) -> list[bytes] | None:
        """The parts; `None` where one is not in UTF-8: the strict decode did not look at text that it skipped."""
        text = self.text
        if switches_charset(text):
            return None
        try:
            parts = self._cut(text)
        except UnicodeDecodeError:
            return None
        return parts if text.isascii() or all(map(is_utf8, parts)) else None

    def _utf8(self) -> bytes:
        named = self.charset
        return drive(in_utf8(self.text, named if named is None or isinstance(named, str) else charset_of(named)))

    def _cut(self, text: bytes) -> list[bytes]:
        slices: list[msgspec.Raw] = []
        parts = cut_now(text, self.kind)
        for name, length in zip(_nouns(self.kind), self.lengths, strict=True):
            part = parts.get(name, _NULL)
            if length is None:
                slices.append(_NULL if isinstance(part, list) else part)
            elif isinstance(part, list):
                slices += part
        return list(map(bytes, slices))


def decode(body: bytes, kind: type[T], charset: str | None = None) -> T:
    """A body as `kind`, one of the library's structs. Parts that do not fit are kept instead of failing the whole.

    `raw_json` of what it gives, and of each item of its lists, is the JSON as it came. `charset` is what the answer's headers
    name, for bodies that are not UTF-8.

    Raises:
        BrokenBodyError: The body is not JSON, is cut, or lacks what every answer of this kind must have.
    """
    data = read(body, kind, charset)
    link(data, body, charset)
    return data


def json_of_page(items: Sequence[object]) -> list[msgspec.Raw] | None:
    """The JSON of items of one answer, in one go; `None` where it has to be looked at one by one.

    That is where an item drifted, was made here, or stands in a body with escapes, which may be halves of characters.
    """
    link_all()
    origins: list[Any] = [getattr(one, ORIGIN, None) for one in items]
    if set(map(type, origins)) != {tuple} or any(map(is_drifted, set(map(type, items)))):
        return None
    known = cast("list[tuple[Body, int]]", origins)
    body = known[0][0]
    if _BACKSLASH in body.text:
        return None
    parts = body.all()
    found = [msgspec.Raw(parts[place]) for one, place in known if one is body]
    return found if len(found) == len(items) else None


def link(data: Any, body: bytes, charset: str | Mapping[str, str] | None = None) -> None:
    """Let a decoded answer, its nouns and the items of its lists know the body they came in; see `Body`."""
    shape = _shape(data.__class__)
    if shape is None:
        if type(data) is list:
            _link_bare(data, body, charset)  # pyright: ignore[reportUnknownArgumentType] -- whatever was decoded
        return
    known = getattr(data, ORIGIN, None)
    if type(known) is tuple:
        return
    kind, nouns = shape
    source = Body(known or body, charset, kind)  # one that was mended is known already
    lengths = source.lengths
    _set(data, ORIGIN, (source, _WHOLE))
    place = 0
    for name in nouns:
        value = getattr(data, name)
        if type(value) is list:
            items: list[Any] = value  # pyright: ignore[reportUnknownVariableType] -- structs are read by name
            if items:
                source.unlinked.append((tuple(items), place))  # a list may be changed by who is given it
            lengths.append(len(items))
            place += len(items)
        else:
            if isinstance(value, Model):
                _set(value, ORIGIN, (source, place))
            lengths.append(None)
            place += 1
    if source.unlinked:
        if _COUNTS_REFERENCES:
            unlinked[id(source)] = weakref.ref(source)
        else:
            source.link()


class _Bare(Envelope):
    """Stands for an answer that is a list of nouns and nothing around it."""

    items: list[Model]


def _link_bare(items: list[Any], body: bytes, charset: str | Mapping[str, str] | None) -> None:
    """The same for an answer that is a list: no struct holds the body, so that its items know it at once."""
    if any(isinstance(one, Model) for one in items):
        text = drive(in_utf8(body, charset if charset is None or isinstance(charset, str) else charset_of(charset)))
        source = Body(b'{"items":' + text.strip() + b"}", None, _Bare)
        source.lengths = [len(items)]
        _link_items(tuple(items), source, 0)


def when_read(kind: type[Any], name: str, do: Callable[[Any], object]) -> Callable[[Any], Any]:
    """Do something first whenever that field of a struct is read; gives the way to read it without."""
    plain: Callable[[Any], Any] = vars(kind)[name].__get__

    def read_field(struct: Any) -> Any:
        do(struct)
        return plain(struct)

    setattr(kind, name, property(read_field))
    return plain


def _link_items(items: Sequence[Any], source: Body, place: int) -> None:
    try:  # one call for each item and nothing else: this is paid for every page that is looked at
        deque(map(_set, items, repeat(ORIGIN), zip(repeat(source), count(place))), 0)
    except TypeError:  # an item that is no struct
        for number, item in enumerate(items, place):
            if isinstance(item, Model):
                _set(item, ORIGIN, (source, number))


def _link_those_that_stay(items: Sequence[Any], held: list[int], source: Body, place: int) -> None:
    """Link the items that are held elsewhere too; `held` is what `_ITEM_ALONE` is for those that are not."""
    for references in set(held) - {_ITEM_ALONE}:
        number = -1
        for _ in range(held.count(references)):
            number = held.index(references, number + 1)
            if isinstance(items[number], Model):
                _set(items[number], ORIGIN, (source, place + number))


# Where references are counted otherwise, items are linked as soon as they may be touched.
_COUNTS_REFERENCES = sys.implementation.name == "cpython" and getattr(sys, "_is_gil_enabled", lambda: True)()
_ITEM_ALONE = max(map(sys.getrefcount, (Model(),))) if _COUNTS_REFERENCES else 0


@functools.lru_cache(maxsize=1024)
def _shape(kind: Any) -> tuple[Any, tuple[str, ...]] | None:
    """The struct that a type is, also where it drifted, and its `_nouns`; `None` for what is no struct of an answer."""
    if not issubclass(kind, Model):
        return None
    meant = getattr(kind, "drifted_from", kind)
    return meant, _nouns(meant)


@functools.cache
def _nouns(kind: Any) -> tuple[str, ...]:
    """The fields of an envelope that hold nouns, one or a list of them."""
    if not issubclass(kind, Envelope):
        return ()
    return tuple(one.name for one in msgspec.structs.fields(kind) if item_type(one.type) is not None or _is_noun(one.type))


def _is_noun(kind: Any) -> bool:
    members = typing.get_args(kind) if is_union(kind) else (kind,)
    return any(isinstance(member, type) and issubclass(member, Model) for member in members)
