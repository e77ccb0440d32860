"""`convore.events.follow`: what comes, in which order, what is waited for, what ends it, and where it goes on."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any, cast

import pytest

import aioconvo
from aioconvo.convore import PolledEvent
from aioconvo.convore.events import Following
from aioconvo.events.polling import Polling
from aioconvo.sandbox.event_list import EventList
from aioconvo.sandbox.exchange import Reply

from .account import START, Account, Jumping, until


async def take(following: Following, count: int) -> list[PolledEvent]:
    return [await anext(following) for _ in range(count)]


def lists(account: Account) -> int:
    return sum(one.path == "/v1/events" for one in account.asked)


async def test_what_happens_from_now_on_comes_oldest_first_with_positions() -> None:
    account = Account()
    async with account.client() as convore:
        following = convore.events.follow()
        assert following.position is None
        came = [account.receive(), account.receive(conversation=1), account.receive()]
        events = await take(following, 3)
        assert [one.message_id for one in events] == came
        assert [one.type for one in events] == ["message_inbound_received"] * 3
        assert events[1].conversation_id == account.conversations[1]
        assert len({one.position for one in events}) == 3
        assert following.position is not None
        for number, event in enumerate(events):
            later = convore.events.follow(position=event.position)
            account.receive()
            assert [one.message_id for one in await take(later, 2)][: 2 - number] == came[number + 1 :][:2]


async def test_what_was_there_before_does_not_come() -> None:
    account = Account(messages=5)
    async with account.client() as convore:
        following = convore.events.follow()
        account.clock.now += 1
        last = account.receive()
        (event,) = await take(following, 1)
    assert event.message_id == last
    assert aioconvo.raw_json(event) is not None
    assert "place" not in aioconvo.encode(event).decode()


async def test_a_clock_that_is_ahead_of_the_servers_loses_nothing() -> None:
    account = Account()
    async with account.client() as convore:
        convore.pool.clock = clock = Jumping(START + 1_800)  # half an hour
        following = convore.events.follow(polling=Polling(sweep=0))
        waiting = asyncio.ensure_future(anext(following))
        await until(lambda: bool(clock.slept))
        came = account.receive()
        assert (await waiting).message_id == came


async def test_types_are_asked_for() -> None:
    account = Account()
    async with account.client() as convore:
        following = convore.events.follow(types=["message_outbound_sent"])
        came = account.receive()
        sent = await convore.messages.send(body="Hi", reply_to_message_id=came)
        (event,) = await take(following, 1)
        assert event.message_id == sent.id
        with pytest.raises(aioconvo.InvalidRequestError, match="other types="):
            convore.events.follow(position=event.position)
        with pytest.raises(aioconvo.InvalidRequestError, match="empty"):
            convore.events.follow(types=[])
        with pytest.raises(aioconvo.InvalidRequestError, match=r"types=\['message_outbound_sent'\]"):
            convore.events.follow(types="message_outbound_sent")
        with pytest.raises(aioconvo.ConfigurationError, match="polling must be a Polling"):
            convore.events.follow(polling=cast("Any", {"every": 1}))
        convore.events.follow(types=cast("Any", iter(["message_outbound_sent"])), position=event.position)


async def test_an_unknown_type_is_an_event_too() -> None:
    account = Account()
    async with account.client() as convore:
        following = convore.events.follow()
        account.api.events._add("conversation_snoozed", int(account.clock.now * 1000), account.conversations[0])
        (event,) = await take(following, 1)
    assert event.type == "conversation_snoozed"
    assert not event.type.known


async def polled_once(account: Account, following: Following) -> None:
    """Let it look at the list once, and nothing come of it."""
    waits = len(account.clock.slept)
    task = asyncio.ensure_future(anext(following))
    await until(lambda: len(account.clock.slept) > waits)
    task.cancel()
    await asyncio.wait([task])


async def test_the_wait_grows_while_nothing_happens_and_is_short_again_after_an_event() -> None:
    account = Account()
    waits = account.clock.slept
    async with account.client() as convore:
        following = convore.events.follow()
        task = asyncio.ensure_future(anext(following))
        await until(lambda: len(waits) >= 12)
        account.receive()
        await task
        quiet, before = waits[:12], len(waits)
        await polled_once(account, following)
    assert all(one < other * 1.25 for one, other in itertools.pairwise(quiet))
    assert 0.9 <= quiet[0] <= 1.1
    assert all(4.5 <= wait <= 5.5 for wait in quiet[5:])
    assert 0.9 <= waits[before] <= 1.1


async def test_a_position_before_anything_happened_goes_on_there() -> None:
    account = Account()
    async with account.client() as convore:
        following = convore.events.follow()
        await polled_once(account, following)
        position = following.position
        assert position is not None
        missed = account.receive()
        account.clock.now += 600
        later = convore.events.follow(position=position)
        assert [one.message_id for one in await take(later, 1)] == [missed]


@pytest.mark.parametrize("oldest_first", [False, True])
async def test_events_that_appear_late_come_and_come_once(oldest_first: bool) -> None:
    account = Account(EventList(oldest_first=oldest_first, late=60, late_share=0.5))
    came: list[str] = []
    given: list[str | None] = []
    async with account.client() as convore:
        following = convore.events.follow()
        for _ in range(40):
            account.clock.now += 3
            came.append(account.receive())
        given += [one.message_id for one in await take(following, 40)]
        account.clock.now += 1
        came.append(account.receive())
        given += [one.message_id for one in await take(following, 1)]
    assert sorted(given, key=str) == sorted(came)


async def test_the_sweep_finds_what_appeared_later_than_that() -> None:
    account = Account(EventList(late=1_500, late_share=1.0))
    async with account.client() as convore:
        following = convore.events.follow()
        await polled_once(account, following)
        came = [account.receive() for _ in range(20)]
        account.api.events.manner = EventList()
        account.clock.now += 1
        came.append(account.receive())
        given = [one.message_id for one in await take(following, 21)]
    assert sorted(given, key=str) == sorted(came)
    assert account.clock.now - START < 2_500


async def test_failures_that_pass_are_waited_out() -> None:
    account = Account()
    async with account.client() as convore:
        following = convore.events.follow()
        await polled_once(account, following)
        account.down = Reply(503, {"error": {"message": "down"}})
        came = account.receive()
        task = asyncio.ensure_future(anext(following))
        await until(lambda: account.clock.now > START + 3_000)
        assert not task.done()
        account.down = None
        assert (await task).message_id == came
    assert account.failed < 400  # in 50 minutes: three tries each time, and up to a minute between


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_is_wrong_ends_it(status: int) -> None:
    account = Account()
    account.down = Reply(status, {"error": {"message": "no"}})
    kinds = (aioconvo.AuthenticationError, aioconvo.PermissionDeniedError)
    async with account.client() as convore:
        following = convore.events.follow()
        with pytest.raises(kinds):
            await anext(following)
        assert len(account.asked) == 1
        account.down = None  # whoever asks all the same is answered
        came = account.receive()
        assert (await anext(following)).message_id == came


async def test_a_429_is_obeyed() -> None:
    account = Account()
    async with account.client(retry=aioconvo.RetryPolicy(max_retries=0)) as convore:
        following = convore.events.follow()
        account.down = Reply(429, {"error": {"message": "slow"}}, {"Retry-After": "77"})
        task = asyncio.ensure_future(anext(following))
        await until(lambda: bool(account.clock.slept))
        account.down = None
        came = account.receive()
        assert (await task).message_id == came
    assert account.clock.now >= START + 77


async def test_a_cursor_that_is_refused_begins_the_walk_again() -> None:
    account = Account()
    refused: list[str] = []
    answer = account.api.answer

    def refuse(request: Any) -> Reply:
        if dict(request.query).get("cursor") and not refused:
            refused.append(request.path)
            return Reply(400, {"error": {"message": "the cursor ran out"}})
        return answer(request)

    account.api.answer = refuse  # type: ignore[method-assign]
    async with account.client() as convore:
        following = convore.events.follow()
        came = [account.receive() for _ in range(700)]
        given = [one.message_id for one in await take(following, 700)]
    assert given == came
    assert refused


async def test_a_timeout_around_it_loses_nothing() -> None:
    account = Account()
    async with account.client() as convore:
        following = convore.events.follow()
        came: list[str] = []
        given: list[str | None] = []
        for number in range(20):
            came.append(account.receive())
            task = asyncio.ensure_future(anext(following))
            for _ in range(number):
                await asyncio.sleep(0)
            if task.cancel():
                await asyncio.wait([task])
            if not task.cancelled():
                given.append(task.result().message_id)
        while len(given) < len(came):
            given.append((await anext(following)).message_id)
    assert given == came


async def test_nothing_runs_once_it_is_left() -> None:
    account = Account()
    async with account.client() as convore:
        account.receive()
        async for _ in convore.events.follow():
            break
        asked = len(account.asked)
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}
    assert len(account.asked) == asked


async def test_an_event_of_the_far_future_does_not_end_it() -> None:
    account = Account()
    async with account.client() as convore:
        following = convore.events.follow()
        account.api.events.message("inbound", account.conversations[0], "msg_future", 4_000_000_000_000)
        assert (await anext(following)).message_id == "msg_future"
        for _ in range(3):
            account.clock.now += 30
            came = account.receive()
            assert (await anext(following)).message_id == came


async def test_after_an_outage_time_is_walked_in_slices() -> None:
    account = Account()
    async with account.client() as convore:
        following = convore.events.follow()
        account.receive()
        position = (await anext(following)).position
        came: list[str] = []
        for _ in range(3_000):
            account.clock.now += 10
            came.append(account.receive())
        account.clock.now += 86_400 * 3
        before = lists(account)
        later = convore.events.follow(position=position)
        given = [one.message_id for one in await take(later, 3_000)]
    assert given == came
    assert lists(account) - before < 120
    assert any("created_at_before" in dict(one.query) for one in account.asked)


async def test_a_slice_with_too_much_in_it_is_made_shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioconvo.events.plan.MOST_PAGES", 2)
    account = Account()
    async with account.client() as convore:
        following = convore.events.follow()
        account.receive()
        position = (await anext(following)).position
        came: list[str] = []
        for _ in range(2_500):
            account.clock.now += 0.2
            came.append(account.receive())
        account.clock.now += 7_200
        later = convore.events.follow(position=position)
        given = [one.message_id for one in await take(later, 2_500)]
    assert given == came
