"""Statuses of agents of UltraCart, their history and their sums, as structs."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from aioconvo.core.json.model import Model, OpenEnum
from aioconvo.core.operations.rules import AtMost

from .queues import AgentStatus

__all__ = [
    "AgentCallEvent",
    "AgentChannel",
    "AgentChatEvent",
    "AgentKind",
    "AgentStatusChannel",
    "AgentStatusConfig",
    "AgentStatusEvent",
    "AgentStatusMetric",
    "AgentStatusRollup",
    "AgentStatusTrigger",
    "AgentSummary",
    "CallDirection",
    "TimelineSummary",
]


class AgentStatusChannel(OpenEnum):
    """Where a status counts: in the phone system, in chats, or in both."""

    PBX = "pbx"
    CHAT = "chat"
    BOTH = "both"


class AgentChannel(OpenEnum):
    """Where an agent works: in the phone system or in chats."""

    PBX = "pbx"
    CHAT = "chat"


class AgentStatusTrigger(OpenEnum):
    """What changed a status."""

    MANUAL = "manual"
    SYSTEM = "system"
    AUTO_DISCONNECT = "auto_disconnect"


class AgentStatusMetric(OpenEnum):
    """What a heat map shows."""

    AVAILABILITY = "availability"
    CALL_VOLUME = "call_volume"
    CHAT_VOLUME = "chat_volume"


class AgentKind(OpenEnum):
    """Who an agent is."""

    HUMAN = "human"
    AI = "ai"


class CallDirection(OpenEnum):
    """Who called."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class AgentStatusConfig(Model):
    """A status that agents can choose, such as "Lunch", and what it means for who gets calls and chats (`routing_effect`)."""

    active: bool | None = None
    channel: AgentStatusChannel | None = None
    color: Annotated[str, AtMost(7)] | None = None
    conversation_status_uuid: str | None = None
    created_at: str | None = None
    icon: Annotated[str, AtMost(40)] | None = None
    merchant_id: Annotated[str, AtMost(5)] | None = None
    name: Annotated[str, AtMost(100)] | None = None
    parent_status: str | None = None
    routing_effect: AgentStatus | None = None
    sort_order: int | None = None
    twilio_activity_sid: Annotated[str, AtMost(40)] | None = None
    updated_at: str | None = None


class AgentStatusEvent(Model):
    """A change of an agent's status; the one before it lasted `duration_in_previous_seconds`."""

    agent_identifier: str | None = None
    agent_name: str | None = None
    agent_type: AgentKind | None = None
    agent_user_id: str | None = None
    channel: AgentChannel | None = None
    custom_status_name: str | None = None
    custom_status_uuid: str | None = None
    duration_in_previous_seconds: int | None = None
    event_dts: dt.datetime | None = None
    event_uuid: str | None = None
    merchant_id: str | None = None
    new_routing_effect: AgentStatus | None = None
    new_status: str | None = None
    parent_merchant_id: str | None = None
    previous_routing_effect: AgentStatus | None = None
    previous_status: str | None = None
    trigger: AgentStatusTrigger | None = None


class AgentCallEvent(Model):
    """A call of an agent."""

    call_uuid: str | None = None
    direction: CallDirection | None = None
    disposition: str | None = None
    duration_seconds: int | None = None
    end_dts: dt.datetime | None = None
    phone_number: str | None = None
    start_dts: dt.datetime | None = None


class AgentChatEvent(Model):
    """A chat of an agent."""

    conversation_uuid: str | None = None
    customer_name: str | None = None
    end_dts: dt.datetime | None = None
    message_count: int | None = None
    start_dts: dt.datetime | None = None


class TimelineSummary(Model):
    """What an agent did in a day."""

    available_seconds: int | None = None
    avg_handle_time_seconds: int | None = None
    calls_missed: int | None = None
    calls_taken: int | None = None
    chats_handled: int | None = None


class AgentSummary(Model):
    """What an agent did in some days, of which `total_tracked_seconds` were seen; the form of a share is not documented."""

    agent_name: str | None = None
    agent_user_id: str | None = None
    availability_pct: Any | None = None
    available_seconds: int | None = None
    calls_taken: int | None = None
    chats_handled: int | None = None
    total_tracked_seconds: int | None = None


class AgentStatusRollup(AgentSummary):
    """What an agent did in one day and channel. `rollup_date` is the day as text."""

    channel: AgentChannel | None = None
    rollup_date: str | None = None
    status_breakdown: Any | None = None
    unavailable_seconds: int | None = None
