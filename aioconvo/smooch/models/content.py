"""What messages of Smooch hold: items, forms, places and the actions in them; as structs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import field

from aioconvo.core.json.model import Model, Unknown, Variant

from .metadata import Metadata

__all__ = [
    "Action",
    "BuyAction",
    "Coordinates",
    "DisplaySettings",
    "FormField",
    "FormOption",
    "Item",
    "LinkAction",
    "LocationInfo",
    "LocationRequestAction",
    "PostbackAction",
    "ReplyAction",
    "ShareAction",
    "WebviewAction",
]


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
