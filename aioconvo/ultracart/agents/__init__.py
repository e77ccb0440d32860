"""Agents of UltraCart conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec

from aioconvo.core.access.settings import kind
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.resource import Resource
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.bodies import AsBody
from aioconvo.ultracart.models.agent_profiles import AgentProfile
from aioconvo.ultracart.models.agents import AgentAuth
from aioconvo.ultracart.pages import in_one_answer
from aioconvo.ultracart.resource import UltraCartResource

if TYPE_CHECKING:
    from aioconvo.ultracart.socket.attach import Attach
    from aioconvo.ultracart.socket.connection import AgentConnection
    from aioconvo.ultracart.socket.needs import AgentClient
    from aioconvo.ultracart.socket.settings import AgentSocket

    from .knowledge_base import KnowledgeBase
    from .mcp_servers import McpServers
    from .status_configs import StatusConfigs
    from .status_history import StatusHistory
    from .status_rollups import StatusRollups
    from .test_sessions import TestSessions


def _has_a_way_in(answer: Any) -> None:
    if not (answer.agent_auth.websocket_url or answer.agent_auth.jwt):
        raise BrokenBodyError("the answer has neither a websocket_url nor a jwt", cut=False)


class Agents(UltraCartResource):
    """Agents, and the one whose credentials the client has."""

    __slots__ = ()
    knowledge_base: Resource[KnowledgeBase] = Resource()
    mcp_servers: Resource[McpServers] = Resource()
    status_configs: Resource[StatusConfigs] = Resource()
    status_history: Resource[StatusHistory] = Resource()
    status_rollups: Resource[StatusRollups] = Resource()
    test_sessions: Resource[TestSessions] = Resource()

    @operation(
        "PUT /conversation/agent/auth",
        Effect.IDEMPOTENT,
        name="get_agent_websocket_authorization",
        unwrap="agent_auth",
        expect=_has_a_way_in,
    )
    async def authorize_websocket(self) -> AgentAuth:
        """Fetch the websocket's URL and tokens for the agent whose credentials the client has.

        Raises:
            AuthenticationError: The credentials are wrong.
            PermissionDeniedError: They belong to nobody who may use conversations.
        """
        ...

    @operation("GET /conversation/agent/keepalive", Effect.IDEMPOTENT, name="get_agent_keep_alive")
    async def keep_alive(self) -> None:
        """Keep the agent's session from ending; how often that is needed is not documented.

        Raises:
            AuthenticationError: The credentials are wrong.
            PermissionDeniedError: They belong to nobody who may use conversations.
        """
        ...

    @operation("GET /conversation/agent/profile", Effect.READ, name="get_agent_profile", unwrap="agent_profile")
    async def get_profile(self) -> AgentProfile:
        """Fetch the profile of the agent whose credentials the client has."""
        ...

    @operation("PUT /conversation/agent/profile", Effect.IDEMPOTENT, name="update_agent_profile", unwrap="agent_profile")
    async def update_profile(self, *, profile: AsBody[AgentProfile]) -> AgentProfile:
        """Change the profile of the agent whose credentials the client has.

        Start from what `get_profile` gives, with `msgspec.structs.replace`: whether the API keeps members that are not given is
        not documented.
        """
        ...

    @listing(
        "GET /conversation/agent/profiles", in_one_answer(AgentProfile, "agent_profiles", "user_id"), name="get_agent_profiles"
    )
    def list_profiles(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[AgentProfile]:
        """List the profiles of all agents.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...

    def connect(
        self, settings: AgentSocket | None = None, *, attach: Attach | None = None, position: str | None = None
    ) -> AgentConnection:
        """Open the agent's websocket: `async with client.agents.connect() as agent: async for frame in agent: ...`.

        It reconnects with a new token for as long as it is used, and fetches over REST what came meanwhile. `attach` says how
        the token goes along, in place of that of `settings`; `position` is that of an earlier connection, to go on there.

        Nothing of the vendor's socket is documented but its models. `aioconvo ultracart socket-check` finds out which `attach`
        it takes.

        Raises:
            ConfigurationError: A setting is wrong; nothing was sent.
            InvalidRequestError: `position` is not one.
        """
        from aioconvo.ultracart.socket.connection import AgentConnection  # noqa: PLC0415 -- who does not use it does not load it
        from aioconvo.ultracart.socket.settings import AgentSocket  # noqa: PLC0415 -- as above

        chosen = AgentSocket() if settings is None else settings
        kind("settings", chosen, AgentSocket, "an AgentSocket")
        if attach is not None:
            chosen = msgspec.structs.replace(chosen, attach=attach)
        return AgentConnection(cast("AgentClient", self._client), chosen, position=position)
