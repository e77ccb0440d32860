"""Messages of UltraCart conversations. There is no REST call that sends one: they go over the websocket."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.operations.declaration import listing
from aioconvo.core.operations.markers import PageSize
from aioconvo.core.operations.rules import Between, aware
from aioconvo.core.paging.paginator import AsyncPaginator

from .models.messages import Message
from .pages import message_pager
from .resource import UltraCartResource


def _milliseconds(name: str, since: int | dt.datetime) -> int:
    """0 or more milliseconds since 1970, or a datetime with a time zone."""
    if isinstance(since, dt.datetime):
        aware(name, since)
        since = (since - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)
    if since < 0:
        raise InvalidRequestError(f"{name} must be 0 or more milliseconds since 1970; got {since}")
    return since


class Messages(UltraCartResource):
    """Messages of conversations."""

    __slots__ = ()

    # No limit of the page is documented for messages: this is that of conversations. Every page begins with messages that the
    # one before ended with, so one message a page would lead nowhere.
    @listing(
        "GET /conversation/conversations/{conversation_uuid}/messages/{since}", message_pager, name="get_conversation_messages"
    )
    def list(
        self,
        conversation_uuid: str,
        *,
        since: Annotated[int | dt.datetime, _milliseconds] = 0,
        page_size: Annotated[int, Between(2, 200), PageSize("limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Message]:
        """List the messages of a conversation, oldest first.

        Whether a message of the very millisecond `since` comes is unconfirmed. `page_size` is messages a request, `limit`
        bounds them in all, `start` is a page's `position` (from that of the last page on, a later walk gives what is new),
        `prefetch` is pages read ahead. Nothing in a page tells of which conversation it is.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
            NotFoundError: No such conversation (when awaited or iterated).
            PaginationError: More messages share a moment than a page holds, or none of a page that others follow has a time
                that can be read (when iterated, after what came).
        """
        ...
