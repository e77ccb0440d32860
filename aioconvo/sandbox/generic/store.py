"""What was created, changed and removed, by the paths of collections and of things that stand alone."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

__all__ = ["Collection", "Item"]


@dataclasses.dataclass(slots=True)
class Item:
    """What is known of a thing: `number` is its place in the order of its collection, `at` when it was made.

    One that was not `made` by a call was there from the start.
    """

    id: str
    number: int
    at: int
    facts: dict[str, Any]
    made: bool = False


class Collection:
    """Things by their ids, in the order in which they were made."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.gone: set[str] = set()
        self._numbers = itertools.count(1)

    def add(self, key: str, at: int, facts: dict[str, Any], *, made: bool = False) -> Item:
        """A new thing."""
        self.gone.discard(key)
        item = self.items[key] = Item(key, next(self._numbers), at, facts, made)
        return item

    def remove(self, key: str) -> None:
        """It is gone, and known to be."""
        self.items.pop(key, None)
        self.gone.add(key)
