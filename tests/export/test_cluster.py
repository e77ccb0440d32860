"""An export on a Dask cluster: the same result as on one machine, also when a worker is killed.

AIOCONVO_CAMPAIGN=full kills one of two worker processes in the middle, also with five providers and many faults.
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
from tests.campaign import FULL
from tests.export.accounts import PROVIDERS
from tests.export.processes import Served, doubled, finish, run, sandbox, start
from tests.export.relay import Relay, at, relayed

pytest.importorskip("distributed")

full_only = pytest.mark.skipif(not FULL, reason="takes longer: AIOCONVO_CAMPAIGN=full")

Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with sandbox("--conversations", 60 if FULL else 12, "--messages", 110, "--latency", 0.02) as running:
        yield running


def _whose(served: Served, place: Path) -> list[str]:
    """The options that name the users of the two APIs that list by user."""
    users, external = place / "users.txt", place / "external.txt"
    users.write_text("\n".join(served.state()["smooch"]["users"]))
    external.write_text("user-1")  # takes part in every conversation
    return ["--users-from", f"smooch:{users}", "--external-users-from", f"sunshine:{external}"]


def test_the_same_as_on_one_machine(served: Served, tmp_path: Path) -> None:
    """Five providers, two targets, a local cluster, and agents whom the workers know; nothing is left but the targets."""
    place = tmp_path / "targets"
    place.mkdir()
    targets = (str(place / "out.sqlite"), f"jsonl:{place / 'out'}")
    command = ("export", *PROVIDERS, *_whose(served, tmp_path), "--to", targets[0], "--to", targets[1], "--engine", "dask")
    finish(start(served, *command, "--with-agents", "--with-participants"))
    stored = {name: ids for provider in PROVIDERS for name, ids in served.ids(provider).items()}
    for target in targets:
        found, twice = doubled(rows(target))
        assert not twice
        assert found == stored
        held = verify(target)
        assert (held.complete, held.conversations) == (True, len(stored))
        directions = {row["direction"] for row in rows(target) if row["provider"] == "ultracart"}
        assert directions == {"inbound", "outbound", "system"}
    assert sorted(path.name for path in place.iterdir()) == ["out", "out.sqlite"]


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
    assert not (tmp_path / "out.sqlite.stage").exists()


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
from aioconvo.export.cluster.engine import DaskEngine

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


FIVE = """
import asyncio, sys
import aioconvo
from aioconvo.export import Exporter, Source
from aioconvo.export.cluster.engine import DaskEngine

NAMES = ("SunshineClient", "SmoochClient", "SmscxClient", "ConvoreClient", "UltraCartClient")

async def main(target, scheduler, users):
    limits = aioconvo.Limits(concurrency=3)
    chosen = {"sunshine": {"external_users": ["user-1"]}, "smooch": {"users": open(users).read().split()}}
    async with (
        DaskEngine(f"{target}.stage", scheduler=scheduler) as engine,
        aioconvo.SessionPool(limit_store=engine.limits) as pool,
    ):
        clients = [getattr(aioconvo, name).from_env(pool=pool, limits=limits, max_retries=20) for name in NAMES]
        sources = [Source(client, **chosen.get(client.inbox.provider, {})) for client in clients]
        return await Exporter(sources, target, concurrency=8, engine=engine).run()

if __name__ == "__main__":
    print(asyncio.run(main(*sys.argv[1:])).complete)
"""


@full_only
def test_five_providers_under_faults_and_a_worker_is_killed(tmp_path: Path, record_property: Record) -> None:
    """A fifth of the answers fails; the clients' patience and limits hold in the workers, too."""
    program, target, users = tmp_path / "program.py", tmp_path / "out.sqlite", tmp_path / "users.txt"
    program.write_text(FIVE)
    with contextlib.ExitStack() as stack:
        served = stack.enter_context(sandbox("--conversations", 60, "--messages", 60, "--latency", 0.01, "--faults", 0.2))
        users.write_text("\n".join(served.state()["smooch"]["users"]))
        through, relays = served, list[Relay]()
        for provider in PROVIDERS:
            relay, through = stack.enter_context(relayed(through, provider))
            relays.append(relay)
        address, (_, first, _) = stack.enter_context(_cluster(through, tmp_path))
        relays[0].on_request = at(30, first.kill)
        command = [sys.executable, str(program), str(target), address, str(users)]
        environ = {**os.environ, **through.environ}
        told = subprocess.run(command, env=environ, capture_output=True, text=True, check=True, timeout=240)  # noqa: S603 -- our own program
        stored = {name: ids for provider in PROVIDERS for name, ids in served.ids(provider).items()}
    figures = (
        f"{sum(len(relay.targets) for relay in relays)} requests, {[relay.most_inside for relay in relays]} at once at most"
    )
    record_property("figures", figures)
    print(figures)  # noqa: T201 -- to be read with -s
    assert told.stdout.strip() == "True"
    assert doubled(rows(target)) == (stored, [])
    assert [relay.most_inside for relay in relays] == [3] * len(PROVIDERS)
    assert not (tmp_path / "out.sqlite.stage").exists()
