"""How a bot answers at SMS.CX. Replies cost credit and carry no mark, so that one in doubt is never sent again."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any, ClassVar

from aioconvo.core.errors import CallFacts, UnsupportedError
from aioconvo.core.operations.declaration import operation_of
from aioconvo.events.models import Event, MessageReceived
from aioconvo.events.replies import Replies, words
from aioconvo.inbox.models import Direction, Kind, Message
from aioconvo.inbox.told import text_in
from aioconvo.providers import Provider

from .conversations import Conversations
from .inbox import SmscxInbox
from .sms import Sms

__all__ = ["SmscxReplies"]

_CHANNELS = frozenset({"sms", "viber", "whatsapp"})
_KNOWN_AT_MOST = 10_000
_MARKS = uuid.UUID("5c1b0d4e-8f0a-5b7e-9a53-3f2d7a1c6e90")  # the name space of the ids that are made of marks


class SmscxReplies(Replies):
    """Replies are texts, by the channel the event came by. Events name a phone and no conversation, which is found by it."""

    can_type: ClassVar[bool] = False
    can_look: ClassVar[bool] = False

    def __init__(self, client: Any) -> None:
        self._inbox: SmscxInbox = client.inbox
        self._conversations = Conversations(client)
        self._sms = Sms(client)
        self._known: dict[str, str] = {}  # conversations by phone, the last found at the end

    async def send(self, event: Event, content: Any, mark: str, *, new_sms: bool = False) -> Message:
        """See `Replies.send`. With `new_sms`, an SMS of its own where the phone has no conversation."""
        text = words(content)
        conversation_id = await self._find_conversation(event)
        if conversation_id is not None:
            return await self._inbox.send_text(conversation_id, text, channel=_channel_of(event))
        if not new_sms:
            raise UnsupportedError(
                "SMS.CX lists no conversation with this phone, so there is nothing to reply in; "
                "reply(..., new_sms=True) sends an SMS of its own, which costs credit"
            )
        return await self._send_sms(event, text, mark)

    async def find(
        self,
        event: Event,
        content: Any,
        mark: str,
        *,
        since: dt.datetime,
        known: Collection[str] = (),
    ) -> Message | None:
        """Not possible: a paid message in doubt is not looked for and never sent again."""
        raise NotImplementedError

    def facts(self) -> CallFacts:
        """See `Replies.facts`."""
        return operation_of(Conversations.reply_sms).facts()

    async def mark_read(self, event: Event) -> None:
        """See `Replies.mark_read`; nothing where the phone has no conversation."""
        conversation_id = await self._find_conversation(event)
        if conversation_id is not None:
            await self._inbox.mark_read(conversation_id)

    async def _find_conversation(self, event: Event) -> str | None:
        if event.conversation_id is not None:
            return event.conversation_id
        phone = _digits(_phone_of(event))
        found = self._known.pop(phone, None)
        if found is None:
            async for one in self._conversations.list():
                name, other = text_in(one, "conversation_id"), text_in(one, "phone_number")
                if name is not None and other is not None and _digits(other) == phone:
                    found = name
                    break
        if found is not None:
            self._known[phone] = found
            if len(self._known) > _KNOWN_AT_MOST:
                del self._known[next(iter(self._known))]
        return found

    async def _send_sms(self, event: Event, text: str, mark: str) -> Message:
        own = text_in(event.native, "to")
        if own is None:
            raise UnsupportedError("the event does not tell which of your numbers it came to, so there is none to send from")
        # Whether the API keeps to the id is unconfirmed, so it is no leave to send again.
        key = str(uuid.uuid5(_MARKS, mark))
        batch = await self._sms.send(to=[_phone_of(event)], from_=own, text=text, idempotency_id=key)
        native = batch.messages[0]
        return Message(
            Provider.SMSCX, "", native.msg_id, native, direction=Direction.OUTBOUND, kind=Kind.TEXT, text=text, channel="sms"
        )


def _phone_of(event: Event) -> str:
    author = event.message.author if isinstance(event, MessageReceived) else None
    phone = event.user_id or (author and author.address) or text_in(event.native, "phone_number")
    if not phone:
        raise UnsupportedError(f"this {type(event).__name__} of SMS.CX names no phone to answer")
    return phone


def _channel_of(event: Event) -> str:
    channel = event.message.channel if isinstance(event, MessageReceived) else None
    return channel if channel in _CHANNELS else "sms"


def _digits(phone: str) -> str:
    """A phone number without what it may be written with, such as `+` and blanks."""
    return "".join(filter(str.isdigit, phone))
