"""What many requests at a time do for an export: seconds at each concurrency, with a server that answers after 20 ms.

`python -m benchmarks.export_latency` exports 2,000 Sunshine conversations of 50 messages, each time in a process of its own
and into a new target, and prints the best of some rounds and the ratio. One at a time takes about 45 seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time

import aioconvo
from aioconvo.export import Exporter, Source

from . import run

_CONVERSATIONS, _MESSAGES, _PAGE, _DELAY_MS = 2_000, 50, 100, 20


async def _export(kind: str, concurrency: int, url: str) -> float:
    """Seconds of one export."""
    with tempfile.TemporaryDirectory() as directory:
        async with aioconvo.SunshineClient(app_id="app", key_id="key", secret="secret", base_url=url) as client:  # noqa: S106 -- none
            source = Source(client, "benchmark", users=["user"])
            began = time.perf_counter()
            summary = await Exporter(source, f"{kind}:{directory}/out.{kind}", concurrency=concurrency).run()
            seconds = time.perf_counter() - began
    if not summary.complete or summary.sources[0].messages.new != _CONVERSATIONS * _MESSAGES:
        raise RuntimeError(f"not all messages came: {summary.sources[0].messages}")
    return seconds


def _measured(kind: str, concurrency: int, url: str) -> float:
    command = [
        sys.executable,
        "-m",
        "benchmarks.export_latency",
        "--child",
        url,
        "--kinds",
        kind,
        "--concurrency",
        str(concurrency),
    ]
    return float(subprocess.run(command, check=True, capture_output=True, text=True, cwd=run.ROOT).stdout)  # noqa: S603 -- ourselves


def main() -> None:
    """Measure, and print a line for each kind of target."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.export_latency", description=__doc__)
    parser.add_argument("--kinds", nargs="+", default=["jsonl", "sqlite", "parquet", "duckdb"])
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 32])
    parser.add_argument("--rounds", type=int, default=3, help="at more than one request at a time; one at a time runs once")
    parser.add_argument("--child", metavar="URL", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        sys.stdout.write(f"{asyncio.run(_export(given.kinds[0], given.concurrency[0], given.child))}\n")
        return
    lists = ("--pages", str(_CONVERSATIONS // _PAGE), "--items", str(_PAGE), "--messages", str(_MESSAGES))
    with run.serving((*lists, "--delay-ms", str(_DELAY_MS))) as server:
        for kind in given.kinds:
            rounds = [
                [_measured(kind, one, server.url) for _ in range(given.rounds if one > 1 else 1)] for one in given.concurrency
            ]
            told = (
                f"{one} at a time {' '.join(f'{seconds:.2f}' for seconds in some)} s"
                for one, some in zip(given.concurrency, rounds, strict=True)
            )
            ratio = f"; ratio {min(rounds[0]) / min(rounds[-1]):.1f}" if len(rounds) > 1 else ""
            print(f"{kind:8} {', '.join(told)}{ratio}", flush=True)


if __name__ == "__main__":
    main()
