"""Agents of UltraCart conversations."""

from __future__ import annotations

from typing import Any

from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.operation import Effect

from .models import AgentAuth
from .resource import Resource


def _has_a_way_in(answer: Any) -> None:
    if not (answer.agent_auth.websocket_url or answer.agent_auth.jwt):
        raise BrokenBodyError("the answer has neither a websocket_url nor a jwt", cut=False)


class Agents(Resource):
    """Agents."""

    __slots__ = ()

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
