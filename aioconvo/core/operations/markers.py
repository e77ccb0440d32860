"""Where an argument goes that does not go where the others do, and its name on the wire, as markers in `Annotated`.

Without a marker, what the path names goes there, what the pager of a list names goes to the pager, and the rest is the query of
a GET or DELETE and the body of all else, under the name that the resource's `wire_name` makes of it.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from typing import Annotated, ClassVar

import msgspec

from aioconvo.core.encoding.files import Content, File

__all__ = [
    "Body",
    "FileSource",
    "Marker",
    "Name",
    "PageSize",
    "Part",
    "Place",
    "Query",
    "Style",
    "Whole",
    "as_written",
    "camel",
]


class Place(enum.StrEnum):
    """Where an argument goes."""

    PATH = "path"
    QUERY = "query"
    BODY = "body"
    """A member of the body."""
    WHOLE = "whole body"
    PART = "part"
    """A file, a part of a multipart body."""
    PAGE_SIZE = "page size"
    """In the query; lists that differ in it alone are the same list."""
    PAGER = "pager"
    """Nowhere by itself: the pager asks for pages with it."""
    WALK = "walk"
    """`limit`, `start` and `prefetch` of a list, which the walk keeps to."""


class Marker(msgspec.Struct, frozen=True):
    """Base of the markers; `wire` is the argument's name on the wire, where it is another than the style's."""

    wire: str | None = None
    place: ClassVar[Place | None] = None


class Name(Marker, frozen=True):
    """Is named so on the wire."""


class Query(Marker, frozen=True):
    """Stands in the query, whatever the method."""

    place: ClassVar[Place | None] = Place.QUERY


class Body(Marker, frozen=True):
    """Is a member of the body, also where the pager names it."""

    place: ClassVar[Place | None] = Place.BODY


class Whole(Marker, frozen=True):
    """Is the whole body."""

    place: ClassVar[Place | None] = Place.WHOLE


class PageSize(Marker, frozen=True):
    """Says how many items a page holds; stands in the query, and positions do not depend on it."""

    place: ClassVar[Place | None] = Place.PAGE_SIZE


class Part(Marker, frozen=True):
    """Is a file of a `multipart/form-data` body."""

    place: ClassVar[Place | None] = Place.PART


FileSource = Annotated[File | Content, Part()]
"""A file to send: `File`, or its bytes, its path (`Path("x.png")`), or an async iterable of bytes."""


Style = Callable[[str], str]
"""Makes names on the wire of those in Python."""


def as_written(name: str) -> str:
    """`from_` as `from`, anything else as it is."""
    return name.rstrip("_")


def camel(name: str) -> str:
    """`display_name` as `displayName`."""
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name.rstrip("_"))
