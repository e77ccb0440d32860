"""The SMS.CX client against the sandbox, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

import aioconvo
from aioconvo.sandbox import Sandbox
from aioconvo.smscx import OPERATIONS, Channel, MessageType, RichMedia, SmscxClient
from tests.virtual_time import in_virtual_time

NOBODY = "00000000-0000-4000-8000-000000000000"
APPLICATION: dict[str, str] = {"application_id": "sandbox-app", "application_secret": "sandbox-secret"}


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(conversations=12, messages=9) as sandbox:
        yield sandbox


def connect(sandbox: Sandbox, **credentials: Any) -> SmscxClient:
    """With the sandbox's API key, unless other credentials are given."""
    options: dict[str, Any] = {**sandbox.client_options("smscx")}
    if credentials:
        options = {"base_url": options["base_url"], **credentials}
    return SmscxClient(**options)


async def test_everything_there_is_arrives(sandbox: Sandbox) -> None:
    stored = sandbox.state()["smscx"]["ids"]
    async with connect(sandbox) as client:
        found = {
            conversation.conversation_id: [
                message.msg_id for message in (await client.conversations.get(conversation.conversation_id)).messages
            ]
            async for conversation in client.conversations.list()
        }
        half = await client.conversations.list(limit=5)
        rest = await client.conversations.list(start=half.position).collect()
    assert found == stored
    assert list(found) == list(stored)
    assert [conversation.conversation_id for conversation in (*half.items, *rest)] == list(stored)


async def test_a_conversation_is_read_and_answered(sandbox: Sandbox) -> None:
    async with connect(sandbox) as client:
        conversations = client.conversations
        newest = (await conversations.list()).items[0].conversation_id
        sandbox.providers["smscx"].receive_message(newest, "Is anybody there?")
        assert (await conversations.list()).items[0].unread_messages > 0
        await conversations.mark_read(newest)
        assert (await conversations.list()).items[0].unread_messages == 0
        sms = await conversations.reply_sms(newest, text="é" * 71)
        viber = await conversations.reply_viber(newest, text="one", rich_media=RichMedia(image_url="https://cdn.test/i"))
        whatsapp = await conversations.reply_whatsapp(newest, text="two", idempotency_id=NOBODY.replace("0000-4", "0001-4"))
        said = (await conversations.get(newest)).messages[-4:]
        exported = await client.groups.export_csv(1).text()
    assert (sms.message.text_analysis.unicode, sms.info.total_parts) == (True, 2)
    assert [message.channel for message in said[1:]] == [Channel.SMS, Channel.VIBER, Channel.WHATSAPP]
    assert [message.type for message in said] == [MessageType.RECEIVED, *[MessageType.SENT] * 3]
    assert [message.msg_id for message in said[1:]] == [reply.message.msg_id for reply in (sms, viber, whatsapp)]
    assert said[2].rich_media == {"imageUrl": "https://cdn.test/i"}
    assert said[1].datetime == sms.message.created_at
    assert len(exported.splitlines()) == 1 + len(sandbox.state()["smscx"]["ids"])
    asked = sandbox.state()["smscx"]["requests"]
    assert set(asked) == {one.name for one in OPERATIONS if one.python.startswith("smscx.conversations.")} | {
        "export_group_to_csv"
    }


async def test_a_window_that_is_closed_refuses_chat_and_takes_sms(sandbox: Sandbox) -> None:
    oldest = list(sandbox.state()["smscx"]["ids"])[-1]
    async with connect(sandbox) as client:
        for reply, code in ((client.conversations.reply_viber, "1181"), (client.conversations.reply_whatsapp, "1182")):
            with pytest.raises(aioconvo.PermissionDeniedError, match="access_denied: Cannot reply") as caught:
                await reply(oldest, text="hello")
            assert caught.value.code == code
            assert caught.value.request_id is not None
        assert (await client.conversations.reply_sms(oldest, text="hello")).message.parts == 1


async def test_nobody_is_not_found(sandbox: Sandbox) -> None:
    async with connect(sandbox) as client:
        conversations = client.conversations
        for call in (
            conversations.get(NOBODY),
            conversations.mark_read(NOBODY),
            conversations.reply_sms(NOBODY, text="x"),
            conversations.reply_viber(NOBODY, text="x"),
            conversations.reply_whatsapp(NOBODY, text="x"),
        ):
            with pytest.raises(aioconvo.NotFoundError) as caught:
                await call
            assert caught.value.code == "1180"


@pytest.mark.parametrize(
    "credentials",
    [{"api_key": "wrong"}, {"token": "wrong"}, APPLICATION | {"application_secret": "wrong"}],
)
async def test_wrong_credentials_are_refused(sandbox: Sandbox, credentials: dict[str, str]) -> None:
    async with connect(sandbox, **credentials) as client:
        with pytest.raises(aioconvo.AuthenticationError):
            await client.conversations.list()


async def test_fifty_tasks_share_one_token_and_its_renewal(sandbox: Sandbox) -> None:
    async with connect(sandbox, **APPLICATION) as client:
        for tokens in (1, 2):
            lists = await asyncio.gather(*(client.conversations.list().collect() for _ in range(50)))
            assert {len(found) for found in lists} == {12}
            assert sandbox.requests["smscx"]["get_access_token"] == tokens
            sandbox.providers["smscx"].revoke_tokens()


async def test_a_ready_token_works_as_long_as_it_lives(sandbox: Sandbox) -> None:
    async with connect(sandbox, **APPLICATION) as client:
        token = await client.oauth.get_token(scope=["sms", "numbers"])
    assert token.scope == "sms numbers"
    async with connect(sandbox, token=token.access_token) as ready:
        assert len(await ready.conversations.list()) == 12
        sandbox.providers["smscx"].revoke_tokens()
        with pytest.raises(aioconvo.AuthenticationError):
            await ready.conversations.list()


@in_virtual_time
async def test_a_cancelled_waiter_leaves_the_token_to_the_others() -> None:
    async with Sandbox(conversations=2, messages=1, latency=0.05) as sandbox, connect(sandbox, **APPLICATION) as client:
        first = asyncio.create_task(client.conversations.list().collect())
        others = [asyncio.create_task(client.conversations.list().collect()) for _ in range(3)]
        await asyncio.sleep(0.02)
        assert sandbox.requests["smscx"] == {"get_access_token": 1}  # the token is under way
        first.cancel()
        assert [len(found) for found in await asyncio.gather(*others)] == [2, 2, 2]
        assert first.cancelled()
        assert sandbox.requests["smscx"]["get_access_token"] == 1
        assert client.pool.in_use() == 0
