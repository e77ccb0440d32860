"""Messages to post to Smooch, as structs."""

from __future__ import annotations

from typing import Any

from aioconvo.core.json.model import Model, Variant

from .content import Action, Coordinates, DisplaySettings, FormField, Item, LocationInfo
from .conversations import Role
from .messages import QuotedMessage
from .metadata import Metadata

__all__ = [
    "CarouselMessage",
    "Destination",
    "FileMessage",
    "FormMessage",
    "FormResponseMessage",
    "ImageMessage",
    "ListMessage",
    "LocationMessage",
    "MessageOverride",
    "NewMessage",
    "OverridePayload",
    "TextMessage",
]


class Destination(Model, rename="camel"):
    """Where a business message goes: the vendor's documents ask for one of the two, its SDK for both; both may be given."""

    integration_id: str | None = None
    integration_type: str | None = None


class OverridePayload(Model):
    """A payload in a channel's own form."""

    payload: dict[str, Any] | None = None


class MessageOverride(Model):
    """What is sent in place of the message on some channels."""

    whatsapp: OverridePayload | None = None
    line: OverridePayload | None = None
    messenger: OverridePayload | None = None


class _Post(Variant, rename="camel"):
    """What all messages to post have. `payload` is that of the reply action which the message answers, if any."""

    role: Role
    text: str | None = None
    name: str | None = None
    email: str | None = None
    avatar_url: str | None = None
    metadata: Metadata | None = None
    payload: str | None = None
    destination: Destination | None = None
    override: MessageOverride | None = None


class TextMessage(_Post, tag="text"):
    """Text, or `actions`, or both."""

    actions: list[Action] | None = None


class ImageMessage(_Post, tag="image", kw_only=True):
    """An image at a URL; without `media_type` the API finds it out."""

    media_url: str
    media_type: str | None = None
    alt_text: str | None = None
    actions: list[Action] | None = None


class FileMessage(_Post, tag="file", kw_only=True):
    """A file at a URL; without `media_type` the API finds it out."""

    media_url: str
    media_type: str | None = None
    alt_text: str | None = None


class CarouselMessage(_Post, tag="carousel", kw_only=True):
    """1 to 10 items side by side."""

    items: list[Item]
    display_settings: DisplaySettings | None = None


class ListMessage(_Post, tag="list", kw_only=True):
    """1 to 10 items, one under the other."""

    items: list[Item]
    actions: list[Action] | None = None


class LocationMessage(_Post, tag="location", kw_only=True):
    """A place."""

    coordinates: Coordinates
    location: LocationInfo | None = None


class FormMessage(_Post, tag="form", kw_only=True):
    """A form; `block_chat_input` keeps the user from writing anything else."""

    fields: list[FormField]
    block_chat_input: bool | None = None


class FormResponseMessage(_Post, tag="formResponse", kw_only=True):
    """A filled-in form; `quoted_message` is the form."""

    fields: list[FormField]
    # Required by the vendor's documents, missing in the SDK's model of a post: unconfirmed, so it may be left out.
    quoted_message: QuotedMessage | None = None


NewMessage = (
    TextMessage
    | ImageMessage
    | FileMessage
    | CarouselMessage
    | ListMessage
    | LocationMessage
    | FormMessage
    | FormResponseMessage
)
