"""The nouns of Sunshine Conversations v2, as structs.

Source: the vendor's OpenAPI document 17.12.1. Members it calls nullable, and members that are not always there, may be
`None`. Where one struct is both sent and received and null means something of its own, the default is `UNSET`: not sent.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from msgspec import UNSET, UnsetType, field

from aioconvo.core.json.model import Model, OpenEnum, Unknown, Variant

__all__ = [
    "Action",
    "ActivityContent",
    "Author",
    "AuthorType",
    "BuyAction",
    "CarouselContent",
    "Client",
    "ClientAssociation",
    "Content",
    "Conversation",
    "ConversationEndedByUser",
    "ConversationType",
    "Coordinates",
    "Destination",
    "Device",
    "DisplaySettings",
    "ExternalQuotedMessage",
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
    "Message",
    "MessageOverride",
    "Metadata",
    "NewParticipant",
    "OverridePayload",
    "Participant",
    "PostbackAction",
    "QuotedMessage",
    "QuotedStoredMessage",
    "Reference",
    "ReplyAction",
    "Source",
    "SwitchboardIntegration",
    "TemplateContent",
    "TextContent",
    "TicketClosed",
    "TransferToEmail",
    "WebviewAction",
]

Metadata = dict[str, Any]
"""Flat: text, numbers and booleans only, at most 4 kB."""


class ConversationType(OpenEnum):
    """Who may take part in a conversation."""

    PERSONAL = "personal"
    SDK_GROUP = "sdkGroup"


class AuthorType(OpenEnum):
    """Who wrote a message."""

    BUSINESS = "business"
    USER = "user"


class SwitchboardIntegration(Model, rename="camel"):
    """The integration that has, or is offered, control of a conversation."""

    id: str | None = None
    name: str | None = None
    integration_id: str | None = None
    integration_type: str | None = None


class Conversation(Model, rename="camel"):
    """One conversation."""

    id: str
    type: ConversationType
    metadata: Metadata | None = None
    active_switchboard_integration: SwitchboardIntegration | None = None
    pending_switchboard_integration: SwitchboardIntegration | None = None
    is_default: bool | None = None
    display_name: str | None = None
    description: str | None = None
    icon_url: str | None = None
    business_last_read: dt.datetime | None = None
    last_updated_at: dt.datetime | None = None
    created_at: dt.datetime | None = None


class NewParticipant(Model, rename="camel"):
    """A user to put into a new conversation: exactly one of `user_id` and `user_external_id`."""

    user_id: str | None = None
    user_external_id: str | None = None
    subscribe_sdk_client: bool | None = field(default=None, name="subscribeSDKClient")


class ClientAssociation(Model, rename="camel"):
    """A channel through which a participant takes part."""

    type: str | None = None
    client_id: str | None = None


class Participant(Model, rename="camel"):
    """One user's part in one conversation."""

    id: str
    user_id: str | None = None
    user_external_id: str | None = None
    unread_count: int | None = None
    client_associations: list[ClientAssociation] | None = None
    last_read: dt.datetime | None = None


class Attachment(Model, rename="camel"):
    """A file that was uploaded: the URL under which messages show it, and what it is."""

    media_url: str
    media_type: str | None = None


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


class Device(Model, rename="camel"):
    """One device of a user."""

    id: str | None = None
    type: str | None = None
    guid: str | None = None
    client_id: str | None = None
    status: str | None = None
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
