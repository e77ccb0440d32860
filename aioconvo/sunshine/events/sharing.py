"""Events of Sunshine Conversations v2 as the events that all providers share. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from aioconvo.core.json.model import Model, kind_of
from aioconvo.events.incoming import Incoming, shared
from aioconvo.events.models import (
    ControlChanged,
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
    Postback,
    Referral,
    Typing,
    UserChanged,
)
from aioconvo.inbox.models import Direction, Participant, ParticipantKind
from aioconvo.inbox.told import text_in
from aioconvo.sunshine.neutral import SIDES, messages

from . import natives

__all__ = ["neutral"]

_Maker: TypeAlias = Callable[[Any, dict[str, Any]], Event]

_STARTS = {"typing:start": True, "typing:stop": False}


def neutral(incoming: Incoming) -> Event:
    """The event as a neutral one; `OtherEvent` where none fits."""
    native = incoming.native
    payload = getattr(native, "payload", None)
    common = shared(incoming, text_in(getattr(payload, "conversation", None), "id"), _user_id(payload))
    make = _MAKERS.get(kind_of(native))
    return OtherEvent(**common) if make is None else make(native, common)


def _message(native: Any, common: dict[str, Any]) -> Event:
    if not isinstance(native.message, Model):
        return OtherEvent(**common)
    (message,) = messages([native.message], common["conversation_id"] or "")
    # An activity has neither direction, and where a side is not known nobody is to answer it.
    kind = _DIRECTIONS.get(message.direction)
    return OtherEvent(**common) if kind is None else kind(message=message, **common)


def _delivered(stage: DeliveryStage) -> _Maker:
    return lambda native, common: MessageDelivered(message_id=text_in(native.message, "id"), stage=stage, **common)


def _failed(native: Any, common: dict[str, Any]) -> Event:
    code, reason = text_in(native.error, "code"), text_in(native.error, "message")
    return MessageFailed(message_id=text_in(native.message, "id"), code=code, reason=reason, **common)


def _read(native: Any, common: dict[str, Any]) -> Event:
    return ConversationRead(by=_author(native.activity), **common)


def _typing(native: Any, common: dict[str, Any]) -> Event:
    started = _STARTS.get(text_in(native.activity, "type") or "")
    return OtherEvent(**common) if started is None else Typing(started=started, by=_author(native.activity), **common)


def _postback(native: Any, common: dict[str, Any]) -> Event:
    return Postback(payload=text_in(native.postback, "payload"), **common)


def _referral(native: Any, common: dict[str, Any]) -> Event:
    return Referral(code=text_in(native.referral, "code"), **common)


def _joined(native: Any, common: dict[str, Any]) -> Event:
    return ParticipantJoined(participant=_participant(native.user), **common)


def _left(native: Any, common: dict[str, Any]) -> Event:
    return ParticipantLeft(participant=_participant(native.user), **common)


def _plainly(kind: type[Event], **told: Any) -> _Maker:
    return lambda _, common: kind(**told, **common)


_DIRECTIONS: dict[Direction | None, Any] = {Direction.INBOUND: MessageReceived, Direction.OUTBOUND: MessageSent}
_MAKERS: dict[Any, _Maker] = {
    natives.MessageEvent: _message,
    natives.DeliveryChannelEvent: _delivered(DeliveryStage.CHANNEL),
    natives.DeliveryUserEvent: _delivered(DeliveryStage.USER),
    natives.DeliveryFailureEvent: _failed,
    natives.ConversationReadEvent: _read,
    natives.TypingEvent: _typing,
    natives.PostbackEvent: _postback,
    natives.ReferralEvent: _referral,
    natives.ConversationCreateEvent: _plainly(ConversationStarted),
    natives.ConversationRemoveEvent: _plainly(ConversationEnded),
    natives.ConversationJoinEvent: _joined,
    natives.ConversationLeaveEvent: _left,
    natives.AcceptControlEvent: _plainly(ControlChanged),
    natives.OfferControlEvent: _plainly(ControlChanged),
    natives.PassControlEvent: _plainly(ControlChanged),
    natives.ReleaseControlEvent: _plainly(ControlChanged),
    natives.AcceptControlFailureEvent: _plainly(ControlChanged, failed=True),
    natives.OfferControlFailureEvent: _plainly(ControlChanged, failed=True),
    natives.PassControlFailureEvent: _plainly(ControlChanged, failed=True),
    natives.ClientAddEvent: _plainly(UserChanged),
    natives.ClientRemoveEvent: _plainly(UserChanged),
    natives.ClientUpdateEvent: _plainly(UserChanged),
    natives.UserMergeEvent: _plainly(UserChanged),
    natives.UserUpdateEvent: _plainly(UserChanged),
    natives.UserRemoveEvent: _plainly(UserChanged),
}


def _user_id(payload: Any) -> str | None:
    """The user an event is about, or of whom it comes."""
    user = text_in(getattr(payload, "user", None), "id")
    if user is not None:
        return user
    author = getattr(getattr(payload, "message", None) or getattr(payload, "activity", None), "author", None)
    if text_in(author, "type") == "user":
        return text_in(author, "user_id")
    return text_in(getattr(getattr(payload, "merged_users", None), "surviving", None), "id")


def _author(activity: object) -> Participant | None:
    author = getattr(activity, "author", None)
    if not isinstance(author, Model):
        return None
    _, side = SIDES.get(text_in(author, "type") or "", (None, ParticipantKind.UNKNOWN))
    return Participant(side, text_in(author, "user_id"))


def _participant(user: object) -> Participant | None:
    return Participant(ParticipantKind.USER, text_in(user, "id"), native=user) if isinstance(user, Model) else None
