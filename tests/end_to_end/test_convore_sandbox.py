"""Convore over real loopback: every operation against the sandbox, every walk to its end."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest

import aioconvo
from aioconvo.convore import ContactHandle, ConversationStatus, ConvoreClient, Participant
from aioconvo.convore.models import ContactHandleType, MessageDirection, MessageFormat, ParticipantRole
from aioconvo.sandbox import Sandbox

LONG_AGO = dt.datetime(2001, 2, 3, 4, 5, 6, 789000, tzinfo=dt.UTC)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(conversations=23, messages=7) as sandbox:
        yield sandbox


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[ConvoreClient]:
    async with _client(sandbox) as client:
        yield client


def _client(sandbox: Sandbox, **options: Any) -> ConvoreClient:
    settings: dict[str, Any] = {**sandbox.client_options("convore"), **options}
    return ConvoreClient(**settings)


def _ids(sandbox: Sandbox) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = sandbox.state()["convore"]["ids"]
    return ids


def _somebody(role: ParticipantRole, address: str) -> Participant:
    return Participant(handle=ContactHandle(type=ContactHandleType.EMAIL, value=address), role=role)


@pytest.mark.parametrize("options", [{}, {"page_size": 1}, {"page_size": 10}, {"page_size": 10, "prefetch": 2}])
async def test_walks_bring_everything_once(sandbox: Sandbox, client: ConvoreClient, options: dict[str, Any]) -> None:
    stored = _ids(sandbox)
    conversations = [conversation.id async for conversation in client.conversations.list(**options)]
    assert sorted(conversations) == sorted(stored)
    messages = [message.id async for message in client.messages.list(**options)]
    assert sorted(messages) == sorted(itertools.chain.from_iterable(stored.values()))
    for conversation_id in conversations[:3]:
        own = await client.messages.list(conversation_id=conversation_id, **options).collect()
        assert sorted(message.id for message in own) == sorted(stored[conversation_id])


async def test_every_position_goes_on_exactly_after_its_page(sandbox: Sandbox, client: ConvoreClient) -> None:
    before = 0
    whole = [message.id async for message in client.messages.list()]
    async for page in client.messages.list(page_size=25).pages():
        before += len(page.items)
        rest = client.messages.list(start=page.position, page_size=60)
        assert [message.id async for message in rest] == whole[before:]
    assert before == len(whole) == sandbox.state()["convore"]["messages"]


async def test_filters(client: ConvoreClient) -> None:
    everything = await client.conversations.list().collect()
    done = await client.conversations.list(statuses=["done", ConversationStatus.SPAM], page_size=2).collect()
    assert {conversation.id for conversation in done} == {
        conversation.id for conversation in everything if conversation.status in {"done", "spam"}
    }
    middle = sorted(conversation.created_at for conversation in everything)[11]
    elsewhere = middle.astimezone(dt.timezone(dt.timedelta(hours=5, minutes=30)))
    early = await client.conversations.list(created_at_before=elsewhere).collect()
    late = await client.conversations.list(created_at_after=elsewhere).collect()
    assert (len(early), len(late)) == (11, 12)
    unlabelled = await client.conversations.list(has_no_label=True).collect()
    assert {conversation.id for conversation in unlabelled} == {c.id for c in everything if not c.labels}
    address = everything[0].participants[1].handle
    token = f"{address.type.upper()}:{address.value}"
    assert [c.id async for c in client.conversations.list(contact_handle_tokens=[token])] == [everything[0].id]


async def test_formats(client: ConvoreClient) -> None:
    minimal = await client.messages.list(format="minimal", page_size=2)
    full = await client.messages.list(format=MessageFormat.FULL, page_size=2)
    assert [message.id for message in minimal.items] == [message.id for message in full.items]
    assert [message.body for message in minimal.items] == [None, None]
    assert all(message.body and message.text_body for message in full.items)


async def test_a_reply_lands_in_its_conversation(sandbox: Sandbox, client: ConvoreClient) -> None:
    newest = (await client.messages.list(limit=1)).items[0]
    sent = await client.messages.send(body="<p>On its way</p>", reply_to_message_id=newest.id, reply_type="reply")
    assert sent.conversation_id == newest.conversation_id
    assert sent.direction is MessageDirection.OUTBOUND
    assert sent.text_body == "On its way"
    assert await client.messages.get(sent.id) == sent
    assert sent.id in _ids(sandbox)[newest.conversation_id]


async def test_a_new_conversation_by_addresses_and_by_participants(sandbox: Sandbox, client: ConvoreClient) -> None:
    channel = sandbox.state()["convore"]["channels"][0]
    mail = await client.messages.send(
        body="<p>Hello</p>", channel_id=channel, from_="support@example.com", to=["ada@example.org"], cc=["b@example.org"]
    )
    same = await client.messages.send(
        body="<p>Hello</p>",
        channel_id=channel,
        sender=_somebody(ParticipantRole.FROM, "support@example.com"),
        recipients=[
            _somebody(ParticipantRole.TO, "ada@example.org"),
            _somebody(ParticipantRole.CC, "b@example.org"),
        ],
    )
    assert (mail.sender, mail.recipients) == (same.sender, same.recipients)
    conversation = await client.conversations.get(mail.conversation_id)
    assert conversation.message_count == 1
    assert conversation.channel_id == channel


async def test_import_and_update(sandbox: Sandbox, client: ConvoreClient) -> None:
    conversation_id = next(iter(_ids(sandbox)))
    imported = await client.messages.import_(
        date=LONG_AGO.astimezone(dt.timezone(dt.timedelta(hours=-8))),
        sender=_somebody(ParticipantRole.FROM, "ada@example.org"),
        recipients=[_somebody(ParticipantRole.TO, "support@example.com")],
        conversation_id=conversation_id,
        subject="Before",
        body="<p>From long ago</p>",
    )
    assert imported.date == LONG_AGO
    oldest = (await client.messages.list(conversation_id=conversation_id).collect())[-1]
    assert oldest.id == imported.id
    changed = await client.messages.update(imported.id, snippet="Short", date=LONG_AGO + dt.timedelta(days=1))
    assert (changed.subject, changed.snippet) == ("Before", "Short")
    assert changed.date == LONG_AGO + dt.timedelta(days=1)
    assert (await client.messages.update(imported.id, subject=None)).subject is None


async def test_what_is_not_there_and_who_may_not(sandbox: Sandbox, client: ConvoreClient) -> None:
    with pytest.raises(aioconvo.NotFoundError) as caught:
        await client.messages.get("msg_none")
    assert caught.value.code == "not_found"
    for call in (
        client.conversations.get("conv_none"),
        client.messages.update("msg_none", snippet="x"),
        client.messages.send(body="x", channel_id="chnnl_none"),
    ):
        with pytest.raises(aioconvo.NotFoundError):
            await call
    assert await client.messages.list(conversation_id="conv_none").collect() == []
    async with _client(sandbox, api_key="wrong") as stranger:
        with pytest.raises(aioconvo.AuthenticationError, match="not valid"):
            await stranger.conversations.list()


async def test_every_page_comes_through_faults() -> None:
    async with Sandbox(conversations=10, messages=20, faults=0.2) as sandbox:
        retry = aioconvo.RetryPolicy(max_retries=10, backoff=0.001)
        async with _client(sandbox, retry=retry) as client:
            messages = await client.messages.list(page_size=5, prefetch=2).collect()
    assert len({message.id for message in messages}) == len(messages) == 200
