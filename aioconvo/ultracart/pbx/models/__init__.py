"""The nouns of UltraCart's phone system, as structs.

Source: the vendor's SDK 4.1.208, which requires none of their members, and its documents of April 2026. One struct serves for
what is read and what is written: a member that is not given, `None`, is not sent.
"""

from __future__ import annotations

from .actions import PbxAction, PbxMenuAction, PbxVoice
from .addresses import PbxAddress
from .agents import PbxAgent, PbxCallRoute
from .audios import PbxAudio, PbxAudioUsage
from .call_parts import (
    PbxAiRole,
    PbxCallAgent,
    PbxCallAiCost,
    PbxCallAiEngagement,
    PbxCallAiSummary,
    PbxCallCaller,
    PbxCallFinancial,
    PbxCallHold,
    PbxCallQueue,
    PbxCallRecording,
    PbxCallRouting,
    PbxCallTimeline,
    PbxCallToolCall,
    PbxCallTranscript,
    PbxCallTranscriptSegment,
    PbxCallTransfer,
    PbxCallWhisper,
    PbxSentiment,
    PbxSpeaker,
)
from .calls import PbxCall
from .classes_of_service import PbxAuditAction, PbxAuditLog, PbxAuditRule, PbxClassOfService
from .customer_snapshots import PbxCustomerSnapshot, ZohoDeskTicket
from .hardware_phones import PbxHardwarePhone, PbxPhoneManufacturer, PbxPhoneModel
from .menus import PbxMenu, PbxMenuMapping
from .pay_connectors import PbxPayConnector, PbxPayEnvironment, PbxPayProcessor
from .phone_numbers import PbxAddressRequirement, PbxAvailablePhoneNumber, PbxPhoneNumber
from .queues import PbxAiPriority, PbxQueue, PbxQueueMembers
from .time_based import PbxTimeBased, PbxTimeBasedMapping, PbxTimeBasedMappings
from .time_ranges import PbxTimeRange, PbxTimeRangeConfig
from .voicemail_mailboxes import (
    PbxMailboxType,
    PbxNoticeChannel,
    PbxVoicemailCapabilities,
    PbxVoicemailMailbox,
    ZohoDeskDepartment,
)
from .voicemails import PbxRecordingStatus, PbxVoicemail, PbxVoicemailSummary

__all__ = [
    "PbxAction",
    "PbxAddress",
    "PbxAddressRequirement",
    "PbxAgent",
    "PbxAiPriority",
    "PbxAiRole",
    "PbxAudio",
    "PbxAudioUsage",
    "PbxAuditAction",
    "PbxAuditLog",
    "PbxAuditRule",
    "PbxAvailablePhoneNumber",
    "PbxCall",
    "PbxCallAgent",
    "PbxCallAiCost",
    "PbxCallAiEngagement",
    "PbxCallAiSummary",
    "PbxCallCaller",
    "PbxCallFinancial",
    "PbxCallHold",
    "PbxCallQueue",
    "PbxCallRecording",
    "PbxCallRoute",
    "PbxCallRouting",
    "PbxCallTimeline",
    "PbxCallToolCall",
    "PbxCallTranscript",
    "PbxCallTranscriptSegment",
    "PbxCallTransfer",
    "PbxCallWhisper",
    "PbxClassOfService",
    "PbxCustomerSnapshot",
    "PbxHardwarePhone",
    "PbxMailboxType",
    "PbxMenu",
    "PbxMenuAction",
    "PbxMenuMapping",
    "PbxNoticeChannel",
    "PbxPayConnector",
    "PbxPayEnvironment",
    "PbxPayProcessor",
    "PbxPhoneManufacturer",
    "PbxPhoneModel",
    "PbxPhoneNumber",
    "PbxQueue",
    "PbxQueueMembers",
    "PbxRecordingStatus",
    "PbxSentiment",
    "PbxSpeaker",
    "PbxTimeBased",
    "PbxTimeBasedMapping",
    "PbxTimeBasedMappings",
    "PbxTimeRange",
    "PbxTimeRangeConfig",
    "PbxVoice",
    "PbxVoicemail",
    "PbxVoicemailCapabilities",
    "PbxVoicemailMailbox",
    "PbxVoicemailSummary",
    "ZohoDeskDepartment",
    "ZohoDeskTicket",
]
