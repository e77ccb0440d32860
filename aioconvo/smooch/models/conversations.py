"""Conversations of Smooch, as structs."""

from __future__ import annotations

from msgspec import field

from aioconvo.core.json.model import Model, OpenEnum

__all__ = ["ActivityType", "Conversation", "Role"]


class Role(OpenEnum):
    """Which side wrote a message: the business (`appMaker`) or the user. Old answers also hold `whisper`."""

    APP_MAKER = "appMaker"
    APP_USER = "appUser"


class ActivityType(OpenEnum):
    """What one side of a conversation is doing."""

    CONVERSATION_READ = "conversation:read"
    TYPING_START = "typing:start"
    TYPING_STOP = "typing:stop"


class Conversation(Model, rename="camel"):
    """A user's one conversation; the two `last_read` are Unix seconds."""

    id: str = field(name="_id")
    unread_count: int
    # Not in the SDK's model, but in published answers.
    app_maker_last_read: float | None = None
    app_user_last_read: float | None = None
