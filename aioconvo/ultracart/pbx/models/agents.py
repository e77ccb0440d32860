"""Agents of UltraCart's phone system, as structs."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.json.model import Model, OpenEnum
from aioconvo.core.operations.rules import AtMost

from .actions import PbxVoice
from .texts import Id, MerchantId

__all__ = ["PbxAgent", "PbxCallRoute"]


class PbxAgent(Model):
    """An agent of the phone system."""

    ai: bool | None = None
    """Whether it is no person."""
    call_routing_preference: PbxCallRoute | None = None
    cellphone: Annotated[str, AtMost(50)] | None = None
    """In E.164."""
    conversation_pbx_agent_uuid: str | None = None
    cos_uuid: str | None = None
    """The class of service; without one the default holds."""
    default_phone_number_uuid: str | None = None
    """The phone number that the agent calls from."""
    extension: int | None = None
    full_name: str | None = None
    hardware_phone_uuids: list[str] | None = None
    login: str | None = None
    merchant_id: MerchantId | None = None
    personal_conversation_pbx_voicemail_mailbox_uuid: Id | None = None
    preferred_hardware_phone_uuid: str | None = None
    """What rings where `call_routing_preference` is `hardware_phone`."""
    record_outgoing_automatically: bool | None = None
    """Whether calls that the agent makes are recorded."""
    shared_conversation_pbx_voicemail_mailbox_uuid: Id | None = None
    twilio_taskrouter_worker_id: Annotated[str, AtMost(100)] | None = None
    unavailable_play_audio_uuid: Id | None = None
    """Played in place of that."""
    unavailable_say: str | None = None
    """Read to callers where the agent is not there."""
    unavailable_say_voice: PbxVoice | None = None
    user_id: int | None = None
    voicemail: bool | None = None
    zoho_desk_outbound_department_id: Id | None = None
    zoho_desk_outbound_ticket_enabled: bool | None = None


class PbxCallRoute(OpenEnum):
    """What rings when an agent is called."""

    SOFTPHONE = "softphone"
    HARDWARE_PHONE = "hardware_phone"
    CELLPHONE = "cellphone"
