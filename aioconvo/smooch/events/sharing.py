"""Events of Smooch v1.1 as the events that all providers share. Pure.

A user has one conversation, which is called by the user's id, as in the inbox.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from aioconvo.core.json.model import Model, kind_of
from aioconvo.events.incoming import Incoming, shared
from aioconvo.events.models import (
    ConversationRead,
    ConversationStarted,
    DeliveryStage,
    Event,
    MessageDelivered,
    MessageFailed,
    MessageReceived,
    MessageSent,
    OtherEvent,
    Postback,
    Referral,
    Typing,
    UserChanged,
)
from aioconvo.inbox.models import Direction, Participant, ParticipantKind
from aioconvo.inbox.told import text_in
from aioconvo.smooch.neutral import messages

from . import natives
from .reading import users_of

__all__ = ["neutral"]

_Maker: TypeAlias = Callable[[Any, dict[str, Any]], Event]
_STARTS = {"typing:start": True, "typing:stop": False}


def neutral(incoming: Incoming) -> Event:
    """The event as a neutral one; `OtherEvent` where none fits."""
    native = incoming.native
    user = next(iter(users_of(native)), None)
    make = _MAKERS.get(kind_of(native), _plainly(OtherEvent))
    return make(native, shared(incoming, user, user))


def _plainly(kind: type[Event]) -> _Maker:
    return lambda _, common: kind(**common)


def _written(role: str, direction: Direction, kind: type[MessageReceived | MessageSent]) -> _Maker:
    """A message; one of another side than the trigger's, such as a whisper, is for nobody to answer."""

    def make(native: Any, common: dict[str, Any]) -> Event:
        if not isinstance(native.message, Model):
            return OtherEvent(**common)
        (message,) = messages([native.message], common["conversation_id"] or "", role)
        return kind(message=message, **common) if message.direction is direction else OtherEvent(**common)

    return make


def _delivered(stage: DeliveryStage) -> _Maker:
    return lambda native, common: MessageDelivered(message_id=_message_id(native), stage=stage, **common)


def _failed(native: Any, common: dict[str, Any]) -> Event:
    code, reason = text_in(native.error, "code"), text_in(native.error, "message")
    return MessageFailed(message_id=_message_id(native), code=code, reason=reason, **common)


def _message_id(native: Any) -> str | None:
    return text_in(native, "message_id") or text_in(native.message, "id")


def _read(_: Any, common: dict[str, Any]) -> Event:
    return ConversationRead(by=_user(common), **common)


def _typing(native: Any, common: dict[str, Any]) -> Event:
    started = _STARTS.get(text_in(native.activity, "type") or "")
    return OtherEvent(**common) if started is None else Typing(started=started, by=_user(common), **common)


def _user(common: dict[str, Any]) -> Participant:
    return Participant(ParticipantKind.USER, common["user_id"])


def _postback(native: Any, common: dict[str, Any]) -> Event:
    action = getattr(native.postback, "action", None)
    return Postback(payload=text_in(action, "payload"), title=text_in(action, "text"), **common)


def _referral(native: Any, common: dict[str, Any]) -> Event:
    return Referral(code=text_in(native.referral, "code"), **common)


_MAKERS: dict[Any, _Maker] = {
    natives.AppUserMessageEvent: _written("appUser", Direction.INBOUND, MessageReceived),
    natives.AppMakerMessageEvent: _written("appMaker", Direction.OUTBOUND, MessageSent),
    natives.DeliveryChannelEvent: _delivered(DeliveryStage.CHANNEL),
    natives.DeliveryUserEvent: _delivered(DeliveryStage.USER),
    natives.DeliveryFailureEvent: _failed,
    natives.OldDeliverySuccessEvent: _delivered(DeliveryStage.CHANNEL),
    natives.OldDeliveryFailureEvent: _failed,
    natives.ConversationReadEvent: _read,
    natives.TypingEvent: _typing,
    natives.PostbackEvent: _postback,
    natives.ReferralEvent: _referral,
    natives.ConversationStartEvent: _plainly(ConversationStarted),
    natives.MergeEvent: _plainly(UserChanged),
    natives.LinkMatchEvent: _plainly(UserChanged),
    natives.LinkSuccessEvent: _plainly(UserChanged),
    natives.LinkFailureEvent: _plainly(UserChanged),
    natives.ClientAddEvent: _plainly(UserChanged),
    natives.ClientRemoveEvent: _plainly(UserChanged),
    natives.AppUserDeleteEvent: _plainly(UserChanged),
}
