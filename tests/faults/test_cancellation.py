"""Cancelling anywhere, and leaving loops early, gives everything back: connections, permits, turns, tasks."""

from __future__ import annotations

import asyncio
import collections
import gc
import random
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import aioconvo
from aioconvo import Limits, RateLimit, RetryPolicy, SessionPool
from aioconvo.convore import ConvoreClient
from aioconvo.core.operations.declaration import operation_of
from aioconvo.sandbox import Sandbox
from aioconvo.smooch import SmoochClient
from aioconvo.smscx import SmscxClient
from aioconvo.sunshine import SunshineClient
from aioconvo.ultracart import UltraCartClient
from tests.campaign import FULL
from tests.faults.server import Answer, Close, FaultServer, Seen, Step, Wait
from tests.faults.thread import in_thread

SIDE_BY_SIDE = 200
Ask = Callable[[], Any]
Lists = dict[str, Callable[[Any], Any]]


def _tell(record_property: Any, requirement: str, figure: str) -> None:
    record_property(requirement, figure)
    print(f"{requirement}: {figure}")  # noqa: T201 -- the figure


async def _left_over(pool: SessionPool, clients: list[Any]) -> dict[str, int]:
    """What is still held after the event loop had a moment to clear up; only what is not 0."""
    state = await pool.state()
    connector = state.session.connector
    assert connector is not None
    turnstiles = [client._entrance(state) for client in clients]

    def held() -> dict[str, int]:
        counts = {
            "connections": len(connector._acquired),
            "permits": state.gate.in_use,
            "waiting for a permit": state.gate.waiting,
            "inside limits": sum(len(one._inside) for one in turnstiles),
            "waiting for limits": sum(one._queue.in_use + one._queue.waiting for one in turnstiles),
            "tasks": len(asyncio.all_tasks()) - 1,
        }
        return {name: count for name, count in counts.items() if count}

    for _ in range(100):
        if not held():
            break
        await asyncio.sleep(0.01)
    return held()


# Cancels.


FAULTS: list[Step] = [Close(), Close(reset=True), Answer(503), Answer(body=b'{"data": []}', cut=3)]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"limits": Limits(rates=[RateLimit(5, 0.005)], concurrency=10)},
    {"deadline": 0.03},
]


def _random_answers(seen: Seen) -> list[Step]:
    draw = random.Random(seen.number)  # noqa: S311 -- repeatable, no secret
    wait = Wait(draw.random() * 0.01)
    if draw.random() < 0.1:
        return [wait, draw.choice(FAULTS)]
    return [wait, Answer(body=b'{"data": []}')]


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with in_thread(FaultServer(_random_answers)) as server:
        yield server


async def _cancelled_sometime(ask: Ask, draw: random.Random) -> str:
    task = asyncio.ensure_future(ask())
    moment = draw.random()
    if moment < 0.1:
        pass  # at once, before it began
    elif moment < 0.3:
        for _ in range(draw.randrange(30)):
            await asyncio.sleep(0)  # after so many turns of the loop
    elif moment < 0.9:
        await asyncio.sleep(draw.random() * 0.12)
    else:
        await asyncio.wait((task,))  # too late, however slow the machine is
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return "cancelled"
    except aioconvo.CallError:
        return "failed"
    return "answered"


async def test_random_cancels_leave_nothing_held(server: FaultServer, record_property: Any) -> None:
    """R14: reads and unsafe calls, with and without limits, cancelled at any moment on a server that also fails."""
    count = 10_000 if FULL else 1000
    draw = random.Random(14)  # noqa: S311 -- repeatable, no secret
    async with SessionPool(size=40) as pool:
        plain, limited, hasty = clients = [
            ConvoreClient(base_url=server.base_url, api_key=str(number), pool=pool, retry=RetryPolicy(backoff=0.005), **options)
            for number, options in enumerate(OPTIONS)
        ]
        asks: list[Ask] = [
            lambda: plain.call(_LIST),
            lambda: limited.call(_LIST),
            lambda: hasty.call(_LIST),
            lambda: plain.request("PUT", "/v1/thing", body={}),
        ]
        began = time.monotonic()
        results: collections.Counter[str] = collections.Counter()
        for start in range(0, count, SIDE_BY_SIDE):
            batch = min(SIDE_BY_SIDE, count - start)
            results.update(await asyncio.gather(*(_cancelled_sometime(draw.choice(asks), draw) for _ in range(batch))))
        seconds = time.monotonic() - began
        left = await _left_over(pool, clients)
        await asyncio.gather(*(plain.request("GET", "/v1/thing") for _ in range(80)))  # twice the pool: nothing is lost of it
    _tell(record_property, "R14", f"{count} cancels in {seconds:.1f} s: {dict(results)}; left over: {left or 'nothing'}")
    assert left == {}
    assert results["cancelled"] > count / 4
    assert results["answered"] > count / 20


_LIST = operation_of(aioconvo.convore.messages.Messages.list).request()


# Leaving loops.

LISTS: Lists = {
    "cursor, Convore": lambda clients: clients["convore"].messages.list(page_size=4, **clients["options"]),
    "cursor, Sunshine": lambda clients: clients["sunshine"].messages.list(clients["sunshine id"], **clients["options"]),
    "offset, UltraCart": lambda clients: clients["ultracart"].conversations.list(page_size=5, **clients["options"]),
    "range, UltraCart": lambda clients: clients["ultracart"].conversations.search(page_size=5, **clients["options"]),
    "timestamp, Smooch": lambda clients: clients["smooch"].messages.list("user-1", **clients["options"]),
    "since, UltraCart": lambda clients: clients["ultracart"].messages.list(
        clients["ultracart id"], page_size=5, **clients["options"]
    ),
}
CLIENTS: dict[str, Any] = {
    "convore": ConvoreClient,
    "sunshine": SunshineClient,
    "ultracart": UltraCartClient,
    "smooch": SmoochClient,
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with in_thread(Sandbox(conversations=30, messages=210, latency=0.002)) as sandbox:
        yield sandbox


async def _leave(items: Any, stop: int, how: str) -> int:
    """Iterate and leave after so many items; how many requests for pages that makes is the list's business."""
    had = 0
    if how == "pages":
        async for page in items.pages():
            had += len(page.items)
            if had >= stop:
                break
        return had
    async for _ in items:
        had += 1
        if had >= stop:
            if how == "raise":
                raise LookupError
            break
    return had


@pytest.mark.parametrize("prefetch", [0, 1, 5])
async def test_leaving_loops_leaves_nothing_held(sandbox: Sandbox, prefetch: int, record_property: Any) -> None:
    """R15: out of lists of every kind, 1,000 times in the campaign, by `break` and by an error, from items and from pages."""
    count = 1000 if FULL else 90
    draw = random.Random(prefetch)  # noqa: S311 -- repeatable, no secret
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        async with SessionPool(size=60) as pool:
            clients = {name: kind(**sandbox.client_options(name), pool=pool) for name, kind in CLIENTS.items()}
            ids = {f"{name} id": next(iter(sandbox.state()[name]["ids"])) for name in ("sunshine", "ultracart")}
            given = {**clients, **ids, "options": {"prefetch": prefetch}}
            results: list[Any] = []
            for start in range(0, count, 100):
                kinds = [list(LISTS)[number % len(LISTS)] for number in range(start, min(count, start + 100))]
                leaves = [
                    _leave(LISTS[kind](given), draw.randrange(1, 12), draw.choice(["break", "break", "raise", "pages"]))
                    for kind in kinds
                ]
                results += await asyncio.gather(*leaves, return_exceptions=True)
            left = await _left_over(pool, list(clients.values()))
            gc.collect()
    unexpected = [result for result in results if isinstance(result, BaseException) and type(result) is not LookupError]
    figure = f"{count} loops left early with prefetch {prefetch}, {len(LISTS)} kinds of list; left over: {left or 'nothing'}"
    _tell(record_property, "R15", figure)
    assert unexpected == []
    assert left == {}


# Tokens.

APPLICATION: dict[str, Any] = {"application_id": "sandbox-app", "application_secret": "sandbox-secret"}


def _by_token(sandbox: Sandbox, pool: SessionPool) -> SmscxClient:
    return SmscxClient(base_url=sandbox.client_options("smscx")["base_url"], **APPLICATION, pool=pool)


def _fetches(sandbox: Sandbox) -> int:
    return sandbox.requests["smscx"]["get_access_token"]


async def test_a_thousand_tasks_at_expiry_make_one_refresh(sandbox: Sandbox, clock: Any, record_property: Any) -> None:
    """R29: when the token expires, and at the first call and when the server refuses it: one fetch each, counted there."""
    tasks = dict.fromkeys(("first", "expired", "revoked"), 1000 if FULL else 200)
    async with SessionPool(clock=clock) as pool:
        client = _by_token(sandbox, pool)
        fetched: list[int] = []
        for event, count in tasks.items():
            if event == "expired":
                clock.now += 30 * 86_400.0
            elif event == "revoked":
                sandbox.providers["smscx"].revoke_tokens()
            before = _fetches(sandbox)
            await asyncio.gather(*(client.call(_CONVERSATIONS) for _ in range(count)))
            fetched.append(_fetches(sandbox) - before)
        left = await _left_over(pool, [client])
    _tell(record_property, "R29", f"tasks {tasks}: {fetched} fetches")
    assert fetched == [1, 1, 1]
    assert left == {}


async def test_cancelled_refreshes_still_serve_the_others(sandbox: Sandbox, clock: Any, record_property: Any) -> None:
    """R14: of 50 tasks that wait for a token, the one that fetches it and random others are cancelled."""
    rounds = 20
    draw = random.Random(29)  # noqa: S311 -- repeatable, no secret
    async with SessionPool(clock=clock) as pool:
        client = _by_token(sandbox, pool)
        before = _fetches(sandbox)
        served = 0
        for _ in range(rounds):
            clock.now += 30 * 86_400.0
            tasks = [asyncio.create_task(client.call(_CONVERSATIONS)) for _ in range(50)]
            await asyncio.sleep(0)  # the fetch has begun, and all wait for it
            cancelled = {0} | set(draw.sample(range(50), 20))
            for number in cancelled:
                tasks[number].cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert {number for number, result in enumerate(results) if isinstance(result, BaseException)} == cancelled
            served += len(results) - len(cancelled)
        fetched = _fetches(sandbox) - before
        left = await _left_over(pool, [client])
    _tell(record_property, "R14", f"{rounds} refreshes with cancelled waiters: {fetched} fetches, {served} others served")
    assert fetched == rounds
    assert left == {}


_CONVERSATIONS = operation_of(aioconvo.smscx.conversations.Conversations.list).request()
