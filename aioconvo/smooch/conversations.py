"""Conversations of Smooch v1.1: each user has one, named by the user."""

from __future__ import annotations

from aioconvo.core.answers.identity import names
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.operation import Effect

from .models.conversations import ActivityType, Conversation, Role
from .pages import SmoochResource

_named = names("conversation", "conversation.id")


class Conversations(SmoochResource):
    """Conversations, one of each user. Each `user_id` is the service's id or your own."""

    __slots__ = ()

    # Showing a typing indicator or setting a read mark twice changes nothing, so both may be tried again.
    @operation(
        "POST /v1.1/apps/{appId}/appusers/{userId}/conversation/activity",
        Effect.IDEMPOTENT,
        name="conversationActivity",
        unwrap="conversation",
        expect=_named,
    )
    async def post_activity(
        self,
        user_id: str,
        *,
        type: ActivityType | str,  # noqa: A002 -- the API's own word
        role: Role | str = Role.APP_MAKER,
        name: str | None = None,
        avatar_url: str | None = None,
    ) -> Conversation:
        """Show the user that the business is typing, has stopped typing, or has read the conversation.

        `type` is `typing:start`, `typing:stop` or `conversation:read`; `name` and `avatar_url` say who is typing. The vendor
        documents role `appMaker` alone. Nothing shows on a channel that does not support it.

        Raises:
            NotFoundError: No such user, or one without a conversation.
        """
        ...

    @operation("POST /v1.1/apps/{appId}/appusers/{userId}/conversation/read", Effect.IDEMPOTENT, name="resetUnreadCount")
    async def reset_unread_count(self, user_id: str) -> None:
        """Set the count of messages that the user has not read to zero.

        Raises:
            NotFoundError: No such user, or one without a conversation.
        """
        ...
