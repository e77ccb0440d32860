"""What messages of Sunshine Conversations hold: contents, the actions in them, activities; as structs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import UNSET, UnsetType

from aioconvo.core.json.model import Model, Unknown, Variant

from .metadata import Metadata

__all__ = [
    "Action",
    "ActivityContent",
    "BuyAction",
    "CarouselContent",
    "Content",
    "ConversationEndedByUser",
    "Coordinates",
    "DisplaySettings",
    "ExtraChannelOptions",
    "FileContent",
    "FormContent",
    "FormField",
    "FormOption",
    "FormResponseContent",
    "FormResponseField",
    "ImageContent",
    "Item",
    "LinkAction",
    "ListContent",
    "LocationContent",
    "LocationInfo",
    "LocationRequestAction",
    "MessengerOptions",
    "PostbackAction",
    "ReplyAction",
    "TemplateContent",
    "TextContent",
    "TicketClosed",
    "TransferToEmail",
    "WebviewAction",
]


class MessengerOptions(Model):
    """What only Messenger knows of a link."""

    messenger_extensions: bool | None = None
    webview_share_button: str | None = None


class ExtraChannelOptions(Model):
    """Options of an action for one channel."""

    messenger: MessengerOptions | None = None


class BuyAction(Variant, rename="camel", tag="buy"):
    """Asks for a payment; `amount` is in the currency's smallest unit."""

    text: str
    amount: int
    currency: str | None = None
    metadata: Metadata | UnsetType | None = UNSET


class LinkAction(Variant, rename="camel", tag="link"):
    """Opens a page."""

    text: str
    uri: str
    default: bool | None = None
    metadata: Metadata | UnsetType | None = UNSET
    extra_channel_options: ExtraChannelOptions | None = None


class LocationRequestAction(Variant, rename="camel", tag="locationRequest"):
    """Asks where the user is."""

    text: str
    metadata: Metadata | UnsetType | None = UNSET


class PostbackAction(Variant, rename="camel", tag="postback"):
    """Sends `payload` back, unseen by the user."""

    text: str
    payload: str
    metadata: Metadata | UnsetType | None = UNSET


class ReplyAction(Variant, rename="camel", tag="reply"):
    """Answers with `text` in the user's name."""

    text: str
    payload: str
    icon_url: str | None = None
    metadata: Metadata | UnsetType | None = UNSET


class WebviewAction(Variant, rename="camel", tag="webview"):
    """Opens a page inside the conversation, or `fallback` where that is not possible."""

    text: str
    uri: str
    fallback: str
    default: bool | None = None
    size: str | None = None
    open_on_receive: bool | None = None
    metadata: Metadata | UnsetType | None = UNSET
    extra_channel_options: ExtraChannelOptions | None = None


if TYPE_CHECKING:
    Action = BuyAction | LinkAction | LocationRequestAction | PostbackAction | ReplyAction | WebviewAction | Unknown
else:  # msgspec tells the known ones apart by their tag; decoding puts Unknown in place of any other
    Action = BuyAction | LinkAction | LocationRequestAction | PostbackAction | ReplyAction | WebviewAction


class DisplaySettings(Model, rename="camel"):
    """How a carousel is shown: `horizontal` or `square` images."""

    image_aspect_ratio: str | None = None


class Item(Model, rename="camel"):
    """One entry of a carousel or list. `actions`: 1 to 3 of buy, link, postback and webview."""

    title: str
    actions: list[Action]
    description: str | None = None
    media_url: str | None = None
    media_type: str | None = None
    alt_text: str | None = None
    size: str | None = None
    metadata: Metadata | UnsetType | None = UNSET


class FormOption(Model):
    """One choice of a form's select field."""

    name: str | None = None
    label: str | None = None


class FormField(Model, rename="camel"):
    """One field of a form; `type` is `text`, `email` or `select`."""

    type: str
    name: str
    label: str
    text: str | None = None
    email: str | None = None
    select: list[FormOption] | None = None
    format: str | None = None
    placeholder: str | None = None
    min_size: int | None = None
    max_size: int | None = None
    options: list[FormOption] | None = None


class FormResponseField(Model, rename="camel"):
    """One field of a filled-in form."""

    type: str
    name: str
    label: str
    text: str | None = None
    email: str | None = None
    select: list[FormOption] | None = None
    format: str | None = None
    quoted_message_id: str | None = None


class Coordinates(Model):
    """A place, in degrees."""

    lat: float
    long: float


class LocationInfo(Model):
    """What a place is called."""

    address: str | None = None
    name: str | None = None


class TextContent(Variant, rename="camel", tag="text"):
    """Text of at most 4096 characters: one of `text`, `html_text`, `markdown_text`, or `actions` alone.

    `markdown_text` is only sent; it comes back as `html_text`.
    """

    text: str | None = None
    html_text: str | None = None
    markdown_text: str | None = None
    actions: list[Action] | None = None
    payload: str | None = None
    block_chat_input: bool | None = None


class CarouselContent(Variant, rename="camel", tag="carousel"):
    """1 to 10 items side by side."""

    items: list[Item]
    text: str | None = None
    display_settings: DisplaySettings | None = None
    block_chat_input: bool | None = None


class FileContent(Variant, rename="camel", tag="file"):
    """A file at a URL; `media_size` is in bytes."""

    media_url: str
    media_size: float | None = None
    media_type: str | None = None
    alt_text: str | None = None
    text: str | None = None
    html_text: str | None = None
    markdown_text: str | None = None
    attachment_id: str | None = None
    block_chat_input: bool | None = None


class FormContent(Variant, rename="camel", tag="form"):
    """A form of 1 to 20 fields."""

    fields: list[FormField]
    text: str | None = None
    submitted: bool | None = None
    block_chat_input: bool | None = None


class FormResponseContent(Variant, rename="camel", tag="formResponse"):
    """A form that a user filled in."""

    fields: list[FormResponseField]
    text_fallback: str | None = None


class ImageContent(Variant, rename="camel", tag="image"):
    """An image at a URL; `media_size` is in bytes."""

    media_url: str
    media_size: float | None = None
    media_type: str | None = None
    alt_text: str | None = None
    text: str | None = None
    html_text: str | None = None
    markdown_text: str | None = None
    actions: list[Action] | None = None
    attachment_id: str | None = None
    block_chat_input: bool | None = None


class ListContent(Variant, rename="camel", tag="list"):
    """1 to 10 items, one under the other."""

    items: list[Item]
    actions: list[Action] | None = None
    block_chat_input: bool | None = None


class LocationContent(Variant, rename="camel", tag="location"):
    """A place."""

    coordinates: Coordinates
    location: LocationInfo | None = None
    text: str | None = None
    block_chat_input: bool | None = None


class TemplateContent(Variant, rename="camel", tag="template"):
    """A WhatsApp template; sent with `schema="whatsapp"`."""

    template: dict[str, Any]
    block_chat_input: bool | None = None


if TYPE_CHECKING:
    Content = (
        TextContent
        | CarouselContent
        | FileContent
        | FormContent
        | FormResponseContent
        | ImageContent
        | ListContent
        | LocationContent
        | TemplateContent
        | Unknown
    )
else:  # as with Action
    Content = (
        TextContent
        | CarouselContent
        | FileContent
        | FormContent
        | FormResponseContent
        | ImageContent
        | ListContent
        | LocationContent
        | TemplateContent
    )


class TicketClosed(Variant, tag="ticket:closed"):
    """Says that the ticket behind the conversation was closed."""

    data: dict[str, Any] | None = None


class TransferToEmail(Variant, tag="ticket:transfer:email"):
    """Says that the conversation goes on by e-mail."""

    data: dict[str, Any] | None = None


class ConversationEndedByUser(Variant, tag="conversation:endedByUser"):
    """Says that the user ended the conversation."""

    data: dict[str, Any] | None = None


if TYPE_CHECKING:
    ActivityContent = TicketClosed | TransferToEmail | ConversationEndedByUser | Unknown
else:  # as with Action
    ActivityContent = TicketClosed | TransferToEmail | ConversationEndedByUser
