"""The `aioconvo` command; needs the `cli` extra."""

from __future__ import annotations

import sys
from typing import TextIO

from .streams import guarded

__all__ = ["main"]


def main() -> None:
    """Run the command; without the `cli` extra, say how to get it."""
    with guarded():
        if sys.argv[1:] == ["--version"]:
            _show_version()
            return
        try:
            from .app import app  # noqa: PLC0415 -- typer and rich come with the extra
        except ModuleNotFoundError as error:
            if error.name not in {"typer", "rich"}:
                raise
            sys.exit('the aioconvo command needs its extra: pip install "aioconvo[cli]"')
        try:
            app()
        except ValueError as error:
            from aioconvo.core.errors import ConfigurationError  # noqa: PLC0415 -- help does not need the library

            if not isinstance(error, ConfigurationError):
                raise
            sys.stderr.write(f"Error: {error}\n")  # an option's value that only the library knows to be wrong
            sys.exit(2)


def _show_version() -> None:
    """The version, at once: the rest of the command takes ten times as long to load."""
    from aioconvo.core.version import VERSION  # noqa: PLC0415 -- as above

    stream: TextIO | None = sys.stdout  # it may be closed
    if stream is not None:
        stream.write(f"{VERSION}\n")
