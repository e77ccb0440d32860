"""R31: hours of mixed load in minutes: `nox -s soak -- --minutes 30`.

The five clients share one pool; the sandbox, a process of its own, spoils answers now and then. Ends with status 1 when memory,
descriptors or tasks grow beyond the bounds below, or when an error comes that is none of the library's own.
"""

from __future__ import annotations

import argparse
import array
import asyncio
import dataclasses
import gc
import json
import math
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import aioconvo
from tests.soak.load import Load, clients_of
from tests.soak.report import plot
from tests.soak.serving import serving

WARM_UP = 0.35  # of the time; caches and the allocator's own reserves fill meanwhile
RESTS = 12
# Python's own count of what it holds, while nothing is under way: a leak shows in minutes. The 770 bytes a client copy that a
# run once lost to timers are some 10 blocks for one action in ten.
BLOCKS_AN_ACTION = 0.1
# The memory of the process says as much only once the allocator has settled.
SLOPE_KB_A_MINUTE = 100.0
SETTLED_MINUTES = 20.0


@dataclasses.dataclass(frozen=True)
class Sample:
    """How things stood at one second."""

    second: float
    rss_kb: int
    descriptors: int
    tasks: int
    in_use: int
    calls: int
    errors: int


class Samples:
    """Samples in columns of plain numbers, so that keeping them holds no blocks of the allocator that is measured."""

    def __init__(self) -> None:
        self._columns = [array.array("d") for _ in dataclasses.fields(Sample)]

    def append(self, sample: Sample) -> None:
        for column, value in zip(self._columns, dataclasses.astuple(sample), strict=True):
            column.append(value)

    def all(self) -> list[Sample]:
        return [Sample(second, *map(int, others)) for second, *others in zip(*self._columns, strict=True)]


@dataclasses.dataclass(frozen=True)
class Rest:
    """What is held while nothing is under way: blocks of Python's allocator, and the memory of the process."""

    second: float
    actions: int
    blocks: int
    rss_kb: int


@dataclasses.dataclass(frozen=True)
class Verdict:
    """One bound: what it is about, what was found, what is allowed."""

    name: str
    found: str
    allowed: str
    kept: bool


def main() -> int:
    """Run, report, judge."""
    parser = argparse.ArgumentParser(description="Mixed load on the five clients, with faults.")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--out", type=Path, help="directory for soak.json and soak.png; a temporary one by default")
    parser.add_argument("--workers", type=int, default=60)
    parser.add_argument("--faults", type=float, default=0.03, help="share of the sandbox's answers that fail")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    out: Path = asked.out or Path(tempfile.mkdtemp(prefix="aioconvo-soak-"))
    out.mkdir(parents=True, exist_ok=True)
    load = Load(random.Random(asked.seed))  # noqa: S311 -- a repeatable mix
    with serving(conversations=20, messages=120, latency=0.002, faults=asked.faults) as endpoints:
        samples, rests, idle, state = asyncio.run(_soak(load, endpoints, asked.minutes * 60, asked.workers))
    verdicts = judge(samples, rests, idle, load.strangers, load.never_done())
    _show(samples, load, state, verdicts)
    kept: dict[str, Any] = {
        "samples": [dataclasses.asdict(sample) for sample in samples],
        "rests": [dataclasses.asdict(rest) for rest in rests],
        "idle": [dataclasses.asdict(sample) for sample in idle],
        "actions": load.actions,
        "errors": load.errors,
        "strangers": load.strangers,
        "server": state,
        "verdicts": [dataclasses.asdict(verdict) for verdict in verdicts],
    }
    (out / "soak.json").write_text(json.dumps(kept, indent=1), encoding="utf-8")
    plot(out / "soak.png", kept["samples"], WARM_UP)
    Console().print(f"kept in {out}/soak.json, drawn in {out}/soak.png", soft_wrap=True)
    return 0 if all(verdict.kept for verdict in verdicts) else 1


async def _soak(
    load: Load, endpoints: dict[str, dict[str, Any]], seconds: float, workers: int
) -> tuple[list[Sample], list[Rest], tuple[Sample, Sample], dict[str, Any]]:
    began = time.monotonic()
    root = endpoints["smscx"]["base_url"].rsplit("/", 1)[0]
    samples = Samples()
    rests: list[Rest] = []
    async with aioconvo.ConvoreClient(api_key="none", base_url=root) as control:
        state = (await control.request("GET", "/_sandbox/state")).data
        before = _sample(began, load, None)
        async with aioconvo.SessionPool(size=32) as pool:
            load.open(clients_of(endpoints, pool), endpoints, state)
            for number in range(1, RESTS + 1):
                await _work(load, workers, began, began + seconds * number / RESTS, samples, pool)
                rests.append(await _rest(began, load))
            in_use = pool.in_use()
            load.close()
        gc.collect()
        await asyncio.sleep(0.5)  # the last sockets close with the next turns of the loop
        after = dataclasses.replace(_sample(began, load, None), in_use=in_use)
        state = (await control.request("GET", "/_sandbox/state")).data
    return (
        samples.all(),
        rests,
        (before, after),
        {name: {key: one[key] for key in ("requests", "faults")} for name, one in state.items()},
    )


async def _work(load: Load, workers: int, began: float, until: float, samples: Samples, pool: aioconvo.SessionPool) -> None:
    """All workers side by side, to the end of what each does last; a sample every second."""
    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(load.work(until=until))
        while (now := time.monotonic()) < until:
            samples.append(_sample(began, load, pool))
            await asyncio.sleep(max(0.0, 1.0 - (time.monotonic() - now)))


async def _rest(began: float, load: Load) -> Rest:
    await asyncio.sleep(0.2)
    gc.collect()
    return Rest(round(time.monotonic() - began, 3), sum(load.actions.values()), sys.getallocatedblocks(), _rss_kb())


def _rss_kb() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def _sample(began: float, load: Load, pool: aioconvo.SessionPool | None) -> Sample:
    return Sample(
        second=round(time.monotonic() - began, 3),
        rss_kb=_rss_kb(),
        descriptors=sum(1 for _ in Path("/proc/self/fd").iterdir()) - 1,
        tasks=len(asyncio.all_tasks()),
        in_use=0 if pool is None else pool.in_use(),
        calls=sum(load.actions.values()),
        errors=sum(load.errors.values()),
    )


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The least-squares slope."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def judge(
    samples: Sequence[Sample], rests: Sequence[Rest], idle: tuple[Sample, Sample], strangers: Sequence[str], undone: set[str]
) -> list[Verdict]:
    """What a run showed beside what it may show."""
    before, after = idle
    warm = samples[int(len(samples) * WARM_UP) :]
    half = len(warm) // 2
    settled = rests[math.ceil(len(rests) * WARM_UP) :]
    blocks = slope([(rest.actions, rest.blocks) for rest in settled])
    memory = slope([(rest.second / 60, rest.rss_kb) for rest in settled])
    long = settled[-1].second >= SETTLED_MINUTES * 60 * 0.95
    bound = f"<= {SLOPE_KB_A_MINUTE:.0f}" if long else f"told only, below {SETTLED_MINUTES:.0f} minutes"
    verdicts = [
        Verdict("blocks held an action", f"{blocks:+.3f}", f"<= {BLOCKS_AN_ACTION}", blocks <= BLOCKS_AN_ACTION),
        Verdict("memory slope, kB/min", f"{memory:+.0f}", bound, not long or memory <= SLOPE_KB_A_MINUTE),
        Verdict("permits out at the end", str(after.in_use), "0", after.in_use == 0),
        Verdict("errors that are not ours", str(len(strangers)), "0", not strangers),
        Verdict("kinds of action without a success", str(len(undone)), "0", not undone),
    ]
    for name, get in (("descriptors", lambda one: one.descriptors), ("tasks", lambda one: one.tasks)):
        get_one: Callable[[Sample], int] = get
        most = [max(map(get_one, part)) for part in (warm[:half], warm[half:])]
        found = f"{get_one(before)} idle, {most[0]} then {most[1]} at most, {get_one(after)} idle"
        kept = get_one(after) <= get_one(before) and most[1] <= 1.5 * most[0] + 10
        verdicts.append(Verdict(name, found, "back to the first, later half <= 1.5 x first + 10", kept))
    return verdicts


def _show(samples: list[Sample], load: Load, state: dict[str, Any], verdicts: list[Verdict]) -> None:
    console = Console(width=120)
    seconds = samples[-1].second
    requests = sum(sum(one["requests"].values()) for one in state.values())
    faults: Counter[str] = Counter()
    for one in state.values():
        faults.update(one["faults"])
    figures = Table(title=f"{seconds:.0f} s of mixed load", title_justify="left", show_header=False)
    figures.add_row("actions", f"{sum(load.actions.values())}: {_counts(load.actions)}")
    figures.add_row("actions/s", f"{sum(load.actions.values()) / seconds:.1f}")
    figures.add_row("requests at the server", f"{requests}, {requests / seconds:.1f}/s")
    figures.add_row("faults at the server", f"{faults.total()}: {_counts(faults)}")
    figures.add_row("errors by type", _counts(load.errors))
    console.print(figures)
    bounds = Table(title="bounds", title_justify="left")
    for column in ("what", "found", "allowed", "kept"):
        bounds.add_column(column)
    for verdict in verdicts:
        bounds.add_row(verdict.name, verdict.found, verdict.allowed, "yes" if verdict.kept else "NO")
    console.print(bounds)
    for stranger in load.strangers[:5]:
        console.print(stranger, markup=False)


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counter.most_common()) or "none"


if __name__ == "__main__":
    sys.exit(main())
