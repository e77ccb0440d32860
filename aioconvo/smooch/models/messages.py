"""Messages of Smooch, as structs."""

from __future__ import annotations

import datetime as dt

from msgspec import field

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.codec import came_as
from aioconvo.core.json.model import Model, OpenEnum
from aioconvo.core.json.moments import count_as_utc
from aioconvo.core.json.written_times import read_time

from .content import Action, Coordinates, DisplaySettings, FormField, Item, LocationInfo
from .conversations import Conversation, Role
from .metadata import Metadata

__all__ = ["Message", "MessageType", "PostedMessage", "QuotedMessage", "Source"]


class MessageType(OpenEnum):
    """What a message is."""

    CAROUSEL = "carousel"
    FILE = "file"
    IMAGE = "image"
    LIST = "list"
    LOCATION = "location"
    TEXT = "text"
    FORM = "form"
    FORM_RESPONSE = "formResponse"


class Source(Model, rename="camel"):
    """Where a message came in; `type` is open text such as `api`; `original_message_timestamp` is Unix seconds."""

    type: str | None = None
    id: str | None = None
    integration_id: str | None = None  # not in the SDK's model, but in published payloads
    original_message_id: str | None = None
    original_message_timestamp: float | None = None


class QuotedMessage(Model, rename="camel"):
    """What a message answers: `type` is `message` (with `content`) or `externalMessageId`."""

    type: str
    external_message_id: str | None = None
    content: Message | None = None


class Message(Model, rename="camel"):
    """One message of any type; which members it has depends on `type`. `received` is Unix seconds."""

    id: str = field(name="_id")
    role: Role
    type: MessageType
    received: float
    author_id: str | None = None
    source: Source | None = None
    name: str | None = None
    text: str | None = None
    email: str | None = None
    avatar_url: str | None = None
    media_url: str | None = None
    media_type: str | None = None
    media_size: int | None = None  # bytes; not in the SDK's model, but in published answers
    alt_text: str | None = None
    metadata: Metadata | None = None
    items: list[Item] | None = None
    actions: list[Action] | None = None
    payload: str | None = None
    display_settings: DisplaySettings | None = None
    block_chat_input: bool | None = None
    fields: list[FormField] | None = None
    submitted: bool | None = None
    quoted_message: QuotedMessage | None = None
    text_fallback: str | None = None
    coordinates: Coordinates | None = None
    location: LocationInfo | None = None

    @property
    def received_at(self) -> dt.datetime | None:
        """`received` as an aware datetime in UTC; `None` where the answer gave no usable time."""
        try:
            return dt.datetime.fromtimestamp(self.received, dt.UTC)
        except (TypeError, ValueError, OverflowError, OSError):
            moment = read_time(came_as(self, "received"))  # milliseconds, or a text
        return None if moment is None else count_as_utc(moment)


class PostedMessage(Telling, rename="camel", kw_only=True):
    """What came of a post: a shorthand in a text can make `extra_messages`."""

    message: Message
    # Required by the SDK's model, missing in published answers; a post that went through must not fail for it.
    conversation: Conversation | None = None
    extra_messages: list[Message] | None = None
