"""Menus of single integrations in Smooch v1.1, in place of the app's."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.operation import Effect

from .models import Menu, MenuItem, MenuSettings
from .pages import SmoochResource

_PATH = "/v1.1/apps/{appId}/integrations/{integrationId}/menu"


class IntegrationMenus(SmoochResource):
    """Menus of single integrations, in place of the app's (`menu`)."""

    __slots__ = ()

    @operation(f"POST {_PATH}", Effect.UNSAFE, name="createIntegrationMenu", unwrap="menu")
    async def create(self, integration_id: str, *, items: list[MenuItem], settings: MenuSettings | UnsetType = UNSET) -> Menu:
        """Give an integration a menu of its own: 1 to 3 items, submenus with 1 to 5.

        Raises:
            BadRequestError: An item is wrong, or there are too many.
            NotFoundError: No such integration.
            MaybeSentError: It is unknown whether the menu was made.
        """
        ...

    @operation(f"DELETE {_PATH}", Effect.IDEMPOTENT, name="deleteIntegrationMenu")
    async def delete(self, integration_id: str) -> None:
        """Take an integration's own menu away; it has the app's again.

        Raises:
            NotFoundError: No such integration, or one without a menu of its own.
        """
        ...

    @operation(f"GET {_PATH}", Effect.READ, name="getIntegrationMenu", unwrap="menu")
    async def get(self, integration_id: str) -> Menu:
        """Fetch an integration's own menu.

        Raises:
            NotFoundError: No such integration, or one without a menu of its own.
        """
        ...

    @operation(f"PUT {_PATH}", Effect.IDEMPOTENT, name="updateIntegrationMenu", unwrap="menu")
    async def update(self, integration_id: str, *, items: list[MenuItem], settings: MenuSettings | UnsetType = UNSET) -> Menu:
        """Set an integration's own menu, in place of the one before: 1 to 3 items, submenus with 1 to 5.

        Raises:
            BadRequestError: An item is wrong, or there are too many.
            NotFoundError: No such integration.
        """
        ...
