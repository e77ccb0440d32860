"""What each command loads, in a fresh process: nothing that only another one needs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aioconvo.providers import Provider
from tests.export.processes import Served, run, sandbox

_TELL = """
import atexit, json, pathlib, sys
tell = pathlib.Path(sys.argv.pop(1))
atexit.register(lambda: tell.write_text(json.dumps(sorted(sys.modules))))
sys.argv[0] = "aioconvo"
from aioconvo.cli import main
main()
"""
PROVIDERS = set(map(str, Provider))
NETWORK = {"aiohttp", "asyncio", "ssl", "anyio"}
LIBRARIES = {"duckdb", "pyarrow", "distributed", "numpy", "fastapi"}  # of some kinds of target, or of none


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with sandbox("--conversations", 1, "--messages", 1) as running:
        yield running


@pytest.fixture(scope="module")
def target(served: Served, tmp_path_factory: pytest.TempPathFactory) -> str:
    name = str(tmp_path_factory.mktemp("start") / "out.sqlite")
    run(served, "export", "convore", "--to", name)
    return name


def _loaded(served: Served, tmp_path: Path, *arguments: str) -> set[str]:
    tell = tmp_path / "modules.json"
    command = [sys.executable, "-c", _TELL, str(tell), *arguments]
    done = subprocess.run(command, env={**served.environ}, capture_output=True, timeout=60, check=False)  # noqa: S603 -- our own command
    assert done.returncode == 0, done
    return set(json.loads(tell.read_text()))


_NAMES = {"moved", "providers"}  # what every program loads beside


def _rooms(loaded: set[str]) -> set[str]:
    return {name.split(".")[1] for name in loaded if name.startswith("aioconvo.")}


def test_the_version_loads_nothing(served: Served, tmp_path: Path) -> None:
    loaded = _loaded(served, tmp_path, "--version")
    assert not loaded & {"typer", "rich", "msgspec", *NETWORK, *LIBRARIES}
    assert {name for name in loaded if name.startswith("aioconvo.")} == {
        "aioconvo.cli",
        "aioconvo.cli.streams",
        "aioconvo.core",
        "aioconvo.core.version",
        "aioconvo.moved",
        "aioconvo.providers",
    }


@pytest.mark.parametrize("arguments", [["--help"], ["export", "--help"], ["list", "--help"], ["demo", "--help"]], ids=" ".join)
def test_help_loads_no_command(arguments: list[str], served: Served, tmp_path: Path) -> None:
    loaded = _loaded(served, tmp_path, *arguments)
    assert not loaded & {"msgspec", *NETWORK, *LIBRARIES}
    assert _rooms(loaded) == {"cli", "core", *_NAMES}
    assert {name for name in loaded if name.startswith("aioconvo.core.")} == {"aioconvo.core.version"}


def test_verify_and_report_know_no_network(served: Served, target: str, tmp_path: Path) -> None:
    for arguments in (["verify", target], ["report", target, "--out", str(tmp_path / "page.html")]):
        loaded = _loaded(served, tmp_path, *arguments)
        assert not loaded & {*NETWORK, *LIBRARIES}, arguments
        assert not _rooms(loaded) & {"sandbox", *PROVIDERS}
        assert not loaded & {"aioconvo.export.engine", "aioconvo.cli.demo", "aioconvo.cli.listing"}


def test_an_export_loads_its_provider_and_its_target(served: Served, tmp_path: Path) -> None:
    loaded = _loaded(served, tmp_path, "export", "convore", "--to", str(tmp_path / "out.sqlite"))
    assert not loaded & LIBRARIES
    assert _rooms(loaded) & {"sandbox", *PROVIDERS} == {"convore"}
    assert not loaded & {
        "aioconvo.export.report.page",
        "aioconvo.export.targets.parquet",
        "aioconvo.export.cluster.engine",
        "rich.progress",
    }


def test_a_list_loads_its_provider(served: Served, tmp_path: Path) -> None:
    loaded = _loaded(served, tmp_path, "list", "smooch", "messages", "user-1", "--json")
    assert not loaded & {*LIBRARIES, "sqlite3", "rich.live"}
    assert _rooms(loaded) & {"sandbox", *PROVIDERS} == {"smooch"}
    assert "aioconvo.export.engine" not in loaded


def test_operations_load_the_providers_alone(served: Served, tmp_path: Path) -> None:
    assert _rooms(_loaded(served, tmp_path, "operations", "--provider", "smooch")) == {
        "cli",
        "core",
        "inbox",  # a resource as the others are
        "moved",
        "providers",
        "smooch",
    }
    assert _rooms(_loaded(served, tmp_path, "operations", "--json")) == {"cli", "core", "events", "inbox", *_NAMES, *PROVIDERS}


def test_the_demo_loads_no_export(served: Served, tmp_path: Path) -> None:
    loaded = _loaded(served, tmp_path, "demo", "--conversations", "1", "--messages", "1", "--faults", "0", "--latency", "0")
    assert not loaded & {*LIBRARIES, "sqlite3"}
    assert "export" not in _rooms(loaded)
