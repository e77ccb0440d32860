"""What the file of an SQLite database tells before it is opened. Source: SQLite's file format, section 1.3."""

from __future__ import annotations

import pathlib

__all__ = ["is_cut", "sidecars"]

_HEADER = 100  # bytes
_LARGEST_PAGE = 65_536  # which two bytes cannot tell: it is written as 1


def sidecars(path: pathlib.Path) -> list[pathlib.Path]:
    """The files beside a database that are part of it; with bytes in one of the first two, it is not whole without them."""
    return [path.with_name(f"{path.name}-{kind}") for kind in ("wal", "journal", "shm")]


def is_cut(path: pathlib.Path) -> bool:
    """Whether a database is shorter than its header says, which SQLite does not look at.

    Where a log stands beside it, it may be: SQLite writes the header first, and the rest from the log after a crash.
    """
    if not path.is_file() or any(one.is_file() and one.stat().st_size for one in sidecars(path)[:2]):
        return False
    with path.open("rb") as file:
        head = file.read(_HEADER)
    # The count of pages holds where the change counter is the one it was written with.
    if len(head) < _HEADER or not head.startswith(b"SQLite format 3") or head[24:28] != head[92:96]:
        return False
    page = int.from_bytes(head[16:18], "big")
    return path.stat().st_size < int.from_bytes(head[28:32], "big") * (_LARGEST_PAGE if page == 1 else page)
