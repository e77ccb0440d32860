"""SMS.CX: `SmscxClient` and the structs it takes and gives."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from aioconvo.core.operations.operation import Operation
from aioconvo.core.operations.resource import operations

from .models import (
    AddedContacts,
    Alphabet,
    CampaignGroup,
    CampaignInfo,
    Channel,
    ChatReply,
    ChatStatus,
    Conversation,
    ConversationDetail,
    ConversationInfo,
    DeletedCampaign,
    DeletedContact,
    DeletedGroup,
    DeletedMessage,
    Group,
    GroupContact,
    GroupName,
    Message,
    MessageStatus,
    MessageType,
    NewContact,
    OriginalText,
    Originator,
    OriginatorName,
    ReplacedText,
    ReplyInfo,
    RichMedia,
    ScheduledChannel,
    SendInfo,
    SentChat,
    SentSms,
    SmsBatch,
    SmsCampaign,
    SmsMessage,
    SmsReply,
    TextAnalysis,
    TextEncoding,
    Token,
    Transliteration,
    TransliterationAnalysis,
    TransliterationTexts,
    TwoWay,
    TwoWayType,
    UpdatedContact,
)

if TYPE_CHECKING:
    from .client import SmscxClient
    from .events import (
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
        SmscxWebhook,
    )

__all__ = [
    "OPERATIONS",
    "AddedContacts",
    "Alphabet",
    "AttachmentHitEvent",
    "AttachmentHitUpdateEvent",
    "CampaignGroup",
    "CampaignInfo",
    "Channel",
    "ChatReply",
    "ChatStatus",
    "Conversation",
    "ConversationDetail",
    "ConversationInfo",
    "DeletedCampaign",
    "DeletedContact",
    "DeletedGroup",
    "DeletedMessage",
    "DeliveryReportEvent",
    "Group",
    "GroupContact",
    "GroupName",
    "HitEvent",
    "Message",
    "MessageStatus",
    "MessageType",
    "Network",
    "NewContact",
    "NumberLookupEvent",
    "OptoutEvent",
    "OriginalText",
    "Originator",
    "OriginatorName",
    "OtpEvent",
    "ReceivedEvent",
    "ReceivedSmsEvent",
    "ReceivedViberEvent",
    "ReceivedWhatsappEvent",
    "ReplacedText",
    "ReplyInfo",
    "ReportStatus",
    "RichMedia",
    "RoamingNetwork",
    "ScheduledChannel",
    "SendInfo",
    "SentChat",
    "SentSms",
    "ShortlinkHitEvent",
    "ShortlinkHitUpdateEvent",
    "SmsBatch",
    "SmsCampaign",
    "SmsMessage",
    "SmsReply",
    "SmscxClient",
    "SmscxWebhook",
    "TextAnalysis",
    "TextEncoding",
    "Token",
    "Transliteration",
    "TransliterationAnalysis",
    "TransliterationTexts",
    "TwoWay",
    "TwoWayType",
    "UpdatedContact",
]

OPERATIONS: tuple[Operation[Any], ...]


def __getattr__(name: str) -> Any:
    if name == "OPERATIONS":  # read where somebody asks, not by everybody's import
        return operations(importlib.import_module(".client", __name__).SmscxClient)
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # The client loads aiohttp, which events need not.
    value = getattr(importlib.import_module(".client" if name == "SmscxClient" else ".events", __name__), name)
    globals()[name] = value
    return value
