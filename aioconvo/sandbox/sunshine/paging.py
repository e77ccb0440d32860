"""Sunshine's cursors: which records a page query asks for, and the `meta` and `links` beside them."""

from __future__ import annotations

import bisect
import dataclasses
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import msgspec

from aioconvo.sandbox.exchange import Refusal, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_ID_LENGTH: Final = 24
_LARGEST_PAGE: Final = 100


@dataclasses.dataclass(frozen=True, slots=True)
class PageQuery:
    """`after` and `before` exclude each other and the record they name."""

    after: str | None
    before: str | None
    size: int


@dataclasses.dataclass(frozen=True, slots=True)
class Window:
    """Records `start` to `stop`, and whether more lie in the direction paged."""

    start: int
    stop: int
    has_more: bool


def deep_object(request: Request, name: str) -> dict[str, str]:
    """A deepObject parameter: `name[member]=`, or JSON text in one value as the published SDK sends it."""
    members: dict[str, str] = {}
    for key, value in request.query:
        if key == name:
            members |= _json_members(value)
        elif key.startswith(f"{name}[") and key.endswith("]"):
            members[key[len(name) + 1 : -1]] = value
    return members


def _json_members(value: str) -> dict[str, str]:
    try:
        members = msgspec.json.decode(value, type=dict[str, str | int | None])
    except (msgspec.MsgspecError, RecursionError):
        raise _invalid() from None
    return {member: str(content) for member, content in members.items() if content is not None}


def page_query(request: Request) -> PageQuery:
    """The `page` parameter. Raises `Refusal` with 400 for anything outside its schema."""
    members = deep_object(request, "page")
    after, before, size = members.pop("after", None), members.pop("before", None), members.pop("size", "25")
    cursors_fit = all(cursor is None or len(cursor) == _ID_LENGTH for cursor in (after, before))
    size_fits = size.isascii() and size.isdigit() and len(size) <= len(str(_LARGEST_PAGE)) and 1 <= int(size) <= _LARGEST_PAGE
    if members or not cursors_fit or not size_fits or (after is not None and before is not None):
        raise _invalid()
    return PageQuery(after, before, int(size))


def window(
    positions: Sequence[int], page: PageQuery, position_of: Callable[[str], int | None], *, from_end: bool = False
) -> Window:
    """What `page` selects of records with ascending `positions`; without a cursor the last ones when `from_end`.

    `position_of` knows deleted records too, so that a cursor outlives its record; an id it never saw is a 400.
    """
    if page.after is not None:
        start = bisect.bisect_right(positions, _known(position_of(page.after)))
        stop = min(start + page.size, len(positions))
        return Window(start, stop, stop < len(positions))
    if page.before is not None or from_end:
        stop = len(positions) if page.before is None else bisect.bisect_left(positions, _known(position_of(page.before)))
        start = max(0, stop - page.size)
        return Window(start, stop, start > 0)
    stop = min(page.size, len(positions))
    return Window(0, stop, stop < len(positions))


def beside(request: Request, ids: Sequence[str], chosen: Window, total: int, size: int) -> Mapping[str, Any]:
    """`meta`, and `links` where there are any; a cursor or link with no page behind it is left out."""
    meta: dict[str, Any] = {"hasMore": chosen.has_more}
    links: dict[str, str] = {}
    url = f"http://{request.headers.get('host', 'localhost')}/sunshine{request.path}"
    filters = [(f"filter[{key}]", value) for key, value in deep_object(request, "filter").items()]
    if ids and chosen.stop < total:
        meta["afterCursor"] = ids[-1]
        links["next"] = _link(url, [*filters, ("page[after]", ids[-1]), ("page[size]", str(size))])
    if ids and chosen.start > 0:
        meta["beforeCursor"] = ids[0]
        links["prev"] = _link(url, [*filters, ("page[before]", ids[0]), ("page[size]", str(size))])
    return {"meta": meta, "links": links} if links else {"meta": meta}


def _link(url: str, query: Iterable[tuple[str, str]]) -> str:
    return f"{url}?{urlencode(list(query))}"


def _known(position: int | None) -> int:
    if position is None:
        raise _invalid()
    return position


def _invalid() -> Refusal:
    return Refusal(400, "bad_request", "Invalid query parameters")
