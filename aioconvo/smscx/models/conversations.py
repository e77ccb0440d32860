"""Conversations of SMS.CX and their messages, as structs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from msgspec import field

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.model import Model, OpenEnum

from .times import in_utc

__all__ = ["Channel", "Conversation", "ConversationDetail", "ConversationInfo", "Message", "MessageStatus", "MessageType"]


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


class Channel(OpenEnum):
    """What a message travelled by."""

    SMS = "sms"
    VIBER = "viber"
    WHATSAPP = "whatsapp"


class ConversationInfo(Model, rename="camel"):
    """Whom a conversation is with: number in E.164, country as ISO 3166 alpha-2."""

    conversation_id: str
    phone_number: str
    country_iso: str
    # Documented as never null, but the list shows the same contacts, and there the first name may be.
    first_name: str | None = None
    last_name: str | None = None


@in_utc("last_update")
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


@in_utc("datetime")
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
