"""The nouns of Sunshine Conversations v2 in the structs that all providers share, as the table in `inbox.py` says. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from aioconvo.core.json.model import Unknown
from aioconvo.inbox.models import Attachment, Conversation, Direction, Kind, Message, Participant, ParticipantKind
from aioconvo.inbox.people import People
from aioconvo.inbox.times import utc
from aioconvo.inbox.told import make_id, text_in
from aioconvo.providers import Provider

from . import models

__all__ = ["SIDES", "Peopled", "conversations", "conversations_with_participants", "messages"]

SIDES = {"user": (Direction.INBOUND, ParticipantKind.USER), "business": (Direction.OUTBOUND, ParticipantKind.BUSINESS)}
_NEITHER = (None, ParticipantKind.UNKNOWN)
_KINDS: dict[Any, Kind] = {
    models.TextContent: Kind.TEXT,
    models.ImageContent: Kind.IMAGE,
    models.FileContent: Kind.FILE,
    models.LocationContent: Kind.LOCATION,
    models.CarouselContent: Kind.CAROUSEL,
    models.ListContent: Kind.LIST,
    models.FormContent: Kind.FORM,
    models.FormResponseContent: Kind.FORM_RESPONSE,
    models.TemplateContent: Kind.TEMPLATE,
}
_MEDIA = (models.ImageContent, models.FileContent)


class Peopled(NamedTuple):
    """A conversation with those who take part in it."""

    native: Any
    participants: Sequence[Any]

    @property
    def id(self) -> Any:
        """The conversation's, which cursors are made of."""
        return getattr(self.native, "id", None)


def conversations(natives: list[Any]) -> list[Conversation]:
    """A page of conversations (`models.Conversation`) as neutral ones."""
    return [_conversation(native, ()) for native in natives]


def conversations_with_participants(natives: list[Peopled]) -> list[Conversation]:
    """A page of conversations as neutral ones, with the participants that were asked for."""
    return [_conversation(native, participants) for native, participants in natives]


def _conversation(native: Any, participants: Sequence[Any]) -> Conversation:
    if isinstance(native, Unknown):
        return Conversation(provider=Provider.SUNSHINE, id=make_id(native), native=native)
    return Conversation(
        provider=Provider.SUNSHINE,
        id=native.id or make_id(native),
        native=native,
        created_at=utc(native.created_at),
        updated_at=utc(native.last_updated_at),
        subject=native.display_name or None,
        participants=tuple(Participant(ParticipantKind.USER, text_in(one, "user_id"), native=one) for one in participants),
    )


def messages(natives: list[Any], conversation_id: str) -> list[Message]:
    """A page of messages (`models.Message`) as neutral ones."""
    people = People()
    return [_message(native, conversation_id, people) for native in natives]


def _message(native: Any, conversation_id: str, people: People) -> Message:
    if isinstance(native, Unknown):
        return Message(Provider.SUNSHINE, conversation_id, make_id(native), native)
    content, author = native.content, native.author
    activity = native.activity is not None and (content is None or content.type is None)
    direction, side = SIDES.get(author.type, _NEITHER) if author else _NEITHER
    return Message(
        Provider.SUNSHINE,
        conversation_id,
        native.id or make_id(native),
        native,
        utc(native.received),
        None,  # updated_at
        Direction.SYSTEM if activity else direction,
        Kind.ACTIVITY if activity else _kind(content),
        people[side, author.user_id or None, author.display_name or None, None] if author else None,
        text_in(content, "text") or text_in(content, "text_fallback"),
        text_in(content, "html_text"),
        None,  # subject
        native.source.type or None if native.source else None,
        "deleted" if native.deleted else None,
        _quoted(native.quoted_message) if native.quoted_message else None,
        _attachments(content) if isinstance(content, _MEDIA) else (),
    )


def _kind(content: Any) -> Kind:
    own = cast("Any", type(content))
    # One that drifted is of a type of its own, derived from the one it should be.
    return _KINDS.get(own) or _KINDS.get(own.__base__, Kind.OTHER)


def _quoted(native: Any) -> str | None:
    return text_in(getattr(native, "message", None), "id") or text_in(native, "external_message_id")


def _attachments(content: models.ImageContent | models.FileContent) -> tuple[Attachment, ...]:
    url, identifier = content.media_url or None, content.attachment_id or None
    if url is None and identifier is None:
        return ()
    size = None if content.media_size is None else int(content.media_size)
    return (Attachment(id=identifier, url=url, media_type=content.media_type or None, size=size),)
