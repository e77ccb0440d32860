"""The webhook by which a message that was found in the inbox would have come. Pure."""

from __future__ import annotations

import msgspec

from aioconvo.core.json.model import raw_json
from aioconvo.inbox.models import Conversation, Message

__all__ = ["delivery_of"]


def delivery_of(conversation: Conversation, message: Message) -> bytes | None:
    """The JSON of a delivery of this message, which `events.read` takes; `None` where the message's own JSON is not known."""
    raw = raw_json(message.native)
    if raw is None:
        return None
    payload = {"conversation": {"id": conversation.id}, "message": msgspec.Raw(raw)}
    return msgspec.json.encode({"events": [{"type": "conversation:message", "payload": payload}]})
