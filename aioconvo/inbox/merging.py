"""Messages of several inboxes as one stream, in order of time."""

from __future__ import annotations

import contextlib
import datetime as dt
import heapq
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable

from aioconvo.core.errors import OutOfOrderError
from aioconvo.core.moments import EPOCH

from .models import Message
from .together import together

__all__ = ["merge"]

_BEFORE_ALL = -(10**20)
_MICROSECOND = dt.timedelta(microseconds=1)


async def merge(
    *sources: AsyncIterable[Message] | Iterable[Message], newest_first: bool = False
) -> AsyncGenerator[Message, None]:
    """Merge messages of several sources in order of `sent_at`, holding one message of each source at a time.

    Each source is an async iterable, such as a paginator, or a list; each must itself be in order: oldest first, or with
    `newest_first` newest first (`inbox.capabilities.message_orders` tells what an API gives). Of messages of the same
    moment that of the earlier source comes first. A message without a time comes right after the one before it in its
    source, first of all where there is none. All sources are asked for their first message at the same time. Leaving
    early closes every source; `contextlib.aclosing` does so at once.

    Raises:
        OutOfOrderError: A source is not in that order; the message that came too late in it is not given.
    """
    readers = [_Reader(source, place, newest_first=newest_first) for place, source in enumerate(sources)]
    async with contextlib.AsyncExitStack() as stack:
        for reader in readers:
            stack.push_async_callback(reader.aclose)
        # The place tells equal moments apart, so messages themselves are never compared.
        firsts = enumerate(await together(reader.next() for reader in readers))
        heads = [(readers[place].moment, place, first) for place, first in firsts if first is not None]
        heapq.heapify(heads)
        while heads:
            _, place, head = heads[0]
            yield head
            following = await readers[place].next()
            if following is None:
                heapq.heappop(heads)
            else:
                heapq.heapreplace(heads, (readers[place].moment, place, following))


class _Reader:
    """One source; `moment` is that of its last message, in microseconds that grow in the order of the merge."""

    def __init__(self, source: AsyncIterable[Message] | Iterable[Message], place: int, *, newest_first: bool) -> None:
        self._messages: AsyncIterator[Message]
        self._messages = aiter(source) if isinstance(source, AsyncIterable) else _one_by_one(source)
        self._place = place
        self._sign = -1 if newest_first else 1
        self.moment = _BEFORE_ALL

    async def next(self) -> Message | None:
        """The next message; `None` at the end."""
        message = await anext(self._messages, None)
        if message is not None and message.sent_at is not None:
            moment = self._sign * ((message.sent_at - EPOCH) // _MICROSECOND)
            if moment < self.moment:
                raise OutOfOrderError(self._complaint(message))
            self.moment = moment
        return message

    def _complaint(self, message: Message) -> str:
        wanted, other = ("oldest", "newest") if self._sign == 1 else ("newest", "oldest")
        switch = "with newest_first=True" if self._sign == 1 else "without newest_first"
        return (
            f"source {self._place + 1} of the merge (a conversation of {message.provider}) does not come {wanted} first; ask "
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
