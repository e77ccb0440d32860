"""What is known of one request belongs to that request, also where many tasks run in one `contextvars.Context`."""

from __future__ import annotations

import asyncio
import contextvars
import socket
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import anyio
import pytest

import aioconvo
from aioconvo.convore import ConvoreClient
from aioconvo.core.operations.operation import Effect
from tests.faults.server import Answer, Close, FaultServer, Step, Until, Wait

Job = Callable[[], Coroutine[Any, Any, object]]
Start = Callable[[list[Job]], Awaitable[object]]

AT_ONCE = 20
PATIENT = aioconvo.RetryPolicy(max_retries=3, backoff=0.0, budget=None)


async def _each_in_its_own(jobs: list[Job]) -> object:
    return await asyncio.gather(*(job() for job in jobs))


async def _create_task(jobs: list[Job]) -> object:
    context = contextvars.copy_context()
    loop = asyncio.get_running_loop()
    return await asyncio.gather(*(loop.create_task(job(), context=context) for job in jobs))


async def _task_group(jobs: list[Job]) -> None:
    context = contextvars.copy_context()
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(job(), context=context)


async def _from_callbacks(jobs: list[Job]) -> object:
    """Tasks that a callback makes with the context it runs in, as protocols and servers do."""
    context = contextvars.copy_context()
    loop = asyncio.get_running_loop()
    made: list[asyncio.Task[object]] = []
    for job in jobs:
        loop.call_soon(lambda work: made.append(loop.create_task(work, context=context)), job(), context=context)
    await asyncio.sleep(0)
    return await asyncio.gather(*made)


async def _task_factory(jobs: list[Job]) -> None:
    """A loop whose tasks all share one context; anyio starts them."""
    context = contextvars.copy_context()
    loop = asyncio.get_running_loop()

    def factory(loop: asyncio.AbstractEventLoop, work: Any, **given: Any) -> asyncio.Task[Any]:
        return asyncio.Task(work, loop=loop, **{**given, "context": context})

    loop.set_task_factory(factory)
    try:
        async with anyio.create_task_group() as group:
            for job in jobs:
                group.start_soon(job)
    finally:
        loop.set_task_factory(None)


async def _eager(jobs: list[Job]) -> object:
    if sys.version_info < (3, 12):
        pytest.skip("eager tasks are new in Python 3.12")
    now: Any = {"context": contextvars.copy_context(), "loop": asyncio.get_running_loop(), "eager_start": True}
    return await asyncio.gather(*(asyncio.Task(job(), **now) for job in jobs))


WAYS: dict[str, Start] = {
    "each in its own": _each_in_its_own,
    "create_task": _create_task,
    "task group": _task_group,
    "from callbacks": _from_callbacks,
    "task factory": _task_factory,
    "eager": _eager,
}


@pytest.fixture
def dead() -> Iterator[str]:
    """An address where every connection is refused."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


async def _refused_calls(base_url: str, pool: aioconvo.SessionPool, times: int = 3) -> None:
    """Calls none of which ever arrives."""
    client = ConvoreClient(api_key="b", base_url=base_url, pool=pool, retry=aioconvo.RetryPolicy(max_retries=0))
    for _ in range(times):
        with pytest.raises(aioconvo.APIConnectionError):
            await client.request("GET", "/x")


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_a_paid_call_is_sent_once_and_told_beside_calls_that_never_arrive(way: Start, dead: str) -> None:
    ends: list[BaseException] = []
    refused = asyncio.Event()
    script: list[Step] = [Until(refused), Close(reset=True)]  # carried out, but the answer is lost

    async with FaultServer(lambda _: script) as server, aioconvo.SessionPool() as pool:
        paid = ConvoreClient(api_key="a", base_url=server.base_url, pool=pool, retry=PATIENT)

        async def pay(number: int) -> None:
            with pytest.raises(aioconvo.AioconvoError) as caught:
                await paid.request("POST", f"/pay/{number}", body={}, effect=Effect.PAID)
            ends.append(caught.value)

        async def fail() -> None:
            while len(server.seen) < AT_ONCE:
                await _refused_calls(dead, pool)
            refused.set()

        await way([*(lambda n=n: pay(n) for n in range(AT_ONCE)), fail])

    assert Counter(seen.target for seen in server.seen) == {f"/pay/{number}": 1 for number in range(AT_ONCE)}
    assert [isinstance(end, aioconvo.MaybeSentError) for end in ends] == [True] * AT_ONCE


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_a_paid_call_that_never_arrives_is_tried_again_beside_calls_that_arrive(way: Start, dead: str) -> None:
    ends: list[aioconvo.CallError] = []

    async with FaultServer(lambda _: Answer()) as server, aioconvo.SessionPool() as pool:
        paid = ConvoreClient(api_key="a", base_url=dead, pool=pool, retry=PATIENT)
        other = ConvoreClient(api_key="b", base_url=server.base_url, pool=pool)

        async def pay() -> None:
            with pytest.raises(aioconvo.CallError) as caught:
                await paid.request("POST", "/pay", body={}, effect=Effect.PAID)
            ends.append(caught.value)

        async def arrive() -> None:
            while len(ends) < AT_ONCE:
                await other.request("GET", "/x")

        await way([*[pay] * AT_ONCE, arrive])

    assert [(type(end), end.attempts) for end in ends] == [(aioconvo.APIConnectionError, 4)] * AT_ONCE


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_a_deadline_tells_of_its_own_request(way: Start, dead: str) -> None:
    ends: list[BaseException] = []

    async with FaultServer(lambda _: Wait(30.0)) as server, aioconvo.SessionPool() as pool:
        paid = ConvoreClient(api_key="a", base_url=server.base_url, pool=pool, deadline=0.3)

        async def pay() -> None:
            with pytest.raises(aioconvo.CallError) as caught:
                await paid.request("POST", "/pay", body={}, effect=Effect.PAID)
            ends.append(caught.value)

        async def fail() -> None:
            while len(server.seen) < AT_ONCE:
                await _refused_calls(dead, pool)

        await way([*[pay] * AT_ONCE, fail])

    assert [isinstance(end, aioconvo.MaybeSentError) for end in ends] == [True] * AT_ONCE
    assert len(server.seen) == AT_ONCE


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_no_request_is_sent_a_second_time_by_aiohttp(way: Start, dead: str) -> None:
    """aiohttp sends a GET again whose connection broke; the policy alone says how often a request is sent."""
    ends: list[aioconvo.CallError] = []
    refused = asyncio.Event()
    script: list[Step] = [Until(refused), Close(reset=True)]

    async with FaultServer(lambda _: script) as server, aioconvo.SessionPool() as pool:
        client = ConvoreClient(api_key="a", base_url=server.base_url, pool=pool, max_retries=0)

        async def read() -> None:
            with pytest.raises(aioconvo.APIConnectionError) as caught:
                await client.request("GET", "/x")
            ends.append(caught.value)

        async def fail() -> None:
            while len(server.seen) < AT_ONCE:
                await _refused_calls(dead, pool)
            refused.set()
            while len(ends) < AT_ONCE:
                await _refused_calls(dead, pool)

        await way([*[read] * AT_ONCE, fail])

    assert len(server.seen) == AT_ONCE
