"""SQLite statements over many rows at once.

`executemany` gives up and takes back the interpreter's lock for each row, which in a thread beside a busy event loop costs more
than the row does; a statement of many rows does so once.
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any, TypeAlias

__all__ = ["Row", "run"]

Row: TypeAlias = Sequence[str | bytes | int | None]

_VARIABLES = 2_000  # in one statement, at most; SQLite takes 32,766


def run(db: sqlite3.Connection, statement: str, rows: Sequence[Row]) -> list[Any]:
    """Run a statement in which `{rows}` stands for `VALUES (...), ...` of rows of one length; what it returns.

    It runs as often as it takes for all rows, not at all where there is none.
    """
    found: list[Any] = []
    if not rows:
        return found
    width = len(rows[0])
    first = 0
    while first < len(rows):
        # Powers of two: however many rows there are, it is one of a few statements, which stay prepared.
        count = 1 << (min(len(rows) - first, _VARIABLES // width).bit_length() - 1)
        some = rows[first : first + count]
        found += db.execute(_written(statement, width, count), tuple(chain.from_iterable(some)))
        first += count
    return found


@functools.cache
def _written(statement: str, width: int, count: int) -> str:
    marks = ", ".join([f"({', '.join('?' * width)})"] * count)
    return statement.format(rows=f"VALUES {marks}")
