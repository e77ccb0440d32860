"""What type checkers see of a bot: handlers stay what they are, filters know their event, the state has its type."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import assert_type

import msgspec

from aioconvo import Bot, Context, Router
from aioconvo.bot import Call, Filter, Supports, filters
from aioconvo.bot.context import NoState
from aioconvo.events import Event, MessageReceived, Postback
from aioconvo.inbox import Message


class Cart(msgspec.Struct):
    items: int = 0


class Database: ...


bot = Bot(state=Cart)


@bot.on(MessageReceived, filters.text("hello") & ~filters.provider("smscx"), lambda event: event.text != "", command="x")
async def answer(event: MessageReceived, ctx: Context[Cart]) -> int:
    assert_type(event.text, str)
    assert_type(event.message, Message)
    assert_type(ctx.state, Cart)
    assert_type(await ctx.reply("hello"), Message)
    assert_type(ctx.supports, Supports)
    assert_type(ctx.event, Event)
    ctx.state.items += 1
    ctx.state = Cart()
    return 1


@bot.on(Postback, payload="buy", state=lambda cart: cart.items > 0)
async def plain(ctx: Context) -> None:
    assert_type(ctx.state, NoState)
    _ = ctx.state.items  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]


@bot.watch
async def watch(event: Event) -> None: ...


@bot.watch(MessageReceived)
async def watch_some(event: MessageReceived) -> None: ...


@bot.around
async def around(event: Event, call: Call) -> None:  # noqa: ARG001 -- middleware is given both
    await call()


async def call_them(event: MessageReceived, ctx: Context[Cart], call: Call) -> None:
    assert_type(await answer(event, ctx), int)
    await watch(event)
    await watch_some(event)
    await around(event, call)
    await answer(ctx, event)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    assert_type(filters.text("a") | filters.command("b"), Filter[Event])


async def make() -> Database:
    return Database()


async def generate(event: Event) -> AsyncGenerator[Database]:  # noqa: ARG001 -- a factory may have the event
    yield Database()


def provide(router: Router) -> None:
    bot.provide(Database, Database)
    bot.provide(Database, make)
    bot.provide(Database, generate)
    bot.include(router)


def wrong() -> None:
    bot.on("message")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    bot.on(MessageReceived, lambda event: event.nothing)  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownLambdaType, reportUnknownMemberType]
    bot.on(Postback, text=3)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
