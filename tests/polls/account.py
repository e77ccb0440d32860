"""A Convore account without a network: the emulated API answers in memory, in time that jumps, as unkindly as asked for."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from aioconvo import ConvoreClient, RetryPolicy, SessionPool
from aioconvo.core.wire.pool import RawResponse
from aioconvo.sandbox.convore.routes import ConvoreSandbox
from aioconvo.sandbox.event_list import EventList
from aioconvo.sandbox.exchange import Reply, Request, Settings
from tests.conftest import FakeClock

START = 1_780_000_000.0


def moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


class Jumping(FakeClock):
    """Time that moves when somebody sleeps, and lets all others have their turn."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        assert self.now < START + 40 * 86_400, "nothing came for forty days"
        await asyncio.sleep(0)


async def until(done: Callable[[], bool]) -> None:
    """Let others have their turn until this is so."""
    for _ in range(1_000_000):
        if done():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to that")


class Memory(SessionPool):
    """A pool whose requests reach the emulated account and nothing else."""

    def __init__(self, clock: Any, answer: Callable[[Request], Reply]) -> None:
        super().__init__(clock=clock)
        self._answer = answer

    async def exchange(self, *args: Any, **_: Any) -> RawResponse:
        _, method, url, headers, body = args
        parts = URL(url)
        known = {name.lower(): value for name, value in headers.items()}
        query = parse_qsl(parts.raw_query_string, keep_blank_values=True)
        reply = self._answer(Request(method, parts.raw_path, query, known, body or b""))
        content = reply.encoded()
        told = CIMultiDict({"Content-Type": "application/json", "Content-Length": str(len(content)), **reply.headers})
        return RawResponse(reply.status, CIMultiDictProxy(told), content, len(content))


class Account:
    """The account, and clients of it. `faults` is the share of answers that are a 503; `down` makes all of them one."""

    def __init__(
        self, manner: EventList | None = None, *, conversations: int = 3, messages: int = 2, faults: float = 0.0
    ) -> None:
        self.clock = Jumping(START)
        now = moment(START)
        settings = Settings(conversations, messages, 0, now, lambda: moment(self.clock.now))
        self.api = ConvoreSandbox(settings)
        self.api.events.manner = manner or EventList()
        self.conversations = list(self.api.state()["ids"])
        self.faults = faults
        self.down: Reply | None = None
        self.asked: list[Request] = []
        self.failed = 0
        self._draws = random.Random(1)  # noqa: S311 -- repeatable, no secret

    def client(self, **options: Any) -> ConvoreClient:
        options = {"retry": RetryPolicy(max_retries=2), **options}
        return ConvoreClient(api_key="sandbox-key", pool=Memory(self.clock, self._reply), **options)

    def receive(self, text: str = "Hello", conversation: int = 0) -> str:
        """Somebody writes; the message's id."""
        return str(self.api.receive_message(self.conversations[conversation], text)["id"])

    def _reply(self, request: Request) -> Reply:
        self.asked.append(request)
        if self.down is not None:
            self.failed += 1
            return self.down
        if self.faults and self._draws.random() < self.faults:
            self.failed += 1
            return self.api.error(503, {})
        return self.api.answer(request)
