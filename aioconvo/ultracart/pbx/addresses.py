"""Addresses of the business in UltraCart's phone system."""

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

from .models.addresses import PbxAddress

_ONE = "/conversation/pbx/address/{conversationPbxAddressUuid}"
_named = names("address", "address.conversation_pbx_address_uuid")


def _is(address_uuid: str) -> Check:
    return names("address", "address.conversation_pbx_address_uuid", address_uuid)


AddressUuid = Annotated[str, Name("conversationPbxAddressUuid")]
"""The `conversation_pbx_address_uuid` of an address."""


class Addresses(UltraCartResource):
    """Addresses of the business, which phone numbers of some countries need."""

    __slots__ = ()

    @operation("POST /conversation/pbx/address", Effect.UNSAFE, name="insert_pbx_address", unwrap="address", expect=_named)
    async def create(self, *, address: AsBody[PbxAddress]) -> PbxAddress:
        """Create an address.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            MaybeSentError: It is unknown whether the address was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="delete_pbx_address", unwrap="address", expect=_is)
    async def delete(self, address_uuid: AddressUuid) -> PbxAddress | None:
        """Delete an address. `None`: it is gone, and the API says no more of it.

        Raises:
            NotFoundError: No such address.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="get_pbx_address", unwrap="address", expect=_is)
    async def get(self, address_uuid: AddressUuid) -> PbxAddress:
        """Fetch one address.

        Raises:
            NotFoundError: No such address.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="update_pbx_address", unwrap="address", expect=_is)
    async def update(self, address_uuid: AddressUuid, *, address: AsBody[PbxAddress]) -> PbxAddress:
        """Change an address.

        Start from what `get` gives, with `msgspec.structs.replace`: whether the API keeps members that are not given is not
        documented.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            NotFoundError: No such address.
        """
        ...

    @listing(
        "GET /conversation/pbx/address",
        in_one_answer(PbxAddress, "addresses", "conversation_pbx_address_uuid"),
        name="get_pbx_addresses",
    )
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[PbxAddress]:
        """List addresses.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
