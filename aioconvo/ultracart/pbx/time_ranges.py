"""Time ranges of UltraCart's phone system."""

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

from .models.time_ranges import PbxTimeRange

_ONE = "/conversation/pbx/time_range/{conversationPbxTimeRangeUuid}"
_named = names("time range", "time_range.conversation_pbx_time_range_uuid")


def _is(time_range_uuid: str) -> Check:
    return names("time range", "time_range.conversation_pbx_time_range_uuid", time_range_uuid)


TimeRangeUuid = Annotated[str, Name("conversationPbxTimeRangeUuid")]
"""The `conversation_pbx_time_range_uuid` of a time range."""


class TimeRanges(UltraCartResource):
    """Sets of times, which schedules and classes of service refer to."""

    __slots__ = ()

    @operation(
        "POST /conversation/pbx/time_range", Effect.UNSAFE, name="insert_pbx_time_range", unwrap="time_range", expect=_named
    )
    async def create(self, *, time_range: AsBody[PbxTimeRange]) -> PbxTimeRange:
        """Create a time range.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            MaybeSentError: It is unknown whether the time range was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="delete_pbx_time_range", unwrap="time_range", expect=_is)
    async def delete(self, time_range_uuid: TimeRangeUuid) -> PbxTimeRange | None:
        """Delete a time range. `None`: it is gone, and the API says no more of it.

        Raises:
            NotFoundError: No such time range.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="get_pbx_time_range", unwrap="time_range", expect=_is)
    async def get(self, time_range_uuid: TimeRangeUuid) -> PbxTimeRange:
        """Fetch one time range.

        Raises:
            NotFoundError: No such time range.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="update_pbx_time_range", unwrap="time_range", expect=_is)
    async def update(self, time_range_uuid: TimeRangeUuid, *, time_range: AsBody[PbxTimeRange]) -> PbxTimeRange:
        """Change a time range.

        Start from what `get` gives, with `msgspec.structs.replace`: whether the API keeps members that are not given is not
        documented.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            NotFoundError: No such time range.
        """
        ...

    @listing(
        "GET /conversation/pbx/time_range",
        in_one_answer(PbxTimeRange, "time_ranges", "conversation_pbx_time_range_uuid"),
        name="get_pbx_time_ranges",
    )
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[PbxTimeRange]:
        """List time ranges.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
