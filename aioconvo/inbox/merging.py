"""Messages of several inboxes as one stream, in order of time."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from types import TracebackType
from typing import Self

from aioconvo.core.errors import OutOfOrderError
from aioconvo.core.json.moments import EPOCH
from aioconvo.core.limits.gate import FairGate

from .models import Message
from .together import gather_or_cancel
from .walk import AnyOrder, Order

__all__ = ["Merge", "merge"]

_BEFORE_ALL = -(10**20)
_MICROSECOND = dt.timedelta(microseconds=1)


def merge(*sources: AsyncIterable[Message] | Iterable[Message], newest_first: bool = False) -> Merge:
    """Merge messages of several sources in order of `sent_at`, holding one message of each source at a time.

    Each source is an async iterable, such as a paginator, or a list; each must itself be in order: oldest first, or with
    `newest_first` newest first. What `inbox.messages` gives is asked for in that order, unless it was called with an `order`,
    `limit` or `start`, or the API has only the other one (`inbox.capabilities.message_orders`). Of messages of the same
    moment that of the earlier source comes first. A message without a time comes right after the one before it in its
    source, first of all where there is none. All sources are asked for their first message at the same time. Leaving
    early closes every source; `async with merge(...) as messages` does so at once. After an error or a timeout the next
    message is asked for again, as far as the sources can: paginators can.

    Raises:
        OutOfOrderError: A source is not in that order; the message that came too late in it is not given.
    """
    return Merge([_Source(source, place, newest_first=newest_first) for place, source in enumerate(sources)])


class Merge:
    """The messages of several sources; what `merge` gives."""

    def __init__(self, sources: list[_Source]) -> None:
        self._sources = sources
        self._due = list(sources)
        # The place tells equal moments apart, so messages themselves are never compared.
        self._heads: list[tuple[int, int, Message]] = []
        self._turn = FairGate(1)
        self._closed = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        turn = self._turn
        try:
            if not turn.try_acquire():
                await turn.acquire(None)
            try:
                if self._due and not self._closed:
                    await self._ask()
                if self._closed or not self._heads:
                    raise StopAsyncIteration
                _, place, head = heapq.heappop(self._heads)
                self._due.append(self._sources[place])
                return head
            finally:
                turn.release()
        except BaseException:
            del self  # dropping it is what ends the walks of its sources, and whoever keeps the exception keeps this frame
            raise

    async def _ask(self) -> None:
        """Have a message of every source; those that have one keep it, whatever becomes of the others."""
        try:
            if len(self._due) == 1:
                await self._due[0].ask()
            else:
                await gather_or_cancel(source.ask() for source in self._due)
        except BaseException:
            if any(source.failed is not None for source in self._sources):
                await self._close_sources()
            del self
            raise
        for source in self._due:
            if source.message is not None:
                heapq.heappush(self._heads, (source.moment, source.place, source.message))
                source.message = None
        self._due.clear()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Let every source give back what it holds."""
        self._closed = True
        await self._close_sources()

    async def _close_sources(self) -> None:
        for source in self._sources:
            await source.aclose()


class _Source:
    """One source; `moment` is that of its last message, in microseconds that grow in the order of the merge.

    `failed` is why it can never go on.
    """

    def __init__(self, source: AsyncIterable[Message] | Iterable[Message], place: int, *, newest_first: bool) -> None:
        self._messages: AsyncIterator[Message]
        if isinstance(source, AnyOrder):
            source = source.in_order(Order.NEWEST_FIRST if newest_first else Order.OLDEST_FIRST)
        self._messages = aiter(source) if isinstance(source, AsyncIterable) else _one_by_one(source)
        self.place = place
        self._sign = -1 if newest_first else 1
        self._ended = False
        self.failed: BaseException | None = None
        self.moment = _BEFORE_ALL
        self.message: Message | None = None

    async def ask(self) -> None:
        """Have the next message in `message`; `None` at the end."""
        if self.message is not None or self._ended:
            return
        if self.failed is not None:
            raise self.failed
        try:
            message = await anext(self._messages, None)
        except BaseException as error:
            if isinstance(self._messages, AsyncGenerator):
                # A generator that failed looks ended when it is asked again.
                self.failed = error if isinstance(error, Exception) else RuntimeError(self._lost())
            del self
            raise
        if message is not None and message.sent_at is not None:
            moment = self._sign * ((message.sent_at - EPOCH) // _MICROSECOND)
            if moment < self.moment:
                self.failed = OutOfOrderError(self._complaint(message))
                raise self.failed
            self.moment = moment
        self.message, self._ended = message, message is None

    def _lost(self) -> str:
        return f"source {self.place + 1} of the merge is an async generator that was cancelled: it cannot go on; begin anew"

    def _complaint(self, message: Message) -> str:
        wanted, other = ("oldest", "newest") if self._sign == 1 else ("newest", "oldest")
        switch = "with newest_first=True" if self._sign == 1 else "without newest_first"
        return (
            f"source {self.place + 1} of the merge (a conversation of {message.provider}) does not come {wanted} first; ask "
            f"for messages(..., order=...), reverse or sort what its collect() gives, or, where all sources come {other} "
            f"first, merge {switch}"
        )

    async def aclose(self) -> None:
        """Let the source give back what it holds."""
        close: Callable[[], Awaitable[object]] | None = getattr(self._messages, "aclose", None)
        if close is not None:
            await close()


async def _one_by_one(messages: Iterable[Message]) -> AsyncIterator[Message]:
    for message in messages:
        yield message
