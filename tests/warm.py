"""The command in many processes without the second that Python takes to load it in each: they are forks of one that has.

Run as a program, it is that process; `Warm` is how tests speak to it. What each fork is given (descriptors, variables) is its
own, and it ends as any Python does. What happens while the command is loaded is for processes of their own to show.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

Place = Literal["full", "unread", "closed", "nothing", "kept"]
"""Where output goes: a full disk, a pipe that nobody reads, nowhere as it is closed, /dev/null, a pipe that the test reads."""


class Warm:
    """Runs the command with these variables, again and again."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ends(self, arguments: Sequence[str], *, stdout: Place, stderr: Place) -> tuple[int, str]:
        """Its exit code, negative for a signal, and what it said where output is kept."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([list(arguments), stdout, stderr]), file=self._process.stdin, flush=True)
        code, told = json.loads(self._process.stdout.readline())
        return code, told


@contextlib.contextmanager
def warm(environ: Mapping[str, str]) -> Iterator[Warm]:
    command = [sys.executable, "-W", "error", "-m", "tests.warm"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env={**environ}) as process:  # noqa: S603 -- as above
        yield Warm(process)
        assert process.stdin is not None
        process.stdin.close()


def _opened(place: Place, kept: int) -> int:
    if place == "kept":
        return os.dup(kept)
    if place == "unread":
        ours, theirs = os.pipe()
        os.close(ours)
        return theirs
    return os.open("/dev/full" if place == "full" else os.devnull, os.O_WRONLY)


def _become(arguments: list[str], places: Sequence[Place], kept: int) -> None:
    """The command, with standard streams as Python makes them when it starts."""
    sys.argv = ["aioconvo", *arguments]
    opened = [_opened(place, kept) for place in places]
    for number, descriptor in enumerate(opened, start=1):
        os.dup2(descriptor, number)
        os.close(descriptor)
    streams: list[Any] = []
    for number, place in enumerate(places, start=1):
        if place == "closed":
            os.close(number)
            streams.append(None)
        else:
            errors = "strict" if number == 1 else "backslashreplace"
            streams.append(open(number, "w", errors=errors, closefd=False))  # noqa: SIM115 -- open to the end
    sys.stdout, sys.stderr = streams


def _serve() -> bool:
    """Fork for each line of standard input; in a fork true, when there is no more false."""
    for line in sys.stdin:
        arguments, *places = json.loads(line)
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(ours)
            _become(arguments, places, theirs)
            os.close(theirs)
            return True
        os.close(theirs)
        with os.fdopen(ours, errors="replace") as kept:
            told = kept.read()
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{json.dumps([code, told])}\n")
        sys.stdout.flush()
    return False


if __name__ == "__main__":
    from typer.testing import CliRunner

    from aioconvo.cli import app, demo, listing, main, verdicts  # noqa: F401 -- loaded before the forks

    # What is loaded where a command runs, is loaded before them, too.
    for arguments in (
        ["export", "--help"],
        ["operations", "--json"],
        ["verify", "nothing.sqlite"],
        ["list", "convore", "messages"],
    ):
        CliRunner().invoke(app.app, arguments)
    gc.collect()
    gc.freeze()
    if _serve():
        main()
