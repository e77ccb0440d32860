"""What the options of the export mean: providers, times, lists of ids."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import typer

from .operations import PROVIDERS

__all__ = ["IdFile", "ids", "moment", "on_dask", "providers"]

_STDIN = "-"


class IdFile:
    """Ids in a file, one a line, or on standard input (`-`); read line by line while it is iterated.

    Empty lines and lines that begin with `#` are left out. Raises `typer.BadParameter` at once when the file cannot be read.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        if path != _STDIN:
            try:
                Path(path).open(encoding="utf-8").close()
            except OSError as error:
                raise typer.BadParameter(f"cannot read {path}: {error.strerror}") from None

    def __iter__(self) -> Iterator[str]:
        if self.path == _STDIN:
            yield from _ids(sys.stdin)
            return
        with Path(self.path).open(encoding="utf-8") as file:
            yield from _ids(file)


def _ids(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        identity = line.strip()
        if identity and not identity.startswith("#"):
            yield identity


def moment(text: str) -> dt.datetime:
    """A day or an instant in ISO 8601; without an offset it is UTC. Raises `typer.BadParameter`."""
    try:
        when = dt.datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time; write 2026-01-31 or 2026-01-31T08:30:00+02:00") from None
    return when if when.tzinfo is not None else when.replace(tzinfo=dt.UTC)


def providers(names: Sequence[str]) -> list[str]:
    """The providers, each named once. Raises `typer.BadParameter`."""
    for name in names:
        if name not in PROVIDERS:
            raise typer.BadParameter(f"{name!r} is no provider; there are {', '.join(PROVIDERS)}")
        if names.count(name) > 1:
            raise typer.BadParameter(f"{name} is named twice")
    return list(names)


def ids(**paths: str | None) -> tuple[str, IdFile] | None:
    """Which conversations, by the name of `Source`'s argument; `None` for all. Raises `typer.BadParameter` for two choices."""
    given = [(name, path) for name, path in paths.items() if path is not None]
    if len(given) > 1:
        options = " and ".join(f"--{name.replace('_', '-')}-from" for name, _ in given)
        raise typer.BadParameter(f"give one of {options}, not both")
    return (given[0][0], IdFile(given[0][1])) if given else None


def on_dask(engine: str, scheduler: str | None, stage: str | None) -> bool:
    """Whether a cluster runs the export. Raises `typer.BadParameter` for options of a cluster without one."""
    if engine != "dask" and (scheduler is not None or stage is not None):
        raise typer.BadParameter("--scheduler and --stage are for --engine dask")
    return engine == "dask"
