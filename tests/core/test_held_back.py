"""A client's own limits: what a call is told that they hold back for too long, and what is left of them."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import aioconvo
from aioconvo import Limits, RateLimit, RetryPolicy
from aioconvo.core.access.auth import HeaderAuth
from tests.core.conftest import GadgetClient

HOURLY = Limits(rates=[RateLimit(3, 3600.0)])


async def _use_up(wire: Any, client: GadgetClient) -> None:
    for _ in range(3):
        wire.answers("GET", {"id": "7"})
        await client.get()


async def test_a_used_up_quota_is_told_at_once(wire: Any, gadgets: GadgetClient, clock: Any) -> None:
    client = gadgets.with_options(limits=HOURLY)
    await _use_up(wire, client)
    clock.now += 600.0
    with pytest.raises(aioconvo.RateLimitError) as caught:
        await client.get()
    error = caught.value
    assert type(error) is aioconvo.LimitReachedError
    assert (error.retry_after, error.status, error.attempts, error.code, error.headers) == (3000.0, 429, 0, None, {})
    assert "hold this call back for 3000 s, more than its RetryPolicy (max_own_wait, max_wait) allows; it was not sent" in str(
        error
    )
    assert clock.slept == []
    assert len(wire.sent) == 3
    stats = client.stats()
    assert (stats.requests, stats.rate_limited, stats.errors) == (3, 0, {"LimitReachedError": 1})
    for again in (copy.copy(error), pickle.loads(pickle.dumps(error))):  # noqa: S301 -- our own
        assert (type(again), again.retry_after, str(again)) == (type(error), 3000.0, str(error))


@pytest.mark.parametrize(
    ("options", "bound"),
    [
        ({"retry": RetryPolicy(max_wait=2.0)}, r"its RetryPolicy \(max_own_wait, max_wait\)"),
        ({"retry": RetryPolicy(max_wait=4000.0), "deadline": 2.0}, "the deadline"),
        ({"retry": RetryPolicy(max_wait=4000.0), "deadline": 3600.0}, "the deadline"),
        ({"retry": RetryPolicy(max_wait=3599.0), "deadline": 4000.0}, r"its RetryPolicy \(max_own_wait, max_wait\)"),
        ({"retry": RetryPolicy(max_wait=0.0), "deadline": 2.0}, r"its RetryPolicy \(max_own_wait, max_wait\)"),
    ],
)
async def test_max_wait_and_a_deadline_apply(
    wire: Any, gadgets: GadgetClient, clock: Any, options: dict[str, Any], bound: str
) -> None:
    client = gadgets.with_options(limits=HOURLY, **options)
    await _use_up(wire, client)
    with pytest.raises(aioconvo.LimitReachedError, match=f"more than {bound} allows") as caught:
        await client.get()
    assert caught.value.retry_after == 3600.0
    assert clock.slept == []


@pytest.mark.parametrize(
    ("retry", "options"),
    [
        (RetryPolicy(max_wait=3600.0), {}),
        (RetryPolicy(max_wait=3600.0), {"deadline": 3601.0}),
        (RetryPolicy(max_wait=2.0, max_own_wait=1e9), {}),
    ],
)
async def test_a_wait_that_is_allowed_is_waited(
    wire: Any, gadgets: GadgetClient, clock: Any, retry: RetryPolicy, options: dict[str, Any]
) -> None:
    client = gadgets.with_options(limits=HOURLY, retry=retry, **options)
    await _use_up(wire, client)
    wire.answers("GET", {"id": "7"})
    await client.get()
    assert clock.slept == [3600.0]


async def test_a_pause_after_a_429_is_told_to_other_calls(wire: Any, gadgets: GadgetClient, clock: Any) -> None:
    patient = gadgets.with_options(retry=RetryPolicy(max_retries=0, max_wait=100.0))
    wire.answers("GET", {}, status=429, headers={"Retry-After": "90"})
    with pytest.raises(aioconvo.RateLimitError) as refused:
        await patient.get()
    assert (type(refused.value), refused.value.attempts) == (aioconvo.RateLimitError, 1)
    with pytest.raises(aioconvo.LimitReachedError) as caught:
        await gadgets.get()
    assert caught.value.retry_after == 90.0
    assert clock.slept == []


async def test_a_call_that_may_have_been_carried_out_says_so(wire: Any, gadgets: GadgetClient, clock: Any) -> None:
    """Its first try was sent; that the second was not is no comfort."""
    client = gadgets.with_options(limits=Limits(rates=[RateLimit(1, 3600.0)]), max_retries=1)
    wire.answers("GET", {}, status=503)
    with pytest.raises(aioconvo.LimitReachedError) as read:
        await client.get()
    assert read.value.attempts == 1
    clock.now += 3600.0
    wire.answers("POST", {}, status=503)
    with pytest.raises(aioconvo.MaybeSentError):
        await client.post()


async def test_what_is_left(wire: Any, gadgets: GadgetClient, clock: Any) -> None:
    client = gadgets.with_options(limits=Limits(rates=[RateLimit(3, 3600.0)], concurrency=5))
    whole = await client.quota()
    assert [(rate.left, rate.whole_in) for rate in whole.rates] == [(3, 0.0)]
    wire.answers("GET", {"id": "7"})
    await gadgets.get()  # a client without limits, with the same key
    clock.now += 600.0
    wire.answers("GET", {"id": "7"})
    await client.get()
    clock.now += 600.0
    quota = await client.quota()
    assert [(rate.rate.calls, rate.left, rate.whole_in) for rate in quota.rates] == [(3, 1, 3000.0)]
    assert (quota.under_way, quota.concurrency, quota.held_back) == (0, 5, 0.0)
    assert (await gadgets.quota()).rates == ()


async def test_limits_count_for_the_credential_in_every_pool_that_shares_a_store(wire: Any, clock: Any) -> None:
    store = aioconvo.MemoryLimits(clock=clock)
    auth = HeaderAuth("X-Key", "canary-key")
    for number in range(3):
        async with aioconvo.SessionPool(clock=clock, limit_store=store) as pool:
            client = GadgetClient(base_url=wire.base_url, auth=auth, pool=pool, limits=HOURLY)
            assert (await client.quota()).rates[0].left == 3 - number
            wire.answers("GET", {"id": "7"})
            await client.get()
    async with aioconvo.SessionPool(clock=clock, limit_store=store) as pool:
        with pytest.raises(aioconvo.LimitReachedError):
            await GadgetClient(base_url=wire.base_url, auth=auth, pool=pool, limits=HOURLY).get()
