"""The soak's mixed load: what programs do with the five clients, all at once and in no order."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

import aioconvo
from aioconvo.smooch import Role, TextMessage
from aioconvo.sunshine import Author, AuthorType, TextContent

PAUSE = 0.05  # seconds a worker rests between two actions, on average
AUTHOR = Author(type=AuthorType.BUSINESS)


class Api(NamedTuple):
    """What the load does with one provider; `one` is a conversation, or a user of Smooch."""

    client: type[Any]
    names: Callable[[Any], aioconvo.AsyncPaginator[Any]]
    messages: Callable[[Any, str, int], aioconvo.AsyncPaginator[Any]]
    get: Callable[[Any, str], Awaitable[Any]]
    post: Callable[[Any, str], Awaitable[Any]]


APIS: Mapping[str, Api] = {
    "smscx": Api(
        aioconvo.SmscxClient,
        lambda client: client.conversations.list(),
        lambda client, _one, _ahead: client.conversations.list(),  # messages come with their conversation, in one answer
        lambda client, one: client.conversations.get(one),
        lambda client, one: client.conversations.reply_sms(one, text="Soon."),
    ),
    "sunshine": Api(
        aioconvo.SunshineClient,
        lambda client: client.conversations.list(user_external_id="user-1", page_size=10),
        lambda client, one, ahead: client.messages.list(one, prefetch=ahead),
        lambda client, one: client.conversations.get(one),
        lambda client, one: client.messages.post(one, author=AUTHOR, content=TextContent(text="Soon.")),
    ),
    "smooch": Api(
        aioconvo.SmoochClient,
        lambda client: client.messages.list("user-1", limit=150),
        lambda client, one, ahead: client.messages.list(one, prefetch=ahead),
        lambda client, one: client.messages.list(one),
        lambda client, one: client.messages.post(one, message=TextMessage(role=Role.APP_MAKER, text="Soon.")),
    ),
    "convore": Api(
        aioconvo.ConvoreClient,
        lambda client: client.conversations.list(page_size=10),
        lambda client, one, ahead: client.messages.list(conversation_id=one, page_size=30, prefetch=ahead),
        lambda client, one: client.conversations.get(one),
        lambda client, one: client.messages.send(body="<p>Soon.</p>", conversation_id=one),
    ),
    "ultracart": Api(
        aioconvo.UltraCartClient,
        lambda client: client.conversations.list(page_size=10),
        lambda client, one, ahead: client.messages.list(one, page_size=40, prefetch=ahead),
        lambda client, one: client.conversations.get(one),
        lambda client, one: client.conversations.mark_read(one),
    ),
}


def clients_of(endpoints: Mapping[str, Mapping[str, Any]], pool: aioconvo.SessionPool) -> dict[str, Any]:
    """The five clients on one pool."""
    return {name: api.client(**endpoints[name], pool=pool) for name, api in APIS.items()}


class Load:
    """Does things, and counts what was done and what failed; `strangers` are errors that are not the library's own."""

    def __init__(self, draws: random.Random) -> None:
        self._draws = draws
        self._clients: dict[str, Any] = {}
        self._endpoints: Mapping[str, Mapping[str, Any]] = {}
        self._names: dict[str, list[str]] = {}
        self._done: set[str] = set()
        self.actions: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.strangers: list[str] = []
        self._mix: Sequence[tuple[int, Callable[[str, Api, str], Awaitable[object]]]] = (
            (30, self._get),
            (15, self._walk),
            (5, self._post),
            (15, self._cancel),
            (15, self._break),
            (10, self._copy),
            (5, self._drop),
            (5, self._own_pool),
        )

    def open(self, clients: dict[str, Any], endpoints: Mapping[str, Mapping[str, Any]], state: Mapping[str, Any]) -> None:
        """Begin with these clients; `state` is the sandbox's, for the names of what it holds."""
        self._clients = clients
        self._endpoints = endpoints
        held = {name: state[name]["users"] if name == "smooch" else state[name]["ids"] for name in APIS}
        self._names = {name: list(names) for name, names in held.items()}

    def close(self) -> None:
        """Let go of the clients."""
        self._clients = {}

    def never_done(self) -> set[str]:
        """The kinds of action that never came to a good end."""
        return {work.__name__ for _, work in self._mix} - self._done

    async def work(self, until: float) -> None:
        """One worker: an action, a rest, the next action."""
        weights = [weight for weight, _ in self._mix]
        while time.monotonic() < until:
            work = self._draws.choices([work for _, work in self._mix], weights)[0]
            name = self._draws.choice(list(APIS))
            try:
                await work(name, APIS[name], self._draws.choice(self._names[name]))
                self._done.add(work.__name__)
            except aioconvo.AioconvoError as error:
                self.errors[type(error).__name__] += 1
            except Exception as error:  # noqa: BLE001 -- exactly what the soak looks for
                self.errors[type(error).__name__] += 1
                self.strangers.append(f"{work.__name__} of {name}: {''.join(traceback.format_exception(error))}")
            self.actions[work.__name__.strip("_")] += 1
            await asyncio.sleep(self._draws.uniform(0, 2 * PAUSE))

    async def _get(self, name: str, api: Api, one: str) -> None:
        await api.get(self._clients[name], one)

    async def _walk(self, name: str, api: Api, one: str) -> None:
        async for _page in api.names(self._clients[name]).pages():
            pass
        async for _message in api.messages(self._clients[name], one, self._draws.randrange(3)):
            pass

    async def _post(self, name: str, api: Api, one: str) -> None:
        await api.post(self._clients[name], one)

    async def _cancel(self, name: str, api: Api, one: str) -> None:
        task: asyncio.Task[Any]
        if self._draws.random() < 0.5:
            task = asyncio.create_task(api.messages(self._clients[name], one, self._draws.randrange(3)).collect())
        else:
            task = asyncio.create_task(self._get(name, api, one))
        await asyncio.sleep(self._draws.uniform(0, 0.03))
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def _break(self, name: str, api: Api, one: str) -> None:
        wanted = self._draws.randrange(1, 110)
        async for _message in api.messages(self._clients[name], one, self._draws.randrange(3)):
            wanted -= 1
            if not wanted:
                break

    async def _copy(self, name: str, api: Api, one: str) -> None:
        copy = self._clients[name].with_options(
            timeout=self._draws.uniform(0.5, 5),
            deadline=self._draws.choice([None, 0.05, 5.0]),
            max_retries=self._draws.randrange(4),
            lane=self._draws.choice(["batch", "interactive"]),
            headers={"X-Soak": str(self._draws.randrange(1000))},
        )
        await api.get(copy, one)

    async def _drop(self, name: str, api: Api, one: str) -> None:
        """A client of its own on the shared pool that nobody closes; limits make a turnstile of its own."""
        limits = aioconvo.Limits(concurrency=self._draws.randrange(1, 50))
        client = api.client(**self._endpoints[name], pool=self._clients[name].pool, limits=limits)
        await api.get(client, one)

    async def _own_pool(self, name: str, api: Api, one: str) -> None:
        async with api.client(**self._endpoints[name]) as client:
            await api.get(client, one)
