"""The event by which a message that was found in the inbox would have come. Pure."""

from __future__ import annotations

import msgspec

from aioconvo.core.json.model import raw_json
from aioconvo.inbox.models import Conversation, Message

from .events.reading import enclose
from .models.events import EventType

__all__ = ["delivery_of"]


def delivery_of(conversation: Conversation, message: Message) -> bytes | None:
    """The JSON of an event of this message, which `events.read` takes; `None` where the message's own JSON is not known."""
    raw = raw_json(message.native)
    if raw is None:
        return None
    event: dict[str, object] = {
        "type": EventType.MESSAGE_INBOUND_RECEIVED,
        "message_id": message.id,
        "conversation_id": conversation.id,
    }
    if message.sent_at is not None:
        event["created_at"] = message.sent_at
    return enclose(msgspec.json.encode(event), raw)
