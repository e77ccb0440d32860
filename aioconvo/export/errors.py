"""What an export refuses, and what a target cannot do."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Generator

from aioconvo.core.errors import AioconvoError

__all__ = ["DAMAGED", "ExportError", "TargetError", "target_errors"]

DAMAGED = "the database is damaged; put a backup in its place, or start over (--fresh)"
_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than this system allows",
    errno.EACCES: "no permission to write there",
    errno.EPERM: "no permission to write there",
    errno.EROFS: "the file system is read-only",
    errno.ENOTDIR: "a part of the path is a file, not a directory",
    errno.ENOENT: "no such file or directory",
    errno.EIO: "the disk reports an error",
    errno.EAGAIN: "another export is writing there; wait for it to end",
}
# SQLite's own words, which its error codes of Python 3.11 on do not tell more of.
_SQLITE_REASONS = (
    ("full", "the disk is full"),
    ("locked", "another program is writing there; wait for it to end"),
    ("readonly", "no permission to write there"),
    ("unable to open", "it cannot be opened there: is the directory missing, or not writable?"),
    ("not a database", "the file there is something else, no SQLite database; name another file"),
    ("malformed", DAMAGED),
    ("disk i/o", "the disk is full, or reports an error"),
)


class ExportError(AioconvoError):
    """An export cannot go on as asked: another account or other options than the target holds, or wrong arguments."""


class TargetError(ExportError):
    """A target cannot be opened, read or written; what was committed to it before is intact."""


@contextlib.contextmanager
def target_errors(target: str | os.PathLike[str]) -> Generator[None]:
    """Turn what the system and SQLite raise into a `TargetError` that says what is wrong with the target."""
    try:
        yield
    except sqlite3.Error as error:
        words = str(error)
        reason = next((reason for part, reason in _SQLITE_REASONS if part in words.lower()), words)
        raise TargetError(f"{os.fspath(target)}: {reason}") from error
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, error.strerror or type(error).__name__)
        raise TargetError(f"{os.fspath(target)}: {reason}") from error
