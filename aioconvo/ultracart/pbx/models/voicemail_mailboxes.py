"""Voicemail mailboxes of UltraCart's phone system, as structs."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.json.model import Model, OpenEnum
from aioconvo.core.operations.rules import AtMost
from aioconvo.ultracart.pages import Told

from .actions import PbxVoice
from .texts import ContextMerchantId, Id, MerchantId

__all__ = ["PbxMailboxType", "PbxNoticeChannel", "PbxVoicemailCapabilities", "PbxVoicemailMailbox", "ZohoDeskDepartment"]


class PbxMailboxType(OpenEnum):
    """Whether a voicemail mailbox belongs to one agent."""

    AGENT = "agent"
    SHARED = "shared"


class PbxNoticeChannel(OpenEnum):
    """Who is told of new voicemail, and how."""

    NONE = "none"
    EMAIL = "email"
    ZOHO_DESK_TICKET = "zoho_desk_ticket"
    ULTRACART_TASK = "ultracart_task"


class PbxVoicemailCapabilities(Told, kw_only=True):
    """Whether voicemail can become tickets at Zoho Desk, and of which departments."""

    zoho_desk_available: bool | None = None
    zoho_desk_departments: list[ZohoDeskDepartment] | None = None


class PbxVoicemailMailbox(Model):
    """A mailbox for voicemail.

    Of each thing to say there is a text, which `..._voice` reads, or an audio, by its UUID.
    """

    context_merchant_id: ContextMerchantId | None = None
    conversation_pbx_voicemail_mailbox_uuid: Id | None = None
    merchant_id: MerchantId | None = None
    send_notices_to_channel: PbxNoticeChannel | None = None
    send_notices_to_email: Annotated[str, AtMost(250)] | None = None
    send_notices_to_zoho_desk_department_id: Id | None = None
    user_id: int | None = None
    voicemail_followup_play_audio_uuid: Id | None = None
    voicemail_followup_say: str | None = None
    voicemail_followup_say_voice: PbxVoice | None = None
    voicemail_mailbox_id: Id | None = None
    voicemail_mailbox_type: PbxMailboxType | None = None
    voicemail_prompt_play_audio_uuid: Id | None = None
    voicemail_prompt_say: str | None = None
    voicemail_prompt_say_voice: PbxVoice | None = None


class ZohoDeskDepartment(Model):
    """A department at Zoho Desk."""

    department_id: str | None = None
    department_name: str | None = None
