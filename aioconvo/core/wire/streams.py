"""Bodies that go over the wire piece by piece: files that are sent, and those that are received into a sink."""

from __future__ import annotations

import asyncio
import concurrent.futures.thread  # noqa: F401 # pyright: ignore[reportUnusedImport] -- `asyncio` would load it in the loop
import contextlib
import os
import stat
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import aiohttp
from aiohttp.hdrs import CONTENT_ENCODING, CONTENT_TYPE

from aioconvo.core.encoding.files import Pathlike, Upload
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.json.faults import BrokenBodyError

from .inflate import Inflater

__all__ = ["Sending", "Sink", "is_poured", "pour", "raise_own_failure", "sending"]

_PIECE = 1 << 18  # bytes of a file at once
_INFLATED_AT_ONCE = 1 << 12  # bytes: they become up to 1,032 times as many
_ANY_SIZE = 1 << 62


class Sink(Protocol):
    """Takes the body of a good answer; `failure` is what kept it from doing so.

    `any_file`: whatever comes is the file, also what may else tell of an error.
    """

    any_file: bool
    failure: BaseException | None
    complete: bool

    async def begin(self) -> None:
        """Forget what an earlier try brought."""
        ...

    async def write(self, piece: bytes) -> None:
        """Take the next bytes."""
        ...


class Sending:
    """An upload in one try: further headers, and its pieces."""

    def __init__(self, upload: Upload, file: BinaryIO | None, size: int | None) -> None:
        self.size = size
        self.headers = {} if size is None else {"Content-Length": str(len(upload) + size)}
        self.pieces = _pieces(upload, upload.content if file is None else _in_file(file), size)
        self._file = file

    async def close(self) -> None:
        """Let go of the file."""
        with contextlib.suppress(RuntimeError):  # who reads it was cancelled just now, and lets go itself
            await self.pieces.aclose()
        if self._file is not None:
            await asyncio.to_thread(self._file.close)


async def sending(upload: Upload) -> Sending:
    """An upload made ready.

    Raises:
        InvalidRequestError: The file cannot be read, or is too large; nothing was sent.
    """
    if not isinstance(upload.content, Pathlike):
        return Sending(upload, None, None)
    try:
        made = Sending(upload, *await asyncio.to_thread(_opened, upload.content))
    except OSError as error:
        raise InvalidRequestError(f"the file to send cannot be read: {error.strerror}") from None
    try:
        upload.check_size(made.size or 0)
    except InvalidRequestError:
        await made.close()
        raise
    return made


def _opened(path: Pathlike) -> tuple[BinaryIO, int | None]:
    """The file, and its size where it has one."""
    file = Path(path).open("rb")  # noqa: SIM115 -- closed when it was sent
    told = os.fstat(file.fileno())
    return file, told.st_size if stat.S_ISREG(told.st_mode) else None


async def _in_file(file: BinaryIO) -> AsyncGenerator[bytes]:
    while piece := await asyncio.to_thread(file.read, _PIECE):
        yield piece


async def _pieces(upload: Upload, content: Any, size: int | None) -> AsyncGenerator[bytes]:
    try:
        upload.spent = not upload.repeatable
        upload.given = 0
        if upload.head:
            yield upload.head
        async for piece in content:
            _check(upload.given + len(piece), 0, size)
            upload.given += len(piece)
            upload.check_size(upload.given)
            yield piece
            del piece  # tools print the locals of the frames of errors
        _check(upload.given, size, size)
        if upload.tail:
            yield upload.tail
    except Exception as error:
        # Of its traceback only what lies below us: other frames hold pieces of the file.
        upload.failure = error.with_traceback(None if error.__traceback__ is None else error.__traceback__.tb_next)
        upload.trace = error.__traceback__
        raise


def raise_own_failure(*streams: object) -> None:
    """Raise what kept a file from being read, or what came from being taken: it is not the connection's fault."""
    for one in streams:
        failure: BaseException | None = getattr(one, "failure", None)
        if failure is not None:
            try:
                raise failure.with_traceback(getattr(one, "trace", None)) from None
            finally:
                failure.__context__ = None


def _check(given: int, least: int | None, most: int | None) -> None:
    """Refuse another size than was promised, before the request is whole: none of it then counts."""
    if least is not None and most is not None and not least <= given <= most:
        raise InvalidRequestError("the file to send changed while it was read")


async def pour(response: aiohttp.ClientResponse, sink: Sink) -> int:
    """The plain body into a sink as it comes; how many bytes came over the wire.

    Raises:
        BrokenBodyError: The body is cut, damaged, or may be cut because nothing tells where it ends.
    """
    encoding = response.headers.get(CONTENT_ENCODING, "")
    inflater = Inflater(encoding, _ANY_SIZE)
    try:
        await _take(sink, None)
        while piece := await response.content.readany():
            for start in range(0, len(piece), _INFLATED_AT_ONCE):
                inflater.feed(piece[start : start + _INFLATED_AT_ONCE])
                await _take(sink, inflater.drain())
        inflater.finish()
        if not encoding and "Content-Length" not in response.headers and "Transfer-Encoding" not in response.headers:
            raise BrokenBodyError("the answer does not tell where it ends, so that it may be cut", cut=True)
        sink.complete = True
        return inflater.taken
    finally:
        inflater.clear()


def is_poured(response: aiohttp.ClientResponse, *, any_file: bool) -> bool:
    """Whether a body is the file that was asked for: errors, and what may tell of one, are read whole."""
    kind = response.headers.get(CONTENT_TYPE, "").partition(";")[0].strip().lower()
    return response.ok and (any_file or not kind.endswith(("json", "html")))


async def _take(sink: Sink, piece: bytes | None) -> None:
    try:
        await (sink.begin() if piece is None else sink.write(piece))
    except Exception as error:
        sink.failure = error
        raise
