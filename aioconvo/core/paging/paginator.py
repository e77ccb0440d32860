"""One interface for every list: `await` gives the first page, `async for` the items, `.pages()` the pages."""

from __future__ import annotations

import copy
import functools
from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Any, ClassVar, Generic, NoReturn, TypeVar

import msgspec

from aioconvo.core.answers.response import Response
from aioconvo.core.operations.rules import AtLeast

from .marks import Mark
from .page import NO_RESPONSE, Page
from .pagers import Ask, Cursor, CursorPager, Listing, Pager, PagerFactory, listing_of
from .positions import ListIdentity, parse_position
from .walks import Fetch, ItemIterator, PageIterator, Walk

__all__ = ["AsyncPaginator", "Fetch", "ItemIterator", "Page", "PageIterator"]

T = TypeVar("T")
U = TypeVar("U")
T_co = TypeVar("T_co", covariant=True)

_items = AtLeast(0, "items")
_pages = AtLeast(0, "pages")


class AsyncPaginator(Generic[T_co]):
    """A list that sends nothing until it is awaited or iterated, and starts anew each time it is.

    - `await paginator`: the first `Page`.
    - `async for item in paginator`: every item of every page.
    - `async for page in paginator.pages()`: every page; the fast road for many items.
    - `await paginator.collect()`: all items in a list.

    Leaving a loop early leaves no task and no connection behind; `async with paginator.pages() as pages` sees to it also
    where an exception of the block is kept. After an error or a timeout the iterators go on: the next `anext` asks again.
    `AsyncPaginator.of` makes one for a test. Raises `PaginationError` where walking on would lose or double items, and what
    the calls raise.
    """

    _encode_instead: ClassVar[str] = "await the_list.collect()"

    __slots__ = ("_fetch", "_identity", "_limit", "_on_page", "_pager", "_prefetch", "_start")

    def __init__(
        self,
        fetch: Fetch,
        pager: Listing[Any, T_co] | PagerFactory[Any, T_co],
        *,
        walk: str | ListIdentity,
        limit: int | None = None,
        start: str | int | None = None,
        prefetch: int = 0,
        on_page: Callable[[Page[Any]], None] | None = None,
    ) -> None:
        _items("limit", limit)
        _pages("prefetch", prefetch)
        self._fetch = fetch
        self._pager = listing_of(pager)
        self._identity = walk if isinstance(walk, ListIdentity) else ListIdentity("", "", walk, None, "", walk)
        self._limit = limit
        self._start = None if start is None else parse_position(start, self._identity, self._pager.mark_at)
        self._prefetch = prefetch
        self._on_page = on_page

    @classmethod
    def of(
        cls,
        items: Sequence[T],
        *,
        page_size: int | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[T]:
        """A list of these items that sends nothing at all, for tests of code that is given lists."""
        AtLeast(1, "items")("page_size", page_size)

        async def fetch(ask: Ask) -> Response[Any]:
            first = int(dict(ask.query).get("first", "0"))
            end = len(items) if page_size is None else first + page_size
            return msgspec.structs.replace(NO_RESPONSE, data=(items[first:end], Cursor(str(end), end < len(items))))

        def pager(mark: Mark | None) -> CursorPager[tuple[Sequence[T], Cursor], T]:
            return CursorPager("first", lambda page: list(page[0]), lambda page: page[1], mark=mark)

        return AsyncPaginator(fetch, pager, walk="a list by hand", limit=limit, start=start, prefetch=prefetch)

    def __await__(self) -> Generator[Any, None, Page[T_co]]:
        return self._first().__await__()

    def __aiter__(self) -> ItemIterator[T_co]:
        return ItemIterator(self.pages())

    def __iter__(self) -> NoReturn:
        raise TypeError("use 'async for' to iterate over this list, or 'await' to get its first page")

    def __repr__(self) -> str:
        return (
            f"<a list ({self._identity}), which is no coroutine: 'await' it for its first page, write 'async for item in' it, "
            "or give its .collect() to a task>"
        )

    def pages(self) -> PageIterator[T_co]:
        """Iterate over the pages; `async with` it to leave nothing behind in any case."""
        return PageIterator(self._walk(), self._prefetch, self._on_page)

    async def collect(self) -> list[T_co]:
        """All items in one list; `limit` bounds how many."""
        items: list[T_co] = []
        async with self.pages() as pages:
            async for page in pages:
                items += page.items
        return items

    def derive(
        self,
        pager: Callable[[Pager[Any, Any], Mark | None], Pager[Any, U]],
        *,
        walk: str,
        limit: int | None = None,
        start: str | int | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[U]:
        """The same list through another pager, such as one that makes other items of these.

        `pager` takes this list's pager and the mark that a stored position holds. `walk` tells its positions apart from those
        of this list; this list's own `limit` and `start` do not count.
        """
        inner = self._pager
        return AsyncPaginator(
            self._fetch,
            Listing(lambda mark: pager(inner(mark), mark), inner.mark_at),
            walk=self._identity.part(walk),
            limit=limit,
            start=start,
            prefetch=prefetch,
            on_page=self._on_page,
        )

    def asked_by(self, fetch: Callable[[Fetch, Ask], Awaitable[Any]]) -> AsyncPaginator[T_co]:
        """The same list, asked for by `fetch`, which is given the way that the list itself asks."""
        other = copy.copy(self)
        other._fetch = functools.partial(fetch, self._fetch)  # noqa: SLF001 -- its own class
        return other

    async def _first(self) -> Page[T_co]:
        walk = self._walk()
        page = await walk.next_page()
        if page is None:
            return Page([], walk.goes_on(), NO_RESPONSE, walk.position())
        if self._on_page is not None:
            self._on_page(page)
        return page

    def _walk(self) -> Walk[T_co]:
        return Walk(self._fetch, self._pager, self._identity, self._start, self._limit)
