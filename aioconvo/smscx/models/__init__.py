"""The nouns of SMS.CX, as structs.

Source: the vendor's documents of API 1.0.2. Members it calls nullable, and members that are not always there, may be `None`.
"""

from __future__ import annotations

from .conversations import Channel, Conversation, ConversationDetail, ConversationInfo, Message, MessageStatus, MessageType
from .groups import (
    AddedContacts,
    DeletedContact,
    DeletedGroup,
    Group,
    GroupContact,
    GroupName,
    NewContact,
    UpdatedContact,
)
from .oauth import Token
from .originators import Originator, OriginatorName, TwoWay, TwoWayType
from .replies import ChatReply, ChatStatus, ReplyInfo, RichMedia, SentChat, SentSms, SmsReply, TextAnalysis
from .sms import (
    Alphabet,
    CampaignGroup,
    CampaignInfo,
    DeletedCampaign,
    DeletedMessage,
    OriginalText,
    ReplacedText,
    ScheduledChannel,
    SendInfo,
    SmsBatch,
    SmsCampaign,
    SmsMessage,
    TextEncoding,
    Transliteration,
    TransliterationAnalysis,
    TransliterationTexts,
)

__all__ = [
    "AddedContacts",
    "Alphabet",
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
    "Group",
    "GroupContact",
    "GroupName",
    "Message",
    "MessageStatus",
    "MessageType",
    "NewContact",
    "OriginalText",
    "Originator",
    "OriginatorName",
    "ReplacedText",
    "ReplyInfo",
    "RichMedia",
    "ScheduledChannel",
    "SendInfo",
    "SentChat",
    "SentSms",
    "SmsBatch",
    "SmsCampaign",
    "SmsMessage",
    "SmsReply",
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
