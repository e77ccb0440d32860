"""How a list goes on: what asks for its next page, which its pager tells, and what an answer says of it, by usual names."""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from aioconvo.core.operations.markers import Place
from aioconvo.core.operations.operation import PageKind
from aioconvo.sandbox.data import hex_id, iso
from aioconvo.sandbox.exchange import Refusal

from .examples import Examples, Facts, Form, Ready, members, normal, plain_kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aioconvo.core.operations.signature import Declared, Parameter

    from .reading import Said

__all__ = ["Asking", "Window", "asking_of", "paged", "told_of", "window"]

USUAL: Final = 25  # items of a page, where nobody says how many
_TOKEN: Final = 127  # the number of an invented item
_MORE: Final = ("hasmore", "more", "hasnext")
_ON: Final = ("next", "nextcursor", "aftercursor", "cursor", "nextpage", "nextpagetoken")
_BACK: Final = ("previous", "prev", "previouscursor", "beforecursor", "links")
_TOTAL: Final = ("total", "totalcount", "totalrecords", "totalresults", "totalitems")


class Asking(NamedTuple):
    """Where a request says how to go on: a cursor or offset in the query, or the first and the last in the body."""

    size: str | None
    cursor: str | None = None
    offset: str | None = None
    first: str | None = None
    last: str | None = None


class Window(NamedTuple):
    """The part of a list that one page holds, and where the next one begins."""

    start: int
    stop: int
    size: int
    total: int

    @property
    def more(self) -> bool:
        """Whether more follow."""
        return self.stop < self.total


_SHOWN: Final = Window(0, 2, 2, 5)  # of the invented list that a pager is shown


def window(asking: Asking, kind: PageKind | None, said: Said, numbers: Sequence[int]) -> Window:
    """The part of the items of these rising numbers that was asked for.

    Raises:
        Refusal: The cursor is not one of this list, or a number is none.
    """
    total = len(numbers)
    size = max(1, _whole(said.query.get(asking.size or "", said.body.get(asking.size or "", USUAL))))
    start = 0
    if asking.first is not None and asking.last is not None:
        start = _whole(said.body.get(asking.first, 0))
        size = max(1, _whole(said.body.get(asking.last, start + size)) - start)
    elif asking.offset is not None:
        start = _whole(said.query.get(asking.offset, 0))
    elif asking.cursor is not None and (cursor := said.query.get(asking.cursor)):
        start = sum(one <= _after(cursor) for one in numbers)
    elif kind is not PageKind.CURSOR:
        size = max(size, total)  # all of it
    start = min(start, total)
    return Window(start, min(start + size, total), size, total)


def told_of(part: Window, last: int) -> dict[str, Any]:
    """What an answer says of a page, by all names it may have; `last` is the number of its last item."""
    count = part.stop - part.start
    told: dict[str, Any] = {name: Ready(part.more) for name in _MORE}
    told |= dict.fromkeys(_ON, f"{last:x}" if part.more else None)
    told |= dict.fromkeys(_BACK) | dict.fromkeys(_TOTAL, part.total)
    told |= {"offset": part.start, "nextoffset": part.stop if part.more else None, "limit": part.size}
    return told | {"count": count, "size": count}


def _whole(value: Any) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit()):
        raise Refusal(400, "bad_request", "A limit, offset or page is not a whole number")
    return int(text)


def _after(cursor: str) -> int:
    try:
        return int(cursor, 16)
    except ValueError:
        raise Refusal(400, "bad_request", "The cursor is not one of this list") from None


def asking_of(declared: Declared, within: tuple[str, ...]) -> Asking:
    """How a list is asked: its own pager is given a page that goes on, and says what it would send."""
    sizes = [one.wire for one in declared.at(Place.PAGE_SIZE)]
    size = sizes[0] if sizes else next((one.wire for one in declared.parameters if one.name == "page_size"), None)
    try:
        query, body = _asked(declared, within)
    except Exception:  # noqa: BLE001 -- a pager that makes nothing of an invented page gets its list in one
        return Asking(size)
    cursor = next((name for name, value in query if value == f"{_TOKEN:x}"), None)
    offset = next((name for name, value in query if value == str(_SHOWN.stop)), None)
    places = {value: name for name, value in body}
    return Asking(size, cursor, offset, places.get(_SHOWN.stop), places.get(2 * _SHOWN.stop))


def _asked(declared: Declared, within: tuple[str, ...]) -> tuple[Any, Any]:
    assert declared.pager is not None  # noqa: S101 -- a list
    told = {one.name: _argument(one) for one in declared.parameters if one.to_pager}
    examples = Examples(0, Form(iso, hex_id), 0)
    items = [examples.value(declared.answer, {}, f"{place}") for place in range(_SHOWN.stop)]
    page = paged(examples, declared.operation.response, within, items, told=told_of(_SHOWN, _TOKEN), place="page")
    pager = declared.pager(**told)(None)
    pager.take(msgspec.json.decode(msgspec.json.encode(page), type=declared.operation.response))
    ask = pager.ask()
    return ask.query, ask.body


def _argument(one: Parameter) -> Any:
    if one.place is Place.PAGE_SIZE or one.name == "page_size":
        return _SHOWN.size
    return Examples(0, Form(iso, hex_id), 0).value(one.annotation, {}, one.name) if one.required else one.default


def paged(examples: Examples, kind: Any, within: tuple[str, ...], items: list[Any], *, told: Facts, place: str) -> Any:
    """A page's JSON: the list at its place, and around it what is told of the page."""
    if not within:
        return items if typing.get_origin(kind) is list else examples.value(kind, told, place)
    first, *rest = within
    around = {name: value for name, value in told.items() if name != normal(first)}
    if rest:
        inner = next(one.type for one in members(kind) if one.encode_name == first)
        list_ = Ready(paged(examples, plain_kind(inner), tuple(rest), items, told=told, place=f"{place}.{first}"))
    else:
        list_ = Ready(items)
    return examples.value(kind, {**around, normal(first): list_}, place, spread=3)
