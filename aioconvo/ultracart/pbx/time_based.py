"""Schedules of UltraCart's phone system."""

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

from .models.time_based import PbxTimeBased

_ONE = "/conversation/pbx/time_based/{conversationPbxTimeBasedUuid}"
_named = names("schedule", "time_based.conversation_pbx_time_based_uuid")


def _is(time_based_uuid: str) -> Check:
    return names("schedule", "time_based.conversation_pbx_time_based_uuid", time_based_uuid)


TimeBasedUuid = Annotated[str, Name("conversationPbxTimeBasedUuid")]
"""The `conversation_pbx_time_based_uuid` of a schedule."""


class TimeBased(UltraCartResource):
    """Schedules: where calls go at which time."""

    __slots__ = ()

    @operation(
        "POST /conversation/pbx/time_based", Effect.UNSAFE, name="insert_pbx_time_based", unwrap="time_based", expect=_named
    )
    async def create(self, *, time_based: AsBody[PbxTimeBased]) -> PbxTimeBased:
        """Create a schedule.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            MaybeSentError: It is unknown whether the schedule was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="delete_pbx_time_based", unwrap="time_based", expect=_is)
    async def delete(self, time_based_uuid: TimeBasedUuid) -> PbxTimeBased | None:
        """Delete a schedule. `None`: it is gone, and the API says no more of it.

        Raises:
            NotFoundError: No such schedule.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="get_pbx_time_based", unwrap="time_based", expect=_is)
    async def get(self, time_based_uuid: TimeBasedUuid) -> PbxTimeBased:
        """Fetch one schedule.

        Raises:
            NotFoundError: No such schedule.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="update_pbx_time_based", unwrap="time_based", expect=_is)
    async def update(self, time_based_uuid: TimeBasedUuid, *, time_based: AsBody[PbxTimeBased]) -> PbxTimeBased:
        """Change a schedule.

        Start from what `get` gives, with `msgspec.structs.replace`: whether the API keeps members that are not given is not
        documented.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            NotFoundError: No such schedule.
        """
        ...

    @listing(
        "GET /conversation/pbx/time_based",
        in_one_answer(PbxTimeBased, "time_baseds", "conversation_pbx_time_based_uuid"),
        name="get_pbx_time_baseds",
    )
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[PbxTimeBased]:
        """List schedules.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
