"""SIGKILL in the middle of an export, again and again: what is there is whole, and the same command ends exact.

AIOCONVO_CAMPAIGN=full kills at 50 points for each kind of target.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aioconvo.export import ExportError, Verdict, conversation_states, rows
from aioconvo.export.engine import _GROUP, _WAITING
from tests.campaign import FULL
from tests.export.processes import Served, doubled, run, sandbox, start
from tests.export.relay import relayed
from tests.export.targets import EVERY_KIND

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are killed by SIGKILL")

KINDS = EVERY_KIND
POINTS = 50 if FULL else 1
CONVERSATIONS = 240 if FULL else 20
CONCURRENCY = 4
PAGE = 100  # messages in one answer

# What may have been asked for and not be committed, however slow the disk is: for each walk a page that is asked for and one
# that is handed on, what waits for the writer, and what it writes. Pages of the list are never counted as committed.
UNCOMMITTED = 2 * CONCURRENCY + _WAITING + _GROUP // PAGE + 2 + math.ceil(CONVERSATIONS / PAGE)
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with sandbox("--conversations", CONVERSATIONS, "--messages", 150, "--latency", 0.02) as running:
        yield running


@pytest.fixture(scope="module")
def undisturbed(served: Served, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, list[dict[str, Any]]]:
    """The requests of one run that nothing disturbs, and every column of what it brings."""
    before, out = served.requests("convore"), tmp_path_factory.mktemp("whole") / "out.sqlite"
    run(served, "export", "convore", "--to", out, "--concurrency", CONCURRENCY, "--account", "mine")
    return served.requests("convore") - before, list(rows(out))


@pytest.mark.parametrize("kind", KINDS)
def test_killed_and_resumed(
    kind: str, served: Served, undisturbed: tuple[int, list[dict[str, Any]]], tmp_path: Path, record_property: Record
) -> None:
    """Of what was committed when the process died, nothing is asked for again: only pages that were in flight then are."""
    requests, whole_rows = undisturbed
    target, command = f"{kind}:{tmp_path / 'out'}", ("--concurrency", CONCURRENCY, "--account", "mine")
    draws = random.Random(kind)  # noqa: S311 -- repeatable points
    whole: set[str] = set()
    kills = most_again = in_flight = 0
    with relayed(served, "convore") as (relay, through):
        for _ in range(POINTS + 1):
            seen, asked_before = len(relay.targets), set(relay.targets)
            process = start(through, "export", "convore", "--to", target, *command)
            at = seen + draws.randint(1, requests // POINTS) if kills < POINTS else sys.maxsize
            relay.on_request = _killer(process, at)
            told, _ = process.communicate(timeout=60)
            asked = " ".join(relay.targets[seen:])
            assert not [conversation for conversation in whole if conversation in asked]
            repeated = sum(one in asked_before for one in relay.targets[seen:])
            assert repeated <= in_flight
            most_again = max(most_again, repeated)
            if process.returncode == 0:
                break
            assert process.returncode == -signal.SIGKILL, told
            kills += 1
            _check_whole(kind, tmp_path / "out")
            whole, committed = _whole(target)
            in_flight = len(set(relay.targets)) - committed
            assert in_flight <= UNCOMMITTED
        again = len(relay.targets) - requests
    found, twice = doubled(rows(target))
    figures = f"{kind}: killed {kills} times, {again} requests more than the {requests} of one run, {most_again} at most a kill"
    record_property("figures", figures)
    print(figures)  # noqa: T201 -- to be read with -s
    assert (process.returncode, kills) == (0, POINTS)
    assert not twice
    assert found == served.ids("convore")
    assert [without_rank(row) for row in rows(target)] == [without_rank(row) for row in whole_rows]


def without_rank(row: dict[str, Any]) -> dict[str, Any]:
    """A rank depends on how often a walk began; the order of rows is what it is for."""
    return {name: value for name, value in row.items() if name != "rank"}


def _whole(target: str) -> tuple[set[str], int]:
    """The conversations that the target holds whole, and its pages of messages; none where not even its tables were made."""
    try:
        states = list(conversation_states(target))
    except ExportError:
        return set(), 0
    pages = sum(math.ceil(state.messages / PAGE) for state in states)
    return {state.id for state in states if state.verdict is Verdict.COMPLETE}, pages


def _killer(process: subprocess.Popen[str], at: int) -> Callable[[int], None]:
    def on_request(number: int) -> None:
        if number >= at:
            process.kill()

    return on_request


def _check_whole(kind: str, out: Path) -> None:
    """Every file that has its name is whole, as a reader who knows nothing of exports finds it."""
    if not out.exists():
        return
    if kind == "sqlite":
        db = sqlite3.connect(out)
        ((said,),) = db.execute("PRAGMA integrity_check").fetchall()
        broken = db.execute("PRAGMA foreign_key_check").fetchall()
        db.close()
        assert (said, broken) == ("ok", [])
    elif kind in {"jsonl", "jsonl.gz"}:
        for file in out.glob(f"*.{kind}"):
            content = gzip.decompress(file.read_bytes()) if kind == "jsonl.gz" else file.read_bytes()
            assert content.endswith(b"\n")
            for line in content.splitlines():
                json.loads(line)
    elif kind == "parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
        for file in out.glob("*.parquet"):
            parquet.read_table(file).validate(full=True)
