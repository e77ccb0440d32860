"""The app's menu in Smooch v1.1, which stays beside the conversation on channels that have one (Messenger, WeChat)."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.operation import Effect

from .models import Menu, MenuItem, MenuSettings
from .more_pages import NoMenu
from .pages import SmoochResource

_PATH = "/v1.1/apps/{appId}/menu"


class AppMenu(SmoochResource):
    """The menu of all channels that have one and no menu of their own (`integration_menus`)."""

    __slots__ = ()

    @operation(f"DELETE {_PATH}", Effect.IDEMPOTENT, name="deleteMenu", answer=NoMenu)
    async def delete(self) -> None:
        """Take the menu away."""
        ...

    @operation(f"GET {_PATH}", Effect.READ, name="getMenu", unwrap="menu")
    async def get(self) -> Menu:
        """Fetch the menu; one without items is none."""
        ...

    @operation(f"PUT {_PATH}", Effect.IDEMPOTENT, name="updateMenu", unwrap="menu")
    async def update(self, *, items: list[MenuItem], settings: MenuSettings | UnsetType = UNSET) -> Menu:
        """Set the menu, in place of the one before: 1 to 3 items, submenus with 1 to 5.

        Raises:
            BadRequestError: An item is wrong, or there are too many.
        """
        ...
