"""What type checkers see of Smooch's calls; see `convore.py` for how it is checked."""

from __future__ import annotations

from typing import assert_type

from aioconvo import AsyncPaginator, Page, SmoochClient
from aioconvo.smooch import Conversation, Message, PostedMessage, Role, TextMessage
from aioconvo.smooch.messages import Messages


async def calls(client: SmoochClient) -> None:
    assert_type(client.messages, Messages)
    assert_type(await client.messages.post("u", message=TextMessage(role=Role.APP_MAKER, text="t")), PostedMessage)
    assert_type(client.messages.list("u", after=0, limit=3), AsyncPaginator[Message])
    assert_type(await client.messages.list("u", before="1700000000.5"), Page[Message])
    assert_type(await client.conversations.post_activity("u", type="typing:start"), Conversation)
    await client.conversations.reset_unread_count("u")
    await client.messages.delete("u", "m")
    await client.messages.delete_all("u")
    async for message in client.messages.list("u"):
        assert_type(message, Message)


async def wrong_calls(client: SmoochClient) -> None:
    await client.messages.delete("u")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.messages.delete("u", 3)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.messages.post("u", text="t")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.messages.post("u", message="t")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.conversations.post_activity("u")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.conversations.post_activity("u", type=3)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.messages.list("u", page_size=3)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.messages.list("u", before=[])  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
