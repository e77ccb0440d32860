"""Smooch v1.1: `SmoochClient` and the structs it takes and gives."""

from __future__ import annotations

from typing import Any

from aioconvo.core.operations.operation import Operation
from aioconvo.core.operations.resource import operations

from .client import SmoochClient
from .models import (
    Action,
    ActivityType,
    BuyAction,
    CarouselMessage,
    Conversation,
    Coordinates,
    Destination,
    DisplaySettings,
    FileMessage,
    FormField,
    FormMessage,
    FormOption,
    FormResponseMessage,
    ImageMessage,
    Item,
    LinkAction,
    ListMessage,
    LocationInfo,
    LocationMessage,
    LocationRequestAction,
    Message,
    MessageOverride,
    MessageType,
    Metadata,
    NewMessage,
    OverridePayload,
    PostbackAction,
    PostedMessage,
    QuotedMessage,
    ReplyAction,
    Role,
    ShareAction,
    Source,
    TextMessage,
    WebviewAction,
)

__all__ = [
    "OPERATIONS",
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
    "SmoochClient",
    "Source",
    "TextMessage",
    "WebviewAction",
]

OPERATIONS: tuple[Operation[Any], ...]


def __getattr__(name: str) -> Any:
    if name == "OPERATIONS":  # read where somebody asks, not by everybody's import
        return operations(SmoochClient)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
