"""The files of a target that is a directory of them: what the ledger says of each, how one is written, measured and named."""

from __future__ import annotations

import abc
import contextlib
import hashlib
import os
import pathlib
import zlib
from collections.abc import Iterator
from typing import ClassVar, NamedTuple, TypeVar

import msgspec

from aioconvo.export.errors import ExportError, target_errors
from aioconvo.export.ledger.ledger import Ledger
from aioconvo.export.replacing import put, sync
from aioconvo.export.schema import CONVERSATIONS, MESSAGES, ConversationRow, MessageRow, Table, decode_row, in_one_line, marked

__all__ = ["KEPT_BREAK", "Part", "PartFiles", "Stage", "measure", "staged"]

R = TypeVar("R", ConversationRow, MessageRow)

_HIDDEN = ".aioconvo"
KEPT_BREAK = b"\x1e"  # which no JSON holds
_DIGEST = 16  # bytes


class Part(NamedTuple):
    """What the ledger says of a file of messages; `pending` is its name before it gets its own."""

    number: int
    name: str
    rows: int
    pending: str | None
    size: int = 0
    digest: bytes = b""


class Stage(NamedTuple):
    """The part that it will be, and how much of its file counts."""

    part: int
    rows: int
    bytes: int


class PartFiles(abc.ABC):
    """A directory of `messages-000001<ending>`, ... and `conversations<ending>`, with its ledger in `.aioconvo/`.

    Subclasses name the `kind` and the `ending` of files, whether such a file is `plain` lines of encoded rows, and write and
    read one file; `rows_per_part` is about how many messages a file holds.
    """

    kind: ClassVar[str]
    ending: ClassVar[str]
    plain: ClassVar[bool] = False
    breaks: ClassVar[bytes] = b" "  # what stands for a line break inside a row

    def __init__(self, directory: str | os.PathLike[str], *, rows_per_part: int = 50_000) -> None:
        self._directory = pathlib.Path(directory)
        self._hidden = self._directory / _HIDDEN
        self._rows_per_part = rows_per_part
        self._ledger = Ledger(self._hidden / f"{self.kind}.sqlite", keeps_rows=True)
        self._stage = Stage(0, 0, 0)
        self._made = 0

    @abc.abstractmethod
    def write(self, path: pathlib.Path, table: Table[R], lines: Iterator[bytes]) -> None:
        """Write one file of these rows, which come encoded (`decode_row` makes structs of them), one at a time."""

    @abc.abstractmethod
    def read(self, path: pathlib.Path, table: Table[R]) -> Iterator[R]:
        """Read one file's rows back, one at a time."""

    def salvage(self, path: pathlib.Path, table: Table[R]) -> Iterator[R]:
        """As many rows of a damaged file as can be read."""
        with contextlib.suppress(ExportError, OSError, EOFError, msgspec.DecodeError, UnicodeDecodeError, zlib.error):
            yield from self.read(path, table)

    @property
    def ledger(self) -> Ledger:
        """See `Sink`."""
        return self._ledger

    def _errors(self) -> contextlib.AbstractContextManager[None]:
        return target_errors(self._directory)

    def _name(self, number: int) -> str:
        return f"messages-{number:06}{self.ending}"

    def _numbered(self) -> dict[int, pathlib.Path]:
        """The files of messages that people see."""
        begin = len("messages-")
        found = self._directory.glob(f"messages-{'[0-9]' * 6}{self.ending}")
        return {int(path.name[begin : begin + 6]): path for path in found}

    def _parts(self, which: str = "") -> list[Part]:
        find = f"SELECT number, name, rows, pending, bytes, digest FROM _aioconvo_parts {which} ORDER BY number"  # noqa: S608 -- our words
        return [Part(*row) for row in self._ledger.db.execute(find)]

    def _keep(self, parts: list[Part]) -> None:
        """Note parts, inside a transaction of the caller's; those without rows are none."""
        self._ledger.db.executemany("INSERT OR REPLACE INTO _aioconvo_parts VALUES (?, ?, ?, ?, ?, ?)", parts)
        self._ledger.db.execute("DELETE FROM _aioconvo_parts WHERE rows = 0")

    def _file_of(self, part: Part) -> pathlib.Path:
        waiting = None if part.pending is None else self._hidden / part.pending
        return waiting if waiting is not None and waiting.exists() else self._directory / part.name

    def _find_stage(self) -> Stage:
        found = self._ledger.db.execute("SELECT part, rows, bytes FROM _aioconvo_stage").fetchone()
        return Stage(1, 0, 0) if found is None else Stage(*found)

    def _file_staged(self, stage: Stage) -> pathlib.Path:
        return self._hidden / f"{self.kind}.stage-{stage.part:06}"

    def _lines(self, stage: Stage) -> Iterator[bytes]:
        if not stage.bytes:
            return
        left = stage.bytes
        with self._file_staged(stage).open("rb") as file:
            while left > 0 and (line := file.readline()):
                left -= len(line)
                yield line[:-1].replace(KEPT_BREAK, b"\n")

    @staticmethod
    def _listed(ledger: Ledger) -> Iterator[bytes]:
        find = "SELECT row, deleted_at FROM _aioconvo_conversations WHERE row IS NOT NULL ORDER BY number"
        for line, deleted_at in ledger.db.execute(find):
            yield line if deleted_at is None else marked(line, deleted_at)

    def _write_pending(self, name: str, table: Table[R], lines: Iterator[bytes]) -> str:
        self._made += 1
        pending = f"{self._ledger.run}.{self._made}.{name}"
        path = self._hidden / pending
        self.write(path, table, lines)
        sync(path)
        return pending

    def _measured(self, part: Part) -> Part:
        """The part with the size and digest of the file that waits for its name."""
        size, told = measure(self._hidden / str(part.pending))
        return part._replace(size=size, digest=told)

    def _give_names(self) -> None:
        """Give the parts that the ledger names their names."""
        for part in self._parts("WHERE pending IS NOT NULL"):
            waiting = self._hidden / str(part.pending)
            if waiting.exists():
                put(waiting, self._directory / part.name)
        with self._ledger.transaction():
            self._ledger.db.execute("UPDATE _aioconvo_parts SET pending = NULL")

    def _roll_forward(self) -> None:
        """Give the parts their names, and delete what the ledger does not name."""
        self._give_names()
        for left in (*self._hidden.glob(f"*.*{self.ending}"), *self._hidden.glob(f"{self.kind}.stage-*")):
            if left != self._file_staged(self._stage):
                left.unlink()
        known = {part.number for part in self._parts()}
        for number, path in self._numbered().items():
            if number not in known:
                path.unlink()

    def _write_conversations(self) -> None:
        name = f"conversations{self.ending}"
        pending = self._hidden / self._write_pending(name, CONVERSATIONS, self._listed(self._ledger))
        size, told = measure(pending)
        put(pending, self._directory / name)
        with self._ledger.transaction():
            self._ledger.put(conversations=f"{size} {told.hex()}")

    def messages_of(self, stage: Stage) -> Iterator[MessageRow]:
        """The staged messages that can be read, the newest line of each first."""
        lines: list[bytes] = []
        with contextlib.suppress(OSError):
            lines += self._lines(stage)
        for line in reversed(lines):
            with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
                yield decode_row(MESSAGES, line)


def staged(row: bytes, breaks: bytes) -> bytes:
    """An encoded row as a line of the stage."""
    return in_one_line(row) if breaks == b" " else row.replace(b"\n", breaks)


def measure(path: pathlib.Path) -> tuple[int, bytes]:
    """A file's size and digest."""
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=_DIGEST)).digest()
