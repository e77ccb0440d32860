"""One bot over all five providers, which takes orders: `python bot_five_providers.py`.

The clients and the webhooks read their variables, see `from_env` of each. `aioconvo bot run bot_five_providers:bot --sandbox`
starts a sandbox and sets them.
"""

from __future__ import annotations

import logging

import msgspec

from aioconvo import (
    Bot,
    Context,
    ConvoreClient,
    Router,
    SmoochClient,
    SmoochWebhook,
    SmscxClient,
    SmscxWebhook,
    SunshineClient,
    SunshineWebhook,
    UltraCartClient,
)
from aioconvo.bot import AgentSocket, Polling, SqliteStore
from aioconvo.events import MessageReceived


class Order(msgspec.Struct):
    """What is known of a conversation's order."""

    asked: bool = False
    items: list[str] = []


orders = Router()


@orders.on(MessageReceived, text="order")
async def begin(ctx: Context[Order]) -> None:
    """Ask what they want."""
    ctx.state.asked = True
    await ctx.reply("What would you like?")


@orders.on(MessageReceived, state=lambda order: order.asked)
async def take(event: MessageReceived, ctx: Context[Order]) -> None:
    """Note it. The state is kept with the event, so a crash neither loses nor doubles an item."""
    ctx.state.items.append(event.text)
    ctx.state.asked = False
    await ctx.reply(f"So far: {', '.join(ctx.state.items)}. Write 'order' for more.")


bot = Bot(SqliteStore("bot.db"), state=Order)
bot.include(orders)


@bot.on(MessageReceived)
async def answer(event: MessageReceived, ctx: Context) -> None:
    """Everything else."""
    await ctx.mark_read()
    await ctx.reply(f"You said: {event.text}. Write 'order' to order something.")


pool = bot.pool
bot.add(SunshineClient.from_env(pool=pool), webhook=SunshineWebhook.from_env())
bot.add(SmoochClient.from_env(pool=pool), webhook=SmoochWebhook.from_env())
bot.add(SmscxClient.from_env(pool=pool), webhook=SmscxWebhook.from_env())
bot.add(ConvoreClient.from_env(pool=pool), poll=Polling(every=1.0))
bot.add(UltraCartClient.from_env(pool=pool), socket=AgentSocket())

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    bot.run(port=8080)
