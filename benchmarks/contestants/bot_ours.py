"""A bot of aioconvo: an event is in the store before it is acknowledged, and the drain waits for handlers."""

from __future__ import annotations

import sys
from pathlib import Path

import anyio

import aioconvo
from aioconvo import Bot, SunshineWebhook
from aioconvo.bot import SqliteStore
from aioconvo.events import MessageReceived


def main(port: int, log: Path, seconds: float, secret: str) -> None:
    """Serve until a signal comes."""
    bot = Bot(SqliteStore(log.with_suffix(".db")))
    client = aioconvo.SunshineClient(app_id="app", key_id="key", secret="unused", pool=bot.pool)  # noqa: S106 -- it asks for nothing
    bot.add(client, webhook=SunshineWebhook([secret]))
    file = log.open("a", buffering=1, encoding="utf-8")

    @bot.on(MessageReceived)
    async def work(event: MessageReceived) -> None:
        file.write(f"begun {event.text}\n")
        await anyio.sleep(seconds)
        file.write(f"done {event.text}\n")

    bot.run(port=port)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
