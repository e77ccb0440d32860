"""A slow poll of SMS.CX's conversations, for messages that no callback tells of: those by Viber and WhatsApp may be such.

The API has one list of all conversations, the newest first, and no filter. Each look takes that list and asks for the messages
of those conversations that changed. What is found is told as the callback would have told it, with the same key, provided that
a message has the same id in both: that is not documented. Beside a webhook ask for the channels that it does not bring.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Self

import msgspec

from aioconvo.core import errors
from aioconvo.core.clock import Clock
from aioconvo.events.incoming import Delivery
from aioconvo.events.place import Feed, parse_place
from aioconvo.events.plan import Found, PollPlan
from aioconvo.events.polling import Polling, backoff, is_final
from aioconvo.events.sources import Batch, Source
from aioconvo.inbox.models import Conversation, Direction
from aioconvo.providers import Provider
from aioconvo.smscx.missed import delivery_of

from .reading import read

__all__ = ["MessageSource", "poll"]

_PACE = (60.0, 60.0)
_CHUNK = 100


class _Came(msgspec.Struct, frozen=True):
    """A message of a customer, as the plan looks at it, and the JSON of the callback it would have come by."""

    id: str
    created_at: dt.datetime | None
    raw: bytes


class MessageSource:
    """The messages of customers as a bot takes them: in batches."""

    def __init__(self, client: Any, settings: Polling) -> None:
        self._client = client
        self._settings = settings

    @contextlib.asynccontextmanager
    async def open(self, account: str, position: str | None) -> AsyncGenerator[AsyncIterator[Batch]]:
        """Go on at a stored position; `None`: from now on. Each look gives a batch at least; see `Source.open`."""
        yield _Looks(self._client, self._settings, account, position)


class _Looks(AsyncIterator[Batch]):
    def __init__(self, client: Any, settings: Polling, account: str, position: str | None) -> None:
        self._client = client
        self._account = account
        self._channels = settings.channels
        self._clock: Clock = client.pool.clock
        feed = Feed("smscx", "messages", client.account, settings.channels)
        place = None if position is None else parse_place(position, feed)
        pace = settings.pace(*_PACE)
        self._plan = PollPlan(settings, feed, self._now(), place, pace=pace, slices=False)
        self._known: dict[str, object] = {}
        self._left: deque[Found] = deque()
        self._looked = False
        self._failures = 0

    def _now(self) -> int:
        return int(self._clock.time() * 1000)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Batch:
        moved = bool(self._left)
        if not self._left:
            moved = self._plan.is_new
            self._left.extend(await self._next())
            moved |= bool(self._left)
        chunk = [self._left.popleft() for _ in range(min(_CHUNK, len(self._left)))]
        came = (event.raw for event, _ in chunk if isinstance(event, _Came))
        events = tuple(one for raw in came for one in read(self._account, raw))
        place = chunk[-1].place if self._left else self._plan.place
        return Batch(Delivery(provider=Provider.SMSCX, account=self._account, events=events), str(place) if moved else None)

    async def _next(self) -> list[Found]:
        """What the next look finds, after the wait before it."""
        if self._looked:
            await self._clock.sleep(self._plan.pause(_draw()))
            self._looked = False
            self._plan.begin(self._now())
        while True:
            try:
                known = await self._look()
            except errors.AioconvoError as error:
                if is_final(error):
                    raise
                self._failures += 1
                await self._clock.sleep(backoff(self._failures, _draw(), error))
                self._plan.begin(self._now())
            else:
                self._failures, self._known, self._looked = 0, known, True
                return self._plan.finish(self._now())

    async def _look(self) -> dict[str, object]:
        """Take the messages of all conversations that changed; what is known of the conversations then."""
        known: dict[str, object] = {}
        async for conversation in self._client.inbox.conversations():
            native = conversation.native
            told = (conversation.updated_at, *(getattr(native, name, None) for name in ("unread_messages", "last_reply")))
            known[conversation.id] = hash(told)
            if self._known:
                wanted = self._known.get(conversation.id) != known[conversation.id]
            else:  # the first look: what may hold something new
                updated_at = conversation.updated_at
                wanted = conversation.unread is True or (updated_at is not None and updated_at >= self._plan.walk.after)
            if wanted:
                await self._take(conversation)
        return known

    async def _take(self, conversation: Conversation) -> None:
        came: list[_Came] = []
        try:
            async for message in self._client.inbox.messages(conversation):
                if message.direction is Direction.INBOUND and self._wants(message.channel):
                    raw = delivery_of(conversation, message)
                    if raw is not None:
                        came.append(_Came(message.id, message.sent_at, raw))
        except errors.NotFoundError:  # it is gone
            return
        self._plan.take(came)

    def _wants(self, channel: str | None) -> bool:
        return self._channels is None or channel in self._channels


def _draw() -> float:
    return random.random()  # noqa: S311 -- no secret


def poll(client: Any, settings: Polling) -> Source:
    """What a bot takes the messages of this client's customers from."""
    return MessageSource(client, settings)
