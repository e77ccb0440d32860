"""Conversations of UltraCart, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

from .messages import Message

__all__ = ["Conversation", "ConversationSummary", "Medium", "Participant", "Sentiment", "SentimentKind", "UploadUrl"]


class Medium(OpenEnum):
    """What a conversation runs over."""

    SMS = "sms"
    WEBSOCKET = "websocket"


class SentimentKind(OpenEnum):
    """The mood of a conversation."""

    POSITIVE = "POSITIVE"
    NEUTRAL = "NEUTRAL"
    NEGATIVE = "NEGATIVE"
    MIXED = "MIXED"


class Participant(Model):
    """Somebody's part in one conversation; `unread_messages` is a count."""

    conversation_participant_arn: str | None = None
    conversation_participant_name: str | None = None
    conversation_participant_uuid: str | None = None
    email: str | None = None
    joined_dts: dt.datetime | None = None
    language_iso_code: str | None = None
    last_message_dts: dt.datetime | None = None
    left_dts: dt.datetime | None = None
    profile_image_url: str | None = None
    sms_phone_number: str | None = None
    status: str | None = None
    timezone: str | None = None
    unread_messages: int | None = None


class Sentiment(Model):
    """The mood of a conversation, with a score from 0 to 1 for each kind."""

    last_detect_sentiment: str | None = None
    mixed: float | None = None
    negative: float | None = None
    neutral: float | None = None
    positive: float | None = None
    sentiment: SentimentKind | None = None


class ConversationSummary(Model):
    """One conversation as lists show it; `unread_messages` only says whether there are any."""

    closed: bool | None = None
    conversation_arn: str | None = None
    conversation_uuid: str | None = None
    customer_first_message_unresponded_to_dts: dt.datetime | None = None
    last_conversation_message_body: str | None = None
    last_conversation_participant_arn: str | None = None
    last_conversation_participant_name: str | None = None
    last_interactive_message_dts: dt.datetime | None = None
    last_message_dts: dt.datetime | None = None
    medium: Medium | None = None
    merchant_id: str | None = None
    message_count: int | None = None
    participants: list[Participant] | None = None
    sentiment: Sentiment | None = None
    start_dts: dt.datetime | None = None
    unread_messages: bool | None = None
    visible: bool | None = None


class Conversation(ConversationSummary):
    """One conversation with its messages."""

    base_language_iso_code: str | None = None
    messages: list[Message] | None = None
    virtual_agent: bool | None = None
    virtual_agent_cost: float | None = None


class UploadUrl(Model):
    """Where to PUT a file: `url` is signed and takes no API credentials; `key` then names the file in a message."""

    key: str | None = None
    url: str | None = None
