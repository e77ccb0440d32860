"""Runs workloads: a server for each, every contestant in a fresh process, rounds interleaved, everything kept as JSON."""

from __future__ import annotations

import compileall
import contextlib
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .workloads import CONTESTANTS, Workload

__all__ = ["CONTESTANTS_FOLDER", "ROOT", "ContestantError", "Environment", "compile_ahead", "machine", "measure", "serving"]

JSON = dict[str, Any]
CONTESTANTS_FOLDER = Path(__file__).parent / "contestants"
ROOT = Path(__file__).parent.parent
_SECONDS = 180
_ROUNDS = 3
_TICK = os.sysconf("SC_CLK_TCK")


class ContestantError(Exception):
    """A contestant failed, or did not do what it was asked to."""


class Environment(NamedTuple):
    """Where the SDKs' environments are, one folder each (`None`: none), and whether this is a smoke run."""

    sdks: Path | None = None
    quick: bool = False

    def python(self, environment: str) -> Path | None:
        """The Python of an environment; `None` where there is none."""
        if not environment:
            return Path(sys.executable)
        found = None if self.sdks is None else self.sdks / environment / "bin" / "python"
        return found if found is not None and found.exists() else None


class _Server(NamedTuple):
    url: str
    pid: int

    def cpu(self) -> float:
        """Seconds of CPU it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK


def _cores() -> tuple[int, int]:
    """The core of the client and that of the server; the same where there is only one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


@contextlib.contextmanager
def serving(arguments: tuple[str, ...]) -> Iterator[_Server]:
    """A server of its own on the last core, until the end of the `with`."""
    command = [sys.executable, "-m", "benchmarks.server", *arguments, "--core", str(_cores()[1])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:  # noqa: S603 -- our own
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            yield _Server(f"http://127.0.0.1:{told['port']}", told["pid"])
        finally:
            process.terminate()


def compile_ahead() -> None:
    """Compile the package, as installing it does."""
    compileall.compile_dir(ROOT / "aioconvo", quiet=2)


def measure(workload: Workload, rounds: int | None, environment: Environment) -> JSON:
    """Every contestant's figures in every round; contestants that cannot run stand under `missing`, with the reason."""
    rounds = rounds or (1 if environment.quick else workload.rounds or _ROUNDS)
    servers: dict[tuple[str, ...], _Server] = {}
    results: dict[str, list[JSON]] = {}
    missing: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        for _ in range(rounds):
            for name in workload.contestants:
                if name in missing:
                    continue
                job, arguments, items = _job(workload, name, quick=environment.quick)
                if arguments is not None and arguments not in servers:
                    servers[arguments] = stack.enter_context(serving(arguments))
                    _fill(workload, arguments, servers[arguments])
                python = environment.python(CONTESTANTS[name].environment)
                if python is None:
                    missing[name] = "not installed"
                    continue
                server = None if arguments is None else servers[arguments]
                figures = _run(python, name, job, server)
                if figures.get("unsupported"):
                    missing[name] = "does not know this workload"
                    continue
                if items is not None and figures["items"] != items:
                    raise ContestantError(f"{name} saw {figures['items']} items in {workload.name}, not {items}")
                results.setdefault(name, []).append(figures)
    return {"results": results, "missing": missing}


def _fill(workload: Workload, arguments: tuple[str, ...], server: _Server) -> None:
    """Walk a new server's pages once, unmeasured: it makes each page when it is first asked for."""
    if workload.job.get("workload") in {"pages", "items"} and "--delay-ms" not in arguments:
        for name in ("floor", "aioconvo"):
            _run(Path(sys.executable), name, {**workload.job, **CONTESTANTS[name].job, "repeat": 1}, server)


def _job(workload: Workload, name: str, *, quick: bool) -> tuple[JSON, tuple[str, ...] | None, int | None]:
    changed, server, items = workload.each.get(name, ({}, workload.server, workload.items))
    job = {**workload.job, **changed, **CONTESTANTS[name].job}
    if quick and "repeat" in job and items is not None:
        items //= job["repeat"]
        job["repeat"] = 1
    if quick and job.get("workload") in {"get", "post"}:
        job["count"] = items = job["count"] // 8
    if quick and "list" in job:
        job["count"] //= 10
    return job, server, items


def _environment(name: str) -> dict[str, str]:
    """The variables of a contestant's process. Where nothing is compiled ahead, importing would be compiling."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": "" if name else str(ROOT)}


def _run(python: Path, name: str, job: JSON, server: _Server | None) -> JSON:
    client_core = _cores()[0]
    if server is not None:
        job = {**job, "url": server.url}
    command = [str(python), str(CONTESTANTS_FOLDER / CONTESTANTS[name].file), json.dumps(job), job.get("statement", "")]
    before = (0.0 if server is None else server.cpu(), time.perf_counter())
    done = subprocess.run(  # noqa: S603 -- our own programs
        command,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
        env=_environment(CONTESTANTS[name].environment),
        preexec_fn=lambda: os.sched_setaffinity(0, {client_core}),
    )
    if done.returncode != 0:
        raise ContestantError(f"{name} failed:\n{done.stderr[-2000:]}")
    figures: JSON = json.loads(done.stdout.splitlines()[-1])
    if server is not None:
        figures["server_cpu"] = server.cpu() - before[0]
        figures["process_wall"] = time.perf_counter() - before[1]
    return figures


def machine() -> JSON:
    """What the figures were made on."""
    models = [line for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else platform.machine()
    client, server = _cores()
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cpu": model,
        "client": client,
        "server": server,
    }
