"""What a socket needs of its client, which knows the socket itself."""

from __future__ import annotations

from typing import Protocol

from aioconvo.core.wire.pool import SessionPool
from aioconvo.ultracart.conversations import Conversations
from aioconvo.ultracart.messages import Messages
from aioconvo.ultracart.models import AgentAuth
from aioconvo.ultracart.queues import Queues

__all__ = ["AgentClient"]


class _Agents(Protocol):
    async def authorize_websocket(self) -> AgentAuth: ...
    async def keep_alive(self) -> None: ...


class AgentClient(Protocol):
    """`UltraCartClient`, as far as a socket asks it."""

    @property
    def pool(self) -> SessionPool:
        """Where connections come from."""
        ...

    @property
    def agents(self) -> _Agents:
        """Tokens."""
        ...

    @property
    def conversations(self) -> Conversations:
        """What is listed and joined."""
        ...

    @property
    def messages(self) -> Messages:
        """What was missed."""
        ...

    @property
    def queues(self) -> Queues:
        """Who the agents are."""
        ...
