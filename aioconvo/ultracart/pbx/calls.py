"""Calls of UltraCart's phone system."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Name, PageSize, Query
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Between
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.conversations import When
from aioconvo.ultracart.resource import UltraCartResource

from .models.calls import PbxCall
from .pages import call_pager

_ONE = "/conversation/pbx/call/{callUuid}"


def _is(call_uuid: str) -> Check:
    return names("call", "call.call_uuid", call_uuid)


CallUuid = Annotated[str, Name("callUuid")]
"""The `call_uuid` of a call."""


class Calls(UltraCartResource):
    """Calls, with their recordings and transcripts."""

    __slots__ = ()

    @operation(f"GET {_ONE}", Effect.READ, name="get_pbx_call", unwrap="call", expect=_is)
    async def get(self, call_uuid: CallUuid) -> PbxCall:
        """Fetch one call with all its details.

        Raises:
            NotFoundError: No such call.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="update_pbx_call", unwrap="call", expect=_is)
    async def update(
        self,
        call_uuid: CallUuid,
        *,
        notes: str | UnsetType = UNSET,
        finalize: bool | UnsetType = UNSET,
        zoho_desk_ticket_id: str | UnsetType = UNSET,
        zoho_desk_ticket_url: str | UnsetType = UNSET,
    ) -> PbxCall:
        """Write notes to a call, or its ticket at Zoho Desk; `finalize` ends the writing of notes.

        Raises:
            NotFoundError: No such call.
        """
        ...

    @listing("POST /conversation/pbx/call/search", call_pager, name="search_pbx_calls")
    def search(
        self,
        *,
        agent_ids: list[str] | None = None,
        customer_name: str | None = None,
        direction: str | None = None,
        disposition: str | None = None,
        end_date: When | None = None,
        has_ai_engagement: bool | None = None,
        has_recording: bool | None = None,
        has_transcript: bool | None = None,
        max_duration_seconds: int | None = None,
        min_duration_seconds: int | None = None,
        phone_number: str | None = None,
        queue_uuids: list[str] | None = None,
        search_term: str | None = None,
        start_date: When | None = None,
        statuses: list[str] | None = None,
        transcript_search: str | None = None,
        sort: Annotated[str, Query("_sort")] | None = None,
        page_size: Annotated[int, Between(1, 200), PageSize("_limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[PbxCall]:
        """Search calls; what is given narrows.

        `start_date` and `end_date` bound when a call was made, both inclusive. `direction` is `inbound` or `outbound`, a part
        of `phone_number` is enough, and `search_term` may be a phone number, an email, a UUID or any text. How `sort` is
        written, and the order without it, is not documented. `page_size` is calls a request (the API's default is 100),
        `limit` bounds them in all, `start` is a page's `position` or an `_offset` as text, `prefetch` is pages read ahead,
        side by side.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
            PaginationError: An answer does not tell how to go on, or the list never stands still (when iterated).
        """
        ...
