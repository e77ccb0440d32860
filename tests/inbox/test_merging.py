"""Messages of several sources as one stream in time."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given, strategies as st

import aioconvo
from aioconvo.core.json.moments import EPOCH
from aioconvo.inbox import Message, Order, Provider, merge

HOURS = st.lists(st.integers(0, 20) | st.none(), max_size=8)


def message(source: int, place: int, hour: int | None) -> Message:
    when = None if hour is None else EPOCH + dt.timedelta(hours=hour)
    return Message(provider=Provider.SMSCX, conversation_id=str(source), id=str(place), native=None, sent_at=when)


class Source:
    """An async iterable that counts what it gave, and knows whether it was closed."""

    def __init__(self, *messages: Message) -> None:
        self.messages = messages
        self.given = 0
        self.open = 0

    async def __aiter__(self) -> AsyncIterator[Message]:
        self.open += 1
        try:
            for one in self.messages:
                self.given += 1
                yield one
        finally:
            self.open -= 1


@given(st.lists(HOURS, max_size=5), st.booleans())
def test_everything_comes_once_and_in_order(hours: list[list[int | None]], newest_first: bool) -> None:
    lists: list[list[Message]] = []
    for number, source in enumerate(hours):
        told = sorted((hour for hour in source if hour is not None), reverse=newest_first)
        ordered = [None if hour is None else told.pop(0) for hour in source]
        lists.append([message(number, place, hour) for place, hour in enumerate(ordered)])

    async def merged(sources: list[Any]) -> list[Message]:
        return [one async for one in merge(*sources, newest_first=newest_first)]

    found = asyncio.run(merged([Source(*one) for one in lists]))
    assert found == asyncio.run(merged(list(lists)))
    for number, messages in enumerate(lists):
        assert [one for one in found if one.conversation_id == str(number)] == messages
    times = [one.sent_at for one in found if one.sent_at is not None]
    assert times == sorted(times, reverse=newest_first)
    # A message without a time follows the one before it in its source at once, unless that time is another source's too.
    for before, one in zip([None, *found], found, strict=False):
        if one.sent_at is None and before is not None and before.conversation_id != one.conversation_id:
            place = int(one.id)
            moments = [other.sent_at for other in lists[int(one.conversation_id)][:place] if other.sent_at is not None]
            assert before.sent_at is None or moments[-1:] == [before.sent_at]


@pytest.mark.parametrize("newest_first", [False, True])
async def test_a_source_in_the_other_order_is_never_mixed_in(newest_first: bool) -> None:
    right = Source(*(message(0, place, hour) for place, hour in enumerate((5, 6, 7) if not newest_first else (7, 6, 5))))
    wrong = Source(*(message(1, place, hour) for place, hour in enumerate((9, 8) if not newest_first else (1, 2))))
    found: list[Message] = []

    async def keep() -> None:
        async for one in merge(right, wrong, newest_first=newest_first):
            found.append(one)  # noqa: PERF401 -- what came before the error counts

    words = (
        "does not come newest first; .* where all sources come oldest first, merge without newest_first"
        if newest_first
        else "does not come oldest first; .* where all sources come newest first, merge with newest_first=True"
    )
    with pytest.raises(aioconvo.OutOfOrderError, match=rf"source 2 of the merge .* {words}"):
        await keep()
    assert len(found) == 4
    assert right.open == wrong.open == 0


async def test_one_message_of_each_source_is_held() -> None:
    sources = [Source(*(message(number, place, place) for place in range(50))) for number in range(3)]
    count = 0
    async with contextlib.aclosing(merge(*sources)) as merged:
        async for _ in merged:
            count += 1
            assert sum(source.given for source in sources) <= count + 2
            if count == 40:
                break
    assert [source.open for source in sources] == [0, 0, 0]


async def test_a_source_that_fails_ends_all() -> None:
    async def failing() -> AsyncIterator[Message]:
        yield message(1, 0, 0)
        raise aioconvo.PaginationError("no way on")

    async def broken() -> AsyncIterator[Message]:
        raise aioconvo.PaginationError("no way in")
        yield message(1, 0, 0)

    good = Source(*(message(0, place, place) for place in range(5)))
    for bad in (failing(), broken()):
        with pytest.raises(aioconvo.PaginationError):
            [one async for one in merge(good, bad)]
        assert good.open == 0
    assert [one async for one in merge()] == []


async def test_inboxes_of_several_providers_merge(clients: dict[str, Any]) -> None:
    smscx, smooch, ultracart = (clients[name].inbox for name in ("smscx", "smooch", "ultracart"))
    uuid = (await ultracart.conversations(limit=1)).items[0]
    contact = (await smscx.conversations(limit=1)).items[0]
    sources = [smscx.messages(contact, prefetch=1), smooch.messages("user-1"), ultracart.messages(uuid, prefetch=1)]
    found = [one async for one in aioconvo.merge(*sources)]
    assert len(found) == 3 * 230
    times = [one.sent_at for one in found if one.sent_at is not None]
    assert times == sorted(times)
    newest = [smooch.messages("user-1"), clients["sunshine"].inbox.messages(await _first_sunshine(clients))]
    merged = [one.sent_at async for one in aioconvo.merge(*newest, newest_first=True)]
    assert merged == sorted(filter(None, merged), reverse=True)
    with pytest.raises(aioconvo.OutOfOrderError, match="source 2"):  # what Sunshine cannot
        [one async for one in aioconvo.merge(*newest)]
    for own in (smooch.messages("user-1", order=Order.NEWEST_FIRST), smooch.messages("user-1", limit=5)):
        with pytest.raises(aioconvo.OutOfOrderError, match="source 1"):  # another order would be other messages
            [one async for one in aioconvo.merge(own, ultracart.messages(uuid))]
    assert [one.id async for one in smooch.messages("user-1")] == [one.id async for one in smooch.messages("user-1")]


async def _first_sunshine(clients: dict[str, Any]) -> Any:
    return (await clients["sunshine"].inbox.conversations(external_users="user-1", limit=1)).items[0]


def our_tasks() -> list[str]:
    """Names of the coroutines under way; the sandbox's own serve its connections."""
    names = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
    return [name for name in names if name in {"_PagesAhead._read_ahead", "_Source.ask"}]


async def test_leaving_early_leaves_no_task(clients: dict[str, Any]) -> None:
    sources = [clients["smooch"].inbox.messages(f"user-{number}", prefetch=1) for number in (1, 2)]
    async with contextlib.aclosing(aioconvo.merge(*sources, newest_first=True)) as merged:
        async for _ in merged:
            assert our_tasks() == ["_PagesAhead._read_ahead"] * 2
            break
    await asyncio.sleep(0)
    assert our_tasks() == []


async def test_cancelling_while_sources_are_asked_leaves_no_task() -> None:
    asked, sources = asyncio.Event(), [Source(message(0, 0, 0))]

    async def silent() -> AsyncIterator[Message]:
        asked.set()
        await asyncio.Event().wait()
        yield message(1, 0, 0)

    walk = asyncio.ensure_future(anext(merge(*sources, silent())))
    await asked.wait()
    walk.cancel()
    with pytest.raises(asyncio.CancelledError):
        await walk
    assert our_tasks() == []
    assert sources[0].open == 0


class Bare:
    """An async iterator that has nothing to close."""

    def __init__(self, *messages: Message) -> None:
        self._messages = list(messages)

    def __aiter__(self) -> Bare:
        return self

    async def __anext__(self) -> Message:
        if not self._messages:
            raise StopAsyncIteration
        return self._messages.pop(0)


async def test_any_async_iterator_is_a_source() -> None:
    bare = Bare(message(0, 0, 1), message(0, 1, 3))
    found = [one.sent_at async for one in merge(bare, [message(1, 0, 2)])]
    assert found == [EPOCH + dt.timedelta(hours=hour) for hour in (1, 2, 3)]
