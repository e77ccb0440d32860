"""What type checkers see of Convore's calls: mypy checks this file with all others, `test_typing` has basedpyright check it.

A line that is to be an error says so to both; where a checker finds none there, it complains of that.
"""

from __future__ import annotations

from typing import assert_type

from aioconvo import AsyncPaginator, ConvoreClient, Page
from aioconvo.convore import (
    ApiKey,
    Attachment,
    Channel,
    Connector,
    Contact,
    Conversation,
    Draft,
    Event,
    Label,
    Message,
    NewSesConnector,
    User,
)
from aioconvo.convore.admin import Admin
from aioconvo.convore.admin.api_keys import ApiKeys
from aioconvo.convore.drafts import Drafts
from aioconvo.convore.messages import Messages
from aioconvo.core.calls.download import Download


async def calls(client: ConvoreClient) -> None:
    assert_type(client.messages, Messages)
    assert_type(await client.messages.get("m"), Message)
    assert_type(client.admin, Admin)
    assert_type(client.admin.api_keys, ApiKeys)
    assert_type(client.admin.api_keys.list(), AsyncPaginator[ApiKey])
    assert_type(await client.admin.users.get_current(), User)
    assert_type(client.drafts, Drafts)
    assert_type(await client.drafts.create(to=["a"], body="b"), Draft)
    assert_type(await client.drafts.send("d"), Message)
    assert_type(client.drafts.list(conversation_id="c"), AsyncPaginator[Draft])
    assert_type(await client.labels.create(name="n", type="shared"), Label)
    assert_type(await client.contacts.get("c"), Contact)
    assert_type(client.channels.list(), AsyncPaginator[Channel])
    ses = NewSesConnector(access_key_id="a", secret_access_key="s", region="r")
    assert_type(await client.connectors.create(provider="ses", ses=ses), Connector)
    assert_type(await client.attachments.upload(b"f", is_inline=False), Attachment)
    assert_type(client.attachments.download("a"), Download)
    assert_type(await client.attachments.download("a"), bytes)
    assert_type(await client.connect.handle_authorization_code(code="c"), str)
    assert_type(await client.conversations.update("c", status="trash"), Conversation)
    assert_type(await client.messages.send(body="b", to=["a"], subject=None), Message)
    assert_type(await client.messages.update("m", subject=None), Message)
    assert_type(client.messages.list(conversation_id="c", limit=3), AsyncPaginator[Message])
    assert_type(await client.conversations.list(), Page[Conversation])
    assert_type(await client.events.get("e"), Event)
    assert_type(client.events.list(types=["message_inbound_received"]), AsyncPaginator[Event])
    async for conversation in client.conversations.list(status="open"):
        assert_type(conversation, Conversation)


async def wrong_calls(client: ConvoreClient) -> None:
    await client.messages.get()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.messages.get(3)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.messages.get("m", "n")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.messages.get(message="m")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.messages.send(to=["a"])  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.messages.send(bod="b", body="b")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.messages.send(body="b", to="a")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.messages.send(body=None)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.events.list(types=3)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.messages.list(limt=3)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.messages.list(page_size="3")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.attachments.upload("f", is_inline=True)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.attachments.upload(b"f")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.contacts.create(name="n", handles=["a"])  # type: ignore[list-item] # pyright: ignore[reportArgumentType]
    client.admin.keys.list()  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    client.messages.remove("m")  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
