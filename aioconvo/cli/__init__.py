"""The `aioconvo` command; needs the `cli` extra."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Generator
from typing import TextIO

__all__ = ["main"]


def main() -> None:
    """Run the command; without the `cli` extra, say how to get it."""
    try:
        from .app import app  # noqa: PLC0415 -- typer and rich come with the extra
    except ModuleNotFoundError as error:
        if error.name not in {"typer", "rich"}:
            raise
        sys.exit('the aioconvo command needs its extra: pip install "aioconvo[cli]"')
    with _unheard():
        app()


@contextlib.contextmanager
def _unheard() -> Generator[None]:
    """Where nobody can read standard error any more, what is left to say there must not change the exit code."""
    stream: TextIO | None = sys.stderr  # it may be closed
    try:
        yield
    finally:
        if stream is not None:
            try:
                stream.flush()
            except OSError:
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
