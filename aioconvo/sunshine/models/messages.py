"""Messages of Sunshine Conversations: who wrote them, where they came in, where they go; as structs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from msgspec import UNSET, UnsetType

from aioconvo.core.json.model import Model, OpenEnum, Unknown, Variant

from .content import ActivityContent, Content
from .metadata import Metadata

__all__ = [
    "Author",
    "AuthorType",
    "Client",
    "Destination",
    "Device",
    "DeviceStatus",
    "DeviceType",
    "ExternalQuotedMessage",
    "Message",
    "MessageOverride",
    "OverridePayload",
    "QuotedMessage",
    "QuotedStoredMessage",
    "Reference",
    "Source",
]


class AuthorType(OpenEnum):
    """Who wrote a message."""

    BUSINESS = "business"
    USER = "user"


class Author(Model, rename="camel"):
    """Who wrote a message. To send: `business`, or `user` with exactly one of `user_id` and `user_external_id`.

    `user_external_id` and `brand_id` are only sent, never received; of `subtypes` only `AI` can be sent.
    """

    type: AuthorType
    subtypes: list[str] | None = None
    user_id: str | None = None
    user_external_id: str | None = None
    brand_id: str | UnsetType | None = UNSET
    display_name: str | None = None
    avatar_url: str | UnsetType | None = UNSET


class Client(Model, rename="camel"):
    """A user's presence on one channel."""

    id: str | None = None
    type: str | None = None
    status: str | None = None
    integration_id: str | None = None
    external_id: str | None = None
    last_seen: dt.datetime | None = None
    linked_at: dt.datetime | None = None
    display_name: str | None = None
    avatar_url: str | None = None
    info: dict[str, Any] | None = None
    raw: dict[str, Any] | None = None


class DeviceType(OpenEnum):
    """What runs the vendor's SDK."""

    ANDROID = "android"
    IOS = "ios"
    WEB = "web"


class DeviceStatus(OpenEnum):
    """Whether a device gets push notifications."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class Device(Model, rename="camel"):
    """A phone or browser in which a user has the vendor's own SDK.

    `guid` is made by the device, `last_seen` is when the user last wrote or opened the app there. `info` is flat, with members
    that differ by platform; `app_version` is that of the app around the SDK. `push_notification_token` is its secret.
    """

    id: str | None = None
    type: DeviceType | None = None
    guid: str | None = None
    client_id: str | None = None
    status: DeviceStatus | None = None
    integration_id: str | None = None
    last_seen: dt.datetime | None = None
    push_notification_token: str | None = None
    info: dict[str, Any] | None = None
    app_version: str | None = None


class Source(Model, rename="camel"):
    """Where a message came in; `type` is open text such as `api:conversations`."""

    type: str
    integration_id: str | None = None
    original_message_id: str | None = None
    original_message_timestamp: dt.datetime | None = None
    client: Client | None = None
    device: Device | None = None


class Reference(Model):
    """Something a message refers to."""

    uri: str
    title: str | None = None
    description: str | None = None


class QuotedStoredMessage(Variant, tag="message"):
    """A quoted message that this API stores."""

    message: Message | None = None


class ExternalQuotedMessage(Variant, rename="camel", tag="externalMessageId"):
    """A quoted message that only its channel knows."""

    external_message_id: str | None = None


if TYPE_CHECKING:
    QuotedMessage = QuotedStoredMessage | ExternalQuotedMessage | Unknown
else:  # as with Action
    QuotedMessage = QuotedStoredMessage | ExternalQuotedMessage


class Message(Model, rename="camel"):
    """One message. `content` is missing on messages that only tell an `activity`."""

    id: str
    received: dt.datetime
    author: Author
    content: Content | None = None
    activity: ActivityContent | None = None
    source: Source | None = None
    quoted_message: QuotedMessage | None = None
    metadata: Metadata | None = None
    deleted: bool | None = None
    references: list[Reference] | None = None


class Destination(Model, rename="camel"):
    """Where a business message goes: exactly one of the two; `integration_type="none"` sends silently."""

    integration_id: str | None = None
    integration_type: str | None = None


class OverridePayload(Model, rename="camel"):
    """A payload in a channel's own form; `with_capabilities` is Apple's alone."""

    payload: dict[str, Any] | None = None
    with_capabilities: list[str] | None = None


class MessageOverride(Model):
    """What is sent in place of the content on some channels."""

    apple: OverridePayload | None = None
    line: OverridePayload | None = None
    messenger: OverridePayload | None = None
    whatsapp: OverridePayload | None = None
