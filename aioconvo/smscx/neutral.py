"""The nouns of SMS.CX in the structs that all providers share, as the table in `inbox.py` says. Pure."""

from __future__ import annotations

from typing import Any, TypeAlias

from aioconvo.core.json.model import Unknown
from aioconvo.events.keys import digest
from aioconvo.inbox.models import Attachment, Conversation, Direction, Kind, Message, Participant, ParticipantKind
from aioconvo.inbox.times import utc
from aioconvo.inbox.told import MADE, make_id, text_in
from aioconvo.providers import Provider

__all__ = ["CONTACT", "US", "contact", "conversations", "messages", "received"]

_Sides: TypeAlias = dict[str, tuple[Direction, Participant]]
CONTACT, US = Participant(ParticipantKind.USER), Participant(ParticipantKind.BUSINESS)


def conversations(natives: list[Any]) -> list[Conversation]:
    """A page of conversations (`models.Conversation`) as neutral ones."""
    return [_conversation(native) for native in natives]


def _conversation(native: Any) -> Conversation:
    unread = getattr(native, "unread_messages", None)
    return Conversation(
        provider=Provider.SMSCX,
        id=text_in(native, "conversation_id") or make_id(native),
        native=native,
        updated_at=utc(getattr(native, "last_update", None)),
        unread=unread > 0 if isinstance(unread, int) else None,
        participants=(contact(native),),
    )


def contact(native: Any) -> Participant:
    """Whom a conversation is with, by the list (`models.Conversation`) or beside its messages (`models.ConversationInfo`)."""
    names = (text_in(native, "first_name"), text_in(native, "last_name"))
    return Participant(ParticipantKind.USER, None, " ".join(filter(None, names)) or None, text_in(native, "phone_number"))


def messages(natives: list[Any], conversation_id: str, contact: Participant = CONTACT) -> list[Message]:
    """The messages of a conversation (`models.Message`) with this contact as neutral ones."""
    sides: _Sides = {"received": (Direction.INBOUND, contact), "sent": (Direction.OUTBOUND, US)}
    return [_message(native, conversation_id, sides) for native in natives]


def _message(native: Any, conversation_id: str, sides: _Sides) -> Message:
    if isinstance(native, Unknown):
        return Message(Provider.SMSCX, conversation_id, make_id(native), native, kind=Kind.TEXT)
    direction, author = sides.get(native.type, (None, None))
    return Message(
        Provider.SMSCX,
        conversation_id,
        native.msg_id or make_id(native),
        native,
        utc(native.datetime),
        None,  # updated_at
        direction,
        Kind.TEXT,
        author,
        native.text or None,
        None,  # html
        None,  # subject
        str(native.channel) if native.channel else None,
        str(native.status) if native.status else None,
        None,  # reply_to_id
        _attachments(native.rich_media) if native.rich_media else (),
    )


def _attachments(rich_media: dict[str, Any]) -> tuple[Attachment, ...]:
    url = rich_media.get("imageUrl")
    return (Attachment(url=url),) if isinstance(url, str) and url else ()


def received(native: Any) -> Message:
    """A message as a webhook tells of it, beside its channel: of which conversation it is, is not told."""
    phone = text_in(native, "from_")
    return Message(
        provider=Provider.SMSCX,
        conversation_id=MADE + digest(f"{native.channel} {phone}"),
        id=text_in(native, "msg_id") or make_id(native),
        native=native,
        sent_at=utc(native.received_at),
        direction=Direction.INBOUND,
        kind=Kind.TEXT,
        author=Participant(ParticipantKind.USER, None, None, phone),
        text=text_in(native, "text"),
        channel=str(native.channel),
    )
