"""The documented limits of what can be posted, checked before it is sent.

Source: the vendor's OpenAPI document 17.12.1, schemas `messagePost`, `content`, `action`, `author` and `destination`.
"""

from __future__ import annotations

from collections.abc import Sequence

from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.validation import at_most, exactly_one, length_between, not_both

from .models import (
    Action,
    Author,
    BuyAction,
    CarouselContent,
    Content,
    Destination,
    FileContent,
    FormContent,
    FormResponseContent,
    ImageContent,
    Item,
    LinkAction,
    ListContent,
    PostbackAction,
    TemplateContent,
    TextContent,
    WebviewAction,
)

__all__ = ["check_author", "check_content", "check_destination"]

_TEXT = 4096
_IN_ITEMS = (BuyAction, LinkAction, PostbackAction, WebviewAction)


def check_author(author: Author) -> None:
    """A user author has exactly one id."""
    if not isinstance(author, Author):  # pyright: ignore[reportUnnecessaryIsInstance] -- for callers without a type checker
        raise InvalidRequestError(
            f"author must be an Author, such as Author(type=AuthorType.BUSINESS); got {type(author).__name__}"
        )
    if author.type == "user":
        exactly_one(**{"author.user_id": author.user_id, "author.user_external_id": author.user_external_id})


def check_destination(destination: object) -> None:
    """A destination names exactly one of its members."""
    if isinstance(destination, Destination):
        exactly_one(
            **{
                "destination.integration_id": destination.integration_id,
                "destination.integration_type": destination.integration_type,
            }
        )


def check_content(content: Content, schema: object) -> None:
    """Content keeps to the documented limits; what came as `Unknown` passes as it is."""
    if isinstance(content, TextContent | FileContent | ImageContent):
        _check_texts(content)
    if isinstance(content, TextContent) and not (content.text or content.html_text or content.markdown_text or content.actions):
        raise InvalidRequestError("text content needs one of text, html_text, markdown_text and actions")
    if isinstance(content, CarouselContent | ListContent):
        length_between("content.items", content.items, 1, 10, "items")
        for item in content.items:
            _check_item(item)
    if isinstance(content, ListContent) and content.actions is not None:
        length_between("content.actions", content.actions, 1, 10, "actions")
        _check_subset("content.actions", content.actions)
    if isinstance(content, FormContent | FormResponseContent):
        length_between("content.fields", content.fields, 1, 20, "fields")
    if isinstance(content, FormContent):
        for field in content.fields:
            at_most(f"options of field {field.name!r}", field.options, 200, "options")
    if isinstance(content, TemplateContent) and schema != "whatsapp":
        raise InvalidRequestError('template content is sent with schema="whatsapp"')


def _check_texts(content: TextContent | FileContent | ImageContent) -> None:
    not_both(**{"content.html_text": content.html_text, "content.markdown_text": content.markdown_text})
    at_most("content.text", content.text, _TEXT)
    at_most("content.html_text", content.html_text, _TEXT)
    at_most("content.markdown_text", content.markdown_text, _TEXT)
    if not isinstance(content, TextContent):
        at_most("content.alt_text", content.alt_text, 128)


def _check_item(item: Item) -> None:
    length_between("the title of an item", item.title, 1, 128)
    at_most("the description of an item", item.description, 128)
    length_between("the actions of an item", item.actions, 1, 3, "actions")
    _check_subset("the actions of an item", item.actions)


def _check_subset(name: str, actions: Sequence[Action]) -> None:
    for action in actions:
        if not isinstance(action, _IN_ITEMS) and type(action).__name__ != "Unknown":
            raise InvalidRequestError(f"{name} may be buy, link, postback and webview only; got {action.type}")
