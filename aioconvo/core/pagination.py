"""One interface for every list: `await` gives the first page, `async for` the items, `.pages()` the pages."""

from __future__ import annotations

import asyncio
import copy
import functools
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from typing import Annotated, Any, Generic, NoReturn, Self, TypeVar

import msgspec

from .errors import InvalidRequestError
from .gate import FairGate
from .pagers import Ask, Mark, Pager
from .validation import not_negative

__all__ = ["AsyncPaginator", "Fetch", "Page"]

T = TypeVar("T")
U = TypeVar("U")

Fetch = Callable[[Ask], Awaitable[Any]]
"""Sends what a pager asks, and gives the response."""


class _Position(msgspec.Struct, frozen=True, omit_defaults=True, array_like=True):
    """What a stored position holds: which list it belongs to, where the walk stood, items of that page already given."""

    walk: str
    mark: Mark
    skip: Annotated[int, msgspec.Meta(ge=0)] = 0


class Page(msgspec.Struct, Generic[T], eq=False):
    """One page: its `items`, whether `has_more` may follow, and the `response` it came in.

    `position` is a text to store: `list(..., start=position)` goes on exactly after this page, in any process.
    """

    items: list[T]
    has_more: bool
    response: Any
    _position: _Position

    @property
    def position(self) -> str:
        """Where a later walk goes on: exactly after this page."""
        return msgspec.json.encode(self._position).decode()

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        return f"<Page of {len(self.items)} items, has_more={self.has_more}>"


class AsyncPaginator(Generic[T]):
    """A list that sends nothing until it is awaited or iterated, and starts anew each time it is.

    - `await paginator`: the first `Page`.
    - `async for item in paginator`: every item of every page.
    - `async for page in paginator.pages()`: every page; the fast road for many items.
    - `await paginator.collect()`: all items in a list.

    Leaving a loop early leaves no task and no connection behind. Raises `PaginationError` where walking on would lose or
    double items, and what the calls raise.
    """

    __slots__ = ("_fetch", "_limit", "_on_page", "_pager", "_prefetch", "_start", "_walk")

    def __init__(
        self,
        fetch: Fetch,
        pager: Callable[[Mark | None], Pager[Any, T]],
        *,
        walk: str,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
        on_page: Callable[[Page[Any]], None] | None = None,
    ) -> None:
        not_negative("limit", limit, "items")
        not_negative("prefetch", prefetch, "pages")
        self._fetch = fetch
        self._pager = pager
        self._walk = hashlib.blake2b(walk.encode(), digest_size=6).hexdigest()
        self._limit = limit
        self._start = None if start is None else self._parsed(start)
        self._prefetch = prefetch
        self._on_page = on_page

    def __await__(self) -> Generator[Any, None, Page[T]]:
        return self._first().__await__()

    def __aiter__(self) -> AsyncIterator[T]:
        return self._items()

    def __iter__(self) -> NoReturn:
        raise TypeError("use 'async for' to iterate over this list, or 'await' to get its first page")

    def pages(self) -> PageIterator[T]:
        """Iterate over the pages."""
        walk = _Walk(self._fetch, self._pager, self._walk, self._start, self._limit)
        return PageIterator(walk, self._prefetch, self._on_page)

    async def collect(self) -> list[T]:
        """All items in one list; `limit` bounds how many."""
        items: list[T] = []
        async for page in self.pages():
            items += page.items
        return items

    def derive(
        self,
        pager: Callable[[Pager[Any, T], Mark | None], Pager[Any, U]],
        *,
        walk: str,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[U]:
        """The same list through another pager, such as one that makes other items of these.

        `pager` takes this list's pager and the mark that a stored position holds. `walk` tells its positions apart from those
        of this list; this list's own `limit` and `start` do not count.
        """
        inner = self._pager
        return AsyncPaginator(
            self._fetch,
            lambda mark: pager(inner(mark), mark),
            walk=f"{self._walk} {walk}",
            limit=limit,
            start=start,
            prefetch=prefetch,
            on_page=self._on_page,
        )

    def asked_by(self, fetch: Callable[[Fetch, Ask], Awaitable[Any]]) -> AsyncPaginator[T]:
        """The same list, asked for by `fetch`, which is given the way that the list itself asks."""
        other = copy.copy(self)
        other._fetch = functools.partial(fetch, self._fetch)  # noqa: SLF001 -- its own class
        return other

    async def _first(self) -> Page[T]:
        walk = _Walk(self._fetch, self._pager, self._walk, self._start, self._limit)
        page = await walk.next_page()
        if page is None:
            return Page([], False, None, walk.position())
        if self._on_page is not None:
            self._on_page(page)
        return page

    async def _items(self) -> AsyncIterator[T]:
        pages = self.pages()
        try:
            async for page in pages:
                for item in page.items:
                    yield item
        finally:
            pages.cancel()

    def _parsed(self, text: str) -> _Position:
        try:
            position = msgspec.json.decode(text, type=_Position)
        except (msgspec.DecodeError, TypeError, UnicodeError):
            raise InvalidRequestError("start is no position; use the `position` of a page") from None
        if position.walk != self._walk:
            raise InvalidRequestError("this position belongs to another list, or to other filters of this one")
        return position


class _Walk(Generic[T]):
    """One walk over a list: asks, takes, counts; with `ahead` more than one request at a time where that is possible."""

    def __init__(
        self,
        fetch: Fetch,
        pager: Callable[[Mark | None], Pager[Any, T]],
        identity: str,
        start: _Position | None,
        limit: int | None,
    ) -> None:
        self._fetch = fetch
        self._pager = pager(None if start is None else start.mark)
        self._identity = identity
        self._skip = 0 if start is None else start.skip
        self._left = limit
        self._under_way: dict[Ask, asyncio.Task[Any]] = {}

    def position(self) -> _Position:
        """Where the walk stands between two pages."""
        return _Position(self._identity, self._pager.mark(), self._skip)

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
            taken = self._pager.take(response.data)
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
        position = _Position(self._identity, before, last) if exact is None else _Position(self._identity, exact)
        return Page(wanted, True, response, position)

    async def _fetch_ahead(self, ask: Ask, count: int) -> Any:
        wanted = [ask, *self._pager.ahead(count - 1)]
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


class PageIterator(Generic[T]):
    """The pages of one walk. With `prefetch` pages are read before they are asked for, by one task that ends with this.

    Tasks that share it get each page once.
    """

    def __init__(self, walk: _Walk[T], prefetch: int, on_page: Callable[[Page[Any]], None] | None = None) -> None:
        self._walk = walk
        self._prefetch = prefetch
        self._on_page = on_page
        self._reader: asyncio.Task[None] | None = None
        self._ready: asyncio.Queue[Page[T] | Exception | None] | None = None
        self._turn = FairGate(1)
        self._ended = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Page[T]:
        if not self._turn.try_acquire():
            await self._turn.acquire(None)
        try:
            if self._ended:
                raise StopAsyncIteration
            page = await (self._walk.next_page() if self._prefetch == 0 else self._next_ready())
            if page is None:
                self._ended = True
                raise StopAsyncIteration
        finally:
            self._turn.release()
        if self._on_page is not None:
            self._on_page(page)
        return page

    def cancel(self) -> None:
        """End the walk; its task, if any, is gone after the next turn of the event loop."""
        self._ended = True
        self._walk.cancel()
        if self._reader is not None:
            self._reader.cancel()
        if self._ready is not None and self._ready.empty():
            self._ready.put_nowait(None)  # a task may be waiting for a page

    async def aclose(self) -> None:
        """End the walk and wait until its task, if any, is gone."""
        self.cancel()
        if self._reader is not None:
            await asyncio.wait((self._reader,))

    def __del__(self) -> None:
        reader = self._reader
        if reader is None or reader.done() or reader.get_loop().is_closed():
            return
        try:
            here = asyncio.get_running_loop() is reader.get_loop()
        except RuntimeError:
            here = False
        if here:
            self.cancel()
        else:
            reader.get_loop().call_soon_threadsafe(reader.cancel)

    async def _next_ready(self) -> Page[T] | None:
        if self._ready is None:
            self._ready = asyncio.Queue(self._prefetch)
            # The reader must not hold this iterator: dropping the iterator is what ends the reader.
            self._reader = asyncio.create_task(_read_ahead(self._walk, self._ready, self._prefetch))
        result = await self._ready.get()
        if isinstance(result, Exception):
            # That was the reader's last; who asks again, asks for the same page anew. It must not look like the end.
            self._ready = self._reader = None
            raise result
        return result


async def _read_ahead(walk: _Walk[T], ready: asyncio.Queue[Page[T] | Exception | None], ahead: int) -> None:
    try:
        while True:
            result: Page[T] | Exception | None
            try:
                result = await walk.next_page(ahead)
            except Exception as error:  # noqa: BLE001 -- handed over to the one who iterates
                result = error
            await ready.put(result)
            if result is None or isinstance(result, Exception):
                return
    finally:
        walk.cancel()


def _look_at(task: asyncio.Task[Any]) -> None:
    """A page that was asked for ahead and is no longer wanted may fail without anybody hearing of it."""
    if not task.cancelled():
        task.exception()
