"""Nothing of what people wrote, of who they are, or of what lets in stands in anything that a bot tells of itself."""

from __future__ import annotations

import io
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator

import msgspec
import pytest

import aioconvo
from aioconvo import Bot, Context
from aioconvo.bot import (
    BotHooks,
    ConnectionFacts,
    DeadFacts,
    DeliveryFacts,
    Drop,
    EventFacts,
    HandledFacts,
    Retries,
)
from aioconvo.bot.health import BotCounts
from aioconvo.events import Event, MessageReceived
from aioconvo.providers import Provider
from aioconvo.sandbox import Sandbox
from aioconvo.sandbox.bot_kit import BotUnderTest
from tests.bot.asgi_client import Requests

Make = Callable[..., BotUnderTest]
TEXT = "canary-of-what-was-written"


class Kept(msgspec.Struct):
    words: list[str] = []


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that any logger of the process is told, at the lowest level, with tracebacks."""
    told, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(told)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield told
    root.setLevel(before)
    root.removeHandler(handler)


def forbidden(sandbox: Sandbox, provider: Provider, user: str) -> set[str]:
    credentials = [str(value) for value in sandbox.client_options(provider).values()]
    people = {user, user.lstrip("+")} if set("+@") & set(user) else set()  # else an id, which a repr shows
    return {
        TEXT,
        *people,
        *sandbox.webhook_secrets.values(),
        *(one for one in credentials if one.endswith(("-secret", "-key"))),
    }


def canary_bot(told: list[object], errors: list[BaseException]) -> Bot:
    """A bot whose handlers fail in all ways, with what was written in their own errors."""
    hear = dict.fromkeys(BotHooks.__struct_fields__, told.append)
    bot = Bot(state=Kept, hooks=BotHooks(**hear), retries=Retries(waits=(1.0,)))

    @bot.watch
    async def watch(event: Event, ctx: Context) -> None:
        told.extend((repr(event), repr(ctx), repr(event.native)))
        raise RuntimeError(TEXT)

    @bot.on(MessageReceived, text=f"{TEXT} drop")
    async def drop(event: MessageReceived) -> None:
        raise Drop(event.text)

    @bot.on(MessageReceived, text=f"{TEXT} fail")
    async def fail(event: MessageReceived, ctx: Context[Kept]) -> None:
        ctx.state.words.append(event.text)
        raise RuntimeError(event.text)

    @bot.on(MessageReceived, text=f"{TEXT} odd")
    async def odd(event: MessageReceived, ctx: Context) -> None:
        try:
            await ctx.reply({"text": event.text})
        except aioconvo.AioconvoError as error:
            errors.append(error)
            raise

    @bot.on(MessageReceived)
    async def answer(event: MessageReceived, ctx: Context[Kept]) -> None:
        ctx.state.words.append(event.text)
        await ctx.mark_read()
        sent = await ctx.reply(f"{TEXT} back")
        told.append(repr(sent))

    return bot


@pytest.mark.parametrize("provider", list(Provider), ids=str)
async def test_no_canary_in_anything_a_bot_tells(aioconvo_bot: Make, logged: io.StringIO, provider: Provider) -> None:
    told: list[object] = []
    errors: list[BaseException] = []
    kit = aioconvo_bot(canary_bot(told, errors))
    user = await kit.user(provider)
    for text in ("", " drop", " fail", " odd", ""):
        await user.says(TEXT + text)
        await kit.advance(7)
    if provider in kit.sandbox.webhook_secrets:
        requests = Requests(kit.bot.asgi())
        await requests.post(f"/hooks/{provider}", TEXT.encode(), headers={"x-api-key": TEXT})
        await requests.post(f"/hooks/{provider}/{TEXT}", TEXT.encode())
    counts = await kit.bot.counts()
    assert (counts.handled >= 2, counts.died >= 2, counts.dead >= 2) == (True, True, True)
    for failure in (*kit.failures, *errors):
        if isinstance(failure, aioconvo.AioconvoError):
            told.extend((str(failure), repr(failure), pickle.dumps(failure), "".join(traceback.format_exception(failure))))
    account = kit.bot._accounts[str(provider)]
    told.extend(map(repr, (kit.bot, kit.bot.store, account, account.client, counts, user.account)))
    told.append(msgspec.json.encode(counts))
    told.extend(letter.reason.partition(":")[0] for letter in await kit.bot.store.dead())
    all_told = logged.getvalue() + "\n".join(map(str, told))
    found = {one for one in forbidden(kit.sandbox, provider, user.id) if one in all_told}
    assert not found
    assert {type(one) for one in told} >= {DeliveryFacts, EventFacts, HandledFacts, DeadFacts, ConnectionFacts, BotCounts}
