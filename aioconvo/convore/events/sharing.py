"""Events of Convore as the events that all providers share. Pure."""

from __future__ import annotations

from typing import Any

from aioconvo.convore.models.events import EventType
from aioconvo.convore.neutral import messages
from aioconvo.events.incoming import Incoming, shared
from aioconvo.events.models import ConversationEnded, Event, MessageReceived, MessageSent, OtherEvent
from aioconvo.inbox.models import Direction, Message
from aioconvo.providers import Provider

from .natives import PolledEvent, conversation_of, message_of
from .reading import event_in

__all__ = ["neutral"]

_ENDED = frozenset({EventType.CONVERSATION_DONE, EventType.CONVERSATION_MOVED_TO_TRASH})


def neutral(incoming: Incoming) -> Event:
    """An event of Convore as all providers share it.

    A message that was gone when it was fetched is one without text. A conversation that is opened again has not started anew:
    that is an `OtherEvent`, like all about labels and spam.
    """
    native = incoming.native
    about = native if isinstance(native, PolledEvent) else event_in(native.raw)
    told = shared(incoming, conversation_id=conversation_of(about))
    if not isinstance(native, PolledEvent):
        return OtherEvent(**told)
    if native.type == EventType.MESSAGE_INBOUND_RECEIVED:
        return MessageReceived(**told, message=_message(native, Direction.INBOUND))
    if native.type == EventType.MESSAGE_OUTBOUND_SENT:
        return MessageSent(**told, message=_message(native, Direction.OUTBOUND))
    return ConversationEnded(**told) if native.type in _ENDED else OtherEvent(**told)


def _message(native: PolledEvent, direction: Direction) -> Message:
    conversation_id = conversation_of(native) or ""
    fetched: Any = native.message
    if fetched is not None:
        return messages([fetched], conversation_id)[0]
    return Message(Provider.CONVORE, conversation_id, message_of(native) or "", native, direction=direction)
