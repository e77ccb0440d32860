"""Many rows into an SQLite table with few statements.

`executemany` gives up and takes back the interpreter's lock for each row, which in a thread beside a busy event loop costs more
than the row does; a statement of many rows does so once.
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Sequence
from itertools import chain

__all__ = ["insert"]

_VARIABLES = 900  # in one statement; old versions of SQLite take 999


def insert(
    db: sqlite3.Connection, into: str, rows: Sequence[Sequence[str | bytes | int | None]], *, otherwise: str = ""
) -> None:
    """Run `into` (`INSERT INTO table (columns)`) for rows of one length; `otherwise` is its `ON CONFLICT` clause."""
    if not rows:
        return
    width = len(rows[0])
    at_once = _VARIABLES // width
    for first in range(0, len(rows), at_once):
        some = rows[first : first + at_once]
        db.execute(f"{into} VALUES {_marks(width, len(some))} {otherwise}", tuple(chain.from_iterable(some)))


@functools.cache
def _marks(width: int, count: int) -> str:
    return ", ".join([f"({', '.join('?' * width)})"] * count)
