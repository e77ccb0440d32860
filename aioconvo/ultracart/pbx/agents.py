"""Agents of UltraCart's phone system."""

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

from .models.agents import PbxAgent

_ONE = "/conversation/pbx/agent/{conversationPbxAgentUuid}"


def _is(agent_uuid: str) -> Check:
    return names("agent", "agent.conversation_pbx_agent_uuid", agent_uuid)


AgentUuid = Annotated[str, Name("conversationPbxAgentUuid")]
"""The `conversation_pbx_agent_uuid` of an agent."""


class Agents(UltraCartResource):
    """Agents of the phone system."""

    __slots__ = ()

    @operation(f"GET {_ONE}", Effect.READ, name="get_pbx_agent", unwrap="agent", expect=_is)
    async def get(self, agent_uuid: AgentUuid) -> PbxAgent:
        """Fetch one agent.

        Raises:
            NotFoundError: No such agent.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="update_pbx_agent", unwrap="agent", expect=_is)
    async def update(self, agent_uuid: AgentUuid, *, agent: AsBody[PbxAgent]) -> PbxAgent:
        """Change an agent.

        Start from what `get` gives, with `msgspec.structs.replace`: whether the API keeps members that are not given is not
        documented.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            NotFoundError: No such agent.
        """
        ...

    @listing(
        "GET /conversation/pbx/agent", in_one_answer(PbxAgent, "agents", "conversation_pbx_agent_uuid"), name="get_pbx_agents"
    )
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[PbxAgent]:
        """List agents.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
