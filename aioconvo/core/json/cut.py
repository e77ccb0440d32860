"""An answer's JSON cut into its fields, and its lists into their items, without making values of them.

Each part is a `msgspec.Raw`, which holds the whole body as long as it lives.
"""

from __future__ import annotations

import functools
import json.scanner
import re
import types
import typing
from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeAlias, cast

import msgspec

__all__ = ["Parts", "cut", "cut_now", "is_union", "item_type"]

Parts: TypeAlias = dict[str, list[msgspec.Raw] | msgspec.Raw]
"""The JSON of an answer's fields by their names in Python; lists as the JSON of each of their items."""

_DENSE = 250_000  # commas; so many items may be small, and then their slices take many times their own room
_ITEMS_AT_MOST = 250_000
_TINY_ITEMS_AT_MOST = 20_000
_TINY = 64  # characters
_ITEMS_AT_ONCE = 2000
_GAP = re.compile(r"[ \t\n\r]*")


def cut(body: bytes, kind: Any) -> Generator[None, None, Parts]:
    """The fields of an answer of that kind, and the items of its lists.

    Of a very long list, what follows the first 250,000 items, or the first 20,000 tiny ones, is one more item: their list.

    Raises:
        msgspec.ValidationError: It is no object.
    """
    dense = len(body) > _DENSE and body.count(b",") > _DENSE
    try:
        parts = _parts_of(_decoder(kind, by_item=not dense)(body), kind)
    except msgspec.DecodeError:  # what should be a list is none, or text holds half of an emoji
        return (yield from _by_hand(body.decode(), kind))
    for one in msgspec.structs.fields(kind) if dense else ():
        raw = parts.get(one.name)
        if isinstance(raw, msgspec.Raw) and item_type(one.type) is not None and bytes(raw).startswith(b"["):
            parts[one.name], _ = yield from _items(str(memoryview(raw), "utf-8"), 0, alone=True)
    return parts


def cut_now(body: bytes, kind: Any) -> Parts:
    """The same without a pause."""
    work = cut(body, kind)
    while True:
        try:
            next(work)
        except StopIteration as end:
            return cast("Parts", end.value)


def _parts_of(cut_up: Any, kind: Any) -> Parts:
    fields = ((name, getattr(cut_up, name)) for name in kind.__struct_fields__)
    return {name: value for name, value in fields if value is not msgspec.UNSET}


@functools.cache
def _decoder(kind: Any, *, by_item: bool) -> Callable[[bytes], Any]:
    fields = [
        (
            one.name,
            list[msgspec.Raw] if by_item and item_type(one.type) is not None else msgspec.Raw,
            msgspec.field(name=one.encode_name, default=msgspec.UNSET),
        )
        for one in msgspec.structs.fields(kind)
    ]
    return msgspec.json.Decoder(msgspec.defstruct(kind.__name__, fields, kw_only=True, gc=False)).decode


def _by_hand(text: str, kind: Any) -> Generator[None, None, Parts]:
    """The same one value after the other, for text that msgspec refuses and lists that are too long for it."""
    names = {one.encode_name: (one.name, item_type(one.type) is not None) for one in msgspec.structs.fields(kind)}
    parts: Parts = {}
    place = _after_gap(text, 0)
    if text[place] != "{":
        raise msgspec.ValidationError("Expected `object`")
    place = _after_gap(text, place + 1)
    while text[place] != "}":
        member, place = _scan(text, place)
        place = _after_gap(text, _after_gap(text, place) + 1)
        name, many = names.get(member, ("", False))
        if many and text[place] == "[":
            parts[name], end = yield from _items(text, place)
        else:
            _, end = _scan(text, place)
            if name:
                parts[name] = msgspec.Raw(text[place:end].encode())
        place = _after_comma(text, end)
        yield
    return parts


def _items(text: str, place: int, *, alone: bool = False) -> Generator[None, None, tuple[list[msgspec.Raw], int]]:
    """The items of the list that begins there, and where it ends; `alone`: nothing follows it."""
    items: list[msgspec.Raw] = []
    rest = number = 0
    place = first = _after_gap(text, place + 1)
    while text[place] != "]":
        if not rest and (number >= _ITEMS_AT_MOST or (number >= _TINY_ITEMS_AT_MOST and place - first < number * _TINY)):
            rest = place
            if alone:
                place = len(text) - 1
                break
        _, end = _scan(text, place)
        if not rest:
            items.append(msgspec.Raw(text[place:end].encode()))
        place = _after_comma(text, end)
        number += 1
        if number % _ITEMS_AT_ONCE == 0:
            yield
    if rest:
        items.append(msgspec.Raw(b"[" + text[rest : place + 1].encode()))
    return items, place + 1


def _nothing(_: str) -> None:
    return None


# Of each value only its end is wanted.
_reader: Any = json.JSONDecoder(parse_int=_nothing, parse_float=_nothing, strict=False)
_scan: Callable[[str, int], tuple[Any, int]] = json.scanner.make_scanner(_reader)


def _after_gap(text: str, place: int) -> int:
    gap = _GAP.match(text, place)
    return place if gap is None else gap.end()


def _after_comma(text: str, place: int) -> int:
    place = _after_gap(text, place)
    return _after_gap(text, place + 1) if text[place] == "," else place


def item_type(kind: Any) -> Any:
    """The type of a list's items, also of a list that may be missing; `None` for whatever is not a list."""
    members: Sequence[Any] = typing.get_args(kind) if is_union(kind) else (kind,)
    return next((typing.get_args(one)[0] for one in members if typing.get_origin(one) is list), None)


def is_union(kind: Any) -> bool:
    """Whether a type is one of several."""
    return typing.get_origin(kind) in {typing.Union, types.UnionType}
