"""The nouns of Smooch v1.1, as structs.

Source: the published Python SDK 5.34.0 and answers the vendor published. The SDK calls members of messages required that
those answers lack; here they may be `None`. The API knows no null: what is `None` is not sent.
"""

from __future__ import annotations

from .content import (
    Action,
    BuyAction,
    Coordinates,
    DisplaySettings,
    FormField,
    FormOption,
    Item,
    LinkAction,
    LocationInfo,
    LocationRequestAction,
    PostbackAction,
    ReplyAction,
    ShareAction,
    WebviewAction,
)
from .conversations import ActivityType, Conversation, Role
from .messages import Message, MessageType, PostedMessage, QuotedMessage, Source
from .metadata import Metadata
from .posts import (
    CarouselMessage,
    Destination,
    FileMessage,
    FormMessage,
    FormResponseMessage,
    ImageMessage,
    ListMessage,
    LocationMessage,
    MessageOverride,
    NewMessage,
    OverridePayload,
    TextMessage,
)
from .webhooks import Webhook

__all__ = [
    "Action",
    "ActivityType",
    "BuyAction",
    "CarouselMessage",
    "Conversation",
    "Coordinates",
    "Destination",
    "DisplaySettings",
    "FileMessage",
    "FormField",
    "FormMessage",
    "FormOption",
    "FormResponseMessage",
    "ImageMessage",
    "Item",
    "LinkAction",
    "ListMessage",
    "LocationInfo",
    "LocationMessage",
    "LocationRequestAction",
    "Message",
    "MessageOverride",
    "MessageType",
    "Metadata",
    "NewMessage",
    "OverridePayload",
    "PostbackAction",
    "PostedMessage",
    "QuotedMessage",
    "ReplyAction",
    "Role",
    "ShareAction",
    "Source",
    "TextMessage",
    "Webhook",
    "WebviewAction",
]
