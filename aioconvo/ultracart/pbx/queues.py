"""Queues of UltraCart's phone system."""

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

from .models.queues import PbxQueue

_ONE = "/conversation/pbx/queue/{conversationPbxQueueUuid}"
_named = names("queue", "queue.conversation_pbx_queue_uuid")


def _is(queue_uuid: str) -> Check:
    return names("queue", "queue.conversation_pbx_queue_uuid", queue_uuid)


QueueUuid = Annotated[str, Name("conversationPbxQueueUuid")]
"""The `conversation_pbx_queue_uuid` of a queue."""


class Queues(UltraCartResource):
    """Queues of callers who wait for agents."""

    __slots__ = ()

    @operation("POST /conversation/pbx/queue", Effect.UNSAFE, name="insert_pbx_queue", unwrap="queue", expect=_named)
    async def create(self, *, queue: AsBody[PbxQueue]) -> PbxQueue:
        """Create a queue.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            MaybeSentError: It is unknown whether the queue was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="delete_pbx_queue", unwrap="queue", expect=_is)
    async def delete(self, queue_uuid: QueueUuid) -> PbxQueue | None:
        """Delete a queue. `None`: it is gone, and the API says no more of it.

        Raises:
            NotFoundError: No such queue.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="get_pbx_queue", unwrap="queue", expect=_is)
    async def get(self, queue_uuid: QueueUuid) -> PbxQueue:
        """Fetch one queue.

        Raises:
            NotFoundError: No such queue.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="update_pbx_queue", unwrap="queue", expect=_is)
    async def update(self, queue_uuid: QueueUuid, *, queue: AsBody[PbxQueue]) -> PbxQueue:
        """Change a queue.

        Start from what `get` gives, with `msgspec.structs.replace`: whether the API keeps members that are not given is not
        documented.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            NotFoundError: No such queue.
        """
        ...

    @operation(
        "POST /conversation/pbx/queues/{queue_uuid}/reset_statistics",
        Effect.UNSAFE,
        name="reset_conversation_pbx_queue_statistics",
    )
    async def reset_statistics(self, queue_uuid: str) -> None:
        """Begin the figures of a queue anew; those so far are lost.

        Raises:
            NotFoundError: No such queue.
            MaybeSentError: It is unknown whether they begin anew.
        """
        ...

    @listing(
        "GET /conversation/pbx/queue", in_one_answer(PbxQueue, "queues", "conversation_pbx_queue_uuid"), name="get_pbx_queues"
    )
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[PbxQueue]:
        """List queues.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
