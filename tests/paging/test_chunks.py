"""Walks in chunks, of lists that stand still and that move: nothing is lost, nothing comes twice, for every kind of pager.

A chunk is a walk of its own, as in another process: it goes on from the stored position of the page where the one before was
left, with another page size, limit and read-ahead.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.offset import OffsetPager, ResultSet
from aioconvo.core.paging.page import Page
from aioconvo.core.paging.pagers import Ask, Cursor, CursorPager, Pager, SinglePager
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.core.paging.timed import Bounds, SincePager, TimestampPager
from tests.campaign import examples


class Row(NamedTuple):
    id: str
    key: int


class Answer(NamedTuple):
    """All that a walk wants of a response."""

    data: Any


def _key(row: Row) -> int:
    return row.key


def _id(row: Row) -> str:
    return row.id


class Server:
    """Rows known by an id and a key that grows; `ties` is how many rows share a key."""

    def __init__(self, count: int, *, ties: int, most: int, total: bool) -> None:
        self.rows = [Row(f"row-{number}", 10_000 + number // ties) for number in range(count)]
        self.ties = ties
        self.most = most
        self.total = total
        self.now = 20_000
        self.names = itertools.count()
        self.requests = 0
        self.touched: set[str] = set()
        self.gone: set[str] = set()
        self.events: deque[tuple[str, int]] = deque()

    def happen(self, event: str, place: int) -> None:
        self.now += 1
        if event == "add":
            self.rows.append(Row(f"new-{next(self.names)}", self.now))
        elif self.rows and event == "delete":
            self.gone.add(self.rows.pop(place % len(self.rows)).id)
        elif self.rows and event in {"touch", "touch once"}:
            row = self.rows[place % len(self.rows)]
            if event == "touch once" and row.id in self.touched:
                return
            self.rows.remove(row)
            self.touched.add(row.id)
            self.rows.append(Row(row.id, self.now))

    def newest_first(self) -> list[Row]:
        return sorted(self.rows, key=_key, reverse=True)


class Kind(NamedTuple):
    """One kind of list: how its server answers, how it is walked, its order, and what may happen to it meanwhile."""

    name: str
    answer: Callable[[Server, Ask, int], Any]
    pager: Callable[[int, Mark | None], Pager[Any, Row]]
    newest_first: bool = True
    events: tuple[str, ...] = ("add", "touch", "touch once", "delete")
    finds_new: bool = True
    most_ties: int = 1

    def __repr__(self) -> str:
        return self.name


def _offset_answer(server: Server, ask: Ask, page_size: int) -> tuple[list[Row], ResultSet]:
    offset = int(dict(ask.query).get("offset", "0"))
    rows = server.newest_first()
    page = rows[offset : offset + page_size]
    following = offset + len(page)
    total = len(rows) if server.total else None
    return page, ResultSet(offset, following, page_size, total, following < len(rows))


def _offset_pager(page_size: int, mark: Mark | None, *, order: bool = True) -> Pager[Any, Row]:
    return OffsetPager(
        lambda answer: answer[0],
        lambda answer: answer[1],
        _id,
        lambda offset: Ask((("offset", str(offset)),)),
        order=_key if order else None,
        page_size=page_size,
        mark=mark,
    )


def _cursor_answer(server: Server, ask: Ask, page_size: int) -> tuple[list[Row], Cursor]:
    """In order of ids, which never change; the cursor is one that means nothing to us."""
    bound = dict(ask.query).get("cursor")
    rows = sorted(server.rows, key=_number)
    ahead = rows if bound is None else [row for row in rows if _number(row) > int(bound.removeprefix("after-"))]
    page = ahead[:page_size]
    return page, Cursor(f"after-{_number(page[-1])}" if page else None, len(ahead) > len(page))


def _number(row: Row) -> int:
    kind, number = row.id.split("-")
    return int(number) + (10**6 if kind == "new" else 0)


def _cursor_pager(page_size: int, mark: Mark | None, *, ids: bool) -> Pager[Any, Row]:
    return CursorPager(
        "cursor",
        lambda answer: answer[0],
        lambda answer: answer[1],
        page_size=page_size,
        cursor_of=(lambda row: f"after-{_number(row)}") if ids else None,
        identity=_id,
        mark=mark,
    )


def _timed_answer(server: Server, ask: Ask, _: int) -> list[Row]:
    (name, bound), *_rest = ask.query or (("before", "1000000.000"),)
    time = round(float(bound) * 1000)
    page = [row for row in server.newest_first() if (row.key < time if name == "before" else row.key > time)]
    return page[: server.most] if name == "before" else page[max(0, len(page) - server.most) :]


def _timed_pager(most: int, mark: Mark | None, *, backward: bool) -> Pager[Any, Row]:
    start = None if backward else 0
    bounds = Bounds("before", "after")
    return TimestampPager(
        lambda page: page, _key, _id, bounds=bounds, backward=backward, page_size=most, start=start, mark=mark
    )


def _since_answer(server: Server, ask: Ask, page_size: int) -> list[Row]:
    return [row for row in reversed(server.newest_first()) if row.key >= ask.path[0]][:page_size]


def _since_pager(page_size: int, mark: Mark | None) -> Pager[Any, Row]:
    return SincePager(lambda page: page, _key, _id, page_size=page_size, mark=mark)


KINDS = [
    Kind("offset", _offset_answer, _offset_pager, most_ties=30),
    Kind(
        "offset without a key",
        _offset_answer,
        lambda page_size, mark: _offset_pager(page_size, mark, order=False),
        events=("add", "touch once"),  # what jumps again and again cannot be followed without a key
        most_ties=30,
    ),
    Kind(
        "cursors that are ids",
        _cursor_answer,
        lambda page_size, mark: _cursor_pager(page_size, mark, ids=True),
        newest_first=False,
        events=("add", "delete"),
    ),
    Kind(
        "opaque cursors",
        _cursor_answer,
        lambda page_size, mark: _cursor_pager(page_size, mark, ids=False),
        newest_first=False,
        events=("add", "delete"),
    ),
    Kind(
        "before a time",
        _timed_answer,
        lambda _, mark: _timed_pager(6, mark, backward=True),
        events=("add", "delete"),
        finds_new=False,
        most_ties=5,
    ),
    Kind(
        "after a time",
        _timed_answer,
        lambda _, mark: _timed_pager(6, mark, backward=False),
        newest_first=False,
        events=("add", "delete"),
        most_ties=5,
    ),
    Kind("since a time", _since_answer, _since_pager, newest_first=False, events=("add", "delete"), most_ties=1),
    Kind(
        "one answer",
        lambda server, _, __: server.newest_first(),
        lambda _, mark: SinglePager(lambda page: page, mark, identity=_id),
        most_ties=30,
        finds_new=False,
    ),
]
SIZES = st.integers(3, 9)
LIMITS = st.none() | st.integers(1, 12)
EVENTS = st.lists(st.tuples(st.sampled_from(["add", "touch", "touch once", "delete"]), st.integers(0, 60)), max_size=4)


def listed(kind: Kind, server: Server, page_size: int, **options: Any) -> AsyncPaginator[Row]:
    """The list as one process asks for it."""

    async def fetch(ask: Ask) -> Answer:
        server.requests += 1
        await asyncio.sleep(0)
        if server.events:
            server.happen(*server.events.popleft())
        answer = kind.answer(server, ask, page_size)
        await asyncio.sleep(0)
        return Answer(answer)

    return AsyncPaginator(fetch, lambda mark: kind.pager(page_size, mark), walk=kind.name, **options)


async def chunk(
    kind: Kind, server: Server, start: str | None, *, page_size: int, limit: int | None, prefetch: int, pages: int
) -> tuple[list[str], str | None, bool]:
    """The ids of one chunk, the position where it was left, and whether the list has ended."""
    found: list[str] = []
    more = True
    async with listed(kind, server, page_size, start=start, limit=limit, prefetch=prefetch).pages() as walk:
        async for page in _first(walk, pages):
            found += map(_id, page)
            start, more = page.position, page.has_more
    assert limit is None or len(found) <= limit
    return found, start, not more


async def _first(walk: AsyncIterator[Page[Row]], count: int) -> AsyncIterator[Page[Row]]:
    """The first pages."""
    for _ in range(count):
        page = await anext(walk, None)
        if page is None:
            return
        yield page


class Chunks(RuleBasedStateMachine):
    """One list, read in chunks, while rows come, move and go."""

    @initialize(
        kind=st.sampled_from(KINDS), count=st.integers(0, 30), ties=st.integers(1, 40), moves=st.booleans(), total=st.booleans()
    )
    def begin(self, kind: Kind, count: int, ties: int, moves: bool, total: bool) -> None:
        self.kind = kind
        self.moves = moves
        # Rows that go away unnoticed, because no total tells, may hide others.
        self.events = [event for event in kind.events if total or kind.name != "offset" or event != "delete"]
        self.server = Server(count, ties=min(ties, kind.most_ties), most=6, total=total)
        self.there = {row.id for row in self.server.rows}
        self.keys = dict(self.server.rows)
        self.found: list[str] = []
        self.position: str | None = None
        self.ended = False

    @rule(size=SIZES, limit=LIMITS, prefetch=st.integers(0, 3), pages=st.integers(1, 3), events=EVENTS)
    def walk_on(self, size: int, limit: int | None, prefetch: int, pages: int, events: list[tuple[str, int]]) -> None:
        if self.ended:
            return
        if self.moves:
            self.server.events.extend(one for one in events if one[0] in self.events)
        found, self.position, self.ended = asyncio.run(
            chunk(self.kind, self.server, self.position, page_size=size, limit=limit, prefetch=prefetch, pages=pages)
        )
        self.found += found

    def teardown(self) -> None:
        if not hasattr(self, "kind"):
            return
        self.server.events.clear()
        for _ in range(200):
            if self.ended:
                break
            self.walk_on(7, None, 0, 3, [])
        assert self.ended
        if not self.moves:
            keys = [self.keys[name] for name in self.found]
            assert keys == sorted(keys, reverse=self.kind.newest_first)
        came = Counter(self.found)
        assert self.there - self.server.gone <= came.keys()
        twice = {name for name, count in came.items() if count > 1}
        assert twice <= self.server.touched, "rows that did not move came twice"


Chunks.TestCase.settings = settings(max_examples=examples(150), stateful_step_count=12, deadline=None)
test_chunks = Chunks.TestCase
