"""Agents of UltraCart conversations."""

from __future__ import annotations

from aioconvo.core.calls.client import APIClient, APIResource
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.operations.operation import Effect, Operation

from .models import AgentAuth
from .pages import AgentAuthAnswer

__all__ = ["OPERATIONS", "Agents"]

AUTHORIZE_WEBSOCKET = Operation(
    "ultracart.agents.authorize_websocket",
    "get_agent_websocket_authorization",
    "PUT",
    "/conversation/agent/auth",
    AgentAuthAnswer,
    Effect.IDEMPOTENT,
)
OPERATIONS = (AUTHORIZE_WEBSOCKET,)


def _check_auth(answer: AgentAuthAnswer) -> None:
    if not (answer.agent_auth.websocket_url or answer.agent_auth.jwt):
        raise BrokenBodyError("the answer has neither a websocket_url nor a jwt", cut=False)


class Agents(APIResource):
    """`client.agents`: authorize_websocket."""

    __slots__ = ("_client",)

    def __init__(self, client: APIClient) -> None:
        self._client = client

    async def authorize_websocket(self) -> AgentAuth:
        """Fetch the websocket's URL and tokens for the agent whose credentials the client has.

        Raises:
            AuthenticationError: The credentials are wrong.
            PermissionDeniedError: They belong to nobody who may use conversations.

        Source: operation get_agent_websocket_authorization.
        """
        return (await self._client.call(AUTHORIZE_WEBSOCKET.request(check=_check_auth))).agent_auth
