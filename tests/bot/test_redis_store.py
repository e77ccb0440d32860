"""A bot's events in Redis: several processes, leases, crashes of either side."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from aioconvo.bot import RedisStore
from aioconvo.bot.stores import redis as redis_store
from aioconvo.bot.stores.store import Again, Dead, Handled
from aioconvo.core.errors import ConfigurationError, StoreError
from aioconvo.core.redis import too_old
from tests.bot.model import entry
from tests.redis_server import DURABLE, RedisServer


class Machines:
    """Stores that share, and the clock that their leases go by."""

    def __init__(self, url: str, prefix: str) -> None:
        self.url = url
        self.prefix = prefix
        self.now = 1_000.0
        self.stores: list[RedisStore] = []

    async def store(self, **options: Any) -> RedisStore:
        store = RedisStore(self.url, prefix=self.prefix, time=lambda: self.now, **options)
        await store.open(now=0.0)
        self.stores.append(store)
        return store


@pytest.fixture
async def machines(redis_server: RedisServer, tmp_path: Path) -> AsyncIterator[Machines]:
    machines = Machines(redis_server.url, str(tmp_path))
    yield machines
    for store in machines.stores:
        await store.aclose()


async def test_a_lane_is_handled_by_one_process_at_a_time(machines: Machines) -> None:
    one, other = await machines.store(), await machines.store()
    await one.accept([entry("1", "a:x"), entry("2", "a:x"), entry("3", "a:y")], now=0.0)
    (first,) = await one.claim(1, now=0.0)
    (third,) = await other.claim(9, now=0.0)
    assert (first.entry.key, third.entry.key) == ("1", "3")
    assert first.fence != third.fence
    assert await other.claim(9, now=0.0) == []
    assert await other.accept([entry("1", "a:x")], now=0.0) == 0
    await one.finish(first, Handled(state=b"one"), now=0.0)
    (second,) = await other.claim(9, now=0.0)
    assert (second.entry.key, second.state) == ("2", b"one")


async def test_what_a_silent_process_had_goes_to_another_and_it_commits_nothing(machines: Machines) -> None:
    silent, other = await machines.store(), await machines.store()
    await silent.accept([entry("1"), entry("2")], now=0.0)
    (stale,) = await silent.claim(9, now=0.0)
    await silent.begin_reply(stale, 0, now=0.0)
    machines.now += 14.9
    assert await other.claim(9, now=0.0) == []
    machines.now += 0.2
    (again,) = await other.claim(9, now=0.0)
    assert (again.entry.key, again.entry.attempt, len(again.replies)) == ("1", 2, 1)
    for outcome in (Handled(state=b"never"), Dead(reason="never"), Again(due=99.0)):
        assert not await silent.finish(stale, outcome, now=0.0)
    assert not await silent.begin_reply(stale, 1, now=0.0)
    assert await silent.renew([stale], now=0.0) == [stale]
    await silent.end_reply(stale, 0, "message", now=0.0)  # it was sent all the same
    machines.now += 15.1
    (third,) = await other.claim(9, now=0.0)
    assert (third.entry.attempt, third.state, [reply.message_id for reply in third.replies]) == (3, None, ["message"])
    assert await other.finish(third, Handled(), now=0.0)
    assert (await other.counts(now=0.0)).dead == 0


async def test_a_lease_that_ran_out_commits_nothing_even_if_nobody_took_the_event(machines: Machines) -> None:
    store = await machines.store()
    await store.accept([entry("1")], now=0.0)
    (claim,) = await store.claim(9, now=0.0)
    machines.now += 10.0
    assert await store.renew([claim], now=0.0) == []
    machines.now += 10.0
    assert await store.begin_reply(claim, 0, now=0.0)
    machines.now += 5.1
    assert not await store.finish(claim, Handled(), now=0.0)
    assert (await store.counts(now=0.0)).running == 1
    (again,) = await store.claim(9, now=0.0)
    assert again.entry.attempt == 2


async def test_a_claim_with_another_fence_commits_nothing(machines: Machines) -> None:
    store = await machines.store()
    await store.accept([entry("1")], now=0.0)
    (claim,) = await store.claim(9, now=0.0)
    forged = type(claim)(entry=claim.entry, fence=claim.fence + 1)
    assert not await store.finish(forged, Handled(), now=0.0)
    assert await store.renew([claim, forged], now=0.0) == [forged]
    assert await store.finish(claim, Handled(), now=0.0)


_STOPPED = """
import asyncio, sys
from aioconvo.bot import RedisStore
from aioconvo.bot.stores.store import Handled

async def main():
    store = RedisStore(sys.argv[1], prefix=sys.argv[2], time=lambda: 1000.0)
    await store.open(now=0.0)
    (claim,) = await store.claim(1, now=0.0)
    print("claimed", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(await store.finish(claim, Handled(state=b"stale"), now=0.0), flush=True)
    await store.aclose()

asyncio.run(main())
"""


@pytest.mark.skipif(os.name != "posix", reason="a process is stopped by SIGSTOP")
async def test_a_process_that_was_stopped_and_wakes_after_its_lease_commits_nothing(machines: Machines) -> None:
    store = await machines.store()
    await store.accept([entry("1"), entry("2")], now=0.0)
    pipe = asyncio.subprocess.PIPE
    stopped = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _STOPPED, machines.url, machines.prefix, stdin=pipe, stdout=pipe
    )
    assert stopped.stdout is not None
    assert await stopped.stdout.readline() == b"claimed\n"
    stopped.send_signal(signal.SIGSTOP)
    machines.now += 15.1
    (again,) = await store.claim(9, now=0.0)
    assert (again.entry.key, again.entry.attempt) == ("1", 2)
    await store.finish(again, Handled(state=b"fresh"), now=0.0)
    stopped.send_signal(signal.SIGCONT)
    told, _ = await stopped.communicate(b"\n")
    assert told == b"False\n"
    (second,) = await store.claim(9, now=0.0)
    assert (second.entry.key, second.state) == ("2", b"fresh")


async def test_of_many_deliveries_at_once_one_is_new(machines: Machines) -> None:
    stores = [await machines.store() for _ in range(3)]
    asked = [store.accept([entry("1"), entry(f"{number % 4}", "a:y")], now=0.0) for number in range(20) for store in stores]
    assert sum(await asyncio.gather(*asked)) == 4
    claims = await asyncio.gather(*(store.claim(1, now=0.0) for store in stores * 3))
    assert sorted(claim.entry.lanes[0] for some in claims for claim in some) == ["a:y", "sunshine:a"]


async def test_what_comes_at_once_keeps_its_order(machines: Machines) -> None:
    store = await machines.store()
    keys = [str(number) for number in range(200)]
    assert await asyncio.gather(*(store.accept([entry(key)], now=0.0) for key in keys)) == [1] * 200
    handled: list[str] = []
    while claims := await store.claim(9, now=0.0):
        handled += [claim.entry.key for claim in claims]
        await store.finish(claims[0], Handled(), now=0.0)
    assert handled == keys
    last = [asyncio.ensure_future(store.accept([entry(key)], now=0.0)) for key in ("a", "b")]
    await asyncio.sleep(0)
    await store.aclose()
    for told in await asyncio.gather(*last, return_exceptions=True):
        assert told == 1 or isinstance(told, StoreError)


async def test_others_hear_of_what_came(machines: Machines) -> None:
    one, other = await machines.store(), await machines.store()
    await other.changed()  # it listens now, and looks what it may have missed
    assert await other.claim(9, now=0.0) == []
    heard = asyncio.ensure_future(other.changed())
    await asyncio.sleep(0)
    assert not heard.done()
    await one.accept([entry("1")], now=0.0)
    await asyncio.wait_for(heard, 4.0)  # without a word of it, only after 5 seconds
    assert len(await other.claim(9, now=0.0)) == 1


async def test_one_process_holds_a_name(machines: Machines) -> None:
    one, other = await machines.store(), await machines.store()
    assert await one.hold("convore", now=0.0, seconds=15.0)
    assert not await other.hold("convore", now=0.0, seconds=15.0)
    assert await other.hold("ultracart", now=0.0, seconds=15.0)
    machines.now += 10.0
    assert await one.hold("convore", now=0.0, seconds=15.0)
    machines.now += 10.0
    assert not await other.hold("convore", now=0.0, seconds=15.0)
    await other.let_go("convore")
    assert not await other.hold("convore", now=0.0, seconds=15.0)
    machines.now += 5.1
    assert await other.hold("convore", now=0.0, seconds=15.0)
    assert not await one.hold("convore", now=0.0, seconds=15.0)
    await other.let_go("convore")
    assert await one.hold("convore", now=0.0, seconds=15.0)


async def test_what_was_claimed_for_nobody_is_claimed_again(machines: Machines) -> None:
    store = await machines.store()
    await store.accept([entry("1")], now=0.0)
    claiming = asyncio.ensure_future(store.claim(1, now=0.0))
    await asyncio.sleep(0)
    claiming.cancel()
    with pytest.raises(asyncio.CancelledError):
        await claiming
    while not (claims := await store.claim(1, now=0.0)):
        await store.changed()
    assert claims[0].entry.attempt == 1


async def test_a_batch_may_be_large(machines: Machines) -> None:
    store = await machines.store()
    batch = [entry(str(number), f"a:{number}") for number in range(3_000)]
    assert await store.accept(batch, now=0.0) == 3_000
    assert len(await store.renew(await store.claim(2_000, now=0.0), now=0.0)) == 0
    assert len(await store.claim(5_000, now=0.0)) == 1_000


def test_a_crash_of_redis_loses_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        machines = Machines(server.url, str(tmp_path))
        store = await machines.store()
        await store.accept([entry("1"), entry("2"), entry("3", "a:y")], now=0.0)
        one, _ = await store.claim(9, now=0.0)
        await store.finish(one, Handled(state=b"state"), now=0.0)
        await asyncio.to_thread(server.kill)
        for asked in (store.accept([entry("4")], now=0.0), store.claim(9, now=0.0), store.counts(now=0.0), store.dead()):
            with pytest.raises(StoreError, match="Redis gave no answer"):
                await asked
        await asyncio.to_thread(server.start)
        assert await store.accept([entry("1"), entry("3")], now=0.0) == 0
        (two,) = await store.claim(9, now=0.0)
        assert (two.entry.key, two.state) == ("2", b"state")
        assert (await store.counts(now=0.0)).running == 2
        await store.aclose()

    with RedisServer(*DURABLE) as server:
        asyncio.run(run())


@pytest.mark.may_block  # starts Redis
def test_a_full_redis_takes_nothing_more_and_lets_what_it_has_be_handled() -> None:
    async def run() -> None:
        with RedisServer() as server:
            store = RedisStore(server.url)
            await store.open(now=0.0)
            try:
                await store.accept([entry(str(number), f"a:{number}", occurred=1.0) for number in range(5)], now=0.0)
                one, two, three, four = await store.claim(4, now=0.0)
                await store._redis.config_set("maxmemory", "1")
                with pytest.raises(StoreError):
                    await store.accept([entry("more")], now=1.0)
                assert await store.renew([one, two, three, four], now=1.0) == []
                assert await store.begin_reply(one, 0, now=1.0)
                await store.end_reply(one, 0, "message", now=1.0)
                assert await store.finish(one, Handled(state=b"new"), now=1.0)
                assert await store.finish(two, Handled(), now=1.0)
                assert await store.finish(three, Again(due=2.0), now=1.0)
                assert await store.finish(four, Dead(reason="it failed"), now=1.0)
                assert {claim.entry.key for claim in await store.claim(9, now=2.0)} == {three.entry.key, "4"}
                await store._redis.config_set("maxmemory", "0")
                assert await store.accept([entry("more")], now=3.0) == 1
            finally:
                await store.aclose()

    asyncio.run(run())


async def test_what_redis_keeps_is_said(machines: Machines, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "aioconvo.bot"):
        await machines.store()
    assert [record.getMessage() for record in caplog.records] == [
        "events that were accepted may be lost if Redis crashes: it does not run with `appendonly yes` and `appendfsync always`"
    ]


async def test_redis_that_cannot_be_used_is_refused(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StoreError, match="Redis gave no answer: ConnectionError"):
        await RedisStore("redis://:secret-canary@127.0.0.1:1").open(now=0.0)
    with pytest.raises(ConfigurationError, match="must be as redis://localhost:6379/0"):
        await RedisStore("http://secret-canary@127.0.0.1").open(now=0.0)
    store = await machines.store()
    assert "127" not in repr(store)
    monkeypatch.setattr(redis_store, "_VERSION", 0)
    with pytest.raises(ConfigurationError, match="later version of aioconvo"):
        await machines.store()
    await store.aclose()
    with pytest.raises(StoreError, match="not open"):
        await store.accept([entry("1")], now=0.0)
    assert [version for version in ("5.0.14", "6.0.16", "6.2.0", "6.2", "7.0.15", "10.1") if too_old(version)] == [
        "5.0.14",
        "6.0.16",
    ]


async def test_keys_of_handled_events_go_by_themselves(machines: Machines) -> None:
    store = await machines.store()
    await store.accept([entry("long"), entry("brief", brief=True)], now=0.0)
    for _ in range(2):
        (claim,) = await store.claim(9, now=0.0)
        await store.finish(claim, Handled(), now=0.0)
    left: Callable[[str], Any] = store._redis.ttl
    assert 86_390 < await left(f"{store._prefix}k:long") <= 86_400
    assert 890 < await left(f"{store._prefix}k:brief") <= 900
    kept = {key.decode().removeprefix(store._prefix) for key in await store._redis.keys(f"{store._prefix}*".replace("[", "?"))}
    assert kept == {"k:long", "k:brief", "seen", "version", "sequences", "fences"}
