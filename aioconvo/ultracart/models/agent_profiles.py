"""Profiles of agents of UltraCart, and what virtual agents know and use, as structs."""

from __future__ import annotations

from aioconvo.core.json.model import Model, OpenEnum

from .queues import AgentStatus
from .virtual_agents import VirtualAgentCapabilities

__all__ = ["AgentProfile", "AgentVoice", "KnowledgeBaseDocument", "McpAuthMethod", "McpServer"]


class AgentVoice(OpenEnum):
    """A voice of virtual agents."""

    ARA = "Ara"
    REX = "Rex"
    SAL = "Sal"
    EVE = "Eve"
    LEO = "Leo"


class AgentProfile(Model):
    """How an agent appears to customers; of a virtual one (`ai`), also what it is told to do.

    `chat_limit` is chats at a time; `profile_image_upload_key` the key of an image that was uploaded.
    """

    ai: bool | None = None
    ai_capabilities: VirtualAgentCapabilities | None = None
    ai_chat_instructions: str | None = None
    ai_persona: str | None = None
    ai_sms_instructions: str | None = None
    ai_ticket_instructions: str | None = None
    ai_voice_instructions: str | None = None
    ai_voice_personality: AgentVoice | None = None
    chat_limit: int | None = None
    default_language_iso_code: str | None = None
    default_status: AgentStatus | None = None
    display_name: str | None = None
    name: str | None = None
    profile_image_upload_key: str | None = None
    profile_image_url: str | None = None
    user_id: int | None = None
    zohodesk_classifications: list[str] | None = None
    zohodesk_departments: list[str] | None = None


class KnowledgeBaseDocument(Model):
    """A document that a virtual agent answers from, cut into `chunk_count` pieces."""

    chunk_count: int | None = None
    description: str | None = None
    document_id: str | None = None
    document_uuid: str | None = None
    metadata: str | None = None
    mime_type: str | None = None
    s3_key: str | None = None
    s3_url: str | None = None


class McpAuthMethod(OpenEnum):
    """How an MCP server is told who asks."""

    NONE = "none"
    HEADER = "header"
    BASIC = "basic"


class McpServer(Model):
    """A server of the Model Context Protocol whose tools a virtual agent may use.

    `auth_method` says which go along: `header_name` and `header_value`, or `basic_user_name` and `basic_password`. A `repr`
    shows none of them.
    """

    auth_method: McpAuthMethod | None = None
    basic_password: str | None = None
    basic_user_name: str | None = None
    header_name: str | None = None
    header_value: str | None = None
    mcp_server_uuid: str | None = None
    priority: int | None = None
    url: str | None = None
