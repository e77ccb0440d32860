"""One member of all items of a page at once: a loop in C for what a Python call an item would cost more than the decode.

Pages are plain as a rule: every item has its id and its time, and they are sorted. Whatever is not so gives `None` or
false here and is left to functions that look at one item at a time.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

__all__ = ["Column", "column", "direction", "identities", "in_order", "ties"]

T = TypeVar("T")

Column = Callable[[list[T]], list[Any] | None]


def column(members: Callable[[list[T]], list[Any]]) -> Column[T]:
    """What reads a member of every item, and gives `None` where an item lacks it."""

    def read(items: list[T]) -> list[Any] | None:
        try:
            return members(items)
        except AttributeError:  # an item that is no object at all
            return None

    return read


def identities(members: Callable[[list[T]], list[Any]]) -> Column[T]:
    """What reads the id of every item, and gives `None` where one has none."""
    read = column(members)

    def read_all(items: list[T]) -> list[Any] | None:
        values = read(items)
        return values if values is not None and all(values) else None

    return read_all


def direction(values: list[Any]) -> bool | None:
    """Whether the values descend; `None` where they are not sorted, do not compare, or where there are none."""
    try:
        descending: bool = values[0] > values[-1]
    except (IndexError, TypeError):
        return None
    return descending if in_order(values, descending=descending) else None


def in_order(values: list[Any], *, descending: bool) -> bool:
    """Whether the values are sorted; no where they do not compare, such as naive datetimes beside aware ones."""
    try:
        return sorted(values, reverse=descending) == values
    except TypeError:
        return False


def ties(values: Iterable[Any]) -> int:
    """How many values, from the first on, are equal."""
    return sum(1 for _ in next(itertools.groupby(values), (None, ()))[1])
