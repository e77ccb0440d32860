"""A bounded line from those who bring to the one who takes: the next waits until there is room."""

from __future__ import annotations

import asyncio
import collections
from typing import Generic, TypeVar

__all__ = ["Belt"]

T = TypeVar("T")


class Belt(Generic[T]):
    """Keeps the order in which things were brought, also between those who had to wait."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._things: collections.deque[T] = collections.deque()
        self._turn = asyncio.Lock()
        self._taken = asyncio.Event()
        self._brought = asyncio.Event()
        self._ended = False

    @property
    def turn(self) -> asyncio.Lock:
        """Held by who brings; what is decided under it happens in the order of the line."""
        return self._turn

    @property
    def is_full(self) -> bool:
        """Whether the next would wait."""
        return len(self._things) >= self._room

    async def put(self, thing: T) -> None:
        """Bring something; the caller holds `turn`."""
        while self.is_full:
            self._taken.clear()
            await self._taken.wait()
        self._things.append(thing)
        self._brought.set()

    def end(self) -> None:
        """Nothing more will be brought."""
        self._ended = True
        self._brought.set()

    async def take(self) -> T | None:
        """The next; `None` at the end."""
        while not self._things:
            if self._ended:
                return None
            self._brought.clear()
            await self._brought.wait()
        self._taken.set()
        return self._things.popleft()

    def take_waiting(self, most: int) -> list[T]:
        """What is there already, at most so much."""
        taken = [self._things.popleft() for _ in range(min(most, len(self._things)))]
        self._taken.set()
        return taken
