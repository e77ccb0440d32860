"""Calls of UltraCart's phone system, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model

from .call_parts import (
    PbxCallAgent,
    PbxCallAiEngagement,
    PbxCallAiSummary,
    PbxCallCaller,
    PbxCallFinancial,
    PbxCallHold,
    PbxCallRecording,
    PbxCallRouting,
    PbxCallTimeline,
    PbxCallTransfer,
)

__all__ = ["PbxCall"]


class PbxCall(Model):
    """A phone call. Ids that end in `_sid` are those of Twilio."""

    account_sid: str | None = None
    agents: list[PbxCallAgent] | None = None
    ai_agent_engagements: list[PbxCallAiEngagement] | None = None
    ai_summary: PbxCallAiSummary | None = None
    call_sid: str | None = None
    """Of the customer's leg."""
    call_uuid: str | None = None
    caller: PbxCallCaller | None = None
    conference_sid: str | None = None
    """Where the call was a conference."""
    context_merchant_id: str | None = None
    created_at_dts: dt.datetime | None = None
    customer_name: str | None = None
    customer_profile_oid: str | None = None
    """The customer that the caller was found to be."""
    disposition: str | None = None
    """How the call ended."""
    email: str | None = None
    financial: PbxCallFinancial | None = None
    holds: list[PbxCallHold] | None = None
    merchant_id: str | None = None
    notes: str | None = None
    notes_finalized_dts: dt.datetime | None = None
    recording_sids: list[str] | None = None
    recordings: list[PbxCallRecording] | None = None
    routing: PbxCallRouting | None = None
    status: str | None = None
    """At the end of the call."""
    timeline: PbxCallTimeline | None = None
    transfers: list[PbxCallTransfer] | None = None
    updated_at_dts: dt.datetime | None = None
    zoho_desk_ticket_id: str | None = None
    zoho_desk_ticket_url: str | None = None
