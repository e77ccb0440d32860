"""Walks over a list while they go on: page by page, item by item, with pages read ahead.

An iterator outlives an error, a timeout and a cancelled `anext`: the next one asks for the same page again. Only the end of
the list, or closing it, ends it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from aioconvo.core.answers.response import data_of
from aioconvo.core.limits.gate import FairGate

from .marks import Mark
from .page import Page
from .pagers import Ask, PagerFactory
from .positions import ListIdentity, Position

__all__ = ["Fetch", "ItemIterator", "PageIterator", "Walk"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Fetch = Callable[[Ask], Awaitable[Any]]
"""Sends what a pager asks, and gives the response."""


class Walk(Generic[T]):
    """One walk over a list: asks, takes, counts; with `ahead` more than one request at a time where that is possible."""

    def __init__(
        self, fetch: Fetch, pager: PagerFactory[Any, T], identity: ListIdentity, start: Position | None, limit: int | None
    ) -> None:
        self._fetch = fetch
        self._pager = pager(None if start is None else start.mark)
        self._identity = identity
        self._skip = 0 if start is None else start.skip
        self._left = limit
        self._under_way: dict[Ask, asyncio.Task[Any]] = {}

    def position(self) -> Position:
        """Where the walk stands between two pages."""
        return Position(self._identity, self._pager.mark(), self._skip)

    def goes_on(self) -> bool:
        """Whether there is a page to ask for, be it beyond the limit."""
        return self._pager.ask() is not None

    async def next_page(self, ahead: int = 0) -> Page[T] | None:
        """The next page, or `None` at the end; up to `ahead` later pages are asked for at the same time."""
        if self._left == 0:
            return None
        while True:
            ask = self._pager.ask()
            if ask is None:
                return None
            before = self._pager.mark() if self._skip or self._left is not None else None
            response = await (self._fetch(ask) if ahead == 0 else self._fetch_ahead(ask, ahead))
            taken = self._pager.take(data_of(response))
            items, has_more = taken.items, taken.has_more
            if self._skip and self._skip >= len(items) and has_more:
                self._skip -= len(items)  # all of it was given before, when pages were larger
                continue
            if before is None or (not self._skip and self._left is not None and len(items) < self._left):
                if self._left is not None:
                    self._left -= len(items)
                return Page(items, has_more, response, self.position())
            return self._cut(items, has_more, before, response)

    def _cut(self, items: list[T], has_more: bool, before: Mark, response: Any) -> Page[T]:
        """A page of which some items were given before, or some are beyond the limit."""
        first, self._skip = self._skip, 0
        last = len(items) if self._left is None else min(len(items), first + self._left)
        wanted = items[first:last]
        if self._left is not None:
            self._left -= len(wanted)
        if last == len(items):
            return Page(wanted, has_more, response, self.position())
        exact = self._pager.mark_after(before, items[:last])
        mark, skip = (before, last) if exact is None else (exact, 0)
        return Page(wanted, True, response, Position(self._identity, mark, skip))

    async def _fetch_ahead(self, ask: Ask, count: int) -> Any:
        wanted = [ask, *self._pager.ahead(count - 1, None if self._left is None else self._left + self._skip)]
        if len(wanted) == 1 and not self._under_way:
            return await self._fetch(ask)
        for one in [one for one in self._under_way if one not in wanted]:
            self._under_way.pop(one).cancel()
        for one in wanted:
            if one not in self._under_way:
                task = self._under_way[one] = asyncio.ensure_future(self._fetch(one))
                task.add_done_callback(_look_at)
        return await self._under_way.pop(ask)

    def cancel(self) -> None:
        """Cancel the requests that were asked for ahead."""
        for task in self._under_way.values():
            task.cancel()
        self._under_way.clear()


class _PagesAhead(Generic[T]):
    """Pages of a walk that are read before they are asked for, by a task that ends when there are enough of them."""

    def __init__(self, walk: Walk[T], size: int) -> None:
        self._walk = walk
        self._size = size
        self._ready: deque[Page[T]] = deque()
        self._ended = False
        self._error: Exception | None = None
        self._turn: asyncio.Future[None] | None = None
        self.task: asyncio.Task[None] | None = None

    async def next_page(self) -> Page[T] | None:
        """The next page, `None` at the end; what reading failed with comes after the pages before it."""
        while not self._ready:
            if self._error is not None:
                error, self._error = self._error, None
                raise error
            if self._ended:
                return None
            await self._read()
        page = self._ready.popleft()
        if not self._ended and self._error is None and (self.task is None or self.task.done()):
            self._begin()
        return page

    async def _read(self) -> None:
        """Wait until there is something to tell."""
        if self.task is not None and self.task.cancelling():  # no two may read at the same time
            await asyncio.wait((self.task,))
        if self.task is None or self.task.done():
            self._begin()
        self._turn = asyncio.get_running_loop().create_future()
        try:
            await self._turn
        finally:
            self._turn = None

    def _begin(self) -> None:
        self.task = asyncio.create_task(self._read_ahead())

    async def _read_ahead(self) -> None:
        try:
            while len(self._ready) < self._size:
                page = await self._walk.next_page(self._size)
                if page is None:
                    self._ended = True
                    return
                self._ready.append(page)
                self._tell()
        except Exception as error:  # noqa: BLE001 -- handed over to the one who iterates
            self._error = error
            self._walk.cancel()
        finally:
            self._tell()

    def _tell(self) -> None:
        if self._turn is not None and not self._turn.done():
            self._turn.set_result(None)

    def stop(self) -> None:
        """Read no further until a page is asked for; the task is gone after the next turn of the event loop."""
        self._walk.cancel()
        if self.task is not None:
            self.task.cancel()

    def end(self) -> None:
        """Read no further, and give nothing more."""
        self.stop()
        self._ready.clear()
        self._error = None
        self._ended = True
        self._tell()


class PageIterator(Generic[T]):
    """The pages of one walk. With `prefetch` pages are read before they are asked for.

    `async with list.pages() as pages:` leaves nothing behind however the block ends, also where its exception is kept. Tasks
    that share it get each page once. After an error or a timeout the next `anext` asks again.
    """

    def __init__(self, walk: Walk[T], prefetch: int, on_page: Callable[[Page[Any]], None] | None = None) -> None:
        self._walk = walk
        # What reads ahead must not hold this iterator: dropping the iterator is what ends it.
        self._ahead = _PagesAhead(walk, prefetch) if prefetch else None
        self._on_page = on_page
        self._turn = FairGate(1)
        self._ended = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Page[T]:
        turn = self._turn
        try:
            if not turn.try_acquire():
                await turn.acquire(None)
            try:
                if self._ended:
                    raise StopAsyncIteration
                page = await (self._walk.next_page() if self._ahead is None else _next_ready(self._ahead))
                if page is None:
                    self._ended = True
                    raise StopAsyncIteration
            finally:
                turn.release()
            if self._on_page is not None:
                self._on_page(page)
        except BaseException:
            del self  # dropping the iterator is what ends its walk, and whoever keeps the exception keeps this frame
            raise
        return page

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def cancel(self) -> None:
        """End the walk; its task, if any, is gone after the next turn of the event loop."""
        self._ended = True
        self._walk.cancel()
        if self._ahead is not None:
            self._ahead.end()

    async def aclose(self) -> None:
        """End the walk and wait until its task, if any, is gone."""
        self.cancel()
        if self._ahead is not None and self._ahead.task is not None:
            await asyncio.wait((self._ahead.task,))

    def __del__(self) -> None:
        reader = None if self._ahead is None else self._ahead.task
        if reader is None or reader.get_loop().is_closed():
            return
        try:
            here = asyncio.get_running_loop() is reader.get_loop()
        except RuntimeError:
            here = False
        if here:
            self.cancel()
        else:
            reader.get_loop().call_soon_threadsafe(self._walk.cancel)
            reader.get_loop().call_soon_threadsafe(reader.cancel)


class ItemIterator(Generic[T]):
    """The items of one walk, one after the other. Tasks that share it get each item once.

    After an error or a timeout the next `anext` asks again. Leaving a loop early ends the walk.
    """

    __slots__ = ("_items", "_page", "_pages", "_turn")

    def __init__(self, pages: PageIterator[T]) -> None:
        self._pages = pages
        self._page: Page[T] | None = None  # kept beyond its items: those that go before it need not know their JSON
        self._items: Iterator[T] = iter(())
        self._turn = FairGate(1)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        for item in self._items:  # costs a third of `next` with a default
            return item
        try:
            return await self._of_next_page()
        except BaseException:
            del self  # as in `PageIterator`
            raise

    async def _of_next_page(self) -> T:
        turn = self._turn
        try:
            if not turn.try_acquire():
                await turn.acquire(None)
            try:
                while True:
                    for item in self._items:
                        return item
                    page = await anext(self._pages)
                    self._items, self._page = iter(page.items), page
            finally:
                turn.release()
        except BaseException:
            del self
            raise

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the walk and wait until its task, if any, is gone."""
        self._items = iter(())
        self._page = None
        await self._pages.aclose()


async def _next_ready(ahead: _PagesAhead[T]) -> Page[T] | None:
    try:
        return await ahead.next_page()
    except BaseException:
        ahead.stop()  # nobody may ask again
        raise


def _look_at(task: asyncio.Task[Any]) -> None:
    """A page that was asked for ahead and is no longer wanted may fail without anybody hearing of it."""
    if not task.cancelled():
        task.exception()
