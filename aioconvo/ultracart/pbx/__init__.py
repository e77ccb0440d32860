"""The phone system (PBX) of UltraCart: `client.pbx`, and the structs that its operations take and give.

Each group of operations is loaded when it is first touched, and so is each struct.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from aioconvo.core.operations.resource import Resource
from aioconvo.ultracart.resource import UltraCartResource

if TYPE_CHECKING:
    from .addresses import Addresses
    from .agent_voicemails import AgentVoicemails
    from .agents import Agents
    from .audios import Audios
    from .calls import Calls
    from .classes_of_service import ClassesOfService
    from .config import Config
    from .customer_snapshots import CustomerSnapshots
    from .hardware_phones import HardwarePhones
    from .menus import Menus
    from .models.actions import PbxAction, PbxMenuAction, PbxVoice
    from .models.addresses import PbxAddress
    from .models.agents import PbxAgent, PbxCallRoute
    from .models.audios import PbxAudio, PbxAudioUsage
    from .models.call_parts import (
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
    from .models.calls import PbxCall
    from .models.classes_of_service import PbxAuditAction, PbxAuditLog, PbxAuditRule, PbxClassOfService
    from .models.customer_snapshots import PbxCustomerSnapshot, ZohoDeskTicket
    from .models.hardware_phones import PbxHardwarePhone, PbxPhoneManufacturer, PbxPhoneModel
    from .models.menus import PbxMenu, PbxMenuMapping
    from .models.pay_connectors import PbxPayConnector, PbxPayEnvironment, PbxPayProcessor
    from .models.phone_numbers import PbxAddressRequirement, PbxAvailablePhoneNumber, PbxPhoneNumber
    from .models.queues import PbxAiPriority, PbxQueue, PbxQueueMembers
    from .models.time_based import PbxTimeBased, PbxTimeBasedMapping, PbxTimeBasedMappings
    from .models.time_ranges import PbxTimeRange, PbxTimeRangeConfig
    from .models.voicemail_mailboxes import (
        PbxMailboxType,
        PbxNoticeChannel,
        PbxVoicemailCapabilities,
        PbxVoicemailMailbox,
        ZohoDeskDepartment,
    )
    from .models.voicemails import PbxRecordingStatus, PbxVoicemail, PbxVoicemailSummary
    from .pay_connectors import PayConnectors
    from .phone_numbers import PhoneNumbers
    from .queue_voicemails import QueueVoicemails
    from .queues import Queues
    from .time_based import TimeBased
    from .time_ranges import TimeRanges
    from .user_audios import UserAudios
    from .voicemail_mailboxes import VoicemailMailboxes

__all__ = [
    "Pbx",
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

_HOMES = {
    "actions": ("PbxAction", "PbxMenuAction", "PbxVoice"),
    "addresses": ("PbxAddress",),
    "agents": ("PbxAgent", "PbxCallRoute"),
    "audios": ("PbxAudio", "PbxAudioUsage"),
    "call_parts": (
        "PbxAiRole",
        "PbxCallAgent",
        "PbxCallAiCost",
        "PbxCallAiEngagement",
        "PbxCallAiSummary",
        "PbxCallCaller",
        "PbxCallFinancial",
        "PbxCallHold",
        "PbxCallQueue",
        "PbxCallRecording",
        "PbxCallRouting",
        "PbxCallTimeline",
        "PbxCallToolCall",
        "PbxCallTranscript",
        "PbxCallTranscriptSegment",
        "PbxCallTransfer",
        "PbxCallWhisper",
        "PbxSentiment",
        "PbxSpeaker",
    ),
    "calls": ("PbxCall",),
    "classes_of_service": ("PbxAuditAction", "PbxAuditLog", "PbxAuditRule", "PbxClassOfService"),
    "customer_snapshots": ("PbxCustomerSnapshot", "ZohoDeskTicket"),
    "hardware_phones": ("PbxHardwarePhone", "PbxPhoneManufacturer", "PbxPhoneModel"),
    "menus": ("PbxMenu", "PbxMenuMapping"),
    "pay_connectors": ("PbxPayConnector", "PbxPayEnvironment", "PbxPayProcessor"),
    "phone_numbers": ("PbxAddressRequirement", "PbxAvailablePhoneNumber", "PbxPhoneNumber"),
    "queues": ("PbxAiPriority", "PbxQueue", "PbxQueueMembers"),
    "time_based": ("PbxTimeBased", "PbxTimeBasedMapping", "PbxTimeBasedMappings"),
    "time_ranges": ("PbxTimeRange", "PbxTimeRangeConfig"),
    "voicemail_mailboxes": (
        "PbxMailboxType",
        "PbxNoticeChannel",
        "PbxVoicemailCapabilities",
        "PbxVoicemailMailbox",
        "ZohoDeskDepartment",
    ),
    "voicemails": ("PbxRecordingStatus", "PbxVoicemail", "PbxVoicemailSummary"),
}


class Pbx(UltraCartResource):
    """The phone system: who is called when, what callers hear, and what became of calls."""

    __slots__ = ()
    addresses: Resource[Addresses] = Resource()
    agent_voicemails: Resource[AgentVoicemails] = Resource()
    agents: Resource[Agents] = Resource()
    audios: Resource[Audios] = Resource()
    calls: Resource[Calls] = Resource()
    classes_of_service: Resource[ClassesOfService] = Resource()
    config: Resource[Config] = Resource()
    customer_snapshots: Resource[CustomerSnapshots] = Resource()
    hardware_phones: Resource[HardwarePhones] = Resource()
    menus: Resource[Menus] = Resource()
    pay_connectors: Resource[PayConnectors] = Resource()
    phone_numbers: Resource[PhoneNumbers] = Resource()
    queue_voicemails: Resource[QueueVoicemails] = Resource()
    queues: Resource[Queues] = Resource()
    time_based: Resource[TimeBased] = Resource()
    time_ranges: Resource[TimeRanges] = Resource()
    user_audios: Resource[UserAudios] = Resource()
    voicemail_mailboxes: Resource[VoicemailMailboxes] = Resource()


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            globals()[name] = value = getattr(importlib.import_module(f".models.{home}", __name__), name)
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
