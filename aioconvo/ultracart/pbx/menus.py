"""Menus of UltraCart's phone system."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Name
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.bodies import AsBody
from aioconvo.ultracart.pages import in_one_answer
from aioconvo.ultracart.resource import UltraCartResource

from .models.menus import PbxMenu

_ONE = "/conversation/pbx/menu/{conversationPbxMenuUuid}"
_named = names("menu", "menu.conversation_pbx_menu_uuid")


def _is(menu_uuid: str) -> Check:
    return names("menu", "menu.conversation_pbx_menu_uuid", menu_uuid)


MenuUuid = Annotated[str, Name("conversationPbxMenuUuid")]
"""The `conversation_pbx_menu_uuid` of a menu."""


class Menus(UltraCartResource):
    """Menus that callers choose from."""

    __slots__ = ()

    @operation("POST /conversation/pbx/menu", Effect.UNSAFE, name="insert_pbx_menu", unwrap="menu", expect=_named)
    async def create(self, *, menu: AsBody[PbxMenu]) -> PbxMenu:
        """Create a menu.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            MaybeSentError: It is unknown whether the menu was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="delete_pbx_menu", unwrap="menu", expect=_is)
    async def delete(self, menu_uuid: MenuUuid) -> PbxMenu | None:
        """Delete a menu. `None`: it is gone, and the API says no more of it.

        Raises:
            NotFoundError: No such menu.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="get_pbx_menu", unwrap="menu", expect=_is)
    async def get(self, menu_uuid: MenuUuid) -> PbxMenu:
        """Fetch one menu.

        Raises:
            NotFoundError: No such menu.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="update_pbx_menu", unwrap="menu", expect=_is)
    async def update(self, menu_uuid: MenuUuid, *, menu: AsBody[PbxMenu]) -> PbxMenu:
        """Change a menu.

        Start from what `get` gives, with `msgspec.structs.replace`: whether the API keeps members that are not given is not
        documented.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            NotFoundError: No such menu.
        """
        ...

    @listing("GET /conversation/pbx/menu", in_one_answer(PbxMenu, "menus", "conversation_pbx_menu_uuid"), name="get_pbx_menus")
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[PbxMenu]:
        """List menus.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
