"""Messages of Sunshine Conversations v2."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aioconvo.core.client import APIClient, APIResource
from aioconvo.core.codec import BrokenBodyError, Model
from aioconvo.core.operation import Effect, Operation, PageKind
from aioconvo.core.pagination import AsyncPaginator
from aioconvo.core.validation import not_both

from .content import check_author, check_content, check_destination
from .models import Author, Content, Destination, Message, MessageOverride, Metadata
from .pages import MessagePage, MessagesAnswer, message_pager, of_conversation

__all__ = ["OPERATIONS", "Messages"]

_ALL = "/v2/apps/{appId}/conversations/{conversationId}/messages"
_ONE = "/v2/apps/{appId}/conversations/{conversationId}/messages/{messageId}"

DELETE: Operation[None] = Operation("sunshine.messages.delete", "DeleteMessage", "DELETE", _ONE, None, Effect.IDEMPOTENT)
DELETE_ALL: Operation[None] = Operation(
    "sunshine.messages.delete_all", "DeleteAllMessages", "DELETE", _ALL, None, Effect.IDEMPOTENT
)
LIST = Operation(
    "sunshine.messages.list",
    "ListMessages",
    "GET",
    _ALL,
    MessagePage,
    Effect.READ,
    PageKind.CURSOR,
    stored_as="sunshine.messages.list",
)
POST = Operation("sunshine.messages.post", "PostMessage", "POST", _ALL, MessagesAnswer, Effect.UNSAFE)
OPERATIONS = (DELETE, DELETE_ALL, LIST, POST)


class _New(Model):
    author: Author
    content: Content
    destination: Destination | UnsetType = UNSET
    metadata: Metadata | UnsetType | None = UNSET
    override: MessageOverride | UnsetType = UNSET
    schema: str | UnsetType = UNSET


def _check_posted(answer: MessagesAnswer) -> None:
    if not any(getattr(message, "id", None) for message in answer.messages):
        raise BrokenBodyError("the answer names no message: messages.id is missing", cut=False)


class Messages(APIResource):
    """`client.messages`: delete, delete_all, list, post."""

    __slots__ = ("_app_id", "_client")

    def __init__(self, client: APIClient, app_id: str) -> None:
        self._client = client
        self._app_id = app_id

    async def delete(self, conversation_id: str, message_id: str) -> None:
        """Delete one message.

        Raises:
            NotFoundError: No such conversation or message.

        Source: operation DeleteMessage.
        """
        await self._client.call(DELETE.request(self._app_id, conversation_id, message_id))

    async def delete_all(self, conversation_id: str) -> None:
        """Delete every message of a conversation; the conversation stays.

        Raises:
            NotFoundError: No such conversation.

        Source: operation DeleteAllMessages.
        """
        await self._client.call(DELETE_ALL.request(self._app_id, conversation_id))

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

        Source: operation PostMessage.
        """
        check_author(author)
        check_content(content, schema)
        check_destination(destination)
        body = _New(
            author=author,
            content=content,
            destination=destination,
            metadata=metadata,
            override=override,
            schema=schema,
        )
        return (await self._client.call(POST.request(self._app_id, conversation_id, body=body, check=_check_posted))).messages

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
        `limit` bounds them in all, `start` is a page's `position` or the id of a message, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: Both `before` and `after` were given; nothing was sent.
            NotFoundError: No such conversation (when awaited or iterated).

        Source: operation ListMessages.
        """
        not_both(before=before, after=after)
        pager = message_pager(after=after, before=before)
        values = (self._app_id, conversation_id)
        direction = "backward" if after is None else "forward"
        check = of_conversation(conversation_id)
        return self._client.paginate(
            LIST, values, pager, check=check, direction=direction, limit=limit, start=start, prefetch=prefetch
        )
