"""The documented limits of what can be posted, checked before it is sent.

Source: the vendor's REST reference for v1 (messages, action buttons) and the published Python SDK 5.34.0 (form fields).
"""

from __future__ import annotations

from collections.abc import Sequence

from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.json.model import Unknown
from aioconvo.core.operations.rules import AtMost, Length

from .models.content import Action, Item, LocationRequestAction, ReplyAction, ShareAction
from .models.conversations import Role
from .models.metadata import Metadata
from .models.posts import CarouselMessage, Destination, FormMessage, ImageMessage, ListMessage, NewMessage, TextMessage

__all__ = ["check_message"]

_QUICK = (LocationRequestAction, ReplyAction)


def check_message(message: NewMessage) -> None:
    """A message within the limits that are documented for its kind.

    Actions that came as `Unknown` pass as they are.
    """
    if not isinstance(message, NewMessage):  # pyright: ignore[reportUnnecessaryIsInstance] -- for callers without a type checker
        raise InvalidRequestError(
            f"message must be a struct such as TextMessage(role=Role.APP_MAKER, text=...); got {type(message).__name__}"
        )
    if isinstance(message, TextMessage) and not (message.text or message.actions):
        raise InvalidRequestError("a text message needs text or actions")
    if isinstance(message, TextMessage | ImageMessage | ListMessage):
        _check_actions(message.role, message.actions or ())
    if isinstance(message, CarouselMessage | ListMessage):
        Length(1, 10, "items")("items", message.items)
        for item in message.items:
            _check_item(item)
    if isinstance(message, FormMessage):
        for field in message.fields:
            AtMost(20, "options")(f"options of field {field.name!r}", field.options)
    _check_metadata("metadata", message.metadata)
    _check_destination(message.destination)


def _check_actions(role: Role, actions: Sequence[Action]) -> None:
    if actions and role != Role.APP_MAKER:
        raise InvalidRequestError(f"actions need role {Role.APP_MAKER}; got {role}")
    if any(isinstance(action, ShareAction) for action in actions):
        raise InvalidRequestError("a share action belongs in an item of a carousel or list, not in a message")
    _check_kinds(actions)


def _check_item(item: Item) -> None:
    Length(1, 3, "actions")("the actions of an item", item.actions)
    _check_kinds(item.actions)


def _check_kinds(actions: Sequence[Action]) -> None:
    known = [action for action in actions if not isinstance(action, Unknown)]
    quick = [action for action in known if isinstance(action, _QUICK)]
    if quick and len(quick) < len(known):
        raise InvalidRequestError(
            "reply and locationRequest actions combine with each other only; put others in another message"
        )
    for action in known:
        _check_metadata(f"metadata of a {action.type} action", action.metadata)


def _check_metadata(name: str, metadata: Metadata | None) -> None:
    for key, value in (metadata or {}).items():
        if not isinstance(value, str | int | float):
            raise InvalidRequestError(f"{name} must be flat: text, numbers and booleans; {key!r} is {type(value).__name__}")


def _check_destination(destination: Destination | None) -> None:
    if destination is not None and not (destination.integration_id or destination.integration_type):
        raise InvalidRequestError("a destination needs integration_id or integration_type")
