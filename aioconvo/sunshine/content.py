"""The documented limits of what can be posted, checked before it is sent.

Source: the vendor's OpenAPI document 17.12.1, schemas `messagePost`, `content`, `action`, `author` and `destination`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.json.model import Model
from aioconvo.core.operations.rules import Between, Length, exactly_one, not_both

from .models.content import (
    Action,
    BuyAction,
    CarouselContent,
    Content,
    FileContent,
    FormContent,
    FormField,
    FormOption,
    FormResponseContent,
    FormResponseField,
    ImageContent,
    Item,
    LinkAction,
    ListContent,
    PostbackAction,
    TemplateContent,
    TextContent,
    WebviewAction,
)
from .models.integrations import PrechatCapture
from .models.messages import Author, Destination

__all__ = ["check_author", "check_content", "check_destination", "fields_fit"]

_IN_ITEMS = (BuyAction, LinkAction, PostbackAction, WebviewAction)
_TEXTS = {"text": (0, 4096), "html_text": (0, 4096), "markdown_text": (0, 4096)}
_MEDIA = {**_TEXTS, "alt_text": (0, 128)}
_IN_FIELDS = {"name": (1, 128), "label": (1, 128), "text": (1, 256), "email": (1, 128)}
_SIZES = {"min_size": (1, 256), "max_size": (1, 256)}
# The characters of a text, the items of a list or the size of a number, from and to.
_LIMITS: dict[type[Model], dict[str, tuple[int, int]]] = {
    Author: {"brand_id": (1, 24), "avatar_url": (1, 2048)},
    TextContent: _TEXTS,
    FileContent: _MEDIA,
    ImageContent: _MEDIA,
    CarouselContent: {"items": (1, 10)},
    ListContent: {"items": (1, 10), "actions": (1, 10)},
    Item: {
        "title": (1, 128),
        "description": (0, 128),
        "media_url": (0, 2048),
        "media_type": (0, 128),
        "alt_text": (0, 128),
        "actions": (1, 3),
    },
    FormContent: {"fields": (1, 20)},
    FormField: {**_IN_FIELDS, **_SIZES, "placeholder": (1, 128), "options": (0, 200)},
    FormOption: {"name": (1, 128), "label": (1, 128)},
    FormResponseContent: {"fields": (1, 20)},
    FormResponseField: _IN_FIELDS,
}
_NONE: dict[str, tuple[int, int]] = {}
_one_user = exactly_one("author.user_id", "author.user_external_id")
_one_integration = exactly_one("destination.integration_id", "destination.integration_type")
_one_markup = not_both("content.html_text", "content.markdown_text")


def check_author(author: Author) -> None:
    """A user author has exactly one id."""
    if not isinstance(author, Author):  # pyright: ignore[reportUnnecessaryIsInstance] -- for callers without a type checker
        raise InvalidRequestError(
            f"author must be an Author, such as Author(type=AuthorType.BUSINESS); got {type(author).__name__}"
        )
    _check_limits("author", author)
    if author.type == "user":
        _one_user(author.user_id, author.user_external_id)


def check_destination(destination: object) -> None:
    """A destination names exactly one of its members."""
    if isinstance(destination, Destination):
        _one_integration(destination.integration_id, destination.integration_type)


def check_content(content: Content, schema: object) -> None:
    """Content keeps to the documented limits; what came as `Unknown` passes as it is."""
    _check_limits("content", cast("Model", content))
    if isinstance(content, TextContent | FileContent | ImageContent):
        _one_markup(content.html_text, content.markdown_text)
    if isinstance(content, TextContent) and not (content.text or content.html_text or content.markdown_text or content.actions):
        raise InvalidRequestError("text content needs one of text, html_text, markdown_text and actions")
    if isinstance(content, CarouselContent | ListContent):
        for item in content.items:
            _check_subset("the actions of an item", item.actions)
    if isinstance(content, ListContent) and content.actions is not None:
        _check_subset("content.actions", content.actions)
    if isinstance(content, TemplateContent) and schema != "whatsapp":
        raise InvalidRequestError('template content is sent with schema="whatsapp"')


def fields_fit(name: str, capture: PrechatCapture) -> PrechatCapture:
    """Fields with names and labels of 1 to 128 characters, as in forms."""
    for number, one in enumerate(capture.fields or ()):
        _check_limits(f"{name}.fields[{number}]", one)
    return capture


def _check_limits(place: str, value: Model) -> None:
    """Refuse a struct in which a member breaks its limit, or a member of the structs that it lists."""
    # What came from the API in parts that did not fit is of a kind of its own.
    for name, (low, high) in _LIMITS.get(getattr(value, "drifted_from", type(value)), _NONE).items():
        member: object = getattr(value, name)
        if isinstance(member, str):
            if not low <= len(member) <= high:
                Length(low, high)(f"{place}.{name}", member)
        elif isinstance(member, list):
            listed = cast("list[Model]", member)
            Length(low, high, name)(f"{place}.{name}", listed)
            for number, one in enumerate(listed):
                _check_limits(f"{place}.{name}[{number}]", one)
        elif isinstance(member, int):
            Between(low, high)(f"{place}.{name}", member)


def _check_subset(name: str, actions: Sequence[Action]) -> None:
    for action in actions:
        if not isinstance(action, _IN_ITEMS) and type(action).__name__ != "Unknown":
            raise InvalidRequestError(f"{name} may be buy, link, postback and webview only; got {action.type}")
