"""The bodies that Smooch accepts, and the message it makes of what was posted."""

import mimetypes
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from aioconvo.sandbox.bodies import (
    JSON,
    Coordinates,
    Fields,
    Items,
    LongText,
    Metadata,
    Place,
    SmoochAction,
    Url,
)
from aioconvo.sandbox.contents import location_text

Role = Literal["appMaker", "appUser"]

_NEEDED: Final = {
    "image": "media_url",
    "file": "media_url",
    "carousel": "items",
    "list": "items",
    "location": "coordinates",
    "form": "fields",
    "formResponse": "fields",
}
_NOT_SHOWN: Final = ("destination", "override")


class ConversationActivity(Struct, kw_only=True, rename="camel"):
    """The body of conversationActivity; users can only read."""

    role: Role
    type: Literal["conversation:read", "typing:start", "typing:stop"]
    name: str | UnsetType = UNSET
    avatar_url: str | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.role == "appUser" and self.type != "conversation:read":
            raise ValueError("typing is an activity of the appMaker")


class MessagePost(Struct, kw_only=True, rename="camel"):
    """The body of postMessage: all types share one flat object."""

    role: Role
    type: Literal["text", "image", "file", "carousel", "list", "location", "form", "formResponse"]
    name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    avatar_url: Url | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET
    payload: str | UnsetType = UNSET
    text: LongText | UnsetType = UNSET
    media_url: Url | UnsetType = UNSET
    media_type: str | UnsetType = UNSET
    alt_text: str | UnsetType = UNSET
    items: Items | UnsetType = UNSET
    actions: list[SmoochAction] | UnsetType = UNSET
    block_chat_input: bool | UnsetType = UNSET
    display_settings: JSON | UnsetType = UNSET
    fields: Fields | UnsetType = UNSET
    destination: JSON | UnsetType = UNSET
    override: JSON | UnsetType = UNSET
    coordinates: Coordinates | UnsetType = UNSET
    location: Place | UnsetType = UNSET
    quoted_message: JSON | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.type == "text" and not self.text and not self.actions:
            raise ValueError("a text message needs text or actions")
        needed = _NEEDED.get(self.type)
        if needed is not None and getattr(self, needed) is UNSET:
            raise ValueError(f"a message of type {self.type} needs {needed}")
        if self.actions and self.role == "appUser":
            raise ValueError("actions come from the appMaker only")


def rendered(body: MessagePost) -> dict[str, Any]:
    """The message as it is answered, without author data the body leaves out; `text` is always there."""
    message: dict[str, Any] = {"text": "", **msgspec.to_builtins(body)}
    for member in _NOT_SHOWN:
        message.pop(member, None)
    if body.media_url:
        message.setdefault("mediaType", mimetypes.guess_type(body.media_url)[0] or "application/octet-stream")
    if body.coordinates and not body.text:
        message["text"] = location_text(body.coordinates.lat, body.coordinates.long)
    if body.type == "form":
        message["submitted"] = False
    return message
