"""The nouns of Smooch v1.1, as structs.

Source: the published Python SDK 5.34.0 and answers the vendor published. The SDK calls members of messages required that
those answers lack; here they may be `None`. The API knows no null: what is `None` is not sent.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from msgspec import field

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.codec import came_as
from aioconvo.core.json.model import Model, OpenEnum, Unknown, Variant
from aioconvo.core.json.moments import count_as_utc
from aioconvo.core.json.written_times import read_time

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
    "WebviewAction",
]

Metadata = dict[str, Any]
"""Flat: text, numbers and booleans only."""


class Role(OpenEnum):
    """Which side wrote a message: the business (`appMaker`) or the user. Old answers also hold `whisper`."""

    APP_MAKER = "appMaker"
    APP_USER = "appUser"


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


class _Button(Variant, rename="camel"):
    """What all actions have; `id` is only received."""

    # mypy lets required members follow these only where kw_only stands in the subclass itself.
    id: str | None = field(default=None, name="_id")
    metadata: Metadata | None = None


class BuyAction(_Button, tag="buy", kw_only=True):
    """Asks for a payment; `amount` is in cents. `state` (`offered`, `paid`) and `uri` (the checkout) are only received."""

    text: str
    amount: int
    currency: str | None = None
    state: str | None = None
    uri: str | None = None


class LinkAction(_Button, tag="link", kw_only=True):
    """Opens a page."""

    text: str
    uri: str
    default: bool | None = None
    extra_channel_options: dict[str, Any] | None = None


class LocationRequestAction(_Button, tag="locationRequest", kw_only=True):
    """Asks where the user is; goes together with replies only."""

    text: str


class PostbackAction(_Button, tag="postback", kw_only=True):
    """Sends `payload` back, unseen by the user."""

    text: str
    payload: str


class ReplyAction(_Button, tag="reply", kw_only=True):
    """Answers with `text` in the user's name; goes together with location requests only."""

    text: str
    payload: str
    icon_url: str | None = None


class ShareAction(_Button, tag="share"):
    """Lets the user pass an item on; in items only."""

    # Required by the SDK's model, missing in every example of the vendor's documents.
    text: str | None = None


class WebviewAction(_Button, tag="webview", kw_only=True):
    """Opens a page inside the conversation (`size`: `compact`, `tall`, `full`), or `fallback` where that is not possible."""

    text: str
    uri: str
    fallback: str
    default: bool | None = None
    size: str | None = None
    open_on_receive: bool | None = None
    extra_channel_options: dict[str, Any] | None = None


if TYPE_CHECKING:
    Action = (
        BuyAction | LinkAction | LocationRequestAction | PostbackAction | ReplyAction | ShareAction | WebviewAction | Unknown
    )
else:  # msgspec tells the known ones apart by their tag; decoding puts Unknown in place of any other
    Action = BuyAction | LinkAction | LocationRequestAction | PostbackAction | ReplyAction | ShareAction | WebviewAction


class DisplaySettings(Model, rename="camel"):
    """How a carousel is shown: `horizontal` or `square` images."""

    image_aspect_ratio: str | None = None


class Item(Model, rename="camel"):
    """One entry of a carousel or list, with 1 to 3 `actions`; `size` is `compact` or `large`; `id` is only received."""

    title: str
    actions: list[Action]
    description: str | None = None
    media_url: str | None = None
    media_type: str | None = None
    alt_text: str | None = None
    size: str | None = None
    id: str | None = field(default=None, name="_id")


class FormOption(Model):
    """One choice of a select field; `name` is unique in its field."""

    name: str
    label: str
    id: str | None = field(default=None, name="_id")


class FormField(Model, rename="camel"):
    """One field of a form: `type` is `text`, `email` or `select`, `name` is unique in its form.

    A form says `placeholder`, `min_size` and `max_size` (text; the API's defaults are 1 and 128) or at most 20 `options`
    (select). A filled-in form says `text`, `email` or `select`. `id` and `select_size` are only received.
    """

    type: str
    name: str
    label: str
    placeholder: str | None = None
    min_size: int | None = None
    max_size: int | None = None
    options: list[FormOption] | None = None
    text: str | None = None
    email: str | None = None
    select: list[FormOption] | None = None
    select_size: int | None = None
    id: str | None = field(default=None, name="_id")


class Coordinates(Model):
    """A place, in degrees."""

    lat: float
    long: float


class LocationInfo(Model):
    """What a place is called."""

    address: str | None = None
    name: str | None = None


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
