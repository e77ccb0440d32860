"""The messages of one conversation of Sunshine or Smooch: seeded ones are made when first looked at."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any

from .data import arrivals, ended, milliseconds, serial_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .exchange import Settings


@dataclasses.dataclass(frozen=True, slots=True)
class Stored:
    """A message: its place in the conversation, when it came (milliseconds), its body or `None` for a seeded one."""

    id: str
    index: int
    at: int
    body: dict[str, Any] | None = None


@functools.lru_cache(maxsize=64)  # of conversations that are looked at over and over; all of them would be too many
def _seed(settings: Settings, prefix: str, number: int) -> tuple[Stored, ...]:
    times = arrivals(settings, number)
    return tuple(Stored(serial_id(prefix, index), index, at) for index, at in enumerate(times))


class Thread:
    """Messages in the order they came; `number` is the seeded conversation's, `None` for one that begins empty.

    `last` is when the latest one came, deleted or not, 0 before the first.
    """

    def __init__(self, settings: Settings, conversation_id: str, number: int | None = None) -> None:
        self._settings = settings
        self._prefix = conversation_id[-16:]
        self._number = number
        self._next = settings.messages if number is not None else 0
        self._messages: list[Stored] | None = None if number is not None else []
        self.last = ended(settings, number) if self._next and number is not None else 0

    def __len__(self) -> int:
        return self._settings.messages if self._messages is None else len(self._messages)

    @property
    def messages(self) -> Sequence[Stored]:
        """All of them, oldest first."""
        if self._messages is None:
            return _seed(self._settings, self._prefix, self._number or 0)
        return self._messages

    def position(self, message_id: str) -> int | None:
        """The index an id stands for, also of a message deleted since; `None` for an id this conversation never had."""
        prefix, tail = message_id[:16], message_id[16:]
        if prefix != self._prefix or serial_id(prefix, self._next) <= message_id:
            return None
        try:
            index = int(tail, 16)
        except ValueError:
            return None
        return index if serial_id(prefix, index) == message_id else None

    def append(self, body: dict[str, Any]) -> Stored:
        """Store a message that has just come: later than every other, by a millisecond at least."""
        self.last = max(milliseconds(self._settings.clock()), self.last + 1)
        stored = Stored(serial_id(self._prefix, self._next), self._next, self.last, body)
        self._next += 1
        if self._messages is None:
            self._messages = list(self.messages)
        self._messages.append(stored)
        return stored

    def remove(self, message_id: str) -> bool:
        """Delete a message; False when there is none with that id."""
        kept = [stored for stored in self.messages if stored.id != message_id]
        found = len(kept) < len(self.messages)
        self._messages = kept
        return found

    def clear(self) -> None:
        """Delete all messages."""
        self._messages = []
