"""UltraCart over real loopback: every operation, every walk to its end, and lists that move meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

import aioconvo
from aioconvo.sandbox import Sandbox
from aioconvo.ultracart import AgentStatus, UltraCartClient


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(conversations=45, messages=60) as sandbox:
        yield sandbox


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[UltraCartClient]:
    options: dict[str, Any] = sandbox.client_options("ultracart")
    async with UltraCartClient(**options) as client:
        yield client


def stored(sandbox: Sandbox) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = sandbox.state()["ultracart"]["ids"]
    return ids


@pytest.mark.parametrize(("page_size", "prefetch"), [(None, 0), (7, 0), (4, 5), (200, 2)])
async def test_lists_are_walked_to_their_end(
    sandbox: Sandbox, client: UltraCartClient, page_size: int | None, prefetch: int
) -> None:
    options: dict[str, Any] = {"page_size": page_size, "prefetch": prefetch}
    listed = await client.conversations.list(**options).collect()
    found = await client.conversations.search(**options).collect()
    oldest = await client.conversations.search(order_by_oldest=True, **options).collect()
    wanted = list(stored(sandbox))
    assert [conversation.conversation_uuid for conversation in listed] == wanted
    assert [conversation.conversation_uuid for conversation in found] == wanted
    assert [conversation.conversation_uuid for conversation in oldest] == wanted[::-1]


async def test_messages_of_every_conversation(sandbox: Sandbox, client: UltraCartClient) -> None:
    for uuid, wanted in stored(sandbox).items():
        messages = await client.messages.list(uuid, page_size=25).collect()
        assert [message.conversation_message_uuid for message in messages] == wanted


async def test_a_list_that_moves_while_it_is_walked(sandbox: Sandbox, client: UltraCartClient) -> None:
    wanted = set(stored(sandbox))
    unread, emulated = list(wanted), sandbox.providers["ultracart"]
    found: list[str | None] = []
    async for page in client.conversations.list(page_size=5, prefetch=3).pages():
        found += [conversation.conversation_uuid for conversation in page.items]
        if len(found) < 40:
            emulated.receive_conversation()
            emulated.receive_message(unread.pop(), "me first")
    assert wanted <= set(found)
    assert len(found) == len(set(found))


async def test_every_position_goes_on_after_new_conversations(sandbox: Sandbox, client: UltraCartClient) -> None:
    wanted = list(stored(sandbox))
    had: list[str | None] = []
    positions: list[tuple[str, list[str | None]]] = []
    async for page in client.conversations.list(page_size=10).pages():
        had += [conversation.conversation_uuid for conversation in page.items]
        positions.append((page.position, list(had)))
    for _ in range(12):
        sandbox.providers["ultracart"].receive_conversation()
    for position, before in positions:
        rest = [one.conversation_uuid async for one in client.conversations.list(page_size=10, start=position)]
        assert [uuid for uuid in before + rest if uuid in wanted] == wanted


async def test_polling_for_new_messages(sandbox: Sandbox, client: UltraCartClient) -> None:
    uuid = next(iter(stored(sandbox)))
    position = [page async for page in client.messages.list(uuid).pages()][-1].position
    new = sandbox.providers["ultracart"].receive_message(uuid, "Hello?")
    found = await client.messages.list(uuid, start=position).collect()
    assert [message.conversation_message_uuid for message in found] == [new["conversation_message_uuid"]]


async def test_what_an_agent_does(sandbox: Sandbox, client: UltraCartClient) -> None:
    agent = await client.agents.authorize_websocket()
    uuid = next(iter(stored(sandbox)))
    await client.conversations.join(uuid, participant_language_iso_code="de")
    await client.conversations.mark_read(uuid)
    conversation = await client.conversations.get(uuid, message_limit=3)
    assert [message.conversation_message_uuid for message in conversation.messages or ()] == stored(sandbox)[uuid][-3:]
    joined = {part.conversation_participant_arn: part for part in conversation.participants or ()}
    assert joined[agent.conversation_participant_arn].language_iso_code == "de"
    await client.conversations.leave(uuid)
    after = {part.conversation_participant_arn: part for part in (await client.conversations.get(uuid)).participants or ()}
    assert after[agent.conversation_participant_arn].left_dts is not None
    started = await client.conversations.start(add_conversation_participant_arns=["arn:guest"])
    assert started.conversation_uuid in stored(sandbox)
    assert ((await client.conversations.get_upload_url("png")).key or "").endswith(".png")
    await client.queues.update_status("Support", agent_status=AgentStatus.UNAVAILABLE)
    queues = {queue.queue_name: queue async for queue in client.queues.list_statuses()}
    assert queues["Support"].agent_unavailable_count == 1


async def test_refusals(sandbox: Sandbox, client: UltraCartClient) -> None:
    with pytest.raises(aioconvo.NotFoundError, match="does not exist"):
        await client.conversations.get("unknown")
    with pytest.raises(aioconvo.NotFoundError):
        await client.messages.list("unknown")
    with pytest.raises(aioconvo.NotFoundError):
        await client.conversations.start(conversation_arn="arn:unknown")
    stranger = UltraCartClient(base_url=client.base_url, simple_key="wrong", pool=client.pool)
    with pytest.raises(aioconvo.AuthenticationError):
        await stranger.conversations.list()
    assert sandbox.requests["ultracart"]["start_conversation"] == 1


async def test_tokens_are_fetched_once_and_renewed_when_revoked(sandbox: Sandbox, client: UltraCartClient) -> None:
    by_oauth = UltraCartClient(
        base_url=client.base_url, client_id="sandbox-client", refresh_token="sandbox-refresh", pool=client.pool
    )
    for fetched in (1, 2):
        await asyncio.gather(*(by_oauth.queues.list_statuses().collect() for _ in range(8)))
        assert sandbox.requests["ultracart"]["oauth_access_token"] == fetched
        sandbox.providers["ultracart"].revoke_tokens()
    refused = UltraCartClient(base_url=client.base_url, client_id="sandbox-client", refresh_token="old", pool=client.pool)
    with pytest.raises(aioconvo.AuthenticationError, match="refresh token is not valid"):
        await refused.queues.list_statuses()


async def test_a_faulty_server_costs_nothing(clock: Any) -> None:
    async with Sandbox(conversations=30, messages=5, faults=0.15, seed=3) as sandbox:
        options: dict[str, Any] = sandbox.client_options("ultracart")
        async with aioconvo.SessionPool(clock=clock) as pool:
            client = UltraCartClient(**options, pool=pool, max_retries=20)
            found = await client.conversations.list(page_size=4).collect()
        assert clock.slept
        assert [conversation.conversation_uuid for conversation in found] == list(stored(sandbox))
