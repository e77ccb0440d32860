"""How each kind of list is walked: pure state machines over answers, with no request, clock or task of their own.

A pager says what to ask next (`ask`), takes the answer (`take`), and tells where it stands (`mark`), from which another
pager, in another process, goes on. The places in an answer differ by provider and are given as functions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

import msgspec

from .errors import PaginationError

__all__ = [
    "Ask",
    "Cursor",
    "CursorPager",
    "Mark",
    "OffsetPager",
    "Pager",
    "ResultSet",
    "SincePager",
    "SinglePager",
    "Taken",
    "TimestampPager",
    "in_time_order",
]

P = TypeVar("P")
T = TypeVar("T")
P_contra = TypeVar("P_contra", contravariant=True)


class Ask(NamedTuple):
    """What the next request of a walk adds to its first one: query pairs, path values, members of the body."""

    query: tuple[tuple[str, str], ...] = ()
    path: tuple[int, ...] = ()
    body: tuple[tuple[str, int], ...] = ()


class Taken(NamedTuple, Generic[T]):
    """The items one answer brought, in the order of the walk, and whether more may follow."""

    items: list[T]
    has_more: bool


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a walk stands: everything a pager needs to go on, small enough to store."""

    cursor: str | None = None
    offset: int = 0
    time: int | None = None
    seen: tuple[str, ...] = ()
    newest: str | None = None
    oldest: str | None = None
    ended: bool = False


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

    def ahead(self, count: int) -> Sequence[Ask]:
        """Up to `count` later asks that are already known."""
        ...


class SinglePager(Generic[P, T]):
    """A list that comes whole in one answer."""

    def __init__(self, items: Callable[[P], list[T]], mark: Mark | None = None) -> None:
        self._items = items
        self._ended = mark is not None and mark.ended

    def ask(self) -> Ask | None:
        """One ask, once."""
        return None if self._ended else Ask()

    def take(self, answer: P) -> Taken[T]:
        """All items."""
        self._ended = True
        return Taken(self._items(answer), has_more=False)

    def mark(self) -> Mark:
        """Before or after the only page."""
        return Mark(ended=self._ended)

    def ahead(self, count: int) -> Sequence[Ask]:  # noqa: ARG002 -- the protocol's signature
        """Nothing is ahead."""
        return ()


class Cursor(NamedTuple):
    """What an answer says of the next page: its cursor, and whether there is one (`None`: the answer does not say)."""

    value: str | None
    has_more: bool | None


class CursorPager(Generic[P, T]):
    """A list whose answers name the cursor of the next page.

    `parameter` is the query name the cursor goes back under; a cursor that was used before ends the walk with an error.
    """

    def __init__(
        self,
        parameter: str,
        items: Callable[[P], list[T]],
        following: Callable[[P], Cursor],
        *,
        start: str | None = None,
        mark: Mark | None = None,
    ) -> None:
        self._parameter = parameter
        self._items = items
        self._following = following
        self._cursor = mark.cursor if mark is not None else start
        self._ended = mark is not None and mark.ended
        self._untold = False
        # Hashes, not texts: 64 bits a page keep a walk of a million pages small and still tell cursors apart.
        self._used: set[int] = set()

    def ask(self) -> Ask | None:
        """The cursor of the next page."""
        if self._untold:
            raise PaginationError("the last page did not tell whether more pages follow; stopping here could lose items")
        if self._ended:
            return None
        return Ask() if self._cursor is None else Ask(((self._parameter, self._cursor),))

    def take(self, answer: P) -> Taken[T]:
        """Items in the answer's order; an empty page with a next cursor is not the end."""
        if self._cursor is not None:
            self._used.add(hash(self._cursor))
        cursor, has_more = self._following(answer)
        if has_more is None:
            self._untold = True
            return Taken(self._items(answer), has_more=True)
        if not has_more:
            self._ended = True
            return Taken(self._items(answer), has_more=False)
        if not cursor:
            raise PaginationError("the page says that more follow but names no cursor")
        if hash(cursor) in self._used:
            raise PaginationError("the server repeated a cursor; walking on would go in a circle")
        self._cursor = cursor
        return Taken(self._items(answer), has_more=True)

    def mark(self) -> Mark:
        """The next page's cursor."""
        return Mark(cursor=self._cursor, ended=self._ended)

    def ahead(self, count: int) -> Sequence[Ask]:  # noqa: ARG002 -- the protocol's signature
        """Unknown until the next page came."""
        return ()


class ResultSet(NamedTuple):
    """What an answer of an offset list says of itself; `None` where it does not say."""

    offset: int | None
    next_offset: int | None
    limit: int | None
    total: int | None
    more: bool | None


class OffsetPager(Generic[P, T]):
    """A list asked for by offset, which may move while it is walked.

    Rows that come again are dropped. When rows went away, the walk steps back by as many. When rows came again, the list
    grew at its front or rows moved there, so the front is looked at once more at the end: a row that moved from the
    unread part to the read part is found there. `at` is how an offset is asked for; `order` is the key the list is sorted
    by, newest first: with it a walk that goes on in another process knows rows it read before, however far they were
    pushed down since.
    """

    def __init__(
        self,
        items: Callable[[P], list[T]],
        result_set: Callable[[P], ResultSet],
        identity: Callable[[T], str | None],
        at: Callable[[int], Ask],
        *,
        order: Callable[[T], str | None] | None = None,
        page_size: int | None = None,
        mark: Mark | None = None,
    ) -> None:
        self._items = items
        self._result_set = result_set
        self._identity = identity
        self._at = at
        self._order = order or _no_order
        mark = mark or Mark()
        self._resumed = mark != Mark()
        self._offset = mark.offset
        self._newest = mark.newest
        self._boundary = mark.oldest
        self._oldest = mark.oldest
        self._last_page = mark.seen
        self._seen = {hash(identity) for identity in mark.seen}
        self._ended = mark.ended
        self._step = page_size
        self._total: int | None = None
        self._repeats = 0
        self._speculated = False
        self._sweeping = False
        self._sweep_all = False
        self._swept: set[str | None] = set()

    def ask(self) -> Ask | None:
        """The next offset."""
        if self._ended:
            return None
        return self._at(self._offset)

    def take(self, answer: P) -> Taken[T]:
        """The rows that did not come before."""
        rows = self._items(answer)
        told = self._result_set(answer)
        fresh = [row for row in rows if self._is_fresh(row)]
        if self._sweeping:
            self._sweep_on(rows, fresh)
        else:
            self._walk_on(rows, fresh, told)
        return Taken(fresh, has_more=not self._ended)

    def mark(self) -> Mark:
        """The offset, the rows of the last page, and the sort keys that bound what was read."""
        return Mark(offset=self._offset, seen=self._last_page, newest=self._newest, oldest=self._oldest, ended=self._ended)

    def ahead(self, count: int) -> Sequence[Ask]:
        """The offsets of the pages up to the known total."""
        if self._total is None or not self._step or self._sweeping or self._ended:
            return ()
        offsets = range(self._offset + self._step, self._total, self._step)
        self._speculated = self._speculated or (count > 0 and bool(offsets))
        return [self._at(offset) for offset in offsets[:count]]

    def _walk_on(self, rows: list[T], fresh: list[T], told: ResultSet) -> None:
        self._repeats += len(rows) - len(fresh)
        self._note_keys(rows)
        lost = 0 if self._total is None or told.total is None else max(0, self._total - told.total)
        self._total = told.total
        self._step = self._step or told.limit or len(rows)
        more = told.more
        if more is None:
            more = told.next_offset is not None and bool(rows)
        if not more and not lost:
            self._end_or_sweep()
            return
        here = self._offset
        following = told.next_offset if told.next_offset is not None else here + len(rows)
        if following <= here:
            raise PaginationError(f"the server's next offset {following} does not advance beyond {here}")
        self._offset = max(0, following - lost)

    def _sweep_on(self, rows: list[T], fresh: list[T]) -> None:
        identities = [self._identity(row) for row in rows]
        if not self._swept.isdisjoint(identities):
            # The front moved again under the sweep: rows just looked at were pushed down, others may have passed.
            self._begin_sweep()
            return
        self._swept.update(identities)
        self._offset += len(rows)
        enough = not self._sweep_all and not fresh and self._offset >= self._repeats
        if not rows or enough:
            self._ended = True

    def _end_or_sweep(self) -> None:
        # Pages that were fetched side by side may be from different moments; a row that slipped between them shows
        # as a count short of the total, and only the whole list tells which.
        short = self._total is not None and len(self._seen) < self._total and not self._resumed
        self._sweep_all = self._speculated and (short or self._repeats > 0)
        knows_what_was_read = not self._resumed or self._newest is not None
        if self._sweep_all or (self._repeats > 0 and knows_what_was_read):
            self._begin_sweep()
        else:
            self._ended = True

    def _begin_sweep(self) -> None:
        self._sweeping = True
        self._swept = set()
        self._offset = 0

    def _is_fresh(self, row: T) -> bool:
        identity = self._identity(row)
        if identity is None:
            return True
        known = hash(identity) in self._seen or self._was_read_before(row)
        self._seen.add(hash(identity))
        return not known

    def _was_read_before(self, row: T) -> bool:
        """Whether an earlier process read the row: it stands between the newest and the oldest row of then."""
        key = self._order(row)
        if not self._resumed or self._boundary is None or key is None:
            return False
        if self._sweeping:
            return self._newest is not None and key <= self._newest
        return key > self._boundary

    def _note_keys(self, rows: list[T]) -> None:
        keys = [key for key in map(self._order, rows) if key is not None]
        if keys:
            self._newest = self._newest if self._newest is not None else max(keys)
            self._oldest = min(keys) if self._oldest is None else min(self._oldest, *keys)
        identities = [identity for identity in map(self._identity, rows) if identity is not None]
        self._last_page = tuple(identities)


def _no_order(row: object) -> str | None:  # noqa: ARG001 -- stands in for a key function
    return None


class TimestampPager(Generic[P, T]):
    """A list asked for by an exclusive time bound of whole milliseconds, walked to older or to newer items.

    Items can share a millisecond, and a page may end between them. So the next request includes the boundary's
    millisecond again, and items that came before are dropped. `times` gives an item's Unix time in seconds.
    """

    def __init__(
        self,
        items: Callable[[P], list[T]],
        times: Callable[[T], float | None],
        identity: Callable[[T], str | None],
        *,
        backward: bool,
        page_size: int,
        start: float | None = None,
        mark: Mark | None = None,
    ) -> None:
        self._items = items
        self._times = times
        self._identity = identity
        self._backward = backward
        self._page_size = page_size
        self._bound: str | None = None if start is None else f"{start:.3f}"
        self._edge = mark.time if mark is not None else None
        self._edge_ids = frozenset(mark.seen if mark is not None else ())
        self._ended = False
        self._confirming = False
        if self._edge is not None:
            self._bound = self._bound_at(self._edge)

    def ask(self) -> Ask | None:
        """The bound in seconds with exactly three decimals."""
        if self._ended:
            return None
        if self._confirming and self._edge is not None:
            # The other direction's bound, just past the edge, reads the same millisecond from its other end.
            step = -1 if self._backward else 1
            return Ask(((self._parameter(backward=not self._backward), _seconds(self._edge + step)),))
        return Ask() if self._bound is None else Ask(((self._parameter(backward=self._backward), self._bound),))

    def take(self, answer: P) -> Taken[T]:
        """The items that did not come before, newest first when walking back, oldest first when walking forward."""
        page = in_time_order(self._items(answer), self._times, newest_first=self._backward)
        if self._confirming:
            self._confirm(page)
            return Taken([], has_more=True)
        fresh = [item for item in page if self._identity(item) not in self._edge_ids]
        if len(page) < self._page_size:
            self._step_to_edge(page)
            self._ended = True
        elif self._millisecond(page[0]) == self._millisecond(page[-1]) and self._millisecond(page[-1]) is not None:
            self._step_to_edge(page)
            self._confirming = True
        elif not self._step_to_edge(page):
            raise PaginationError("a full page brought nothing new: the walk does not advance")
        return Taken(fresh, has_more=not self._ended)

    def mark(self) -> Mark:
        """The boundary's millisecond and the ids of the items read in it."""
        return Mark(time=self._edge, seen=tuple(sorted(self._edge_ids)))

    def ahead(self, count: int) -> Sequence[Ask]:  # noqa: ARG002 -- the protocol's signature
        """Unknown until the next page came."""
        return ()

    def _parameter(self, *, backward: bool) -> str:
        return "before" if backward else "after"

    def _bound_at(self, edge: int) -> str:
        """The exclusive bound that still includes the edge's millisecond."""
        return _seconds(edge + 1 if self._backward else edge - 1)

    def _millisecond(self, item: T) -> int | None:
        time = self._times(item)
        return None if time is None else _milliseconds(time)

    def _step_to_edge(self, page: list[T]) -> bool:
        """Move the boundary to the page's last millisecond; whether anything there is new."""
        edges = [edge for edge in map(self._millisecond, page) if edge is not None]
        if not edges:
            if len(page) >= self._page_size:
                raise PaginationError("a full page carries no times, so the next page cannot be asked for")
            return False
        edge = min(edges) if self._backward else max(edges)
        here = (self._identity(item) for item in page if self._millisecond(item) == edge)
        ids = frozenset(identity for identity in here if identity is not None)
        if edge == self._edge:
            ids |= self._edge_ids
        advanced = edge != self._edge or ids != self._edge_ids
        self._edge, self._edge_ids, self._bound = edge, ids, self._bound_at(edge)
        return advanced

    def _confirm(self, page: list[T]) -> None:
        """A page was filled by one millisecond: go past it only if reading it from the other end shows no more."""
        here = frozenset(str(self._identity(item)) for item in page if self._millisecond(item) == self._edge)
        if self._edge is None or here != self._edge_ids:
            raise PaginationError(f"more than {self._page_size} items share one millisecond; this API cannot page through them")
        self._confirming = False
        self._bound = _seconds(self._edge)


def in_time_order(items: list[T], times: Callable[[T], float | None], *, newest_first: bool) -> list[T]:
    """A page in order of time, for APIs that do not document the order inside a page.

    Items of the same time keep the server's order, turned round with the page; items without a time count as newest.
    """

    def time(item: T) -> float:
        known = times(item)
        return math.inf if known is None else known

    if not items or time(items[0]) <= time(items[-1]):
        ascending = sorted(items, key=time)
        return ascending[::-1] if newest_first else ascending
    descending = sorted(items, key=time, reverse=True)
    return descending if newest_first else descending[::-1]


def _milliseconds(time: float) -> int:
    """Unix seconds as whole milliseconds; binary rounding of three decimals is undone, finer fractions are cut."""
    scaled = time * 1000
    nearest = round(scaled)
    return nearest if abs(scaled - nearest) < 1e-2 else math.floor(scaled)  # noqa: PLR2004 -- far above rounding, far below 1 ms


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds // 1000}.{milliseconds % 1000:03d}"


class SincePager(Generic[P, T]):
    """A list asked for by "since" in whole milliseconds, walked to newer items.

    Whether the bound is inclusive is unconfirmed, so the millisecond before the newest item is asked for and items that
    came before are dropped: right either way. The end is an answer with nothing new.
    """

    def __init__(
        self,
        items: Callable[[P], list[T]],
        times: Callable[[T], int | None],
        identity: Callable[[T], str | None],
        *,
        since: int = 0,
        page_size: int,
        mark: Mark | None = None,
    ) -> None:
        self._items = items
        self._times = times
        self._identity = identity
        self._page_size = page_size
        self._since = since
        self._newest = mark.time if mark is not None else None
        self._edge_ids = frozenset(mark.seen if mark is not None else ())
        self._ended = False
        if self._newest is not None:
            self._since = self._newest - 1

    def ask(self) -> Ask | None:
        """The millisecond to ask from, as a path value."""
        return None if self._ended else Ask(path=(self._since,))

    def take(self, answer: P) -> Taken[T]:
        """The items that did not come before, oldest first."""
        page = sorted(self._items(answer), key=lambda item: self._times(item) or 0)
        fresh = [item for item in page if self._identity(item) not in self._edge_ids]
        if not fresh:
            if len(page) >= self._page_size:
                raise PaginationError(f"at least {self._page_size} items share a moment; this API cannot page through them")
            self._ended = True
            return Taken([], has_more=False)
        times = [time for time in map(self._times, fresh) if time is not None]
        if not times:
            raise PaginationError("the items carry no times, so the next page cannot be asked for")
        newest = max(*times, self._newest or 0)
        self._edge_ids = self._ids_from(newest - 1, page, keep=self._newest is not None and self._newest >= newest - 1)
        self._newest = newest
        self._since = newest - 1
        return Taken(fresh, has_more=True)

    def mark(self) -> Mark:
        """The newest moment and the ids of the items read in it."""
        return Mark(time=self._newest, seen=tuple(sorted(self._edge_ids)))

    def ahead(self, count: int) -> Sequence[Ask]:  # noqa: ARG002 -- the protocol's signature
        """Unknown until the next page came."""
        return ()

    def _ids_from(self, moment: int, page: Iterable[T], *, keep: bool) -> frozenset[str]:
        ids = {
            identity for item in page if (self._times(item) or 0) >= moment and (identity := self._identity(item)) is not None
        }
        return frozenset(ids | self._edge_ids if keep else ids)
