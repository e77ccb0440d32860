"""Thousands of items of one and the same time: positions stay small, and walks from them stay exact."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from aioconvo.core.paging.marks import MOST_NAMES, Mark
from aioconvo.core.paging.offset import OffsetPager, ResultSet
from aioconvo.core.paging.pagers import Ask, SinglePager
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.core.paging.timed import Bounds, SincePager, TimestampPager
from tests.paging.positions import stored

MANY = 3 * MOST_NAMES
MOST_BYTES = 64_000
PAGE = 200


class Answer:
    """All that a walk wants of a response."""

    def __init__(self, data: Any) -> None:
        self.data = data


class Rows:
    """A list by offset of rows that share one time; those that come later are newer."""

    def __init__(self, count: int) -> None:
        self.rows = [(f"row-{number:036d}", 5) for number in range(count)]
        self.requests = 0

    def push(self, count: int) -> None:
        self.rows[:0] = [(f"new-{number}", 6) for number in range(count)]

    async def fetch(self, ask: Ask) -> Answer:
        self.requests += 1
        offset = int(dict(ask.query).get("offset", "0"))
        page = self.rows[offset : offset + PAGE]
        following = offset + len(page)
        return Answer((page, ResultSet(next_offset=following, total=len(self.rows), more=following < len(self.rows))))

    def listed(self, *, order: bool = True, **options: Any) -> AsyncPaginator[tuple[str, int]]:
        def pager(mark: Mark | None) -> OffsetPager[Any, tuple[str, int]]:
            return OffsetPager(
                lambda answer: answer[0],
                lambda answer: answer[1],
                lambda row: row[0],
                lambda offset: Ask((("offset", str(offset)),)),
                order=(lambda row: row[1]) if order else None,
                page_size=PAGE,
                moments=lambda rows: [row[1] for row in rows],
                ids=lambda rows: [row[0] for row in rows],
                mark=mark,
            )

        return AsyncPaginator(self.fetch, pager, walk="rows", **options)


@pytest.mark.parametrize("order", [True, False])
async def test_conversations_of_one_time_take_small_positions(order: bool) -> None:
    server = Rows(MANY)
    pages = [page async for page in server.listed(order=order).pages()]
    assert sum(map(len, pages)) == MANY
    assert max(len(page.position) for page in pages) <= MOST_BYTES
    for page_number in (0, 10, len(pages) // 2, len(pages) - 2):
        given = {row[0] for page in pages[: page_number + 1] for row in page}
        before = server.requests
        rest = [row[0] for row in await server.listed(order=order, start=pages[page_number].position).collect()]
        assert len(rest) == len(set(rest))
        assert given.isdisjoint(rest)
        assert len(given) + len(rest) == MANY
        assert server.requests - before == len(pages) - page_number - 1  # nothing is read again


async def test_a_chunked_walk_over_one_time_is_exact_and_every_position_small() -> None:
    server = Rows(MANY)
    position: str | None = None
    found: list[str] = []
    for limit in itertools.cycle((1, 150, 199, 1000, 450)):
        pages = [page async for page in server.listed(start=position, limit=limit).pages()]
        found += [row[0] for page in pages for row in page]
        position = pages[-1].position
        assert len(position) <= MOST_BYTES
        if not pages[-1].has_more:
            break
    assert found == [row[0] for row in server.rows]


async def test_rows_pushed_down_within_one_time_do_not_come_twice() -> None:
    server = Rows(MANY)
    page = [page async for page in server.listed(limit=MOST_NAMES + 37).pages()][-1]
    server.push(333)
    rest = [row[0] for row in await server.listed(start=page.position).collect()]
    tied = [name for name in rest if name.startswith("row")]
    assert tied == [row[0] for row in server.rows if row[0].startswith("row")][MOST_NAMES + 37 :]


@pytest.mark.parametrize("pushed", [1, 333])
async def test_no_row_comes_twice_of_a_tie_that_no_mark_can_name(pushed: int) -> None:
    """The list moved, so the walk looks at its front again, where it gave more rows of one time than a mark names."""
    server = Rows(MANY)
    pages = [page async for page in server.listed(limit=MANY - 510).pages()]
    server.push(pushed)
    rest = await server.listed(start=pages[-1].position).collect()
    assert sorted([row for page in pages for row in page] + rest) == sorted(server.rows)


# Lists by time: a server that gives more in one answer than was asked for.


def timed(backward: bool, most: int) -> Any:
    return lambda mark: TimestampPager(
        lambda page: page,
        lambda row: row[1],
        lambda row: row[0],
        bounds=Bounds("before", "after"),
        backward=backward,
        page_size=most,
        start=None if backward else 0,
        mark=mark,
    )


def since(most: int) -> Any:
    return lambda mark: SincePager(lambda page: page, lambda row: row[1], lambda row: row[0], page_size=most, mark=mark)


def single() -> Any:
    return lambda mark: SinglePager(lambda page: page, mark, identity=lambda row: row[0])


@pytest.mark.parametrize("name", ["before", "after", "since", "single"])
@pytest.mark.parametrize("cut", [1, MOST_NAMES, MOST_NAMES + 1, 2 * MOST_NAMES + 1, MANY + 1])
async def test_positions_in_a_tie_of_thousands_are_small_and_exact(name: str, cut: int) -> None:
    rows = [("first", 10), *((f"row-{number:036d}", 1000) for number in range(MANY)), ("last", 2000)]
    newest_first = name in {"before", "single"}
    expected = [row[0] for row in (rows[::-1] if newest_first else rows)]

    async def fetch(ask: Ask) -> Answer:
        query = dict(ask.query)
        page = rows
        if "before" in query:
            page = [row for row in rows if row[1] < round(float(query["before"]) * 1000)]
        elif "after" in query:
            page = [row for row in rows if row[1] > round(float(query["after"]) * 1000)]
        elif ask.path:
            page = [row for row in rows if row[1] >= ask.path[0]]
        return Answer(page[::-1] if name == "single" else page)

    most = MANY + 10
    pager = {"before": timed(True, most), "after": timed(False, most), "since": since(most), "single": single()}[name]
    listed = AsyncPaginator(fetch, pager, walk=name, limit=cut)
    pages = [page async for page in listed.pages()]
    assert [row[0] for page in pages for row in page] == expected[:cut]
    assert all(len(page.position) <= MOST_BYTES for page in pages)
    rest = await AsyncPaginator(fetch, pager, walk=name, start=pages[-1].position).collect()
    assert [row[0] for row in rest] == expected[cut:]


@pytest.mark.parametrize("backward", [True, False])
async def test_the_mark_of_a_live_walk_in_a_tie_of_thousands_is_bounded(backward: bool) -> None:
    make = timed(backward, MANY + 10)
    pager = make(None)
    pager.take([(f"row-{number:036d}", 1000) for number in range(MANY)])
    mark = stored(pager.mark())
    assert (mark.seen, mark.given) == ((), MANY)
    again = make(mark)
    more = [(f"row-{number:036d}", 1000) for number in range(MANY)]
    late = [("next", 999 if backward else 1001)]
    assert [row[0] for row in again.take([*late, *more] if not backward else [*more, *late]).items] == ["next"]


def test_the_mark_of_a_since_walk_in_a_tie_of_thousands_is_bounded() -> None:
    make = since(MANY + 10)
    pager = make(None)
    rows = [(f"row-{number:036d}", 1000) for number in range(MANY)]
    pager.take(rows)
    mark = stored(pager.mark())
    assert (mark.seen, mark.given) == ((), MANY)
    again = make(mark)
    assert again.ask().path[0] < 1000
    assert [row[0] for row in again.take([("before", 998), *rows, ("next", 1001)]).items] == ["next"]


@pytest.mark.parametrize("page_size", [3, 7])
def test_moments_side_by_side_are_no_tie(page_size: int) -> None:
    """A mark counts what was given of the newest moments only, however many rows follow each other without a gap."""
    rows = [(f"row-{number}", 10_000 + number) for number in range(MOST_NAMES + 500)]
    make = since(page_size)
    pager = make(None)
    given = 0
    while given < MOST_NAMES + 100:
        first = pager.ask().path[0]
        at = max(0, first - 10_000)
        given += len(pager.take(rows[at : at + page_size]).items)
    mark = stored(pager.mark())
    assert (mark.given, len(mark.seen)) == (0, 2)
    again = make(mark)
    at = again.ask().path[0] - 10_000
    assert again.take(rows[at : at + 50]).items == rows[given : at + 50]


@pytest.mark.parametrize("backward", [True, False])
async def test_a_limit_that_cuts_in_a_tie_of_thousands_over_a_page_edge(backward: bool) -> None:
    most, others = 2 * MOST_NAMES + 10, 500
    tied = [(f"row-{number:036d}", 1000) for number in range(2 * MOST_NAMES)]
    rows = [*((f"old-{number}", 1 + number) for number in range(others)), *tied]
    rows += [(f"new-{number}", 2000 + number) for number in range(others)]
    expected = [row[0] for row in (rows[::-1] if backward else rows)]

    async def fetch(ask: Ask) -> Answer:
        (name, bound), *_ = ask.query or (("before", "9999"),)
        time = round(float(bound) * 1000)
        page = [row for row in rows if (row[1] < time if name == "before" else row[1] > time)]
        return Answer(page[-most:] if name == "before" else page[:most])

    pager = timed(backward, most)
    pages = [page async for page in AsyncPaginator(fetch, pager, walk="w", limit=most + 100).pages()]
    assert [row[0] for page in pages for row in page] == expected[: most + 100]
    rest = await AsyncPaginator(fetch, pager, walk="w", start=pages[-1].position).collect()
    assert [row[0] for row in rest] == expected[most + 100 :]
