"""One member of all items of a page at once: a loop in C for what a Python call an item would cost more than the decode.

Pages are plain as a rule: every item has its id and its time, and they are sorted. Whatever is not so gives `None` or
false here and is left to functions that look at one item at a time.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

__all__ = ["Column", "column", "in_order", "ties"]

T = TypeVar("T")

Column = Callable[[list[T]], list[Any] | None]


def column(members: Callable[[list[T]], list[Any]]) -> Column[T]:
    """What reads a member of every item, and gives `None` where an item lacks it or has nothing in it."""

    def read(items: list[T]) -> list[Any] | None:
        try:
            values = members(items)
        except AttributeError:  # an item that is no object at all
            return None
        return values if all(values) else None

    return read


def in_order(values: list[Any], *, descending: bool) -> bool:
    """Whether the values are sorted; no where they do not compare, such as naive datetimes beside aware ones."""
    try:
        return sorted(values, reverse=descending) == values
    except TypeError:
        return False


def ties(values: Iterable[Any]) -> int:
    """How many values, from the first on, are equal."""
    return sum(1 for _ in next(itertools.groupby(values), (None, ()))[1])
