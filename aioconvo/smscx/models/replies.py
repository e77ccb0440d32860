"""Replies by SMS.CX and what comes of them, as structs."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from msgspec import field

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.model import Model, OpenEnum
from aioconvo.core.operations.rules import Length

from .conversations import MessageStatus
from .times import in_utc

__all__ = [
    "BatchInfo",
    "CampaignGroup",
    "ChatReply",
    "ChatStatus",
    "ReplyInfo",
    "RichMedia",
    "SentChat",
    "SentSms",
    "SmsReply",
    "TextAnalysis",
]


class ChatStatus(OpenEnum):
    """What became of a message when it was handed over."""

    ACCEPTED = "ACCEPTED"
    NO_COVERAGE = "NO COVERAGE"
    REJECTED = "REJECTED"
    SCHEDULED = "SCHEDULED"


class RichMedia(Model, rename="camel"):
    """What a reply by Viber or WhatsApp shows beside its text; a caption has 1 to 30 characters."""

    image_url: str | None = None
    button_caption: Annotated[str, Length(1, 30)] | None = None
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


class BatchInfo(ReplyInfo, rename="camel"):
    """What a call took from the account's credit, or would take; `invalid` are the numbers that got nothing."""

    total_in_quiet_hours: int | None = None
    invalid: list[str] | None = None


class CampaignGroup(Model, rename="camel"):
    """A group that a campaign goes to; `phone_numbers` counts its contacts."""

    id: int
    name: str
    phone_numbers: int


class TextAnalysis(Model):
    """How a text is cut for SMS; `unicode` texts have fewer characters in a part."""

    length: int
    unicode: bool
    parts: int


@in_utc("created_at")
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


@in_utc("created_at", "scheduled_at")
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
