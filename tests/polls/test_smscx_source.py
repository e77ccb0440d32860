"""The slow poll of SMS.CX: what customers wrote comes once, with the key that a webhook would have given it."""

from __future__ import annotations

from typing import Any

import pytest

import aioconvo
from aioconvo import Bot, RetryPolicy, SmscxClient, SmscxWebhook
from aioconvo.events import MessageReceived
from aioconvo.events.polling import Polling
from aioconvo.sandbox.exchange import Reply, Request, Settings
from aioconvo.sandbox.smscx.routes import SmscxSandbox
from aioconvo.smscx.events import neutral, poll, read

from .account import START, Jumping, Memory, moment


class Account:
    """An account of SMS.CX in memory, in time that jumps."""

    def __init__(self) -> None:
        self.clock = Jumping(START)
        self.api = SmscxSandbox(Settings(5, 4, 0, moment(START), lambda: moment(self.clock.now)))
        self.conversations = list(self.api.state()["ids"])
        self.asked: list[Request] = []
        self.down: Reply | None = None

    def client(self, **options: Any) -> SmscxClient:
        pool = Memory(self.clock, self._reply)
        return SmscxClient(api_key=self.api.credentials["api_key"], pool=pool, retry=RetryPolicy(max_retries=1), **options)

    def receive(self, text: str, conversation: int = 0) -> str:
        self.clock.now += 1
        return str(self.api.receive_message(self.conversations[conversation], text)["msgId"])

    def _reply(self, request: Request) -> Reply:
        self.asked.append(request)
        return self.down or self.api.answer(request)


async def some(batches: Any, wanted: int) -> tuple[list[str], list[Any]]:
    """The texts of as many batches as it takes, and the batches."""
    taken: list[Any] = []
    while sum(len(one.delivery.events) for one in taken) < wanted:
        taken.append(await anext(batches))
    events = [neutral(event) for one in taken for event in one.delivery.events]
    return [one.text for one in events if isinstance(one, MessageReceived)], taken


async def test_what_customers_write_comes_once_and_what_was_there_before_does_not() -> None:
    account = Account()
    async with account.client() as smscx, poll(smscx, Polling()).open("shop", None) as batches:
        first = await anext(batches)
        assert (first.delivery.events, first.position is not None) == ((), True)
        account.receive("one")
        account.receive("two", 3)
        await smscx.conversations.reply_sms(account.conversations[0], text="ours")
        texts, taken = await some(batches, 2)
        assert texts == ["one", "two"]
        account.receive("three")
        assert (await some(batches, 1))[0] == ["three"]
        waits = account.clock.slept
        assert all(54 <= wait <= 66 for wait in waits)
    async with account.client() as smscx, poll(smscx, Polling()).open("shop", taken[-1].position) as batches:
        account.clock.now += 86_400
        account.receive("four", 1)
        assert (await some(batches, 2))[0] == ["three", "four"]


async def test_its_key_and_lane_are_those_of_the_callback() -> None:
    account = Account()
    async with account.client() as smscx, poll(smscx, Polling()).open("shop", None) as batches:
        await anext(batches)
        message_id = account.receive("one")
        (found,) = (await some(batches, 1))[1][-1].delivery.events
    phone = next(one.id for one in account.api.customers() if one.conversation == account.conversations[0])
    item = {"msgId": message_id, "from": phone, "to": "100", "text": "one", "receivedAt": "2026-05-28 20:26:41"}
    native = neutral(found)
    assert isinstance(native, MessageReceived)
    event = f"receive_{native.message.channel}"
    (told,) = read("shop", aioconvo.encode({"event": event, "data": [item]}))
    assert (found.key, found.lanes) == (told.key, told.lanes)
    (again,) = read("shop", found.raw)
    assert again == found


async def test_only_some_channels_are_asked_for() -> None:
    account = Account()
    settings = Polling(channels=("fax",))
    async with account.client() as smscx, poll(smscx, settings).open("shop", None) as batches:
        position = (await anext(batches)).position
        account.receive("one")
        assert [(await anext(batches)).delivery.events for _ in range(3)] == [(), (), ()]
        with pytest.raises(aioconvo.InvalidRequestError, match="other types="):
            async with poll(smscx, Polling()).open("shop", position) as others:
                await anext(others)


async def test_conversations_that_did_not_change_are_not_asked_for() -> None:
    account = Account()
    async with account.client() as smscx, poll(smscx, Polling(sweep=0)).open("shop", None) as batches:
        await anext(batches)
        before = len(account.asked)
        for _ in range(10):
            await anext(batches)
        assert len(account.asked) - before == 10


async def test_failures_are_waited_out_and_a_wrong_key_ends_it() -> None:
    account = Account()
    async with account.client() as smscx, poll(smscx, Polling()).open("shop", None) as batches:
        await anext(batches)
        account.receive("one")
        answer = account.api.answer
        left = [Reply(503, {}), Reply(503, {}), Reply(503, {}), Reply(503, {}), Reply(503, {})]
        account.api.answer = lambda request: left.pop() if left else answer(request)  # type: ignore[method-assign]
        assert (await some(batches, 1))[0] == ["one"]
        account.down = Reply(401, {"error": {"message": "no"}})
        with pytest.raises(aioconvo.AuthenticationError):
            await anext(batches)


def test_a_bot_takes_it_beside_a_webhook() -> None:
    bot = Bot()
    smscx = SmscxClient(api_key="k", pool=bot.pool)
    bot.add(smscx, webhook=SmscxWebhook([SmscxWebhook.new_token()]), poll=Polling(channels=("viber", "whatsapp")))
    assert bot.accounts == {"smscx": "smscx"}
