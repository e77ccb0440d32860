"""Messages of Smooch v1.1: those of a user's one conversation."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.client import APIClient, APIResource
from aioconvo.core.identity import WrongAnswerBodyError, names, same
from aioconvo.core.operation import Effect, Operation, PageKind
from aioconvo.core.pagination import AsyncPaginator
from aioconvo.core.validation import not_both

from .content import check_message
from .models import Message, NewMessage, PostedMessage
from .pages import MessagePage, message_pager

__all__ = ["OPERATIONS", "Messages"]

_ALL = "/v1.1/apps/{appId}/appusers/{userId}/messages"
_ONE = "/v1.1/apps/{appId}/appusers/{userId}/messages/{messageId}"

DELETE: Operation[None] = Operation("smooch.messages.delete", "deleteMessage", "DELETE", _ONE, None, Effect.IDEMPOTENT)
DELETE_ALL: Operation[None] = Operation("smooch.messages.delete_all", "deleteMessages", "DELETE", _ALL, None, Effect.IDEMPOTENT)
LIST = Operation(
    "smooch.messages.list",
    "getMessages",
    "GET",
    _ALL,
    MessagePage,
    Effect.READ,
    PageKind.TIMESTAMP,
    stored_as="smooch.messages.list",
)
POST = Operation("smooch.messages.post", "postMessage", "POST", _ALL, PostedMessage, Effect.UNSAFE)
OPERATIONS = (DELETE, DELETE_ALL, LIST, POST)


_named = names("message", "message.id")


class _OneConversation:
    """That all pages of a list are of one conversation: it is asked for by its user, and the answers name its own id."""

    __slots__ = ("_id",)

    def __init__(self) -> None:
        self._id: str | None = None

    def __call__(self, page: MessagePage) -> None:
        found = None if page.conversation is None else page.conversation.id
        if not isinstance(found, str) or not found:
            return
        if self._id is None:
            self._id = found
        elif not same(found, self._id):
            raise WrongAnswerBodyError("conversation")


class Messages(APIResource):
    """`client.messages`: delete, delete_all, list, post. Each `user_id` is the service's id or your own."""

    __slots__ = ("_app_id", "_client")

    def __init__(self, client: APIClient, app_id: str) -> None:
        self._client = client
        self._app_id = app_id

    async def delete(self, user_id: str, message_id: str) -> None:
        """Delete one message.

        Raises:
            NotFoundError: No such user or message.

        Source: operation deleteMessage.
        """
        await self._client.call(DELETE.request(self._app_id, user_id, message_id))

    async def delete_all(self, user_id: str) -> None:
        """Delete every message of a user's conversation; the conversation stays.

        Raises:
            NotFoundError: No such user, or one without a conversation.

        Source: operation deleteMessages.
        """
        await self._client.call(DELETE_ALL.request(self._app_id, user_id))

    async def post(self, user_id: str, *, message: NewMessage) -> PostedMessage:
        """Post a message, such as `TextMessage(role=Role.APP_MAKER, text=...)`; the message, and others that came of it.

        A carousel or list has 1 to 10 items with 1 to 3 actions each. Messages have actions only with role `appMaker`;
        `reply` and `locationRequest` combine with each other only; `share` belongs in items. There is no idempotency key
        in this API, so a post that may have arrived is never sent again.

        Raises:
            InvalidRequestError: The message breaks one of these limits; nothing was sent.
            NotFoundError: No such user.
            MaybeSentError: It is unknown whether the message was posted.

        Source: operation postMessage.
        """
        check_message(message)
        return await self._client.call(POST.request(self._app_id, user_id, body=message, check=_named))

    def list(
        self,
        user_id: str,
        *,
        before: float | str | dt.datetime | None = None,
        after: float | str | dt.datetime | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Message]:
        """List the messages of a user's conversation, newest first; with `after`, oldest first from there on.

        `before` and `after` are Unix seconds (a number or a text) or aware datetimes, exclusive; `after=0` is the beginning.
        The API gives 100 messages a request; messages that share a millisecond are not lost, up to 100 of them. `limit`
        bounds the messages in all, `start` is the `position` of a page walked in the same direction, `prefetch` is pages
        read ahead.

        Raises:
            InvalidRequestError: Both `before` and `after` were given, or one is no moment; nothing was sent.
            NotFoundError: No such user, or one without a conversation (when awaited or iterated).
            PaginationError: More than 100 messages share one millisecond, or none of a full page has a time that can be read
                (when iterated, after what came).

        Source: operation getMessages.
        """
        not_both(before=before, after=after)
        pager = message_pager(before=before, after=after)
        values = (self._app_id, user_id)
        direction = "backward" if after is None else "forward"
        return self._client.paginate(
            LIST,
            values,
            pager,
            check=_OneConversation(),
            direction=direction,
            limit=limit,
            start=start,
            prefetch=prefetch,
        )
