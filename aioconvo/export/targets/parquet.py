"""The Parquet target: a directory of `.parquet` files; needs the extra `aioconvo[parquet]`.

Texts are strings, times `timestamp[us, UTC]`, booleans bool, integers int64, JSON is text of the logical type JSON. Words that
come again and again are dictionary-encoded. A row group holds 25,000 rows, the last one of a file fewer.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import itertools
import pathlib
from collections.abc import Generator, Iterator
from typing import Any, ClassVar, TypeVar

import msgspec

from aioconvo.core.json.moments import EPOCH
from aioconvo.export.errors import ExportError, TargetError
from aioconvo.export.schema import SCHEMA_VERSION, Column, ColumnType, ConversationRow, MessageRow, Table, decode_row, values

from .part_files import KEPT_BREAK
from .parts import PartSink

try:
    # PyArrow ships no types.
    pa: Any = importlib.import_module("pyarrow")
    parquet: Any = importlib.import_module("pyarrow.parquet")
except ModuleNotFoundError:
    raise ExportError('PyArrow is missing: pip install "aioconvo[parquet]"') from None

__all__ = ["ParquetSink"]

R = TypeVar("R", ConversationRow, MessageRow)

_TYPES = {
    ColumnType.TEXT: pa.string(),
    ColumnType.TIME: pa.timestamp("us", tz="UTC"),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.JSON: pa.json_(pa.string()),
}
_REPEATED = {"provider", "account", "conversation_id", "direction", "kind", "author_kind", "channel", "status"}
_BATCHES_A_GROUP = 10
_ROWS_A_BATCH = 2_500


class ParquetSink(PartSink):
    """A directory of `.parquet` files."""

    kind: ClassVar[str] = "parquet"
    ending: ClassVar[str] = ".parquet"
    breaks: ClassVar[bytes] = KEPT_BREAK

    def write(self, path: pathlib.Path, table: Table[R], lines: Iterator[bytes]) -> None:
        """See `PartSink`."""
        schema = _schema(table)
        repeated = [name for name in schema.names if name in _REPEATED]
        with (
            path.open("wb") as file,
            parquet.ParquetWriter(file, schema, compression="zstd", use_dictionary=repeated) as writer,
        ):
            while batches := [_batch(table, schema, chunk) for chunk in _chunks(lines)]:
                writer.write_table(pa.Table.from_batches(batches))

    def read(self, path: pathlib.Path, table: Table[R]) -> Iterator[R]:
        """See `PartSink`."""
        with _damage(path), parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(_ROWS_A_BATCH):
                columns = [_read_back(column, batch.column(column.name)) for column in table.columns]
                for row in zip(*columns, strict=True):
                    yield table.row(**dict(zip(table.row.__struct_fields__, row, strict=True)))


@contextlib.contextmanager
def _damage(path: pathlib.Path) -> Generator[None, None, None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:  # not of the file's content
            raise
        # Its words may hold values of rows.
        raise TargetError(f"{path} is damaged, or no Parquet file of an export ({type(error).__name__})") from None


def _schema(table: Table[Any]) -> Any:
    fields = [pa.field(column.name, _TYPES[column.type], nullable=not column.required) for column in table.columns]
    return pa.schema(fields, metadata={"aioconvo.schema": str(SCHEMA_VERSION)})


def _chunks(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    """The next row group, some thousand rows at a time: rows take less room as columns than as objects."""
    for _ in range(_BATCHES_A_GROUP):
        chunk = list(itertools.islice(lines, _ROWS_A_BATCH))
        if not chunk:
            return
        yield chunk


def _batch(table: Table[R], schema: Any, lines: list[bytes]) -> Any:
    columns = zip(*(values(decode_row(table, line)) for line in lines), strict=True)
    arrays = [_array(kind, list(column)) for kind, column in zip(schema.types, columns, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(kind: Any, column: list[Any]) -> Any:
    if isinstance(kind, pa.JsonType):
        return pa.ExtensionArray.from_storage(kind, pa.array(column, kind.storage_type))
    return pa.array(column, kind)


def _read_back(column: Column, found: Any) -> list[Any]:
    match column.type:
        case ColumnType.TIME:
            # As numbers: no library for time zones is needed.
            counts: list[int | None] = found.cast(pa.int64()).to_pylist()
            return [None if count is None else EPOCH + dt.timedelta(microseconds=count) for count in counts]
        case ColumnType.JSON:
            texts: list[str] = found.storage.to_pylist()
            return [msgspec.Raw(text.encode()) for text in texts]
        case _:
            return list(found.to_pylist())
