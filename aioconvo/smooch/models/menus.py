"""Menus that stay beside the conversation on channels that have them (Messenger, WeChat), as structs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import field

from aioconvo.core.json.model import Model, Unknown, Variant

__all__ = ["LinkMenuItem", "Menu", "MenuEntry", "MenuItem", "MenuSettings", "PostbackMenuItem", "Submenu"]


class LinkMenuItem(Variant, tag="link"):
    """Opens a page. `id` is only received."""

    text: str
    uri: str
    id: str | None = field(default=None, name="_id")


class PostbackMenuItem(Variant, tag="postback"):
    """Sends `payload` back, unseen by the user. `id` is only received."""

    text: str
    payload: str
    id: str | None = field(default=None, name="_id")


if TYPE_CHECKING:
    MenuEntry = LinkMenuItem | PostbackMenuItem | Unknown
else:  # as with Action
    MenuEntry = LinkMenuItem | PostbackMenuItem


class Submenu(Variant, tag="submenu"):
    """Opens a menu of its own, with 1 to 5 items. `id` is only received."""

    text: str
    items: list[MenuEntry]
    id: str | None = field(default=None, name="_id")


if TYPE_CHECKING:
    MenuItem = LinkMenuItem | PostbackMenuItem | Submenu | Unknown
else:  # as with Action
    MenuItem = LinkMenuItem | PostbackMenuItem | Submenu


class MenuSettings(Model, rename="camel"):
    """`input_enabled`: whether the user can write as well (Messenger only)."""

    input_enabled: bool | None = None


class Menu(Model):
    """A menu: 1 to 3 items; none where there is no menu."""

    items: list[MenuItem]
    # Not in the SDK's model, but in the vendor's documents and published answers.
    settings: MenuSettings | None = None
