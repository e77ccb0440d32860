"""Where an export goes: what a target must do, what it is given, and which target a name stands for.

A target is written by one thread, which is not the event loop's. `commit` takes what some pages brought together with where
the walks stand after them, and makes both durable or neither; which rows are new is decided by the target's own `Ledger`.

Targets by name, `kind:path` or a path whose ending tells the kind:

    jsonl       a directory (`out/`, `jsonl:out`) of `messages-*.jsonl` and `conversations.jsonl`
    jsonl.gz    the same, gzipped (`jsonl.gz:out`, `out.jsonl.gz`)
    sqlite      one database (`out.sqlite`, `out.db`)
    parquet     a directory of parquet files (`parquet:out`, `out.parquet`)
    duckdb      one database (`out.duckdb`)
"""

from __future__ import annotations

import importlib
import os
import pathlib
import re
from collections.abc import Iterator, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

from aioconvo.export.batch import Account, Batch, Committed, Fault, Identity, Step
from aioconvo.export.errors import ExportError
from aioconvo.export.ledger.ledger import Ledger
from aioconvo.export.schema import ConversationRow, MessageRow, as_dict

from .census import Damage
from .transcripts import in_order

__all__ = ["Account", "Batch", "Committed", "Fault", "Identity", "Sink", "Step", "Target", "open_sink", "rows"]


@runtime_checkable
class Sink(Protocol):
    """A target. All methods block, and are called in one thread at a time.

    Raises `TargetError` where the target cannot be read or written: what was committed before is intact.
    """

    kind: str

    @property
    def ledger(self) -> Ledger:
        """The state of this target; its path is known before it is open."""
        ...

    def open(self, identity: Identity, *, fresh: bool) -> None:
        """Make the target, or go on with it; with `fresh` what an earlier export left there is deleted.

        Raises:
            ExportError: The target holds another export; the message names the difference.
        """
        ...

    def commit(self, batches: Sequence[Batch]) -> Committed:
        """Make the rows and steps of all batches durable, or none of them."""
        ...

    def close(self) -> None:
        """Finish files and let go of the target; may be called again."""
        ...

    def damage(self, *, deep: bool) -> Damage:
        """What the data lacks of what the ledger says: by sizes and counts, or `deep`, by reading everything.

        The target need not be open; one that is asked when it opens is made to fetch it again.
        """
        ...

    def conversations(self) -> Iterator[ConversationRow]:
        """Every conversation of the target, which need not be open, one at a time."""
        ...

    def messages(self) -> Iterator[MessageRow]:
        """Every message of the target, which need not be open, one at a time."""
        ...


Target: TypeAlias = str | os.PathLike[str] | Sink  # `type` statements need Python 3.12

# Kind -> the file of this package and the class in it: who writes one kind does not load the others' libraries.
_KINDS = {
    "jsonl": ("jsonl", "JsonlSink"),
    "jsonl.gz": ("jsonl", "GzipJsonlSink"),
    "sqlite": ("sqlite", "SqliteSink"),
    "parquet": ("parquet", "ParquetSink"),
    "duckdb": ("duckdb", "DuckdbSink"),
}
_ENDINGS = {
    ".jsonl.gz": "jsonl.gz",
    ".jsonl": "jsonl",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
    ".parquet": "parquet",
    ".duckdb": "duckdb",
}


def open_sink(target: str | os.PathLike[str]) -> Sink:
    """The sink that a target's name stands for; nothing is read or written yet.

    Raises:
        ExportError: The name tells no kind, or the kind's library is not installed.
    """
    kind, path = _kind(target)
    module, name = _KINDS[kind]
    sink: Sink = getattr(importlib.import_module(f".{module}", __package__), name)(path)
    return sink


def _kind(target: str | os.PathLike[str]) -> tuple[str, pathlib.Path]:
    text = os.fspath(target)
    scheme, colon, rest = text.partition(":")
    if isinstance(target, str) and colon and scheme in _KINDS:
        if not rest:
            raise ExportError(f"{text!r} names no path; write {scheme}:PATH")
        return scheme, _path(rest.removeprefix("//"))
    path = _path(text)
    for ending, kind in _ENDINGS.items():
        if text.lower().endswith(ending):
            return kind, path
    for kind in _KINDS:
        if (path / ".aioconvo" / f"{kind}.sqlite").is_file():
            return kind, path
    if text.endswith(("/", os.sep)):
        return "jsonl", path
    raise ExportError(f"{text!r} tells no kind of target; write {', '.join(f'{kind}:PATH' for kind in _KINDS)}")


def _path(text: str) -> pathlib.Path:
    """A path of this machine, `~` being the home directory. Raises `ExportError` for what is elsewhere, such as s3://."""
    if text == "-":
        raise ExportError("targets are files, and - is none: name one, or write ./- where it is called so")
    elsewhere = re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/", text)  # `pathlib` has made one slash of two
    if elsewhere is not None:
        scheme = elsewhere[0].removesuffix("/")
        raise ExportError(f"targets are files of this machine, {scheme}// is none: export to a path, and copy that there")
    expanded = os.path.expanduser(text)  # noqa: PTH111 -- which lets names pass that begin with ~ and are no user's
    if re.match(r"~(/|$)", expanded):
        raise ExportError(f"{text!r}: there is no home directory here; write the path without ~")
    return pathlib.Path(expanded)


def rows(target: str | os.PathLike[str]) -> Iterator[dict[str, Any]]:
    """Read every message row of a target back, as a mapping from column to value: conversation by conversation, in order.

    Memory is flat: a temporary database of about the size of the rows puts them in order.
    """
    return map(as_dict, in_order(open_sink(target).messages()))
