"""Conversations of Sunshine Conversations, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

from .metadata import Metadata
from .switchboards import SwitchboardIntegration

__all__ = ["Conversation", "ConversationType"]


class ConversationType(OpenEnum):
    """Who may take part in a conversation."""

    PERSONAL = "personal"
    SDK_GROUP = "sdkGroup"


class Conversation(Model, rename="camel"):
    """One conversation."""

    id: str
    type: ConversationType
    metadata: Metadata | None = None
    active_switchboard_integration: SwitchboardIntegration | None = None
    pending_switchboard_integration: SwitchboardIntegration | None = None
    is_default: bool | None = None
    display_name: str | None = None
    description: str | None = None
    icon_url: str | None = None
    business_last_read: dt.datetime | None = None
    last_updated_at: dt.datetime | None = None
    created_at: dt.datetime | None = None
