"""Every command where its output cannot be read, its terminal knows no Unicode, or its folders cannot be written."""

from __future__ import annotations

import functools
import os
import pty
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from aioconvo.cli.app import app
from tests.export.processes import COMMAND, Served, run, sandbox
from tests.warm import Warm, warm

runner = CliRunner()
pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no file that is always full")


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with sandbox("--conversations", 3, "--messages", 120) as running:
        yield running


@pytest.fixture(scope="module")
def target(served: Served, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An export with an id that the API does not know, so that `verify` has something to tell."""
    place = tmp_path_factory.mktemp("streams")
    (place / "ids").write_text("user-1\nñobody\n")
    name = str(place / "out.sqlite")
    run(served, "export", "smooch", "--to", name, "--conversations-from", place / "ids")
    return name


# A command, and its exit code where all is well.
COMMANDS: dict[str, tuple[Callable[[str], list[str]], int]] = {
    "version": (lambda _: ["--version"], 0),
    "help": (lambda _: ["export", "--help"], 0),
    "operations": (lambda _: ["operations", "--json"], 0),
    "list": (lambda _: ["list", "convore", "messages"], 0),
    "list json": (lambda _: ["list", "convore", "messages", "--json"], 0),
    "verify": (lambda target: ["verify", target, "--all", "--strict"], 1),
    "verify json": (lambda target: ["verify", target, "--all", "--json", "--strict"], 1),
    "demo": (lambda _: ["demo", "--conversations", "1", "--messages", "1", "--faults", "0", "--latency", "0"], 0),
}
named = pytest.mark.parametrize("name", COMMANDS)


def _variables(served: Served, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Those of this process without what changes the streams of Python, and these."""
    kept = {name: value for name, value in os.environ.items() if name not in _OF_STREAMS}
    return {**kept, **served.environ, **(environ or {})}


_OF_STREAMS = {"PYTHONUNBUFFERED", "PYTHONIOENCODING", "PYTHONUTF8"}


def _popen(served: Served, arguments: list[str], environ: Mapping[str, str] | None = None, **options: Any) -> Any:
    return subprocess.Popen([*COMMAND, *arguments], env=_variables(served, environ), **options)  # noqa: S603 -- our own command


@pytest.fixture(scope="module")
def commands(served: Served) -> Iterator[Warm]:
    with warm(_variables(served)) as running:
        yield running


FULL = b"Error: cannot write to standard output: No space left on device\n"


@named
def test_a_full_disk_is_told(name: str, commands: Warm, target: str) -> None:
    make, _ = COMMANDS[name]
    assert commands.ends(make(target), stdout="full", stderr="kept") == (1, FULL.decode())


@named
def test_nobody_reads_any_more(name: str, commands: Warm, target: str) -> None:
    make, _ = COMMANDS[name]
    assert commands.ends(make(target), stdout="unread", stderr="kept") == (-signal.SIGPIPE, "")


@named
def test_standard_output_and_error_are_closed_or_full(name: str, commands: Warm, target: str) -> None:
    """What nobody can be told changes no exit code."""
    make, code = COMMANDS[name]
    assert commands.ends(make(target), stdout="closed", stderr="closed") == (code, "")
    assert commands.ends(make(target), stdout="nothing", stderr="full") == (code, "")


def test_a_process_of_its_own_ends_like_those(served: Served, target: str) -> None:
    make, code = COMMANDS["verify"]
    ours, theirs = os.pipe()
    os.close(ours)
    with Path("/dev/full").open("wb") as full:
        told = _popen(served, make(target), stdout=full, stderr=subprocess.PIPE)
        unread = _popen(served, make(target), stdout=theirs, stderr=subprocess.PIPE)
        closed = _popen(served, make(target), preexec_fn=_close_all)
        deaf = _popen(served, make(target), stdout=subprocess.DEVNULL, stderr=full)
    os.close(theirs)
    assert (told.communicate(timeout=60)[1], told.returncode) == (FULL, 1)
    assert (unread.communicate(timeout=60)[1], unread.returncode) == (b"", -signal.SIGPIPE)
    assert (closed.wait(60), deaf.wait(60)) == (code, code)


def _close_all() -> None:
    os.close(1)
    os.close(2)


ASCII = {"LC_ALL": "C", "LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


@pytest.mark.parametrize(
    ("environ", "terminal", "names"),
    [
        (ASCII, False, ("help", "list json", "verify", "verify json")),
        (ASCII, True, ("help", "verify")),  # what draws
        ({"PYTHONIOENCODING": "latin-1"}, False, ("list json", "verify")),
    ],
    ids=["pipe", "terminal", "latin-1"],
)
def test_a_terminal_without_unicode(
    environ: dict[str, str], terminal: bool, names: tuple[str, ...], served: Served, target: str
) -> None:
    for name in names:
        make, code = COMMANDS[name]
        ours, theirs = pty.openpty() if terminal else os.pipe()
        process = _popen(served, make(target), environ, stdout=theirs, stderr=theirs)
        os.close(theirs)
        told = b"".join(iter(functools.partial(_read, ours), b""))
        os.close(ours)
        assert process.wait(60) == code, (name, told)
        assert b"Traceback" not in told
        assert told


def _read(number: int) -> bytes:
    try:
        return os.read(number, 65_536)
    except OSError:  # how Linux tells that the other end of a terminal is closed
        return b""


def test_wrong_use_where_nobody_hears_it(commands: Warm) -> None:
    for arguments in (
        ["list", "nobody"],
        ["export", "convore", "--to", "nothing"],
        ["verify", "nothing.sqlite"],
        ["nonsense"],
    ):
        assert commands.ends(arguments, stdout="full", stderr="full") == (2, ""), arguments


@pytest.mark.parametrize("home", [None, "/nowhere"])
def test_without_a_home_directory(home: str | None, served: Served, target: str, tmp_path: Path) -> None:
    environ: dict[str, str] = {name: value for name, value in os.environ.items() if name != "HOME"}
    environ.update(served.environ)
    environ.update({} if home is None else {"HOME": home})
    for arguments, code in (
        (["export", "convore", "--to", str(tmp_path / "out.sqlite"), "--to", str(tmp_path / "out.duckdb")], 0),
        (["report", target, "--out", str(tmp_path / "page.html")], 0),
        (["--show-completion", "bash"], 0),
    ):
        done = subprocess.run([*COMMAND, *arguments], env=environ, capture_output=True, timeout=60, check=False)  # noqa: S603 -- our own command
        assert done.returncode == code, (arguments, done)
        assert b"Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("place", ["/proc", "/dev/null", "/proc/self/mem"])
def test_a_place_that_cannot_be_written(place: str, served: Served, target: str) -> None:
    for kind in ("sqlite", "jsonl", "jsonl.gz", "parquet", "duckdb"):
        result = runner.invoke(app, ["export", "convore", "--to", f"{kind}:{place}/out"], env=served.environ)
        assert isinstance(result.exception, SystemExit), result.exception
        assert (result.exit_code in {1, 2}, "Error: " in result.output) == (True, True), result.output
    for arguments in (["report", target, "--out", f"{place}/page.html"], ["verify", f"sqlite:{place}/out"]):
        result = runner.invoke(app, arguments)
        assert isinstance(result.exception, SystemExit), result.exception
        assert (result.exit_code, "Error: " in result.output) == (2, True), result.output


def test_a_home_that_cannot_be_written_refuses_to_install_completion(served: Served) -> None:
    told = _told(served, ["--install-completion", "bash"], {"HOME": "/proc"}, codes={1})
    assert told.startswith("Error: /proc/")


def _told(served: Served, arguments: list[str], environ: Mapping[str, str] | None = None, *, codes: set[int]) -> str:
    process = _popen(served, arguments, environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    told, _ = process.communicate(timeout=60)
    assert process.returncode in codes, told
    assert "Traceback" not in told
    return str(told)


@pytest.mark.parametrize("name", ["list json", "demo", "sandbox"])
def test_ctrl_c(name: str, served: Served) -> None:
    arguments = {
        "list json": ["list", "convore", "messages", "--json", "--page-size", "1"],
        "demo": ["demo", "--conversations", "50"],
        "sandbox": ["sandbox"],
    }[name]
    process = _popen(served, arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert (process.returncode, told) == (0 if name == "sandbox" else 130, b"")


def test_a_report_on_standard_output_is_the_page_alone(served: Served, target: str) -> None:
    process = _popen(served, ["report", target, "--out", "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    page, words = process.communicate(timeout=60)
    assert process.returncode == 0, words
    assert page.startswith(b"<!doctype html>")
    assert page.rstrip().endswith(b"</html>")
    assert words == b"/dev/stdout: open it in a browser\n"
