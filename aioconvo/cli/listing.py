"""One list from the command line: its items as they come, as JSON or as a table, in flat memory."""

from __future__ import annotations

import asyncio
import datetime as dt
import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from aioconvo.core.errors import AioconvoError, ConfigurationError, InvalidRequestError, UnsupportedError
from aioconvo.core.json.codec import encode
from aioconvo.core.json.model import raw_json

from .connection import Connection
from .listings import Listing
from .writing import on_a_line, write_all

__all__ = ["cells", "columns", "line", "run"]

_WRONG_USE = (ConfigurationError, InvalidRequestError, UnsupportedError)
_MOST_COLUMNS = 8
_WIDEST = 60  # characters of a sentence


def run(
    listing: Listing, arguments: Mapping[str, Any], *, connection: Connection, base_url: str | None, json: bool, position: bool
) -> int:
    """Print the list; the exit code: 0, 1 where it failed on the way, 2 for wrong use.

    With `position`, the last thing on standard error is the place after the last page that was printed whole, however it ended.
    """
    walk = _Walk(listing, arguments, connection, base_url, json=json)
    try:
        asyncio.run(walk.run())
    except AioconvoError as error:
        wrong_use = isinstance(error, _WRONG_USE)
        typer.echo(f"Error: {listing.in_options(str(error)) if wrong_use else error}", err=True)
        return 2 if wrong_use else 1
    finally:
        if position and walk.position is not None:
            typer.echo(walk.position, err=True)
    return 0


class _Walk:
    def __init__(
        self, listing: Listing, arguments: Mapping[str, Any], connection: Connection, base_url: str | None, *, json: bool
    ) -> None:
        self.position: str | None = None
        self._listing = listing
        self._arguments = arguments
        self._connection = connection
        self._base_url = base_url
        self._json = json
        self._columns: Sequence[str] = ()

    async def run(self) -> None:
        async with self._connection.pool() as pool:
            client = self._connection.client(self._listing.provider, pool, base_url=self._base_url)
            pages = self._listing.call(client, self._arguments).pages()
            try:
                async for page in pages:
                    await write_all(self._shown([self._listing.shown(item) for item in page.items]))
                    self.position = page.position
            finally:
                await pages.aclose()

    def _shown(self, items: Sequence[Any]) -> bytes:
        if self._json:
            return b"".join(map(line, items))
        head = not self._columns
        self._columns = self._columns or columns(items)
        return _table(self._columns, items, head=head)


def line(item: Any) -> bytes:
    """An item as it came from the API, on one line."""
    raw = raw_json(item)
    return on_a_line(encode(item) if raw is None else raw)  # a text is no struct, and came as it is


def columns(items: Iterable[Any]) -> list[str]:
    """What a table shows of items like these: their first fields of text, number or time that any of them has."""
    found: dict[str, None] = {}
    for item in items:
        found.update((name, None) for name, value in cells(item) if value)
    declared = [name for item in items for name, _ in cells(item)]
    return sorted(found, key=declared.index)[:_MOST_COLUMNS]


def cells(item: Any, under: str = "") -> Iterator[tuple[str, str]]:
    """The plain fields of an item and of the structs in it, by their dotted names, as text that a terminal can show."""
    if isinstance(item, str):
        yield "value", _shown_text(item)
    for name in getattr(item, "__struct_fields__", ()):
        value = getattr(item, name)
        if isinstance(value, msgspec.Struct) and not under:
            yield from cells(value, f"{name}.")
        elif isinstance(value, dt.datetime):
            yield under + name, value.isoformat(sep=" ", timespec="seconds").replace("+00:00", "Z")
        elif isinstance(value, enum.Enum):
            yield under + name, _shown_text(str(value.value))
        elif isinstance(value, str | int | float):
            yield under + name, _shown_text(str(value))


def _shown_text(text: str) -> str:
    """Without what a terminal would obey; sentences are cut to a cell, ids never."""
    shown = "".join(character if character.isprintable() else " " for character in text)
    return shown if len(shown) <= _WIDEST or " " not in shown else f"{shown[: _WIDEST - 3]}..."


def _table(names: Sequence[str], items: Sequence[Any], *, head: bool) -> bytes:
    """Rows in columns; names that are cut or folded help nobody, so a narrow terminal wraps the lines itself."""
    drawn = Table(box=None, pad_edge=False, show_header=head)
    for name in names:
        drawn.add_column(name, no_wrap=True)
    for item in items:
        known = dict(cells(item))
        drawn.add_row(*(Text(known.get(name, "")) for name in names))
    console = Console(width=100_000)
    console = Console(width=max(1, console.measure(drawn).maximum))
    with console.capture() as captured:
        console.print(drawn)
    return "".join(f"{row.rstrip()}\n" for row in captured.get().splitlines()).encode()
