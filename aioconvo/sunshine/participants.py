"""Participants of conversations in Sunshine Conversations v2."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.operations.declaration import listing
from aioconvo.core.operations.markers import PageSize
from aioconvo.core.operations.rules import Between, not_both
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import Participant
from .pages import of_conversation, participant_pager
from .resource import Resource


class Participants(Resource):
    """Who takes part in conversations."""

    __slots__ = ()

    @listing(
        "GET /v2/apps/{appId}/conversations/{conversationId}/participants",
        participant_pager,
        name="ListParticipants",
        check=not_both("after", "before"),
        expect=of_conversation,
    )
    def list(
        self,
        conversation_id: str,
        *,
        after: str | None = None,
        before: str | None = None,
        page_size: Annotated[int, Between(1, 100), PageSize("page[size]")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Participant]:
        """List who takes part in a conversation.

        `after` and `before` are ids of participants, exclusive; with `before` the list is walked backwards. `page_size` is
        participants a request (the API's default is 25), `limit` bounds them in all, `start` is a page's `position` or the
        id of a participant, `prefetch` is pages read ahead. Only the links of a page, where it has any, tell of which
        conversation it is.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
            NotFoundError: No such conversation (when awaited or iterated).
        """
        ...
