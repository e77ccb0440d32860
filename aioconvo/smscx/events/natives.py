"""The events of SMS.CX, as structs: one for each item of a request's `data`.

Sources: the vendor's Python and PHP libraries, which agree in all names, and its page on callback URLs. `receive_viber` and
`receive_whatsapp` are named there without members: they are read as `receive_sms` is, which is unconfirmed. What the event of
a number lookup is called is unconfirmed, too (both libraries say `otp_update` by default). Times are UTC.

Hits and opt-outs are personal data: addresses, devices, towns.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from msgspec import field

from aioconvo.core.json.model import Model
from aioconvo.smscx.models.conversations import Channel
from aioconvo.smscx.models.lookups import Network, RoamingNetwork
from aioconvo.smscx.models.reports import ReportStatus
from aioconvo.smscx.models.times import in_utc

__all__ = [
    "AttachmentHitEvent",
    "AttachmentHitUpdateEvent",
    "DeliveryReportEvent",
    "HitEvent",
    "NativeEvent",
    "NumberLookupEvent",
    "OptoutEvent",
    "OtpEvent",
    "ReceivedEvent",
    "ReceivedSmsEvent",
    "ReceivedViberEvent",
    "ReceivedWhatsappEvent",
    "ShortlinkHitEvent",
    "ShortlinkHitUpdateEvent",
]


class NativeEvent(Model, rename="camel"):
    """What all events have: their name, and the members that tell one from others of that name."""

    event: ClassVar[str]
    told_by: ClassVar[tuple[str, ...]]


@in_utc("datetime")
class DeliveryReportEvent(NativeEvent, rename="camel"):
    """How far a message of the business got. `track_data` is what it was sent with, if that was a UUID."""

    event: ClassVar[str] = "dlr_update"
    told_by: ClassVar[tuple[str, ...]] = ("msg_id", "status", "datetime")

    msg_id: str
    status: ReportStatus
    campaign_id: str | None = None
    status_code: int | None = None
    error_code: int | None = None
    track_data: str | None = None
    datetime: dt.datetime | None = None


@in_utc("received_at")
class ReceivedEvent(NativeEvent, rename="camel"):
    """Somebody wrote; `from_` and `to` are phone numbers in E.164, or what the channel has in their place."""

    channel: ClassVar[Channel]
    told_by: ClassVar[tuple[str, ...]] = ("msg_id",)

    msg_id: str
    from_: str = field(name="from")
    text: str
    to: str | None = None
    country_iso: str | None = None
    cost: float | None = None
    received_at: dt.datetime | None = None


class ReceivedSmsEvent(ReceivedEvent):
    """Somebody wrote by SMS."""

    event: ClassVar[str] = "receive_sms"
    channel: ClassVar[Channel] = Channel.SMS


class ReceivedViberEvent(ReceivedEvent):
    """Somebody wrote by Viber; its members are unconfirmed."""

    event: ClassVar[str] = "receive_viber"
    channel: ClassVar[Channel] = Channel.VIBER


class ReceivedWhatsappEvent(ReceivedEvent):
    """Somebody wrote by WhatsApp; its members are unconfirmed."""

    event: ClassVar[str] = "receive_whatsapp"
    channel: ClassVar[Channel] = Channel.WHATSAPP


@in_utc("datetime")
class HitEvent(NativeEvent, rename="camel"):
    """Somebody opened a link that we sent."""

    told_by: ClassVar[tuple[str, ...]] = ("hit_id", "datetime")

    hit_id: int
    shortlink_id: str | None = None
    url: str | None = None
    device: str | None = None
    browser: str | None = None
    browser_version: str | None = None
    os: str | None = None
    os_version: str | None = None
    brand: str | None = None
    model: str | None = None
    screen_resolution: str | None = None
    accept_language: str | None = None
    referrer: str | None = None
    ip_address: str | None = None
    country_iso: str | None = None
    city: str | None = None
    datetime: dt.datetime | None = None
    phone_number: str | None = None
    campaign_id: str | None = None
    group_id: str | None = None


class ShortlinkHitEvent(HitEvent):
    """Somebody opened a short link."""

    event: ClassVar[str] = "shortlink_hit"


class ShortlinkHitUpdateEvent(HitEvent):
    """More became known of a hit; whether it has the first one's `hit_id` is unconfirmed."""

    event: ClassVar[str] = "shortlink_hit_update"


class AttachmentHitEvent(HitEvent):
    """Somebody opened an attachment."""

    event: ClassVar[str] = "attachment_hit"


class AttachmentHitUpdateEvent(HitEvent):
    """More became known of a hit; whether it has the first one's `hit_id` is unconfirmed."""

    event: ClassVar[str] = "attachment_hit_update"


@in_utc("datetime")
class OptoutEvent(NativeEvent, rename="camel"):
    """Somebody wants no more messages; `optout_type` is `admin` or `link`."""

    event: ClassVar[str] = "new_optout"
    told_by: ClassVar[tuple[str, ...]] = ("optout_id", "hit_id", "datetime")

    optout_id: str
    hit_id: int | None = None
    optout_url: str | None = None
    optout_type: str | None = None
    country_iso: str | None = None
    datetime: dt.datetime | None = None
    phone_number: str | None = None
    campaign_id: str | None = None
    group_id: str | None = None


@in_utc("date_created", "date_expires")
class OtpEvent(NativeEvent, rename="camel"):
    """A one-time password changed: `PENDING`, `VERIFIED`, `EXPIRED`, `CANCELLED`, `FAILED`. `ttl` is in seconds."""

    event: ClassVar[str] = "otp_update"
    told_by: ClassVar[tuple[str, ...]] = ("otp_id", "status", "attempts")

    otp_id: str
    status: str
    track_id: str | None = None
    phone_number: str | None = None
    country_iso: str | None = None
    cost: float | None = None
    parts: int | None = None
    max_attempts: int | None = None
    attempts: int | None = None
    ttl: int | None = None
    otp_callback_url: str | None = None
    date_created: dt.datetime | None = None
    date_expires: dt.datetime | None = None


@in_utc("datetime")
class NumberLookupEvent(NativeEvent, rename="camel"):
    """What was found out about a number: `ACTIVE`, `ABSENT`, `BARRED`, `UNKNOWN`, `FAILED`."""

    event: ClassVar[str] = "number_lookup"
    told_by: ClassVar[tuple[str, ...]] = ("lookup_id",)

    lookup_id: str
    status: str
    phone_number: str | None = None
    lookup_bulk_id: str | None = None
    cost: float | None = None
    mcc: str | None = None
    mccmnc: str | None = None
    country_iso: str | None = None
    country_name: str | None = None
    country_name_locale: str | None = None
    status_description: str | None = None
    ported: bool | None = None
    roaming: bool | None = None
    original_network: Network | None = None
    ported_network: Network | None = None
    roaming_network: RoamingNetwork | None = None
    datetime: dt.datetime | None = None
