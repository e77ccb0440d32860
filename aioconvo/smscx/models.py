"""The nouns of SMS.CX, as structs.

Source: the vendor's documents of API 1.0.2. Members it calls nullable, and members that are not always there, may be `None`.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from types import MemberDescriptorType
from typing import Any, TypeVar

from msgspec import field

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.model import Model, OpenEnum
from aioconvo.core.json.moments import count_as_utc

__all__ = [
    "Channel",
    "ChatReply",
    "ChatStatus",
    "Conversation",
    "ConversationDetail",
    "ConversationInfo",
    "Message",
    "MessageStatus",
    "MessageType",
    "ReplyInfo",
    "RichMedia",
    "SentChat",
    "SentSms",
    "SmsReply",
    "TextAnalysis",
    "Token",
]

T = TypeVar("T", bound=Model)


class MessageType(OpenEnum):
    """Which way a message went, seen from the account."""

    RECEIVED = "received"
    SENT = "sent"


class MessageStatus(OpenEnum):
    """How far a message came."""

    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    SCHEDULED = "SCHEDULED"
    SENT = "SENT"


class ChatStatus(OpenEnum):
    """What became of a reply by Viber or WhatsApp when it was handed over."""

    ACCEPTED = "ACCEPTED"
    NO_COVERAGE = "NO COVERAGE"
    REJECTED = "REJECTED"
    SCHEDULED = "SCHEDULED"


class Channel(OpenEnum):
    """What a message travelled by."""

    SMS = "sms"
    VIBER = "viber"
    WHATSAPP = "whatsapp"


def _in_utc(*names: str) -> Callable[[type[T]], type[T]]:
    """Let these times read as UTC: the API writes `2024-01-31 08:05:09`, which is UTC without saying so.

    The structs hold what was written, and msgspec fills them past their attributes: decoding pays nothing for it.
    """

    def read_in_utc(kind: type[T]) -> type[T]:
        for name in names:
            setattr(kind, name, property(functools.partial(_aware, getattr(kind, name))))
        return kind

    return read_in_utc


def _aware(member: MemberDescriptorType, struct: Model) -> object:
    value: object = member.__get__(struct)
    return count_as_utc(value) if isinstance(value, dt.datetime) else value


class ConversationInfo(Model, rename="camel"):
    """Whom a conversation is with: number in E.164, country as ISO 3166 alpha-2."""

    conversation_id: str
    phone_number: str
    country_iso: str
    # Documented as never null, but the list shows the same contacts, and there the first name may be.
    first_name: str | None = None
    last_name: str | None = None


@_in_utc("last_update")
class Conversation(Model, rename="camel"):
    """One conversation as the list shows it; `last_reply` is the text of its last message, or the beginning of it."""

    conversation_id: str
    phone_number: str
    country_iso: str
    unread_messages: int
    last_reply: str
    first_name: str | None = None
    # Documented as never null, unlike the first name; expected to be null all the same.
    last_name: str | None = None
    # Whether a conversation without any message has a time here is unconfirmed.
    last_update: dt.datetime | None = None


@_in_utc("datetime")
class Message(Model, rename="camel"):
    """One message; `cost` is what it took from the account's credit."""

    msg_id: str
    type: MessageType
    text: str
    # Which members it has is not documented, so all are kept as they come.
    rich_media: dict[str, Any]
    status: MessageStatus
    cost: float
    channel: Channel
    datetime: dt.datetime


class ConversationDetail(Telling, kw_only=True):
    """One conversation with all its messages, in the API's order."""

    info: ConversationInfo
    messages: list[Message] = field(name="data")


class RichMedia(Model, rename="camel"):
    """What a reply by Viber or WhatsApp shows beside its text; a caption has 1 to 30 characters."""

    image_url: str | None = None
    button_caption: str | None = None
    target_url: str | None = None


class ReplyInfo(Model, rename="camel"):
    """What a reply took from the account's credit, and where its delivery reports go."""

    campaign_id: str
    total_phone_numbers: int
    total_valid: int
    total_invalid: int
    total_cost: float
    total_parts: int
    scheduled: bool
    dlr_callback_url: str | None = None
    # Documented as counts by country; the vendor's own models have another shape.
    phone_numbers_by_country: dict[str, Any] | None = None


class TextAnalysis(Model):
    """How a text is cut for SMS; `unicode` texts have fewer characters in a part."""

    length: int
    unicode: bool
    parts: int


@_in_utc("created_at")
class SentSms(Model, rename="camel"):
    """A reply sent by SMS; `to` is in E.164, `cost` is what it took from the account's credit."""

    msg_id: str
    status: MessageStatus
    created_at: dt.datetime
    cost: float
    to: str
    country_iso: str
    from_: str = field(name="from")
    text: str
    parts: int
    text_analysis: TextAnalysis


@_in_utc("created_at", "scheduled_at")
class SentChat(Model, rename="camel"):
    """A reply sent by Viber or WhatsApp; `to` is in E.164, `cost` is what it took from the account's credit."""

    msg_id: str
    status: ChatStatus
    status_code: int
    created_at: dt.datetime
    in_quiet_hours: bool
    cost: float
    to: str
    country_iso: str
    from_: str = field(name="from")
    text: str
    parts: int
    error_code: int | None = None
    track_data: str | None = None
    scheduled_at: dt.datetime | None = None


class SmsReply(Telling, kw_only=True):
    """The answer to a reply by SMS."""

    info: ReplyInfo
    message: SentSms = field(name="data")


class ChatReply(Telling, kw_only=True):
    """The answer to a reply by Viber or WhatsApp."""

    info: ReplyInfo
    message: SentChat = field(name="data")


class Token(Telling, kw_only=True):
    """An access token; `scope` is a list with spaces between, `expires_in` is in seconds."""

    access_token: str
    # The three below are documented as always there, but only the token itself is needed. What an application whose tokens
    # never expire gets as `expires_in` is unconfirmed.
    expires_in: int | None = None
    token_type: str | None = None
    scope: str | None = None
