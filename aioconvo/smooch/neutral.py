"""The messages of Smooch v1.1 in the struct that all providers share, as the table in `inbox.py` says. Pure."""

from __future__ import annotations

from typing import Any

from aioconvo.core.json.model import Unknown
from aioconvo.inbox.models import Attachment, Direction, Kind, Message, Participant, ParticipantKind
from aioconvo.inbox.people import People
from aioconvo.inbox.told import make_id
from aioconvo.providers import Provider

from . import models

__all__ = ["NEITHER", "SIDES", "messages"]

SIDES = {
    "appUser": (Direction.INBOUND, ParticipantKind.USER),
    "appMaker": (Direction.OUTBOUND, ParticipantKind.BUSINESS),
    "whisper": (Direction.SYSTEM, ParticipantKind.BUSINESS),
}
NEITHER = (None, ParticipantKind.UNKNOWN)
_KINDS = {
    "text": Kind.TEXT,
    "image": Kind.IMAGE,
    "file": Kind.FILE,
    "location": Kind.LOCATION,
    "carousel": Kind.CAROUSEL,
    "list": Kind.LIST,
    "form": Kind.FORM,
    "formResponse": Kind.FORM_RESPONSE,
}
_NOBODY = Participant(ParticipantKind.UNKNOWN)


def messages(natives: list[Any], conversation_id: str, role: str = "") -> list[Message]:
    """A page of messages (`models.Message`) of a user's conversation as neutral ones; `role` is that of those without."""
    people = People()
    return [_message(native, conversation_id, people, role) for native in natives]


def _message(native: Any, conversation_id: str, people: People, role: str) -> Message:
    if isinstance(native, Unknown):
        return Message(Provider.SMOOCH, conversation_id, make_id(native), native)
    direction, side = SIDES.get(native.role or role, NEITHER)
    author_id = conversation_id if side is ParticipantKind.USER else native.author_id or None
    author = people[side, author_id, native.name or None, native.email or None]
    return Message(
        Provider.SMOOCH,
        conversation_id,
        native.id or make_id(native),
        native,
        native.received_at,
        None,  # updated_at
        direction,
        _KINDS.get(native.type, Kind.OTHER),
        None if side is ParticipantKind.UNKNOWN and author == _NOBODY else author,
        native.text or native.text_fallback or None,
        None,  # html
        None,  # subject
        native.source.type or None if native.source else None,
        None,  # status
        _quoted(native.quoted_message) if native.quoted_message else None,
        _attachments(native) if native.media_url else (),
    )


def _quoted(native: models.QuotedMessage) -> str | None:
    stored = None if native.content is None else native.content.id
    return stored or native.external_message_id or None


def _attachments(native: models.Message) -> tuple[Attachment, ...]:
    return (Attachment(url=native.media_url, media_type=native.media_type or None, size=native.media_size),)
