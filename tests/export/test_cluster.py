"""An export on a Dask cluster: the same result as on one machine, also when a worker is killed.

AIOCONVO_CAMPAIGN=full kills one of two worker processes in the middle.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aioconvo.export import rows, verify
from tests.export.processes import Served, doubled, run, sandbox, start
from tests.export.relay import at, relayed

pytest.importorskip("distributed")

FULL = os.environ.get("AIOCONVO_CAMPAIGN") == "full"
full_only = pytest.mark.skipif(not FULL, reason="takes longer: AIOCONVO_CAMPAIGN=full")

Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with sandbox("--conversations", 60 if FULL else 20, "--messages", 150, "--latency", 0.02) as running:
        yield running


def test_the_same_as_on_one_machine(served: Served, tmp_path: Path) -> None:
    """Two providers, two targets, a local cluster; nothing is left but the targets."""
    targets = (str(tmp_path / "out.sqlite"), f"jsonl:{tmp_path / 'out'}")
    run(served, "export", "convore", "smscx", "--to", targets[0], "--to", targets[1], "--engine", "dask")
    stored = served.ids("convore") | served.ids("smscx")
    for target in targets:
        found, twice = doubled(rows(target))
        assert not twice
        assert found == stored
        held = verify(target)
        assert (held.complete, held.conversations) == (True, len(stored))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out.sqlite"]


def test_nobody_at_the_address(served: Served, tmp_path: Path) -> None:
    options = ("--engine", "dask", "--scheduler", "here")
    told = run(served, "export", "convore", "--to", tmp_path / "out.sqlite", *options, expected=2)
    assert "tcp://HOST:PORT" in told


def _dask(*arguments: object, environ: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "dask", *map(str, arguments), "--no-dashboard"]
    return subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True)  # noqa: S603 -- our own command


def _wait_for(process: subprocess.Popen[str], words: str) -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return line
    raise AssertionError(f"it ended and never told of {words!r}")


@contextlib.contextmanager
def _cluster(served: Served, place: Path) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """A scheduler and two worker processes, which nobody starts again: its address, and all three."""
    environ = {**os.environ, **served.environ}
    with contextlib.ExitStack() as stack:

        def running(*arguments: object) -> subprocess.Popen[str]:
            process = stack.enter_context(_dask(*arguments, environ=environ))
            stack.callback(process.kill)
            return process

        scheduler = running("scheduler", "--port", 0, "--host", "127.0.0.1")
        address = _wait_for(scheduler, "Scheduler at:").split()[-1]
        workers = [running("worker", address, "--no-nanny", "--nthreads", 1, "--local-directory", place) for _ in range(2)]
        for worker in workers:
            _wait_for(worker, "Registered to:")
        yield address, [scheduler, *workers]


@full_only
def test_a_worker_is_killed(served: Served, tmp_path: Path, record_property: Record) -> None:
    target = f"sqlite:{tmp_path / 'out.sqlite'}"
    undisturbed = served.requests("convore")
    run(served, "export", "convore", "--to", tmp_path / "other.sqlite")
    undisturbed = served.requests("convore") - undisturbed
    with relayed(served, "convore") as (relay, through):
        with _cluster(through, tmp_path) as (address, (_, first, _)):
            options = ("--engine", "dask", "--scheduler", address, "--concurrency", 4)
            process = start(through, "export", "convore", "--to", target, *options)
            relay.on_request = at(undisturbed // 3, first.kill)
            told, _ = process.communicate(timeout=180)
        again = len(relay.targets) - undisturbed
    figures = f"one of two workers killed: {again} requests more than the {undisturbed} of one run"
    record_property("figures", figures)
    print(figures)  # noqa: T201 -- to be read with -s
    found, twice = doubled(rows(target))
    assert process.returncode == 0, told
    assert not twice
    assert found == served.ids("convore")
    assert verify(target).complete


@full_only
def test_the_scheduler_is_killed(served: Served, tmp_path: Path) -> None:
    """It is told, and the same command goes on without a cluster."""
    target = str(tmp_path / "out.sqlite")
    command = ("export", "convore", "--to", target, "--account", "mine", "--concurrency", 4)
    with relayed(served, "convore") as (relay, through), _cluster(through, tmp_path) as (address, (scheduler, *_)):
        process = start(through, *command, "--engine", "dask", "--scheduler", address)
        relay.on_request = at(40, scheduler.kill)
        told, _ = process.communicate(timeout=120)
        assert process.returncode == 1, told
        assert "the Dask scheduler is gone" in told
        assert "Traceback" not in told
        run(through, *command)
    assert doubled(rows(target)) == (served.ids("convore"), [])


LIMITED = """
import asyncio, sys
import aioconvo
from aioconvo.export import Exporter, Source
from aioconvo.export.dask_engine import DaskEngine

async def main(target):
    limits = aioconvo.Limits(concurrency=2)
    async with DaskEngine(f"{target}.stage", workers=2) as engine, aioconvo.SessionPool(limit_store=engine.limits) as pool:
        convore = aioconvo.ConvoreClient.from_env(pool=pool, limits=limits)
        return await Exporter(Source(convore), target, concurrency=8, engine=engine).run()

if __name__ == "__main__":
    print(asyncio.run(main(sys.argv[1])).complete)
"""


@full_only
def test_a_credentials_limits_count_for_all_workers(served: Served, tmp_path: Path) -> None:
    """Two workers with four walks each, and the list that is walked meanwhile: two requests at once."""
    program, target = tmp_path / "program.py", tmp_path / "out.sqlite"
    program.write_text(LIMITED)
    with relayed(served, "convore") as (relay, through):
        command = [sys.executable, str(program), str(target)]
        told = subprocess.run(command, env={**os.environ, **through.environ}, capture_output=True, text=True, check=True)  # noqa: S603 -- our own program
    assert told.stdout.strip() == "True"
    assert doubled(rows(target)) == (served.ids("convore"), [])
    assert relay.most_inside == 2
