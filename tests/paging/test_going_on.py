"""Errors, cancels and timeouts in any place of a walk: it goes on, never looks like the end, and leaves no task behind."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import gc
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings, strategies as st

import aioconvo
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.offset import OffsetPager, ResultSet
from aioconvo.core.paging.pagers import Ask, Cursor, CursorPager, Pager
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.inbox import Message, Provider, merge
from aioconvo.inbox.walk import Listed, Order, Span, as_neutral
from tests.campaign import examples

COUNT, PAGE = 11, 3
EPOCH = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
FAULTS = st.lists(st.sampled_from(["good", "good", "error", "silence"]), max_size=14)


class Answer(NamedTuple):
    data: Any


class Broken(aioconvo.AioconvoError):
    """What a server fails with."""


class Server:
    """Numbers in pages; the script says which requests fail, and which are never answered."""

    def __init__(self, script: list[str], count: int = COUNT) -> None:
        self.script = list(script)
        self.count = count
        self.requests = 0
        self.under_way = 0

    async def fetch(self, ask: Ask) -> Answer:
        self.requests += 1
        self.under_way += 1
        try:
            await asyncio.sleep(0)
            fate = self.script.pop(0) if self.script else "good"
            if fate == "silence":
                await asyncio.Event().wait()
            if fate == "error":
                raise Broken
        finally:
            self.under_way -= 1
        first = int(dict(ask.query).get("first", "0"))
        end = first + PAGE
        return Answer((list(range(self.count))[first:end], first))

    def by_cursor(self, **options: Any) -> AsyncPaginator[int]:
        def pager(mark: Mark | None) -> Pager[Any, int]:
            return CursorPager(
                "first",
                lambda page: page[0],
                lambda page: Cursor(str(page[1] + PAGE), page[1] + PAGE < self.count),
                page_size=PAGE,
                cursor_of=lambda number: str(number + 1),
                mark=mark,
            )

        return AsyncPaginator(self.fetch, pager, walk="by cursor", **options)

    def by_offset(self, **options: Any) -> AsyncPaginator[int]:
        def pager(mark: Mark | None) -> Pager[Any, int]:
            return OffsetPager(
                lambda page: page[0],
                lambda _: ResultSet(total=self.count),
                str,
                lambda offset: Ask((("first", str(offset)),)),
                order=lambda number: -number,
                page_size=PAGE,
                mark=mark,
            )

        return AsyncPaginator(self.fetch, pager, walk="by offset", **options)


def message(number: int, source: str = "one") -> Message:
    sent = EPOCH + dt.timedelta(hours=number)
    return Message(provider=Provider.SMSCX, conversation_id=source, id=str(number), native=None, sent_at=sent)


def inbox_list(server: Server, source: str = "one", **options: Any) -> AsyncPaginator[Message]:
    listed = Listed(server.by_cursor(), lambda numbers: [message(number, source) for number in numbers])
    return as_neutral(listed, lambda one: one.sent_at, span=Span(), order=Order.OLDEST_FIRST, **options)


async def pull(iterator: Any) -> Any:
    """What `anext` gives; cancelled where nothing comes, as a timeout would do it."""
    task = asyncio.ensure_future(anext(iterator))
    for _ in range(40):
        if task.done():
            break
        await asyncio.sleep(0)
    else:
        task.cancel()
    return await task


async def everything(iterator: Any, kept: list[BaseException]) -> list[Any]:
    """All that an iterator gives to one who asks again after each failure, and keeps all exceptions."""
    found: list[Any] = []
    while True:
        try:
            found.append(await pull(iterator))
        except StopAsyncIteration:
            return found
        except (Broken, asyncio.CancelledError) as error:
            kept.append(error)


async def nothing_is_left(*servers: Server) -> None:
    for _ in range(4):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert [server.under_way for server in servers] == [0] * len(servers)


@settings(max_examples=examples(120), deadline=None)
@given(script=FAULTS, prefetch=st.integers(0, 3), how=st.sampled_from(["items", "pages", "inbox"]), offset=st.booleans())
def test_a_walk_goes_on_after_any_failure(script: list[str], prefetch: int, how: str, offset: bool) -> None:
    async def walk() -> None:
        server = Server(script)
        kept: list[BaseException] = []
        made = server.by_offset(prefetch=prefetch) if offset else server.by_cursor(prefetch=prefetch)
        match how:
            case "items":
                found = await everything(aiter(made), kept)
            case "pages":
                found = [one for page in await everything(made.pages(), kept) for one in page]
            case _:
                found = [int(one.id) for one in await everything(aiter(inbox_list(server, prefetch=prefetch)), kept)]
        assert found == list(range(COUNT))
        assert len(kept) <= sum(fate != "good" for fate in script)
        await nothing_is_left(server)

    asyncio.run(walk())


@settings(max_examples=examples(120), deadline=None)
@given(scripts=st.lists(FAULTS, min_size=1, max_size=3), prefetch=st.integers(0, 2))
def test_a_merge_goes_on_after_any_failure(scripts: list[list[str]], prefetch: int) -> None:
    async def walk() -> None:
        servers = [Server(script) for script in scripts]
        sources = [inbox_list(server, str(place), prefetch=prefetch) for place, server in enumerate(servers)]
        found = await everything(merge(*sources), [])
        assert [int(one.id) for one in found] == sorted([*range(COUNT)] * len(servers))
        assert len({(one.conversation_id, one.id) for one in found}) == len(found)
        await nothing_is_left(*servers)

    asyncio.run(walk())


async def test_a_merge_of_a_generator_that_failed_never_looks_like_the_end() -> None:
    async def failing() -> AsyncIterator[Message]:
        yield message(0)
        raise Broken

    async def silent() -> AsyncIterator[Message]:
        yield message(0)
        await asyncio.Event().wait()

    broken, silenced = merge([message(5)], failing()), merge([message(5)], silent())
    assert [(await anext(one)).id for one in (broken, silenced)] == ["0", "0"]
    for _ in range(3):
        with pytest.raises(Broken):
            await anext(broken)
    with pytest.raises(asyncio.CancelledError):
        await pull(silenced)
    for _ in range(3):
        with pytest.raises(RuntimeError, match="cannot go on"):
            await anext(silenced)


async def test_a_merge_out_of_order_stays_so() -> None:
    merged = merge([message(1), message(0)])
    assert (await anext(merged)).id == "1"
    for _ in range(3):
        with pytest.raises(aioconvo.OutOfOrderError):
            await anext(merged)


async def test_tasks_that_share_the_items_of_a_walk_get_each_once() -> None:
    items = aiter(Server([]).by_cursor())

    async def consume() -> list[int]:
        found: list[int] = []
        async for one in items:
            found.append(one)
            await asyncio.sleep(0)
        return found

    parts = await asyncio.gather(*(consume() for _ in range(4)))
    assert sorted(one for part in parts for one in part) == list(range(COUNT))
    merged = merge([message(number) for number in range(8)], [message(number) for number in range(8)])
    shared = await asyncio.gather(*(_all(merged) for _ in range(3)))
    assert sorted(one.id for part in shared for one in part) == sorted([str(number) for number in range(8)] * 2)


async def _all(merged: AsyncIterator[Message]) -> list[Message]:
    return [one async for one in merged]


# Nothing reads on once a walk has failed, whoever keeps the exception, and whatever holds the iterator.


async def _collect(made: AsyncPaginator[int]) -> None:
    await made.collect()


async def _items(made: AsyncPaginator[int]) -> None:
    [one async for one in made]


async def _pages(made: AsyncPaginator[int]) -> None:
    async for _ in made.pages():
        pass


async def _held_pages(made: AsyncPaginator[int]) -> None:
    pages = made.pages()
    async for _ in pages:
        pass


async def _block(made: AsyncPaginator[int]) -> None:
    async with made.pages() as pages:
        async for _ in pages:
            pass


WAYS: list[Callable[[AsyncPaginator[int]], Coroutine[Any, Any, None]]] = [_collect, _items, _pages, _held_pages, _block]


@pytest.mark.parametrize("prefetch", [0, 1, 3])
@pytest.mark.parametrize("fate", ["error", "silence"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("offset", [False, True])
async def test_a_walk_that_failed_leaves_no_task_though_its_exception_is_kept(
    way: Callable[[AsyncPaginator[int]], Coroutine[Any, Any, None]], fate: str, prefetch: int, offset: bool
) -> None:
    kept: list[BaseException] = []
    servers: list[Server] = []
    for good in range(4):
        server = Server(["good"] * good + [fate], count=300)
        servers.append(server)
        made = server.by_offset(prefetch=prefetch) if offset else server.by_cursor(prefetch=prefetch)
        task = asyncio.ensure_future(way(made))
        for _ in range(60):
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Broken):
            await task
        kept.append(asyncio.CancelledError() if task.cancelled() else task.exception() or AssertionError())
    await nothing_is_left(*servers)
    requests = [server.requests for server in servers]
    for _ in range(50):
        await asyncio.sleep(0)
    assert [server.requests for server in servers] == requests


@pytest.mark.parametrize("prefetch", [1, 3])
async def test_a_block_leaves_nothing_whose_body_failed_and_whose_exception_is_kept(prefetch: int) -> None:
    server = Server([], count=300)

    async def fail() -> None:
        async with server.by_cursor(prefetch=prefetch).pages() as pages:
            async for _ in pages:
                raise ValueError

    with pytest.raises(ValueError) as kept:  # noqa: PT011 -- nothing to match
        await fail()
    await nothing_is_left(server)
    assert kept.value is not None


@pytest.mark.parametrize("prefetch", [1, 3])
async def test_what_is_held_and_not_asked_reads_no_further_than_it_may(prefetch: int) -> None:
    """Without the block, an iterator that somebody holds has read its pages, and no task is left."""
    server = Server([], count=300)
    pages = server.by_cursor(prefetch=prefetch).pages()
    await anext(pages)
    for _ in range(60):
        await asyncio.sleep(0)
    assert server.requests == 1 + prefetch
    await nothing_is_left(server)
    assert (await anext(pages)).items == [3, 4, 5]
    await pages.aclose()


async def next_or_error(iterator: list[Any], kept: list[BaseException]) -> None:
    """Ask the only one of a list for its next, and keep what it raises or why it was cancelled, but not the iterator itself."""
    task = asyncio.ensure_future(anext(iterator[0]))
    for _ in range(40):
        await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except (Broken, asyncio.CancelledError) as error:
        kept.append(error)


def merged(server: Server, prefetch: int) -> Any:
    return merge(inbox_list(server, prefetch=prefetch), inbox_list(server, prefetch=prefetch))


ITERATORS: dict[str, Callable[[Server, int], Any]] = {
    "items": lambda server, prefetch: aiter(server.by_cursor(prefetch=prefetch)),
    "pages": lambda server, prefetch: server.by_cursor(prefetch=prefetch).pages(),
    "offset": lambda server, prefetch: aiter(server.by_offset(prefetch=prefetch)),
    "inbox": lambda server, prefetch: aiter(inbox_list(server, prefetch=prefetch)),
    "merge": lambda server, prefetch: aiter(merged(server, prefetch)),
}


@pytest.mark.parametrize("prefetch", [1, 4])
@pytest.mark.parametrize("fate", ["error", "silence"])
@pytest.mark.parametrize("how", ITERATORS)
async def test_an_iterator_that_went_on_and_is_dropped_reads_no_further_though_an_exception_is_kept(
    how: str, fate: str, prefetch: int
) -> None:
    server = Server(["good", fate], count=300)
    kept: list[BaseException] = []
    held = [ITERATORS[how](server, prefetch)]
    while not kept:
        await next_or_error(held, kept)
    server.script = []
    assert await anext(held[0]) is not None  # it goes on, and reads ahead
    for _ in range(20):
        await asyncio.sleep(0)
    server.script = ["silence"] * 9
    while not server.under_way:
        assert await anext(held[0]) is not None
        await asyncio.sleep(0)
    del held[0]
    await nothing_is_left(server)
    requests = server.requests
    for _ in range(50):
        await asyncio.sleep(0)
    assert server.requests == requests


def test_no_task_is_destroyed_while_it_is_pending() -> None:
    told: list[str] = []

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))
        for way in WAYS:
            task = asyncio.ensure_future(way(Server(["good", "good", "silence"]).by_cursor(prefetch=2)))
            for _ in range(30):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            del task
            gc.collect()

    asyncio.run(main())
    gc.collect()
    assert told == []


# A limit bounds the requests too.


@pytest.mark.parametrize("prefetch", [0, 1, 2, 8])
@pytest.mark.parametrize("limit", [1, 3, 6, 7, 60])
@pytest.mark.parametrize("offset", [False, True])
async def test_a_limit_bounds_the_requests_however_far_is_read_ahead(limit: int, prefetch: int, offset: bool) -> None:
    server = Server([], count=300)
    made = server.by_offset if offset else server.by_cursor
    wanted = -(-limit // PAGE)
    assert await made(limit=limit, prefetch=prefetch).collect() == list(range(limit))
    assert server.requests == wanted
    page = await made(limit=limit)
    server.requests = 0
    assert len(await made(limit=limit, prefetch=prefetch, start=page.position).collect()) == limit
    assert server.requests <= wanted + 1  # a cut position may lie inside a page
    await nothing_is_left(server)
