"""The `aioconvo` command; needs the `cli` extra."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command; without the `cli` extra, say how to get it."""
    try:
        from .app import app  # noqa: PLC0415 -- typer and rich come with the extra
    except ModuleNotFoundError as error:
        if error.name not in {"typer", "rich"}:
            raise
        sys.exit('the aioconvo command needs its extra: pip install "aioconvo[cli]"')
    app()
