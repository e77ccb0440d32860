"""Offset lists that move while they are walked: what was there at the start comes, and comes once."""

from __future__ import annotations

import asyncio
import dataclasses
import random
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import aioconvo
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.offset import OffsetPager, ResultSet
from aioconvo.core.paging.pagers import Ask, Taken
from aioconvo.core.paging.paginator import AsyncPaginator
from tests.campaign import examples
from tests.paging.positions import stored

SECOND = 1_000_000


@dataclasses.dataclass(slots=True)
class Row:
    id: str
    key: int


@dataclasses.dataclass(frozen=True)
class Answer:
    rows: list[tuple[str, int]]
    told: ResultSet


class Listing:
    """A list on a server, newest first; `tick` 0 lets everything happen in the same second."""

    def __init__(self, count: int, *, tick: int = 1, limit: int = 1000, total: bool = True) -> None:
        self.now = count * tick + SECOND
        self.rows = [Row(f"row-{place}", SECOND + place * tick) for place in range(count, 0, -1)]
        self.tick = tick
        self.limit = limit
        self.tells_total = total
        self.original = {row.id for row in self.rows}
        self.touched: set[str] = set()
        self.made = 0
        self.requests = 0

    def add(self) -> None:
        self.made += 1
        self._to_front(Row(f"new-{self.made}", 0))

    def touch(self, place: int) -> None:
        """The row at this place gets a message, which moves it to the front."""
        if self.rows:
            row = self.rows.pop(place % len(self.rows))
            self.touched.add(row.id)
            self._to_front(row)

    def delete(self, place: int) -> None:
        if self.rows:
            self.original.discard(self.rows.pop(place % len(self.rows)).id)

    def _to_front(self, row: Row) -> None:
        self.now += self.tick
        self.rows.insert(0, Row(row.id, self.now))

    def answer(self, offset: int, limit: int) -> Answer:
        self.requests += 1
        limit = min(limit, self.limit)
        page = self.rows[offset : offset + limit]
        following, total = offset + len(page), len(self.rows)
        told = ResultSet(offset, following, limit, total if self.tells_total else None, following < total)
        return Answer([(row.id, row.key) for row in page], told)


def asked(ask: Ask) -> int:
    return int(dict(ask.query).get("_offset", "0"))


def make(page_size: int, *, ordered: bool = True) -> Callable[[Mark | None], OffsetPager[Answer, tuple[str, int]]]:
    return lambda mark: OffsetPager(
        lambda answer: answer.rows,
        lambda answer: answer.told,
        lambda row: row[0],
        lambda offset: Ask((("_offset", str(offset)),)) if offset else Ask(),
        order=(lambda row: row[1]) if ordered else None,
        page_size=page_size,
        mark=mark,
    )


def walk(pager: OffsetPager[Answer, tuple[str, int]], listing: Listing, page_size: int, between: Iterator[Any]) -> list[str]:
    """All ids of a walk; between two requests the next of `between` happens."""
    found: list[str] = []
    while (ask := pager.ask()) is not None:
        found += [identity for identity, _ in pager.take(listing.answer(asked(ask), page_size)).items]
        for event, place in next(between, ()):
            getattr(listing, event)(*place)
    return found


PLACES = st.tuples(st.integers(0, 60))
ADD = st.tuples(st.just("add"), st.just(()))
TOUCH = st.tuples(st.just("touch"), PLACES)
DELETE = st.tuples(st.just("delete"), PLACES)


def gaps(*events: st.SearchStrategy[Any]) -> st.SearchStrategy[list[list[Any]]]:
    return st.lists(st.lists(st.one_of(*events), max_size=4), max_size=12)


@settings(max_examples=examples(120), deadline=None)
@given(
    count=st.integers(0, 30),
    page_size=st.integers(1, 7),
    tick=st.sampled_from([0, 1, 5]),
    total=st.booleans(),
    between=gaps(ADD, TOUCH),
)
def test_rows_that_come_and_jump(count: int, page_size: int, tick: int, total: bool, between: list[Any]) -> None:
    listing = Listing(count, tick=tick, total=total)
    found = walk(make(page_size)(None), listing, page_size, iter(between))
    assert len(found) == len(set(found))
    assert listing.original <= set(found)


@settings(max_examples=examples(120), deadline=None)
@given(count=st.integers(0, 30), page_size=st.integers(2, 7), between=gaps(ADD, TOUCH, DELETE))
def test_rows_that_go_as_well(count: int, page_size: int, between: list[Any]) -> None:
    listing = Listing(count)
    found = walk(make(page_size)(None), listing, page_size, iter(between))
    assert len(found) == len(set(found))
    assert listing.original <= set(found)


@settings(max_examples=examples(120), deadline=None)
@given(count=st.integers(0, 30), page_size=st.integers(1, 7), tick=st.integers(0, 1), between=gaps(ADD, TOUCH))
def test_rows_without_a_sort_key(count: int, page_size: int, tick: int, between: list[Any]) -> None:
    # Without a key the list is read again until nothing new comes: enough for rows that jump once.
    listing = Listing(count, tick=tick)
    found = walk(make(page_size, ordered=False)(None), listing, page_size, iter(between))
    assert len(found) == len(set(found))
    jumps = sum(event == "touch" for gap in between for event, _ in gap)
    if len(listing.touched) == jumps:
        assert listing.original <= set(found)


@settings(max_examples=examples(120), deadline=None)
@given(count=st.integers(0, 30), between=gaps(ADD, TOUCH, DELETE), limits=st.lists(st.integers(2, 9), max_size=12))
def test_the_server_changes_the_page_limit(count: int, between: list[Any], limits: list[int]) -> None:
    listing = Listing(count)

    def lowered() -> Iterator[Any]:
        for gap, limit in zip(between, limits, strict=False):
            listing.limit = limit
            yield gap

    found = walk(make(200)(None), listing, 200, lowered())
    assert len(found) == len(set(found))
    assert listing.original <= set(found)


@settings(max_examples=examples(120), deadline=None)
@given(
    count=st.integers(0, 20),
    page_size=st.integers(1, 5),
    tick=st.integers(0, 1),
    pushed=st.integers(0, 12),
    total=st.booleans(),
)
def test_every_position_goes_on_exactly_there(count: int, page_size: int, tick: int, pushed: int, total: bool) -> None:
    pages = [Mark()]
    before: list[list[str]] = [[]]
    pager, listing = make(page_size)(None), Listing(count, tick=tick, total=total)
    while (ask := pager.ask()) is not None:
        items = pager.take(listing.answer(asked(ask), page_size)).items
        pages.append(pager.mark())
        before.append(before[-1] + [identity for identity, _ in items])
    for mark, had in zip(pages, before, strict=True):
        moved = Listing(count, tick=tick, total=total)
        for _ in range(pushed):
            moved.add()
        after = walk(make(page_size)(mark), moved, page_size, iter(()))
        assert not set(had) & set(after)
        assert len(after) == len(set(after))
        assert moved.original <= {*had, *after}


@settings(max_examples=examples(120), deadline=None)
@given(count=st.integers(0, 20), page_size=st.integers(2, 5), tick=st.integers(0, 1), between=gaps(ADD, TOUCH))
def test_a_new_process_for_every_page(count: int, page_size: int, tick: int, between: list[Any]) -> None:
    listing = Listing(count, tick=tick)
    found: list[str] = []
    mark = Mark()
    for gap in [*between, *[[]] * 400]:
        pager = make(page_size)(mark)
        ask = pager.ask()
        if ask is None:
            break
        found += [identity for identity, _ in pager.take(listing.answer(asked(ask), page_size)).items]
        mark = pager.mark()
        for event, place in gap:
            getattr(listing, event)(*place)
    else:
        pytest.fail("the walk does not end")
    assert listing.original <= set(found)
    # What moved since is given again, for the new process cannot know it; what did not comes once.
    twice = [identity for identity in set(found) if found.count(identity) > 1]
    assert set(twice) <= listing.touched | {identity for identity in twice if identity.startswith("new")}


@settings(max_examples=examples(120), deadline=None)
@given(
    count=st.integers(0, 20), page_size=st.integers(2, 5), gone=st.lists(st.integers(0, 60), max_size=6), at=st.integers(0, 9)
)
def test_rows_that_went_before_the_walk_goes_on(count: int, page_size: int, gone: list[int], at: int) -> None:
    listing = Listing(count)
    pager, mark = make(page_size)(None), Mark()
    found: list[str] = []
    for _ in range(at):
        if (ask := pager.ask()) is None:
            break
        found += [identity for identity, _ in pager.take(listing.answer(asked(ask), page_size)).items]
        mark = pager.mark()
    for place in gone:
        listing.delete(place)
    found += walk(make(page_size)(mark), listing, page_size, iter(()))
    assert len(found) == len(set(found))
    assert listing.original <= set(found)


def test_a_row_that_moved_up_while_the_walk_rested_is_not_taken_for_read() -> None:
    """What went away left a hole between what was read and the page asked for; the position is stored there."""
    listing = Listing(10)
    pager = make(8)(None)
    found = [identity for identity, _ in pager.take(listing.answer(0, 8)).items]
    listing.delete(7)
    while pager.ask() is not None:
        pager = make(3)(stored(pager.mark()))
        ask = pager.ask()
        assert ask is not None
        found += [identity for identity, _ in pager.take(listing.answer(asked(ask), 3)).items]
    assert len(found) == len(set(found))
    assert listing.original <= set(found)


@pytest.mark.parametrize("page_size", [2, 3])
def test_a_row_of_an_unsorted_list_that_jumped_between_two_processes_is_found(page_size: int) -> None:
    listing = Listing(9)
    pager = make(page_size, ordered=False)(None)
    found = [identity for identity, _ in pager.take(listing.answer(0, page_size)).items]
    listing.touch(6)
    for _ in range(40):
        pager = make(page_size, ordered=False)(stored(pager.mark()))
        ask = pager.ask()
        if ask is None:
            break
        found += [identity for identity, _ in pager.take(listing.answer(asked(ask), page_size)).items]
    else:
        pytest.fail("the walk does not end")
    assert sorted(found) == sorted(listing.original)


class Slow:
    """Answers that are taken from the list and arrive at random moments, while the list moves."""

    def __init__(self, listing: Listing, page_size: int, events: list[Any], chance: random.Random) -> None:
        self.listing = listing
        self.page_size = page_size
        self.events = events
        self.chance = chance
        self.most = self.under_way = 0

    async def fetch(self, ask: Ask) -> Any:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self._some_time()
            answer = self.listing.answer(asked(ask), self.page_size)
            await self._some_time()
        finally:
            self.under_way -= 1
        return dataclasses.make_dataclass("Response", ["data"])(answer)

    async def _some_time(self) -> None:
        for _ in range(self.chance.randrange(12)):
            if self.events and self.chance.random() < 0.2:
                event, place = self.events.pop()
                getattr(self.listing, event)(*place)
            await asyncio.sleep(0)


@settings(max_examples=examples(120), deadline=None)
@given(
    count=st.integers(0, 60),
    page_size=st.integers(2, 7),
    prefetch=st.integers(0, 8),
    events=st.lists(st.one_of(ADD, TOUCH, DELETE), max_size=12),
    seed=st.integers(0, 2**32),
)
def test_pages_side_by_side(count: int, page_size: int, prefetch: int, events: list[Any], seed: int) -> None:
    listing = Listing(count)
    slow = Slow(listing, page_size, events, random.Random(seed))  # noqa: S311

    paginator: AsyncPaginator[tuple[str, int]] = AsyncPaginator(slow.fetch, make(page_size), walk="test", prefetch=prefetch)
    found = [identity for identity, _ in asyncio.run(paginator.collect())]
    assert len(found) == len(set(found))
    assert listing.original <= set(found)
    assert slow.most <= max(1, prefetch)


async def test_pages_are_really_asked_for_side_by_side() -> None:
    slow = Slow(Listing(500), 10, [], random.Random(1))  # noqa: S311
    paginator: AsyncPaginator[tuple[str, int]] = AsyncPaginator(slow.fetch, make(10), walk="test", prefetch=8)
    assert len(await paginator.collect()) == 500
    assert slow.most == 8
    assert slow.listing.requests == 50


async def test_a_list_that_stands_still_costs_no_request_more() -> None:
    listing = Listing(25)
    assert len(walk(make(10)(None), listing, 10, iter(()))) == 25
    assert listing.requests == 3


def answers(*told: ResultSet, rows: int = 2) -> list[Answer]:
    return [Answer([(f"{page}-{row}", 0) for row in range(rows)], one) for page, one in enumerate(told)]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (ResultSet(0, 0, 2, 10, more=True), "does not advance beyond 0"),
        (ResultSet(), "did not tell whether more pages follow"),
        (ResultSet(limit=2), "did not tell whether more pages follow"),
    ],
)
def test_a_page_that_leads_nowhere_is_given_before_the_error(told: ResultSet, words: str) -> None:
    pager = make(2, ordered=False)(None)
    pager.ask()
    taken = pager.take(answers(told)[0])
    assert len(taken.items) == 2
    assert taken.has_more
    with pytest.raises(aioconvo.PaginationError, match=words):
        pager.ask()


@pytest.mark.parametrize("told", [ResultSet(next_offset=2), ResultSet(total=4), ResultSet(more=True)])
def test_one_fact_is_enough_to_go_on(told: ResultSet) -> None:
    pager = make(2, ordered=False)(None)
    first, second = answers(told, ResultSet(more=False, total=4))
    assert pager.ask() == Ask()
    pager.take(first)
    assert pager.ask() == Ask((("_offset", "2"),))
    assert not pager.take(second).has_more
    assert pager.ask() is None


def test_an_empty_page_without_facts_is_the_end() -> None:
    pager = make(2)(None)
    pager.ask()
    assert pager.take(Answer([], ResultSet())) == Taken([], has_more=False)
    assert pager.ask() is None


def test_a_list_that_never_stands_still_ends_with_an_error() -> None:
    listing = Listing(4)

    def for_ever() -> Iterator[Any]:
        while True:
            yield [("add", ())]

    with pytest.raises(aioconvo.PaginationError, match="faster than it can be read"):
        walk(make(2)(None), listing, 2, for_ever())


@pytest.mark.parametrize("told", [ResultSet(more=True), ResultSet(total=10**6)])
def test_a_server_that_gives_the_same_page_for_ever_ends_with_an_error(told: ResultSet) -> None:
    pager = make(2)(None)
    for _ in range(26):
        assert pager.ask() is not None
        assert pager.take(Answer([("a", 2), ("b", 1)], told)).has_more
    pager.take(Answer([("a", 2), ("b", 1)], told))
    with pytest.raises(aioconvo.PaginationError, match="brought nothing new"):
        pager.ask()


def test_a_list_sorted_otherwise_is_walked_all_the_same() -> None:
    listing = Listing(30)
    random.Random(3).shuffle(listing.rows)  # noqa: S311
    assert sorted(walk(make(4)(None), listing, 4, iter(()))) == sorted(listing.original)
    listing.rows.sort(key=lambda row: row.key)
    assert len(walk(make(1)(None), listing, 1, iter(()))) == 30


def test_a_long_list_takes_little_memory() -> None:
    listing = Listing(100_000)
    pager = make(200)(None)
    tracemalloc.start()
    count = largest = 0
    while (ask := pager.ask()) is not None:
        count += len(pager.take(listing.answer(asked(ask), 200)).items)
        largest = max(largest, len(repr(pager.mark())))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"100000 rows: peak {peak / 1e6:.1f} MB, largest mark {largest} bytes")  # noqa: T201
    assert count == 100_000
    assert listing.requests == 500
    assert peak < 50e6
    assert largest < 1000
