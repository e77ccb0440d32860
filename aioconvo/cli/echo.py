"""The bot of `aioconvo bot demo`: it says what was said to it. `python -m aioconvo.cli.echo PORT STORE PAUSE`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time

import aioconvo
from aioconvo import Bot, Context
from aioconvo.bot import AgentSocket, Polling, SqliteStore
from aioconvo.events import MessageReceived

__all__ = ["echo"]


def echo(store: str, *, pause: float) -> Bot:
    """A bot over all five providers, from environment variables; it types for `pause` seconds before it answers."""
    bot = Bot(SqliteStore(store), drain=2.0)

    @bot.on(MessageReceived)
    async def answer(event: MessageReceived, ctx: Context) -> None:
        await ctx.mark_read()
        await ctx.typing()
        await asyncio.sleep(pause)
        await ctx.reply(f"You said: {event.text}")

    pool = bot.pool
    bot.add(aioconvo.SunshineClient.from_env(pool=pool), webhook=aioconvo.SunshineWebhook.from_env())
    bot.add(aioconvo.SmoochClient.from_env(pool=pool), webhook=aioconvo.SmoochWebhook.from_env())
    bot.add(aioconvo.SmscxClient.from_env(pool=pool), webhook=aioconvo.SmscxWebhook.from_env())
    bot.add(aioconvo.ConvoreClient.from_env(pool=pool), poll=Polling(every=0.5, quiet=0.5))
    bot.add(aioconvo.UltraCartClient.from_env(pool=pool), socket=AgentSocket())
    return bot


def _end_with(parent: int) -> None:
    """Stop when the process that started this one is gone, however it ended."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    echo(sys.argv[2], pause=float(sys.argv[3])).run(port=int(sys.argv[1]))
