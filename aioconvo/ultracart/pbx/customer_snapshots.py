"""What UltraCart knows of callers."""

from __future__ import annotations

from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.operation import Effect
from aioconvo.ultracart.bodies import says_anything
from aioconvo.ultracart.resource import UltraCartResource

from .models.customer_snapshots import PbxCustomerSnapshot


class CustomerSnapshots(UltraCartResource):
    """What is known of callers."""

    __slots__ = ()

    # A POST that only reads.
    @operation(
        "POST /conversation/pbx/customer_snapshot",
        Effect.READ,
        name="get_conversation_pbx_customer_snapshot",
        expect=says_anything,
    )
    async def get(
        self,
        *,
        phone_number: str,
        order_expand: str | None = None,
        auto_order_expand: str | None = None,
        customer_expand: str | None = None,
        search_linked_accounts: bool | None = None,
        search_zoho_desk_tickets: bool | None = None,
    ) -> PbxCustomerSnapshot:
        """Fetch the orders, auto orders, profiles and tickets of who has a phone number.

        The three `..._expand` say which parts of orders, auto orders and profiles to fill, with commas between, such as
        `items,payment`.
        """
        ...
