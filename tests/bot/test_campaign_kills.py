"""Bots under load that are told to end, or killed: what was answered 200 is handled, and answered once (promises 3, 4).

A sender gives each message until it is taken. The server counts the replies. The suite ends a bot once and kills it once
for each kind of store, AIOCONVO_CAMPAIGN=full 20 times under 200 deliveries a second, and 50 times.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp
import msgspec
import pytest

import aioconvo
from aioconvo.inbox.models import Direction
from aioconvo.sandbox import Sandbox
from tests.bot.accounts import message
from tests.bot.child_bot import SECRET, Settings
from tests.campaign import FULL

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="processes are ended by signals"),
    pytest.mark.may_block,  # reads what the other process wrote
]

TERMS, KILLS = (20, 50) if FULL else (1, 1)
DRAIN = 4.0 if FULL else 1.0
SHORT_LEASE = 1.0  # of Redis, where somebody waits for it to run out
CONVERSATIONS = 400 if FULL else 12
PATIENCE = 400.0
Process = asyncio.subprocess.Process
Record = Callable[[str, object], None]


class Load(NamedTuple):
    """Messages a second, for how many seconds, and how long handlers take."""

    rate: float
    seconds: float
    fastest: float
    slowest: float


LIGHT = Load(60, 0.3, 0.05, 0.3)
LONGER = LIGHT._replace(seconds=1.0) if FULL else LIGHT
HEAVY = Load(200, 2.0, 0.5, 2.0) if FULL else LIGHT


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


class Campaign:
    """A sender, a server and a bot between them. `taken`: texts that were answered 200, in which conversation."""

    def __init__(self, sandbox: Sandbox, settings: Settings, session: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.settings = settings
        self.taken: dict[str, str] = {}
        self.sent_away = 0
        self._session = session
        self._conversations = [name for name, _ in sandbox.message_ids("sunshine")]
        self._sends: set[asyncio.Task[None]] = set()

    async def start(self, number: int = 0) -> Process:
        """A bot that is ready."""
        told = {"AIOCONVO_CHILD": msgspec.json.encode(self.settings).decode(), "AIOCONVO_CHILD_NUMBER": str(number)}
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.bot.child_bot", env={**os.environ, **told})
        while not await self._is_ready(number):
            assert process.returncode is None
            await asyncio.sleep(0.02)
        return process

    async def start_all(self, load: Load) -> list[Process]:
        """A bot on each port, whose handlers take as long as the load says."""
        self.settings.fastest, self.settings.slowest = load.fastest, load.slowest
        return await asyncio.gather(*(self.start(number) for number in range(len(self.settings.ports))))

    async def _is_ready(self, number: int) -> bool:
        try:
            async with self._session.get(f"http://127.0.0.1:{self.settings.ports[number]}/ready") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def load(self, load: Load, name: str) -> None:
        """So many seconds of messages, each one given until it is taken; does not wait for that."""
        for number in range(int(load.seconds * load.rate)):
            self._sends.add(asyncio.create_task(self._send(f"{name}.{number}")))
            await asyncio.sleep(1 / load.rate)

    async def _send(self, text: str) -> None:
        conversation = self._conversations[hash(text) % len(self._conversations)]
        body = message(text, identity=text, conversation=conversation, app="sandbox-app")
        while True:
            port = random.choice(self.settings.ports)  # noqa: S311 -- as a balancer of load has it
            url = f"http://127.0.0.1:{port}/hooks/sunshine"
            try:
                async with self._session.post(url, data=body, headers={"X-API-Key": SECRET}) as answer:
                    if answer.status == 200:
                        self.taken[text] = conversation
                        return
                    assert answer.status == 503, answer.status
            except aiohttp.ClientError:
                pass
            self.sent_away += 1
            await asyncio.sleep(0.1)

    async def finish(self) -> None:
        """Return when all was taken, and what was taken is answered; or when that takes too long."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*self._sends)
            while sum(map(len, (await self.replies()).values())) < len(self.taken):  # noqa: ASYNC110 -- of another process
                await asyncio.sleep(0.3)

    async def replies(self) -> dict[str, list[str]]:
        """What the bot said in each conversation, oldest first."""
        said: dict[str, list[str]] = {}
        async with aioconvo.SunshineClient(**self.sandbox.client_options("sunshine")) as client:
            for name in self._conversations:
                listed = await client.inbox.messages(name).collect()
                said[name] = [one.text or "" for one in reversed(listed) if one.direction is Direction.OUTBOUND]
        return said

    def attempts(self) -> dict[str, list[int]]:
        """How often each message was begun, as the bot told its handler."""
        begun: defaultdict[str, list[int]] = defaultdict(list)
        log = Path(self.settings.log)
        for line in log.read_text().splitlines() if log.exists() else ():
            text, _, attempt = line.partition(" ")
            begun[text].append(int(attempt))
        return begun


@asynccontextmanager
async def campaign(kind: str, place: str, directory: Path) -> AsyncIterator[Campaign]:
    async with Sandbox(conversations=CONVERSATIONS, messages=0) as sandbox, aiohttp.ClientSession() as session:
        settings = Settings(
            store=kind,
            place=place,
            ports=[free_port() for _ in range(1 if kind == "sqlite" else 2)],
            sandbox=sandbox.endpoints["sunshine"].base_url,
            log=str(directory / "begun"),
            fastest=LIGHT.fastest,
            slowest=LIGHT.slowest,
            drain=DRAIN,
        )
        yield Campaign(sandbox, settings, session)


async def check(one: Campaign) -> None:
    """Each message was answered once, by a bot whose state is that of a run without any kill."""
    replies = await one.replies()
    counted = Counter(text.rpartition(":")[0] for said in replies.values() for text in said)
    assert counted == Counter(dict.fromkeys(one.taken, 1)), "0 lost, 0 doubled"
    for said in replies.values():
        assert [int(text.rpartition(":")[2]) for text in said] == list(range(1, len(said) + 1)), "the state is as it should be"


@pytest.fixture(params=["sqlite", "redis"])
async def one(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Campaign]:
    """One bot with SQLite, two that share Redis."""
    place = str(tmp_path / "bot.db") if request.param == "sqlite" else request.getfixturevalue("redis_server").url
    async with campaign(request.param, place, tmp_path) as campaigning:
        yield campaigning


async def end(bots: list[Process]) -> None:
    for bot in bots:
        bot.terminate()
    assert [await bot.wait() for bot in bots] == [0] * len(bots)


async def test_told_to_end_under_load(one: Campaign, record_property: Record) -> None:
    slowest, bots = 0.0, await one.start_all(HEAVY)
    for cycle in range(TERMS):
        number = cycle % len(bots)
        await one.load(HEAVY, str(cycle))
        bots[number].send_signal((signal.SIGTERM, signal.SIGINT)[cycle % 2])
        told_at = time.monotonic()
        assert await bots[number].wait() == 0
        slowest = max(slowest, time.monotonic() - told_at)
        bots[number] = await one.start(number)
    await one.finish()
    await end(bots)
    await check(one)
    attempts = one.attempts()
    record_property("told to end", {"messages": len(one.taken), "sent away": one.sent_away, "slowest exit": slowest})
    assert {attempt for numbers in attempts.values() for attempt in numbers} == {1}, "a cancelled attempt does not count"
    assert not FULL or slowest <= DRAIN + 1


async def test_killed_under_load(one: Campaign, record_property: Record) -> None:
    draws = random.Random(1)  # noqa: S311 -- repeatable moments
    one.settings.lease = SHORT_LEASE
    bots = await one.start_all(LONGER)
    for cycle in range(KILLS):
        number = cycle % len(bots)
        await one.load(LONGER, str(cycle))
        await asyncio.sleep(draws.uniform(0, LONGER.slowest / 2))
        bots[number].kill()
        await bots[number].wait()
        bots[number] = await one.start(number)
    await one.finish()
    await end(bots)
    await check(one)
    begun = one.attempts()
    again = [numbers for numbers in begun.values() if len(numbers) > 1]
    record_property("killed", {"messages": len(one.taken), "begun again": len(again), "sent away": one.sent_away})
    assert again
    # A bot that dies between its claim and its handler's first line has begun an attempt that nobody saw.
    assert all(numbers == sorted(set(numbers)) for numbers in begun.values()), "a second time has a higher number"


@pytest.mark.parametrize("one", ["redis"], indirect=True)
async def test_who_was_stopped_and_wakes_after_its_lease_commits_nothing(one: Campaign) -> None:
    few = LIGHT._replace(seconds=0.1)
    one.settings.lease = SHORT_LEASE
    (first,) = bots = [await one.start()]
    await one.load(few, "first")
    while not one.attempts():  # noqa: ASYNC110 -- of another process
        await asyncio.sleep(0.01)
    first.send_signal(signal.SIGSTOP)
    bots.append(await one.start(1))
    while not any(len(numbers) > 1 for numbers in one.attempts().values()):  # noqa: ASYNC110 -- of another process
        await asyncio.sleep(0.05)
    await asyncio.sleep(few.slowest)
    first.send_signal(signal.SIGCONT)
    await one.load(few, "second")
    await one.finish()
    await end(bots)
    await check(one)
