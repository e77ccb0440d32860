"""What time costs: waiting in a queue is no attempt, a deadline bounds everything, and nobody waits for somebody's batch."""

from __future__ import annotations

import asyncio
import base64
import collections
import json
import math
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

import aioconvo
from aioconvo import Limits, RateLimit, RetryPolicy, SessionPool
from aioconvo.convore import ConvoreClient
from aioconvo.smscx import SmscxClient
from aioconvo.sunshine import SunshineClient
from tests.campaign import FULL
from tests.faults.server import Answer, Close, FaultServer, Raw, Seen, Step, Wait
from tests.virtual_time import LoopClock, in_virtual_time

GOOD = Answer(body=b'{"data": []}')


def _slow(seconds: float) -> Callable[[Seen], list[Step]]:
    return lambda _seen: [Wait(seconds), GOOD]


def _client(server: FaultServer, pool: SessionPool, **options: Any) -> ConvoreClient:
    return ConvoreClient(base_url=server.base_url, api_key="k", pool=pool, **options)


def _tell(record_property: Any, requirement: str, figure: str) -> None:
    record_property(requirement, figure)
    print(f"{requirement}: {figure}")  # noqa: T201 -- the figure


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _timed(calls: Sequence[Awaitable[Any]]) -> tuple[list[Any], list[float]]:
    """The results of calls that are made at once, and how long each took."""
    began = _now()
    ends = [0.0] * len(calls)

    async def one(number: int, call: Awaitable[Any]) -> Any:
        try:
            return await call
        finally:
            ends[number] = _now() - began

    results = await asyncio.gather(*(one(*pair) for pair in enumerate(calls)), return_exceptions=True)
    return results, ends


# Waiting costs no attempt time.


@in_virtual_time
async def test_waiting_for_the_pool_costs_no_attempt_time(record_property: Any) -> None:
    """R12: the last calls wait for the pool much longer than an attempt may take, and none of them times out."""
    count, size, seconds, timeout = (5000, 20, 0.05, 1.0) if FULL else (600, 20, 0.02, 0.3)
    async with FaultServer(_slow(seconds)) as server, SessionPool(size=size, clock=LoopClock()) as pool:
        client = _client(server, pool, timeout=timeout, max_retries=0)
        results, ends = await _timed([client.messages.list() for _ in range(count)])
        seen = len(server.seen)
    errors = collections.Counter(type(result).__name__ for result in results if isinstance(result, BaseException))
    figure = f"{count} calls, pool of {size}, {seconds} s each, timeout {timeout} s: {sum(errors.values())} timeouts"
    _tell(record_property, "R12", f"{figure}, the last waited {max(ends) - seconds:.2f} s")
    assert not errors
    assert seen == count
    assert max(ends) > 1.5 * timeout


@in_virtual_time
async def test_waiting_for_a_limit_costs_no_attempt_time(record_property: Any) -> None:
    """R12: the same for a rate, for a number of requests at once, and for both."""
    rules = [Limits(rates=[RateLimit(10, 0.1)]), Limits(concurrency=2), Limits(rates=[RateLimit(20, 0.1)], concurrency=3)]
    async with FaultServer(_slow(0.02)) as server, SessionPool(clock=LoopClock()) as pool:
        clients = [_client(server, pool, timeout=0.25, max_retries=0, limits=limits) for limits in rules]
        every = await asyncio.gather(*(_timed([client.messages.list() for _ in range(60)]) for client in clients))
        seen = len(server.seen)
    longest = [max(ends) for _, ends in every]
    figure = f"60 calls each under 3 kinds of limit wait up to {', '.join(f'{one:.2f}' for one in longest)} s"
    _tell(record_property, "R12", f"{figure}, timeout 0.25 s: 0 timeouts")
    assert [result for results, _ in every for result in results if isinstance(result, BaseException)] == []
    assert seen == 180
    assert min(longest) > 0.3


@in_virtual_time
async def test_credentials_are_as_young_as_the_request_that_carries_them(record_property: Any) -> None:
    """R12, R29: a call that waits for a limit longer than a signed token lives still goes out with one that is good."""
    clock = LoopClock()
    sent: list[float] = []

    def script(seen: Seen) -> Step:
        claims = seen.headers["authorization"].split(".")[1]
        sent.append(json.loads(base64.urlsafe_b64decode(claims + "==="))["exp"] - clock.time())
        return Answer(body=b'{"conversation": {"id": "c", "type": "personal"}}')

    async with FaultServer(script) as server, SessionPool(clock=clock) as pool:
        client = SunshineClient(
            app_id="a",
            key_id="k",
            secret="s",
            auth="jwt",
            base_url=server.base_url,
            pool=pool,
            limits=Limits(rates=[RateLimit(1, 1800.0)], concurrency=1),
            retry=RetryPolicy(max_own_wait=5 * 3600.0),
        )
        await asyncio.gather(*(client.conversations.get("c") for _ in range(8)))
    _tell(record_property, "R29", f"8 calls over {_now() / 3600:.1f} h: tokens good for {min(sent):.0f} s and more")
    assert len(sent) == 8
    assert min(sent) >= 300  # seconds, with which they are renewed


# A deadline bounds everything.

LIST_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nContent-Type: application/json\r\n\r\n"
FAILING: list[list[Step]] = [
    [Wait(30.0), GOOD],
    [Answer(500)],
    [Answer(503, headers=[("Retry-After", "1")])],
    [Answer(429, headers=[("Retry-After", "0.05")])],
    [Close(reset=True)],
    [Answer(body=GOOD.body, cut=5)],
    [Wait(0.1), Answer(502)],
    [Answer(body=GOOD.body, stall=5)],
    [Raw(LIST_HEAD, keep=True), Wait(0.05), Raw(b"{", keep=True), Wait(30.0)],
    [Answer(200, b"<html>")],
]


async def _in_time(client: ConvoreClient, number: int) -> tuple[str, float]:
    began = _now()
    try:
        if number % 4:
            await client.messages.list()
        else:
            await client.request("POST", "/v1/messages", body={})
    except aioconvo.CallError as error:
        return type(error).__name__, _now() - began
    return "answered", _now() - began


@in_virtual_time
async def test_a_deadline_over_failing_and_slow_attempts_is_kept(record_property: Any) -> None:
    """R11: whatever the server does, and while the pool is full, each call ends by its deadline and a little more."""
    count, side_by_side, deadline = (1000, 100, 2.0) if FULL else (200, 100, 0.3)
    retry = RetryPolicy(max_retries=1000, backoff=deadline / 4, max_backoff=deadline / 2)
    results: list[tuple[str, float]] = []
    # A pool smaller than the number of calls: some wait for it until their deadline.
    pool = SessionPool(size=side_by_side // 2, clock=LoopClock())
    async with FaultServer(lambda seen: FAILING[seen.number % len(FAILING)]) as server, pool:
        client = _client(server, pool, deadline=deadline, timeout=deadline / 2, retry=retry)
        for start in range(0, count, side_by_side):
            results += await asyncio.gather(*(_in_time(client, start + number) for number in range(side_by_side)))
        assert pool.in_use() == 0
    longest = max(seconds for _, seconds in results)
    kinds = dict(collections.Counter(kind for kind, _ in results))
    _tell(record_property, "R11", f"{count} calls with a deadline of {deadline} s: the longest took {longest:.3f} s; {kinds}")
    assert longest <= deadline + 0.001
    assert "answered" not in kinds
    # At its deadline, or at once where a 429 holds the credential back for longer than is left.
    assert sum(number for kind, number in kinds.items() if "Deadline" in kind or kind == "LimitReachedError") > count / 10
    assert kinds["APIDeadlineError"]


@in_virtual_time
async def test_a_deadline_bounds_the_wait_for_a_token_and_spoils_it_for_nobody(record_property: Any) -> None:
    """R11, R14: impatient calls begin a fetch of a token that takes longer than they have; patient ones get it."""

    def script(seen: Seen) -> list[Step]:
        if seen.target == "/oauth/token":
            return [Wait(0.4), Answer(body=b'{"access_token": "t", "expires_in": 3600, "token_type": "Bearer", "scope": "x"}')]
        return [Answer(body=b'{"data": []}')]

    async with FaultServer(script) as server, SessionPool(clock=LoopClock()) as pool:
        client = SmscxClient(
            base_url=server.base_url, application_id="a", application_secret="s", pool=pool, retry=RetryPolicy(backoff=0.0)
        )
        hasty = client.with_options(deadline=0.15)
        calls = [hasty.request("GET", "/x") for _ in range(20)] + [client.request("GET", "/x") for _ in range(20)]
        results, ends = await _timed(calls)
        tokens = sum(seen.target == "/oauth/token" for seen in server.seen)
    figure = f"20 calls with a deadline of 0.15 s end after {max(ends[:20]):.2f} s, 20 others are served by {tokens} fetch"
    _tell(record_property, "R14", figure)
    assert {type(result) for result in results[:20]} == {aioconvo.DeadlineExceededError}
    assert max(ends[:20]) < 0.151
    assert [result for result in results[20:] if isinstance(result, BaseException)] == []
    assert tokens == 1


# Nobody waits for somebody's batch.


async def _worst(client: ConvoreClient, calls: int) -> float:
    """The 99th percentile of that many calls, one after the other."""
    took: list[float] = []
    for _ in range(calls):
        began = _now()
        await client.messages.list()
        took.append(_now() - began)
    return sorted(took)[math.ceil(len(took) * 0.99) - 1]


@pytest.mark.parametrize("lane", ["a client each", "a lane of the same client", "a lane under limits"])
@in_virtual_time
async def test_an_interactive_call_does_not_wait_for_a_batch(lane: str, record_property: Any) -> None:
    """R13: 3,000 calls are queued; another caller's calls wait at most five times as long as without them."""
    calls = 100 if FULL else 12
    limits = Limits(concurrency=10) if lane == "a lane under limits" else Limits()
    async with FaultServer(_slow(0.03)) as server, SessionPool(size=10, clock=LoopClock()) as pool:
        batch = _client(server, pool, limits=limits)
        interactive = _client(server, pool) if lane == "a client each" else batch.with_options(lane="interactive")
        idle = await _worst(interactive, calls)
        queued = [asyncio.create_task(_first(batch)) for _ in range(3000)]
        await asyncio.sleep(0.1)
        beside = await _worst(interactive, calls)
        left = sum(not task.done() for task in queued)
        for task in queued:
            task.cancel()
        await asyncio.gather(*queued, return_exceptions=True)
        assert pool.in_use() == 0
    figure = f"{lane}: p99 {beside * 1000:.0f} ms beside a batch of 3,000 ({left} still there), {idle * 1000:.0f} ms alone"
    _tell(record_property, "R13", f"{figure}, {beside / idle:.1f} times")
    assert beside <= 5 * idle
    assert left > 1000


async def _first(client: ConvoreClient) -> Any:
    return await client.messages.list()


async def test_a_token_is_renewed_ahead_of_the_batch_that_waits_with_the_old_one(record_property: Any) -> None:
    """R29: calls that queue for a limit do not all go out in vain while the new token queues behind them."""
    good = 0
    refused = 0

    def script(seen: Seen) -> Step:
        nonlocal good, refused
        if seen.target == "/oauth/token":
            good += 1
            token = {"access_token": f"t{good}", "expires_in": 3600, "token_type": "Bearer", "scope": "x"}
            return Answer(body=json.dumps(token).encode())
        if seen.headers["authorization"] == "Bearer t1" and seen.number > 50:
            refused += 1
            return Answer(401)
        return Answer(body=b'{"data": []}')

    async with FaultServer(script) as server, SessionPool() as pool:
        client = SmscxClient(
            base_url=server.base_url,
            application_id="a",
            application_secret="s",
            pool=pool,
            limits=Limits(concurrency=1),
        )
        await asyncio.gather(*(client.request("GET", "/x") for _ in range(300)))
        seen = len(server.seen)
    _tell(
        record_property,
        "R29",
        f"300 calls one at a time, token refused after 50: {refused} refused, {good} tokens, {seen} seen",
    )
    assert good == 2
    assert refused <= 6
