"""Agents of UltraCart conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec

from aioconvo.core.access.settings import kind
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.operation import Effect

from .models.agents import AgentAuth
from .resource import UltraCartResource

if TYPE_CHECKING:
    from .socket.attach import Attach
    from .socket.connection import AgentConnection
    from .socket.needs import AgentClient
    from .socket.settings import AgentSocket


def _has_a_way_in(answer: Any) -> None:
    if not (answer.agent_auth.websocket_url or answer.agent_auth.jwt):
        raise BrokenBodyError("the answer has neither a websocket_url nor a jwt", cut=False)


class Agents(UltraCartResource):
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
        from .socket.connection import AgentConnection  # noqa: PLC0415 -- who does not use it does not load it
        from .socket.settings import AgentSocket  # noqa: PLC0415 -- as above

        chosen = AgentSocket() if settings is None else settings
        kind("settings", chosen, AgentSocket, "an AgentSocket")
        if attach is not None:
            chosen = msgspec.structs.replace(chosen, attach=attach)
        return AgentConnection(cast("AgentClient", self._client), chosen, position=position)
