"""`python -m benchmarks.limits`: CPU time that limits cost a request, in memory and in a file that processes share."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from pathlib import Path

from aioconvo import Limits, RateLimit, SqliteLimits
from aioconvo.core.clock import SYSTEM_CLOCK
from aioconvo.core.limits.gate import FairGate
from aioconvo.core.limits.rule import LimitStore
from aioconvo.core.limits.shared import Errands, SharedLimits
from aioconvo.core.limits.turnstile import Turnstile

__all__ = ["main"]

_REQUESTS = 2_000
_ROUNDS = 5
_LIMITS = {
    "none": Limits(),
    "a rate": Limits(rates=[RateLimit(1_000_000, 1.0)]),
    "a rate and 100 at once": Limits(rates=[RateLimit(1_000_000, 1.0)], concurrency=100),
}


def main() -> None:
    """Measure and print the table: the least of some rounds."""
    print(
        "| CPU microseconds a request | in memory | SqliteLimits, one at a time | SqliteLimits, 64 at once |\n|---|---|---|---|"
    )
    for name, limits in _LIMITS.items():
        figures = (asyncio.run(_least(limits, in_file=in_file, tasks=tasks)) for in_file, tasks in ((0, 1), (1, 1), (1, 64)))
        print(f"| {name} | {' | '.join(f'{figure:.1f}' for figure in figures)} |")


async def _least(limits: Limits, *, in_file: int, tasks: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        async with contextlib.AsyncExitStack() as stack:
            store: LimitStore | None = None
            if in_file:
                store = await stack.enter_async_context(SqliteLimits(Path(folder, "limits.db")))
            return min([await _round(limits, store, tasks) for _ in range(_ROUNDS)])


async def _round(limits: Limits, store: LimitStore | None, tasks: int) -> float:
    shared = None if store is None else SharedLimits(store, "key", limits, Errands())
    turnstile = Turnstile(limits, SYSTEM_CLOCK, gate=FairGate(100), shared=shared)

    async def requests() -> None:
        for _ in range(_REQUESTS // tasks):
            if not turnstile.try_enter():
                await turnstile.enter()
            turnstile.leave()

    began = time.process_time()
    await asyncio.gather(*(requests() for _ in range(tasks)))
    return (time.process_time() - began) / (_REQUESTS // tasks * tasks) * 1e6


if __name__ == "__main__":
    main()
