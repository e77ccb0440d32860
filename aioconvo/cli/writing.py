"""Writing to standard output from a running event loop, which a reader that pauses must not hold up."""

from __future__ import annotations

import asyncio
import os
import select
import sys
from typing import Final, TextIO

from .streams import OutputError

__all__ = ["on_a_line", "write_all"]

_NEVER_BLOCKS: Final = getattr(select, "PIPE_BUF", 512)  # bytes; a pipe that takes any takes as many


def on_a_line(raw: bytes) -> bytes:
    """JSON on one line: line ends between its parts, which JSON allows, are blanks."""
    return raw.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n"


async def write_all(data: bytes) -> None:
    """Write all of it to standard output; where its reader pauses, Ctrl-C ends the wait.

    Raises:
        OutputError: It cannot be written.
    """
    stream: TextIO | None = sys.stdout  # it may be closed
    if stream is None:
        return
    try:
        number = stream.fileno()
    except OSError:  # no file
        number = None
    if number is None or os.name == "nt":
        stream.buffer.write(data)
        stream.buffer.flush()
        return
    left = memoryview(data)
    while left:
        if not select.select([], [number], [], 0)[1]:
            await _writable(number)
        try:
            left = left[os.write(number, left[:_NEVER_BLOCKS]) :]
        except OSError as error:
            raise OutputError(error) from None


async def _writable(number: int) -> None:
    loop, came = asyncio.get_running_loop(), asyncio.Event()
    loop.add_writer(number, came.set)
    try:
        await came.wait()
    finally:
        loop.remove_writer(number)
