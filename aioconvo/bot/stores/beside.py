"""The dead letters of a SqliteStore's file, for a process that does not run the bot: also while another one does."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import sqlite3
from collections.abc import Generator, Sequence

from aioconvo.core.errors import ConfigurationError, StoreError

from .journal import WANTED, is_store, letters
from .store import DeadLetter

__all__ = ["Beside"]

_PATIENCE = 5.0  # seconds that a write waits for the bot's, of which each takes milliseconds
_REPLAY = f"UPDATE events SET fence = {WANTED} WHERE key = ? AND died_at IS NOT NULL AND fence = 0"  # noqa: S608 -- a number


class Beside:
    """Looks at the dead letters in a file and asks for them to be handled again, without having the file for itself.

    Raises, from its methods:
        ConfigurationError: The file is no store of events, or of a later version.
        StoreError: It cannot be read or written.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    async def dead(self, most: int = 100) -> Sequence[DeadLetter]:
        """See `Store`."""
        return await asyncio.to_thread(self._dead, most)

    async def replay(self, key: str, *, now: float) -> bool:  # noqa: ARG002 -- the bot says when it takes it up
        """See `Store`: as soon as the bot that has the file looks for events, at most 5 seconds later, or when one starts."""
        return await asyncio.to_thread(self._replay, key)

    def _dead(self, most: int) -> list[DeadLetter]:
        with self._opened("ro") as db:
            return letters(db, most)

    def _replay(self, key: str) -> bool:
        with self._opened("rw") as db:
            return db.execute(_REPLAY, (key,)).rowcount > 0

    @contextlib.contextmanager
    def _opened(self, mode: str) -> Generator[sqlite3.Connection]:
        address = f"{pathlib.Path(self._path).absolute().as_uri()}?mode={mode}"
        try:
            with contextlib.closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE, isolation_level=None)) as db:
                if not is_store(db, self._path):
                    raise ConfigurationError(f"{self._path} is not a store of events; name another file")
                yield db
        except sqlite3.Error as error:
            raise StoreError(f"{self._path} cannot be read or written: {error}") from error
