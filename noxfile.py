"""The checks of the project. `nox` runs the tests; `nox -l` lists the rest."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import nox

nox.needs_version = ">=2025.5.1"
nox.options.sessions = ["tests"]
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False


PROJECT = nox.project.load_toml("pyproject.toml")["project"]
PYTHONS = [
    line.rpartition(" ")[2] for line in PROJECT["classifiers"] if line.startswith("Programming Language :: Python :: 3.")
]
# What rests on the language and on the core packages; the rest needs extras, which do not come for each new Python at once.
FOUNDATION = ["tests/core", "tests/paging", "tests/providers", "tests/events", "tests/polls", "tests/bot"]
# Neighbours run in one process, so that what a module needs is made once.
SIDE_BY_SIDE = ["-n", "logical", "--dist", "worksteal"]


@nox.session
def tests(session: nox.Session) -> None:
    """The test suite on this Python; with arguments of yours, as pytest takes them, in one process."""
    session.install("-e", ".[test]")
    session.run("pytest", *(session.posargs or SIDE_BY_SIDE))


@nox.session(python=PYTHONS)
def tests_pythons(session: nox.Session) -> None:
    """The test suite on every supported Python that is installed."""
    session.install("-e", ".[test]")
    session.run("pytest", *SIDE_BY_SIDE, *session.posargs)


@nox.session
def tests_newest(session: nox.Session) -> None:
    """Core, paging, providers, events and bots on the newest supported Python that is installed."""
    newest = next(filter(_runs, (f"python{version}" for version in reversed(PYTHONS))))
    environment = Path(session.create_tmp()).resolve() / newest
    session.run(newest, "-m", "venv", "--clear", str(environment), external=True)
    python = str(environment / "bin" / "python")
    session.run(python, "-m", "pip", "install", "--quiet", "-e", ".[test]", external=True)
    session.run(python, "-m", "pytest", *SIDE_BY_SIDE, *FOUNDATION, *session.posargs, external=True)


@nox.session
def tests_min_deps(session: nox.Session) -> None:
    """Core, paging, providers, events and bots with the oldest supported core packages."""
    oldest = [one.partition(",")[0].replace(">=", "==") for one in PROJECT["dependencies"]]
    session.install("-e", ".[test]", *oldest)
    session.run("pytest", *SIDE_BY_SIDE, *FOUNDATION, *session.posargs)


def _runs(python: str) -> bool:
    """Whether this name starts a Python; a version manager may have the name and refuse to run it."""
    found = shutil.which(python)
    if found is None:
        return False
    return subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0  # noqa: S603 -- a Python of this list


@nox.session
def coverage(session: nox.Session) -> None:
    """The test suite with branch coverage."""
    session.install("-e", ".[test]")
    session.run("coverage", "run", "-m", "pytest", *session.posargs)
    session.run("coverage", "report", "--skip-covered", "--sort=cover")


@nox.session
def campaigns(session: nox.Session) -> None:
    """The test suite with the long form of every campaign: more kills, cuts, faults and examples."""
    session.install("-e", ".[test]")
    session.run("pytest", *(session.posargs or SIDE_BY_SIDE), env={"AIOCONVO_CAMPAIGN": "full"})


@nox.session
def fuzz(session: nox.Session) -> None:
    """Fuzz what reads from outside, under hypothesis and, where it installs, atheris; `-- --seconds N` for each (60)."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pip", "install", "--quiet", "atheris", success_codes=[0, 1], silent=True)
    session.run("python", "-m", "tests.fuzz.under_hypothesis", *session.posargs)
    session.run("python", "-m", "tests.fuzz.under_atheris", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Whether the tests tell of small faults in the package; goes on where it stopped: `-- --count N` (240), `--again`."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "tests.mutation", *session.posargs)


@nox.session
def specs(session: nox.Session) -> None:
    """How much of each API is declared; `-- show PROVIDER` for what is missing, `-- take PROVIDER FILE` for a new version."""
    session.install("-e", ".")
    session.run("python", "-m", "tests.specs", *session.posargs)


@nox.session
def draft(session: nox.Session) -> None:
    """Print declared source for operations that have none: `-- convore drafts`, or `-- convore` for what there is to draft."""
    session.install("-e", ".", "ruff>=0.17")
    session.run("python", "-m", "tests.specs.drafting", *session.posargs)


@nox.session
def mock(session: nox.Session) -> None:
    """What every operation sends, against Prism with the specifications, and Prism's answers: `-- convore --drawn 50`."""
    session.install("-e", ".[test]")
    folder = Path(session.create_tmp()).resolve() / "prism"
    command = folder / "node_modules" / ".bin" / "prism"
    if not command.exists():
        session.run("npm", "install", "--prefix", str(folder), "--no-fund", "--no-audit", _PRISM, external=True)
    session.run("python", "-m", "tests.specs.mock", "--prism", str(command), *session.posargs)


@nox.session
def export_memory(session: nox.Session) -> None:
    """What exports of 10,000 and 1,000,000 messages take, into each kind of target: the second is bounded by the first."""
    session.install("-e", ".[cli,parquet,duckdb]")
    session.run("python", "-m", "tests.export.memory", "--assert", *session.posargs)


@nox.session
def file_memory(session: nox.Session) -> None:
    """What files of 8 MB and of 1 GiB take that go up and come down: the second takes little more; `-- --size MB`."""
    session.install("-e", ".")
    session.run("python", "-m", "tests.faults.file_memory", *session.posargs)


@nox.session
def soak(session: nox.Session) -> None:
    """Mixed load with faults, with a table and a plot: `nox -s soak -- --minutes N` (30 by default), `--out DIRECTORY`."""
    session.install("-e", ".[cli]", "matplotlib>=3.10")
    session.run("python", "-m", "tests.soak.soak", *session.posargs)


_PRISM = "@stoplight/prism-cli@5.14.2"  # the newest for Node 20
_SDKS = {
    "sunshine": "sunshine-conversations-client==17.0.1",
    "smooch": "smooch==5.34.0",
    "smscx": "smscx-client",
    "ultracart": "ultracart-rest-sdk",
}


@nox.session
def sdks(session: nox.Session) -> None:
    """The published SDKs work against the sandbox, each in an environment of its own: `-- smscx` for one."""
    session.install("-e", ".[test]")
    environments = Path(session.create_tmp()).resolve()
    for name in session.posargs or _SDKS:
        python = environments / name / "bin" / "python"
        if not python.exists():
            session.run("python", "-m", "venv", str(environments / name))
        session.run(str(python), "-m", "pip", "install", "--quiet", _SDKS[name], "setuptools", external=True)
        session.run("python", "-m", "tests.end_to_end.run_sdk", str(python), name)


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation's site, in build/site; whatever is wrong with it is an error."""
    session.install("-e", ".[docs]")
    pages = Path("docs/pages/reference")
    shutil.rmtree(pages, ignore_errors=True)
    pages.mkdir()
    session.run("python", "docs/site/reference.py", str(pages))
    built = session.run("zensical", "build", "--clean", "--strict", silent=True, env={"NO_COLOR": "1"})
    session.log(built)
    if "griffe" in str(built):  # warnings about docstrings, which --strict lets pass
        session.error("a docstring cannot be read")
    session.run("python", "docs/site/check.py", "build/site")
    session.run("python", "docs/site/look.py", "build/site")


@nox.session
def bench(session: nox.Session) -> None:
    """What it costs beside other ways, into benchmarks/RESULTS.md; `-- --quick` for a smoke run, without SDKs and verdicts."""
    session.install("-e", ".[bench]")
    environments = Path(session.create_tmp()).resolve()
    if "--quick" not in session.posargs:
        for name, package in _SDKS.items():
            python = environments / name / "bin" / "python"
            if not python.exists():
                session.run("python", "-m", "venv", str(environments / name))
            # One that cannot be installed is missing in the tables, and they say so.
            arguments = ("-m", "pip", "install", "--quiet", package)
            session.run(str(python), *arguments, external=True, success_codes=[0, 1])
    session.run("python", "-m", "benchmarks", "--sdks", str(environments), *session.posargs)


@nox.session
def bench_bots(session: nox.Session) -> None:
    """Bots: acknowledged events at SIGTERM, beside aiogram and slack_bolt; how soon deliveries are answered."""
    session.install("-e", ".[bench]")
    session.run("python", "-m", "benchmarks.told_to_end", *session.posargs)
    session.run("python", "-m", "benchmarks.intake_latency")


@nox.session
def lint(session: nox.Session) -> None:
    """Style and formatting."""
    session.install("ruff>=0.17")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Both type checkers, strict; what `draft` prints, of everything that has no declaration yet, passes them too."""
    session.install("-e", ".[lint]")
    session.run("mypy")
    drafts = Path(session.create_tmp()).resolve() / "drafts"
    session.run("python", "-m", "tests.specs.drafting", "all", "--into", str(drafts))
    if any(drafts.rglob("*.py")):
        session.run("mypy", "--disable-error-code", "empty-body", str(drafts))
        session.run("ruff", "check", "--quiet", "--config", "pyproject.toml", "--extend-ignore", "INP001,PIE790", str(drafts))
    # Named, because basedpyright would take a .venv that stands in the checkout.
    session.run("basedpyright", "--pythonpath", str(Path(session.bin) / "python"))
    # The suite's own environment has neither of the tools that these want.
    session.run("pytest", "-q", "tests/typing", "tests/specs/test_drafting.py")


@nox.session
def build(session: nox.Session) -> None:
    """A wheel and an sdist, and the wheel installed into an empty environment."""
    session.install("build")
    tmp = session.create_tmp()
    session.run("python", "-m", "build", "--outdir", tmp, ".")
