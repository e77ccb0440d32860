"""Standard output and standard error of the command: where nobody can read them, it ends in words and with an exit code."""

from __future__ import annotations

import codecs
import contextlib
import errno
import io
import os
import signal
import sys
from collections.abc import Generator
from typing import TYPE_CHECKING, Final, TextIO, cast

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["STOPPED", "OutputError", "guarded"]

_FAILED: Final = 1
STOPPED: Final = 130  # what shells give a command that Ctrl-C ended


class OutputError(Exception):
    """Standard output cannot be written. It is no `OSError`, so that no library takes it for one of its own."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(f"cannot write to standard output: {cause.strerror}")
        self.closed = cause.errno == errno.EPIPE


class _Output(io.FileIO):
    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise OutputError(error) from None


class _Words(io.FileIO):
    """Standard error: what cannot be said there must change neither the work nor the exit code."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


@contextlib.contextmanager
def guarded() -> Generator[None]:
    """Run the command inside: Ctrl-C, a closed pipe, a full disk and what the system refuses end it as users expect.

    Ctrl-C is exit code 130, a closed pipe ends the process by its signal as it ends other tools, the rest is an error in words
    and exit code 1. Characters that the terminal's encoding does not have are written as escapes.
    """
    sys.stderr = _over(sys.stderr, _Words)
    sys.stdout = _over(sys.stdout, _Output)
    try:
        yield
    except SystemExit:
        _flush()
        raise
    except KeyboardInterrupt:
        sys.exit(STOPPED)
    except OutputError as error:
        _give_up(error)
    except OSError as error:
        where = "" if error.filename is None else f"{error.filename}: "
        _say(f"Error: {where}{error.strerror or error}")
        sys.exit(_FAILED)
    else:
        _flush()


def _over(stream: TextIO | None, raw: type[io.FileIO]) -> TextIO:
    """The stream over another raw file; as it is where it is closed, or no file as on a console of Windows."""
    buffer = getattr(stream, "buffer", None)
    if not isinstance(stream, io.TextIOWrapper) or not isinstance(getattr(buffer, "raw", buffer), io.FileIO):
        return cast("TextIO", stream)
    stream.flush()
    utf8 = codecs.lookup(stream.encoding).name == "utf-8"  # which lacks no character, but may be given bytes that are none
    errors = stream.errors if utf8 and stream.errors == "surrogateescape" else "backslashreplace"
    file = io.BufferedWriter(raw(stream.fileno(), "w", closefd=False))
    return io.TextIOWrapper(
        file, encoding=stream.encoding, errors=errors, line_buffering=stream.line_buffering or stream.write_through
    )


def _flush() -> None:
    stream: TextIO | None = sys.stdout
    try:
        if stream is not None:
            stream.flush()
    except OutputError as error:
        _give_up(error)


def _give_up(error: OutputError) -> None:
    """End, now that what was written is lost: as other tools do where the reader went away, else in words."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its end
    if error.closed and hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGPIPE)
    if not error.closed:
        _say(f"Error: {error}")
    sys.exit(_FAILED)


def _say(words: str) -> None:
    stream: TextIO | None = sys.stderr
    if stream is not None:
        stream.write(f"{words}\n")
        stream.flush()
