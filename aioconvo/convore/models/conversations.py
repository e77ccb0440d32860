"""Conversations of Convore and their labels, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

from .participants import Participant

__all__ = ["Conversation", "ConversationPriority", "ConversationStatus", "Label", "LabelType"]


class ConversationStatus(OpenEnum):
    """Where a conversation is filed."""

    OPEN = "open"
    DONE = "done"
    TRASH = "trash"
    SPAM = "spam"


class ConversationPriority(OpenEnum):
    """How urgent a conversation is."""

    NO_PRIORITY = "no_priority"
    URGENT = "urgent"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class LabelType(OpenEnum):
    """Who sees a label; the API's own example has `SHARED`, which its list of values has not."""

    SHARED = "shared"
    CHANNEL_PRIVATE = "channel_private"


class Label(Model):
    """A label on a conversation."""

    id: str
    name: str
    created_at: dt.datetime
    type: LabelType
    description: str | None = None
    channel_id: str | None = None
    external_label_id: str | None = None
    shared_label_id: str | None = None


class Conversation(Model):
    """One conversation.

    `is_unread` is what its name says; the API's own text describes it the other way round, which nobody confirmed.
    """

    id: str
    channel_id: str
    status: ConversationStatus
    priority: ConversationPriority
    labels: list[Label]
    participants: list[Participant]
    created_at: dt.datetime
    subject: str | None = None
    snippet: str | None = None
    is_unread: bool | None = None
    last_message_date: dt.datetime | None = None
    external_conversation_id: str | None = None
    message_count: int | None = None
    draft_count: int | None = None
    attachment_count: int | None = None
