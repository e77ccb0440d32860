"""How each kind of list is walked: pure state machines over answers, with no request, clock or task of their own.

A pager says what to ask next (`ask`), takes the answer (`take`), and tells where it stands (`mark`), from which another
pager, in another process, goes on. The places in an answer differ by provider and are given as functions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar, cast

import msgspec

from aioconvo.core.errors import PaginationError
from aioconvo.core.operations.operation import PageKind

from .marks import MOST_NAMES, Mark, Name, Names

__all__ = [
    "Ask",
    "Cursor",
    "CursorPager",
    "Listing",
    "Mark",
    "Pager",
    "PagerFactory",
    "SinglePager",
    "Taken",
    "listing_of",
    "pages_by",
]

P = TypeVar("P")
T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., object])

P_contra = TypeVar("P_contra", contravariant=True)


class Ask(msgspec.Struct, frozen=True, gc=False):
    """What the next request of a walk adds to its first one: query pairs, path values, members of the body."""

    query: tuple[tuple[str, str], ...] = ()
    path: tuple[int, ...] = ()
    body: tuple[tuple[str, int], ...] = ()


class Taken(msgspec.Struct, Generic[T], frozen=True, gc=False):
    """The items one answer brought, in the order of the walk, and whether more may follow."""

    items: list[T]
    has_more: bool


class Pager(Protocol[P_contra, T]):
    """The walk over one list."""

    def ask(self) -> Ask | None:
        """What to ask next; `None`: the walk has ended."""
        ...

    def take(self, answer: P_contra) -> Taken[T]:
        """Accept the answer to the last `ask` and step on.

        Raises:
            PaginationError: Going on would lose or double items, or never end.
        """
        ...

    def mark(self) -> Mark:
        """Where the walk stands now."""
        ...

    def mark_after(self, before: Mark, items: Sequence[T]) -> Mark | None:
        """Where the walk stands when, of what came after `before`, only these first items were given out.

        `None`: it cannot be told; then the page has to be asked for again and that many items left out.
        """
        ...

    def ahead(self, count: int, wanted: int | None = None) -> Sequence[Ask]:
        """Up to `count` later asks that are already known, none of them beyond what brings the `wanted` items."""
        ...


PagerFactory = Callable[[Mark | None], Pager[P, T]]
"""Makes the pager of a walk that begins, or that goes on from a mark."""


class Listing(msgspec.Struct, Generic[P, T], frozen=True):
    """How one list is walked; called with a mark, or `None`, it makes the pager of one walk.

    `mark_at` makes a mark of the API's own cursor, where it has one, and raises `ValueError` where a text is none. `direction`
    tells walks over the same list apart whose positions must not be mixed.
    """

    make: PagerFactory[P, T]
    mark_at: Callable[[str], Mark] | None = None
    direction: str = ""

    def __call__(self, mark: Mark | None = None) -> Pager[P, T]:
        """The pager of one walk."""
        return self.make(mark)


def pages_by(kind: PageKind) -> Callable[[F], F]:
    """Say of a function that makes listings how they are asked for their next page."""

    def note(make: F) -> F:
        make.page_kind = kind  # type: ignore[attr-defined] # read where lists are declared
        return make

    return note


def listing_of(pager: Listing[P, T] | PagerFactory[P, T]) -> Listing[P, T]:
    """A listing as it is, or one of which only its pagers are known."""
    return cast("Listing[P, T]", pager) if isinstance(pager, Listing) else Listing(pager)


class SinglePager(Generic[P, T]):
    """A list that comes whole in one answer; with `identity` it may change between two walks that each give a part."""

    def __init__(
        self,
        items: Callable[[P], list[T]],
        mark: Mark | None = None,
        *,
        identity: Callable[[T], str | None] | None = None,
    ) -> None:
        self._items = items
        self._identity = identity
        self._seen = () if mark is None else mark.seen
        self._ended = mark is not None and mark.ended

    def ask(self) -> Ask | None:
        """One ask, once."""
        return None if self._ended else Ask()

    def take(self, answer: P) -> Taken[T]:
        """All items that were not given before."""
        self._ended = True
        return Taken(_unseen(self._items(answer), Names(self._seen), self._identity), has_more=False)

    def mark(self) -> Mark:
        """Before or after the only page."""
        return Mark(ended=True) if self._ended else Mark(seen=self._seen)

    def mark_after(self, before: Mark, items: Sequence[T]) -> Mark | None:
        """The ids of the items given so far; unknown where there are none, or too many of them."""
        return _with_names(before, items, self._identity)

    def ahead(self, count: int, wanted: int | None = None) -> Sequence[Ask]:  # noqa: ARG002 -- the protocol's signature
        """Nothing is ahead."""
        return ()


class Cursor(msgspec.Struct, frozen=True, gc=False):
    """What an answer says of the next page: its cursor, and whether there is one (`None`: the answer does not say)."""

    value: str | None
    has_more: bool | None


class CursorPager(Generic[P, T]):
    """A list whose answers name the cursor of the next page.

    `parameter` is the query name the cursor goes back under; a cursor that was used before ends the walk with an error.
    `cursor_of` gives an item's own cursor, where cursors are the ids of items; where they are not, `identity` tells which
    items of a page were given before. `page_size` is how many items a page holds: an answer that says nothing of a next page
    is the last one if it holds fewer.
    """

    def __init__(
        self,
        parameter: str,
        items: Callable[[P], list[T]],
        following: Callable[[P], Cursor],
        *,
        page_size: int | None = None,
        cursor_of: Callable[[T], str | None] | None = None,
        identity: Callable[[T], str | None] | None = None,
        start: str | None = None,
        mark: Mark | None = None,
    ) -> None:
        self._parameter = parameter
        self._page_size = page_size
        self._cursor_of = cursor_of
        self._identity = identity
        self._items = items
        self._following = following
        self._cursor = mark.cursor if mark is not None else start
        self._seen = () if mark is None else mark.seen
        self._ended = mark is not None and mark.ended
        self._stuck: str | None = None
        # Hashes, not texts: 64 bits a page keep a walk of a million pages small and still tell cursors apart.
        self._used: set[int] = set()

    def ask(self) -> Ask | None:
        """The cursor of the next page."""
        if self._stuck is not None:
            raise PaginationError(self._stuck)
        if self._ended:
            return None
        return Ask() if self._cursor is None else Ask(((self._parameter, self._cursor),))

    def take(self, answer: P) -> Taken[T]:
        """Items in the answer's order; an empty page with a next cursor is not the end."""
        if self._cursor is not None:
            self._used.add(hash(self._cursor))
        told, items = self._following(answer), self._items(answer)
        cursor, has_more = told.value, told.has_more
        if has_more is None and self._page_size is not None and len(items) < self._page_size:
            has_more = False
        if has_more is None:
            self._stuck = "the last page did not tell whether more pages follow; stopping here could lose items"
        elif not has_more:
            self._ended = True
        elif not cursor:
            self._stuck = "the last page says that more follow but names no cursor"
        elif hash(cursor) in self._used:
            self._stuck = "the server repeated a cursor; walking on would go in a circle"
        else:
            self._cursor = cursor
        if self._seen:
            items = _unseen(items, Names(self._seen), self._identity)
        if self._stuck is not None:
            # What came is good, so it is given; a walk that is stuck says so when it is asked to go on.
            mark = self.mark_after(self.mark(), items) or self.mark()
            self._cursor, self._seen = mark.cursor, mark.seen
        return Taken(items, has_more=not self._ended)

    def mark(self) -> Mark:
        """The next page's cursor, and which items behind it were given before, when pages were cut elsewhere."""
        return Mark(cursor=self._cursor, seen=self._seen, ended=self._ended)

    def mark_after(self, before: Mark, items: Sequence[T]) -> Mark | None:
        """After the last item, where the cursors are the ids of items; else before the page, with the ids of its items."""
        if self._cursor_of is None:
            return _with_names(before, items, self._identity)
        cursor = self._cursor_of(items[-1]) if items else before.cursor
        return None if cursor is None else Mark(cursor=cursor)

    def ahead(self, count: int, wanted: int | None = None) -> Sequence[Ask]:  # noqa: ARG002 -- the protocol's signature
        """Unknown until the next page came."""
        return ()


def _unseen(items: list[T], seen: Names, identity: Callable[[T], str | None] | None) -> list[T]:
    if identity is None or not seen:
        return items
    return [item for item in items if identity(item) not in seen]


def _with_names(before: Mark, items: Sequence[T], identity: Callable[[T], str | None] | None) -> Mark | None:
    """The mark before these items, with their names; `None` where they have none of their own, or are too many."""
    names: dict[Name, None] = dict.fromkeys(before.seen)
    count = len(names) + len(items)
    if identity is None or count > 2 * MOST_NAMES:
        return None
    names.update((name, None) for item in items if (name := identity(item)) is not None)
    return msgspec.structs.replace(before, seen=tuple(names)) if len(names) == count else None
