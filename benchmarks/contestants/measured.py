"""How every contestant is measured: a job in, a warm-up, the run, one line of JSON out. Standard library only.

SDKs import this from environments that hold nothing else of ours.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.metadata
import itertools
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

__all__ = [
    "Counts",
    "HasCounts",
    "Job",
    "current_rss",
    "fresh_ids",
    "measure",
    "measure_async",
    "read_job",
    "run",
    "spread",
    "write",
]

Job = dict[str, Any]
"""`workload`, `provider`, `url`, `count`, `concurrency`, `loop` and what else the workload says; see `workloads.py`."""

_LINUX_PAGE = resource.getpagesize()
_WITH_HYPHENS = ("smscx", "ultracart")
_serial = itertools.count(1)


class Counts(NamedTuple):
    """What a run did: requests sent, items seen."""

    requests: int
    items: int = 0


class HasCounts(Protocol):
    """Anything that tells the same as `Counts`."""

    @property
    def requests(self) -> int: ...  # noqa: D102 -- as in Counts
    @property
    def items(self) -> int: ...  # noqa: D102 -- as in Counts


def read_job() -> Job:
    """The job that the runner gave on the command line."""
    job: Job = json.loads(sys.argv[1])
    return job


def fresh_ids(provider: str, count: int) -> Iterator[str]:
    """Ids in the provider's form that this process never used before."""
    for number in itertools.islice(_serial, count):
        yield f"{number:08x}-0000-4000-8000-000000000000" if provider in _WITH_HYPHENS else f"{number:024x}"


def measure(warm_up: Callable[[], object] | None, work: Callable[[], HasCounts]) -> dict[str, Any]:
    """Figures of `work()` after `warm_up()`: `cpu` (user and system) and `wall` in seconds, `peak_rss` in bytes, the counts."""
    if warm_up is not None:
        warm_up()
    before = _now()
    counts = work()
    return _figures(before, _now(), counts)


async def measure_async(warm_up: Awaitable[object], work: Awaitable[HasCounts]) -> dict[str, Any]:
    """Figures of `work` after `warm_up`, in the same loop and over the same connections; see `measure`."""
    await warm_up
    before = _now()
    counts = await work
    return _figures(before, _now(), counts)


async def spread(send: Callable[[str], Awaitable[object]], ids: Iterator[str], concurrency: int) -> None:
    """`send` each id, `concurrency` at a time."""

    async def worker() -> None:
        for one in ids:
            await send(one)

    await asyncio.gather(*(worker() for _ in range(concurrency)))


def run(job: Job, main: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    """Run a coroutine on the job's event loop, `asyncio` or `uvloop`, with the garbage collector as the job says."""
    if job.get("freeze"):
        gc.collect()
        gc.freeze()
    if "thresholds" in job:
        gc.set_threshold(*job["thresholds"])
    if job.get("loop") != "uvloop":
        return asyncio.run(main)
    import uvloop  # noqa: PLC0415 -- SDKs' environments do not have it

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def write(figures: dict[str, Any] | None, packages: Sequence[str] = ()) -> None:
    """Print the line for the runner; `None` where the contestant does not know the workload."""
    if figures is None:
        sys.stdout.write('{"unsupported": true}\n')
        return
    versions = {name: importlib.metadata.version(name) for name in packages}
    sys.stdout.write(json.dumps(figures | {"versions": versions}) + "\n")


def current_rss() -> int:
    """Bytes of memory this process holds now; Linux."""
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 -- pathlib would be memory of its own
        return int(statm.read().split()[1]) * _LINUX_PAGE


class _Moment(NamedTuple):
    cpu: float
    wall: float


def _now() -> _Moment:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return _Moment(usage.ru_utime + usage.ru_stime, time.perf_counter())


def _figures(before: _Moment, after: _Moment, counts: HasCounts) -> dict[str, Any]:
    return {
        "cpu": after.cpu - before.cpu,
        "wall": after.wall - before.wall,
        "requests": counts.requests,
        "items": counts.items,
        "peak_rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
