"""Participants of conversations in Sunshine Conversations v2."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, about, both, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Name, PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Between, exactly_one, not_both
from aioconvo.core.paging.paginator import AsyncPaginator

from .models.participants import Participant
from .pages import of_conversation, participant_pager
from .resource import Resource

_ONE = "/v2/apps/{appId}/conversations/{conversationId}"
_named = names("participant", "participant.id")


def _is_of(user_id: str | UnsetType, user_external_id: str | UnsetType) -> Check:
    if user_id:
        return both(_named, about("user", "participant.user_id", user_id))
    return both(_named, about("user", "participant.user_external_id", user_external_id)) if user_external_id else _named


class Participants(Resource):
    """Who takes part in conversations."""

    __slots__ = ()

    @operation(
        f"POST {_ONE}/join",
        Effect.UNSAFE,
        name="JoinConversation",
        unwrap="participant",
        check=exactly_one("user_id", "user_external_id"),
        expect=_is_of,
    )
    async def join(
        self,
        conversation_id: str,
        *,
        user_id: str | UnsetType = UNSET,
        user_external_id: str | UnsetType = UNSET,
        subscribe_sdk_client: Annotated[bool, Name("subscribeSDKClient")] | UnsetType = UNSET,
    ) -> Participant:
        """Have a user take part in a group conversation (`sdkGroup`).

        With `subscribe_sdk_client` the user's app is told of what comes in.

        Raises:
            InvalidRequestError: None or both of the ids were given; nothing was sent.
            BadRequestError: The conversation is no group, or is full.
            NotFoundError: No such conversation or user.
            MaybeSentError: It is unknown whether the user joined.
        """
        ...

    @operation(
        f"POST {_ONE}/leave",
        Effect.IDEMPOTENT,  # who has left is not there to leave again
        name="LeaveConversation",
        check=exactly_one("user_id", "user_external_id", "participant_id"),
    )
    async def leave(
        self,
        conversation_id: str,
        *,
        user_id: str | UnsetType = UNSET,
        user_external_id: str | UnsetType = UNSET,
        participant_id: str | UnsetType = UNSET,
    ) -> None:
        """Have a user take part in a group conversation no longer.

        Raises:
            InvalidRequestError: None or several of the ids were given; nothing was sent.
            BadRequestError: The conversation is no group.
            NotFoundError: No such conversation, or nobody of this id takes part in it.
        """
        ...

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
