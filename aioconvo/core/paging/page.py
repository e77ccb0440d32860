"""One page of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Generic, TypeVar, overload

import msgspec

from aioconvo.core.answers.response import Response
from aioconvo.core.json.source import when_read
from aioconvo.core.operations.operation import ANY_JSON, Effect, Operation

from .positions import Position

__all__ = ["NO_RESPONSE", "Page"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

NO_RESPONSE: Response[Any] = Response(
    None, 0, {}, b"", 0, 0.0, None, Operation("list", "list", "GET", "/list", ANY_JSON, Effect.READ)
)
"""What a page has that no request was sent for; its status is 0."""


class Page(msgspec.Struct, Generic[T_co], frozen=True, eq=False):
    """One page: its `items`, whether `has_more` may follow, and the `response` it came in.

    It is a sequence of its items: `for item in page`, `page[0]`, `len(page)`. `position` is a text to store:
    `list(..., start=position)` goes on exactly after this page, in any process. `Page.of` makes one for a test.
    """

    _encode_instead: ClassVar[str] = "page.items"

    items: Sequence[T_co]
    has_more: bool
    response: Response[Any]
    _position: Position | str

    @classmethod
    def of(
        cls,
        items: Sequence[T],
        *,
        has_more: bool = False,
        position: str = "a position",
        response: Response[Any] = NO_RESPONSE,
    ) -> Page[T]:
        """A page made by hand, for tests of code that is given pages."""
        return Page(items, has_more, response, position)

    @property
    def position(self) -> str:
        """Where a later walk goes on: exactly after this page."""
        return str(self._position)

    def __len__(self) -> int:
        return len(_items(self))

    def __iter__(self) -> Iterator[T_co]:
        return iter(self.items)

    @overload
    def __getitem__(self, place: int) -> T_co: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T_co]: ...
    def __getitem__(self, place: int | slice) -> T_co | Sequence[T_co]:
        return self.items[place]

    def __repr__(self) -> str:
        return f"<Page of {len(self)} items, has_more={self.has_more}>"


# Who reads the data of a response lets its items know their JSON.
_items: Callable[[Any], Sequence[Any]] = when_read(Page, "items", lambda page: page.response.data)
