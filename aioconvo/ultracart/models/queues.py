"""Web chat queues of UltraCart conversations, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

__all__ = ["AgentStatus", "QueueAgent", "QueueEntry", "QueueStatus"]


class AgentStatus(OpenEnum):
    """Whether an agent takes chats."""

    AVAILABLE = "available"
    BUSY = "busy"
    UNAVAILABLE = "unavailable"


class QueueAgent(Model):
    """An agent of a web chat queue."""

    agent_status: AgentStatus | None = None
    agent_user_id: str | None = None
    conversation_participant_arn: str | None = None
    conversation_participant_name: str | None = None
    custom_status_name: str | None = None
    custom_status_uuid: str | None = None
    last_chat_dts: dt.datetime | None = None
    next_round_robin: bool | None = None
    profile_image_url: str | None = None


class QueueEntry(Model):
    """A customer who waits in a web chat queue."""

    conversation_participant_arn: str | None = None
    conversation_participant_name: str | None = None
    conversation_webchat_queue_uuid: str | None = None
    email: str | None = None
    join_dts: dt.datetime | None = None
    participant_language_iso_code: str | None = None
    question: str | None = None
    queue_name: str | None = None


class QueueStatus(Model):
    """A web chat queue with its agents and the customers who wait; averages are in seconds."""

    agent_available_count: int | None = None
    agent_busy_count: int | None = None
    agent_count: int | None = None
    agent_unavailable_count: int | None = None
    agents: list[QueueAgent] | None = None
    customer_abandon_count: int | None = None
    customer_active_count: int | None = None
    customer_average_abandon_time_seconds: int | None = None
    customer_average_chat_time_seconds: int | None = None
    customer_average_hold_time_seconds: int | None = None
    customer_chat_count: int | None = None
    customer_waiting_count: int | None = None
    customer_waiting_join_dts: dt.datetime | None = None
    queue_entries: list[QueueEntry] | None = None
    queue_name: str | None = None
