"""Sums of what agents of UltraCart did."""

from __future__ import annotations

from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.answers import AgentStatusSummary
from aioconvo.ultracart.bodies import says_anything
from aioconvo.ultracart.models import AgentChannel, AgentStatusRollup
from aioconvo.ultracart.pages import in_one_answer
from aioconvo.ultracart.resource import UltraCartResource


class StatusRollups(UltraCartResource):
    """What agents did, by days. How dates are written is not documented."""

    __slots__ = ()

    @operation(
        "GET /conversation/agent/status/rollup/summary",
        Effect.READ,
        name="get_agent_status_summary",
        expect=says_anything,
    )
    async def get_summary(self, *, date_start: str, date_end: str) -> AgentStatusSummary:
        """Fetch what all agents did in some days."""
        ...

    # A POST that only reads. A rollup has no id of its own.
    @listing(
        "POST /conversation/agent/status/rollup/search",
        in_one_answer(AgentStatusRollup, "rollups", ""),
        name="search_agent_status_rollups",
    )
    def search(
        self,
        *,
        agent_user_id: str | None = None,
        channel: AgentChannel | str | None = None,
        date_end: str | None = None,
        date_start: str | None = None,
        limit: int | None = None,
        start: str | None = None,
    ) -> AsyncPaginator[AgentStatusRollup]:
        """List what agents did, a rollup for each agent, day and channel; what is given narrows.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
