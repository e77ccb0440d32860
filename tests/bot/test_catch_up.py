"""What senders gave up on is found in the inboxes and handled; what came before is not handled again."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest

import aioconvo
from aioconvo import Bot, ConfigurationError, InvalidRequestError
from aioconvo.bot import AgentSocket, Polling
from aioconvo.events import MessageReceived
from aioconvo.events.incoming import Delivery, neutral
from aioconvo.inbox.models import Conversation
from aioconvo.providers import Provider
from aioconvo.sandbox import Sandbox

SECRET = "the-secret-of-the-tests-which-is-long-enough"
WAYS: dict[Provider, Any] = {
    Provider.SUNSHINE: lambda: {"webhook": aioconvo.SunshineWebhook([SECRET])},
    Provider.SMOOCH: lambda: {"webhook": aioconvo.SmoochWebhook([SECRET])},
    Provider.SMSCX: lambda: {"webhook": aioconvo.SmscxWebhook([SECRET])},
    Provider.CONVORE: lambda: {"poll": Polling(every=3_600, quiet=3_600)},
    Provider.ULTRACART: lambda: {"socket": AgentSocket()},
}
WEBHOOKS = (Provider.SUNSHINE, Provider.SMOOCH, Provider.SMSCX)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(conversations=3, messages=4) as sandbox:
        yield sandbox


class Case:
    """A bot of some APIs that keeps what it hears."""

    def __init__(self, sandbox: Sandbox, *providers: Provider) -> None:
        self.sandbox = sandbox
        self.bot = Bot()
        self.heard: list[tuple[Provider, str]] = []
        self.clients: dict[Provider, Any] = {}
        for provider in providers:
            client = provider.client(**sandbox.client_options(str(provider)), pool=self.bot.pool)
            self.clients[provider] = client
            self.bot.add(client, **WAYS[provider]())

        @self.bot.on(MessageReceived)
        async def hear(event: MessageReceived) -> None:
            self.heard.append((event.provider, event.text))

    def write(self, provider: Provider, text: str) -> tuple[str, dict[str, Any]]:
        """A customer writes, and nothing brings it; the conversation and the message."""
        name = next(name for name, _ in self.sandbox.message_ids(str(provider)))
        return name, self.sandbox.providers[str(provider)].receive_message(name, text)

    async def settled(self) -> None:
        while (counts := await self.bot.counts()).waiting + counts.running:  # noqa: ASYNC110 -- the bot has no such event
            await asyncio.sleep(0.005)

    async def users(self, provider: Provider) -> list[str]:
        if provider is Provider.SMOOCH:
            return ["user-1"]
        listed = await self.clients[provider].inbox.conversations(external_users="user-1").collect()
        people = await self.clients[provider].participants.list(listed[0].id).collect()
        return [str(people[0].user_id)]


@pytest.mark.parametrize("provider", WEBHOOKS, ids=str)
async def test_a_message_that_never_came_is_handled_once(sandbox: Sandbox, provider: Provider) -> None:
    case = Case(sandbox, provider)
    since = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    case.write(provider, "first")
    case.write(provider, "second")
    async with case.bot as bot:
        users = {} if provider is Provider.SMSCX else {str(provider): await case.users(provider)}
        done = await bot.catch_up(since=since, users=users)
        await case.settled()
        again = await bot.catch_up(since=since)
        await case.settled()
    assert case.heard == [(provider, "first"), (provider, "second")]
    assert (done.messages, done.new) == (2, 2)
    assert (again.messages, again.new) == (2, 0), "the store knows the conversation now"
    assert bool(again.uncovered) is (provider is not Provider.SMSCX), "users who never wrote are not known"


async def test_convore_lists_all_and_what_came_by_the_poll_comes_once(sandbox: Sandbox) -> None:
    case = Case(sandbox, Provider.CONVORE)
    since = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    case.write(Provider.CONVORE, "hello")
    async with case.bot as bot:
        done = await bot.catch_up(since=since)
        await case.settled()
        assert (await bot.catch_up(since=since)).new == 0
    assert (done.messages, done.uncovered) == (1, ())  # whether it was new depends on which road was first
    assert [text for _, text in case.heard] == ["hello"]


async def test_ultracart_knows_who_its_agents_are(sandbox: Sandbox) -> None:
    case = Case(sandbox, Provider.ULTRACART)
    since = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    async with case.bot as bot:
        case.write(Provider.ULTRACART, "hello")
        done = await bot.catch_up(since=since)
        await case.settled()
    assert done.messages == 1
    assert not done.uncovered
    assert [text for _, text in case.heard] == ["hello"], "it came by the socket, too"


@pytest.mark.parametrize("provider", list(Provider), ids=str)
async def test_what_is_found_has_the_key_and_lane_of_what_would_have_come(sandbox: Sandbox, provider: Provider) -> None:
    case = Case(sandbox, provider)
    name, native = case.write(provider, "hello")
    inbox = case.clients[provider].inbox
    if provider is Provider.ULTRACART:
        inbox = await inbox.with_agents()
    conversation = Conversation(provider=provider, id=name, native=None)
    if inbox.capabilities.lists_all:
        conversation = next(one for one in await inbox.conversations().collect() if one.id == name)
    (message,) = [one for one in await inbox.messages(name).collect() if one.id in native.values()]
    raw = provider.missed(conversation, message)
    (found,) = provider.events.read(str(provider), raw)
    event = neutral(found)
    assert isinstance(event, MessageReceived)
    assert (event.text, event.message.id) == ("hello", message.id)
    assert not found.brief
    (again,) = provider.events.read(str(provider), found.raw)
    assert (again.key, again.lanes) == (found.key, found.lanes)
    if provider is not Provider.SMSCX:  # whose lanes are of phones
        assert name in found.lanes[0]
    await case.bot.pool.close_connections()


async def test_two_webhooks_then_catch_up_double_nothing(sandbox: Sandbox) -> None:
    """Messages are known by their id, whatever webhook or road they came by."""
    case = Case(sandbox, Provider.SUNSHINE)
    since = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    name, native = case.write(Provider.SUNSHINE, "hello")
    hook = aioconvo.SunshineWebhook([SECRET])
    async with case.bot as bot:
        assert bot._life is not None
        for webhook in ("w1", "w2"):
            payload = {"conversation": {"id": name}, "message": native}
            body = {"id": f"e-{webhook}", "type": "conversation:message", "payload": payload}
            raw = __import__("msgspec").json.encode(
                {"app": {"id": "sandbox-app"}, "webhook": {"id": webhook}, "events": [body]}
            )
            opened: Delivery = hook.open({"x-api-key": SECRET}, raw)
            assert (await bot._life.intake.answer(opened)).status == 200
        await case.settled()
        done = await bot.catch_up(since=since)
        await case.settled()
    assert (done.messages, done.new) == (1, 0)
    assert len(case.heard) == 1


async def test_what_cannot_be_covered_is_told(sandbox: Sandbox) -> None:
    case = Case(sandbox, Provider.SUNSHINE)
    since = dt.datetime.now(dt.UTC)
    async with case.bot as bot:
        done = await bot.catch_up(since=since, users=["0" * 24])
        told = {(one.account, one.id, one.why.split()[0]) for one in done.uncovered}
        assert told == {("sunshine", "0" * 24, "NotFoundError"), ("sunshine", None, "the")}
        with pytest.raises(InvalidRequestError, match="no time zone"):
            await bot.catch_up(since=dt.datetime(2026, 1, 1))  # noqa: DTZ001 -- wrong on purpose
        with pytest.raises(InvalidRequestError, match="no client was added under that name"):
            await bot.catch_up(since=since, users={"nobody": ["1"]})
        with pytest.raises(InvalidRequestError, match="got one text"):
            await bot.catch_up(since=since, users="user-1")
    with pytest.raises(ConfigurationError, match="does not run"):
        await bot.catch_up(since=since)
    smscx = Case(sandbox, Provider.SMSCX)
    async with smscx.bot as bot:
        with pytest.raises(InvalidRequestError, match="no account lists conversations by user"):
            await bot.catch_up(since=since, users=["user-1"])
