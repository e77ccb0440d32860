"""Messages of UltraCart conversations, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

__all__ = ["Message", "MessageType", "Translation", "TransportState", "TransportStatus"]


class MessageType(OpenEnum):
    """What a message is."""

    MESSAGE = "message"
    NOTICE = "notice"
    ENGAGEMENT_PROMPT = "engagement prompt"
    TOOL_CALL = "tool call"


class TransportState(OpenEnum):
    """How far a message got; upper-case values are those of the carriers."""

    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    READ = "read"
    TWILIO_CREDENTIALS_MISSING = "TWILIO_CREDENTIALS_MISSING"
    SENT_TO_TWILIO = "SENT_TO_TWILIO"
    TWILIO_ERROR = "TWILIO_ERROR"
    SENT_TO_PINPOINT = "SENT_TO_PINPOINT"
    PINPOINT_ERROR = "PINPOINT_ERROR"


class Translation(Model):
    """A message's text in another language."""

    body: str | None = None
    language_iso_code: str | None = None


class TransportStatus(Model):
    """How far a message got on its way to one participant."""

    conversation_participant_arn: str | None = None
    status: TransportState | None = None


class Message(Model):
    """One message; `message_epoch` is in milliseconds since 1970, `delay_until_dts` postpones sending."""

    author_conversation_participant_arn: str | None = None
    author_conversation_participant_name: str | None = None
    body: str | None = None
    client_message_id: str | None = None
    conversation_message_uuid: str | None = None
    delay_until_dts: dt.datetime | None = None
    language_iso_code: str | None = None
    media_urls: list[str] | None = None
    merchant_id: str | None = None
    message_dts: dt.datetime | None = None
    message_epoch: int | None = None
    message_type: str | None = None
    translations: list[Translation] | None = None
    transport_statuses: list[TransportStatus] | None = None
    type: MessageType | None = None
    upload_keys: list[str] | None = None
