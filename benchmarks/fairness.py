"""`python -m benchmarks.fairness`: how long the unluckiest of many calls waits, here and with aiohttp's own limit."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

import aiohttp

import aioconvo

from . import run

__all__ = ["main"]

_REQUESTS, _TASKS, _CONNECTIONS = 100_000, 1_000, 100
_ID = "000000000000000000000001"


def main() -> None:
    """Measure both, and print the seconds from the call to its answer."""
    run.compile_ahead()
    print(f"{_REQUESTS} small GETs by {_TASKS} tasks over {_CONNECTIONS} connections, seconds")
    print("| | slowest | 99th of 100 | median | all |\n|---|---|---|---|---|")
    with run.serving(("--pages", "1", "--items", "1")) as server:
        for name, measure in (("aioconvo", _ours), ("aiohttp, TCPConnector(limit=100)", _aiohttp)):
            began = time.perf_counter()
            waits = asyncio.run(measure(server.url))
            seconds = time.perf_counter() - began
            ninety_ninth = statistics.quantiles(waits, n=100)[-1]
            print(f"| {name} | {max(waits):.2f} | {ninety_ninth:.2f} | {statistics.median(waits):.2f} | {seconds:.0f} |")


async def _ours(url: str) -> list[float]:
    async with (
        aioconvo.SessionPool(size=_CONNECTIONS) as pool,
        aioconvo.SunshineClient(app_id="a", key_id="k", secret="s", base_url=url, pool=pool) as client,  # noqa: S106 -- none
    ):
        return await _waits(lambda: client.conversations.get(_ID))


async def _aiohttp(url: str) -> list[float]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=_CONNECTIONS)) as session:

        async def get() -> None:
            async with session.get(f"{url}/v2/apps/a/conversations/{_ID}") as answer:
                answer.raise_for_status()
                await answer.read()

        return await _waits(get)


async def _waits(call: Callable[[], Awaitable[object]]) -> list[float]:
    """The seconds that each call took."""
    waits: list[float] = []

    async def worker() -> None:
        for _ in range(_REQUESTS // _TASKS):
            began = time.perf_counter()
            await call()
            waits.append(time.perf_counter() - began)

    async with asyncio.TaskGroup() as group:
        for _ in range(_TASKS):
            group.create_task(worker())
    return waits


if __name__ == "__main__":
    main()
