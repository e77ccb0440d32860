"""Files that take the place of others: whole or not at all, with the access rights of what was there.

What is no regular file is never replaced: a link is followed, and what it leads to is replaced.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import uuid
from collections.abc import Callable, Generator
from typing import BinaryIO

from .errors import TargetError

__all__ = ["appearing", "keep_rights", "put", "regular", "replaced", "sync"]

_OWNER_ALONE = 0o600


def regular(path: pathlib.Path) -> None:
    """Raise `TargetError` where something is there, behind links, that is no regular file."""
    if path.exists() and not path.is_file():
        kind = "a directory" if path.is_dir() else "no regular file but a device or pipe"
        raise TargetError(f"{path} is {kind}; name another file")


@contextlib.contextmanager
def appearing(path: pathlib.Path) -> Generator[BinaryIO, None, None]:
    """A file for writing that gets its name when it is whole and on disk; a new one is its owner's alone to read.

    A device or a pipe is written through: what it cannot take, it says itself.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as through:
            yield through
        return
    place = path.resolve()
    temporary = _beside(place)
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        put(temporary, place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def replaced(path: pathlib.Path, make: Callable[[pathlib.Path, pathlib.Path], None]) -> None:
    """Put in a file's place what `make(old, new)` makes of it; who has it open keeps the old one."""
    place = path.resolve()
    temporary = _beside(place)
    try:
        make(place, temporary)
        sync(temporary)
        put(temporary, place)
    finally:
        temporary.unlink(missing_ok=True)


def put(new: pathlib.Path, place: pathlib.Path) -> None:
    """Give a file its name, and the rights of what had it."""
    keep_rights(place, new)
    os.replace(new, place)  # noqa: PTH105 -- the word for what it does
    sync(place.parent)


def keep_rights(old: pathlib.Path, new: pathlib.Path) -> None:
    """The mode and, as far as we may, the owner of the old file, where there is one, for the new one."""
    try:
        before = old.stat()
    except FileNotFoundError:
        return
    shutil.copymode(old, new)
    if hasattr(os, "chown"):
        with contextlib.suppress(PermissionError):
            os.chown(new, before.st_uid, before.st_gid)


def sync(path: pathlib.Path) -> None:
    """Make a file, or the names in a directory, survive a power cut."""
    if os.name == "nt" and path.is_dir():  # where directories cannot be opened
        return
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _beside(place: pathlib.Path) -> pathlib.Path:
    return place.with_name(f".{place.name}.{uuid.uuid4().hex[:12]}.part")
