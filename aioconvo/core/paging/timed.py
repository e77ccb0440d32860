"""Walking lists that are asked for by time: as pure as `pagers.py`, where the protocol is."""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from aioconvo.core.errors import PaginationError

from .columns import Column, direction
from .marks import MOST_NAMES, Mark, Names, last_of
from .pagers import Ask, Taken

__all__ = ["Bounds", "SincePager", "TimestampPager", "in_time_order"]

P = TypeVar("P")
T = TypeVar("T")
_LOOKED_FOR_ONE_BY_ONE = 4  # ids


class Bounds(NamedTuple):
    """The query names of a list's two bounds of time, both exclusive."""

    before: str
    after: str


class TimestampPager(Generic[P, T]):
    """A list asked for by an exclusive time bound of whole milliseconds, walked to older or to newer items.

    Items can share a millisecond, and a page may end between them. So the next request includes the boundary's
    millisecond again, and items that came before are dropped. `times` gives an item's Unix time in milliseconds, rounded as
    the walk needs it; `moment` gives its time as exactly as it is known, which orders a page; `moments` is `moment` of all
    items of a plain page, for speed alone. `link` is the bound by which an answer itself goes on: it carries the walk where
    no item of a full page has a time.
    """

    def __init__(
        self,
        items: Callable[[P], list[T]],
        times: Callable[[T], int | None],
        identity: Callable[[T], str | None],
        *,
        bounds: Bounds,
        backward: bool,
        page_size: int,
        moment: Callable[[T], float | None] | None = None,
        moments: Column[T] | None = None,
        link: Callable[[P], str | None] | None = None,
        start: int | None = None,
        mark: Mark | None = None,
    ) -> None:
        self._items = items
        self._times = times
        self._identity = identity
        self._link = link or _unlinked
        self._moment = moment or times
        self._moments = moments
        self._bounds = bounds
        self._backward = backward
        self._page_size = page_size
        mark = mark or Mark()
        self._first = None if start is None else _seconds(start)
        self._bound = self._first if mark.cursor is None else mark.cursor
        self._edge = mark.time
        self._seen = Names(mark.seen)
        self._given = mark.given
        self._confirming = mark.confirming
        self._ended = False
        self._stuck: str | None = None

    def ask(self) -> Ask | None:
        """The bound in seconds with exactly three decimals."""
        if self._stuck is not None:
            raise PaginationError(self._stuck)
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
        if self._given:
            fresh, self._given = fresh[self._given :], max(0, self._given - len(fresh))
        edge, here = self._at_the_end(page)
        advanced = self._step_to(edge, here)
        if len(page) < self._page_size:
            self._ended = True
        elif edge is None:
            self._go_by(self._link(answer), page, fresh)
        elif len(here) == len(page):
            self._confirming = True
        elif not advanced:
            self._stuck = "a full page brought nothing new: the walk does not advance"
        return Taken(fresh, has_more=not self._ended)

    def mark(self) -> Mark:
        """The next bound, the boundary's millisecond and the ids of the items read in it, or how many they are."""
        cursor = None if self._edge is None and self._bound == self._first else self._bound
        if self._edge is not None and len(self._seen) > MOST_NAMES and cursor == self._bound_at(self._edge):
            return Mark(cursor=cursor, time=self._edge, given=len(self._seen))
        return Mark(cursor=cursor, time=self._edge, seen=last_of([*self._seen]), confirming=self._confirming)

    def mark_after(self, before: Mark, items: Sequence[T]) -> Mark | None:
        """At the last item's millisecond, with the ids of the items given in it."""
        edge = self._times(items[-1]) if items else None
        if edge is None or (before.given and before.time == edge):
            return None
        ids = Names(identity for item in items if self._times(item) == edge and (identity := self._identity(item)))
        ids.update(before.seen if before.time == edge else ())
        return Mark(cursor=self._bound_at(edge), time=edge, seen=tuple(ids)) if len(ids) <= MOST_NAMES else None

    def ahead(self, count: int, wanted: int | None = None) -> Sequence[Ask]:  # noqa: ARG002 -- the protocol's signature
        """Unknown until the next page came."""
        return ()

    def _parameter(self, *, backward: bool) -> str:
        return self._bounds.before if backward else self._bounds.after

    def _bound_at(self, edge: int) -> str:
        """The exclusive bound that still includes the edge's millisecond."""
        return _seconds(edge + 1 if self._backward else edge - 1)

    def _behind_the_edge(self, page: list[T]) -> list[T]:
        """The items that did not come before: those that did stand at the front, in the edge's millisecond."""
        if not self._seen:
            return page
        again = 0
        for number, item in enumerate(page):
            if self._identity(item) in self._seen:
                if number > again:  # a new one came between them
                    return [one for one in page if self._identity(one) not in self._seen]
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
        return edge, here

    def _go_by(self, link: str | None, page: list[T], fresh: list[T]) -> None:
        """Go on from a page without times, which tells itself where."""
        ids = [identity for item in page if (identity := self._identity(item)) is not None]
        if link is None or not fresh or not self._is_beyond(link):
            self._stuck = "a full page carries no times, so the next page cannot be asked for"
            self._seen.update(ids)
        else:
            self._bound, self._edge, self._seen = link, None, Names(ids)

    def _step_to(self, edge: int | None, here: list[T]) -> bool:
        """Move the boundary to the millisecond of these items; whether anything there is new."""
        if edge is None:
            return False
        ids = [identity for item in here if (identity := self._identity(item)) is not None]
        advanced = edge != self._edge or any(identity not in self._seen for identity in ids)
        if edge == self._edge:
            self._seen.update(ids)
        else:
            self._edge, self._bound, self._seen = edge, self._bound_at(edge), Names(ids)
        return advanced

    def _is_beyond(self, link: str) -> bool:
        """Whether a bound leads further; one that does not would let the walk go round."""
        if self._bound is None:
            return True
        here, there = float(self._bound), float(link)
        return there < here if self._backward else there > here

    def _confirm(self, page: list[T]) -> None:
        """A page was filled by one millisecond: go past it only if reading it from the other end shows no more."""
        here = [self._identity(item) for item in page if self._times(item) == self._edge]
        # A part is enough: items may have been deleted since, and finer fractions before the edge may take places.
        if self._edge is None or not here or not all(identity in self._seen for identity in here):
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


def _without(items: list[T], seen: Names, identity: Callable[[T], str | None], ids: Column[T] | None) -> list[T]:
    """The items that are not among those seen."""
    if not seen:
        return items
    known = None if ids is None else ids(items)
    if known is not None and len(seen) <= _LOOKED_FOR_ONE_BY_ONE and not seen.digests:
        # What comes again stands at the page's front; few are sooner looked for behind it than all ids are hashed.
        front = sum(1 for _ in itertools.takewhile(seen.ids.__contains__, known))
        if not any(one in known[front:] for one in seen.ids):
            return items[front:]
    return [item for item, one in zip(items, known or map(identity, items), strict=True) if one not in seen]


def _unlinked(answer: object) -> str | None:  # noqa: ARG001 -- stands in for what an answer says
    return None


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds // 1000}.{milliseconds % 1000:03d}"


class SincePager(Generic[P, T]):
    """A list asked for by "since" in whole milliseconds, walked to newer items.

    Whether the bound is inclusive is unconfirmed, so the millisecond before the newest item is asked for and items that
    came before are dropped: right either way. The end is an answer with nothing new, or a page that is not full and says
    that no more follow. `more` is what an answer says of that, `None` where it does not. An item without a time counts as
    newest; where no item of a page has one, the page is the last if it says so, or if it comes again with nothing new.
    `moments` and `ids` are `times` and `identity` of plain pages, for speed alone.
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
        self._seen = Names(mark.seen)
        self._given = mark.given
        self._first = since if mark.floor is None else max(since, mark.floor)
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
        fresh = _without(self._from(max(self._first, self._since), page), self._seen, self._identity, self._ids)
        full, more = len(page) >= self._page_size, self._more(answer)
        if fresh or self._leads_on(page):
            self._ended = more is False and not full
            self._step(page, fresh or page, doubtful=more is True or (full and more is None))
            if self._given:
                fresh, self._given = fresh[self._given :], max(0, self._given - len(fresh))
        elif more or (full and more is None):
            raise PaginationError(f"at least {len(page)} items share a moment; this API cannot page through them")
        else:
            self._ended = True
        return Taken(fresh, has_more=not self._ended)

    def mark(self) -> Mark:
        """The newest moment and the ids of the items read in it; from the end of a walk, a later one gives what is new.

        Where they are too many to name, before them, with their count.
        """
        if self._newest is not None and len(self._seen) > MOST_NAMES:
            return Mark(time=max(0, self._newest - 1), floor=self._newest - 1, given=len(self._seen))
        return Mark(time=self._newest, seen=tuple(self._seen))

    def mark_after(self, before: Mark, items: Sequence[T]) -> Mark | None:
        """At the newest item given, with the ids of the items given in its millisecond and the one before."""
        newest = max((time for time in map(self._times, items) if time is not None), default=None)
        if newest is None or before.given:
            return None
        ids = Names(identity for item in items if self._time(item) >= newest - 1 and (identity := self._identity(item)))
        ids.update(before.seen if before.time is not None and before.time >= newest - 1 else ())
        return Mark(time=newest, seen=tuple(ids)) if len(ids) <= MOST_NAMES else None

    def ahead(self, count: int, wanted: int | None = None) -> Sequence[Ask]:  # noqa: ARG002 -- the protocol's signature
        """Unknown until the next page came."""
        return ()

    def _time(self, item: T) -> float:
        time = self._times(item)
        return math.inf if time is None else time

    def _from(self, time: float, page: list[T]) -> list[T]:
        """What a page in order holds from this time on."""
        return page[bisect.bisect_left(page, time, key=self._time) :]

    def _last_time(self, page: list[T]) -> int | None:
        return next((time for time in map(self._times, reversed(page)) if time is not None), None)

    def _leads_on(self, page: list[T]) -> bool:
        """Whether the times of a page that was given before tell where to go on; they could not be read then."""
        last = self._last_time(page)
        return last is not None and (self._newest is None or last > self._newest)

    def _step(self, page: list[T], fresh: list[T], *, doubtful: bool) -> None:
        last = self._last_time(fresh)
        if last is None and doubtful:
            self._stuck = "the items carry no times, so the next page cannot be asked for"
        newest = max((time for time in (last, self._newest) if time is not None), default=None)
        if newest is None:
            self._seen.update(identity for identity in map(self._identity, fresh) if identity is not None)
            return
        # An exclusive bound leaves out its own millisecond, an inclusive one gives it again.
        ids = [identity for identity in map(self._identity, self._from(newest - 1, page)) if identity is not None]
        if self._newest is None or self._newest < newest:
            self._seen = Names()  # the page holds all that is named: it was asked for from before the last newest on
        self._seen.update(ids)
        self._newest = newest
        self._since = max(0, newest - 1)


def _untold(answer: object) -> bool | None:  # noqa: ARG001 -- stands in for what an answer says
    return None
