"""Conversations of Convore."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Between, Time, not_both, not_empty
from aioconvo.core.paging.paginator import AsyncPaginator

from .models.conversations import Conversation, ConversationPriority, ConversationStatus
from .models.participants import Participant
from .pages import conversation_pager


def _is(conversation_id: str) -> Check:
    return names("conversation", "id", conversation_id)


class Conversations(APIResource):
    """Conversations."""

    __slots__ = ()

    @operation("GET /v1/conversations/{conversation_id}", Effect.READ, name="get_conversation", expect=_is)
    async def get(self, conversation_id: str) -> Conversation:
        """Fetch one conversation.

        Raises:
            NotFoundError: No such conversation.
        """
        ...

    @operation("POST /v1/conversations", Effect.UNSAFE, name="create_conversation", expect=names("conversation", "id"))
    async def create(
        self,
        *,
        channel_id: str,
        label_ids: list[str],
        participants: list[Participant],
        status: ConversationStatus | str | UnsetType = UNSET,
        priority: ConversationPriority | str | UnsetType = UNSET,
        subject: str | UnsetType | None = UNSET,
        snippet: str | UnsetType = UNSET,
        is_unread: bool | UnsetType = UNSET,
        last_message_date: Time | UnsetType = UNSET,
    ) -> Conversation:
        """Make a conversation without messages; nothing is sent to anyone. `messages.import_` fills it.

        `snippet` is the beginning of its last message as lists show it, `subject=None` sends null.

        Raises:
            InvalidRequestError: `last_message_date` has no time zone; nothing was sent.
            NotFoundError: No such channel.
            MaybeSentError: It is unknown whether the conversation was made.
        """
        ...

    @operation("PATCH /v1/conversations/{conversation_id}", Effect.IDEMPOTENT, name="update_conversation", expect=_is)
    async def update(
        self,
        conversation_id: str,
        *,
        status: ConversationStatus | str | UnsetType = UNSET,
        priority: ConversationPriority | str | UnsetType = UNSET,
        label_ids: list[str] | UnsetType = UNSET,
        participants: list[Participant] | UnsetType = UNSET,
        subject: str | UnsetType | None = UNSET,
        snippet: str | UnsetType = UNSET,
        is_unread: bool | UnsetType = UNSET,
        last_message_date: Time | UnsetType = UNSET,
    ) -> Conversation:
        """File a conversation, label it, mark it read; what is not given stays.

        There is no delete: `status="trash"` is what comes nearest. `label_ids` and `participants` are taken for all that it
        is to have; that they replace what is there is not documented.

        Raises:
            InvalidRequestError: `last_message_date` has no time zone; nothing was sent.
            NotFoundError: No such conversation.
        """
        ...

    @listing("GET /v1/conversations", conversation_pager, name="list_conversations", check=not_both("status", "statuses"))
    def list(
        self,
        *,
        channel_id: str | None = None,
        status: ConversationStatus | str | None = None,
        statuses: Annotated[Sequence[ConversationStatus | str], not_empty] | None = None,
        label_ids: Annotated[Sequence[str], not_empty] | None = None,
        has_no_label: bool | None = None,
        contact_handle_tokens: Annotated[Sequence[str], not_empty] | None = None,
        has_drafts: bool | None = None,
        has_messages: bool | None = None,
        has_outbound_messages: bool | None = None,
        created_at_before: Time | None = None,
        created_at_after: Time | None = None,
        last_message_date_before: Time | None = None,
        last_message_date_after: Time | None = None,
        page_size: Annotated[int, Between(1, 100), PageSize("limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Conversation]:
        """List conversations, all of them or those that pass every filter given.

        A token is written `EMAIL:ada@example.org`; whether the bounds of times are inclusive is not documented.
        `page_size` is conversations a request (the API's default is 100), `limit` bounds them in all, `start` is a page's
        `position` or the API's own `cursor`, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules, or a list of them is empty; nothing was sent.
        """
        ...
