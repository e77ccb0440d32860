"""The frame by which a message that was found in the inbox would have come. Pure."""

from __future__ import annotations

from aioconvo.core.json.model import raw_json
from aioconvo.inbox.models import Conversation, Message

from .events.reading import of_message

__all__ = ["delivery_of"]


def delivery_of(conversation: Conversation, message: Message) -> bytes | None:
    """The JSON of a frame of this message, which `events.read` takes; `None` where the message's own JSON is not known."""
    raw = raw_json(message.native)
    return None if raw is None else of_message(conversation.id, raw)
