"""Answers of UltraCart that are of use as a whole."""

from __future__ import annotations

from typing import Any

from aioconvo.core.json.model import Model

from .models.agent_statuses import AgentCallEvent, AgentChatEvent, AgentStatusEvent, AgentSummary, TimelineSummary
from .pages import Told

__all__ = [
    "AgentStatusHeatmap",
    "AgentStatusSummary",
    "AgentStatusTimeline",
    "AgentTestSession",
    "CustomerAuth",
    "StoredDocument",
]


class AgentStatusHeatmap(Told, kw_only=True):
    """How busy agents were at which hours; the form of the rows in `data` is not documented."""

    agents: list[str] | None = None
    data: list[dict[str, Any]] | None = None
    hours: list[int] | None = None


class AgentStatusTimeline(Told, kw_only=True):
    """What an agent did on one day."""

    call_events: list[AgentCallEvent] | None = None
    chat_events: list[AgentChatEvent] | None = None
    status_events: list[AgentStatusEvent] | None = None
    summary: TimelineSummary | None = None


class AgentStatusSummary(Told, kw_only=True):
    """What agents did in some days. The forms of the shares and of `status_breakdown` are not documented."""

    agents: list[AgentSummary] | None = None
    avg_available_pct: Any | None = None
    status_breakdown: Any | None = None
    total_agents: int | None = None


class CustomerAuth(Model):
    """What a customer needs to open the websocket of a chat. Its token shows in no `repr`."""

    conversation_participant_arn: str | None = None
    conversation_participant_name: str | None = None
    join_dts_conversation_participant_arn: str | None = None
    jwt: str | None = None
    merchant_id: str | None = None
    merchant_id_queue_name: str | None = None
    websocket_url: str | None = None


class AgentTestSession(Told, kw_only=True):
    """A chat with a virtual agent, to try it."""

    cart_id: str | None = None
    conversation_webchat_queue_uuid: str | None = None
    customer_auth: CustomerAuth | None = None
    storefront_host_name: str | None = None


class StoredDocument(Told, kw_only=True):
    """A document that was added to a knowledge base; `vector_keys` name its pieces."""

    document_uuid: str | None = None
    s3_key: str | None = None
    vector_keys: list[str] | None = None
