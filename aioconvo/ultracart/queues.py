"""Web chat queues of UltraCart conversations."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator

from .models.queues import AgentStatus, QueueStatus
from .pages import queue_pager
from .resource import UltraCartResource

_QUEUES = "/conversation/conversations/queues"


class Queues(UltraCartResource):
    """Queues of agents."""

    __slots__ = ()

    @listing(f"GET {_QUEUES}/statuses", queue_pager, name="get_conversation_webchat_queue_statuses")
    def list_statuses(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[QueueStatus]:
        """List every queue with its agents and the customers who wait.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.

        Raises:
            InvalidRequestError: `limit` is negative, or `start` is no position of this list; nothing was sent.
            AuthenticationError: The credentials are wrong (when awaited or iterated).
            PermissionDeniedError: They belong to nobody who may use conversations (when awaited or iterated).
        """
        ...

    @operation(f"PUT {_QUEUES}/{{queue_name}}/status", Effect.IDEMPOTENT, name="update_conversation_webchat_queue_status")
    async def update_status(
        self,
        queue_name: str,
        *,
        agent_status: AgentStatus | str,
        custom_status_name: str | UnsetType = UNSET,
        custom_status_uuid: str | UnsetType = UNSET,
    ) -> None:
        """Say whether the agent takes chats from a queue: `available`, `busy` or `unavailable`, with a status of its own.

        Raises:
            NotFoundError: No such queue.
        """
        ...
