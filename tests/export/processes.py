"""A sandbox in a process of its own, and the command: in others, which may be killed, or in this one."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from typer.testing import CliRunner

from aioconvo.cli.app import app
from aioconvo.providers import Provider

COMMAND = [sys.executable, "-W", "error", "-m", "aioconvo"]


@dataclasses.dataclass
class Served:
    """A running sandbox: where it is, and the variables that lead clients there."""

    root: str
    environ: Mapping[str, str]

    def state(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.root}/_sandbox/state") as answer:  # noqa: S310 -- our own sandbox
            return cast("dict[str, Any]", json.load(answer))

    def ids(self, provider: str) -> dict[str, set[str]]:
        """Message ids by conversation id, as the inbox names conversations."""
        state = self.state()[provider]
        if provider == "smooch":
            return {user: set(state["ids"][conversation]) for user, conversation in state["users"].items()}
        return {conversation: set(ids) for conversation, ids in state["ids"].items()}

    def requests(self, provider: str) -> int:
        """How many requests came so far."""
        return sum(self.state()[provider]["requests"].values())

    def options(self, provider: str) -> dict[str, Any]:
        """Keyword arguments of the provider's client."""
        prefix = f"AIOCONVO_{provider.upper()}_"
        return {name.removeprefix(prefix).lower(): value for name, value in self.environ.items() if name.startswith(prefix)}


@contextlib.contextmanager
def sandbox(*arguments: object) -> Iterator[Served]:
    command = [*COMMAND, "sandbox", "--env", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 -- our own command
        try:
            assert process.stdout is not None
            environ: dict[str, str] = {}
            lines = sum(1 + len(one.sandbox.credentials) for one in Provider)  # where each is, and what lets in
            for _ in range(lines):
                name, _, value = process.stdout.readline().strip().removeprefix("export ").partition("=")
                assert name, "the sandbox did not start"
                environ[name] = value
            yield Served(environ["AIOCONVO_SMSCX_BASE_URL"].rpartition("/")[0], environ)
        finally:
            process.terminate()


def start(served: Served, *arguments: object, **options: Any) -> subprocess.Popen[str]:
    """The command, running; its output is kept in one text."""
    environ = {**os.environ, **served.environ, "COLUMNS": "120"}
    environ.pop("PYTHONUNBUFFERED", None)  # users have it seldom
    told: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **options}
    return subprocess.Popen([*COMMAND, *map(str, arguments)], env=environ, text=True, **told)  # noqa: S603 -- our own command


def finish(process: subprocess.Popen[str], *, expected: int = 0) -> str:
    """What the command told, once it has ended."""
    told, _ = process.communicate(timeout=60)
    assert process.returncode == expected, told
    assert "Traceback" not in told
    return told


def run(served: Served, *arguments: object, expected: int = 0) -> str:
    """The command here, without the second that a process of its own takes to start: what it told."""
    result = CliRunner().invoke(app, [*map(str, arguments)], env={**served.environ, "COLUMNS": "120"})
    assert isinstance(result.exception, SystemExit | None), result.exception
    assert result.exit_code == expected, result.output
    return result.output


def doubled(rows: Iterable[Mapping[str, Any]]) -> tuple[dict[str, set[str]], list[Any]]:
    """Message ids by conversation id, and the keys that come more than once."""
    keys = Counter((row["conversation_id"], row["message_id"]) for row in rows)
    found: dict[str, set[str]] = {}
    for conversation, message in keys:
        found.setdefault(conversation, set()).add(message)
    return found, [key for key, count in keys.items() if count > 1]
