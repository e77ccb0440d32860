"""A bot inside of a FastAPI app: `uvicorn --no-access-log bot_fastapi:app`.

The bot's addresses are below `/bots`: `/bots/hooks/sunshine`, `/bots/live`, `/bots/ready`. A mounted app gets no lifespan,
so the outer one has the bot's. Set AIOCONVO_SUNSHINE_WEBHOOK_SECRETS, and the variables of the client.
"""

from __future__ import annotations

from fastapi import FastAPI

from aioconvo import Bot, Context, SunshineClient, SunshineWebhook
from aioconvo.bot import SqliteStore
from aioconvo.events import MessageReceived

bot = Bot(SqliteStore("bot.db"))
bot.add(SunshineClient.from_env(pool=bot.pool), webhook=SunshineWebhook.from_env())

app = FastAPI(lifespan=bot.lifespan)
app.mount("/bots", bot.asgi())


@bot.on(MessageReceived)
async def answer(event: MessageReceived, ctx: Context) -> None:
    """Say it back."""
    await ctx.reply(f"You said: {event.text}")


@app.get("/numbers")
async def numbers() -> dict[str, int]:
    """How the bot does."""
    counts = await bot.counts()
    return {"handled": counts.handled, "waiting": counts.waiting, "dead": counts.dead}
