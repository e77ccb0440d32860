"""Activities of Sunshine Conversations v2: who types, and who has read."""

from __future__ import annotations

from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.operation import Effect

from .content import check_author
from .models.activities import ActivityType
from .models.messages import Author
from .resource import Resource


def check_activity(author: Author, type: ActivityType | str) -> None:  # noqa: A002 -- the API's own word
    """Typing is told of the business alone."""
    if author.type == "user" and type in {ActivityType.TYPING_START, ActivityType.TYPING_STOP}:
        raise InvalidRequestError(f"{type} is told of the business alone; of a user only conversation:read")


class Activities(Resource):
    """What somebody does in a conversation beside writing."""

    __slots__ = ()

    @operation(
        "POST /v2/apps/{appId}/conversations/{conversationId}/activity",
        Effect.IDEMPOTENT,  # to say twice that somebody types, or has read, changes nothing
        name="PostActivity",
        check=(check_author, check_activity),
    )
    async def post(
        self,
        conversation_id: str,
        *,
        author: Author,
        type: ActivityType | str,  # noqa: A002 -- the API's own word
    ) -> None:
        """Tell that the business types or stopped, or that it or a user has read the conversation.

        Raises:
            InvalidRequestError: A user types; nothing was sent.
            NotFoundError: No such conversation or user.
        """
        ...
