"""Conversations of Convore."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from aioconvo.core.client import APIClient, APIResource
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.identity import names
from aioconvo.core.operation import Effect, Operation, PageKind
from aioconvo.core.pagination import AsyncPaginator
from aioconvo.core.validation import between, not_both

from .models import Conversation, ConversationStatus
from .pages import ConversationPage, conversation_pager

__all__ = ["OPERATIONS", "Conversations"]

GET = Operation(
    "convore.conversations.get", "get_conversation", "GET", "/v1/conversations/{conversation_id}", Conversation, Effect.READ
)
LIST = Operation(
    "convore.conversations.list",
    "list_conversations",
    "GET",
    "/v1/conversations",
    ConversationPage,
    Effect.READ,
    PageKind.CURSOR,
    stored_as="convore.conversations.list",
)
OPERATIONS = (GET, LIST)


class Conversations(APIResource):
    """`client.conversations`: get, list."""

    __slots__ = ("_client",)

    def __init__(self, client: APIClient) -> None:
        self._client = client

    async def get(self, conversation_id: str) -> Conversation:
        """Fetch one conversation.

        Raises:
            NotFoundError: No such conversation.

        Source: operation get_conversation.
        """
        return await self._client.call(GET.request(conversation_id, check=names("conversation", "id", conversation_id)))

    def list(
        self,
        *,
        channel_id: str | None = None,
        status: ConversationStatus | str | None = None,
        statuses: Sequence[ConversationStatus | str] | None = None,
        label_ids: Sequence[str] | None = None,
        has_no_label: bool | None = None,
        contact_handle_tokens: Sequence[str] | None = None,
        has_drafts: bool | None = None,
        has_messages: bool | None = None,
        has_outbound_messages: bool | None = None,
        created_at_before: dt.datetime | None = None,
        created_at_after: dt.datetime | None = None,
        last_message_date_before: dt.datetime | None = None,
        last_message_date_after: dt.datetime | None = None,
        page_size: int | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Conversation]:
        """List conversations, all of them or those that pass every filter given.

        One of `status` and `statuses`; a token is written `EMAIL:ada@example.org`; times carry a time zone, and whether
        the bounds are inclusive is not documented. `page_size` is 1 to 100 conversations a request (the API's default is
        100), `limit` bounds them in all, `start` is a page's `position` or the API's own `cursor`, `prefetch` is pages read
        ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules, or a list of them is empty; nothing was sent.

        Source: operation list_conversations.
        """
        not_both(status=status, statuses=statuses)
        _not_empty(statuses=statuses, label_ids=label_ids, contact_handle_tokens=contact_handle_tokens)
        between("page_size", page_size, 1, 100)
        query = (
            ("channel_id", channel_id),
            ("status", status),
            ("statuses", statuses),
            ("label_ids", label_ids),
            ("has_no_label", has_no_label),
            ("contact_handle_tokens", contact_handle_tokens),
            ("has_drafts", has_drafts),
            ("has_messages", has_messages),
            ("has_outbound_messages", has_outbound_messages),
            ("created_at_before", created_at_before),
            ("created_at_after", created_at_after),
            ("last_message_date_before", last_message_date_before),
            ("last_message_date_after", last_message_date_after),
        )
        pager = conversation_pager(page_size=page_size)
        return self._client.paginate(LIST, (), pager, query=query, limit=limit, start=start, prefetch=prefetch)


def _not_empty(**filters: Sequence[str] | None) -> None:
    # A list without values would put no filter into the query at all, and every conversation would pass.
    for name, values in filters.items():
        if values is not None and not values:
            raise InvalidRequestError(f"{name} is empty and would filter nothing; leave it out, or skip the call")
