"""Bots whose events nobody sends: Convore's list is polled, UltraCart's socket held open, and both answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

import aioconvo
from aioconvo import Bot, ConfigurationError, Context
from aioconvo.bot import AgentSocket, BotHooks, Polling
from aioconvo.events import MessageReceived
from aioconvo.providers import Provider
from aioconvo.sandbox import Sandbox

WAYS: dict[Provider, dict[str, Any]] = {
    Provider.CONVORE: {"poll": Polling(every=0.05, quiet=0.05)},
    Provider.ULTRACART: {"socket": AgentSocket()},
}


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(conversations=2, messages=3) as sandbox:
        yield sandbox


class Case:
    """A bot that repeats what customers say to one API."""

    def __init__(self, sandbox: Sandbox, provider: Provider, **options: Any) -> None:
        self.api = sandbox.providers[str(provider)]
        self.conversation = next(name for name, _ in sandbox.message_ids(str(provider)))
        self.told: list[Any] = []
        self.said: list[str] = []
        self.replied = asyncio.Event()
        self.bot = Bot(hooks=BotHooks(on_connection=self.told.append, on_delivery=self.told.append), **options)
        self.client = provider.client(**sandbox.client_options(str(provider)), pool=self.bot.pool)
        self.bot.add(self.client, **WAYS[provider])

        @self.bot.on(MessageReceived)
        async def answer(event: MessageReceived, ctx: Context) -> None:
            sent = await ctx.reply(f"you said {event.text}")
            await ctx.typing()
            await ctx.mark_read()
            self.said.append(sent.id)
            self.replied.set()

    async def until_ready(self) -> None:
        while not self.told:  # noqa: ASYNC110 -- a source has no such event
            await asyncio.sleep(0.01)

    async def hear(self, text: str) -> None:
        self.replied.clear()
        self.api.receive_message(self.conversation, text)
        with anyio.fail_after(20):
            await self.replied.wait()

    async def texts(self) -> list[str]:
        listed = await self.client.inbox.messages(self.conversation).collect()
        return [text for one in listed if (text := one.text or one.html or "").startswith("you said")]


@pytest.mark.parametrize("provider", WAYS, ids=str)
async def test_a_bot_hears_and_answers_and_goes_on_after_a_restart(sandbox: Sandbox, provider: Provider) -> None:
    case = Case(sandbox, provider)
    async with case.bot as bot:
        await case.until_ready()
        await case.hear("one")
        counts = await bot.counts()
        assert counts.ready
        assert counts.reconnects == {str(provider): 0}
    case.api.receive_message(case.conversation, "while it was away")
    case.replied.clear()
    async with case.bot:
        with anyio.fail_after(20):
            await case.replied.wait()
        await case.hear("three")
    assert sorted(await case.texts()) == ["you said one", "you said three", "you said while it was away"]
    assert len(set(case.said)) == 3
    roads = {one.road for one in case.told}
    assert roads == {"poll" if provider is Provider.CONVORE else "socket"}
    assert [one.state for one in case.told if isinstance(one, aioconvo.bot.ConnectionFacts)] == ["connected", "connected"]


async def test_a_handler_that_runs_in_the_drain_still_speaks_over_the_socket(sandbox: Sandbox) -> None:
    case = Case(sandbox, Provider.ULTRACART, drain=10)
    begun = asyncio.Event()

    @case.bot.around
    async def slowly(_event: Any, call: Any) -> None:
        begun.set()
        await asyncio.sleep(0.3)
        await call()

    async with case.bot:
        await case.until_ready()
        case.api.receive_message(case.conversation, "late")
        await begun.wait()
    assert await case.texts() == ["you said late"]


def test_what_is_no_way_in_is_told() -> None:
    bot = Bot()
    convore = aioconvo.ConvoreClient(api_key="k", pool=bot.pool)
    sunshine = aioconvo.SunshineClient(app_id="a", key_id="k", secret="s", pool=bot.pool)
    wrong: list[tuple[Any, dict[str, Any], str]] = [
        (convore, {"socket": AgentSocket()}, "Convore has no socket; its events come by poll="),
        (sunshine, {"poll": Polling()}, "Sunshine has no list of events to poll; its events come by webhook="),
        (convore, {"poll": Polling(), "socket": AgentSocket()}, "give one of them"),
        (convore, {"poll": 1.0}, "poll= takes Polling"),
        (sunshine, {"webhook": aioconvo.SunshineWebhook(["secret"]), "poll": Polling()}, "give one of them"),
        (convore, {}, "how do events of 'convore' come"),
    ]
    for client, options, words in wrong:
        with pytest.raises(ConfigurationError, match=words):
            bot.add(client, **options)
    ultracart = aioconvo.UltraCartClient(simple_key="k", pool=bot.pool)
    with pytest.raises(ConfigurationError, match="socket= takes AgentSocket"):
        bot.add(ultracart, socket=object())  # type: ignore[arg-type] # wrong on purpose
