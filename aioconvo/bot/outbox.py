"""Replies that are sent once, also where a handler runs twice: each is noted before it is sent, and looked for in doubt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import anyio

from aioconvo.core.clock import SYSTEM_CLOCK, Clock
from aioconvo.core.errors import AioconvoError, MaybeSentError, StoreError
from aioconvo.core.log import logger
from aioconvo.events.models import Event, MessageReceived
from aioconvo.events.replies import Replies
from aioconvo.inbox.models import Direction, Kind, Message

from .context import Supports
from .retries import LoopGuard, ReplyLoopError, name_of
from .stores.store import Claim, Dead, Outcome, Reply, Store

__all__ = ["ClaimLostError", "Outbox", "Voice"]

_log = logger("bot")

_ON_ITS_WAY = 2.0  # seconds for which a message may be on its way to a server that does not list it yet


class ClaimLostError(AioconvoError):
    """This attempt at the event is over: it ended before the reply, or took longer than its lease; nothing was sent."""


class Outbox:
    """Notes what a bot sends in its store."""

    def __init__(self, store: Store, *, clock: Clock = SYSTEM_CLOCK, guard: LoopGuard | None = None) -> None:
        self.store = store
        self.clock = clock
        self.guard = guard or LoopGuard()
        self._stopped: set[int] = set()  # claims, by fence, of conversations that got too many replies

    def voice(self, replies: Replies, event: Event, claim: Claim) -> Voice:
        """The bot's side of an event's conversation, for the attempt that this claim is."""
        if isinstance(event, MessageReceived) and claim.entry.attempt <= 1:
            self.guard.hear(claim.entry.lanes[0], self.clock.time())
        return Voice(self, replies, event, claim)

    def guarded(self, handle: Callable[[Claim], Awaitable[Outcome]]) -> Callable[[Claim], Awaitable[Outcome]]:
        """The same; but an event in which a loop of replies was stopped is given up on, whatever its handler made of that."""

        async def guarded(claim: Claim) -> Outcome:
            try:
                outcome = await handle(claim)
                return Dead(reason=ReplyLoopError.__name__) if claim.fence in self._stopped else outcome
            finally:
                self._stopped.discard(claim.fence)

        return guarded

    def admit(self, claim: Claim) -> None:
        """Let one more reply out.

        Raises:
            ReplyLoopError: It is one too many.
        """
        try:
            self.guard.reply(claim.entry.lanes[0], self.clock.time())
        except ReplyLoopError as error:
            self._stopped.add(claim.fence)
            _log.error("event %s: %s", claim.entry.key, error)
            raise


class Voice:
    """What the bot says within one event's conversation, in one attempt at it.

    Replies have numbers in the order in which `reply` is called. A handler that runs again and says the same things gets the
    messages of the first time back for those that were sent.
    """

    def __init__(self, outbox: Outbox, replies: Replies, event: Event, claim: Claim) -> None:
        self._outbox = outbox
        self._replies = replies
        self._event = event
        self._claim = claim
        self._begun: dict[int, Reply] = {one.number: one for one in claim.replies}
        self._next = 0
        self.supports = Supports(typing=replies.can_type, mark_read=replies.can_mark_read)

    async def reply(self, content: Any, *, new_sms: bool = False) -> Message:
        """Send a text or a content of the API's own; the message as it was sent, now or by an earlier attempt.

        Raises:
            MaybeSentError: An earlier attempt, or this one, may have sent it, and the API does not tell.
            ReplyLoopError: The conversation got too many replies; nothing was sent.
            ClaimLostError: This attempt at the event is over; nothing was sent.
            UnsupportedError, InvalidRequestError: See the API's `Replies`; nothing was sent.
        """
        number, self._next = self._next, self._next + 1
        begun = self._begun.get(number)
        if begun is not None:
            earlier = await self._earlier(begun, content)
            if earlier is not None:
                self._begun[number] = Reply(number=number, begun_at=begun.begun_at, message_id=earlier.id)
                return earlier
        self._outbox.admit(self._claim)
        store, clock = self._outbox.store, self._outbox.clock
        if not await store.begin_reply(self._claim, number, now=clock.time()):
            raise ClaimLostError(
                "nothing was sent: this attempt at the event is over, or it took longer than its lease and another process has "
                "the event; await replies within the handler, not in a task that outlives it"
            )
        try:
            sent = await self._replies.send(self._event, content, self._mark(number), new_sms=new_sms)
        except MaybeSentError:
            raise
        except AioconvoError:  # of which the library says that nothing was sent
            await self._note(number, None)
            raise
        await self._note(number, sent.id)
        return sent

    async def typing(self, started: bool = True) -> None:
        """Show that the business types, or has stopped; nothing where the API has no such thing."""
        if self._replies.can_type:
            await self._replies.typing(self._event, started)

    async def mark_read(self) -> None:
        """Say that the business has read the conversation; nothing where the API has no such thing."""
        if self._replies.can_mark_read:
            await self._replies.mark_read(self._event)

    async def _earlier(self, begun: Reply, content: Any) -> Message | None:
        """What an earlier attempt sent, by what is noted or what the API lists; `None` where it was not sent."""
        if begun.message_id is not None:
            return self._as_noted(begun.message_id, content)
        if not self._replies.can_look:
            raise MaybeSentError(
                "an earlier attempt began to send this reply, and the API does not let us look whether it arrived; "
                "it is not sent again",
                self._replies.facts(),
            )
        clock = self._outbox.clock
        on_its_way = begun.begun_at + _ON_ITS_WAY - clock.time()
        if on_its_way > 0:
            await clock.sleep(min(on_its_way, _ON_ITS_WAY))
        since = dt.datetime.fromtimestamp(begun.begun_at, dt.UTC)
        known = [one.message_id for one in self._begun.values() if one.message_id is not None]
        found = await self._replies.find(self._event, content, self._mark(begun.number), since=since, known=known)
        if found is not None:
            await self._note(begun.number, found.id)
        return found

    def _as_noted(self, message_id: str, content: Any) -> Message:
        event = self._event
        return Message(
            event.provider,
            event.conversation_id or event.user_id or "",
            message_id,
            None,  # native
            direction=Direction.OUTBOUND,
            kind=Kind.TEXT if isinstance(content, str) else Kind.OTHER,
            text=content if isinstance(content, str) else None,
        )

    async def _note(self, number: int, message_id: str | None) -> None:
        """Keep what is known of a reply. Where the store is away it stays in doubt, and the next attempt looks for it."""
        with anyio.CancelScope(shield=True):
            try:
                await self._outbox.store.end_reply(self._claim, number, message_id, now=self._outbox.clock.time())
            except StoreError as error:
                _log.warning("event %s: what became of a reply was not noted: %s", self._claim.entry.key, name_of(error))

    def _mark(self, number: int) -> str:
        """What stands for this reply and no other, at whatever attempt; nothing personal."""
        return f"{self._claim.entry.key.rpartition(':')[2]}-{number}"
