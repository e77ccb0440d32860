"""The main job on the embedded sandbox: every message of every conversation of five providers, through one pool."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, cast

from rich.console import Console
from rich.table import Table

from aioconvo import (
    AsyncPaginator,
    CallError,
    ConvoreClient,
    MaybeSentError,
    SessionPool,
    SmoochClient,
    SmscxClient,
    SunshineClient,
    UltraCartClient,
    capture_responses,
)
from aioconvo.sandbox import Sandbox
from aioconvo.smooch import Role, TextMessage
from aioconvo.sunshine import Author, AuthorType, TextContent

__all__ = ["run"]


@dataclasses.dataclass
class Tour:
    """One provider's part: how its conversations and messages are listed, and how one message is sent."""

    provider: str
    conversations: Callable[[], AsyncIterator[str]]
    messages: Callable[[str], AsyncIterator[str]]
    send: Callable[[str], Awaitable[str]]
    found: dict[str, list[str]] = dataclasses.field(default_factory=dict[str, list[str]])
    requests: int = 0
    retried: int = 0
    sent: str = ""
    seconds: float = 0.0
    complete: bool = False


def run(**options: Any) -> int:
    """Run the demo; the exit code: 0 when everything that the sandbox holds was collected, each item once."""
    return 0 if asyncio.run(_run(**options)) else 1


async def _run(*, concurrency: int, **options: Any) -> bool:
    console = Console()
    async with Sandbox(**options) as sandbox, SessionPool(size=concurrency * 5) as pool:
        console.print(f"The sandbox serves five APIs at {sandbox.endpoints['smscx'].base_url.rsplit('/', 1)[0]}")
        tours = _tours(sandbox, pool)
        await asyncio.gather(*(_walk(tour, concurrency) for tour in tours))
        state = sandbox.state()
        for tour in tours:
            tour.complete = _same(tour.found, _stored(state[tour.provider]))
        for tour in tours:
            tour.sent = await _send(tour)
    console.print(_table(tours))
    for tour in tours:
        console.print(f"then, {tour.provider}: {tour.sent}", highlight=False)
    console.print("Every conversation and message came, each once." if all(t.complete for t in tours) else "INCOMPLETE")
    return all(tour.complete for tour in tours)


async def _walk(tour: Tour, concurrency: int) -> None:
    began = time.perf_counter()
    turns = asyncio.Semaphore(concurrency)

    async def read(conversation: str) -> None:
        async with turns:
            tour.found[conversation] = [message async for message in tour.messages(conversation)]

    with capture_responses() as responses:
        async with asyncio.TaskGroup() as readers:
            async for conversation in tour.conversations():
                readers.create_task(read(conversation))
    tour.requests = len(responses)
    tour.retried = sum(response.attempts - 1 for response in responses)
    tour.seconds = time.perf_counter() - began


async def _send(tour: Tour) -> str:
    for conversation in tour.found:
        try:
            return await tour.send(conversation)
        except MaybeSentError:
            return "a fault hid whether it was sent (MaybeSentError), so it is not sent again"
        except CallError as error:
            return f"refused ({type(error).__name__})"
    return ""


def _stored(state: Mapping[str, Any]) -> dict[str, list[str]]:
    """What the sandbox holds, keyed as the walk keys it: Smooch by user, the others by conversation."""
    ids: dict[str, list[str]] = state["ids"]
    users: object = state.get("users")
    if not isinstance(users, dict):
        return ids
    return {user: ids[conversation] for user, conversation in cast("dict[str, str]", users).items()}


def _same(found: dict[str, list[str]], stored: dict[str, list[str]]) -> bool:
    return found.keys() == stored.keys() and all(
        len(found[name]) == len(ids) and set(found[name]) == set(ids) for name, ids in stored.items()
    )


def _table(tours: list[Tour]) -> Table:
    table = Table()
    for column in ("provider", "chats", "messages", "calls", "retries", "seconds", "complete"):
        table.add_column(column, justify="left" if column == "provider" else "right", no_wrap=True)
    for tour in tours:
        messages = sum(map(len, tour.found.values()))
        figures = (len(tour.found), messages, tour.requests, tour.retried, f"{tour.seconds:.2f}")
        table.add_row(tour.provider, *map(str, figures), "yes" if tour.complete else "NO")
    return table


def _tours(sandbox: Sandbox, pool: SessionPool) -> list[Tour]:
    tours = (_smscx, _sunshine, _smooch, _convore, _ultracart)
    return [make(sandbox, pool) for make in tours]


def _smscx(sandbox: Sandbox, pool: SessionPool) -> Tour:
    client = SmscxClient(**sandbox.client_options("smscx"), pool=pool)

    async def messages(conversation: str) -> AsyncIterator[str]:
        for message in (await client.conversations.get(conversation)).messages:
            yield message.msg_id

    async def send(conversation: str) -> str:
        reply = await client.conversations.reply_sms(conversation, text="It is on its way.")
        return f"SMS reply {reply.message.msg_id}"

    return Tour("smscx", lambda: _ids(client.conversations.list(), "conversation_id"), messages, send)


def _sunshine(sandbox: Sandbox, pool: SessionPool) -> Tour:
    client = SunshineClient(**sandbox.client_options("sunshine"), pool=pool)

    async def send(conversation: str) -> str:
        content = TextContent(text="It is on its way.")
        posted = await client.messages.post(conversation, author=Author(type=AuthorType.BUSINESS), content=content)
        return f"message {posted[0].id}"

    conversations = client.conversations
    return Tour(
        "sunshine",
        lambda: _ids(conversations.list(user_external_id="user-1", page_size=100, prefetch=1)),
        lambda conversation: _ids(client.messages.list(conversation)),
        send,
    )


def _smooch(sandbox: Sandbox, pool: SessionPool) -> Tour:
    client = SmoochClient(**sandbox.client_options("smooch"), pool=pool)

    async def users() -> AsyncIterator[str]:  # this API lists no users; its customers keep their own list
        for user in sandbox.state()["smooch"]["users"]:
            yield user

    async def send(user: str) -> str:
        posted = await client.messages.post(user, message=TextMessage(role=Role.APP_MAKER, text="It is on its way."))
        return f"message {posted.message.id}"

    return Tour("smooch", users, lambda user: _ids(client.messages.list(user)), send)


def _convore(sandbox: Sandbox, pool: SessionPool) -> Tour:
    client = ConvoreClient(**sandbox.client_options("convore"), pool=pool)

    async def send(conversation: str) -> str:
        last = await client.messages.list(conversation_id=conversation, limit=1).collect()
        sent = await client.messages.send(body="<p>It is on its way.</p>", reply_to_message_id=last[0].id)
        return f"message {sent.id}"

    return Tour(
        "convore",
        lambda: _ids(client.conversations.list()),
        lambda conversation: _ids(client.messages.list(conversation_id=conversation)),
        send,
    )


def _ultracart(sandbox: Sandbox, pool: SessionPool) -> Tour:
    client = UltraCartClient(**sandbox.client_options("ultracart"), pool=pool)

    async def send(conversation: str) -> str:  # this API posts no messages over REST
        await client.conversations.mark_read(conversation)
        return "read mark"

    return Tour(
        "ultracart",
        lambda: _ids(client.conversations.list(prefetch=4), "conversation_uuid"),
        lambda conversation: _ids(client.messages.list(conversation), "conversation_message_uuid"),
        send,
    )


async def _ids(paginator: AsyncPaginator[Any], name: str = "id") -> AsyncIterator[str]:
    async for page in paginator.pages():
        for item in page.items:
            yield getattr(item, name)
