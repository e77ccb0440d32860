"""One call of any operation from the command line: what it answers, as JSON, or into a file."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from collections.abc import Mapping
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, TextIO

import typer

from aioconvo.core.calls.download import Download
from aioconvo.core.errors import AioconvoError, ConfigurationError, InvalidRequestError, UnsupportedError
from aioconvo.core.json.codec import encode
from aioconvo.core.operations.operation import Effect, Operation
from aioconvo.core.paging.paginator import AsyncPaginator

from .choosing import expanded
from .connection import Connection
from .listings import Listing
from .streams import STOPPED
from .writing import on_a_line, write_all

__all__ = ["Call", "confirm", "run", "somebody_is_there"]

_WRONG_USE: Final = (ConfigurationError, InvalidRequestError, UnsupportedError)
_DOES: Final = {
    Effect.PAID: "costs money",
    Effect.UNSAFE: "changes something, each time anew",
    Effect.IDEMPOTENT: "changes something",
}
_STDOUT: Final = "-"
_FAILED: Final = 1


@dataclasses.dataclass(frozen=True)
class Call:
    """What is to be called: `name` in Python (`sms.send`), the method, its arguments, where the answer goes."""

    name: str
    method: Any
    arguments: Mapping[str, Any]
    out: str | None
    base_url: str | None
    connection: Connection

    @property
    def operation(self) -> Operation[Any]:
        """Its operation."""
        operation: Operation[Any] = self.method.operation
        return operation

    def words(self, error: AioconvoError) -> str:
        """What an error says of arguments, with the names that options have."""
        return Listing(self.operation.provider, self.name, self.method).in_options(str(error))


def confirm(call: Call) -> None:
    """Ask before what changes or costs is sent.

    Raises:
        typer.BadParameter: There is nobody to ask.
        typer.Exit: It shall not be sent.
    """
    effect = call.operation.effect
    if effect is Effect.READ:
        return
    told = f"{call.operation.python} {_DOES[effect]}"
    if not somebody_is_there():
        raise typer.BadParameter(f"{told}, and nobody can be asked here: give --yes to send it")
    if (code := _refused(told)) is not None:
        typer.echo("Nothing was sent.", err=True)
        raise typer.Exit(code)


def _refused(told: str) -> int | None:
    """The exit code where it shall not be sent."""
    try:
        return None if typer.confirm(f"{told}. Send it?", err=True) else _FAILED
    except typer.Abort as stopped:
        typer.echo(err=True)
        return STOPPED if isinstance(stopped.__context__, KeyboardInterrupt) else _FAILED


def somebody_is_there() -> bool:
    """Whether a question would be read by a person."""
    stream: TextIO | None = sys.stdin  # it may be closed
    return stream is not None and stream.isatty()


def run(call: Call, *, position: bool) -> int:
    """Make the call and show its answer; the exit code: 0, 1 where it failed, 2 for wrong use."""
    walk = _Caller(call)
    try:
        asyncio.run(walk.run())
    except AioconvoError as error:
        wrong_use = isinstance(error, _WRONG_USE)
        typer.echo(f"Error: {call.words(error) if wrong_use else error}", err=True)
        return 2 if wrong_use else 1
    finally:
        if position and walk.position is not None:
            typer.echo(walk.position, err=True)
    return 0


class _Caller:
    def __init__(self, call: Call) -> None:
        self.position: str | None = None
        self._call = call

    async def run(self) -> None:
        call = self._call
        async with call.connection.pool() as pool:
            client = call.connection.client(call.operation.provider, pool, base_url=call.base_url)
            answered: Any = attrgetter(call.name)(client)(**call.arguments)
            if call.operation.page_kind is not None:
                await self._list(answered)
            elif isinstance(answered, Download):
                await self._file(answered)
            elif isinstance(answered, str):  # an address for a browser, for which nothing was sent
                await self._write(answered.encode() + b"\n")
            elif (answer := await answered) is not None:
                await self._write(answer if isinstance(answer, bytes) else on_a_line(encode(answer)))

    async def _list(self, listed: AsyncPaginator[Any]) -> None:
        pages, first = listed.pages(), True
        try:
            async for page in pages:
                await self._write(b"".join(on_a_line(encode(item)) for item in page.items), anew=first)
                self.position, first = page.position, False
        finally:
            await pages.aclose()

    async def _file(self, download: Download) -> None:
        out = self._call.out
        terminal: TextIO | None = sys.stdout  # it may be closed
        if out is None and terminal is not None and terminal.isatty():
            raise InvalidRequestError("the answer is a file: say where it goes with --out FILE, or --out - for the terminal")
        if out is None or out == _STDOUT:
            await self._write(await download)
        else:
            await download.save(expanded(out))

    async def _write(self, data: bytes, *, anew: bool = True) -> None:
        out = self._call.out
        if out is None or out == _STDOUT:
            await write_all(data)
        else:
            await asyncio.to_thread(_put, Path(expanded(out)), data, anew=anew)


def _put(path: Path, data: bytes, *, anew: bool) -> None:
    try:
        with path.open("wb" if anew else "ab") as file:
            file.write(data)
    except OSError as error:
        error.filename = str(path)  # which that of a full disk does not have
        raise
