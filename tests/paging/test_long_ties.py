"""Lists by offset in which more rows share a moment, or come meanwhile, than a position names: each row comes, and once.

How many a position names is made small here, so that short lists are long ones; one test keeps the real number.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from aioconvo.core.paging import marks, offset
from aioconvo.core.paging.marks import MOST_NAMES, Mark
from aioconvo.core.paging.offset import OffsetPager, ResultSet
from aioconvo.core.paging.pagers import Ask
from aioconvo.core.paging.paginator import AsyncPaginator
from tests.campaign import examples

Row = tuple[str, int]
FEW_NAMES = 6


class Answer:
    """All that a walk wants of a response."""

    def __init__(self, data: Any) -> None:
        self.data = data


class Server:
    """Rows newest first, in a steady order where their moments are the same."""

    def __init__(self, ties: list[int]) -> None:
        moments = [number for number, count in enumerate(ties) for _ in range(count)]
        self.rows: list[Row] = [(f"row-{number}", moment) for number, moment in enumerate(reversed(moments))]
        self.now = len(ties)
        self.made = 0
        self.touched: set[str] = set()
        self.lasting = {row[0] for row in self.rows}
        self.requests = 0

    def push(self, count: int, *, tied: bool = False) -> None:
        """New rows come, all in one moment if `tied`."""
        for number in range(count):
            self.now += number == 0 or not tied
            self.made += 1
            self.rows.insert(0, (f"new-{self.made}", self.now))

    def touch(self, place: int) -> None:
        """A row gets a message and jumps to the front."""
        name, _ = self.rows.pop(place % len(self.rows))
        self.touched.add(name)
        self.now += 1
        self.rows.insert(0, (name, self.now))

    def delete(self, place: int) -> None:
        if len(self.rows) > 1:
            self.lasting.discard(self.rows.pop(place % len(self.rows))[0])

    def listed(self, size: int, **options: Any) -> AsyncPaginator[Row]:
        async def fetch(ask: Ask) -> Answer:
            self.requests += 1
            first = int(dict(ask.query)["offset"])
            page = self.rows[first : first + size]
            following = first + len(page)
            return Answer((page, ResultSet(next_offset=following, total=len(self.rows), more=following < len(self.rows))))

        def pager(mark: Mark | None) -> OffsetPager[Any, Row]:
            return OffsetPager(
                lambda answer: answer[0],
                lambda answer: answer[1],
                lambda row: row[0],
                lambda first: Ask((("offset", str(first)),)),
                order=lambda row: row[1],
                page_size=size,
                moments=lambda rows: [row[1] for row in rows],
                ids=lambda rows: [row[0] for row in rows],
                mark=mark,
            )

        return AsyncPaginator(fetch, pager, walk="rows", **options)


@dataclasses.dataclass(frozen=True)
class Chunk:
    """A part of a walk, and what happens at the server after it."""

    size: int
    pages: int
    limit: int | None
    prefetch: int
    events: tuple[tuple[str, int], ...]


def happen(server: Server, events: tuple[tuple[str, int], ...]) -> None:
    for event, number in events:
        match event:
            case "push":
                server.push(number)
            case "push at once":
                server.push(number, tied=True)
            case "touch":
                server.touch(number)
            case _:
                server.delete(number)


async def found_in_chunks(server: Server, chunks: Iterator[Chunk]) -> list[str]:
    """The names of all rows given by a walk that goes on from stored positions."""
    position: str | None = None
    found: list[str] = []
    for chunk in chunks:
        pages = server.listed(chunk.size, start=position, limit=chunk.limit, prefetch=chunk.prefetch).pages()
        page = None
        async with pages:
            for _ in range(chunk.pages):
                page = await anext(pages, None)
                if page is None:
                    break
                found += [row[0] for row in page]
                position = page.position
                if not page.has_more:
                    return found
        if page is None and chunk.limit is None:
            return found
        happen(server, chunk.events)
    raise AssertionError("the walk did not end")


@contextmanager
def few_names(most: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marks, "MOST_NAMES", most)
        patch.setattr(offset, "MOST_NAMES", most)
        yield


PLACES = st.integers(0, 99)
EVENT = st.one_of(
    st.tuples(st.sampled_from(["push", "push at once"]), st.sampled_from([1, FEW_NAMES - 1, FEW_NAMES, 2 * FEW_NAMES, 40])),
    st.tuples(st.sampled_from(["touch", "delete"]), PLACES),
)
# Of the rows that a position names, fewer go away here than there are.
EVENTS = st.lists(EVENT, max_size=FEW_NAMES - 2).map(tuple)
CHUNK = st.builds(
    Chunk,
    size=st.integers(1, 10),
    pages=st.integers(1, 5),
    limit=st.sampled_from([None, 1, 2, 5, 9, 16]),
    prefetch=st.sampled_from([0, 0, 3]),
    events=EVENTS,
)


@settings(max_examples=examples(250), deadline=None)
@given(ties=st.lists(st.sampled_from([1, 2, 5, 12, 40]), min_size=1, max_size=4), chunks=st.lists(CHUNK, max_size=12))
async def test_each_row_comes_once_whatever_moves_between_chunks(ties: list[int], chunks: list[Chunk]) -> None:
    server = Server(ties)
    last = Chunk(10, 1000, None, 0, ())
    with few_names(FEW_NAMES):
        found = await found_in_chunks(server, iter([*chunks, last, last]))
    again = {name for name in found if found.count(name) > 1}
    assert again <= server.touched
    assert server.lasting <= set(found)


@pytest.mark.parametrize("given_first", [MOST_NAMES + 1, 5000, 8999])
@pytest.mark.parametrize("limit", [None, 700])
async def test_more_new_rows_than_a_position_names_before_a_tie(given_first: int, limit: int | None) -> None:
    """Rows of a tie that were given do not come again, nor do new ones, and every position is small."""
    server = Server([10, 9000, 5])
    pages = [page async for page in server.listed(200, limit=given_first).pages()]
    found = [row[0] for page in pages for row in page]
    server.push(MOST_NAMES + 400)
    while pages and pages[-1].has_more:
        pages = [page async for page in server.listed(200, start=pages[-1].position, limit=limit).pages()]
        found += [row[0] for page in pages for row in page]
        assert all(len(page.position) <= 64_000 for page in pages)
    assert sorted(found) == sorted(row[0] for row in server.rows)


async def test_a_chunk_inside_a_long_tie_reads_one_row_again_where_nothing_moved() -> None:
    server = Server([5, 60])
    with few_names(FEW_NAMES):
        first = [page async for page in server.listed(10, limit=40).pages()]
        server.requests = 0
        rest = [page async for page in server.listed(10, start=first[-1].position).pages()]
    assert [row for page in [*first, *rest] for row in page] == server.rows
    assert server.requests == 3  # 25 rows, and the one before them


async def test_a_long_tie_is_read_from_its_beginning_where_it_was_pushed_down() -> None:
    server = Server([5, 60])
    with few_names(FEW_NAMES):
        first = [page async for page in server.listed(10, limit=40).pages()]
        server.push(FEW_NAMES)
        pages = server.listed(10, start=first[-1].position).pages()
        rest = [page async for page in pages]
    found = [row[0] for page in [*first, *rest] for row in page]
    assert found == [*(f"row-{number}" for number in range(65)), *(f"new-{number}" for number in range(FEW_NAMES, 0, -1))]
