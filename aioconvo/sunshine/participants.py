"""Participants of conversations in Sunshine Conversations v2."""

from __future__ import annotations

from aioconvo.core.client import APIClient, APIResource
from aioconvo.core.operation import Effect, Operation, PageKind
from aioconvo.core.pagination import AsyncPaginator
from aioconvo.core.validation import between, not_both

from .models import Participant
from .pages import ParticipantPage, of_conversation, participant_pager

__all__ = ["OPERATIONS", "Participants"]

LIST = Operation(
    "sunshine.participants.list",
    "ListParticipants",
    "GET",
    "/v2/apps/{appId}/conversations/{conversationId}/participants",
    ParticipantPage,
    Effect.READ,
    PageKind.CURSOR,
    stored_as="sunshine.participants.list",
)
OPERATIONS = (LIST,)


class Participants(APIResource):
    """`client.participants`: list."""

    __slots__ = ("_app_id", "_client")

    def __init__(self, client: APIClient, app_id: str) -> None:
        self._client = client
        self._app_id = app_id

    def list(
        self,
        conversation_id: str,
        *,
        after: str | None = None,
        before: str | None = None,
        page_size: int | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Participant]:
        """List who takes part in a conversation.

        `after` and `before` are ids of participants, exclusive; with `before` the list is walked backwards. `page_size` is
        1 to 100 a request (the API's default is 25), `limit` bounds them in all, `start` is a page's `position`
        or the id of a participant, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
            NotFoundError: No such conversation (when awaited or iterated).

        Source: operation ListParticipants.
        """
        not_both(after=after, before=before)
        between("page_size", page_size, 1, 100)
        pager = participant_pager(after=after, before=before, page_size=page_size)
        values = (self._app_id, conversation_id)
        direction = "backward" if before is not None else "forward"
        check = of_conversation(conversation_id)
        return self._client.paginate(
            LIST, values, pager, check=check, direction=direction, limit=limit, start=start, prefetch=prefetch
        )
