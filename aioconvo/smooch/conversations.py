"""Conversations of Smooch v1.1: each user has one, named by the user."""

from __future__ import annotations

from aioconvo.core.client import APIClient, APIResource
from aioconvo.core.codec import Model
from aioconvo.core.identity import names
from aioconvo.core.operation import Effect, Operation

from .models import ActivityType, Conversation, Role
from .pages import ActivityAnswer

__all__ = ["OPERATIONS", "Conversations"]

_CONVERSATION = "/v1.1/apps/{appId}/appusers/{userId}/conversation"

# Showing a typing indicator or setting a read mark twice changes nothing, so both may be tried again.
POST_ACTIVITY = Operation(
    "smooch.conversations.post_activity",
    "conversationActivity",
    "POST",
    f"{_CONVERSATION}/activity",
    ActivityAnswer,
    Effect.IDEMPOTENT,
)
RESET_UNREAD_COUNT: Operation[None] = Operation(
    "smooch.conversations.reset_unread_count", "resetUnreadCount", "POST", f"{_CONVERSATION}/read", None, Effect.IDEMPOTENT
)
OPERATIONS = (POST_ACTIVITY, RESET_UNREAD_COUNT)


_named = names("conversation", "conversation.id")


class _Activity(Model, rename="camel"):
    role: Role
    type: ActivityType
    name: str | None = None
    avatar_url: str | None = None


class Conversations(APIResource):
    """`client.conversations`: post_activity, reset_unread_count."""

    __slots__ = ("_app_id", "_client")

    def __init__(self, client: APIClient, app_id: str) -> None:
        self._client = client
        self._app_id = app_id

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

        `user_id` is the service's id or your own; `type` is `typing:start`, `typing:stop` or `conversation:read`; `name`
        and `avatar_url` say who is typing. The vendor documents role `appMaker` alone. Nothing shows on a channel that
        does not support it.

        Raises:
            NotFoundError: No such user, or one without a conversation.

        Source: operation conversationActivity.
        """
        body = _Activity(role=Role(role), type=ActivityType(type), name=name, avatar_url=avatar_url)
        return (await self._client.call(POST_ACTIVITY.request(self._app_id, user_id, body=body, check=_named))).conversation

    async def reset_unread_count(self, user_id: str) -> None:
        """Set the count of messages that the user has not read to zero.

        `user_id` is the service's id or your own.

        Raises:
            NotFoundError: No such user, or one without a conversation.

        Source: operation resetUnreadCount.
        """
        await self._client.call(RESET_UNREAD_COUNT.request(self._app_id, user_id))
