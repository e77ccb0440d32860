"""Engagements of UltraCart."""

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

from .models import Engagement

_named = names("engagement", "conversation_engagement.conversation_engagement_oid")


def _is(engagement_oid: int) -> Check:
    return names("engagement", "conversation_engagement.conversation_engagement_oid", engagement_oid)


EngagementId = Annotated[int, Name("conversation_engagement_oid")]
"""The `conversation_engagement_oid` of an engagement."""


class Engagements(UltraCartResource):
    """Greetings that are shown to visitors of a shop."""

    __slots__ = ()

    @operation(
        "POST /conversation/engagements",
        Effect.UNSAFE,
        name="insert_conversation_engagement",
        unwrap="conversation_engagement",
        expect=_named,
    )
    async def create(self, *, engagement: AsBody[Engagement]) -> Engagement:
        """Create an engagement.

        Raises:
            MaybeSentError: It is unknown whether the engagement was created.
        """
        ...

    @operation("DELETE /conversation/engagements/{conversation_engagement_oid}", Effect.IDEMPOTENT, name="delete_engagement")
    async def delete(self, engagement_oid: EngagementId) -> None:
        """Delete an engagement.

        Raises:
            NotFoundError: No such engagement.
        """
        ...

    @operation(
        "GET /conversation/engagements/{conversation_engagement_oid}",
        Effect.READ,
        name="get_conversation_engagement",
        unwrap="conversation_engagement",
        expect=_is,
    )
    async def get(self, engagement_oid: EngagementId) -> Engagement:
        """Fetch one engagement.

        Raises:
            NotFoundError: No such engagement.
        """
        ...

    @operation(
        "PUT /conversation/engagements/{conversation_engagement_oid}",
        Effect.IDEMPOTENT,
        name="update_conversation_engagement",
        unwrap="conversation_engagement",
        expect=_is,
    )
    async def update(self, engagement_oid: EngagementId, *, engagement: AsBody[Engagement]) -> Engagement:
        """Change an engagement.

        Start from what `get` gives, with `msgspec.structs.replace`: whether the API keeps members that are not given is not
        documented.

        Raises:
            NotFoundError: No such engagement.
        """
        ...

    @listing(
        "GET /conversation/engagements",
        in_one_answer(Engagement, "conversation_engagements", "conversation_engagement_oid"),
        name="get_conversation_engagements",
    )
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[Engagement]:
        """List the engagements.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
