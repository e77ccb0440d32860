"""Events of Convore as programs are given them: with the message they are about, and with the place to go on after them."""

from __future__ import annotations

from typing import Any

import msgspec

from aioconvo.convore.models.events import Event, EventObject
from aioconvo.convore.models.messages import Message
from aioconvo.inbox.told import text_in

__all__ = ["PolledEvent", "conversation_of", "message_of"]


class PolledEvent(Event):
    """An event of the account.

    `message` is the message it is about, where a bot fetched it; `None` where it is about none, or the message is gone.
    """

    message: Message | None = msgspec.field(default=None, name="aioconvo_message")
    """Not of the API, whose events hold ids alone."""
    place: Any = msgspec.field(default=None, name="aioconvo_place")

    @property
    def position(self) -> str | None:
        """Where to go on after this event: text to store, for `events.follow(position=...)`; it is written when asked for."""
        return None if self.place is None else str(self.place)


def message_of(event: object) -> str | None:
    """The id of the message that an event is about. An empty id is none."""
    return text_in(event, "message_id") or _object(event, EventObject.MESSAGE)


def conversation_of(event: object) -> str | None:
    """The id of the conversation that an event is about or happened in. An empty id is none."""
    return text_in(event, "conversation_id") or _object(event, EventObject.CONVERSATION)


def _object(event: object, kind: EventObject) -> str | None:
    return text_in(event, "object_id") if getattr(event, "object_type", None) == kind else None
