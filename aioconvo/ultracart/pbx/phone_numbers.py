"""Phone numbers of UltraCart's phone system."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Name, PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import AtMost, Between
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.bodies import AsBody
from aioconvo.ultracart.pages import in_one_answer
from aioconvo.ultracart.resource import UltraCartResource

from .models.actions import PbxAction
from .models.phone_numbers import PbxAvailablePhoneNumber, PbxPhoneNumber

_ALL = "/conversation/pbx/phone_number"
_ONE = f"{_ALL}/{{conversationPbxPhoneNumberUuid}}"
_named = names("phone number", "phone_number.conversation_pbx_phone_number_uuid")


def _is(phone_number_uuid: str) -> Check:
    return names("phone number", "phone_number.conversation_pbx_phone_number_uuid", phone_number_uuid)


PhoneNumberUuid = Annotated[str, Name("conversationPbxPhoneNumberUuid")]
"""The `conversation_pbx_phone_number_uuid` of a phone number."""


class PhoneNumbers(UltraCartResource):
    """Phone numbers of the account, and those that can be bought."""

    __slots__ = ()

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="delete_pbx_phone_number")
    async def delete(self, phone_number_uuid: PhoneNumberUuid) -> None:
        """Delete a phone number. One with `deletion_protected` is refused.

        Raises:
            NotFoundError: No such phone number.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="get_pbx_phone_number", unwrap="phone_number", expect=_is)
    async def get(self, phone_number_uuid: PhoneNumberUuid) -> PbxPhoneNumber:
        """Fetch one phone number.

        Raises:
            NotFoundError: No such phone number.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="update_pbx_phone_number", unwrap="phone_number", expect=_is)
    async def update(self, phone_number_uuid: PhoneNumberUuid, *, phone_number: AsBody[PbxPhoneNumber]) -> PbxPhoneNumber:
        """Change a phone number.

        Start from what `get` gives, with `msgspec.structs.replace`: whether the API keeps members that are not given is not
        documented.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            NotFoundError: No such phone number.
        """
        ...

    @operation(f"PUT {_ONE}/protect", Effect.IDEMPOTENT, name="protect_pbx_phone_number", unwrap="phone_number", expect=_is)
    async def protect(self, phone_number_uuid: PhoneNumberUuid) -> PbxPhoneNumber:
        """Protect a phone number from deletion, for good: no call takes that back.

        Raises:
            NotFoundError: No such phone number.
        """
        ...

    @operation(f"POST {_ALL}", Effect.PAID, name="purchase_pbx_phone_number", unwrap="phone_number", expect=_named)
    async def purchase(
        self,
        *,
        phone_number: Annotated[str, AtMost(50)],
        friendly_name: Annotated[str, AtMost(64)] | None = None,
        action: PbxAction | str | None = None,
        action_target: Annotated[str, AtMost(50)] | None = None,
        address_sid: Annotated[str, AtMost(50)] | None = None,
    ) -> PbxPhoneNumber:
        """Buy a phone number that `search` found; it costs money each month.

        `action` and `action_target`, the UUID of what the action names, say where its calls go. `address_sid` is that of an
        address, where the number's `address_requirements` ask for one.

        Raises:
            InvalidRequestError: An argument is too long; nothing was sent.
            BadRequestError: The number is not to be had any more.
            MaybeSentError: It is unknown whether the number was bought.
        """
        ...

    @listing(
        f"GET {_ALL}/search",
        in_one_answer(PbxAvailablePhoneNumber, "available_phone_numbers", "phone_number"),
        name="search_pbx_available_phone_numbers",
    )
    def search(
        self,
        *,
        country: str,
        area_code: str | None = None,
        contains: str | None = None,
        sms_enabled: bool | None = None,
        voice_enabled: bool | None = None,
        type: str | None = None,  # noqa: A002 -- the API's word
        page_size: Annotated[int, Between(1, 100), PageSize("limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
    ) -> AsyncPaginator[PbxAvailablePhoneNumber]:
        """Search phone numbers of a country (ISO 3166 alpha-2) that can be bought; what is given narrows.

        The API gives at most `page_size` of them, 20 where it is not given, in one answer, and no more after it. Which values
        `type` may have is not documented. `limit` bounds how many are kept, `start` is a page's `position`.
        """
        ...

    @listing(
        f"GET {_ALL}",
        in_one_answer(PbxPhoneNumber, "phone_numbers", "conversation_pbx_phone_number_uuid"),
        name="get_pbx_phone_numbers",
    )
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[PbxPhoneNumber]:
        """List the phone numbers of the account.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
