"""JSON Lines: one object a line, in UTF-8, each line with its end; plain or gzipped."""

from __future__ import annotations

import contextlib
import gzip
import pathlib
import zlib
from collections.abc import Iterator
from typing import IO, ClassVar, TypeVar

import msgspec

from aioconvo.export.errors import TargetError
from aioconvo.export.schema import ConversationRow, MessageRow, Table, decode_row, in_one_line

from .parts import PartSink

__all__ = ["GzipJsonlSink", "JsonlSink"]

R = TypeVar("R", ConversationRow, MessageRow)

_DAMAGE = (gzip.BadGzipFile, EOFError, zlib.error, msgspec.DecodeError, UnicodeDecodeError)
_LEVEL = 6  # gzip's own middle between time and size


class JsonlSink(PartSink):
    """A directory of `.jsonl` files; JSON columns are JSON in the line, times ISO 8601 with `Z`."""

    kind: ClassVar[str] = "jsonl"
    ending: ClassVar[str] = ".jsonl"
    plain: ClassVar[bool] = True

    def write(self, path: pathlib.Path, table: Table[R], lines: Iterator[bytes]) -> None:  # noqa: ARG002 -- as every part sink
        """See `PartSink`."""
        with self._opened(path, "wb") as file:
            file.writelines(in_one_line(line) + b"\n" for line in lines)

    def read(self, path: pathlib.Path, table: Table[R]) -> Iterator[R]:
        """See `PartSink`."""
        try:
            with self._opened(path, "rb") as file:
                for line in file:
                    yield decode_row(table, line)
        except _DAMAGE as error:  # whose words may hold values of rows
            told = f"{path} is damaged ({type(error).__name__})"
            raise TargetError(f"{told}; delete it, then the same export command fetches it again") from None

    def salvage(self, path: pathlib.Path, table: Table[R]) -> Iterator[R]:
        """See `PartFiles`: every line that is whole."""
        with contextlib.suppress(OSError, EOFError, zlib.error), self._opened(path, "rb") as file:
            for line in file:
                with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
                    yield decode_row(table, line)

    def _opened(self, path: pathlib.Path, mode: str) -> IO[bytes]:
        return path.open(mode)


class GzipJsonlSink(JsonlSink):
    """A directory of `.jsonl.gz` files."""

    kind: ClassVar[str] = "jsonl.gz"
    ending: ClassVar[str] = ".jsonl.gz"
    plain: ClassVar[bool] = False

    def _opened(self, path: pathlib.Path, mode: str) -> IO[bytes]:
        return gzip.GzipFile(path, mode, compresslevel=_LEVEL, mtime=0)  # type: ignore[return-value]  # a file of bytes in all but name
