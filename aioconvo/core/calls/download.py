"""Files that are received: whole, as text, or straight to a file."""

from __future__ import annotations

import asyncio
import errno
import os
import secrets
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from aioconvo.core.errors import ResponseDecodeError
from aioconvo.core.json.mend import charset_of
from aioconvo.core.operations.operation import Request

if TYPE_CHECKING:
    from .client import APIClient

__all__ = ["Download"]


class Download:
    """A file of an API, which is asked for when it is awaited or saved, each time anew.

    - `await download`: its bytes, up to the pool's `max_body`.
    - `await download.text()`: the same as text.
    - `await download.save(path)`: straight to a file, of any size.

    It is there whole or not at all: what is cut is asked for again, and raises where it stays so. The client's `timeout` bounds
    each try; give it more for a large file: `client.with_options(timeout=600)`.
    """

    __slots__ = ("_client", "_request")

    def __init__(self, client: APIClient, request: Request[bytes]) -> None:
        self._client = client
        self._request = request

    @classmethod
    def of_call(cls, client: APIClient, request: Request[bytes]) -> Self:
        """What a call gives that is declared to give a download."""
        return cls(client, request)

    def __await__(self) -> Generator[Any, None, bytes]:
        return self._bytes().__await__()

    async def _bytes(self) -> bytes:
        return await self._client.call(self._request) or b""  # an API may answer that there is none

    async def text(self) -> str:
        """The file as text, in the charset that the answer names, else UTF-8.

        Raises:
            ResponseDecodeError: It is no text in that charset.
        """
        response = await self._client.send(self._request)
        charset = charset_of(response.headers) or "utf-8"
        try:
            return (response.data or b"").decode("utf-8-sig" if charset.lower() in {"utf-8", "utf8"} else charset)
        except (UnicodeDecodeError, LookupError):
            facts = response.operation.facts(
                attempts=response.attempts, elapsed=response.elapsed, request_id=response.request_id, status=response.status
            )
            raise ResponseDecodeError(f"the file is no text in {charset[:40]!r}", facts, response.status) from None

    async def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the file to `path`, in place of what is there; the path.

        It is written beside its place first, and takes that when it is whole. A link goes on to lead where it led; a device or
        a pipe, such as `/dev/stdout`, is written to and stays what it is.

        Raises:
            OSError: It cannot be written.
        """
        target, beside = await asyncio.to_thread(_places, Path(path))
        sink = _FileSink(beside, any_file=self._request.operation.any_file)
        try:
            response = await self._client.send(self._request, into=sink)
            if not sink.complete:  # it came at once
                await sink.begin()
                await sink.write(response.data or b"")
            await asyncio.to_thread(sink.move, target)
        except OSError as error:
            if error.filename in {str(beside), None}:
                error.filename = str(path)  # which the caller knows
            raise
        finally:
            await asyncio.to_thread(sink.discard)
        return Path(path)

    def __repr__(self) -> str:
        return f"<Download ({self._request.operation.python}): await it for its bytes, or its .text() or .save(path)>"


def _places(path: Path) -> tuple[Path, Path]:
    """Where the file goes, and where it grows until it is whole. Raises `OSError` for what can be no file's place."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    name = f"{secrets.token_hex(4)}.part"
    if path.exists() and not path.is_file():  # nothing may take the place of a device, nor grow beside it
        return path, Path(tempfile.gettempdir()) / f"aioconvo.{name}"
    target = path.resolve()
    return target, target.with_name(f".{target.name}.{name}")


class _FileSink:
    """A file that is begun anew for each try; its work is done in threads."""

    def __init__(self, path: Path, *, any_file: bool) -> None:
        self.any_file = any_file
        self.failure: BaseException | None = None
        self.complete = False
        self._path = path
        self._file: BinaryIO | None = None

    async def begin(self) -> None:
        """Forget what an earlier try brought."""
        if self._file is None:
            self._file = await asyncio.to_thread(self._path.open, "wb")
        else:
            await asyncio.to_thread(self._empty, self._file)

    async def write(self, piece: bytes) -> None:
        """Take the next bytes."""
        if self._file is not None and piece:
            await asyncio.to_thread(self._file.write, piece)

    def move(self, target: Path) -> None:
        """Give the file its place."""
        if self._file is not None:
            self._file.close()
        if target.exists() and not target.is_file():
            with self._path.open("rb") as file, target.open("wb") as into:
                shutil.copyfileobj(file, into)
        else:
            self._path.replace(target)

    def discard(self) -> None:
        """Leave nothing behind; what has its place stays."""
        if self._file is not None:
            self._file.close()
        self._path.unlink(missing_ok=True)

    @staticmethod
    def _empty(file: BinaryIO) -> None:
        file.seek(0)
        file.truncate()
