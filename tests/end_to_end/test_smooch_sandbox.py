"""The Smooch client against the sandbox, over real sockets."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

import aioconvo
from aioconvo.sandbox import Sandbox
from aioconvo.smooch import (
    OPERATIONS,
    CarouselMessage,
    Coordinates,
    FileMessage,
    FormField,
    FormMessage,
    FormResponseMessage,
    ImageMessage,
    Item,
    LinkAction,
    ListMessage,
    LocationMessage,
    Message,
    NewMessage,
    ReplyAction,
    Role,
    ShareAction,
    SmoochClient,
    TextMessage,
)

MAKER = Role.APP_MAKER
ITEMS = [Item(title="Lamp", actions=[LinkAction(text="More", uri="https://shop.test"), ShareAction()])]
FIELDS = [FormField(type="text", name="size", label="Size")]
POSTS: list[NewMessage] = [
    TextMessage(role=MAKER, text="Hello", metadata={"order": 4711}, name="Ada"),
    TextMessage(role=MAKER, actions=[ReplyAction(text="Yes", payload="YES")]),
    ImageMessage(role=MAKER, media_url="https://cdn.test/i.png"),
    FileMessage(role=Role.APP_USER, media_url="https://cdn.test/f.pdf"),
    CarouselMessage(role=MAKER, items=ITEMS),
    ListMessage(role=MAKER, items=ITEMS),
    LocationMessage(role=Role.APP_USER, coordinates=Coordinates(lat=1.5, long=-2.0)),
    FormMessage(role=MAKER, fields=FIELDS),
    FormResponseMessage(role=Role.APP_USER, fields=FIELDS),
]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(conversations=3, messages=350) as sandbox:
        yield sandbox


def connect(sandbox: Sandbox, **others: Any) -> SmoochClient:
    options: dict[str, Any] = {**sandbox.client_options("smooch"), **others}
    return SmoochClient(**options)


def stored(sandbox: Sandbox, user_id: str) -> list[str]:
    """Ids of the user's messages, oldest first."""
    state = sandbox.state()["smooch"]
    ids: list[str] = state["ids"][state["users"][user_id]]
    return ids


def ids(messages: Sequence[Message]) -> list[str]:
    return [message.id for message in messages]


async def test_every_message_arrives_in_both_directions(sandbox: Sandbox) -> None:
    async with connect(sandbox) as client:
        for user_id in ("user-1", "user-2", "user-3"):
            there = stored(sandbox, user_id)
            assert ids(await client.messages.list(user_id).collect()) == there[::-1]
            assert ids(await client.messages.list(user_id, after=0, prefetch=2).collect()) == there
    assert sandbox.state()["smooch"]["requests"] == {"getMessages": 3 * 2 * 4}


async def test_a_walk_goes_on_from_every_page(sandbox: Sandbox) -> None:
    there = stored(sandbox, "user-1")
    async with connect(sandbox) as client:
        for after, expected in ((None, there[::-1]), (0.0, there)):
            found: list[str] = []
            async for page in client.messages.list("user-1", after=after).pages():
                found += ids(page.items)
                rest = await client.messages.list("user-1", after=after, start=page.position).collect()
                assert found + ids(rest) == expected
            assert found == expected


async def test_bounds_are_exclusive_however_they_are_written(sandbox: Sandbox) -> None:
    async with connect(sandbox) as client:
        everything = await client.messages.list("user-2").collect()
        middle = everything[170]
        at = middle.received_at
        assert at is not None
        older = ids([message for message in everything if message.received < middle.received])
        newer = ids([message for message in everything if message.received > middle.received])[::-1]
        for moment in (middle.received, at, at.astimezone(dt.timezone(dt.timedelta(hours=-5)))):
            assert ids(await client.messages.list("user-2", before=moment).collect()) == older
            assert ids(await client.messages.list("user-2", after=moment).collect()) == newer
        just_after = at + dt.timedelta(microseconds=300)
        assert middle.id in ids(await client.messages.list("user-2", before=just_after).collect())
        assert ids(await client.messages.list("user-2", limit=130).collect()) == ids(everything[:130])


async def test_new_messages_are_found_from_the_last_position(sandbox: Sandbox) -> None:
    async with connect(sandbox) as client:
        pages = [page async for page in client.messages.list("user-1", after=0).pages()]
        sandbox.providers["smooch"].receive_message("user-1", "Anybody there?")
        later = await client.messages.list("user-1", after=0, start=pages[-1].position).collect()
    assert [message.text for message in later] == ["Anybody there?"]


@pytest.mark.parametrize("auth", ["basic", "jwt"])
async def test_what_is_posted_is_read_back_until_deleted(sandbox: Sandbox, auth: str) -> None:
    before = stored(sandbox, "user-1")
    async with connect(sandbox, auth=auth) as client:
        posted = [await client.messages.post("user-1", message=message) for message in POSTS]
        new = ids([answer.message for answer in posted])
        assert stored(sandbox, "user-1") == before + new
        read = await client.messages.list("user-1", limit=len(POSTS)).collect()
        assert ids(read) == new[::-1]
        assert [message.type for message in read[::-1]] == [message.type for message in POSTS]
        assert (read[-1].text, read[-1].metadata, read[-1].name) == ("Hello", {"order": 4711}, "Ada")
        assert read[-5].items == ITEMS
        assert posted[0].conversation is not None
        assert posted[0].conversation.unread_count > 0

        await client.conversations.reset_unread_count("user-1")
        for activity in ("typing:start", "typing:stop", "conversation:read"):
            conversation = await client.conversations.post_activity("user-1", type=activity)
            assert conversation.unread_count == 0

        await client.messages.delete("user-1", new[0])
        assert stored(sandbox, "user-1") == before + new[1:]
        await client.messages.delete_all("user-1")
        assert stored(sandbox, "user-1") == []
        assert await client.messages.list("user-1").collect() == []
    requests = sandbox.state()["smooch"]["requests"]
    talk = ("smooch.conversations.", "smooch.messages.")
    assert requests.keys() == {one.name for one in OPERATIONS if one.python.startswith(talk)} - {"postImageMessage"}


async def test_refusals_are_told_apart(sandbox: Sandbox) -> None:
    message = TextMessage(role=MAKER, text="Hello")
    async with connect(sandbox) as client:
        for call in (
            client.messages.post("nobody", message=message),
            client.messages.list("nobody").collect(),
            client.messages.delete_all("nobody"),
            client.conversations.post_activity("nobody", type="typing:start"),
            client.conversations.reset_unread_count("a/b ü"),
        ):
            with pytest.raises(aioconvo.NotFoundError, match="user_not_found"):
                await call
        with pytest.raises(aioconvo.NotFoundError, match="conversation_not_found"):
            await client.messages.list("user-0")
        with pytest.raises(aioconvo.NotFoundError, match="message_not_found"):
            await client.messages.delete("user-1", "5" * 24)
        with pytest.raises(aioconvo.BadRequestError, match="bad_request"):
            await client.messages.post("user-1", message=ImageMessage(role=MAKER, media_url="no URL"))
    for wrong in ({"secret": "wrong"}, {"key_id": "app_other"}, {"secret": "wrong", "auth": "jwt"}):
        async with connect(sandbox, **wrong) as client:
            with pytest.raises(aioconvo.AuthenticationError) as caught:
                await client.messages.list("user-1")
            assert "wrong" not in f"{caught.value} {caught.value!r}"
    async with connect(sandbox, app_id="other-app") as client:
        with pytest.raises(aioconvo.NotFoundError, match="app_not_found"):
            await client.messages.list("user-1")
