"""Walks over a provider's own lists that give neutral items, and only those of the span of time that is asked for."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.pagers import Ask, Pager, Taken
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import Message
from .times import aware

__all__ = ["AnyOrder", "Listed", "NeutralPager", "Order", "Span", "as_neutral"]

N = TypeVar("N")
T = TypeVar("T")


class Order(enum.StrEnum):
    """How the messages of a conversation come."""

    OLDEST_FIRST = "oldest_first"
    NEWEST_FIRST = "newest_first"


class Span(NamedTuple):
    """From `since` on, and before `until`; `None` is no bound. What has no time is in every span."""

    since: dt.datetime | None = None
    until: dt.datetime | None = None

    @classmethod
    def between(cls, since: dt.datetime | None, until: dt.datetime | None) -> Span:
        """The span in UTC.

        Raises:
            InvalidRequestError: A bound has no time zone, or `until` is not after `since`.
        """
        span = cls(aware("since", since), aware("until", until))
        if span.since is not None and span.until is not None and span.until <= span.since:
            raise InvalidRequestError("until must be after since; nothing is in between")
        return span

    def holds(self, when: dt.datetime | None) -> bool:
        """Whether something of that time belongs here."""
        if when is None:
            return True
        return (self.since is None or when >= self.since) and (self.until is None or when < self.until)

    def is_over(self, when: dt.datetime | None, order: Order | None) -> bool:
        """Whether a walk in that order has left the span behind, for good, when it comes to that time."""
        if when is None or order is None:
            return False
        if order is Order.NEWEST_FIRST:
            return self.since is not None and when < self.since
        return self.until is not None and when >= self.until


class Listed(NamedTuple, Generic[T]):
    """A provider's own list, and what makes neutral items of a page of its items, one of each, in the same order."""

    native: AsyncPaginator[Any]
    convert: Callable[[list[Any]], list[T]]


class NeutralPager(Generic[N, T]):
    """A provider's pager whose items become neutral ones; those outside the span are left out.

    With an `order` the walk ends at the first item behind the span, wherever pages begin and end.
    """

    def __init__(
        self,
        inner: Pager[Any, N],
        convert: Callable[[list[N]], list[T]],
        time: Callable[[T], dt.datetime | None],
        span: Span,
        order: Order | None,
        *,
        mark: Mark | None = None,
    ) -> None:
        self._inner = inner
        self._convert = convert
        self._time = time
        self._span = span
        self._order = order
        self._came: list[N] = []
        self._kept: Sequence[int] = ()
        self._over = mark is not None and mark.ended

    def ask(self) -> Ask | None:
        """What the inner pager asks, until the span is left."""
        return None if self._over else self._inner.ask()

    def take(self, answer: Any) -> Taken[T]:
        """The answer's items that are in the span."""
        taken = self._inner.take(answer)
        self._came, has_more = taken.items, taken.has_more
        items = self._convert(self._came)
        if self._span == Span():
            self._kept = range(len(items))
            return Taken(items, has_more)
        kept: list[int] = []
        for place, item in enumerate(items):
            when = self._time(item)
            if self._span.is_over(when, self._order):
                self._over = True
                break
            if self._span.holds(when):
                kept.append(place)
        self._kept = kept
        return Taken([items[place] for place in kept], has_more and not self._over)

    def mark(self) -> Mark:
        """The inner pager's; ended, where the span was left."""
        mark = self._inner.mark()
        return msgspec.structs.replace(mark, ended=True) if self._over else mark

    def mark_after(self, before: Mark, items: Sequence[T]) -> Mark | None:
        """The inner pager's, after the item that the last of these was made of."""
        end = self._kept[len(items) - 1] + 1 if items else 0
        return self._inner.mark_after(before, self._came[:end])

    def ahead(self, count: int, wanted: int | None = None) -> Sequence[Ask]:
        """What the inner pager knows."""
        return () if self._over else self._inner.ahead(count, wanted)


class AnyOrder(AsyncPaginator[Message]):
    """Messages that were asked for in no particular order, so that whoever needs one can have it."""

    __slots__ = ("in_order",)

    def __init__(
        self, listed: AsyncPaginator[Message], in_order: Callable[[Order], AsyncPaginator[Message]], *, prefetch: int
    ) -> None:
        # It is a list from its beginning to its end: part of it would be another part in another order.
        own = listed._fetch, listed._pager  # noqa: SLF001 -- its own base class
        super().__init__(*own, walk=listed._identity, prefetch=prefetch, on_page=listed._on_page)  # noqa: SLF001 -- as above
        self.in_order = in_order


def as_neutral(
    listed: Listed[T],
    time: Callable[[T], dt.datetime | None],
    *,
    span: Span,
    order: Order | None = None,
    limit: int | None = None,
    start: str | None = None,
    prefetch: int = 0,
) -> AsyncPaginator[T]:
    """A provider's own list as neutral items, with positions of its own."""
    walk = f"inbox {order} {span.since} {span.until}"
    return listed.native.derive(
        lambda inner, mark: NeutralPager(inner, listed.convert, time, span, order, mark=mark),
        walk=walk,
        limit=limit,
        start=start,
        prefetch=prefetch,
    )
