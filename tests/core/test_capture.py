"""`capture_responses`: every call made inside, whatever came of it, and no other."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import msgspec
import pytest

import aioconvo
from aioconvo import FailedCall, Response, capture_responses
from aioconvo.core.access.auth import NoAuth
from aioconvo.core.calls.capture import captures
from tests.core.conftest import GadgetClient
from tests.faults.server import Answer, FaultServer, Seen

QUICK = aioconvo.RetryPolicy(max_retries=2, backoff=0.0)


def _shown(calls: list[Response[Any] | FailedCall]) -> list[tuple[str, int | None, int]]:
    return [(type(call).__name__, call.status, call.attempts) for call in calls]


async def test_a_call_that_is_refused_is_there_with_its_error_and_its_answer(wire: Any, gadgets: GadgetClient) -> None:
    wire.answers("GET", body=b'{"error": "gone"}', status=404, headers={"X-Request-Id": "r-1", "X-Left": "3"})
    wire.answers("GET", {"id": "7"})
    with capture_responses() as calls:
        with pytest.raises(aioconvo.NotFoundError) as caught:
            await gadgets.get()
        await gadgets.get()
    refused, good = calls
    assert isinstance(refused, FailedCall)
    assert refused.error is caught.value
    assert (refused.status, refused.body, refused.request_id) == (404, b'{"error": "gone"}', "r-1")
    assert refused.headers["x-left"] == "3"
    assert (refused.attempts, refused.data, refused.operation.python) == (1, None, "gadgets.things.get")
    assert repr(refused) == "<FailedCall gadgets.things.get, NotFoundError, status 404, 1 attempts>"
    assert isinstance(good, Response)
    assert good.data.id == "7"


async def test_one_entry_a_call_however_often_it_is_tried(wire: Any, gadgets: GadgetClient) -> None:
    gadgets = gadgets.with_options(retry=QUICK)
    for status in (503, 503, 502):
        wire.answers("GET", b"{}", status=status)
    wire.answers("GET", b"{}", status=503)
    wire.answers("GET", {"id": "7"})
    with capture_responses() as calls:
        with pytest.raises(aioconvo.InternalServerError):
            await gadgets.get()
        await gadgets.get()
    assert _shown(calls) == [("FailedCall", 502, 3), ("Response", 200, 2)]


async def test_what_brought_no_answer_has_no_status(wire: Any, gadgets: GadgetClient) -> None:
    """The answer of an earlier request of the call is not taken for that of the last one."""
    wire.answers("GET", b"{}", status=503)
    for _ in range(2):
        wire._mock.add(f"{wire.base_url}/things/canary-thing?q=canary-query", exception=aiohttp.ServerDisconnectedError())
    with capture_responses() as calls, pytest.raises(aioconvo.APIConnectionError):
        await gadgets.with_options(retry=QUICK).get()
    assert _shown(calls) == [("FailedCall", None, 3)]
    assert (calls[0].headers, calls[0].body, calls[0].request_id) == ({}, b"", None)


async def test_an_answer_that_cannot_be_read_is_kept_as_it_came(wire: Any, gadgets: GadgetClient) -> None:
    wire.answers("GET", body=b"<html>", status=200, headers={"X-Request-Id": "r-2"})
    with capture_responses() as calls, pytest.raises(aioconvo.ResponseDecodeError):
        await gadgets.with_options(max_retries=0).get()
    assert (calls[0].status, calls[0].body, calls[0].request_id) == (200, b"<html>", "r-2")


async def test_what_cannot_be_inflated_has_its_status_and_headers(wire: Any, gadgets: GadgetClient) -> None:
    wire.answers("GET", body=b"no gzip", status=200, headers={"Content-Encoding": "gzip", "X-Request-Id": "r-3"})
    with capture_responses() as calls, pytest.raises(aioconvo.ResponseDecodeError):
        await gadgets.with_options(max_retries=0).get()
    assert (calls[0].status, calls[0].body, calls[0].request_id) == (200, b"", "r-3")


async def test_calls_that_are_cancelled_or_late_or_come_after_the_end_are_there_too(gadgets: GadgetClient) -> None:
    class Stuck(GadgetClient):
        async def _complete(self, _call: Any, _state: Any) -> Any:
            await asyncio.Event().wait()

    stuck = Stuck(base_url="https://api.test", auth=gadgets._auth, pool=gadgets.pool)
    with capture_responses() as calls:
        task = asyncio.create_task(stuck.get())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(aioconvo.DeadlineExceededError):
            await stuck.with_options(deadline=0.001).get()
        await gadgets.pool.aclose()
        with pytest.raises(aioconvo.PoolClosedError):
            await gadgets.get()
    assert [type(call.error).__name__ for call in calls if isinstance(call, FailedCall)] == [
        "CancelledError",
        "DeadlineExceededError",
        "PoolClosedError",
    ]


def _named(seen: Seen) -> Answer:
    return Answer(body=msgspec.json.encode({"id": seen.target.partition("?")[0].rpartition("/")[2]}))


async def test_tasks_that_share_a_context_capture_their_own_calls() -> None:
    async with FaultServer(_named) as server, aioconvo.SessionPool() as pool:
        gadgets = GadgetClient(base_url=server.base_url, auth=NoAuth(), pool=pool)
        assert await _captured_by_two(gadgets.get) == [["a", "b"], ["d", "f", "g"]]


async def _captured_by_two(get: Callable[[str], Coroutine[Any, Any, object]]) -> list[list[str]]:
    context = contextvars.copy_context()
    loop = asyncio.get_running_loop()
    first_in, second_in, first_out = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def first() -> list[str]:
        with capture_responses() as calls:
            await get("a")
            first_in.set()
            await second_in.wait()
            await get("b")
            await loop.create_task(get("c"), context=context)  # started inside, but in the context of both
        first_out.set()
        await get("h")
        return [call.data.id for call in calls if call.data.id != "c"]

    async def second() -> list[str]:
        await first_in.wait()
        with capture_responses() as calls:
            await get("d")
            second_in.set()
            with capture_responses() as inner:
                await get("e")
            await first_out.wait()
            await get("f")
            await asyncio.create_task(get("g"))
        await get("h")
        assert [call.data.id for call in inner] == ["e"]
        return [call.data.id for call in calls if call.data.id not in "ch"]

    return await asyncio.gather(*(loop.create_task(work(), context=context) for work in (first, second)))


async def test_nothing_is_captured_after_the_last_of_a_shared_context_has_ended(wire: Any, gadgets: GadgetClient) -> None:
    for _ in range(3):
        wire.answers("GET", {"id": "7"})
    context = contextvars.copy_context()
    inside, outside = asyncio.Event(), asyncio.Event()
    lists: list[list[Any]] = []

    async def outer() -> None:
        with capture_responses() as calls:
            lists.append(calls)
            inside.set()
            await outside.wait()

    async def later() -> None:
        await inside.wait()
        with capture_responses() as calls:
            lists.append(calls)
            outside.set()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        await gadgets.get()

    loop = asyncio.get_running_loop()
    await asyncio.gather(*(loop.create_task(work(), context=context) for work in (outer, later)))
    await loop.create_task(gadgets.get(), context=context)
    assert lists == [[], []]


def test_it_captures_a_whole_run_of_a_loop(wire: Any) -> None:
    wire.answers("GET", {"id": "7"})

    async def main() -> None:
        async with aioconvo.SessionPool() as pool:
            await GadgetClient(base_url=wire.base_url, auth=NoAuth(), pool=pool).get()

    with capture_responses() as calls:
        asyncio.run(main())
    assert _shown(calls) == [("Response", 200, 1)]


async def test_nobody_captures_after_the_end() -> None:
    with aioconvo.capture_responses():
        assert captures()
    assert not captures()
