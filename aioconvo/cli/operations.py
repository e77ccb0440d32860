"""The catalogue of operations, as a table or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import msgspec
from rich.console import Console
from rich.table import Table

from aioconvo.core.numbers import counted
from aioconvo.core.operations.operation import Operation
from aioconvo.providers import Provider

from .choosing import PROVIDERS, letters, meant

__all__ = ["Row", "as_json", "catalogue", "chosen", "like", "print_table"]


class Row(TypedDict):
    """One operation: the specification's `operation`, `method` and `path`; `python` is where users find it."""

    provider: str
    operation: str
    method: str
    path: str
    python: str
    effect: str
    paged: str | None


def catalogue(provider: str | None = None) -> list[Row]:
    """The operations of one provider, or of all; empty for a provider that does not exist."""
    names = [name for name in PROVIDERS if provider in {None, name}]
    return [_row(operation) for name in names for operation in _operations(name)]


def chosen(rows: Sequence[Row], words: Sequence[str], effect: str | None) -> list[Row]:
    """Those with this effect in whose names or paths all of the words stand; `createUser` is `create_user`.

    A word that is the whole name of an operation stands for that one alone.
    """
    kept = [row for row in rows if effect in {None, row["effect"]}]
    for word in map(letters, words):
        exact = [row for row in kept if word in {letters(row["operation"]), letters(row["python"])}]
        kept = exact or [row for row in kept if word in letters(f"{row['operation']} {row['python']} {row['path']}")]
    return kept


def like(words: Sequence[str]) -> str:
    """The end of a sentence that says which operations may have been meant, where the words are like a name of any."""
    named = [name for row in catalogue() for name in (row["python"], row["operation"])]
    return "".join(meant(word, named) for word in words)


def as_json(rows: Sequence[Row]) -> str:
    """The rows as an indented JSON list."""
    return msgspec.json.format(msgspec.json.encode(rows)).decode()


def print_table(rows: Sequence[Row]) -> None:
    """The rows as a table on standard output."""
    table = Table(title=counted(len(rows), "operation"), title_justify="left", box=None, pad_edge=False)
    for column in ("python", "method", "path", "operation", "effect", "paged"):
        table.add_column(column, no_wrap=True)
    for row in rows:
        table.add_row(row["python"], row["method"], row["path"], row["operation"], row["effect"], row["paged"] or "")
    # Names that are cut or folded help nobody; a narrow terminal wraps the lines itself.
    Console(width=Console(width=1000).measure(table).maximum).print(table)


def _operations(provider: str) -> Sequence[Operation[Any]]:
    operations: Sequence[Operation[Any]] = Provider(provider).operations
    return sorted(operations, key=lambda operation: operation.python)


def _row(operation: Operation[Any]) -> Row:
    return {
        "provider": operation.provider,
        "operation": operation.name,
        "method": operation.method,
        "path": operation.path,
        "python": operation.python,
        "effect": operation.effect.value,
        "paged": None if operation.page_kind is None else operation.page_kind.value,
    }
