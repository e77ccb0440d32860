"""What type checkers see of Convore's calls: mypy checks this file with all others, `test_typing` has basedpyright check it.

A line that is to be an error says so to both; where a checker finds none there, it complains of that.
"""

from __future__ import annotations

from typing import assert_type

from aioconvo import AsyncPaginator, ConvoreClient, Page
from aioconvo.convore import ApiKey, Conversation, Event, Message, User
from aioconvo.convore.admin import Admin
from aioconvo.convore.admin.api_keys import ApiKeys
from aioconvo.convore.messages import Messages


async def calls(client: ConvoreClient) -> None:
    assert_type(client.messages, Messages)
    assert_type(await client.messages.get("m"), Message)
    assert_type(client.admin, Admin)
    assert_type(client.admin.api_keys, ApiKeys)
    assert_type(client.admin.api_keys.list(), AsyncPaginator[ApiKey])
    assert_type(await client.admin.users.get_current(), User)
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
    client.admin.keys.list()  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    client.messages.remove("m")  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
