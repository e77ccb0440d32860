"""Walks along cursors, with no HTTP: nothing lost, nothing doubled, no circle, no task left behind."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import datetime as dt
import itertools
import json
from collections.abc import AsyncIterable, Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

import aioconvo
from aioconvo.convore import Message as ConvoreMessage
from aioconvo.convore.pages import MessagePage as ConvorePage, message_pager as convore_pager
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.page import Page
from aioconvo.core.paging.pagers import Ask, Cursor, CursorPager, Pager
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.sunshine import Conversation, Message
from aioconvo.sunshine.pages import ConversationPage, MessagePage, conversation_pager, message_pager
from tests.campaign import examples

EPOCH = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
PERSON = {"handle": {"type": "email", "value": "a@example.org"}, "role": "from"}
CONVORE_MESSAGE = msgspec.convert(
    dict.fromkeys(("id", "channel_id", "conversation_id", "direction", "format"), "?")
    | dict.fromkeys(("date", "created_at"), EPOCH)
    | {"sender": PERSON, "recipients": []},
    ConvoreMessage,
)
KEYS = st.integers(1, 60)


class Answer(NamedTuple):
    """All that a paginator wants of a response."""

    data: Any


# A model of the servers: records known by a number that orders them, read in pages on one side of a bound.


class Server:
    """The records. Hidden ones take up room in a page without showing, so that pages come short or empty."""

    def __init__(self, shown: Iterable[int], hidden: Iterable[int] = (), sizes: Sequence[int] = (3,)) -> None:
        self.hidden = set(hidden)
        self.shown = set(shown) - self.hidden
        self._sizes = itertools.cycle(sizes)

    def arrive(self, records: Iterable[int]) -> None:
        self.shown |= set(records) - self.hidden

    def scan(self, bound: int | None, *, down: bool) -> tuple[list[int], int | None]:
        """What a page shows, and the last record it looked at if there are more beyond it."""
        beyond = (
            record for record in self.shown | self.hidden if bound is None or (record < bound if down else record > bound)
        )
        ahead = sorted(beyond, reverse=down)
        page = ahead[: next(self._sizes)]
        return [record for record in page if record in self.shown], page[-1] if len(page) < len(ahead) else None


@dataclasses.dataclass(frozen=True)
class Api:
    """One way to walk: how a server answers, how the library asks, and the order items have to come in (0: the server's)."""

    name: str
    answer: Callable[[Server, Mapping[str, str]], Any]
    pager: Callable[[Mark | None], Pager[Any, Any]]
    order: int

    def __repr__(self) -> str:
        return self.name

    def paginator(self, server: Server, **options: Any) -> AsyncPaginator[Any]:
        async def fetch(ask: Ask) -> Answer:
            await asyncio.sleep(0)
            return Answer(self.answer(server, dict(ask.query)))

        return AsyncPaginator(fetch, self.pager, walk=self.name, **options)


def _id(record: int) -> str:
    return f"{record:024d}"


def _bound(query: Mapping[str, str], name: str) -> int | None:
    return int(query[name]) if name in query else None


def _conversations(*, down: bool) -> Callable[[Server, Mapping[str, str]], ConversationPage]:
    name, cursor = ("page[before]", "beforeCursor") if down else ("page[after]", "afterCursor")

    def answer(server: Server, query: Mapping[str, str]) -> ConversationPage:
        page, last = server.scan(_bound(query, name), down=down)
        shown = [{"id": _id(record), "type": "personal"} for record in sorted(page)]
        meta = {"hasMore": False} if last is None else {"hasMore": True, cursor: _id(last)}
        return msgspec.convert({"conversations": shown, "meta": meta}, ConversationPage)

    return answer


def _messages(*, down: bool) -> Callable[[Server, Mapping[str, str]], MessagePage]:
    name, link = ("page[before]", "prev") if down else ("page[after]", "next")

    def answer(server: Server, query: Mapping[str, str]) -> MessagePage:
        page, last = server.scan(_bound(query, name), down=down)
        page.sort(key=lambda record: record * 37 % 61)  # the order inside a page is not documented
        shown = [
            {"id": _id(record), "received": EPOCH + dt.timedelta(seconds=record), "author": {"type": "user"}} for record in page
        ]
        links = {} if last is None else {link: f"https://elsewhere.test/m?{name}={_id(last)}"}
        return msgspec.convert({"messages": shown, "meta": {"hasMore": last is not None}, "links": links}, MessagePage)

    return answer


def _convore(server: Server, query: Mapping[str, str]) -> ConvorePage:
    cursor = query.get("cursor")
    page, last = server.scan(None if cursor is None else int(base64.b64decode(cursor)), down=True)
    shown = [msgspec.structs.replace(CONVORE_MESSAGE, id=_id(record)) for record in page]
    return ConvorePage(data=shown, next_cursor=None if last is None else base64.b64encode(str(last).encode()).decode())


CONVERSATIONS = Api("conversations", _conversations(down=False), conversation_pager(after=None, before=None), 1)
MESSAGES = Api("messages", _messages(down=True), message_pager(after=None, before=None), -1)
APIS = (
    CONVERSATIONS,
    Api("conversations before", _conversations(down=True), conversation_pager(after=None, before=_id(1000)), -1),
    MESSAGES,
    Api("messages after", _messages(down=False), message_pager(after=_id(0), before=None), 1),
    Api("convore", _convore, convore_pager(), -1),
)


def _records(items: Iterable[Conversation | Message | ConvoreMessage]) -> list[int]:
    return [int(item.id) for item in items]


class Walks(RuleBasedStateMachine):
    """A walk that is read page by page while records arrive, and begun again from any position it ever stored."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.given: list[int] = []

    @initialize(
        api=st.sampled_from(APIS),
        shown=st.sets(KEYS, max_size=40),
        hidden=st.sets(KEYS, max_size=30),
        sizes=st.lists(st.integers(1, 7), min_size=1, max_size=5),
        prefetch=st.integers(0, 3),
    )
    def begin(self, api: Api, shown: set[int], hidden: set[int], sizes: list[int], prefetch: int) -> None:
        self.api = api
        self.server = Server(shown, hidden, sizes)
        self.from_the_start = set(self.server.shown)
        self.pages = api.paginator(self.server, prefetch=prefetch).pages()
        self.stored: list[tuple[str, list[int]]] = []

    @rule(records=st.sets(KEYS, max_size=5))
    def arrive(self, records: set[int]) -> None:
        self.server.arrive(records)

    @rule(count=st.integers(1, 4))
    def read(self, count: int) -> None:
        for _ in range(count):
            self._read_page()

    @rule(data=st.data(), prefetch=st.integers(0, 3))
    def go_on_in_a_new_process(self, data: st.DataObject, prefetch: int) -> None:
        if self.stored:
            position, given_before = data.draw(st.sampled_from(self.stored))
            self.given = list(given_before)
            self.pages = self.api.paginator(self.server, start=position, prefetch=prefetch).pages()

    def teardown(self) -> None:
        with self.runner:
            if hasattr(self, "pages"):
                assert any(not self._read_page() for _ in range(100))
                assert self.from_the_start <= set(self.given) <= self.server.shown

    def _read_page(self) -> bool:
        page: Page[Any] | None = self.runner.run(_next(self.pages))
        if page is None:
            return False
        self.given += _records(page.items)
        assert len(set(self.given)) == len(self.given)
        if self.api.order:
            assert self.given == sorted(self.given, reverse=self.api.order < 0)
        self.stored.append((page.position, list(self.given)))
        return True


async def _next(pages: Any) -> Any:
    return await anext(pages, None)


Walks.TestCase.settings = settings(max_examples=examples(80), stateful_step_count=15, deadline=None)
test_walks_lose_and_double_nothing = Walks.TestCase


@settings(max_examples=examples(100), deadline=None)
@given(
    api=st.sampled_from(APIS),
    shown=st.sets(KEYS, max_size=40),
    hidden=st.sets(KEYS, max_size=20),
    sizes=st.lists(st.integers(1, 7), min_size=1, max_size=4),
    limits=st.lists(st.integers(1, 12), min_size=1, max_size=4),
    prefetch=st.integers(0, 3),
)
def test_limits_slice_a_walk_anywhere(
    *, api: Api, shown: set[int], hidden: set[int], sizes: list[int], limits: list[int], prefetch: int
) -> None:
    server = Server(shown, hidden, sizes)

    async def slices() -> tuple[list[int], list[int]]:
        whole = await api.paginator(server).collect()
        parts: list[int] = []
        position: str | None = None
        for limit in itertools.islice(itertools.cycle(limits), 100):
            part = [page async for page in api.paginator(server, limit=limit, start=position, prefetch=prefetch).pages()]
            found = [record for page in part for record in _records(page.items)]
            parts += found
            if not part or not part[-1].has_more:
                return _records(whole), parts
            assert len(found) == limit
            position = part[-1].position
        raise AssertionError

    whole, parts = asyncio.run(slices())
    assert parts == whole


async def test_records_that_arrive_ahead_of_the_walk_are_found() -> None:
    server = Server([10, 20, 30], sizes=[2])
    pages = CONVERSATIONS.paginator(server).pages()
    first = await anext(pages)
    server.arrive([1, 25, 40])
    rest = [record async for page in pages for record in _records(page.items)]
    assert _records(first.items) + rest == [10, 20, 25, 30, 40]


async def test_messages_that_arrive_behind_the_walk_are_for_a_later_one() -> None:
    server = Server(range(1, 8))
    messages = MESSAGES.paginator(server)
    given: list[int] = []
    async for message in messages:
        given += _records([message])
        server.arrive([50 + len(given)])
    assert given == [7, 6, 5, 4, 3, 2, 1]
    assert _records((await messages).items) == [57, 56, 55]


# Servers that answer by table: cursor asked for, then items and what is said of the next page.

Table = Mapping[str | None, tuple[list[int], Cursor]]
LAST = Cursor(None, has_more=False)
THREE_PAGES: Table = {None: ([1, 2], Cursor("b", True)), "b": ([3, 4], Cursor("c", True)), "c": ([5], LAST)}


class Tables:
    """A server that answers by a table; where it has no answer it fails, and pages from `slow` on never come."""

    def __init__(self, table: Table, *, slow: Iterable[str] = ()) -> None:
        self.table = table
        self.slow = frozenset(slow)
        self.asked: list[str | None] = []
        self.under_way = 0

    async def fetch(self, ask: Ask) -> Answer:
        cursor = dict(ask.query).get("cursor")
        self.asked.append(cursor)
        self.under_way += 1
        try:
            await (asyncio.Event().wait() if cursor in self.slow else asyncio.sleep(0))
        finally:
            self.under_way -= 1
        return Answer(self.table[cursor])

    def paginator(self, *, walk: str = "table", **options: Any) -> AsyncPaginator[int]:
        def pager(mark: Mark | None) -> CursorPager[tuple[list[int], Cursor], int]:
            return CursorPager("cursor", lambda page: list(page[0]), lambda page: page[1], mark=mark)

        return AsyncPaginator(self.fetch, pager, walk=walk, **options)


@pytest.mark.parametrize("prefetch", [0, 1, 3])
@pytest.mark.parametrize(
    ("table", "requests", "words"),
    [
        ({None: ([1], Cursor("a", True)), "a": ([2], Cursor("a", True))}, 2, "repeated a cursor"),
        (
            {None: ([1], Cursor("a", True)), "a": ([2], Cursor("b", True)), "b": ([3], Cursor("a", True))},
            3,
            "repeated a cursor",
        ),
        (
            {
                None: ([1], Cursor("a", True)),
                "a": ([], Cursor("b", True)),
                "b": ([], Cursor("c", True)),
                "c": ([], Cursor("a", True)),
            },
            4,
            "repeated a cursor",
        ),
        ({None: ([1], Cursor("a", True)), "a": ([2], Cursor(None, True))}, 2, "names no cursor"),
        ({None: ([1], Cursor("a", True)), "a": ([2], Cursor("", True))}, 2, "names no cursor"),
    ],
)
async def test_a_walk_that_would_not_end_or_not_go_on_is_an_error(
    table: Table, requests: int, words: str, prefetch: int
) -> None:
    server = Tables(table)
    given: list[int] = []
    with pytest.raises(aioconvo.PaginationError, match=words):
        await _read(server.paginator(prefetch=prefetch), given)
    assert given[0] == 1
    assert len(server.asked) == requests


async def test_a_stored_position_that_leads_back_to_itself_is_an_error() -> None:
    position = (await Tables(THREE_PAGES).paginator()).position
    circle = Tables({"b": ([3, 4], Cursor("b", True))})
    with pytest.raises(aioconvo.PaginationError, match="repeated a cursor"):
        await circle.paginator(start=position).collect()


async def test_an_empty_page_with_a_cursor_is_not_the_end() -> None:
    table: Table = {None: ([], Cursor("a", True)), "a": ([], Cursor("b", True)), "b": ([1], LAST)}
    pages = [page async for page in Tables(table).paginator().pages()]
    assert [(page.items, page.has_more) for page in pages] == [([], True), ([], True), ([1], False)]
    assert [await Tables(table).paginator(start=page.position).collect() for page in pages] == [[1], [1], []]


async def test_a_cursor_on_a_page_that_says_it_is_the_last_is_not_followed() -> None:
    server = Tables({None: ([1], Cursor("a", has_more=False))})
    assert await server.paginator().collect() == [1]
    assert server.asked == [None]


@pytest.mark.parametrize("prefetch", [0, 2])
async def test_a_page_that_does_not_tell_whether_more_follow_is_given_and_ends_in_an_error(prefetch: int) -> None:
    table: Table = {None: ([1, 2], Cursor("a", True)), "a": ([3], Cursor(None, None))}
    server = Tables(table)
    given: list[Page[int]] = []
    with pytest.raises(aioconvo.PaginationError, match="did not tell whether more pages follow"):
        await _read(server.paginator(prefetch=prefetch).pages(), given)
    assert [(page.items, page.has_more) for page in given] == [([1, 2], True), ([3], True)]
    alone = await Tables({None: ([1], Cursor(None, None))}).paginator()
    assert (alone.items, alone.has_more) == ([1], True)
    assert await server.paginator(limit=3).collect() == [1, 2, 3]


@pytest.mark.parametrize("limit", range(6))
async def test_a_limit_asks_for_no_page_that_it_does_not_need(limit: int) -> None:
    server = Tables(THREE_PAGES)
    assert await server.paginator(limit=limit).collect() == [1, 2, 3, 4, 5][:limit]
    assert server.asked == [None, "b", "c"][: (limit + 1) // 2]


@pytest.mark.parametrize("limit", range(1, 6))
async def test_a_walk_goes_on_exactly_where_a_limit_cut_it(limit: int) -> None:
    pages = [page async for page in Tables(THREE_PAGES).paginator(limit=limit).pages()]
    assert pages[-1].has_more is (limit < 5)
    for rest in range(1, 6):
        later = Tables(THREE_PAGES).paginator(start=pages[-1].position, limit=rest)
        assert await later.collect() == [1, 2, 3, 4, 5][limit:][:rest]


@pytest.mark.parametrize("api", [api for api in APIS if api.name != "convore"], ids=repr)
async def test_a_cut_page_that_changed_is_gone_on_from_where_cursors_are_ids(api: Api) -> None:
    server = Server(range(11, 30, 2), sizes=[6])
    page = await api.paginator(server, limit=4)
    given = _records(page.items)
    server.shown -= {given[0], given[2]}
    server.arrive([10, 12, 26, 30])
    rest = _records(await api.paginator(server, start=page.position).collect())
    left = [record for record in server.shown if (record > given[-1] if api.order > 0 else record < given[-1])]
    assert rest == sorted(left, reverse=api.order < 0)


async def test_a_limit_of_nothing_does_not_move_a_position() -> None:
    page = await Tables(THREE_PAGES).paginator(limit=1)
    again = await Tables(THREE_PAGES).paginator(limit=0, start=page.position)
    assert again.position == page.position


async def test_a_position_of_another_list_is_refused() -> None:
    page = await Tables(THREE_PAGES).paginator(walk="one")
    with pytest.raises(aioconvo.InvalidRequestError, match="belongs to another list"):
        Tables(THREE_PAGES).paginator(walk="other", start=page.position)


@pytest.mark.parametrize("text", ["", "b", "{}", "[]", "[1,2]", '["x",{"cursor":1}]', '["\ud800"]', "\ud800"])
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(aioconvo.InvalidRequestError, match=r"position"):
        Tables(THREE_PAGES).paginator(start=text)


async def test_a_position_that_leaves_out_less_than_nothing_is_refused() -> None:
    *known, _, _ = json.loads((await Tables(THREE_PAGES).paginator()).position)
    Tables(THREE_PAGES).paginator(start=json.dumps([*known, {}, 1]))
    with pytest.raises(aioconvo.InvalidRequestError, match="no position"):  # it would drop items from the page's front
        Tables(THREE_PAGES).paginator(start=json.dumps([*known, {}, -1]))


# Tasks: read ahead, left early, shared, failing.


@pytest.mark.parametrize("prefetch", [0, 1, 2, 3])
@pytest.mark.parametrize("items", [1, 3])
async def test_leaving_a_loop_leaves_no_task_after_three_turns(prefetch: int, items: int) -> None:
    server = Tables(THREE_PAGES, slow="c")
    for _ in range(1000):
        count = itertools.count(1)
        async for _item in server.paginator(prefetch=prefetch):
            if next(count) == items:
                break
        await _turns(3)
        assert asyncio.all_tasks() == {asyncio.current_task()}
    assert server.under_way == 0


@pytest.mark.parametrize("prefetch", [0, 1, 2, 3])
async def test_leaving_a_thousand_loops_at_once_leaves_no_task(prefetch: int) -> None:
    server = Tables(THREE_PAGES, slow="c")

    async def leave() -> None:
        async for _page in server.paginator(prefetch=prefetch).pages():
            break

    await asyncio.gather(*(leave() for _ in range(1000)))
    await _turns(5)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert server.under_way == 0


@pytest.mark.parametrize("prefetch", [0, 1, 3])
async def test_a_cancelled_consumer_leaves_no_task(prefetch: int) -> None:
    server = Tables(THREE_PAGES, slow="b")
    consumer = asyncio.create_task(server.paginator(prefetch=prefetch).collect())
    await _turns(6)
    consumer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await consumer
    del consumer
    await _turns(5)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert server.under_way == 0


@pytest.mark.parametrize("prefetch", [0, 1, 3])
async def test_closing_ends_the_walk_at_once(prefetch: int) -> None:
    server = Tables(THREE_PAGES, slow="c")
    pages = server.paginator(prefetch=prefetch).pages()
    await anext(pages)
    await pages.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert server.under_way == 0
    assert [page async for page in pages] == []
    await pages.aclose()


@pytest.mark.parametrize("prefetch", [1, 3])
async def test_closing_wakes_a_task_that_waits_for_a_page(prefetch: int) -> None:
    pages = Tables(THREE_PAGES, slow="b").paginator(prefetch=prefetch).pages()
    given: list[Page[int]] = []
    consumer = asyncio.create_task(_read(pages, given))
    await _turns(6)
    await pages.aclose()
    await consumer
    assert [page.items for page in given] == [[1, 2]]


@pytest.mark.parametrize("prefetch", [1, 2, 3])
async def test_pages_are_read_ahead_and_not_further(prefetch: int) -> None:
    server = Tables({None: ([0], Cursor("1", True))} | {str(n): ([n], Cursor(str(n + 1), True)) for n in range(1, 20)})
    pages = server.paginator(prefetch=prefetch).pages()
    await anext(pages)
    await _turns(50)
    # One more waits for room: a page is asked for before it is known that there is none.
    assert prefetch <= len(server.asked) - 1 <= prefetch + 1
    await pages.aclose()


@pytest.mark.parametrize("prefetch", [0, 1, 2, 3])
async def test_an_error_comes_after_the_pages_before_it(prefetch: int) -> None:
    table = {cursor: page for cursor, page in THREE_PAGES.items() if cursor != "c"}
    pages = Tables(table).paginator(prefetch=prefetch).pages()
    assert [(await anext(pages)).items for _ in range(2)] == [[1, 2], [3, 4]]
    await _turns(20)
    with pytest.raises(KeyError):
        await asyncio.wait_for(anext(pages), 2)
    await pages.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("prefetch", [0, 1, 2, 3])
async def test_a_walk_goes_on_after_an_error_and_does_not_look_complete(prefetch: int) -> None:
    table = {cursor: page for cursor, page in THREE_PAGES.items() if cursor != "b"}
    pages = Tables(table).paginator(prefetch=prefetch).pages()
    assert (await anext(pages)).items == [1, 2]
    for _ in range(2):
        with pytest.raises(KeyError):
            await asyncio.wait_for(anext(pages), 2)
    table["b"] = THREE_PAGES["b"]
    assert [page.items async for page in pages] == [[3, 4], [5]]
    await pages.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("prefetch", [0, 2])
async def test_loops_over_one_list_are_walks_of_their_own(prefetch: int) -> None:
    items = Tables(THREE_PAGES).paginator(prefetch=prefetch)
    assert await asyncio.gather(*(items.collect() for _ in range(10))) == [[1, 2, 3, 4, 5]] * 10


@pytest.mark.parametrize("prefetch", [0, 1, 3])
async def test_tasks_that_share_a_walk_get_each_page_once(prefetch: int) -> None:
    pages = Tables(THREE_PAGES).paginator(prefetch=prefetch).pages()

    async def consume() -> list[int]:
        return [item async for page in pages for item in page.items]

    async with asyncio.timeout(0.2):
        parts = await asyncio.gather(*(consume() for _ in range(4)))
    assert sorted(itertools.chain.from_iterable(parts)) == [1, 2, 3, 4, 5]


async def _read(walk: AsyncIterable[Any], given: list[Any]) -> None:
    async with asyncio.timeout(1):
        async for one in walk:
            given.append(one)  # noqa: PERF401 -- what came before an error has to be seen


async def _turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("said", "cursor"),
    [
        ({"links": {"next": "https://x/?page%5Bafter%5D=b"}}, "b"),
        ({"meta": {"afterCursor": "b"}}, "b"),
        ({"meta": {"hasMore": False, "afterCursor": "b"}}, None),
        ({"links": {"next": None}}, None),
        ({"meta": {}}, None),
    ],
)
def test_a_cursor_alone_says_that_more_follow_a_short_page(said: dict[str, Any], cursor: str | None) -> None:
    pager = conversation_pager(after=None, before=None, page_size=10)(None)
    page = msgspec.convert({"conversations": [{"id": "a", "type": "personal"}], **said}, ConversationPage)
    assert pager.take(page).has_more is (cursor is not None)
    assert pager.ask() == (None if cursor is None else Ask((("page[after]", cursor),)))
