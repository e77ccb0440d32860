"""Where events come from that nobody sends here: a list that is polled, a socket that is held open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

from .incoming import Delivery

__all__ = ["Batch", "Source"]


class Batch(msgspec.Struct, frozen=True):
    """Some events, and where to go on once they were accepted: text to store, `None` where there is nothing new to store.

    A delivery without events only moves the position on.
    """

    delivery: Delivery
    position: str | None


class Source(Protocol):
    """Gives events a batch at a time: the next one is fetched when it is asked for, so who is full does not ask."""

    def open(self, account: str, position: str | None) -> AbstractAsyncContextManager[AsyncIterator[Batch]]:
        """Go on at a stored position; `None`: from now on. `account` is the name that keys and lanes begin with.

        What was not accepted before comes again, with the same keys. Raises what ends the source for good, such as
        `AuthenticationError`; all else is tried again inside.
        """
        ...
