"""`python -m benchmarks.collector`: what settings of Python's garbage collector change in the instructions of a small GET."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from . import run
from .instructions import count
from .workloads import COLLECTORS

__all__ = ["main"]

# So many that all generations are collected.
_GET = {"workload": "get", "provider": "sunshine", "count": 3_000, "concurrency": 16}


def main() -> None:
    """Count, and print each setting beside Python's defaults; needs valgrind."""
    run.compile_ahead()
    with run.serving(("--pages", "1", "--items", "1")) as server, ThreadPoolExecutor(os.cpu_count()) as threads:
        jobs = [("aioconvo", {**_GET, **job, "url": server.url}) for job in COLLECTORS.values()]
        counted = [found[0] for found in threads.map(count, jobs)]
    print("| small GETs of Sunshine, 16 at once, uvloop | ratio | thousands of instructions |\n|---|---|---|")
    for name, one in zip(COLLECTORS, counted, strict=True):
        print(f"| {name} | {one / counted[0]:.3f} | {one // 1000} |")


if __name__ == "__main__":
    main()
