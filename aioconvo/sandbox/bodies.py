"""What clients send to Sunshine and Smooch, as strict structs: decoding validates, its error is the 400's reason."""

from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from .exchange import Refusal, Request

_LARGEST_BODY: Final = 100_000
_LARGEST_METADATA: Final = 4_096

LongText = Annotated[str, Meta(max_length=4096)]
Label = Annotated[str, Meta(min_length=1, max_length=128)]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Url = Annotated[str, Meta(min_length=1, max_length=2048, pattern="^[A-Za-z][A-Za-z0-9+.-]*:")]
Metadata = dict[str, str | bool | int | float]
JSON = dict[str, Any]

T = TypeVar("T", bound=Struct)


def decode(request: Request, kind: type[T]) -> T:
    """The body as a struct. Raises `Refusal` with 400, or 413 above 100 kB."""
    if len(request.body) > _LARGEST_BODY:
        raise Refusal(413, "request_entity_too_large", "Request entity too large")
    try:
        return msgspec.json.decode(request.body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, "bad_request", f"Invalid request body: {error}") from None


def checked(metadata: Metadata | UnsetType | None) -> None:
    """Refuse metadata above 4 kB with 400."""
    if len(msgspec.json.encode(metadata or {})) > _LARGEST_METADATA:
        raise Refusal(400, "bad_request", "metadata is limited to 4KB")


class Buy(Struct, tag_field="type", tag="buy", kw_only=True):
    """A payment button; `amount` in cents."""

    text: Label
    amount: int
    currency: str | UnsetType = UNSET
    metadata: Metadata | UnsetType | None = UNSET


class Link(Struct, tag_field="type", tag="link", kw_only=True, rename="camel"):
    """A button that opens a page."""

    text: Label
    uri: Url
    default: bool | UnsetType = UNSET
    metadata: Metadata | UnsetType | None = UNSET
    extra_channel_options: JSON | UnsetType = UNSET


class LocationRequest(Struct, tag_field="type", tag="locationRequest", kw_only=True):
    """A button that asks for the user's location."""

    text: Label
    metadata: Metadata | UnsetType | None = UNSET


class Postback(Struct, tag_field="type", tag="postback", kw_only=True):
    """A button that calls back with its payload."""

    text: Label
    payload: str
    metadata: Metadata | UnsetType | None = UNSET


class Reply(Struct, tag_field="type", tag="reply", kw_only=True, rename="camel"):
    """A quick answer."""

    text: Label
    payload: str
    icon_url: Url | UnsetType = UNSET
    metadata: Metadata | UnsetType | None = UNSET


class Share(Struct, tag_field="type", tag="share", kw_only=True):
    """Smooch only: a button that shares its item."""

    text: str | UnsetType = UNSET
    metadata: Metadata | UnsetType | None = UNSET


class Webview(Struct, tag_field="type", tag="webview", kw_only=True, rename="camel"):
    """A button that opens a page inside the messenger."""

    text: Label
    uri: Url
    fallback: Url
    default: bool | UnsetType = UNSET
    size: Literal["compact", "tall", "full"] | UnsetType = UNSET
    open_on_receive: bool | UnsetType = UNSET
    metadata: Metadata | UnsetType | None = UNSET
    extra_channel_options: JSON | UnsetType = UNSET


Action = Buy | Link | LocationRequest | Postback | Reply | Webview
SmoochAction = Buy | Link | LocationRequest | Postback | Reply | Share | Webview
ItemAction = Buy | Link | Postback | Share | Webview


class Item(Struct, kw_only=True, rename="camel"):
    """An item of a carousel or list."""

    title: Label
    actions: Annotated[list[ItemAction], Meta(min_length=1, max_length=3)]
    description: Annotated[str, Meta(max_length=128)] | UnsetType = UNSET
    media_url: Url | UnsetType = UNSET
    media_type: str | UnsetType = UNSET
    alt_text: str | UnsetType = UNSET
    size: Literal["compact", "large"] | UnsetType = UNSET
    metadata: Metadata | UnsetType | None = UNSET


class Coordinates(Struct):
    """A place on Earth in degrees."""

    lat: Annotated[float, Meta(ge=-90, le=90)]
    long: Annotated[float, Meta(ge=-180, le=180)]


class Place(Struct):
    """What a location is called."""

    address: str | UnsetType = UNSET
    name: str | UnsetType = UNSET


class Option(Struct):
    """A choice of a select field."""

    name: Label
    label: Label


class Field(Struct, kw_only=True, rename="camel"):
    """A field of a form, or its answer."""

    type: Literal["text", "email", "select"]
    name: Label
    label: Label
    placeholder: Label | UnsetType = UNSET
    min_size: Annotated[int, Meta(ge=1, le=256)] | UnsetType = UNSET
    max_size: Annotated[int, Meta(ge=1, le=256)] | UnsetType = UNSET
    options: Annotated[list[Option], Meta(max_length=200)] | UnsetType = UNSET
    text: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    select: list[Option] | UnsetType = UNSET
    format: Literal["integer", "decimal"] | UnsetType = UNSET
    quoted_message_id: str | UnsetType = UNSET


Items = Annotated[list[Item], Meta(min_length=1, max_length=10)]
Fields = Annotated[list[Field], Meta(min_length=1, max_length=20)]
