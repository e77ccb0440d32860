"""What the chat page shows: the last changes and deliveries, as plain values."""

from __future__ import annotations

import collections
from typing import Any, Final

import msgspec

from aioconvo.sandbox.changes import Change, Kind
from aioconvo.sandbox.data import iso
from aioconvo.sandbox.sending.log import Delivery

__all__ = ["Transcript", "change_shown"]

_SHOWN: Final = frozenset({Kind.MESSAGE, Kind.READ, Kind.TYPING, Kind.DELIVERED, Kind.FAILED})


def change_shown(change: Change) -> dict[str, Any] | None:
    """A change for the page; `None` where customers cannot see it."""
    if change.kind not in _SHOWN:
        return None
    return {
        "type": "change",
        "provider": change.provider,
        "kind": str(change.kind),
        "conversation": change.conversation,
        "ours": change.ours,
        "id": change.message_id,
        "text": change.text,
        "started": change.started,
        "at": iso(change.at),
    }


class Transcript:
    """The last `most` changes that customers can see, and as many deliveries.

    All that a page is told is numbered: who was told all up to `number` leaves out what comes with a lower one.
    """

    def __init__(self, most: int = 500) -> None:
        self.number = 0
        self.changes: collections.deque[dict[str, Any]] = collections.deque(maxlen=most)
        self.deliveries: collections.deque[dict[str, Any]] = collections.deque(maxlen=most)

    def add_change(self, change: Change) -> dict[str, Any] | None:
        """Keep a change; what the page is told of it. Who types is told and not kept."""
        shown = change_shown(change)
        if shown is None:
            return None
        shown = self.numbered(shown)
        if change.kind is not Kind.TYPING:
            self.changes.append(shown)
        return shown

    def add_delivery(self, delivery: Delivery) -> dict[str, Any]:
        """Keep a try to deliver; what the page is told of it."""
        told: dict[str, Any] = msgspec.to_builtins(delivery)
        shown = self.numbered({"type": "delivery", **told, "letter": told["number"]})
        self.deliveries.append(shown)
        return shown

    def wrote_in(self, provider: str) -> str:
        """The conversation in which a customer wrote last."""
        wrote = (each for each in reversed(self.changes) if each["kind"] == Kind.MESSAGE and not each["ours"])
        return next((str(each["conversation"]) for each in wrote if each["provider"] == provider), "")

    def numbered(self, what: dict[str, Any]) -> dict[str, Any]:
        """The same with the next number."""
        self.number += 1
        return {**what, "number": self.number}

    def clear(self) -> None:
        """Forget all."""
        self.changes.clear()
        self.deliveries.clear()
