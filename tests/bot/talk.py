"""The bot's side of a conversation, kept in lists: what a handler said and did."""

from __future__ import annotations

from typing import Any

import aioconvo
from aioconvo.bot.bot import Bot
from aioconvo.bot.context import Supports
from aioconvo.bot.handling import Account, Handling
from aioconvo.bot.stores.store import Claim
from aioconvo.events.models import Event
from aioconvo.inbox.models import Message
from aioconvo.providers import Provider


class Talk:
    """Conversations of a bot whose clients are never asked for anything."""

    def __init__(self, *, typing: bool = True, mark_read: bool = True) -> None:
        self.supports = Supports(typing=typing, mark_read=mark_read)
        self.said: list[Any] = []
        self.did: list[object] = []

    def __call__(self, account: Account, event: Event, claim: Claim) -> Talk:  # noqa: ARG002 -- one for all
        return self

    async def reply(self, content: Any, *, new_sms: bool = False) -> Message:  # noqa: ARG002 -- as the real one
        self.said.append(content)
        return Message(Provider.SUNSHINE, "c", f"m{len(self.said)}", None, text=content)

    async def typing(self, started: bool = True) -> None:
        self.did.append(("typing", started))

    async def mark_read(self) -> None:
        self.did.append("read")


def with_client(bot: Bot, **options: Any) -> Bot:
    """The bot, with a client that is never asked."""
    client = aioconvo.SunshineClient(app_id="app", key_id="key", secret="secret", pool=bot.pool)
    bot.add(client, webhook=aioconvo.SunshineWebhook(["a-secret-of-the-tests"]), **options)
    return bot


def plan(bot: Bot, talk: Talk | None = None) -> Handling:
    """What handles the events of the bot as it is."""
    return Handling(bot._known(), bot._accounts, state=bot._settings.schema, converse=talk or Talk())


def handling(bot: Bot, talk: Talk | None = None) -> Handling:
    """What handles the events of the bot, with a client."""
    return plan(with_client(bot), talk)
