"""Convore's events as a bot takes them: batches with their messages, and the position to keep after each."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import aioconvo
from aioconvo.convore.events import neutral, poll
from aioconvo.events import Event, MessageReceived, MessageSent
from aioconvo.events.polling import Polling
from aioconvo.events.sources import Batch
from aioconvo.sandbox.exchange import Reply, Request

from .account import Account


async def some(batches: Any, wanted: int) -> tuple[list[Event], list[Batch]]:
    """The neutral events of as many batches as it takes, and the batches."""
    taken: list[Batch] = []
    while sum(len(one.delivery.events) for one in taken) < wanted:
        taken.append(await anext(batches))
    return [neutral(event) for one in taken for event in one.delivery.events], taken


def fetched(account: Account) -> int:
    return sum(one.path.startswith("/v1/messages/") for one in account.asked)


async def test_messages_come_with_their_text_and_the_account() -> None:
    account = Account()
    async with account.client() as convore, poll(convore, Polling()).open("shop", None) as batches:
        first = await anext(batches)
        assert first.delivery.events == ()
        assert first.position is not None
        came = account.receive("<p>Hello</p>")
        await convore.messages.send(body="<p>Hi</p>", reply_to_message_id=came)
        events, taken = await some(batches, 2)
        assert [type(one) for one in events] == [MessageReceived, MessageSent]
        assert [one.text for one in events if isinstance(one, MessageReceived | MessageSent)] == ["Hello", "Hi"]
        assert all(one.account == "shop" and one.key.startswith("shop:") for one in events)
        assert taken[-1].delivery.account == "shop"
        assert all(one.position is None for one in taken if not one.delivery.events)


async def test_every_walk_shows_a_sign_of_life() -> None:
    account = Account()
    async with account.client() as convore, poll(convore, Polling()).open("shop", None) as batches:
        taken = [await anext(batches) for _ in range(4)]
    assert [one.delivery.events for one in taken] == [()] * 4
    assert [one.position is None for one in taken] == [False, True, True, True]


async def test_a_large_walk_comes_in_parts_and_goes_on_after_each() -> None:
    account = Account()
    async with account.client() as convore, poll(convore, Polling(messages=3)).open("shop", None) as batches:
        await anext(batches)
        came = [account.receive(conversation=number % 3) for number in range(250)]
        account.clock.now += 1
        before = account.clock.now
        _, taken = await some(batches, 250)
        parts = [one for one in taken if one.delivery.events]
        assert [len(one.delivery.events) for one in parts] == [100, 100, 50]
        assert fetched(account) == 250
        assert account.clock.now - before < 2
        for number, part in enumerate(parts, 1):
            async with poll(convore, Polling()).open("shop", part.position) as later:
                account.receive("the last")
                events, _ = await some(later, 250 - 100 * number + 1 if number < 3 else 1)
            found = [one.message.id for one in events if isinstance(one, MessageReceived)]
            assert found[: 250 - 100 * number if number < 3 else 0] == (came[100 * number :] if number < 3 else [])


async def test_a_message_that_is_gone_leaves_the_event() -> None:
    account = Account()
    async with account.client() as convore, poll(convore, Polling()).open("shop", None) as batches:
        await anext(batches)
        account.api.events.message("inbound", account.conversations[0], "msg_gone", int(account.clock.now * 1000))
        came = account.receive("there")
        (gone, there), _ = await some(batches, 2)
    assert isinstance(gone, MessageReceived)
    assert isinstance(there, MessageReceived)
    assert (gone.message.id, gone.text) == ("msg_gone", "")
    assert (there.message.id, there.text) == (came, "there")


def refusing(account: Account, message: str, replies: list[Reply]) -> None:
    """Answer requests for a message with these, one after the other, then as ever."""
    answer = account.api.answer

    def reply(request: Request) -> Reply:
        return replies.pop(0) if replies and request.path.endswith(message) else answer(request)

    account.api.answer = reply  # type: ignore[method-assign]


async def test_failures_of_one_message_are_waited_out_but_not_for_ever() -> None:
    account = Account()
    async with account.client() as convore, poll(convore, Polling()).open("shop", None) as batches:
        await anext(batches)
        came = account.receive("in the end")
        refusing(account, came, [Reply(503, {"error": {"message": "x"}})] * 7)
        (event,), _ = await some(batches, 1)
        assert isinstance(event, MessageReceived)
        assert event.text == "in the end"
        poison, after = account.receive("never"), account.receive("after")
        refusing(account, poison, [Reply(500, {"error": {"message": "x"}})] * 1_000)
        events, _ = await some(batches, 2)
        assert [(one.message.id, one.text) for one in events if isinstance(one, MessageReceived)] == [
            (poison, ""),
            (after, "after"),
        ]


async def test_a_key_that_is_wrong_ends_it_and_nothing_is_lost() -> None:
    account = Account()
    async with account.client() as convore, poll(convore, Polling()).open("shop", None) as batches:
        await anext(batches)
        came = account.receive()
        refusing(account, came, [Reply(401, {"error": {"message": "x"}})])
        with pytest.raises(aioconvo.AuthenticationError):
            await some(batches, 1)
        (event,), _ = await some(batches, 1)
        assert isinstance(event, MessageReceived)
        assert event.message.id == came


async def test_cancelled_anywhere_it_gives_the_same_again() -> None:
    account = Account()
    async with account.client() as convore, poll(convore, Polling()).open("shop", None) as batches:
        await anext(batches)
        came = [account.receive() for _ in range(5)]
        for turns in range(25):
            task = asyncio.ensure_future(anext(batches))
            for _ in range(turns):
                await asyncio.sleep(0)
            if task.done():
                break
            task.cancel()
            await asyncio.wait([task])
        else:
            task = asyncio.ensure_future(anext(batches))
        batch = await task
        while not batch.delivery.events:
            batch = await anext(batches)
        events = [neutral(one) for one in batch.delivery.events]
        assert [one.message.id for one in events if isinstance(one, MessageReceived)] == came
        assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_nothing_is_asked_for_while_nobody_takes() -> None:
    account = Account()
    async with account.client() as convore, poll(convore, Polling()).open("shop", None) as batches:
        await anext(batches)
        asked = len(account.asked)
        account.receive()
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(account.asked) == asked


async def test_positions_of_others_are_refused() -> None:
    account = Account()
    async with account.client(account="one") as convore:
        async with poll(convore, Polling()).open("shop", None) as batches:
            position = (await anext(batches)).position
        async with account.client(account="two") as other:
            with pytest.raises(aioconvo.InvalidRequestError, match="another account"):
                async with poll(other, Polling()).open("shop", position):
                    pass


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"every": 0}, "every"),
        ({"look_back": -1}, "look_back"),
        ({"messages": 0}, "messages"),
        ({"sweep_over": 0}, "sweep_over"),
    ],
)
def test_wrong_settings_name_the_fix(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(aioconvo.ConfigurationError, match=words):
        Polling(**settings)
