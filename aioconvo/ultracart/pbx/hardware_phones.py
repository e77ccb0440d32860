"""Hardware phones of UltraCart's phone system."""

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

from .models.hardware_phones import PbxHardwarePhone, PbxPhoneManufacturer

_ALL = "/conversation/pbx/hardware_phone"
_ONE = f"{_ALL}/{{conversationPbxHardwarePhoneUuid}}"
_named = names("hardware phone", "hardware_phone.conversation_pbx_hardware_phone_uuid")


def _is(hardware_phone_uuid: str) -> Check:
    return names("hardware phone", "hardware_phone.conversation_pbx_hardware_phone_uuid", hardware_phone_uuid)


HardwarePhoneUuid = Annotated[str, Name("conversationPbxHardwarePhoneUuid")]
"""The `conversation_pbx_hardware_phone_uuid` of a hardware phone."""


class HardwarePhones(UltraCartResource):
    """Phones that register by SIP."""

    __slots__ = ()

    @operation(f"POST {_ALL}", Effect.UNSAFE, name="insert_pbx_hardware_phone", unwrap="hardware_phone", expect=_named)
    async def create(self, *, hardware_phone: AsBody[PbxHardwarePhone]) -> PbxHardwarePhone:
        """Create a hardware phone. The answer alone has its password.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            MaybeSentError: It is unknown whether the hardware phone was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="delete_pbx_hardware_phone", unwrap="hardware_phone", expect=_is)
    async def delete(self, hardware_phone_uuid: HardwarePhoneUuid) -> PbxHardwarePhone | None:
        """Delete a hardware phone. `None`: it is gone, and the API says no more of it.

        Raises:
            NotFoundError: No such hardware phone.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="get_pbx_hardware_phone", unwrap="hardware_phone", expect=_is)
    async def get(self, hardware_phone_uuid: HardwarePhoneUuid) -> PbxHardwarePhone:
        """Fetch one hardware phone.

        Raises:
            NotFoundError: No such hardware phone.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="update_pbx_hardware_phone", unwrap="hardware_phone", expect=_is)
    async def update(
        self, hardware_phone_uuid: HardwarePhoneUuid, *, hardware_phone: AsBody[PbxHardwarePhone]
    ) -> PbxHardwarePhone:
        """Change a hardware phone.

        Start from what `get` gives, with `msgspec.structs.replace`: whether the API keeps members that are not given is not
        documented.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            NotFoundError: No such hardware phone.
        """
        ...

    # The API takes a phone as the body here too. What it does with it is not documented: the vendor's text is that of `update`.
    @operation(
        f"POST {_ONE}/regenerate_password",
        Effect.UNSAFE,
        name="regenerate_password_for_pbx_hardware_phone",
        unwrap="hardware_phone",
        expect=_is,
    )
    async def regenerate_password(
        self, hardware_phone_uuid: HardwarePhoneUuid, *, hardware_phone: AsBody[PbxHardwarePhone]
    ) -> PbxHardwarePhone:
        """Give a hardware phone a new password, which the answer has; the old one opens nothing any more.

        `hardware_phone` is the phone as `get` gives it.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            NotFoundError: No such hardware phone.
            MaybeSentError: It is unknown whether there is a new password.
        """
        ...

    @listing(
        f"GET {_ALL}/manufacturers",
        in_one_answer(PbxPhoneManufacturer, "manufacturers", "manufacturer_id"),
        name="get_pbx_hardware_phone_manufacturers",
    )
    def list_manufacturers(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[PbxPhoneManufacturer]:
        """List the makers of phones that set themselves up, with their models.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...

    @listing(
        f"GET {_ALL}",
        in_one_answer(PbxHardwarePhone, "hardware_phones", "conversation_pbx_hardware_phone_uuid"),
        name="get_pbx_hardware_phones",
    )
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[PbxHardwarePhone]:
        """List hardware phones.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
