"""A bot from start to end: what it handles and tells, that it leaves nothing behind, and that it can begin again."""

# ruff: noqa: ARG001 -- handlers have the parameters that are tested
from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import anyio
import msgspec
import pytest

import aioconvo
from aioconvo import Bot, ConfigurationError, Context, SunshineWebhook
from aioconvo.bot import BotHooks, Drop, MemoryStore, Retries, SqliteStore, TryLater
from aioconvo.bot.signals import stopping_by_signal
from aioconvo.core.errors import StoreError
from aioconvo.events import Event, MessageReceived
from tests.bot.accounts import message, sunshine
from tests.bot.asgi_client import SECRET, Requests
from tests.virtual_time import LoopClock, in_virtual_time

HOOK = "/hooks/sunshine"


class Cart(msgspec.Struct):
    items: list[str] = []


async def settled(bot: Bot, every: float = 0.001) -> None:
    """Return when nothing waits or runs any more."""
    while (counts := await bot.counts()).waiting + counts.running:  # noqa: ASYNC110 -- the bot has no such event
        await anyio.sleep(every)


@in_virtual_time
async def test_events_reach_handlers_with_their_state_and_are_told() -> None:
    told: list[Any] = []
    hooks = BotHooks(on_delivery=told.append, on_event=told.append, on_handled=told.append, on_dead=told.append)
    bot, seen = sunshine(Bot(state=Cart, hooks=hooks, clock=LoopClock(), retries=Retries(waits=(1.0, 2.0), jitter=0.0))), []

    @bot.on(MessageReceived, text="fail")
    async def fail(event: MessageReceived) -> None:
        raise RuntimeError("canary")

    @bot.on(MessageReceived, text="drop")
    async def drop(event: MessageReceived) -> None:
        raise Drop("no use")

    @bot.on(MessageReceived, text="later")
    async def later(event: MessageReceived) -> None:
        if event.attempt == 1:
            raise TryLater(5)

    @bot.on(MessageReceived)
    async def add(event: MessageReceived, ctx: Context[Cart]) -> None:
        ctx.state.items.append(event.text)
        seen.append(list(ctx.state.items))

    async with bot:
        requests = Requests(bot.asgi())
        for number, (text, conversation) in enumerate(
            [("a", "1"), ("b", "1"), ("a", "2"), ("fail", "3"), ("drop", "3"), ("later", "3")]
        ):
            assert await requests.post(HOOK, message(text, identity=str(number), conversation=conversation)) == 200
        await settled(bot, every=1.0)
        counts = await bot.counts()
    assert sorted(seen) == [["a"], ["a"], ["a", "b"]]
    outcomes = [(one.event, one.outcome, one.error) for one in told if isinstance(one, aioconvo.bot.HandledFacts)]
    assert sorted(outcomes, key=str) == sorted(
        [
            *[("MessageReceived", "handled", None)] * 4,
            *[("MessageReceived", "again", "RuntimeError")] * 2,
            ("MessageReceived", "dead", "RuntimeError"),
            ("MessageReceived", "dead", "Drop"),
            ("MessageReceived", "again", "TryLater"),
        ],
        key=str,
    )
    dead = [one for one in told if isinstance(one, aioconvo.bot.DeadFacts)]
    assert [(one.reason, one.attempts, one.event) for one in dead] == [
        ("RuntimeError", 3, "MessageReceived"),
        ("Drop", 1, "MessageReceived"),
    ]
    begun = [one for one in told if isinstance(one, aioconvo.bot.EventFacts)]
    assert [one.attempt for one in begun] == [1, 1, 1, 1, 2, 3, 1, 1, 2]
    assert begun[0].lag is not None
    assert (counts.accepted, counts.handled, counts.retried, counts.died, counts.dead) == (6, 4, 3, 2, 2)
    assert "canary" not in repr(told) + repr(counts)


async def test_it_runs_again_and_again_and_leaves_nothing() -> None:
    bot = sunshine(Bot())
    seen: list[str] = []

    @bot.on(MessageReceived)
    async def add(event: MessageReceived) -> None:
        seen.append(event.text)

    def once(number: int) -> None:
        async def main() -> None:
            before = asyncio.all_tasks()
            async with bot:
                assert await Requests(bot.asgi()).post(HOOK, message(str(number), identity=str(number))) == 200
                await settled(bot)
            assert asyncio.all_tasks() == before

        asyncio.run(main())

    for number in range(3):
        thread = threading.Thread(target=once, args=(number,))
        thread.start()
        await asyncio.to_thread(thread.join)
    assert seen == ["0", "1", "2"]
    gc.collect()


async def test_two_bots_live_side_by_side() -> None:
    first, second = sunshine(Bot()), sunshine(Bot(), secret="another-secret-of-the-tests", name="shop")
    async with first, second:
        assert await Requests(first.asgi()).post(HOOK, message()) == 200
        assert await Requests(second.asgi()).post("/hooks/shop", message()) == 401
        assert (
            await Requests(second.asgi()).post("/hooks/shop", message(), headers={"x-api-key": "another-secret-of-the-tests"})
            == 200
        )
        await settled(first)
        assert (await second.counts()).accepted == 1


async def test_while_it_runs_nothing_is_registered() -> None:
    bot = sunshine(Bot())
    async with bot:
        for register in (lambda: bot.on(Event)(settled), lambda: bot.provide(int, int), lambda: sunshine(bot, name="other")):
            with pytest.raises(ConfigurationError, match="runs already"):
                register()
        with pytest.raises(ConfigurationError, match="runs already"):
            await bot.__aenter__()
    bot.provide(int, int)


class Broken(MemoryStore):
    """Cannot be opened."""

    async def open(self, *, now: float) -> None:  # noqa: ARG002 -- as every store
        raise StoreError("the store is away")


async def test_a_store_that_does_not_open_is_told_at_the_start() -> None:
    bot = sunshine(Bot(Broken()))
    for _ in range(2):
        with pytest.raises(StoreError, match="the store is away"):
            async with bot:
                raise AssertionError
        assert await Requests(bot.asgi()).get("/live") == 503


@in_virtual_time
async def test_the_end_waits_for_handlers_within_the_drain() -> None:
    bot, done = sunshine(Bot(clock=LoopClock(), drain=10)), list[str]()

    @bot.on(MessageReceived)
    async def work(event: MessageReceived) -> None:
        await anyio.sleep(float(event.text))
        done.append(event.text)

    began = anyio.current_time()
    async with bot:
        requests = Requests(bot.asgi())
        for text in ("3", "60"):
            await requests.post(HOOK, message(text, identity=text, conversation=text))
        await anyio.sleep(1)
    assert done == ["3"]
    assert anyio.current_time() - began == pytest.approx(11, abs=0.1)
    assert bot._life is not None
    assert bot._life.left == 1


@in_virtual_time
async def test_what_is_left_in_memory_is_counted_and_said(caplog: pytest.LogCaptureFixture) -> None:
    bot = sunshine(Bot(MemoryStore(max_waiting=2), accept="queued", drain=1.0, clock=LoopClock()))

    @bot.on(MessageReceived)
    async def answer(event: MessageReceived) -> None:
        await asyncio.sleep(60)

    async with bot:
        requests = Requests(bot.asgi())
        for number in range(3):  # one is handled, one waits, and for one there is no room
            assert await requests.post(HOOK, message("canary", identity=str(number))) == 200
        await asyncio.sleep(1)
        life = bot._life
    assert life is not None
    assert life.left == 3
    assert "3 events that were accepted are not handled" in caplog.text
    assert "canary" not in caplog.text


@in_virtual_time
async def test_cancelled_while_it_drains_it_ends_at_once() -> None:
    bot = sunshine(Bot(clock=LoopClock(), drain=1_000))

    @bot.on(MessageReceived)
    async def work(event: MessageReceived) -> None:
        await anyio.sleep(500)

    async def main() -> None:
        async with bot:
            await Requests(bot.asgi()).post(HOOK, message())
            await anyio.sleep(1)

    before, began = asyncio.all_tasks(), anyio.current_time()
    task = asyncio.create_task(main())
    await anyio.sleep(5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert anyio.current_time() - began < 10
    assert asyncio.all_tasks() == before


@in_virtual_time
async def test_cancelled_at_every_step_it_leaves_no_task() -> None:
    for steps in range(25):
        bot = sunshine(Bot(clock=LoopClock()))

        async def main(bot: Bot = bot) -> None:
            async with bot:
                await Requests(bot.asgi()).post(HOOK, message())

        before = asyncio.all_tasks()
        task = asyncio.create_task(main())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        assert asyncio.all_tasks() == before, steps
        bot.provide(int, int)  # it does not think that it runs


async def test_started_and_ended_in_different_tasks() -> None:
    bot = sunshine(Bot())
    await asyncio.create_task(bot.__aenter__())
    assert await Requests(bot.asgi()).post(HOOK, message()) == 200
    await asyncio.create_task(bot.__aexit__(None, None, None))
    assert await Requests(bot.asgi()).post(HOOK, message()) == 503


@in_virtual_time
async def test_the_first_signal_drains_the_second_ends_at_once_and_a_third_is_as_before() -> None:
    stopped: list[bool] = []

    def stop(*, at_once: bool = False) -> None:
        stopped.append(at_once)

    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    with stopping_by_signal(stop):
        for count, number in enumerate((signal.SIGTERM, signal.SIGINT), 1):
            for _ in range(2):  # to the process, and to its group
                os.kill(os.getpid(), number)
                await asyncio.sleep(0.01)
            assert stopped == ([False] if count == 1 else [False, True, True])
            await asyncio.sleep(1)
        assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


HELD = """
import asyncio, os, signal, sys, threading, time
sys.path.insert(0, {place!r})
from aioconvo.bot import Bot, SqliteStore
from aioconvo.events import MessageReceived
from tests.bot.accounts import message, sunshine
from tests.bot.asgi_client import Requests

bot = sunshine(Bot(SqliteStore({path!r}), drain=60))
told = threading.Event()

@bot.on(MessageReceived, text="thread")
async def in_a_thread(event: MessageReceived) -> None:
    await asyncio.to_thread(lambda: (told.set(), time.sleep(60)))

@bot.on(MessageReceived, text="loop")
async def in_the_loop(event: MessageReceived) -> None:
    told.set()
    time.sleep(60)

def signals() -> None:
    told.wait()
    time.sleep(0.5)  # one that comes before the main thread sleeps is seen only when the next one wakes it
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(2)  # two that come while a busy machine lets nobody run are one

async def deliver(app) -> None:
    while await Requests(app).post("/hooks/sunshine", message({text!r})) != 200:
        await asyncio.sleep(0.01)

async def started() -> None:
    await deliver(bot.asgi())

import aioconvo.bot.adapters.aiohttp as adapter
listen = adapter.listen
def listening(*arguments, **options):
    asyncio.get_running_loop().create_task(started())
    return listen(*arguments, **options)
adapter.listen = listening
threading.Thread(target=signals, daemon=True).start()
bot.run(port=0)
"""


@pytest.mark.parametrize("text", ["thread", "loop"])
def test_the_second_signal_ends_a_process_whose_handler_takes_no_cancel(text: str, tmp_path: Path) -> None:
    path = str(tmp_path / "bot.db")
    program = HELD.format(place=str(Path(__file__).parents[2]), path=path, text=text)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=50)  # noqa: S603 -- ours
    assert (ended.returncode, ended.stdout) == (128 + signal.SIGTERM, ""), ended.stderr

    async def kept() -> list[int]:
        store = SqliteStore(path)
        await store.open(now=2e9)
        claims = await store.claim(9, now=2e9)
        await store.aclose()
        return [claim.entry.attempt for claim in claims]

    (attempt,) = asyncio.run(kept())
    assert attempt >= 1


@in_virtual_time
async def test_an_exit_in_a_handler_is_a_failed_attempt(caplog: pytest.LogCaptureFixture) -> None:
    bot, attempts = sunshine(Bot(clock=LoopClock(), retries=Retries(waits=(1.0,)))), list[int]()

    @bot.watch
    async def leave(event: Event) -> None:
        sys.exit(4)

    @bot.on(MessageReceived)
    async def give_up(event: MessageReceived) -> None:
        attempts.append(event.attempt)
        sys.exit(3)

    async with bot:
        assert await Requests(bot.asgi()).post(HOOK, message()) == 200
        await settled(bot, every=0.1)
        assert [letter.reason for letter in await bot.store.dead()] == ["SystemExit"]
    assert attempts == [1, 2]
    assert "failed at attempt 1, to be tried again: SystemExit, at tests.bot.test_life line" in caplog.text
    assert "leave, which watches, raised SystemExit" in caplog.text


async def test_a_bot_in_another_thread_gets_no_signals() -> None:
    def elsewhere() -> None:
        async def main() -> None:
            with stopping_by_signal(lambda **_: None):
                pass

        asyncio.run(main())

    await asyncio.to_thread(elsewhere)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"settle": 6}, "settle is seconds from 0 to 5"),
    ({"accept": "never"}, "accept must be"),
    ({"concurrency": 0}, "concurrency"),
    ({"drain": -1}, "drain"),
    ({"handler_timeout": 0}, "handler_timeout"),
    ({"body_timeout": 0}, "body_timeout must be more than 0 seconds"),
    ({"health_port": 70_000}, "health_port"),
    ({"hooks": print}, r"hooks must be BotHooks\(\.\.\.\)"),
    ({"clock": 3}, "clock must be"),
]


@pytest.mark.parametrize(("options", "words"), WRONG)
def test_wrong_settings_are_refused_at_once(options: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        Bot(**options)


def test_wrong_accounts_are_refused_at_once() -> None:
    bot = sunshine(Bot())
    smooch = aioconvo.SmoochClient(app_id="app", key_id="key", secret="secret", pool=bot.pool)
    with pytest.raises(ConfigurationError, match="a SmoochClient takes a SmoochWebhook"):
        bot.add(smooch, webhook=SunshineWebhook([SECRET]))
    with pytest.raises(ConfigurationError, match="how do events of 'smooch' come"):
        bot.add(smooch)
    with pytest.raises(ConfigurationError, match="webhook must be a SmoochWebhook"):
        bot.add(smooch, webhook=SECRET)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="account must be 1 to 64"):
        bot.add(smooch, webhook=aioconvo.SmoochWebhook([SECRET]), name="a/b")


async def test_a_hook_that_raises_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("canary")

    bot = sunshine(Bot(hooks=BotHooks(on_delivery=broken, on_event=broken, on_handled=broken)))

    @bot.on(MessageReceived)
    async def answer(event: MessageReceived) -> None: ...

    async with bot:
        assert await Requests(bot.asgi()).post(HOOK, message()) == 200
        await settled(bot)
        assert (await bot.counts()).handled == 1
    assert caplog.text.count("a hook raised RuntimeError") == 3
    assert "canary" not in caplog.text


@in_virtual_time
async def test_what_is_queued_and_what_runs_share_one_drain() -> None:
    class Away(MemoryStore):
        async def accept(self, entries: Any, *, now: float) -> int:
            if entries[0].key and not working.is_set():
                return await super().accept(entries, now=now)
            raise StoreError("the store is away")

    working = asyncio.Event()
    bot = sunshine(Bot(Away(), clock=LoopClock(), drain=10, accept="queued"))

    @bot.on(MessageReceived)
    async def work(event: MessageReceived) -> None:
        working.set()
        await anyio.sleep(60)

    async with bot:
        requests = Requests(bot.asgi())
        await requests.post(HOOK, message("first", identity="1"))
        await working.wait()
        assert await requests.post(HOOK, message("second", identity="2")) == 200
        began = anyio.current_time()
    assert anyio.current_time() - began == pytest.approx(10, abs=1)
