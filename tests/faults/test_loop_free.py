"""R30: the event loop is never blocked. Every test runs under blockbuster (tests/conftest.py); here that it bites, and how
long the loop is held at most while everything is exported."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import blockbuster
import pytest

import aioconvo
from tests.campaign import FULL
from tests.soak.serving import serving

CONVERSATIONS, MESSAGES = (2_000, 50) if FULL else (100, 120)
LONGEST = 0.05  # seconds, asserted by the campaign alone: the suite runs on any machine, beside anything


async def test_what_blocks_is_an_error_in_every_test() -> None:
    """R30: blockbuster is on without being asked for."""
    with pytest.raises(blockbuster.BlockingError, match=r"time\.sleep"):
        time.sleep(0.001)  # noqa: ASYNC251 -- to be caught


@pytest.mark.may_block
async def test_a_test_may_say_that_it_blocks() -> None:
    time.sleep(0.001)  # noqa: ASYNC251 -- to be let through


async def _export(client: aioconvo.ConvoreClient) -> int:
    turns = asyncio.Semaphore(16)

    async def read(conversation: str) -> int:
        async with turns:
            return len(await client.messages.list(conversation_id=conversation, format="full", prefetch=1).collect())

    async with asyncio.TaskGroup() as readers:
        tasks = [readers.create_task(read(one.id)) async for one in client.conversations.list(prefetch=1)]
    return sum(task.result() for task in tasks)


class Stalls:
    """The longest time this thread computed between two turns of its loop; time that other processes took is not counted."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.turns = 0
        self._last = time.thread_time()
        self._loop = asyncio.get_running_loop()
        self._handle = self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        now = time.thread_time()
        self.longest = max(self.longest, now - self._last)
        self.turns += 1
        self._last = now
        self._handle = self._loop.call_later(0.0005, self._turn)

    def stop(self) -> None:
        self._handle.cancel()


def test_an_export_holds_the_loop_for_moments_only(record_property: Callable[[str, object], None]) -> None:
    """R30: the longest stretch of computing between two turns of the loop is at most 50 ms (full campaign).

    In the suite nothing of it blocks, and others have a turn for each conversation at least.
    """

    async def watched(options: dict[str, Any]) -> tuple[int, Stalls]:
        async with aioconvo.ConvoreClient(**options) as client:
            stalls = Stalls()
            count = await _export(client)
            stalls.stop()
            return count, stalls

    # In a process of its own: collecting the garbage of a sandbox of that size holds a loop beside it for longer.
    with serving(conversations=CONVERSATIONS, messages=MESSAGES) as endpoints:
        count, stalls = asyncio.run(watched(endpoints["convore"]))
    figure = f"{count} messages exported, longest stall of the loop {stalls.longest * 1000:.1f} ms in {stalls.turns} turns"
    print(figure)  # noqa: T201 -- the figure
    record_property("figure", figure)
    assert count == CONVERSATIONS * MESSAGES
    assert stalls.turns >= CONVERSATIONS
    assert not FULL or stalls.longest <= LONGEST
