"""The bodies that Sunshine accepts, and the content it makes of what was posted."""

import html
import mimetypes
import re
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from aioconvo.sandbox.bodies import (
    JSON,
    Action,
    Coordinates,
    Fields,
    Items,
    LongText,
    Metadata,
    Name,
    Place,
    Url,
)
from aioconvo.sandbox.contents import location_text


class Participant(Struct, kw_only=True, rename="camel"):
    """Who takes part: one of the two ids."""

    user_id: str | UnsetType = UNSET
    user_external_id: str | UnsetType = UNSET
    subscribe_sdk_client: bool | UnsetType = msgspec.field(default=UNSET, name="subscribeSDKClient")

    def __post_init__(self) -> None:
        if (self.user_id is UNSET) == (self.user_external_id is UNSET):
            raise ValueError("a participant needs userId or userExternalId")


class ParticipantLeave(Struct, kw_only=True, rename="camel"):
    """The body of LeaveConversation: one of three ids."""

    user_id: str | UnsetType = UNSET
    user_external_id: str | UnsetType = UNSET
    participant_id: str | UnsetType = UNSET

    def __post_init__(self) -> None:
        if [self.user_id, self.user_external_id, self.participant_id].count(UNSET) != 2:  # noqa: PLR2004
            raise ValueError("exactly one of userId, userExternalId and participantId is required")


class ConversationUpdate(Struct, kw_only=True, rename="camel"):
    """The body of UpdateConversation: null clears, absent leaves."""

    display_name: Name | UnsetType | None = UNSET
    description: Name | UnsetType | None = UNSET
    icon_url: Url | UnsetType | None = UNSET
    metadata: Metadata | UnsetType | None = UNSET


class ConversationCreate(ConversationUpdate, kw_only=True, rename="camel"):
    """The body of CreateConversation."""

    type: Literal["personal", "sdkGroup"]
    participants: Annotated[list[Participant], Meta(max_length=10)] = []

    def __post_init__(self) -> None:
        if self.type == "personal" and len(self.participants) != 1:
            raise ValueError("a personal conversation has exactly one participant")


class Author(Struct, kw_only=True, rename="camel"):
    """Who writes: a user is named by one of the two ids."""

    type: Literal["business", "user"]
    subtypes: Annotated[list[Literal["AI"]], Meta(min_length=1, max_length=1)] | UnsetType = UNSET
    user_id: str | UnsetType = UNSET
    user_external_id: str | UnsetType = UNSET
    brand_id: str | UnsetType | None = UNSET
    display_name: str | UnsetType = UNSET
    avatar_url: Url | UnsetType | None = UNSET

    def __post_init__(self) -> None:
        if self.type == "user" and self.user_id is UNSET and self.user_external_id is UNSET:
            raise ValueError("an author of type user needs userId or userExternalId")


class ActivityPost(Struct, kw_only=True):
    """The body of PostActivity; users can only read."""

    author: Author
    type: Literal["conversation:read", "typing:start", "typing:stop"]

    def __post_init__(self) -> None:
        if self.author.type == "user" and self.type != "conversation:read":
            raise ValueError("typing is an activity of the business")


class _Texts(Struct, kw_only=True, rename="camel"):
    text: LongText | UnsetType = UNSET
    html_text: LongText | UnsetType = UNSET
    markdown_text: LongText | UnsetType = UNSET
    actions: list[Action] | UnsetType = UNSET
    block_chat_input: bool | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.html_text is not UNSET and self.markdown_text is not UNSET:
            raise ValueError("htmlText and markdownText exclude each other")


class TextContent(_Texts, kw_only=True, rename="camel", tag_field="type", tag="text"):
    """One of text, htmlText, markdownText and actions at least."""

    payload: str | UnsetType = UNSET

    def __post_init__(self) -> None:
        super().__post_init__()
        if all(value is UNSET for value in (self.text, self.html_text, self.markdown_text, self.actions)):
            raise ValueError("a text message needs text, htmlText, markdownText or actions")


class _Media(_Texts, kw_only=True, rename="camel"):
    media_url: Url
    alt_text: Annotated[str, Meta(max_length=128)] | UnsetType = UNSET
    attachment_id: str | UnsetType = UNSET


class ImageContent(_Media, kw_only=True, rename="camel", tag_field="type", tag="image"):
    """An image at `mediaUrl`."""


class FileContent(_Media, kw_only=True, rename="camel", tag_field="type", tag="file"):
    """A file at `mediaUrl`."""


class DisplaySettings(Struct, rename="camel"):
    """How a carousel shows its images."""

    image_aspect_ratio: Literal["horizontal", "square"] | UnsetType = UNSET


class CarouselContent(Struct, kw_only=True, rename="camel", tag_field="type", tag="carousel"):
    """Items side by side."""

    items: Items
    display_settings: DisplaySettings | UnsetType = UNSET
    block_chat_input: bool | UnsetType = UNSET


class ListContent(Struct, kw_only=True, rename="camel", tag_field="type", tag="list"):
    """Items below each other."""

    items: Items
    actions: list[Action] | UnsetType = UNSET
    block_chat_input: bool | UnsetType = UNSET


class LocationContent(Struct, kw_only=True, rename="camel", tag_field="type", tag="location"):
    """A place."""

    coordinates: Coordinates
    location: Place | UnsetType = UNSET
    block_chat_input: bool | UnsetType = UNSET


class FormContent(Struct, kw_only=True, rename="camel", tag_field="type", tag="form"):
    """Questions."""

    fields: Fields
    text: str | UnsetType = UNSET
    block_chat_input: bool | UnsetType = UNSET


class FormResponseContent(Struct, kw_only=True, rename="camel", tag_field="type", tag="formResponse"):
    """Answers to questions."""

    fields: Fields


class TemplateContent(Struct, kw_only=True, rename="camel", tag_field="type", tag="template"):
    """A WhatsApp template."""

    template: JSON
    block_chat_input: bool | UnsetType = UNSET


Content = (
    TextContent
    | ImageContent
    | FileContent
    | CarouselContent
    | ListContent
    | LocationContent
    | FormContent
    | FormResponseContent
    | TemplateContent
)


class MessagePost(Struct, kw_only=True, rename="camel"):
    """The body of PostMessage."""

    author: Author
    content: Content
    destination: JSON | UnsetType = UNSET
    metadata: Metadata | UnsetType | None = UNSET
    override: JSON | UnsetType = UNSET
    schema: str | UnsetType = UNSET

    def __post_init__(self) -> None:
        if isinstance(self.content, TemplateContent) and self.schema != "whatsapp":
            raise ValueError("template messages need schema whatsapp")
        if isinstance(self.content, FormResponseContent) and self.author.type != "user":
            raise ValueError("form responses come from users only")


_MARKS: Final = (
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"\*(.+?)\*"), r"<em>\1</em>"),
    (re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)"), r'<a href="\2">\1</a>'),
)


def rendered(content: Content) -> dict[str, Any]:
    """The content as it is answered: what is write-only left out, what the server makes up added."""
    answer: dict[str, Any] = msgspec.to_builtins(content)
    markdown = answer.pop("markdownText", None)
    if markdown is not None:
        answer["htmlText"] = _html(markdown)
    match content:
        case ImageContent() | FileContent():
            answer["mediaType"] = mimetypes.guess_type(content.media_url)[0] or "application/octet-stream"
        case CarouselContent():
            answer["text"] = "\n\n".join(f"{place}. {item.title}" for place, item in enumerate(content.items, 1))
        case LocationContent():
            answer["text"] = location_text(content.coordinates.lat, content.coordinates.long)
        case FormContent():
            answer["submitted"] = False
        case _:
            pass
    return answer


def _html(markdown: str) -> str:
    text = html.escape(markdown, quote=False)
    for mark, replacement in _MARKS:
        text = mark.sub(replacement, text)
    return "".join(f"<p>{paragraph.strip()}</p>" for paragraph in text.split("\n\n"))
