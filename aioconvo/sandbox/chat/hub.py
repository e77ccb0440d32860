"""Telling pages that are open what happens, from whatever thread it happens in."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Generator
from typing import Any, Final

__all__ = ["Hub"]

_MOST: Final = 2_000  # of what a page has not read yet; one that is slower is let go, and connects again
_PULSE: Final = 15.0  # seconds


class Hub:
    """Hands what it is told to every listener."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queues: set[asyncio.Queue[dict[str, Any] | None]] = set()

    @property
    def listened(self) -> bool:
        """Whether anybody listens."""
        return bool(self._queues)

    def start(self) -> None:
        """Be told from any thread from now on, for listeners of the running loop."""
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """End every listener."""
        self._hand(None)
        self._loop = None

    def tell(self, what: dict[str, Any]) -> None:
        """Hand it to every listener."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._hand, what)

    @contextlib.contextmanager
    def listening(self) -> Generator[AsyncIterator[dict[str, Any]]]:
        """What is told from here on; an empty dict every 15 seconds, by which a dead page is noticed."""
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(_MOST)
        self._queues.add(queue)
        try:
            yield _read(queue)
        finally:
            self._queues.discard(queue)

    def _hand(self, what: dict[str, Any] | None) -> None:
        for queue in list(self._queues):
            if what is None or queue.full():
                self._queues.discard(queue)
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(what)


async def _read(queue: asyncio.Queue[dict[str, Any] | None]) -> AsyncIterator[dict[str, Any]]:
    while True:
        try:
            async with asyncio.timeout(_PULSE):
                what = await queue.get()
        except TimeoutError:
            what = {}
        if what is None:
            return
        yield what
