"""Two bots on one store, as two processes are: one follows the socket, and both answer."""

from __future__ import annotations

import asyncio

import anyio
import anyio.lowlevel

import aioconvo
from aioconvo import Bot, Context
from aioconvo.bot import AgentSocket
from aioconvo.events import MessageReceived
from aioconvo.sandbox import Change, Sandbox
from aioconvo.sandbox.changes import Kind
from aioconvo.ultracart.replies import UltraCartReplies
from aioconvo.ultracart.socket.connection import AgentSource
from tests.virtual_time import LoopClock, in_virtual_time


@in_virtual_time
async def test_who_does_not_follow_the_socket_answers_all_the_same() -> None:
    async with Sandbox(conversations=2, messages=1) as sandbox, aioconvo.SessionPool(clock=LoopClock()) as pool:
        client = aioconvo.UltraCartClient(**sandbox.client_options("ultracart"), pool=pool)
        said: list[str] = []

        def heard(change: Change) -> None:
            if change.ours and change.kind is Kind.MESSAGE:
                said.append(change.text)

        sandbox.watch(heard)
        source = AgentSource(client, AgentSocket())
        replies = UltraCartReplies(client)
        replies.over(source)
        conversation = sandbox.customers("ultracart")[0].conversation
        event = MessageReceived(
            provider=aioconvo.providers.Provider.ULTRACART,
            account="ultracart",
            key="ultracart:k",
            native=None,
            conversation_id=conversation,
            message=aioconvo.inbox.Message(aioconvo.providers.Provider.ULTRACART, conversation, "m", None),
        )
        for number in range(2):
            await replies.send(event, f"answer {number}", f"mark-{number}")
        assert said == ["answer 0", "answer 1"]
        await replies.aclose()
        assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("aioconvo agent")]


async def test_replies_right_after_the_start_go_over_the_socket_that_is_followed() -> None:
    async with Sandbox(conversations=2, messages=1) as sandbox:
        bot, done = Bot(), anyio.Event()
        client = aioconvo.UltraCartClient(**sandbox.client_options("ultracart"), pool=bot.pool)
        bot.add(client, socket=AgentSocket())

        @bot.on(MessageReceived)
        async def answer(event: MessageReceived, ctx: Context) -> None:
            await ctx.reply(f"You said: {event.text}")
            done.set()

        async with bot:
            while not (await bot.counts()).connected.get("ultracart"):  # noqa: ASYNC110 -- a bot has no such event
                await anyio.sleep(0.001)
            sandbox.says("ultracart", sandbox.customers("ultracart")[0].id, "hello")
            with anyio.fail_after(30):
                await done.wait()
        assert sandbox.requests["ultracart"]["get_agent_websocket_authorization"] == 1
