"""`python -m benchmarks.instructions`: instructions a request, which neither other programs nor caches disturb; needs valgrind.

With words behind it, only the rows are counted whose names hold one of them, and nothing is written.

What is counted lies between the first two of the calls of the system's `getrusage` that each measure of a contestant makes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from . import run
from .workloads import CONTESTANTS

__all__ = ["OUT", "count", "main"]

JSON = dict[str, Any]
OUT = Path(__file__).parent / "results" / "instructions.md"
_GET_SERVER = ("--pages", "1", "--items", "1")
_WALK_SERVER = ("--pages", "20", "--items", "100")
_GET: JSON = {"workload": "get", "count": 200, "concurrency": 16}
_WALKS = {"cursor": "sunshine_messages", "timestamp": "smooch", "offset": "ultracart"}
_GETS = {f"small GET, {one}": _GET | {"provider": one} for one in ("sunshine", "smooch", "ultracart", "convore", "smscx")}
_ONE_GET = _GET | {"provider": "sunshine"}
_ROWS: dict[str, JSON] = {
    **_GETS,
    "small GET, a limit that holds nothing back": _ONE_GET | {"calls_a_second": 1_000_000},
    "small GET, a deadline": _ONE_GET | {"deadline": 60.0},
    "small GET, `with_options` for each call": _ONE_GET | {"for_each_call": {"timeout": 20.0}},
    "POST of a message, sunshine": _ONE_GET | {"workload": "post"},
    **{f"page of 100 by {kind}, {one}": {"workload": "pages", "provider": one} for kind, one in _WALKS.items()},
    # What it costs that each item of a page that is looked at can tell its JSON: the rows above, less these.
    **{
        f"page of 100 that nobody looks into, {one}": {"workload": "pages", "provider": one, "looks": False}
        for one in _WALKS.values()
    },
    **{f"the same item by item, {one}": {"workload": "items", "provider": one} for one in _WALKS.values()},
}
_PARTS = "layers"
_MEASURED = ("floor", "aioconvo", _PARTS)


def main(words: Sequence[str] = ()) -> None:
    """Count, print the table, and, where all rows are counted, write it where `RESULTS.md` takes it from."""
    if shutil.which("valgrind") is None:
        sys.exit("install valgrind to count instructions")
    rows = {row: job for row, job in _ROWS.items() if not words or any(word in row for word in words)}
    run.compile_ahead()
    with run.serving(_GET_SERVER) as one, run.serving(_WALK_SERVER) as many, ThreadPoolExecutor(os.cpu_count()) as threads:
        jobs = [
            (name, {**job, "url": (one if job["workload"] in {"get", "post"} else many).url})
            for job in rows.values()
            for name in _MEASURED
        ]
        counted = iter(list(threads.map(count, jobs)))
    table = _table(rows, counted)
    print(table)
    if not words:
        OUT.write_text(table + "\n", encoding="utf-8")


def _table(rows: Iterable[str], counted: Iterator[list[int]]) -> str:
    lines = [
        "| thousands of instructions | floor | aioconvo | ratio | decode | pager | call | on the wire | the floor's wire |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        floor, ours, decode, pager, client = (round(figure / 1000) for _ in _MEASURED for figure in next(counted))
        parts = f"{decode} | {pager} | {client - decode - pager} | {ours - client} | {floor - decode}"
        lines.append(f"| {row} | {floor} | {ours} | {ours / floor:.3f} | {parts} |")
    return "\n".join(lines)


def count(asked: tuple[str, JSON]) -> list[int]:
    """Instructions for each of the requests that a contestant makes for a job, or for each of its parts."""
    name, job = asked
    file = "layers.py" if name == _PARTS else CONTESTANTS[name].file
    told = json.dumps({"loop": "uvloop", **job})
    variables = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(run.ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        tool = ["valgrind", "--tool=callgrind", "--dump-before=getrusage", f"--callgrind-out-file={folder}/counts"]
        done = subprocess.run(  # noqa: S603 -- our own programs
            [*tool, sys.executable, str(run.CONTESTANTS_FOLDER / file), told],
            capture_output=True,
            text=True,
            check=False,
            env=variables,
        )
        if done.returncode != 0:
            raise run.ContestantError(f"{name} failed:\n{done.stderr[-2000:]}")
        dumps = [
            Path(folder, f"counts.{number}") for number in (2, 5, 8)
        ]  # a measure asks at its two ends, and at last for memory
        counted = [_total(dump.read_text(encoding="utf-8")) for dump in dumps if dump.exists()]
    requests: int = json.loads(done.stdout.splitlines()[-1])["requests"]
    return [count // requests for count in counted]


def _total(dump: str) -> int:
    found = re.search(r"^(?:totals|summary): (\d+)", dump, re.MULTILINE)
    assert found is not None
    return int(found[1])


if __name__ == "__main__":
    main(sys.argv[1:])
