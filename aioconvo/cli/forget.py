"""Forget one person in targets of exports, from the command line."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from aioconvo.core.errors import AioconvoError
from aioconvo.core.numbers import counted
from aioconvo.export.forgetting import forget

__all__ = ["run"]


def run(targets: Sequence[str], provider: str, user: str) -> int:
    """Remove the person from each target; the exit code: 0, or 2 where one holds nothing of them, or cannot be written."""
    code = 0
    for target in targets:
        try:
            gone = forget(target, provider, user)
        except AioconvoError as error:
            place = f"{target}: "
            typer.echo(f"Error: {place}{str(error).removeprefix(place)}", err=True)
            code = 2
            continue
        whole = counted(gone.conversations, "conversation")
        typer.echo(f"{target}: removed {counted(gone.messages, 'message')} and {whole} as a whole")
        typer.echo(
            "  Later runs into it leave this person out. --fresh, and other targets, bring them again: delete them at the"
        )
        typer.echo("  API first. Reports, copies and backups that were made before still hold them.")
    return code
