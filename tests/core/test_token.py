"""A fetched token: one fetch for all who wait, renewed in time, and forgotten only when it was the one refused."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest

import aioconvo
from aioconvo.core.access.token import AccessToken, TokenAuth


class Fetcher:
    """Gives tokens one after another, each when the test says so."""

    def __init__(self) -> None:
        self.calls = 0
        self.gate = asyncio.Event()
        self.error: Exception | None = None
        self.lifetime: float | None = 3600.0

    async def __call__(self) -> AccessToken:
        self.calls += 1
        number = self.calls
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return AccessToken(f"t{number}", self.lifetime)


def _bearer(number: int) -> dict[str, str]:
    return {"Authorization": f"Bearer t{number}"}


def _clock(now: float = 0.0) -> Callable[[], float]:
    return lambda: now


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_one_fetch_for_a_thousand_waiters() -> None:
    auth, fetch = TokenAuth("id"), Fetcher()
    assert auth.headers(0.0) is None
    waiters = [asyncio.create_task(auth.renew(fetch, _clock())) for _ in range(1000)]
    await _settle()
    fetch.gate.set()
    assert await asyncio.gather(*waiters) == [_bearer(1)] * 1000
    assert fetch.calls == 1
    assert auth.headers(0.0) == _bearer(1)


async def test_waiters_that_are_cancelled_are_not_searched_for() -> None:
    """What the fetch keeps for each of them is found by itself: nothing of theirs hangs in a row on the shared task."""
    auth, fetch = TokenAuth("id"), Fetcher()
    waiters = [asyncio.create_task(auth.renew(fetch, _clock())) for _ in range(1000)]
    await _settle()
    fetching = auth._fetching
    assert fetching is not None
    callbacks: Any = fetching.task
    assert (len(callbacks._callbacks), len(fetching.waiters)) == (1, 1000)
    for waiter in reversed(waiters):
        waiter.cancel()
    await asyncio.wait(waiters)
    assert (fetching.waiters, auth._fetching) == ({}, None)


async def test_cancelled_waiters_do_not_take_the_token_from_the_others() -> None:
    auth, fetch = TokenAuth("id"), Fetcher()
    waiters = [asyncio.create_task(auth.renew(fetch, _clock())) for _ in range(10)]
    await _settle()
    for waiter in waiters[:9]:
        waiter.cancel()
    await _settle()
    fetch.gate.set()
    assert await waiters[9] == _bearer(1)
    assert all(waiter.cancelled() for waiter in waiters[:9])
    assert fetch.calls == 1


@pytest.mark.parametrize("turns", range(4))
async def test_who_comes_as_the_last_waiter_is_cancelled_gets_a_token(turns: int) -> None:
    """The fetch is being cancelled then, and what waits for it would be cancelled with it, though nobody meant that."""
    auth, fetch = TokenAuth("id"), Fetcher()
    left = asyncio.create_task(auth.renew(fetch, _clock()))
    await _settle()
    left.cancel()
    for _ in range(turns):
        await asyncio.sleep(0)
    came = asyncio.create_task(auth.renew(fetch, _clock()))
    await _settle()
    fetch.gate.set()
    await asyncio.wait((left, came))
    assert left.cancelled()
    assert not came.cancelled()
    assert came.result() == _bearer(fetch.calls)


async def test_a_fetch_that_is_seen_through_goes_on_for_who_comes_next() -> None:
    auth, fetch = TokenAuth("id", see_through=True), Fetcher()
    left = asyncio.create_task(auth.renew(fetch, _clock()))
    await _settle()
    left.cancel()
    await _settle()
    came = asyncio.create_task(auth.renew(fetch, _clock()))
    await _settle()
    fetch.gate.set()
    assert await came == auth.headers(0.0) == _bearer(1)
    assert (left.cancelled(), fetch.calls) == (True, 1)


async def test_all_waiters_cancelled_and_the_fetch_fails_unseen() -> None:
    auth, fetch = TokenAuth("id"), Fetcher()
    told: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    fetch.error = ValueError("no")
    waiter = asyncio.create_task(auth.renew(fetch, _clock()))
    await _settle()
    waiter.cancel()
    await _settle()
    fetch.gate.set()
    await _settle()
    gc.collect()
    assert told == []
    fetch.error = None
    assert await auth.renew(fetch, _clock()) == _bearer(2)


async def test_a_failing_fetch_reaches_every_waiter_and_the_next_call_tries_again() -> None:
    auth, fetch = TokenAuth("id"), Fetcher()
    fetch.error = ValueError("no")
    waiters = [asyncio.create_task(auth.renew(fetch, _clock())) for _ in range(10)]
    await _settle()
    fetch.gate.set()
    results = await asyncio.gather(*waiters, return_exceptions=True)
    assert [str(result) for result in results] == ["no"] * 10
    assert len({id(result) for result in results}) == 10
    assert auth.headers(0.0) is None
    fetch.error = None
    assert await auth.renew(fetch, _clock()) == _bearer(2)
    assert fetch.calls == 2


class _UncopyableError(Exception):
    def __init__(self) -> None:
        super().__init__("no")

    def __reduce__(self) -> Any:
        raise TypeError


async def test_an_error_that_cannot_be_copied_reaches_every_waiter_as_it_is() -> None:
    auth, fetch = TokenAuth("id"), Fetcher()
    fetch.error = _UncopyableError()
    fetch.gate.set()
    results = await asyncio.gather(*(auth.renew(fetch, _clock()) for _ in range(3)), return_exceptions=True)
    assert results == [fetch.error] * 3


def test_two_event_loops() -> None:
    auth = TokenAuth("id")

    async def left_behind() -> None:
        # The loop ends while a fetch is under way.
        task = asyncio.create_task(auth.renew(Fetcher(), _clock()))
        await _settle()
        task.cancel()

    async def fetched() -> Any:
        fetch = Fetcher()
        fetch.gate.set()
        return await auth.renew(fetch, _clock())

    asyncio.run(left_behind())
    assert asyncio.run(fetched()) == _bearer(1)
    assert auth.headers(1.0) == _bearer(1)  # the token itself belongs to no loop
    assert asyncio.run(fetched()) == _bearer(1)


def test_a_fetch_under_way_in_another_loop_is_not_waited_for() -> None:
    auth = TokenAuth("id")

    async def begin(fetch: Fetcher) -> asyncio.Task[Any]:
        task = asyncio.create_task(auth.renew(fetch, _clock()))
        await _settle()
        return task

    async def end(fetch: Fetcher, task: asyncio.Task[Any]) -> Any:
        fetch.gate.set()
        return await task

    with asyncio.Runner() as one, asyncio.Runner() as two:
        slow, quick = Fetcher(), Fetcher()
        first = one.run(begin(slow))
        second = two.run(begin(quick))
        assert two.run(end(quick, second)) == _bearer(1)
        assert one.run(end(slow, first)) == _bearer(1)
        assert (slow.calls, quick.calls) == (1, 1)


@pytest.mark.parametrize(
    ("lifetime", "good_until"),
    [(3600.0, 3540.0), (120.0, 60.0), (60.0, 30.0), (10.0, 5.0), (None, 1e12)],
)
def test_when_it_is_renewed(lifetime: float | None, good_until: float) -> None:
    auth = TokenAuth("id", renew_before=60.0)
    auth.accept(AccessToken("t1", lifetime), 100.0)
    assert auth.headers(100.0) == _bearer(1)
    assert auth.headers(99.9 + good_until) == _bearer(1)
    if lifetime is not None:
        assert auth.headers(100.0 + good_until) is None


@pytest.mark.parametrize("lifetime", [0.0, -5.0])
async def test_a_token_that_is_already_old_is_used_once_all_the_same(lifetime: float) -> None:
    auth, fetch = TokenAuth("id"), Fetcher()
    fetch.gate.set()
    fetch.lifetime = lifetime
    assert await auth.renew(fetch, _clock(50.0)) == _bearer(1)
    assert auth.headers(50.0) is None


def test_only_the_refused_token_is_discarded() -> None:
    auth = TokenAuth("id")
    auth.accept(AccessToken("t1", 3600.0), 0.0)
    old = auth.headers(0.0)
    assert old is not None
    auth.accept(AccessToken("t2", 3600.0), 0.0)
    auth.discard(old)  # another task has renewed it already
    assert auth.headers(0.0) == _bearer(2)
    auth.discard(_bearer(2))
    assert auth.headers(0.0) is None


def test_no_token_shows() -> None:
    auth = TokenAuth("id")
    auth.accept(AccessToken("canary", None), 0.0)
    assert "canary" not in repr(auth) + repr(AccessToken("canary", 1.0))


async def test_a_fetch_that_nobody_waits_for_any_more_is_cancelled() -> None:
    auth = TokenAuth("x")
    gone = asyncio.Event()

    async def fetch() -> AccessToken:
        try:
            await asyncio.Event().wait()
        finally:
            gone.set()
        raise AssertionError

    waiters = [asyncio.create_task(auth.renew(fetch, lambda: 0.0)) for _ in range(3)]
    await asyncio.sleep(0)
    for waiter in waiters:
        waiter.cancel()
    await asyncio.gather(*waiters, return_exceptions=True)
    await asyncio.wait_for(gone.wait(), 1)


async def test_an_issued_token_cannot_break_out_of_its_header() -> None:
    async def fetch() -> AccessToken:
        return AccessToken("a\r\nX-Evil: 1", None)

    with pytest.raises(aioconvo.ConfigurationError, match="issued token"):
        await TokenAuth("x").renew(fetch, lambda: 0.0)
