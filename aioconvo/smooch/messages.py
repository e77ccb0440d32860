"""Messages of Smooch v1.1: those of a user's one conversation."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from aioconvo.core.answers.identity import WrongAnswerBodyError, names, same
from aioconvo.core.encoding.files import UpTo, image
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import FileSource, Name, Whole
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import not_both
from aioconvo.core.paging.paginator import AsyncPaginator

from .content import check_message
from .models.conversations import Role
from .models.messages import Message, PostedMessage
from .models.posts import NewMessage
from .pages import MessagePage, SmoochResource, message_pager

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


def _one_conversation() -> _OneConversation:
    return _OneConversation()


Image = Annotated[FileSource, image, UpTo(50)]
"""A picture to post."""


class Messages(SmoochResource):
    """Messages of conversations. Each `user_id` is the service's id or your own."""

    __slots__ = ()

    @operation("DELETE /v1.1/apps/{appId}/appusers/{userId}/messages/{messageId}", Effect.IDEMPOTENT, name="deleteMessage")
    async def delete(self, user_id: str, message_id: str) -> None:
        """Delete one message.

        Raises:
            NotFoundError: No such user or message.
        """
        ...

    @operation("DELETE /v1.1/apps/{appId}/appusers/{userId}/messages", Effect.IDEMPOTENT, name="deleteMessages")
    async def delete_all(self, user_id: str) -> None:
        """Delete every message of a user's conversation; the conversation stays.

        Raises:
            NotFoundError: No such user, or one without a conversation.
        """
        ...

    @operation(
        "POST /v1.1/apps/{appId}/appusers/{userId}/messages",
        Effect.UNSAFE,
        name="postMessage",
        check=check_message,
        expect=_named,
    )
    async def post(self, user_id: str, *, message: Annotated[NewMessage, Whole()]) -> PostedMessage:
        """Post a message, such as `TextMessage(role=Role.APP_MAKER, text=...)`; the message, and others that came of it.

        A carousel or list has 1 to 10 items with 1 to 3 actions each. Messages have actions only with role `appMaker`;
        `reply` and `locationRequest` combine with each other only; `share` belongs in items. There is no idempotency key
        in this API, so a post that may have arrived is never sent again.

        Raises:
            InvalidRequestError: The message breaks one of these limits; nothing was sent.
            NotFoundError: No such user.
            MaybeSentError: It is unknown whether the message was posted.
        """
        ...

    @operation("POST /v1.1/apps/{appId}/appusers/{userId}/images", Effect.UNSAFE, name="postImageMessage", expect=_named)
    async def post_image(self, user_id: str, source: Image, *, role: Role | str) -> PostedMessage:
        """Upload an image and post it as a message, in one call.

        The vendor calls it deprecated: `attachments.upload`, and `post` with an `ImageMessage`, do the same.

        `source` is a `File`, bytes, a path or an async iterable of bytes; the last two are sent piece by piece. What can be
        read once only is never sent again. That more than about 2 MB is refused is reported, not documented.

        Raises:
            InvalidRequestError: The file cannot be read, is none of these, no image or too large; nothing was posted.
            NotFoundError: No such user.
            RequestTooLargeError: The file is too large.
            MaybeSentError: It is unknown whether the message was posted.
        """
        ...

    @listing(
        "GET /v1.1/apps/{appId}/appusers/{userId}/messages",
        message_pager,
        name="getMessages",
        check=not_both("before", "after"),
        expect=_one_conversation,
        stored_as="smooch.messages.list",
    )
    def list(
        self,
        user_id: str,
        *,
        before: Annotated[float | str | dt.datetime, Name("before")] | None = None,
        after: Annotated[float | str | dt.datetime, Name("after")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Message]:
        """List the messages of a user's conversation, newest first; with `after`, oldest first from there on.

        `before` and `after` are Unix seconds (a number or a text) or aware datetimes, exclusive; `after=0` is the beginning.
        The API gives 100 messages a request; messages that share a millisecond are not lost, up to 100 of them. `limit`
        bounds the messages in all, `start` is the `position` of a page walked in the same direction, `prefetch` is pages
        read ahead. Pages name the conversation but not the user: those that follow must be of the first one's.

        Raises:
            InvalidRequestError: Both `before` and `after` were given, or one is no moment; nothing was sent.
            NotFoundError: No such user, or one without a conversation (when awaited or iterated).
            PaginationError: More than 100 messages share one millisecond, or none of a full page has a time that can be read
                (when iterated, after what came).
        """
        ...
