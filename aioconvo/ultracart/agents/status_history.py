"""When agents of UltraCart had which status."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, UnsetType

from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Between
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.answers import AgentStatusHeatmap, AgentStatusTimeline
from aioconvo.ultracart.bodies import says_anything
from aioconvo.ultracart.models import AgentChannel, AgentStatusEvent, AgentStatusMetric, AgentStatusTrigger
from aioconvo.ultracart.resource import UltraCartResource

from .pages import status_history_pager


class StatusHistory(UltraCartResource):
    """When agents had which status. How dates are written is not documented."""

    __slots__ = ()

    # A POST that only reads.
    @operation("POST /conversation/agent/status/heatmap", Effect.READ, name="get_agent_status_heatmap", expect=says_anything)
    async def get_heatmap(
        self,
        *,
        channel: AgentChannel | str | UnsetType = UNSET,
        date_end: str | UnsetType = UNSET,
        date_start: str | UnsetType = UNSET,
        metric: AgentStatusMetric | str | UnsetType = UNSET,
    ) -> AgentStatusHeatmap:
        """Fetch how busy agents were at which hours of some days."""
        ...

    @operation(
        "GET /conversation/agent/status/history/{agent_user_id}/timeline",
        Effect.READ,
        name="get_agent_status_timeline",
        expect=says_anything,
    )
    async def get_timeline(self, agent_user_id: str, *, date: str, channel: str | None = None) -> AgentStatusTimeline:
        """Fetch what an agent did on one day.

        Raises:
            NotFoundError: No such agent.
        """
        ...

    # A POST that only reads.
    @listing("POST /conversation/agent/status/history/search", status_history_pager, name="search_agent_status_history")
    def search(
        self,
        *,
        agent_user_id: str | None = None,
        channel: AgentChannel | str | None = None,
        date_end: str | None = None,
        date_start: str | None = None,
        status: str | None = None,
        trigger: AgentStatusTrigger | str | None = None,
        page_size: Annotated[int, Between(1, 200), PageSize("_limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[AgentStatusEvent]:
        """Search changes of statuses; what is given narrows.

        `page_size` is changes a request (the API's default is 100), `limit` bounds them in all, `start` is a page's `position`
        or an `_offset` as text, `prefetch` is pages read ahead, side by side.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
            PaginationError: An answer does not tell how to go on, or the list never stands still (when iterated).
        """
        ...
