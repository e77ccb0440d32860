"""UltraCart's nouns as those that all providers share; the table stands in `inbox`. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from aioconvo.core.json.model import Unknown
from aioconvo.inbox.models import Attachment, Conversation, Direction, Kind, Message, Participant, ParticipantKind
from aioconvo.inbox.people import People
from aioconvo.inbox.times import from_milliseconds, utc
from aioconvo.inbox.told import make_id, text_in
from aioconvo.providers import Provider

__all__ = ["conversations", "messages", "participant", "side"]

_KINDS = {
    "message": Kind.TEXT,
    "notice": Kind.ACTIVITY,
    "engagement prompt": Kind.ACTIVITY,
    "tool call": Kind.ACTIVITY,
}
_STATUSES = {True: "closed", False: "open"}
_SIDES = {
    ParticipantKind.USER: Direction.INBOUND,
    ParticipantKind.BUSINESS: Direction.OUTBOUND,
}


def conversations(natives: list[Any], agents: Collection[str] | None = None) -> list[Conversation]:
    """A page of conversations (`models.ConversationSummary`) as neutral ones.

    `agents` are the ARNs of the business's own people, where they are known.
    """
    return [_conversation(native, agents) for native in natives]


def _conversation(native: Any, agents: Collection[str] | None) -> Conversation:
    if isinstance(native, Unknown):
        return Conversation(provider=Provider.ULTRACART, id=make_id(native), native=native)
    return Conversation(
        provider=Provider.ULTRACART,
        id=native.conversation_uuid or make_id(native),
        native=native,
        created_at=utc(native.start_dts),
        last_message_at=utc(native.last_message_dts),
        status=_STATUSES.get(native.closed),
        unread=native.unread_messages,
        message_count=native.message_count,
        channels=(str(native.medium),) if native.medium else (),
        participants=tuple(participant(one, agents) for one in native.participants or ()),
    )


def messages(
    natives: list[Any], conversation_id: str, agents: Collection[str] | None = None, channel: str | None = None
) -> list[Message]:
    """A page of messages (`models.Message`) as neutral ones; `agents` as for `conversations`, `channel` as that is known."""
    people = People()
    return [_message(native, conversation_id, agents, channel, people) for native in natives]


def _message(native: Any, conversation_id: str, agents: Collection[str] | None, channel: str | None, people: People) -> Message:
    if isinstance(native, Unknown):
        return Message(Provider.ULTRACART, conversation_id, make_id(native), native, channel=channel)
    kind = _KINDS.get(native.type, Kind.OTHER)
    arn, name = native.author_conversation_participant_arn or None, native.author_conversation_participant_name or None
    author = side(arn, agents)
    return Message(
        Provider.ULTRACART,
        conversation_id,
        native.conversation_message_uuid or make_id(native),
        native,
        from_milliseconds(native.message_epoch) or utc(native.message_dts),
        None,  # updated_at
        Direction.SYSTEM if kind is Kind.ACTIVITY else _SIDES.get(author),
        kind,
        people[author, arn, name, None] if arn or name else None,
        native.body or None,
        None,  # html
        None,  # subject
        channel,
        _status(native.transport_statuses) if native.transport_statuses else None,
        None,  # reply_to_id
        _attachments(native.media_urls) if native.media_urls else (),
    )


def _status(transports: list[Any]) -> str | None:
    for one in transports:
        status = text_in(one, "status")
        if status is not None:
            return status
    return None


def _attachments(urls: list[Any]) -> tuple[Attachment, ...]:
    return tuple(Attachment(url=url) for url in urls if isinstance(url, str) and url)


def participant(native: Any, agents: Collection[str] | None) -> Participant:
    """Somebody who takes part, as the neutral struct; `agents` as for `conversations`."""
    if isinstance(native, Unknown):
        return Participant(ParticipantKind.UNKNOWN)
    arn = native.conversation_participant_arn or None
    address = native.sms_phone_number or native.email or None
    return Participant(side(arn, agents), arn, native.conversation_participant_name or None, address)


def side(arn: str | None, agents: Collection[str] | None) -> ParticipantKind:
    """Whether that is the business, by the ARNs of its agents; unknown where those are."""
    if arn is None or agents is None:
        return ParticipantKind.UNKNOWN
    return ParticipantKind.BUSINESS if arn in agents else ParticipantKind.USER
