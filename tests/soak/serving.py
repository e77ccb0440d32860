"""The sandbox in a process of its own: what is measured in this one is the client's alone."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def serving(**options: float) -> Iterator[dict[str, dict[str, Any]]]:
    """`aioconvo sandbox` with these options; gives each provider's keyword arguments for its client."""
    given = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "aioconvo", "sandbox", "--json", *given]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 -- our own command
        try:
            assert server.stdout is not None
            text = ""
            while not text.endswith("}\n}\n"):
                line = server.stdout.readline()
                assert line, "the sandbox did not start"
                text += line
            described: dict[str, dict[str, Any]] = json.loads(text)
            yield {name: {"base_url": one["base_url"], **one["credentials"]} for name, one in described.items()}
        finally:
            server.terminate()
