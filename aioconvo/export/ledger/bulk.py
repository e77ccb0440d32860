"""SQLite statements over many rows at once.

SQLite gives up the interpreter's lock for each step, and the thread that wants it back waits for the event loop, longer than
the step took. `executemany` is a step a row, and so is each row that is read; here it is one for thousands of rows, either way.
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, TypeAlias

import msgspec

__all__ = ["Row", "find", "run"]

Row: TypeAlias = Sequence[str | bytes | int | None]

_VARIABLES = 8_000  # in one statement, at most; SQLite takes 32,766, but keeps some 100 bytes for each


def run(db: sqlite3.Connection, statement: str, rows: Sequence[Row]) -> None:
    """Run a statement in which `{rows}` stands for `VALUES (...), ...` of rows of one length.

    It runs as often as it takes for all rows, not at all where there is none.
    """
    for _ in _ran(db, statement, rows):
        pass


def find(db: sqlite3.Connection, statement: str, rows: Sequence[Row]) -> list[Any]:
    """What such a statement finds, which it gives as one `json_group_array(json_array(...))`: lists of texts and numbers."""
    return [row for cursor in _ran(db, statement, rows) for (found,) in cursor for row in msgspec.json.decode(found)]


def _ran(db: sqlite3.Connection, statement: str, rows: Sequence[Row]) -> Iterator[sqlite3.Cursor]:
    first = 0
    while first < len(rows):
        width = len(rows[0])
        # Powers of two: however many rows there are, it is one of a few statements, which stay prepared.
        count = 1 << (min(len(rows) - first, _VARIABLES // width).bit_length() - 1)
        some = rows[first : first + count]
        yield db.execute(_write(statement, width, count), tuple(chain.from_iterable(some)))
        first += count


@functools.cache
def _write(statement: str, width: int, count: int) -> str:
    marks = ", ".join([f"({', '.join('?' * width)})"] * count)
    return statement.format(rows=f"VALUES {marks}")
