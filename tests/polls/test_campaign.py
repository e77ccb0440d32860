"""Events that are polled while everything goes wrong that may: none lost, none twice, and no more requests than needed.

The suite polls 1,200 events; AIOCONVO_CAMPAIGN=full 100,000, for both orders of the list. They come at a steady pace, in bursts
of equal times; a third appears up to 60 s late; one answer in five is an empty page with a cursor, one in ten a 503; and the
program is killed 50 times, at any event, and goes on from the position that it stored last. What was seen is logged.
"""

from __future__ import annotations

import gc
import logging
import random
import tracemalloc
from collections import Counter

import pytest

from aioconvo.convore.events import Following
from aioconvo.sandbox.event_list import EventList
from tests.campaign import FULL

from .account import Account

told = logging.getLogger(__name__)
EVENTS = 100_000 if FULL else 1_200
KILLS = 50
A_SECOND = 20 if FULL else 4
PAGE = 500


class Happening:
    """Something happens at a steady pace, whenever anybody looks."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.came = 0
        self._began = account.clock.now
        self._sleep = account.clock.sleep
        account.clock.sleep = self.sleep  # type: ignore[method-assign]

    async def sleep(self, seconds: float) -> None:
        await self._sleep(seconds)
        self.catch_up()

    def catch_up(self) -> None:
        """Let happen what should have by now."""
        due = min(EVENTS, int((self.account.clock.now - self._began) * A_SECOND))
        log, conversations = self.account.api.events, self.account.conversations
        while self.came < due:
            at = self._began + self.came / A_SECOND
            log.message("inbound", conversations[self.came % 3], f"msg_{self.came}", int(at * 1000))
            self.came += 1


@pytest.mark.parametrize("oldest_first", [False, True], ids=["newest first", "oldest first"])
async def test_none_lost_none_twice(oldest_first: bool) -> None:
    manner = EventList(
        oldest_first=oldest_first, late=60, late_share=0.33, same_time=1_000, empty_pages=0.2, null_cursor=oldest_first
    )
    account = Account(manner, messages=0, faults=0.1)
    draws = random.Random(7)  # noqa: S311 -- repeatable, no secret
    lives = sorted(draws.sample(range(1, EVENTS), KILLS))
    given: Counter[str | None] = Counter()
    position: str | None = None
    longest, listed = 0, 0
    async with account.client() as convore:
        following = convore.events.follow()
        await _begin(account, following)
        position = following.position
        happening = Happening(account)
        while sum(given.values()) < EVENTS:
            following = convore.events.follow(position=position)
            killed_at = lives.pop(0) if lives else EVENTS
            while sum(given.values()) < killed_at:
                event = await anext(following)
                given[event.message_id] += 1
                listed += 1
                if listed % 97 == 0:
                    longest = max(longest, len(event.position or ""))
            position = event.position
    assert happening.came == EVENTS
    assert not lives
    lost = EVENTS - len(given)
    doubled = sum(given.values()) - len(given)
    assert (lost, doubled) == (0, 0)
    requests = len(account.asked)
    polls = sum("cursor" not in dict(one.query) for one in account.asked) - account.failed
    answered = requests - account.failed
    further = answered - polls
    told.info(
        "%d events: %d requests, %d walks, %d further pages, %d refused", EVENTS, requests, polls, further, account.failed
    )
    assert requests <= 1.1 * (answered + polls)
    assert longest < 64_000


async def _begin(account: Account, following: Following) -> None:
    """The first look at the list, of which nothing comes."""
    account.api.events.message("inbound", account.conversations[0], "msg_before", int(account.clock.now * 1000) - 9_000)
    found = await following._walks.next()
    assert found == []


async def test_what_is_known_of_events_is_bounded_by_the_last_hour() -> None:
    account = Account(messages=0)
    given: list[str | None] = []
    known: list[int] = []
    async with account.client() as convore:
        following = convore.events.follow()
        await _begin(account, following)
        for number in range(1_800):
            account.clock.now += 12
            account.api.events.message("inbound", account.conversations[0], f"msg_{number}", int(account.clock.now * 1000))
            if number % 300 == 299:
                given += [(await anext(following)).message_id for _ in range(300)]
                known.append(len(following._walks.plan._seen))
    assert given == [f"msg_{number}" for number in range(1_800)]
    assert max(known) <= 302


@pytest.mark.skipif(not FULL, reason="takes longer: AIOCONVO_CAMPAIGN=full")
async def test_memory_is_flat() -> None:
    """Three hours of five events a second: what is kept of them is what the last hour needs, and no more."""
    account = Account(messages=0)
    sizes: list[float] = []
    async with account.client() as convore:
        following = convore.events.follow()
        await _begin(account, following)
        tracemalloc.start()
        for second in range(3 * 3_600):
            for number in range(5):
                at = int((account.clock.now + number / 5) * 1000)
                account.api.events.message("inbound", account.conversations[0], f"msg_{second}_{number}", at)
            account.clock.now += 1
            for _ in range(5):
                await anext(following)
            if second % 900 == 899:
                gc.collect()
                own = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, "*/aioconvo/convore/*")])
                sizes.append(sum(one.size for one in own.statistics("filename")) / 2**20)
        tracemalloc.stop()
    told.info("%s MiB", [round(size, 1) for size in sizes])
    assert max(sizes[5:]) < 1.2 * max(sizes[:5])
    assert max(sizes) < 100
