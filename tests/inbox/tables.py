"""The mapping tables in the docstrings of the inboxes, read back: what a row says a neutral field must hold."""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_ROW = re.compile(r"    ([a-z_]+(?:\.[a-z_]+)?) +(\S.*)")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Row(NamedTuple):
    """One row: which field of which neutral struct comes from where."""

    struct: str
    field: str
    source: str


def rows(docstring: str) -> list[Row]:
    """Every row of every table of a module's docstring."""
    found: list[Row] = []
    struct = ""
    for line in docstring.splitlines():
        heading = re.fullmatch(r"    ([A-Z]\w+) +native", line)
        row = _ROW.fullmatch(line)
        if heading:
            struct = heading[1]
        elif row and struct:
            found.append(Row(struct, row[1], row[2]))
        elif line.startswith(" " * 27) and found:
            found[-1] = found[-1]._replace(source=f"{found[-1].source} {line.strip()}")
    return found


def held(neutral: Any, field: str) -> list[Any]:
    """What the neutral struct holds there: as a list, nothings left out."""
    return _plain(_resolve(neutral, field.split(".")), field)


def promised(row: Row, native: Any, asked: str, count: int) -> list[Any]:
    """What the row says it must hold; `count` is how many values of an `always` there are."""
    field, source = row.field, row.source
    if source == "not told":
        return []
    if source.startswith("always "):
        return [source.removeprefix("always ")] * count
    if source.endswith(" above 0"):
        return [value > 0 for value in _resolve(native, [source.removesuffix(" above 0")])]
    if " and " in source:
        parts = [value for name in source.split(" and ") for value in _resolve(native, [name])]
        return [" ".join(filter(None, parts))] if any(parts) else []
    places, _, words = source.partition(": ")
    meanings = dict(pair.split(" is ") for pair in words.split(", ")) if words else None
    many = field.partition(".")[0]
    if places.startswith(f"{many}.") and many in {"participants", "attachments"}:
        inner = places.replace(f"{many}.", "")
        found = [value for one in getattr(native, many, None) or () for value in _first(one, inner, asked, field)[:1]]
    else:
        found = _first(native, places, asked, field)
        found = found if many in {"attachments", "channels"} else found[:1]
    return found if meanings is None else [meanings[str(value)] for value in found if str(value) in meanings]


def _first(native: Any, places: str, asked: str, field: str) -> list[Any]:
    """The values of the first of these places that has any."""
    for place in places.split(", else "):
        found = [asked] if place == "as asked" else _plain(_resolve(native, place.split(".")), field)
        if found:
            return found
    return []


def _resolve(value: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _resolve(item, path)
    elif path:
        step = value.get(path[0]) if isinstance(value, dict) else getattr(value, path[0], None)
        yield from _resolve(step, path[1:])
    elif value is not None:
        yield value


def _plain(values: Iterator[Any], field: str) -> list[Any]:
    found: list[Any] = []
    for value in values:
        plain = value.value if isinstance(value, enum.Enum) else value
        if isinstance(plain, int) and field == "sent_at":
            plain = _EPOCH + dt.timedelta(milliseconds=plain)
        if plain != "":
            found.append(plain)
    return found
