"""A lock that one process has at a time, and that ends with it, whatever ends that."""

from __future__ import annotations

import contextlib
import errno
import os
import pathlib
import sys
import time

__all__ = ["Lock"]

_LOOK = 0.05  # seconds between two tries


class Lock:
    """A lock on a file of its own, which is there as long as somebody holds it, or was killed with it."""

    def __init__(self, path: pathlib.Path, *, mode: int = 0o666) -> None:
        self.path = path
        self._mode = mode
        self._file: int | None = None

    def take(self, patience: float) -> None:
        """Take it, waiting so many seconds at most. Raises `BlockingIOError`: another has it."""
        until = time.monotonic() + patience
        while self._file is None:
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), self._mode)
            try:
                _lock(file)
            except OSError as error:
                os.close(file)
                if error.errno not in {errno.EACCES, errno.EAGAIN, errno.EDEADLK}:
                    raise
                if time.monotonic() >= until:
                    raise BlockingIOError(errno.EAGAIN, "another process has the lock") from None
                time.sleep(_LOOK)
                continue
            if self._is_there(file):
                self._file = file
            else:  # who had it before has deleted it meanwhile
                os.close(file)

    def release(self) -> None:
        """Let it go; may be called again."""
        file, self._file = self._file, None
        if file is None:
            return
        if sys.platform == "win32":  # where no file is deleted that is open
            os.close(file)
            with contextlib.suppress(OSError):
                self.path.unlink()
        else:
            with contextlib.suppress(OSError):
                self.path.unlink()
            os.close(file)

    def is_taken(self) -> bool:
        """Whether another has it now."""
        if self._file is not None:
            return False
        try:
            file = os.open(self.path, os.O_RDWR)
        except OSError:
            return False
        try:
            _lock(file)
        except OSError:
            return True
        finally:
            os.close(file)
        return False

    def _is_there(self, file: int) -> bool:
        try:
            return os.path.samestat(self.path.stat(), os.fstat(file))
        except FileNotFoundError:
            return False


def _lock(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 -- only there

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415 -- not there

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
