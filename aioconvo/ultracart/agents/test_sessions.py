"""Chats with virtual agents of UltraCart, to try them."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.operation import Effect
from aioconvo.ultracart.answers import AgentTestSession
from aioconvo.ultracart.bodies import says_anything
from aioconvo.ultracart.resource import UltraCartResource

_SESSIONS = "/conversation/agent/profiles/{user_id}/test_session"


class TestSessions(UltraCartResource):
    """Chats with a virtual agent, to try it. The vendor says that neither API keys nor OAuth applications may call these."""

    __slots__ = ()

    # A PUT that begins something each time, and what the agent does there really happens.
    @operation(f"PUT {_SESSIONS}", Effect.UNSAFE, name="start_agent_test_session", expect=says_anything)
    async def start(
        self,
        user_id: int,
        *,
        customer_profile_oid: int | UnsetType = UNSET,
        question: str | UnsetType = UNSET,
        queue_name: str | UnsetType = UNSET,
        storefront_host_name: str | UnsetType = UNSET,
    ) -> AgentTestSession:
        """Begin a chat with a virtual agent, as a customer who asks `question`; what the agent does there really happens.

        Raises:
            NotFoundError: No such agent.
            MaybeSentError: It is unknown whether the chat was begun.
        """
        ...

    @operation(f"PUT {_SESSIONS}/{{conversation_uuid}}/join", Effect.IDEMPOTENT, name="join_agent_test_session")
    async def join(
        self, user_id: int, conversation_uuid: str, *, conversation_webchat_queue_uuid: str | UnsetType = UNSET
    ) -> None:
        """Let the virtual agent take part in the chat that was begun.

        Raises:
            NotFoundError: No such agent or conversation.
        """
        ...
