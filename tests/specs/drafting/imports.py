"""What a draft may import, and the lines that do."""

from __future__ import annotations

from collections.abc import Collection

from aioconvo.core.answers.identity import names
from aioconvo.core.calls.download import Download
from aioconvo.core.json.model import Model, OpenEnum, Unknown, Variant
from aioconvo.core.operations import markers, rules
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Body, Name, PageSize, Query, Whole
from aioconvo.core.operations.operation import Effect, PageKind
from aioconvo.core.operations.rules import AtLeast, Between, Length, Like, joined, lower_uuid
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.offset import OffsetPager, ResultSet
from aioconvo.core.paging.pagers import Ask, Cursor, CursorPager, Listing, SinglePager, pages_by
from aioconvo.core.paging.paginator import AsyncPaginator

__all__ = ["NAMES", "lines"]

_OWN = (
    (Model, OpenEnum, Unknown, Variant, listing, operation, Body, Name, PageSize, Query, Whole, Effect, PageKind),
    (AtLeast, Between, Length, Like, joined, lower_uuid, Mark, OffsetPager, ResultSet),
    (Ask, Cursor, CursorPager, Listing, SinglePager, pages_by, AsyncPaginator, Download, names),
)
_LINES = {
    "dt": "import datetime as dt",
    "Sequence": "from collections.abc import Sequence",
    **{name: f"from typing import {name}" for name in ("TYPE_CHECKING", "Annotated", "Any", "Literal")},
    **{name: f"from msgspec import {name}" for name in ("UNSET", "UnsetType", "field")},
    "FileSource": f"from {markers.__name__} import FileSource",
    "Time": f"from {rules.__name__} import Time",
    **{one.__name__: f"from {one.__module__} import {one.__name__}" for row in _OWN for one in row},
}
NAMES = frozenset(_LINES)
"""All of them, which nothing else in a draft may be called."""


def lines(used: Collection[str]) -> list[str]:
    """The imports of what is used."""
    return [line for name, line in _LINES.items() if name in used]
