"""How each kind of list is walked: pure state machines over answers, with no request, clock or task of their own.

A pager says what to ask next (`ask`), takes the answer (`take`), and tells where it stands (`mark`), from which another
pager, in another process, goes on. The places in an answer differ by provider and are given as functions.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

import msgspec

from .columns import Column, direction
from .errors import PaginationError

__all__ = [
    "Ask",
    "Cursor",
    "CursorPager",
    "Mark",
    "Pager",
    "SincePager",
    "SinglePager",
    "Taken",
    "TimestampPager",
    "in_time_order",
]

P = TypeVar("P")
T = TypeVar("T")
_LOOKED_FOR_ONE_BY_ONE = 4  # ids

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


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a walk stands: everything a pager needs to go on, small enough to store."""

    cursor: str | None = None
    offset: int = 0
    time: int | None = None
    seen: tuple[str, ...] = ()
    newest: int | None = None
    oldest: int | None = None
    late: tuple[str, ...] = ()
    floor: int | None = None
    total: int | None = None
    moved: bool = False
    confirming: bool = False
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

    def mark_after(self, before: Mark, items: Sequence[T]) -> Mark | None:
        """Where the walk stands when, of what came after `before`, only these first items were given out.

        `None`: it cannot be told; then the page has to be asked for again and that many items left out.
        """
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

    def mark_after(self, before: Mark, items: Sequence[T]) -> Mark | None:  # noqa: ARG002 -- the protocol's signature
        """Unknown: only the count of the items tells."""
        return None

    def ahead(self, count: int) -> Sequence[Ask]:  # noqa: ARG002 -- the protocol's signature
        """Nothing is ahead."""
        return ()


class Cursor(msgspec.Struct, frozen=True, gc=False):
    """What an answer says of the next page: its cursor, and whether there is one (`None`: the answer does not say)."""

    value: str | None
    has_more: bool | None


class CursorPager(Generic[P, T]):
    """A list whose answers name the cursor of the next page.

    `parameter` is the query name the cursor goes back under; a cursor that was used before ends the walk with an error.
    `cursor_of` gives an item's own cursor, where cursors are the ids of items.
    """

    def __init__(
        self,
        parameter: str,
        items: Callable[[P], list[T]],
        following: Callable[[P], Cursor],
        *,
        cursor_of: Callable[[T], str | None] | None = None,
        start: str | None = None,
        mark: Mark | None = None,
    ) -> None:
        self._parameter = parameter
        self._cursor_of = cursor_of
        self._items = items
        self._following = following
        self._cursor = mark.cursor if mark is not None else start
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
        told = self._following(answer)
        cursor, has_more = told.value, told.has_more
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
        # What came is good, so it is given; a walk that is stuck says so when it is asked to go on.
        return Taken(self._items(answer), has_more=not self._ended)

    def mark(self) -> Mark:
        """The next page's cursor."""
        return Mark(cursor=self._cursor, ended=self._ended)

    def mark_after(self, before: Mark, items: Sequence[T]) -> Mark | None:  # noqa: ARG002 -- the protocol's signature
        """After the last item, where the cursors are the ids of items."""
        cursor = None if self._cursor_of is None or not items else self._cursor_of(items[-1])
        return None if cursor is None else Mark(cursor=cursor)

    def ahead(self, count: int) -> Sequence[Ask]:  # noqa: ARG002 -- the protocol's signature
        """Unknown until the next page came."""
        return ()


class TimestampPager(Generic[P, T]):
    """A list asked for by an exclusive time bound of whole milliseconds, walked to older or to newer items.

    Items can share a millisecond, and a page may end between them. So the next request includes the boundary's
    millisecond again, and items that came before are dropped. `times` gives an item's Unix time in milliseconds, rounded as
    the walk needs it; `moment` gives its time as exactly as it is known, which orders a page; `moments` is `moment` of all
    items of a plain page, for speed alone.
    """

    def __init__(
        self,
        items: Callable[[P], list[T]],
        times: Callable[[T], int | None],
        identity: Callable[[T], str | None],
        *,
        backward: bool,
        page_size: int,
        moment: Callable[[T], float | None] | None = None,
        moments: Column[T] | None = None,
        start: int | None = None,
        mark: Mark | None = None,
    ) -> None:
        self._items = items
        self._times = times
        self._identity = identity
        self._moment = moment or times
        self._moments = moments
        self._backward = backward
        self._page_size = page_size
        mark = mark or Mark()
        first = None if start is None else _seconds(start)
        self._bound = first if mark.cursor is None else mark.cursor
        self._edge = mark.time
        self._edge_ids = frozenset(mark.seen)
        self._confirming = mark.confirming
        self._ended = False

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
        page = in_time_order(self._items(answer), self._moment, newest_first=self._backward, moments=self._moments)
        if self._confirming:
            self._confirm(page)
            return Taken([], has_more=True)
        fresh = self._behind_the_edge(page)
        edge, here = self._at_the_end(page)
        advanced = self._step_to(edge, here)
        if len(page) < self._page_size:
            self._ended = True
        elif len(here) == len(page):
            self._confirming = True
        elif not advanced:
            raise PaginationError("a full page brought nothing new: the walk does not advance")
        return Taken(fresh, has_more=not self._ended)

    def mark(self) -> Mark:
        """The next bound, the boundary's millisecond and the ids of the items read in it."""
        cursor = None if self._edge is None else self._bound
        return Mark(cursor=cursor, time=self._edge, seen=tuple(sorted(self._edge_ids)), confirming=self._confirming)

    def mark_after(self, before: Mark, items: Sequence[T]) -> Mark | None:
        """At the last item's millisecond, with the ids of the items given in it."""
        edge = self._times(items[-1]) if items else None
        if edge is None:
            return None
        ids = {identity for item in items if self._times(item) == edge and (identity := self._identity(item))}
        ids.update(before.seen if before.time == edge else ())
        return Mark(cursor=self._bound_at(edge), time=edge, seen=tuple(sorted(ids)))

    def ahead(self, count: int) -> Sequence[Ask]:  # noqa: ARG002 -- the protocol's signature
        """Unknown until the next page came."""
        return ()

    def _parameter(self, *, backward: bool) -> str:
        return "before" if backward else "after"

    def _bound_at(self, edge: int) -> str:
        """The exclusive bound that still includes the edge's millisecond."""
        return _seconds(edge + 1 if self._backward else edge - 1)

    def _behind_the_edge(self, page: list[T]) -> list[T]:
        """The items that did not come before: those that did stand at the front, in the edge's millisecond."""
        if not self._edge_ids:
            return page
        again = 0
        for number, item in enumerate(page):
            if self._identity(item) in self._edge_ids:
                if number > again:  # a new one came between them
                    return [one for one in page if self._identity(one) not in self._edge_ids]
                again += 1
            elif self._is_past_the_edge(item):
                break
        return page[again:]

    def _is_past_the_edge(self, item: T) -> bool:
        time = self._times(item)
        return time is not None and self._edge is not None and (time < self._edge if self._backward else time > self._edge)

    def _at_the_end(self, page: list[T]) -> tuple[int | None, list[T]]:
        """The page's last millisecond and the items in it."""
        edge: int | None = None
        here: list[T] = []
        for item in reversed(page):  # in order of time, so only items without one can stand behind the edge
            time = self._times(item)
            if edge is not None and time != edge:
                break
            if time is not None:
                edge = time
                here.append(item)
        if edge is None and len(page) >= self._page_size:
            raise PaginationError("a full page carries no times, so the next page cannot be asked for")
        return edge, here

    def _step_to(self, edge: int | None, here: list[T]) -> bool:
        """Move the boundary to the millisecond of these items; whether anything there is new."""
        if edge is None:
            return False
        ids = frozenset([identity for item in here if (identity := self._identity(item)) is not None])
        if edge == self._edge:
            ids |= self._edge_ids
        advanced = edge != self._edge or ids != self._edge_ids
        self._edge, self._edge_ids, self._bound = edge, ids, self._bound_at(edge)
        return advanced

    def _confirm(self, page: list[T]) -> None:
        """A page was filled by one millisecond: go past it only if reading it from the other end shows no more."""
        here = frozenset(str(self._identity(item)) for item in page if self._times(item) == self._edge)
        # A part is enough: items may have been deleted since, and finer fractions before the edge may take places.
        if self._edge is None or not here or not here <= self._edge_ids:
            raise PaginationError(f"more than {self._page_size} items share one millisecond; this API cannot page through them")
        self._confirming = False
        self._bound = _seconds(self._edge)


def in_time_order(
    items: list[T], times: Callable[[T], float | None], *, newest_first: bool, moments: Column[T] | None = None
) -> list[T]:
    """A page in order of time, for APIs that do not document the order inside a page.

    Items of the same time keep the server's order, turned round with the page; items without a time count as newest.
    `moments` is `times` of all items of a plain page, for speed alone.
    """
    if len(items) < 2:  # noqa: PLR2004 -- what is alone is in order
        return items[:]
    plain = None if moments is None else moments(items)
    descending = None if plain is None else direction(plain)
    if descending is None:

        def time(item: T) -> float:
            known = times(item)
            return math.inf if known is None else known

        descending = time(items[0]) > time(items[-1])
        items = sorted(items, key=time, reverse=descending)
    return items[:] if descending == newest_first else items[::-1]


def _without(items: list[T], seen: frozenset[str], identity: Callable[[T], str | None], ids: Column[T] | None) -> list[T]:
    """The items that are not among those seen."""
    if not seen:
        return items
    known = None if ids is None else ids(items)
    if known is not None and len(seen) <= _LOOKED_FOR_ONE_BY_ONE:
        # What comes again stands at the page's front; few are sooner looked for behind it than all ids are hashed.
        front = sum(1 for _ in itertools.takewhile(seen.__contains__, known))
        if not any(one in known[front:] for one in seen):
            return items[front:]
    return [item for item, one in zip(items, known or map(identity, items), strict=True) if one not in seen]


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds // 1000}.{milliseconds % 1000:03d}"


class SincePager(Generic[P, T]):
    """A list asked for by "since" in whole milliseconds, walked to newer items.

    Whether the bound is inclusive is unconfirmed, so the millisecond before the newest item is asked for and items that
    came before are dropped: right either way. The end is an answer with nothing new, or a page that is not full and says
    that no more follow. `more` is what an answer says of that, `None` where it does not. An item without a time counts as
    newest. `moments` and `ids` are `times` and `identity` of plain pages, for speed alone.
    """

    def __init__(
        self,
        items: Callable[[P], list[T]],
        times: Callable[[T], int | None],
        identity: Callable[[T], str | None],
        *,
        more: Callable[[P], bool | None] | None = None,
        since: int = 0,
        page_size: int,
        moments: Column[T] | None = None,
        ids: Column[T] | None = None,
        mark: Mark | None = None,
    ) -> None:
        mark = mark or Mark()
        self._items = items
        self._times = times
        self._identity = identity
        self._moments = moments
        self._ids = ids
        self._more = more or _untold
        self._page_size = page_size
        self._newest = mark.time
        self._edge_ids = frozenset(mark.seen)
        self._first = since
        self._since = since if mark.time is None else max(0, mark.time - 1)
        self._ended = False
        self._stuck: str | None = None

    def ask(self) -> Ask | None:
        """The millisecond to ask from, as a path value."""
        if self._stuck is not None:
            raise PaginationError(self._stuck)
        return None if self._ended else Ask(path=(self._since,))

    def take(self, answer: P) -> Taken[T]:
        """The items that did not come before, oldest first."""
        page = in_time_order(self._items(answer), self._times, newest_first=False, moments=self._moments)
        # A server that gives more than was asked for must not make the walk go round.
        fresh = _without(self._from(max(self._first, self._since), page), self._edge_ids, self._identity, self._ids)
        full, more = len(page) >= self._page_size, self._more(answer)
        if fresh:
            self._ended = more is False and not full
            self._step(page, fresh)
        elif more or (full and more is None):
            raise PaginationError(f"at least {len(page)} items share a moment; this API cannot page through them")
        else:
            self._ended = True
        return Taken(fresh, has_more=not self._ended)

    def mark(self) -> Mark:
        """The newest moment and the ids of the items read in it; from the end of a walk, a later one gives what is new."""
        return Mark(time=self._newest, seen=tuple(sorted(self._edge_ids)))

    def mark_after(self, before: Mark, items: Sequence[T]) -> Mark | None:
        """At the newest item given, with the ids of the items given in its millisecond and the one before."""
        newest = max((time for time in map(self._times, items) if time is not None), default=None)
        if newest is None:
            return None
        ids = {identity for item in items if self._time(item) >= newest - 1 and (identity := self._identity(item))}
        ids.update(before.seen if before.time is not None and before.time >= newest - 1 else ())
        return Mark(time=newest, seen=tuple(sorted(ids)))

    def ahead(self, count: int) -> Sequence[Ask]:  # noqa: ARG002 -- the protocol's signature
        """Unknown until the next page came."""
        return ()

    def _time(self, item: T) -> float:
        time = self._times(item)
        return math.inf if time is None else time

    def _from(self, time: float, page: list[T]) -> list[T]:
        """What a page in order holds from this time on."""
        return page[bisect.bisect_left(page, time, key=self._time) :]

    def _step(self, page: list[T], fresh: list[T]) -> None:
        last = next((time for time in map(self._times, reversed(fresh)) if time is not None), None)
        if last is None and not self._ended:
            self._stuck = "the items carry no times, so the next page cannot be asked for"
        newest = max((time for time in (last, self._newest) if time is not None), default=None)
        if newest is None:
            return
        # An exclusive bound leaves out its own millisecond, an inclusive one gives it again.
        ids = {identity for identity in map(self._identity, self._from(newest - 1, page)) if identity is not None}
        reaches_back = self._newest is not None and self._newest >= newest - 1
        self._edge_ids = frozenset(ids | self._edge_ids if reaches_back else ids)
        self._newest = newest
        self._since = max(0, newest - 1)


def _untold(answer: object) -> bool | None:  # noqa: ARG001 -- stands in for what an answer says
    return None
