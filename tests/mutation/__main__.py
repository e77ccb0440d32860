"""Put small faults into the package, one at a time, and see whether the tests tell: `nox -s mutants`.

Each fault is tried in a copy of the checkout, with the tests that run its line, the quickest first. What was found is kept in
`--out`, a line each; a run that is started again goes on. Those of `equivalent.toml` change nothing that anybody can see.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import coverage

from .mutants import Mutant, mutants_of

ROOT = pathlib.Path(__file__).parents[2]
ROOMS = ["aioconvo/core", "aioconvo/inbox", "aioconvo/export", "aioconvo/*/pages.py", "aioconvo/*/inbox.py"]
TESTS = ["tests/core", "tests/paging", "tests/providers", "tests/inbox", "tests/export", "tests/end_to_end"]
_TESTS_AT_MOST = 150
_SECONDS_AT_MOST = 120
EQUIVALENT: dict[str, str] = tomllib.loads((pathlib.Path(__file__).parent / "equivalent.toml").read_text())


def room_of(path: str) -> str:
    """Where a file is counted."""
    if path.endswith("pages.py"):
        return "pagers of the providers"
    return "inbox" if path.endswith("inbox.py") else path.split("/")[1]


def drawn(count: int) -> list[Mutant]:
    """`count` mutants of each room's share, the same ones in each run as long as the code stays."""
    files = sorted({file for room in ROOMS for file in ROOT.glob(room if room.endswith(".py") else f"{room}/**/*.py")})
    by_room: dict[str, list[Mutant]] = collections.defaultdict(list)
    for file in files:
        path = str(file.relative_to(ROOT))
        by_room[room_of(path)] += mutants_of(path, file.read_text())
    chosen: list[Mutant] = []
    for found in by_room.values():
        found.sort(key=lambda one: hashlib.blake2b(one.name.encode()).digest())
        chosen += found[: count // len(by_room)]
    return chosen


def measured(out: pathlib.Path, *, anew: bool) -> dict[str, dict[int, list[str]]]:
    """Which tests run which lines of which file: from the last measurement, or a new one."""
    kept = out / "lines.json"
    if anew or not kept.exists():
        places = out.resolve() / "coverage"
        environment = {**os.environ, "MUTATION_COVERAGE": str(places)}
        command = [sys.executable, "-m", "pytest", "-q", "-n", "logical", "-p", "tests.mutation.coverage_plugin", *TESTS]
        # A few tests fail where every line is noted; what they ran counts all the same.
        subprocess.run(command, cwd=ROOT, env=environment, check=False)  # noqa: S603 -- this Python, these tests
        whole = coverage.Coverage(data_file=str(places), config_file=False)
        whole.combine()
        data = whole.get_data()
        lines = {
            str(pathlib.Path(file).relative_to(ROOT)): {
                line: [one for one in contexts if one] for line, contexts in data.contexts_by_lineno(file).items()
            }
            for file in data.measured_files()
        }
        kept.write_text(json.dumps(lines))
    read: dict[str, dict[str, list[str]]] = json.loads(kept.read_text())
    return {file: {int(line): tests for line, tests in lines.items()} for file, lines in read.items()}


def tried(mutant: Mutant, tests: list[str], copy: pathlib.Path) -> str:
    """`killed`, `hung` (which nobody overlooks, unless the machine is busy), `lived`, or `untested`: no test runs its file."""
    if not tests:
        return "untested"
    source = (ROOT / mutant.path).read_text()
    (copy / mutant.path).write_text(mutant.applied(source))
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(copy)}
    try:
        ran = subprocess.run(  # noqa: S603 -- as above
            command, cwd=copy, env=environment, timeout=_SECONDS_AT_MOST, capture_output=True, check=False
        )
    except subprocess.TimeoutExpired:
        return "hung"
    finally:
        (copy / mutant.path).write_text(source)
    return "killed" if ran.returncode else "lived"


def chosen_tests(found: list[str]) -> list[str]:
    """The tests to run for a line: of each file in turn, so that those that are about it are among them."""
    by_file: dict[str, list[str]] = collections.defaultdict(list)
    for test in sorted(found, key=len):
        by_file[test.partition("::")[0]].append(test)
    turns = itertools.chain.from_iterable(itertools.zip_longest(*by_file.values()))
    return [one for one in turns if one is not None][:_TESTS_AT_MOST]


def run(count: int, out: pathlib.Path, workers: int, *, again: bool) -> None:
    """Try what has not been tried, and print the shares."""
    out.mkdir(parents=True, exist_ok=True)
    results = out / "results.jsonl"
    known: dict[tuple[str, str], str] = {}
    for one in map(json.loads, results.read_text().splitlines() if results.exists() else ()):
        known[one["name"], one["source"]] = one["result"]
    if again:
        known = {key: result for key, result in known.items() if result == "killed"}
    mutants = drawn(count)
    left = [one for one in mutants if one.key not in known and one.name not in EQUIVALENT]
    lines = measured(out, anew=again) if left else {}
    copies: SimpleQueue[pathlib.Path] = SimpleQueue()

    def attempt(mutant: Mutant) -> tuple[Mutant, str]:
        copy = copies.get()
        try:
            of_file = lines.get(mutant.path, {})
            # What runs at import is run by no test of its own; then those that use the file may tell.
            found = of_file.get(mutant.line) or sorted(set(itertools.chain.from_iterable(of_file.values())))
            return mutant, tried(mutant, chosen_tests(found), copy)
        finally:
            copies.put(copy)

    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(workers) as threads, results.open("a") as sink:
        for number in range(workers):
            copies.put(copied(pathlib.Path(scratch) / str(number)))
        for mutant, result in threads.map(attempt, left):
            known[mutant.key] = result
            sink.write(json.dumps({"name": mutant.name, "source": mutant.source, "result": result}) + "\n")
            sink.flush()
            print(f"{result:8} {mutant.name} line {mutant.line}: {mutant.text[:80]!r}", flush=True)
    report(mutants, known)


def copied(place: pathlib.Path) -> pathlib.Path:
    """A copy of the checkout, without what runs leave in it."""
    shutil.copytree(ROOT, place, ignore=shutil.ignore_patterns(".*", "__pycache__", "*.egg-info"))
    return place


def report(mutants: list[Mutant], known: dict[tuple[str, str], str]) -> None:
    """The share killed in each room, and those that live."""
    rooms: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for one in mutants:
        result = "equivalent" if one.name in EQUIVALENT else known.get(one.key, "not tried")
        rooms[room_of(one.path)][result] += 1
        if result in {"lived", "untested"}:
            print(f"{result}: {one.name} line {one.line}: {one.text[:100]!r}")
    rooms["all"] = sum(rooms.values(), collections.Counter())
    for room, counts in rooms.items():
        count = counts.total() - counts["equivalent"]
        killed = counts["killed"] + counts["hung"]
        share = killed / max(1, count)
        print(f"{room:24} {killed:4} of {count:4} killed, {share:.0%}; {dict(counts)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=240)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / ".mutants")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--again", action="store_true", help="measure anew which tests run which lines, and try those that lived or hung again"
    )
    given = parser.parse_args()
    run(given.count, given.out, given.workers, again=given.again)


if __name__ == "__main__":
    main()
