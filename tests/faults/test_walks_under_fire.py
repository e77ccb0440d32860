"""R1: walks that lose nothing and double nothing while a fifth of all answers fail, counted at the sandbox.

The suite walks 60 conversations of 105 messages for each provider; with AIOCONVO_CAMPAIGN=full 2,000 of 50, that is
100,000 messages. No retry waits in real time: the clock moves when somebody sleeps.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, NamedTuple

import pytest

import aioconvo
from aioconvo.sandbox import Sandbox
from aioconvo.sandbox.faults import Fault
from tests.campaign import FULL

CONVERSATIONS, MESSAGES = (2_000, 50) if FULL else (60, 105)
SHARE = 0.2
AT_ONCE = 32
KINDS = {fault.value for fault in Fault}


class QuickClock:
    """Sleeping lets the others run and moves the time, but takes none."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)


class Walk(NamedTuple):
    """How one provider is walked: the names of all conversations, and the ids of the messages of one.

    `messages` also gets the id of the first message, where a walk forwards has to be told from where.
    """

    client: type[Any]
    conversations: Callable[[Any], AsyncIterator[str]] | None
    messages: Callable[[Any, str, str], AsyncIterator[str]]


async def ids(paginator: aioconvo.AsyncPaginator[Any], name: str = "id") -> AsyncIterator[str]:
    async for page in paginator.pages():
        for item in page.items:
            yield getattr(item, name)


async def smscx_messages(client: aioconvo.SmscxClient, conversation: str, _first: str) -> AsyncIterator[str]:
    for message in (await client.conversations.get(conversation)).messages:
        yield message.msg_id


async def sunshine_forwards(client: aioconvo.SunshineClient, conversation: str, first: str) -> AsyncIterator[str]:
    yield first
    async for message in client.messages.list(conversation, after=first, prefetch=1):
        yield message.id


UUID, MESSAGE_UUID = "conversation_uuid", "conversation_message_uuid"
WALKS = {
    "smscx, all at once": Walk(
        aioconvo.SmscxClient, lambda client: ids(client.conversations.list(), "conversation_id"), smscx_messages
    ),
    "sunshine, cursors backwards": Walk(
        aioconvo.SunshineClient,
        lambda client: ids(client.conversations.list(user_external_id="user-1", page_size=10)),
        lambda client, one, _first: ids(client.messages.list(one)),
    ),
    "sunshine, cursors forwards, read ahead": Walk(
        aioconvo.SunshineClient,
        lambda client: ids(client.conversations.list(user_external_id="user-1", page_size=10, prefetch=2)),
        sunshine_forwards,
    ),
    # Smooch lists no users: its customers keep their own list.
    "smooch, times backwards": Walk(aioconvo.SmoochClient, None, lambda client, one, _first: ids(client.messages.list(one))),
    "smooch, times forwards, read ahead": Walk(
        aioconvo.SmoochClient, None, lambda client, one, _first: ids(client.messages.list(one, after=0, prefetch=1))
    ),
    "convore, cursors": Walk(
        aioconvo.ConvoreClient,
        lambda client: ids(client.conversations.list(page_size=10)),
        lambda client, one, _first: ids(client.messages.list(conversation_id=one, page_size=30)),
    ),
    "ultracart, offsets and times": Walk(
        aioconvo.UltraCartClient,
        lambda client: ids(client.conversations.list(page_size=10), UUID),
        lambda client, one, _first: ids(client.messages.list(one, page_size=40), MESSAGE_UUID),
    ),
    "ultracart, offsets side by side, read ahead": Walk(
        aioconvo.UltraCartClient,
        lambda client: ids(client.conversations.list(page_size=10, prefetch=4), UUID),
        lambda client, one, _first: ids(client.messages.list(one, page_size=40, prefetch=1), MESSAGE_UUID),
    ),
}


def stored(state: Mapping[str, Any]) -> dict[str, list[str]]:
    """The ids the sandbox holds, keyed as the walk keys them: Smooch's by user, the others' by conversation."""
    held: dict[str, list[str]] = state["ids"]
    users: object = state.get("users")
    return {user: held[conversation] for user, conversation in users.items()} if isinstance(users, dict) else held


async def collect(walk: Walk, client: Any, held: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """Every message as conversation and id, as often as it came; conversations are read side by side as they are listed."""
    found: list[tuple[str, str]] = []
    turns = asyncio.Semaphore(AT_ONCE)

    async def read(conversation: str) -> None:
        async with turns:
            found.extend([(conversation, one) async for one in walk.messages(client, conversation, held[conversation][0])])

    async with asyncio.TaskGroup() as readers:
        if walk.conversations is None:
            for conversation in held:
                readers.create_task(read(conversation))
        else:
            async for conversation in walk.conversations(client):
                readers.create_task(read(conversation))
    return found


@pytest.mark.parametrize("name", WALKS)
async def test_a_full_walk_while_a_fifth_of_all_answers_fail(name: str, record_property: Callable[[str, object], None]) -> None:
    """R1: collected ids equal the server's, 0 missing, 0 doubled, whatever the kind of paging."""
    walk = WALKS[name]
    provider = walk.client.provider
    async with (
        Sandbox(conversations=CONVERSATIONS, messages=MESSAGES, faults=SHARE, seed=10 + list(WALKS).index(name)) as sandbox,
        aioconvo.SessionPool(clock=QuickClock()) as pool,
    ):
        held = stored(sandbox.providers[provider].state())
        client = walk.client(**sandbox.client_options(provider), pool=pool, max_retries=10)
        began = time.perf_counter()
        found = Counter(await collect(walk, client, held))
        seconds = time.perf_counter() - began
        assert pool.in_use() == 0
        requests = sum(sandbox.requests[provider].values())
        faults = sandbox.faults[provider]
    expected = Counter((conversation, one) for conversation, messages in held.items() for one in messages)
    missing, doubled = expected - found, found - expected
    figure = (
        f"{name}: {expected.total()} messages in {len(held)} conversations, {requests} requests, faults {dict(faults)}, "
        f"{missing.total()} missing, {doubled.total()} doubled, {seconds:.1f} s"
    )
    print(figure)  # noqa: T201 -- the figure
    record_property("figure", figure)
    assert expected.total() == CONVERSATIONS * MESSAGES
    assert (missing, doubled) == (Counter(), Counter())
    assert faults.keys() == KINDS
    assert sum(faults.values()) == pytest.approx(SHARE * requests, rel=0.5)
