"""Messages of UltraCart conversations. There is no REST call that sends one: they go over the websocket."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.calls.client import APIClient, APIResource
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.operations.operation import Effect, Operation, PageKind
from aioconvo.core.operations.validation import between
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import Message
from .pages import MessagePage, message_pager

__all__ = ["OPERATIONS", "Messages"]

LIST = Operation(
    "ultracart.messages.list",
    "get_conversation_messages",
    "GET",
    "/conversation/conversations/{conversation_uuid}/messages/{since}",
    MessagePage,
    Effect.READ,
    PageKind.TIMESTAMP,
    stored_as="ultracart.messages.list",
)
OPERATIONS = (LIST,)


class Messages(APIResource):
    """`client.messages`: list."""

    __slots__ = ("_client",)

    def __init__(self, client: APIClient) -> None:
        self._client = client

    def list(
        self,
        conversation_uuid: str,
        *,
        since: int | dt.datetime = 0,
        page_size: int | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Message]:
        """List the messages of a conversation, oldest first.

        `since` is in milliseconds since 1970, or a datetime with a time zone; whether a message of that very millisecond
        comes is unconfirmed. `page_size` is 2 to 200 messages a request, `limit` bounds them in all, `start` is a page's
        `position` (from that of the last page on, a later walk gives what is new), `prefetch` is pages read ahead. Nothing in a
        page tells of which conversation it is.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
            NotFoundError: No such conversation (when awaited or iterated).
            PaginationError: More messages share a moment than a page holds, or none of a page that others follow has a time
                that can be read (when iterated, after what came).

        Source: operation get_conversation_messages.
        """
        # No limit of the page is documented for messages: this is that of conversations. Every page begins with messages
        # that the one before ended with, so one message a page would lead nowhere.
        between("page_size", page_size, 2, 200)
        pager = message_pager(since=_milliseconds(since), page_size=page_size)
        return self._client.paginate(LIST, (conversation_uuid,), pager, limit=limit, start=start, prefetch=prefetch)


def _milliseconds(since: int | dt.datetime) -> int:
    if isinstance(since, dt.datetime):
        if since.tzinfo is None:
            raise InvalidRequestError("since must be a datetime with a time zone, such as datetime.now(timezone.utc)")
        since = (since - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)
    if since < 0:
        raise InvalidRequestError(f"since must be 0 or more milliseconds since 1970; got {since}")
    return since
