"""The agent whose key is used."""

from __future__ import annotations

from aioconvo.core.client import APIClient, APIResource
from aioconvo.core.operation import Effect, Operation

from .models import AgentAuthorization
from .pages import AgentAnswer

__all__ = ["OPERATIONS", "Agents"]

AUTHORIZE_WEBSOCKET = Operation(
    "ultracart.agents.authorize_websocket",
    "get_agent_websocket_authorization",
    "PUT",
    "/conversation/agent/auth",
    AgentAnswer,
    Effect.IDEMPOTENT,
)
OPERATIONS = (AUTHORIZE_WEBSOCKET,)


class Agents(APIResource):
    """`client.agents`: authorize_websocket."""

    __slots__ = ("_client",)

    def __init__(self, client: APIClient) -> None:
        self._client = client

    async def authorize_websocket(self) -> AgentAuthorization:
        """Get what the agent needs to open a websocket: the token, the URL, and who the agent is.

        Raises:
            AuthenticationError: The credentials are wrong.

        Source: operation get_agent_websocket_authorization.
        """
        return (await self._client.call(AUTHORIZE_WEBSOCKET.request())).payload()
