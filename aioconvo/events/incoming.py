"""What comes in, before anything is made of it: events with their keys and lanes, and deliveries of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec

from aioconvo.providers import Provider

from .models import Event

__all__ = ["Delivery", "Incoming", "Later", "neutral", "shared"]


class Later(msgspec.Struct, frozen=True):
    """Stands for a native struct until somebody asks for it: `make` makes it out of the event's `raw`, and never fails."""

    make: Callable[[bytes], Any]


class Incoming(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One event as it came.

    - `key`: a digest that begins with the account; the same for the same event, by whatever road and however often it comes.
    - `lanes`: what must be handled one after the other, each beginning with the account: the conversation, or what stands for
      it. Most events have one; a merge has the lanes of all who are merged.
    - `native`: the provider's own struct; a `Later` is replaced when it is read first.
    - `raw`: JSON from which `read` of the provider's `events` makes this one event again.
    - `brief`: the key has no id in it, so that the same key may one day be another event. It is kept for as long as senders
      repeat a delivery (15 minutes), not longer.
    """

    provider: Provider
    account: str
    key: str
    lanes: tuple[str, ...]
    native: Any
    raw: bytes
    occurred_at: dt.datetime | None = None
    brief: bool = False

    def __eq__(self, other: object) -> bool:
        if type(other) is not Incoming:
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__struct_fields__)

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"<Incoming {self.provider} {type(self.native).__name__} key={self.key!r}>"


_kept: Any = vars(Incoming)["native"]


def _native(incoming: Incoming) -> Any:
    native = _kept.__get__(incoming)
    if type(native) is Later:
        native = native.make(incoming.raw)
        _kept.__set__(incoming, native)
    return native


setattr(Incoming, "native", property(_native))  # noqa: B010 -- type checkers go on to see the field


class Delivery(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one request, poll or frame brought, in its order."""

    provider: Provider
    account: str
    events: tuple[Incoming, ...]


def neutral(incoming: Incoming) -> Event:
    """The event in the structs that the five providers share; `OtherEvent` where none of them fits."""
    event: Event = incoming.provider.events.neutral(incoming)
    return event


def shared(incoming: Incoming, conversation_id: str | None = None, user_id: str | None = None) -> dict[str, Any]:
    """What every neutral event is made with, by the names of its fields."""
    return {
        "provider": incoming.provider,
        "account": incoming.account,
        "key": incoming.key,
        "native": incoming.native,
        "occurred_at": incoming.occurred_at,
        "conversation_id": conversation_id,
        "user_id": user_id,
    }
