"""`aioconvo_bot`: a customer and a bot, in virtual time."""

# ruff: noqa: ARG001 -- handlers have the parameters that are tested
from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

import aioconvo
from aioconvo import Bot, Context
from aioconvo.bot import Router, TryLater
from aioconvo.events import ConversationRead, MessageReceived, Postback
from aioconvo.providers import Provider
from aioconvo.sandbox.bot_kit import BotUnderTest
from aioconvo.sandbox.changes import Kind

Make = Callable[..., BotUnderTest]


class Visits(msgspec.Struct):
    count: int = 0


@pytest.fixture
def bot() -> Bot:
    bot = Bot(state=Visits)

    @bot.on(MessageReceived, text="broken")
    async def broken(event: MessageReceived) -> None:
        raise LookupError("a mistake of the handler")

    @bot.on(MessageReceived, text="quiet")
    async def quiet(event: MessageReceived) -> None: ...

    @bot.on(MessageReceived, text="slow")
    async def slow(event: MessageReceived, ctx: Context) -> None:
        await asyncio.sleep(30)
        await ctx.reply("at last")

    @bot.on(MessageReceived, text="later")
    async def later(event: MessageReceived, ctx: Context) -> None:
        if event.attempt < 3:
            raise TryLater(90)
        await ctx.reply(f"attempt {event.attempt}")

    @bot.on(MessageReceived)
    async def echo(event: MessageReceived, ctx: Context[Visits]) -> None:
        ctx.state.count += 1
        await ctx.mark_read()
        await ctx.typing()
        await ctx.reply(f"You said: {event.text} ({ctx.state.count})")

    @bot.on(Postback)
    async def pressed(event: Postback, ctx: Context) -> None:
        await ctx.reply(f"You pressed: {event.payload}")

    @bot.on(ConversationRead, provider="sunshine")
    async def read(event: ConversationRead, ctx: Context) -> None:
        await ctx.reply("You read")

    return bot


@pytest.mark.parametrize("provider", [str(one) for one in Provider])
async def test_says_and_hears(aioconvo_bot: Make, bot: Bot, provider: str) -> None:
    kit = aioconvo_bot(bot)
    user, other = await kit.user(provider), await kit.user(provider)
    for number in (1, 2):
        await user.says("hello")
        assert await user.hears() == f"You said: hello ({number})"
    await other.says("hi")
    assert await other.hears() == "You said: hi (1)"
    await user.hears_nothing()
    shown = [Kind.READ, Kind.TYPING, Kind.MESSAGE]
    if provider in {"smscx", "convore"}:  # who writes there sees neither
        shown = [Kind.MESSAGE]
    assert user.sees == 2 * shown
    assert other.sees == shown
    assert kit.failures == []


async def test_time_jumps(aioconvo_bot: Make, bot: Bot) -> None:
    kit, began = aioconvo_bot(bot), time.monotonic()
    user = await kit.user("sunshine")
    await user.says("slow")
    await user.hears_nothing(within=25)
    assert await user.hears(within=10) == "at last"
    await user.says("later")
    with pytest.raises(AssertionError, match="the bot said nothing in 60 s; a handler raised TryLater"):
        await user.hears()
    await kit.advance(180)
    assert await user.hears() == "attempt 3"
    assert time.monotonic() - began < 20  # it took minutes


async def test_what_a_handler_raised_is_the_cause(aioconvo_bot: Make, bot: Bot) -> None:
    user = await aioconvo_bot(bot).user("smooch")
    await user.says("broken")
    with pytest.raises(AssertionError, match="the bot said nothing in 60 s; a handler raised LookupError") as raised:
        await user.hears()
    assert isinstance(raised.value.__cause__, LookupError)


async def test_buttons_and_read_marks(aioconvo_bot: Make, bot: Bot) -> None:
    user = await aioconvo_bot(bot).user("sunshine")
    await user.says("quiet")
    await user.hears_nothing()
    await user.presses("buy")
    assert await user.hears() == "You pressed: buy"
    await user.reads()
    assert await user.hears() == "You read"
    await user.types()
    await user.hears_nothing()
    await user.says("x")
    with pytest.raises(AssertionError, match="the bot said 'You said: x"):
        await user.hears_nothing()


async def test_the_bot_itself_stays_as_it_is(aioconvo_bot: Make, bot: Bot) -> None:
    bot.add(
        aioconvo.SunshineClient(app_id="app", key_id="key", secret="secret", pool=bot.pool),
        webhook=aioconvo.SunshineWebhook(["a-secret-of-the-tests"]),
        name="shop",
    )
    kit = aioconvo_bot(bot, conversations=1)
    user = await kit.user("shop")
    await user.says("hello")
    assert await user.hears() == "You said: hello (1)"
    assert bot.accounts == {"shop": "sunshine"}
    assert set(kit.bot.accounts) >= {"shop", "smooch", "smscx"}
    assert (await bot.counts()).accepted == 0
    with pytest.raises(aioconvo.ConfigurationError, match="sunshine has 1 customers"):
        await kit.user("sunshine")
    with pytest.raises(aioconvo.ConfigurationError, match="takes a Bot, got Router"):
        aioconvo_bot(Router())
    with pytest.raises(aioconvo.ConfigurationError, match="the bot has no account 'telegram'"):
        await kit.user("telegram")
    new: Any = await kit.user("smscx", "+447700900999")
    await new.says("hello")
    assert await new.hears() == "You said: hello (1)"
