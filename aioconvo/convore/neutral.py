"""The nouns of Convore in the structs that all providers share, as the table in `inbox.py` says. Pure."""

from __future__ import annotations

from typing import Any

from aioconvo.core.json.model import Unknown
from aioconvo.inbox.models import Attachment, Conversation, Direction, Kind, Message, Participant, ParticipantKind
from aioconvo.inbox.people import People
from aioconvo.inbox.times import utc
from aioconvo.inbox.told import make_id
from aioconvo.providers import Provider

__all__ = ["conversations", "messages"]

_SIDES = {"inbound": (Direction.INBOUND, ParticipantKind.USER), "outbound": (Direction.OUTBOUND, ParticipantKind.BUSINESS)}
_NEITHER = (None, ParticipantKind.UNKNOWN)
_KINDS = {"email": Kind.EMAIL, "convore_chat": Kind.TEXT}


def conversations(natives: list[Any]) -> list[Conversation]:
    """A page of conversations (`models.Conversation`) as neutral ones."""
    return [_conversation(native) for native in natives]


def _conversation(native: Any) -> Conversation:
    if isinstance(native, Unknown):
        return Conversation(provider=Provider.CONVORE, id=make_id(native), native=native)
    people = People()
    return Conversation(
        provider=Provider.CONVORE,
        id=native.id or make_id(native),
        native=native,
        created_at=utc(native.created_at),
        last_message_at=utc(native.last_message_date),
        status=str(native.status) if native.status else None,
        subject=native.subject or None,
        unread=native.is_unread,
        message_count=native.message_count,
        channels=(native.channel_id,) if native.channel_id else (),
        participants=tuple(_participant(one, ParticipantKind.UNKNOWN, people) for one in native.participants or ()),
    )


def messages(natives: list[Any], conversation_id: str) -> list[Message]:
    """A page of messages (`models.Message`) as neutral ones; `conversation_id` is where they were asked for."""
    people = People()
    return [_message(native, conversation_id, people) for native in natives]


def _message(native: Any, conversation_id: str, people: People) -> Message:
    if isinstance(native, Unknown):
        return Message(Provider.CONVORE, conversation_id, make_id(native), native)
    direction, side = _SIDES.get(native.direction, _NEITHER)
    sender = native.sender
    return Message(
        Provider.CONVORE,
        native.conversation_id or conversation_id,
        native.id or make_id(native),
        native,
        utc(native.date),
        None,  # updated_at
        direction,
        _KINDS.get(sender.handle.type, Kind.OTHER) if sender and sender.handle else Kind.OTHER,
        _participant(sender, side, people) if sender else None,
        native.text_body or None,
        native.body or None,
        native.subject or None,
        native.channel_id or None,
        None,  # status
        native.reply_to_message_id or None,
        tuple(map(_attachment, native.attachments)) if native.attachments else (),
    )


def _participant(native: Any, kind: ParticipantKind, people: People) -> Participant:
    if isinstance(native, Unknown):
        return Participant(kind)
    address = native.handle.value or None if native.handle else None
    return people[kind, None, native.name or None, address]


def _attachment(native: Any) -> Attachment:
    if isinstance(native, Unknown):
        return Attachment()
    return Attachment(
        id=native.id or None,
        media_type=native.content_type or None,
        name=native.filename or None,
        size=native.size if isinstance(native.size, int) else None,
    )
