"""The events of SMS.CX: its webhook, its native events, and their neutral form. Loads no aiohttp."""

from __future__ import annotations

from .natives import (
    AttachmentHitEvent,
    AttachmentHitUpdateEvent,
    DeliveryReportEvent,
    HitEvent,
    Network,
    NumberLookupEvent,
    OptoutEvent,
    OtpEvent,
    ReceivedEvent,
    ReceivedSmsEvent,
    ReceivedViberEvent,
    ReceivedWhatsappEvent,
    ReportStatus,
    RoamingNetwork,
    ShortlinkHitEvent,
    ShortlinkHitUpdateEvent,
)
from .polls import poll
from .reading import contact_lane, read
from .sharing import neutral
from .webhook import SmscxWebhook

__all__ = [
    "AttachmentHitEvent",
    "AttachmentHitUpdateEvent",
    "DeliveryReportEvent",
    "HitEvent",
    "Network",
    "NumberLookupEvent",
    "OptoutEvent",
    "OtpEvent",
    "ReceivedEvent",
    "ReceivedSmsEvent",
    "ReceivedViberEvent",
    "ReceivedWhatsappEvent",
    "ReportStatus",
    "RoamingNetwork",
    "ShortlinkHitEvent",
    "ShortlinkHitUpdateEvent",
    "SmscxWebhook",
    "contact_lane",
    "neutral",
    "poll",
    "read",
]
