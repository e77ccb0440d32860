"""Polls of Convore's events: the stream that programs follow, and the source of a bot."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from typing import Any, Self

import msgspec

from aioconvo.core import errors
from aioconvo.core.clock import Clock
from aioconvo.core.json.model import Unknown, is_drifted, raw_json, remade
from aioconvo.events.incoming import Delivery, Incoming
from aioconvo.events.place import Feed, parse_place
from aioconvo.events.plan import Found, PollPlan
from aioconvo.events.polling import Polling, backoff, is_final
from aioconvo.events.sources import Batch, Source
from aioconvo.providers import Provider

from .natives import PolledEvent, message_of
from .reading import MESSAGES, enclose, read

__all__ = ["EventSource", "Following", "poll"]

_PAGE = 500
_PACE = (1.0, 5.0)
_CHUNK = 100  # events of a batch, so many messages are fetched before the first of them is handled
_MOST_TRIES = 10  # for one message: what the server never gives must not hold up all others


class _Walks:
    """Walks over the list as the plan says, and waits between them."""

    def __init__(self, client: Any, settings: Polling, types: Sequence[str] | None, position: str | None) -> None:
        self._client = client
        self._types = None if types is None else list(types)
        self._clock: Clock = client.pool.clock
        self._walked = False
        self._failures = 0
        feed = Feed("convore", "events", client.account, None if types is None else tuple(types))
        place = None if position is None else parse_place(position, feed)
        self.plan = PollPlan(settings, feed, self._now(), place, pace=settings.pace(*_PACE))

    def _now(self) -> int:
        return int(self._clock.time() * 1000)

    async def next(self) -> list[Found]:
        """What the next walk finds, after the wait before it. After an error or a cancellation it may be called again."""
        if self._walked:
            await self._clock.sleep(self.plan.pause(_draw()))
            self._walked = False
            self.plan.begin(self._now())
        while not await self._walk():
            pass
        self._walked = True
        return self.plan.finish(self._now())

    async def _walk(self) -> bool:
        """Take all pages of a walk; false where it is to begin again."""
        asked, first = self.plan.walk, True
        listed = self._client.events.list(
            types=self._types, created_at_after=asked.after, created_at_before=asked.before, page_size=_PAGE
        )
        async with listed.pages() as pages:
            while True:
                try:
                    page = await anext(pages, None)
                except errors.AioconvoError as error:
                    if is_final(error) and first:
                        raise
                    self._failures += 1
                    await self._clock.sleep(backoff(self._failures, _draw(), error))
                    if is_final(error) or isinstance(error, errors.PaginationError):  # the cursor is of no use any more
                        self.plan.begin(self._now())
                        return False
                    continue
                self._failures = 0
                if page is None:
                    return True
                first = False
                self.plan.take(page.items)
                if page.has_more and self.plan.too_long:
                    self.plan.shorten(self._now())
                    return False


class Following(AsyncIterator[PolledEvent]):
    """New events, oldest first, for as long as somebody asks; nothing runs while nobody does.

    After an error or a timeout it goes on: the next `anext` asks again.
    """

    def __init__(self, client: Any, settings: Polling, types: Sequence[str] | None, position: str | None) -> None:
        self._walks = _Walks(client, settings, types, position)
        self._ready: deque[PolledEvent] = deque()
        self._last: PolledEvent | None = None

    def __repr__(self) -> str:
        return "<Convore's events, followed>"

    @property
    def position(self) -> str | None:
        """Where to go on after what was given so far; `None` before the first walk over the list has ended."""
        if self._ready:
            return None if self._last is None else self._last.position
        return None if self._walks.plan.is_new else str(self._walks.plan.place)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> PolledEvent:
        while not self._ready:
            self._last = None
            self._ready.extend(_with_places(await self._walks.next()))
        self._last = self._ready.popleft()
        return self._last


def _with_places(found: list[Found]) -> Iterator[PolledEvent]:
    for event, place in found:
        if not isinstance(event, Unknown):  # no object, so it tells nothing; the answer that held it was told of as drift
            fields = {name: getattr(event, name) for name in event.__struct_fields__}  # type: ignore[attr-defined] # a struct
            made: PolledEvent = remade(PolledEvent, {**fields, "place": place}, raw_json(event), is_drifted(event))
            yield made


class EventSource:
    """Convore's events as a bot takes them: in batches, messages with their bodies."""

    def __init__(self, client: Any, settings: Polling) -> None:
        self._client = client
        self._settings = settings

    @contextlib.asynccontextmanager
    async def open(self, account: str, position: str | None) -> AsyncGenerator[AsyncIterator[Batch]]:
        """Go on at a stored position; `None`: from now on.

        Each walk over the list gives a batch at least, if need be without events, so that its life is seen.

        Raises:
            InvalidRequestError: The position is none of these events.
            AuthenticationError: The key is wrong (when iterated; likewise all that asking again would not change).
        """
        yield _Batches(self._client, self._settings, account, position)


class _Batches(AsyncIterator[Batch]):
    def __init__(self, client: Any, settings: Polling, account: str, position: str | None) -> None:
        self._client = client
        self._settings = settings
        self._account = account
        self._walks = _Walks(client, settings, None, position)
        self._left: deque[Found] = deque()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Batch:
        moved = bool(self._left)
        if not self._left:
            was_new = self._walks.plan.is_new
            self._left.extend(await self._walks.next())
            moved = was_new or bool(self._left)
        chunk = [self._left[place] for place in range(min(_CHUNK, len(self._left)))]
        events = await self._fetch_messages(chunk)
        for _ in chunk:
            self._left.popleft()
        place = chunk[-1].place if self._left else self._walks.plan.place
        delivery = Delivery(provider=Provider.CONVORE, account=self._account, events=events)
        return Batch(delivery, str(place) if moved else None)

    async def _fetch_messages(self, chunk: Sequence[Found]) -> tuple[Incoming, ...]:
        bodies: list[bytes | None] = [None] * len(chunk)
        waiting = iter(enumerate(chunk))
        failed: list[errors.AioconvoError] = []

        async def fetch_some() -> None:
            for place, (event, _) in waiting:
                message_id = message_of(event)
                if message_id is not None and getattr(event, "type", None) in MESSAGES and not failed:
                    try:
                        bodies[place] = await self._fetch(message_id)
                    except errors.AioconvoError as error:
                        failed.append(error)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._settings.messages, len(chunk))):
                group.create_task(fetch_some())
        if failed:
            raise failed[0]
        return tuple(
            one
            for (event, _), body in zip(chunk, bodies, strict=True)
            for one in read(self._account, enclose(raw_json(event) or msgspec.json.encode(event), body))
        )

    async def _fetch(self, message_id: str) -> bytes | None:
        """A message's JSON; `None` where it is gone, or the server does not give it."""
        for failures in range(1, _MOST_TRIES + 1):
            try:
                return raw_json(await self._client.messages.get(message_id))
            except errors.AuthenticationError:
                raise
            except errors.APIStatusError as error:
                if is_final(error):
                    return None
                wait = backoff(failures, _draw(), error)
            except errors.AioconvoError as error:
                if is_final(error):
                    raise
                wait = backoff(failures, _draw(), error)
            await self._client.pool.clock.sleep(wait)
        return None


def _draw() -> float:
    return random.random()  # noqa: S311 -- no secret


def poll(client: Any, settings: Polling) -> Source:
    """What a bot takes the events of this client from."""
    return EventSource(client, settings)
