"""The neutral walk over a provider's own pager: what is left out, where it ends, and positions inside a page."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any, NamedTuple

import pytest
from hypothesis import given, strategies as st

import aioconvo
from aioconvo.core.json.moments import EPOCH
from aioconvo.core.paging.pagers import Ask, Cursor, CursorPager, SinglePager
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.inbox.walk import Listed, Order, Span, as_neutral

PAGE = 4


class Native(NamedTuple):
    id: str
    hour: int | None


class Answer(NamedTuple):
    data: list[Native]


class Neutral(NamedTuple):
    id: str
    when: dt.datetime | None


def convert(native: Native) -> Neutral:
    return Neutral(native.id, None if native.hour is None else EPOCH + dt.timedelta(hours=native.hour))


class Server:
    """Pages of four behind a cursor that is the id of the last item; counts what it is asked."""

    def __init__(self, items: list[Native]) -> None:
        self.items = items
        self.asked = 0

    async def fetch(self, ask: Ask) -> Answer:
        self.asked += 1
        begin = int(ask.query[0][1]) + 1 if ask.query else 0
        return Answer(self.items[begin : begin + PAGE])

    def native(self, *, by_id: bool) -> AsyncPaginator[Native]:
        def following(page: list[Native]) -> Cursor:
            more = bool(page) and int(page[-1].id) + 1 < len(self.items)
            return Cursor(page[-1].id if more else None, more)

        def pager(mark: Any) -> CursorPager[list[Native], Native]:
            return CursorPager(
                "after", lambda page: page, following, cursor_of=(lambda item: item.id) if by_id else None, mark=mark
            )

        return AsyncPaginator(self.fetch, pager, walk="list")


def walk(server: Server, span: Span, order: Order | None, *, by_id: bool, **options: Any) -> AsyncPaginator[Neutral]:
    listed = Listed(server.native(by_id=by_id), lambda natives: [convert(native) for native in natives])
    return as_neutral(listed, lambda item: item.when, span=span, order=order, **options)


HOURS = st.lists(st.integers(0, 12) | st.none(), max_size=15)


@given(
    hours=HOURS,
    bounds=st.tuples(st.integers(0, 13), st.integers(0, 13)),
    order=st.sampled_from([None, *Order]),
    by_id=st.booleans(),
    cuts=st.lists(st.integers(1, 5), max_size=6),
)
def test_cut_and_resumed_anywhere_the_walk_is_the_same(
    hours: list[int | None], bounds: tuple[int, int], order: Order | None, by_id: bool, cuts: list[int]
) -> None:
    if order is not None:
        told = sorted((hour for hour in hours if hour is not None), reverse=order is Order.NEWEST_FIRST)
        hours = [None if hour is None else told.pop(0) for hour in hours]
    items = [Native(str(place), hour) for place, hour in enumerate(hours)]
    low, high = min(bounds), max(bounds) + 1
    span = Span(EPOCH + dt.timedelta(hours=low), EPOCH + dt.timedelta(hours=high))

    async def resumed() -> list[str]:
        found: list[str] = []
        start: str | None = None
        for cut in cuts:
            async for page in walk(Server(items), span, order, by_id=by_id, limit=cut, start=start).pages():
                found += [item.id for item in page.items]
                start = page.position
        async for item in walk(Server(items), span, order, by_id=by_id, start=start):
            found.append(item.id)
        return found

    whole = asyncio.run(walk(Server(items), span, order, by_id=by_id).collect())
    inside = [item.id for item in items if item.hour is None or low <= item.hour < high]
    beyond = next((place for place, item in enumerate(items) if _is_beyond(item.hour, low, high, order)), len(items))
    assert [item.id for item in whole] == [identity for identity in inside if int(identity) < beyond]
    assert asyncio.run(resumed()) == [item.id for item in whole]


def _is_beyond(hour: int | None, low: int, high: int, order: Order | None) -> bool:
    if hour is None or order is None:
        return False
    return hour < low if order is Order.NEWEST_FIRST else hour >= high


async def test_a_walk_ends_where_it_leaves_the_span() -> None:
    server = Server([Native(str(place), 100 - place) for place in range(100)])
    span = Span(EPOCH + dt.timedelta(hours=94))
    found = await walk(server, span, Order.NEWEST_FIRST, by_id=True, prefetch=1).collect()
    assert [item.id for item in found] == ["0", "1", "2", "3", "4", "5", "6"]
    assert server.asked <= 3


async def test_positions_of_other_bounds_are_refused() -> None:
    server = Server([Native(str(place), place) for place in range(9)])
    position = (await walk(server, Span(), None, by_id=True)).position
    for span, order in ((Span(EPOCH), None), (Span(), Order.OLDEST_FIRST)):
        with pytest.raises(aioconvo.InvalidRequestError, match="belongs to another list"):
            walk(server, span, order, by_id=True, start=position)
    with pytest.raises(aioconvo.InvalidRequestError, match="belongs to another list"):
        server.native(by_id=True).derive(lambda inner, _: inner, walk="another", start=position)


async def test_a_list_that_comes_whole_resumes_by_count() -> None:
    async def fetch(_: Ask) -> Answer:
        return Answer([Native(str(place), place) for place in range(10)])

    def once(**options: Any) -> AsyncPaginator[Neutral]:
        native: AsyncPaginator[Native] = AsyncPaginator(fetch, lambda mark: SinglePager(lambda page: page, mark), walk="one")
        listed = Listed(native, lambda natives: [convert(native) for native in natives])
        return as_neutral(listed, lambda item: item.when, span=Span(EPOCH + dt.timedelta(hours=3)), **options)

    page = await once(limit=4)
    assert [item.id for item in page.items] == ["3", "4", "5", "6"]
    assert [item.id for item in await once(start=page.position).collect()] == ["7", "8", "9"]
