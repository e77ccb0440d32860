"""A bot as a process of its own, to be killed: `python -m tests.bot.child_bot`, with its settings in the environment.

It answers each message with its text and how many of its conversation it has handled, which it keeps in the conversation's
state, and writes a line to a file when it begins with one.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import anyio
import msgspec

import aioconvo
from aioconvo import Bot, Context, SunshineWebhook
from aioconvo.bot import RedisStore, SqliteStore
from aioconvo.bot.stores.store import Store
from aioconvo.events import MessageReceived

SECRET = "the-secret-of-the-campaign"


class Seen(msgspec.Struct):
    count: int = 0


class Settings(msgspec.Struct):
    """What the parent asks for."""

    store: str
    place: str
    ports: list[int]
    sandbox: str
    log: str
    fastest: float
    slowest: float
    drain: float
    lease: float = 15.0

    def open_store(self) -> Store:
        if self.store == "sqlite":
            return SqliteStore(self.place)
        return RedisStore(self.place, prefix=self.log, lease=self.lease)


def main() -> None:
    given = msgspec.json.decode(os.environ["AIOCONVO_CHILD"], type=Settings)
    bot = Bot(given.open_store(), state=Seen, drain=given.drain, concurrency=200)
    client = aioconvo.SunshineClient(
        app_id="sandbox-app", key_id="app_sandbox", secret="sandbox-secret", base_url=given.sandbox, pool=bot.pool
    )
    bot.add(client, webhook=SunshineWebhook([SECRET]))
    log = Path(given.log).open("a", buffering=1)  # noqa: SIM115 -- until the end

    @bot.on(MessageReceived)
    async def answer(event: MessageReceived, ctx: Context[Seen]) -> None:
        log.write(f"{event.text} {event.attempt}\n")
        await anyio.sleep(random.uniform(given.fastest, given.slowest))  # noqa: S311 -- no secret
        ctx.state.count += 1
        await ctx.reply(f"{event.text}:{ctx.state.count}")

    bot.run(port=given.ports[int(os.environ["AIOCONVO_CHILD_NUMBER"])])


if __name__ == "__main__":
    main()
