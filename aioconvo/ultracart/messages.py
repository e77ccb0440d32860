"""Messages of UltraCart's conversations."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.client import APIClient, APIResource
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.operation import Effect, Operation, PageKind
from aioconvo.core.pagination import AsyncPaginator
from aioconvo.core.validation import between

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
        """List the messages of a conversation from `since` on, oldest first.

        `since` is milliseconds since 1970-01-01 UTC, or an aware datetime; that the API means milliseconds, and whether it
        includes the moment itself, are unconfirmed. `page_size` is 1 to 200 messages a request (nothing is sent without
        it), `limit` bounds them in all, `start` is a page's `position`, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: `since` or `page_size` is wrong; nothing was sent.
            NotFoundError: No such conversation (when awaited or iterated).
            PaginationError: More messages share a moment than a page holds (when awaited or iterated).

        Source: operation get_conversation_messages.
        """
        between("page_size", page_size, 1, 200)
        pager = message_pager(_milliseconds(since), page_size)
        query = (("limit", page_size),)
        return self._client.paginate(
            LIST, (conversation_uuid,), pager, query=query, limit=limit, start=start, prefetch=prefetch
        )


def _milliseconds(since: int | dt.datetime) -> int:
    if isinstance(since, dt.datetime):
        if since.tzinfo is None:
            raise InvalidRequestError("since must be a datetime with a time zone, such as datetime.now(timezone.utc)")
        since = int(since.timestamp() * 1000)
    if since < 0:
        raise InvalidRequestError("since must be 0 or more milliseconds since 1970-01-01 UTC")
    return since
