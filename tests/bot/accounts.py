"""Bots that are asked by webhooks of Sunshine Conversations and SMS.CX, whose clients reach no network."""

from __future__ import annotations

from typing import Any

import msgspec

import aioconvo
from aioconvo import Bot, SunshineWebhook
from tests.bot.asgi_client import SECRET


def sunshine(bot: Bot, *, secret: str = SECRET, **options: Any) -> Bot:
    """The bot, with an account of Sunshine Conversations."""
    client = aioconvo.SunshineClient(app_id="app", key_id="key", secret="secret", pool=bot.pool)
    bot.add(client, webhook=SunshineWebhook([secret]), **options)
    return bot


def message(text: str = "hello", *, identity: str = "1", conversation: str = "c", app: str = "app", **more: Any) -> bytes:
    """A delivery of one message of a user's."""
    payload = {
        "conversation": {"id": conversation, "type": "personal", **more},
        "message": {
            "id": f"m-{identity}",
            "received": "2026-11-30T12:00:00.000Z",
            "author": {"type": "user", "userId": "u"},
            "content": {"type": "text", "text": text},
            "source": {"type": "web"},
        },
    }
    event = {"id": f"e-{identity}", "type": "conversation:message", "createdAt": "2026-11-30T12:00:00.000Z", "payload": payload}
    return msgspec.json.encode({"app": {"id": app}, "webhook": {"id": "w", "version": "v2"}, "events": [event]})
