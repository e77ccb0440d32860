"""What type checkers see of UltraCart's calls; see `convore`."""

from __future__ import annotations

import datetime as dt
from typing import assert_type

from aioconvo import AsyncPaginator, Page, UltraCartClient
from aioconvo.ultracart import (
    AgentAuth,
    AgentConnection,
    AgentProfile,
    AgentStatus,
    AgentStatusEvent,
    CannedMessage,
    CaughtUp,
    Conversation,
    ConversationSummary,
    McpServer,
    Message,
    QueueStatus,
    StoredDocument,
    UploadUrl,
)
from aioconvo.ultracart.conversations import Conversations
from aioconvo.ultracart.events import ChatMessage, Frame, UnknownEvent


async def calls_about_agents_and_departments(client: UltraCartClient) -> None:
    assert_type(await client.agents.get_profile(), AgentProfile)
    assert_type(client.agents.list_profiles(), AsyncPaginator[AgentProfile])
    assert_type(await client.agents.mcp_servers.get(7, "u"), McpServer)
    assert_type(await client.agents.knowledge_base.upload(7, b"f"), StoredDocument)
    assert_type(client.agents.status_history.search(channel="pbx"), AsyncPaginator[AgentStatusEvent])
    assert_type(await client.conversations.upload(b"f"), str)
    assert_type(await client.canned_messages.create(canned_message=CannedMessage(short_code="ty")), CannedMessage)
    assert_type(await client.departments.delete(5), None)
    await client.departments.delete("5")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.agents.mcp_servers.get(7)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


async def calls(client: UltraCartClient) -> None:
    assert_type(client.conversations, Conversations)
    assert_type(await client.agents.authorize_websocket(), AgentAuth)
    keep_alive = await client.agents.keep_alive()  # type: ignore[func-returns-value]
    assert_type(keep_alive, None)
    assert_type(await client.conversations.get("c", message_limit=3), Conversation)
    assert_type(await client.conversations.get_upload_url("png"), UploadUrl)
    assert_type(await client.conversations.start(conversation_arn="a"), Conversation)
    assert_type(await client.conversations.start(conversation_arn="a", resolve_only=False), Conversation)
    assert_type(await client.conversations.start(conversation_arn="a", resolve_only=True), Conversation | None)
    assert_type(client.conversations.search(date_start=dt.datetime.now(dt.UTC)), AsyncPaginator[ConversationSummary])
    assert_type(await client.conversations.list(medium="sms"), Page[ConversationSummary])
    assert_type(client.messages.list("c", since=0, limit=3), AsyncPaginator[Message])
    async for queue in client.queues.list_statuses():
        assert_type(queue, QueueStatus)
    nothing = await client.queues.update_status("q", agent_status=AgentStatus.BUSY)  # type: ignore[func-returns-value]
    assert_type(nothing, None)


async def the_socket(client: UltraCartClient) -> None:
    async with client.agents.connect(attach="header", position=None) as agent:
        assert_type(agent, AgentConnection)
        async for frame in agent:
            assert_type(frame, Frame | UnknownEvent | CaughtUp)
            if isinstance(frame, ChatMessage):
                assert_type(frame.message, Message | None)
                assert_type(frame.own, bool)
        assert_type(await agent.send("c", "text"), Message)
        assert_type(await agent.find("c", "id"), Message | None)
        assert_type(agent.position, str)


async def wrong_calls(client: UltraCartClient) -> None:
    await client.agents.authorize_websocket("a")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.conversations.get()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.conversations.get("c", 3)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.conversations.get("c", message_limit="3")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.conversations.join("c", language="en")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.conversations.start(arn="a")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    client.conversations.search(date_start=3)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.messages.list("c", since="now")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.queues.list_statuses(prefetch=1)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.queues.update_status("q")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
