"""Reports of SMS.CX on what was sent, as structs."""

from __future__ import annotations

import datetime as dt

from msgspec import field

from aioconvo.core.json.model import Model, OpenEnum

from .conversations import Channel
from .replies import CampaignGroup, TextAnalysis
from .times import in_utc

__all__ = [
    "CampaignCount",
    "CampaignReport",
    "CampaignStatus",
    "CampaignTotals",
    "DeliveryReport",
    "PartCount",
    "ReportDimension",
    "ReportSource",
    "ReportStatus",
    "ReportTotals",
    "ReportedMessage",
    "Summary",
]


class ReportSource(OpenEnum):
    """What a message was sent from."""

    API = "api"
    WEBAPP = "webapp"
    SMPP = "smpp"
    PLUGIN = "plugin"
    ALERTS = "alerts"
    EXCEL = "excel"


class DeliveryReport(OpenEnum):
    """What to report on: messages that are so far."""

    DELIVERED = "delivered"
    FAILED = "failed"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SCHEDULED = "scheduled"


class ReportDimension(OpenEnum):
    """What a summary counts by."""

    SOURCE = "source"
    CHANNEL = "channel"
    COUNTRY = "country"
    TRAFFIC = "traffic"
    DELIVERY = "delivery"


class ReportStatus(OpenEnum):
    """How far a message is."""

    ACCEPTED = "ACCEPTED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    SCHEDULED = "SCHEDULED"
    REJECTED = "REJECTED"
    NO_COVERAGE = "NO COVERAGE"


@in_utc("created_at", "updated_at", "scheduled_at")
class ReportedMessage(Model, rename="camel"):
    """A message and what became of it; `to` is in E.164, `cost` is what it took from the account's credit."""

    msg_id: str
    status: ReportStatus
    status_code: int
    in_quiet_hours: bool
    created_at: dt.datetime
    cost: float
    to: str
    country_iso: str
    from_: str = field(name="from")
    text: str
    source: ReportSource
    channel: Channel
    text_analysis: TextAnalysis | None = None
    error_code: int | None = None
    updated_at: dt.datetime | None = None
    scheduled_at: dt.datetime | None = None


class ReportTotals(Model, rename="camel"):
    """What all messages of a report took from the account's credit."""

    total_phone_numbers: int
    total_cost: float
    total_parts: int


class CampaignTotals(ReportTotals, kw_only=True, rename="camel"):
    """What a campaign took from the account's credit."""

    campaign_id: str
    campaign_name: str
    channel: str


class CampaignStatus(Model, rename="camel"):
    """How many messages of a campaign are how far."""

    accepted: int
    delivered: int
    failed: int
    scheduled: int
    no_coverage: int


@in_utc("datetime_added", "datetime_scheduled")
class CampaignReport(Model, rename="camel"):
    """A campaign; `status` is there only with `delivery_reports`."""

    id: str
    name: str
    from_: str = field(name="from")
    groups: list[CampaignGroup]
    total_phone_numbers: int = field(name="totalPhoneNumers")  # the vendor's spelling
    parts: int
    cost: float
    text: str
    source: ReportSource
    channel: Channel
    datetime_added: dt.datetime
    datetime_scheduled: dt.datetime | None = None
    status: CampaignStatus | None = None


class CampaignCount(Model, rename="camel"):
    """How many campaigns there are."""

    total_campaigns: int


class PartCount(Model, rename="camel"):
    """How many parts of messages there are, and what they cost."""

    parts: int
    cost_parts: float


class Summary(Model, rename="camel"):
    """What was sent under one value of what a summary counts by.

    By delivery there is a `PartCount` for each of how far messages are; by all else there are the first three members.
    """

    phone_numbers: int | None = None
    parts: int | None = None
    cost_parts: float | None = None
    accepted: PartCount | None = None
    delivered: PartCount | None = None
    failed: PartCount | None = None
    scheduled: PartCount | None = None
    no_coverage: PartCount | None = None
