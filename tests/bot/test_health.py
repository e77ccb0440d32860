"""When a bot says that it is ready, and that its numbers are numbers."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest

from aioconvo import Bot
from aioconvo.bot import MemoryStore
from aioconvo.bot.health import BotCounts, is_ready
from aioconvo.events import MessageReceived
from tests.bot.accounts import message, sunshine
from tests.bot.asgi_client import Requests
from tests.virtual_time import LoopClock, in_virtual_time

WELL: dict[str, Any] = {"draining": False, "store_answers": True, "waiting": 0, "max_waiting": 10, "silent": {}}


@pytest.mark.parametrize(
    ("changed", "ready"),
    [
        ({}, True),
        ({"draining": True}, False),
        ({"store_answers": False}, False),
        ({"waiting": 7}, True),
        ({"waiting": 8}, False),
        ({"silent": {"convore": 60.0, "ultracart": 0.0}}, True),
        ({"silent": {"convore": 60.1, "ultracart": 0.0}}, False),
        ({"silent": {"convore": math.inf}}, False),
    ],
)
def test_ready(changed: dict[str, Any], ready: bool) -> None:
    assert is_ready(**(WELL | changed)) is ready


@in_virtual_time
async def test_a_bot_that_is_nearly_full_is_not_ready_and_is_again() -> None:
    bot = sunshine(Bot(MemoryStore(max_waiting=5), clock=LoopClock(), concurrency=1))

    @bot.on(MessageReceived)
    async def work(event: MessageReceived) -> None:
        assert event.text
        await LoopClock().sleep(10)

    async with bot:
        requests = Requests(bot.asgi())
        statuses = [
            await requests.post("/hooks/sunshine", message(identity=str(number), conversation=str(number)))
            for number in range(6)
        ]
        assert statuses == [200] * 5 + [503]
        await LoopClock().sleep(1)
        assert await requests.get("/ready") == 503
        assert await requests.get("/live") == 200
        await LoopClock().sleep(15)
        assert await requests.get("/ready") == 200
        counts = await bot.counts()
        assert (counts.waiting, counts.running, counts.refused) == (3, 1, {"full": 1})
        assert counts.oldest == pytest.approx(16, abs=0.5)
        await LoopClock().sleep(100)


def test_counts_are_numbers() -> None:
    told = msgspec.to_builtins(BotCounts())
    assert not [name for name, value in told.items() if isinstance(value, str)]
