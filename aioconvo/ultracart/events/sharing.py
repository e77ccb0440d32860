"""Frames of UltraCart's agent websocket as the events that all providers share. Pure."""

from __future__ import annotations

from typing import Any, cast

from aioconvo.events.incoming import Incoming
from aioconvo.events.models import (
    ConversationEnded,
    ConversationRead,
    ConversationStarted,
    DeliveryStage,
    Event,
    MessageDelivered,
    MessageFailed,
    MessageReceived,
    MessageSent,
    OtherEvent,
    ParticipantJoined,
    ParticipantLeft,
    Typing,
    UserChanged,
)
from aioconvo.inbox.models import Direction, Participant
from aioconvo.inbox.told import text_in
from aioconvo.ultracart.models.messages import TransportState
from aioconvo.ultracart.neutral import messages, participant, side

from . import natives
from .reading import author_of, conversation_of

__all__ = ["neutral"]

_PLAIN: dict[type[natives.Frame], type[Event]] = {
    natives.NewConversation: ConversationStarted,
    natives.QueueNewMember: ConversationStarted,
    natives.ConversationClosed: ConversationEnded,
    natives.ReadMessage: ConversationRead,
    natives.ParticipantUpdate: UserChanged,
}
_FAILED = frozenset(
    {TransportState.TWILIO_ERROR, TransportState.PINPOINT_ERROR, TransportState.TWILIO_CREDENTIALS_MISSING},
)
_LEFT = frozenset({TransportState.SENT, TransportState.SENT_TO_TWILIO, TransportState.SENT_TO_PINPOINT})


def neutral(incoming: Incoming) -> Event:
    """An event of UltraCart as all providers share it.

    `NewMessage` has no message in it, which comes as a `ChatMessage` of its own: it is an `OtherEvent`.
    """
    native = incoming.native
    told = _told(incoming, native)
    match native:
        case natives.ChatMessage():
            return _message(native, told)
        case natives.UpdatedMessage():
            return _progress(native, told)
        case natives.Typing():
            return Typing(**told, started=native.started, by=_typist(native))
        case natives.ParticipantJoin() | natives.ParticipantLeft():
            kind = ParticipantJoined if isinstance(native, natives.ParticipantJoin) else ParticipantLeft
            return kind(**told, participant=None if native.participant is None else participant(native.participant, None))
        case _:
            kinds = (kind for base, kind in _PLAIN.items() if isinstance(native, base))
            made: Event = cast("Any", next(kinds, OtherEvent))(**told)
            return made


def _told(incoming: Incoming, native: Any) -> dict[str, Any]:
    """What every event tells."""
    someone = author_of(native)
    for noun in ("participant", "entry"):
        someone = someone or text_in(getattr(native, noun, None), "conversation_participant_arn")
    return {
        "provider": incoming.provider,
        "account": incoming.account,
        "key": incoming.key,
        "native": native,
        "occurred_at": incoming.occurred_at,
        "conversation_id": conversation_of(native),
        "user_id": someone,
    }


def _message(native: natives.ChatMessage, told: dict[str, Any]) -> Event:
    if native.message is None:
        return OtherEvent(**told)
    (message,) = messages([native.message], told["conversation_id"] or "", _agents(native))
    if message.direction is Direction.SYSTEM:  # a notice, or a prompt to engage: nobody wrote it
        return OtherEvent(**told)
    return MessageSent(**told, message=message) if native.own else MessageReceived(**told, message=message)


def _progress(native: natives.UpdatedMessage, told: dict[str, Any]) -> Event:
    """How far a message of the business got; what became of others', or a changed text, is neither."""
    states = {getattr(one, "status", None) for one in getattr(native.message, "transport_statuses", None) or ()}
    about: dict[str, Any] = {**told, "message_id": text_in(native.message, "conversation_message_uuid")}
    if not native.own:
        return OtherEvent(**told)
    if failed := states & _FAILED:
        return MessageFailed(**about, code=str(min(map(str, failed))))
    if TransportState.READ in states:
        return MessageDelivered(**about, stage=DeliveryStage.USER)
    return MessageDelivered(**about, stage=DeliveryStage.CHANNEL) if states & _LEFT else OtherEvent(**told)


def _typist(native: natives.Typing) -> Participant | None:
    arn = author_of(native)
    name = text_in(native.typing, "author_conversation_participant_name")
    return None if arn is None and name is None else Participant(side(arn, _agents(native)), arn, name)


def _agents(native: Any) -> frozenset[str]:
    """The author, where that is an agent."""
    arn = author_of(native)
    return frozenset({arn}) if native.own and arn is not None else frozenset()
