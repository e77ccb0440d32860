"""Promises 5 and 6: the agent socket is cut again and again, anywhere, while customers write and the agent answers.

Nothing that a customer wrote is lost or comes twice; nothing that the agent sent is there twice; what is told of a send is
true; nothing stays behind. The suite cuts 30 times; with AIOCONVO_CAMPAIGN=full 1,000. Time is virtual: silence costs none.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import datetime as dt
import gc
import random
from collections.abc import Callable
from typing import Any

import aioconvo
from aioconvo.sandbox import Cut, CutKind, Sandbox
from aioconvo.ultracart import AgentConnection, AgentSocket, Pace, UltraCartClient
from aioconvo.ultracart.events import ChatMessage
from tests.campaign import FULL
from tests.virtual_time import LoopClock, in_virtual_time

CUTS = 1_000 if FULL else 30
CODES = (1000, 1001, 1009, 1011, 1013, 4401)
PACE = Pace(max_backoff=10.0)
Record = Callable[[str, object], None]


class Knife:
    """Ends every connection somewhere else, until it has ended so many."""

    def __init__(self, seed: int) -> None:
        self._draws = random.Random(seed)  # noqa: S311 -- no secret
        self._denied_last = False
        self.done: collections.Counter[str] = collections.Counter()

    def __call__(self, _: int) -> Cut | None:
        if self.done.total() >= CUTS:
            return None
        draws = self._draws
        kind = draws.choice(list(CutKind))
        code = draws.choice(CODES)
        if kind is CutKind.REFUSED:
            # Two that are denied one after the other end the connection for good.
            code = draws.choice((500, 502, 503, 429) if self._denied_last else (401, 403, 500, 503))
        self._denied_last = kind is CutKind.REFUSED and code < 404
        self.done[f"{kind.value} {code}" if kind in {CutKind.CLOSE, CutKind.REFUSED} else kind.value] += 1
        return Cut(kind, frames=draws.choice((None, 0, 1, 2, 3, 5, 8)), seconds=draws.uniform(0.0, 20.0), code=code)


class Chat:
    """Customers who write, and an agent who answers what reaches it."""

    def __init__(self, sandbox: Sandbox, agent: AgentConnection, seed: int) -> None:
        self._shop: Any = sandbox.providers["ultracart"]
        self._agent = agent
        self._draws = random.Random(seed)  # noqa: S311 -- no secret
        self.written: list[str] = []
        self.delivered: list[str] = []
        self.out_of_order = 0
        self.confirmed: list[str] = []
        self.doubtful: list[str] = []
        self.unsent: list[str] = []
        self._last: dict[str, int] = {}

    async def write(self, knife: Knife) -> None:
        """Customers write until all cuts were made."""
        while knife.done.total() < CUTS:
            for _ in range(self._draws.choice((1, 1, 1, 2, 5))):
                told = self._shop.says(f"user-{self._draws.randrange(8)}@example.com", f"{len(self.written)}")
                self.written.append(told["conversation_message_uuid"])
            self._shop.socket.habits.news = self._draws.choice(("both", "both", "message", "event"))
            await asyncio.sleep(self._draws.expovariate(0.5))

    async def take(self) -> None:
        """The agent takes what comes and answers a part of it."""
        async with asyncio.TaskGroup() as answers:
            async for frame in self._agent:
                if isinstance(frame, ChatMessage) and not frame.own:
                    message: Any = frame.message
                    self.delivered.append(message.conversation_message_uuid)
                    talk = str(frame.conversation_uuid)
                    self.out_of_order += message.message_epoch < self._last.get(talk, 0)
                    self._last[talk] = max(message.message_epoch, self._last.get(talk, 0))
                    if self._draws.random() < 0.3:
                        answers.create_task(self._answer(talk, f"answer {len(self.delivered)}"))

    async def _answer(self, talk: str, text: str) -> None:
        try:
            await self._agent.send(talk, text)
        except aioconvo.MaybeSentError:
            self.doubtful.append(text)
        except aioconvo.CallError:
            self.unsent.append(text)
        else:
            self.confirmed.append(text)

    @property
    def outcomes(self) -> tuple[list[str], list[str], list[str]]:
        """The answers that were confirmed, unsent, in doubt."""
        return self.confirmed, self.unsent, self.doubtful

    def stored(self) -> collections.Counter[str]:
        """How often each answer stands in the shop."""
        added = (one for talk in self._shop._conversations for one in talk._added)
        return collections.Counter(one.body for one in added if one.client_id)


def _let_time_pass(sandbox: Sandbox) -> None:
    """Date what is written by virtual time, as its waits are."""
    loop, began = asyncio.get_running_loop(), dt.datetime.now(dt.UTC)
    start = loop.time()
    shop: Any = sandbox.providers["ultracart"]
    shop._clock._clock = lambda: began + dt.timedelta(seconds=loop.time() - start)


@in_virtual_time
async def test_cuts_anywhere_lose_nothing_and_double_nothing(record_property: Record) -> None:
    async with Sandbox(conversations=8, messages=2) as sandbox, aioconvo.SessionPool(clock=LoopClock()) as pool:
        _let_time_pass(sandbox)
        knife = Knife(20_261_130)
        habits = sandbox.agent_socket.habits
        client = UltraCartClient(**sandbox.client_options("ultracart"), pool=pool, max_retries=0)
        before = asyncio.all_tasks()
        async with client.agents.connect(AgentSocket(pace=PACE)) as agent:
            chat = Chat(sandbox, agent, 7)
            await anext(agent)
            habits.cut = knife
            sandbox.agent_socket.close()
            taking = asyncio.create_task(chat.take())
            await chat.write(knife)
            for _ in range(200):
                await asyncio.sleep(5.0)
                if len(chat.delivered) >= len(chat.written):
                    break
            await asyncio.sleep(30.0)
        with contextlib.suppress(asyncio.CancelledError):
            await taking
        assert knife.done.total() == CUTS
        assert {kind.partition(" ")[0] for kind in knife.done} == {kind.value.partition(" ")[0] for kind in CutKind}
        assert sorted(chat.delivered) == sorted(chat.written)
        stored = chat.stored()
        assert set(stored.values()) <= {1}
        assert all(stored[text] == 1 for text in chat.confirmed)
        assert not any(stored[text] for text in chat.unsent)
        assert set(stored) <= {*chat.confirmed, *chat.doubtful}
        await asyncio.sleep(1.0)
        gc.collect()
        assert [task for task in asyncio.all_tasks() - before if "RequestHandler" not in repr(task.get_coro())] == []
        state = await pool.state()
        assert state.sockets is not None
        assert not getattr(state.sockets.connector, "_acquired")  # noqa: B009 -- aiohttp's own count of open sockets
    record_property("cuts", dict(knife.done))
    record_property("written, each delivered once", len(chat.written))
    record_property("out of order after a cut", chat.out_of_order)
    there = sum(stored[text] for text in chat.doubtful)
    record_property("sends confirmed, unsent, in doubt, of these there", [*map(len, chat.outcomes), there])
