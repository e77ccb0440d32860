"""Activities of Sunshine Conversations, as structs."""

from __future__ import annotations

from aioconvo.core.json.model import OpenEnum

__all__ = ["ActivityType"]


class ActivityType(OpenEnum):
    """What somebody does beside writing; a user can only read."""

    CONVERSATION_READ = "conversation:read"
    TYPING_START = "typing:start"
    TYPING_STOP = "typing:stop"
