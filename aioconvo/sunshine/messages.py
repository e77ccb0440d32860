"""Messages of Sunshine Conversations v2."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import not_both
from aioconvo.core.paging.paginator import AsyncPaginator

from .content import check_author, check_content, check_destination
from .models.content import Content
from .models.messages import Author, Destination, Message, MessageOverride
from .models.metadata import Metadata
from .pages import message_pager, of_conversation
from .resource import Resource

_ALL = "/v2/apps/{appId}/conversations/{conversationId}/messages"
_ONE = "/v2/apps/{appId}/conversations/{conversationId}/messages/{messageId}"


def _names_a_message(answer: Any) -> None:
    if not any(getattr(message, "id", None) for message in answer.messages):
        raise BrokenBodyError("the answer names no message: messages.id is missing", cut=False)


class Messages(Resource):
    """Messages of conversations."""

    __slots__ = ()

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="DeleteMessage")
    async def delete(self, conversation_id: str, message_id: str) -> None:
        """Delete one message.

        Raises:
            NotFoundError: No such conversation or message.
        """
        ...

    @operation(f"DELETE {_ALL}", Effect.IDEMPOTENT, name="DeleteAllMessages")
    async def delete_all(self, conversation_id: str) -> None:
        """Delete every message of a conversation; the conversation stays.

        Raises:
            NotFoundError: No such conversation.
        """
        ...

    @operation(
        f"POST {_ALL}",
        Effect.UNSAFE,
        name="PostMessage",
        unwrap="messages",
        check=(check_author, check_content, check_destination),
        expect=_names_a_message,
    )
    async def post(
        self,
        conversation_id: str,
        *,
        author: Author,
        content: Content,
        destination: Destination | UnsetType = UNSET,
        metadata: Metadata | UnsetType | None = UNSET,
        override: MessageOverride | UnsetType = UNSET,
        schema: str | UnsetType = UNSET,
    ) -> list[Message]:
        """Post a message; the messages that came of it, because a shorthand in a text can make several.

        There is no idempotency key in this API, so a post that may have arrived is never sent again.

        Raises:
            InvalidRequestError: Author, content or destination break a documented limit; nothing was sent.
            LockedError: The conversation is full (30,000 messages); `delete_all` makes room.
            MaybeSentError: It is unknown whether the message was posted.
        """
        ...

    @listing(f"GET {_ALL}", message_pager, name="ListMessages", check=not_both("before", "after"), expect=of_conversation)
    def list(
        self,
        conversation_id: str,
        *,
        before: str | None = None,
        after: str | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Message]:
        """List the messages of a conversation, newest first; with `after`, oldest first from there on.

        `before` and `after` are ids of messages, exclusive. The API gives 100 messages a request, whatever is asked for;
        `limit` bounds them in all, `start` is a page's `position` or the id of a message, `prefetch` is pages read ahead. Only
        the links of a page, where it has any, tell of which conversation it is.

        Raises:
            InvalidRequestError: Both `before` and `after` were given; nothing was sent.
            NotFoundError: No such conversation (when awaited or iterated).
        """
        ...
