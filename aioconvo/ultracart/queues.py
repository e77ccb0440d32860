"""Web chat queues of UltraCart conversations."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aioconvo.core.calls.client import APIClient, APIResource
from aioconvo.core.json.model import Model
from aioconvo.core.operations.operation import Effect, Operation, PageKind
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import AgentStatus, QueueStatus
from .pages import QUEUES, QueueStatusesAnswer

__all__ = ["OPERATIONS", "Queues"]

LIST_STATUSES = Operation(
    "ultracart.queues.list_statuses",
    "get_conversation_webchat_queue_statuses",
    "GET",
    "/conversation/conversations/queues/statuses",
    QueueStatusesAnswer,
    Effect.READ,
    PageKind.SINGLE,
)
UPDATE_STATUS: Operation[None] = Operation(
    "ultracart.queues.update_status",
    "update_conversation_webchat_queue_status",
    "PUT",
    "/conversation/conversations/queues/{queue_name}/status",
    None,
    Effect.IDEMPOTENT,
)
OPERATIONS = (LIST_STATUSES, UPDATE_STATUS)


class _Status(Model):
    agent_status: AgentStatus
    custom_status_name: str | UnsetType = UNSET
    custom_status_uuid: str | UnsetType = UNSET


class Queues(APIResource):
    """`client.queues`: list_statuses, update_status."""

    __slots__ = ("_client",)

    def __init__(self, client: APIClient) -> None:
        self._client = client

    def list_statuses(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[QueueStatus]:
        """List every queue with its agents and the customers who wait.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.

        Raises:
            InvalidRequestError: `limit` is negative, or `start` is no position of this list; nothing was sent.
            AuthenticationError: The credentials are wrong (when awaited or iterated).
            PermissionDeniedError: They belong to nobody who may use conversations (when awaited or iterated).

        Source: operation get_conversation_webchat_queue_statuses.
        """
        return self._client.paginate(LIST_STATUSES, (), QUEUES, limit=limit, start=start)

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

        Source: operation update_conversation_webchat_queue_status.
        """
        body = _Status(
            agent_status=AgentStatus(agent_status),
            custom_status_name=custom_status_name,
            custom_status_uuid=custom_status_uuid,
        )
        await self._client.call(UPDATE_STATUS.request(queue_name, body=body))
