"""Message templates of Smooch, as structs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import field

from aioconvo.core.json.model import Model, Unknown

from .posts import NewMessage

__all__ = ["Template", "TemplateMessage"]

if TYPE_CHECKING:
    TemplateMessage = NewMessage | Unknown
else:  # as with Action
    TemplateMessage = NewMessage


class Template(Model):
    """A message to send by its `name`, as a shorthand in the text of another: `message` is what is posted then."""

    id: str = field(name="_id")
    name: str
    message: TemplateMessage
