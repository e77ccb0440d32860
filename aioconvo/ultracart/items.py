"""Items of a shop."""

from __future__ import annotations

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.operation import Effect

from .models.items import Item
from .resource import UltraCartResource


def _is(merchant_item_id: str) -> Check:
    return names("item", "item.merchant_item_id", merchant_item_id)


class Items(UltraCartResource):
    """Items of a shop, for agents who put them into a customer's cart."""

    __slots__ = ()

    @operation(
        "GET /conversation/items/{merchant_item_id}/variations",
        Effect.READ,
        name="get_conversation_item_variations",
        unwrap="item",
        expect=_is,
    )
    async def get_variations(self, merchant_item_id: str) -> Item:
        """Fetch an item with its variations.

        Raises:
            NotFoundError: No such item.
        """
        ...
