"""The callback by which a message that was found in the inbox would have come. Pure."""

from __future__ import annotations

import datetime as dt

import msgspec

from aioconvo.inbox.models import Conversation, Message

__all__ = ["delivery_of"]

_CHANNELS = frozenset({"sms", "viber", "whatsapp"})


def delivery_of(conversation: Conversation, message: Message) -> bytes | None:
    """The JSON of a delivery of this message, which `events.read` takes; `None` where the phone is not known.

    That a message has the same id in a conversation and in a callback is not documented.
    """
    phone = next((one.address for one in conversation.participants if one.address), None)
    if phone is None or message.id.startswith("~"):
        return None
    item: dict[str, object] = {"msgId": message.id, "from": phone, "text": message.text or ""}
    if message.sent_at is not None:
        item["receivedAt"] = message.sent_at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
    channel = message.channel if message.channel in _CHANNELS else "sms"
    return msgspec.json.encode({"event": f"receive_{channel}", "data": [item]})
