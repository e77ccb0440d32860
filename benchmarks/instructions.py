"""`python -m benchmarks.instructions`: instructions a request, which neither other programs nor caches disturb; needs valgrind.

Each figure is the difference between two runs of a contestant in which it does the same work once and twice.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from . import run
from .workloads import CONTESTANTS

__all__ = ["OUT", "main"]

JSON = dict[str, Any]
OUT = Path(__file__).parent / "results" / "instructions.md"
_PAGES = 20
_GETS = 200
_WALKS = {"cursor": "sunshine_messages", "timestamp": "smooch", "offset": "ultracart"}
_PARTS = ("decode", "pager", "client")


def main() -> None:
    """Count, print the table, and write it where `RESULTS.md` takes it from."""
    if shutil.which("valgrind") is None:
        sys.exit("install valgrind to count instructions")
    run.compile_ahead()
    with run.serving(("--pages", str(_PAGES), "--items", "100")) as server, ThreadPoolExecutor(os.cpu_count()) as threads:
        get = {"workload": "get", "provider": "sunshine", "concurrency": 16, "url": server.url}
        jobs: list[tuple[str, JSON, JSON, int]] = [
            (name, {**get, "count": _GETS}, {**get, "count": 2 * _GETS}, _GETS * 11 // 10)  # a tenth more for the warm-up
            for name in ("floor", "aioconvo")
        ]
        for provider in _WALKS.values():
            walk = {"workload": "pages", "provider": provider, "url": server.url}
            for name in ("floor", "aioconvo", *_PARTS):
                part = walk if name in CONTESTANTS else {**walk, "part": name}
                jobs.append((name, {**part, "repeat": 1}, {**part, "repeat": 2}, _PAGES))
        counted = iter(list(threads.map(_difference, jobs)))
    table = _table(counted)
    print(table)
    OUT.write_text(table + "\n", encoding="utf-8")


def _table(counted: Iterator[int]) -> str:
    floor, ours = next(counted) // 1000, next(counted) // 1000
    lines = [
        "| thousands of instructions | floor | aioconvo | ratio | decode | pager | call | on the wire |",
        "|---|---|---|---|---|---|---|---|",
        f"| small GET, 16 at once | {floor} | {ours} | {ours / floor:.3f} | | | | |",
    ]
    for kind, provider in _WALKS.items():
        floor, ours, decode, pager, client = (next(counted) // 1000 for _ in range(5))
        parts = f"{decode} | {pager} | {client - decode - pager} | {ours - client}"
        lines.append(f"| page of 100 by {kind}, {provider} | {floor} | {ours} | {ours / floor:.3f} | {parts} |")
        lines.append(f"| the floor's own | | | | {decode} | | | {floor - decode} |")
    return "\n".join(lines)


def _difference(job: tuple[str, JSON, JSON, int]) -> int:
    """Instructions that the second of two jobs takes more than the first, by one of what it does more."""
    name, once, twice, more = job
    return (_count(name, twice) - _count(name, once)) // more


def _count(name: str, job: JSON) -> int:
    contestant = CONTESTANTS.get(name)
    file = run.CONTESTANTS_FOLDER / ("layers.py" if contestant is None else contestant.file)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "callgrind.out"
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"]
        told = json.dumps({"loop": "uvloop", **job})
        variables = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(run.ROOT)}
        done = subprocess.run(  # noqa: S603 -- our own programs
            [*tool, sys.executable, str(file), told], capture_output=True, text=True, check=False, env=variables
        )
        if done.returncode != 0:
            raise run.ContestantError(f"{name} failed:\n{done.stderr[-2000:]}")
        found = re.search(r"^(?:totals|summary): (\d+)", out.read_text(encoding="utf-8"), re.MULTILINE)
        assert found is not None
        return int(found[1])


if __name__ == "__main__":
    main()
