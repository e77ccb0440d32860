"""Queues of UltraCart's phone system, as structs."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.json.model import Model, OpenEnum
from aioconvo.core.operations.rules import AtMost

from .actions import PbxVoice
from .texts import ContextMerchantId, Id, MerchantId

__all__ = ["PbxAiPriority", "PbxQueue", "PbxQueueMembers"]


class PbxAiPriority(OpenEnum):
    """Whether AI agents of a queue are called like the others, before them or after them."""

    NEUTRAL = "neutral"
    FIRST = "first"
    BACKUP = "backup"


class PbxQueue(Model):
    """A queue of callers who wait for agents.

    Of each thing to say there is a text, which `..._voice` reads, or an audio, by its UUID.
    """

    ai_priority: PbxAiPriority | None = None
    """Of AI agents among the others."""
    ai_summary_enabled: bool | None = None
    ai_summary_instructions: Annotated[str, AtMost(100000)] | None = None
    ai_timeout_seconds: int | None = None
    announce_queue_position: bool | None = None
    """Whether callers hear their place when they come in."""
    automatic_coach_agent_uuid: str | None = None
    """The AI agent that coaches those who take calls."""
    callback_announce_audio_uuid: Id | None = None
    """Offers a callback."""
    callback_announce_say: str | None = None
    """Offers a callback."""
    callback_confirm_audio_uuid: Id | None = None
    """Confirms a callback."""
    callback_confirm_say: str | None = None
    """Confirms a callback."""
    callback_enabled: bool | None = None
    callback_hours_only: bool | None = None
    """Whether callbacks are offered in business hours alone."""
    callback_max_attempts: int | None = None
    """Tries to reach a customer."""
    callback_max_offers: int | None = None
    """Offers to one caller in a call."""
    callback_max_pending: int | None = None
    """Callbacks that may wait at a time."""
    callback_offer_after_seconds: int | None = None
    """The wait before the first offer."""
    callback_offer_interval_seconds: int | None = None
    """The wait before the next offer."""
    callback_retry_delay_seconds: int | None = None
    """The wait before the next try."""
    context_merchant_id: ContextMerchantId | None = None
    conversation_pbx_queue_uuid: str | None = None
    conversation_voicemail_mailbox_uuid: Id | None = None
    hold_conversation_pbx_audio_uuid: Id | None = None
    """Played while callers wait."""
    max_hold_seconds: int | None = None
    """The longest wait."""
    members: PbxQueueMembers | None = None
    merchant_id: MerchantId | None = None
    name: Annotated[str, AtMost(50)] | None = None
    no_agent_available_play_audio_uuid: Id | None = None
    """Played after the longest wait."""
    no_agent_available_say: str | None = None
    """Read after the longest wait."""
    no_agent_available_say_voice: PbxVoice | None = None
    play_audio_uuid: Id | None = None
    """Played when a caller comes in."""
    record_call: bool | None = None
    """Whether its calls are recorded."""
    say: str | None = None
    """Read when a caller comes in."""
    say_voice: PbxVoice | None = None
    twilio_taskrouter_workflow_sid: Annotated[str, AtMost(100)] | None = None
    twilio_workspace_queue_sid: Id | None = None
    voicemail: bool | None = None
    """Whether it has a mailbox."""
    wait_critical_seconds: int | None = None
    """The wait that counts as critical."""
    wait_warning_seconds: int | None = None
    """The wait that calls for a warning."""
    wrap_up_seconds: int | None = None
    zoho_desk_department_id: Id | None = None
    zoho_desk_ticket_enabled: bool | None = None


class PbxQueueMembers(Model):
    """Who takes the calls of a queue: ids of groups and of users."""

    groups: list[int] | None = None
    users: list[int] | None = None
