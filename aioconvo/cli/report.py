"""The report from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from aioconvo.core.errors import AioconvoError
from aioconvo.export.report import page as report

__all__ = ["write"]


def write(target: str, out: Path, **options: Any) -> int:
    """Write the page about a target; `options` are those of `report.write`. The exit code: 0, or 2 where it cannot be."""
    try:
        report.write(target, out, **options)
    except AioconvoError as error:
        typer.echo(f"Error: {error}", err=True)
        return 2
    typer.echo(f"{out}: open it in a browser", err=True)  # the page itself may be on standard output
    return 0
