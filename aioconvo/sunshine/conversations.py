"""Conversations of Sunshine Conversations v2."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aioconvo.core.client import APIClient, APIResource
from aioconvo.core.codec import Model
from aioconvo.core.identity import Check, names
from aioconvo.core.operation import Effect, Operation, PageKind
from aioconvo.core.pagination import AsyncPaginator
from aioconvo.core.validation import at_most, between, exactly_one, length_between, not_both

from .models import Conversation, ConversationType, Metadata, NewParticipant
from .pages import ConversationAnswer, ConversationPage, conversation_pager

__all__ = ["OPERATIONS", "Conversations"]

_ALL = "/v2/apps/{appId}/conversations"
_ONE = "/v2/apps/{appId}/conversations/{conversationId}"

CREATE = Operation("sunshine.conversations.create", "CreateConversation", "POST", _ALL, ConversationAnswer, Effect.UNSAFE)
DELETE: Operation[None] = Operation(
    "sunshine.conversations.delete", "DeleteConversation", "DELETE", _ONE, None, Effect.IDEMPOTENT
)
GET = Operation("sunshine.conversations.get", "GetConversation", "GET", _ONE, ConversationAnswer, Effect.READ)
LIST = Operation(
    "sunshine.conversations.list",
    "ListConversations",
    "GET",
    _ALL,
    ConversationPage,
    Effect.READ,
    PageKind.CURSOR,
    stored_as="sunshine.conversations.list",
)
UPDATE = Operation("sunshine.conversations.update", "UpdateConversation", "PATCH", _ONE, ConversationAnswer, Effect.IDEMPOTENT)
OPERATIONS = (CREATE, DELETE, GET, LIST, UPDATE)


class _Changes(Model, rename="camel"):
    display_name: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    icon_url: str | UnsetType | None = UNSET
    metadata: Metadata | UnsetType | None = UNSET


class _New(Model, rename="camel"):
    type: ConversationType
    participants: list[NewParticipant] | UnsetType = UNSET
    display_name: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    icon_url: str | UnsetType | None = UNSET
    metadata: Metadata | UnsetType | None = UNSET


class Conversations(APIResource):
    """`client.conversations`: create, delete, get, list, update."""

    __slots__ = ("_app_id", "_client")

    def __init__(self, client: APIClient, app_id: str) -> None:
        self._client = client
        self._app_id = app_id

    async def create(
        self,
        *,
        type: ConversationType | str,  # noqa: A002 -- the API's own word
        participants: list[NewParticipant] | UnsetType = UNSET,
        display_name: str | UnsetType | None = UNSET,
        description: str | UnsetType | None = UNSET,
        icon_url: str | UnsetType | None = UNSET,
        metadata: Metadata | UnsetType | None = UNSET,
    ) -> Conversation:
        """Create a conversation for the given users.

        `type` is `personal` or `sdkGroup`; at most 10 participants; `display_name` and `description` have 1 to 100
        characters, `icon_url` 1 to 2048; `None` sends null.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was sent.
            NotFoundError: No such app or user.
            MaybeSentError: It is unknown whether the conversation was created.

        Source: operation CreateConversation.
        """
        at_most("participants", participants, 10, "participants")
        for participant in participants or ():
            exactly_one(user_id=participant.user_id, user_external_id=participant.user_external_id)
        _check_texts(display_name, description, icon_url)
        body = _New(
            type=ConversationType(type),
            participants=participants,
            display_name=display_name,
            description=description,
            icon_url=icon_url,
            metadata=metadata,
        )
        return (await self._client.call(CREATE.request(self._app_id, body=body, check=_is()))).conversation

    async def delete(self, conversation_id: str) -> None:
        """Delete a conversation with its messages and attachments; a user's default conversation cannot be deleted.

        Raises:
            BadRequestError: It is a default conversation.
            NotFoundError: No such conversation.

        Source: operation DeleteConversation.
        """
        await self._client.call(DELETE.request(self._app_id, conversation_id))

    async def get(self, conversation_id: str) -> Conversation:
        """Fetch one conversation.

        Raises:
            NotFoundError: No such conversation.

        Source: operation GetConversation.
        """
        return (await self._client.call(GET.request(self._app_id, conversation_id, check=_is(conversation_id)))).conversation

    def list(
        self,
        *,
        user_id: str | None = None,
        user_external_id: str | None = None,
        after: str | None = None,
        before: str | None = None,
        page_size: int | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Conversation]:
        """List the conversations of one user; exactly one of `user_id` and `user_external_id`.

        `after` and `before` are ids of conversations, exclusive; with `before` the list is walked backwards. `page_size`
        is 1 to 100 conversations a request (the API's default is 25), `limit` bounds them in all, `start` is a page's
        `position` or the id of a conversation, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.

        Source: operation ListConversations.
        """
        exactly_one(user_id=user_id, user_external_id=user_external_id)
        not_both(after=after, before=before)
        between("page_size", page_size, 1, 100)
        query = (
            ("filter[userId]", user_id),
            ("filter[userExternalId]", user_external_id),
        )
        pager = conversation_pager(after=after, before=before, page_size=page_size)
        direction = "backward" if before is not None else "forward"
        return self._client.paginate(
            LIST, (self._app_id,), pager, query=query, direction=direction, limit=limit, start=start, prefetch=prefetch
        )

    async def update(
        self,
        conversation_id: str,
        *,
        display_name: str | UnsetType | None = UNSET,
        description: str | UnsetType | None = UNSET,
        icon_url: str | UnsetType | None = UNSET,
        metadata: Metadata | UnsetType | None = UNSET,
    ) -> Conversation:
        """Change a conversation; what is not given stays, `None` clears.

        Raises:
            InvalidRequestError: A text is empty or too long; nothing was sent.
            NotFoundError: No such conversation.

        Source: operation UpdateConversation.
        """
        _check_texts(display_name, description, icon_url)
        body = _Changes(display_name=display_name, description=description, icon_url=icon_url, metadata=metadata)
        return (
            await self._client.call(UPDATE.request(self._app_id, conversation_id, body=body, check=_is(conversation_id)))
        ).conversation


def _is(conversation_id: str | None = None) -> Check:
    return names("conversation", "conversation.id", conversation_id)


def _check_texts(display_name: object, description: object, icon_url: object) -> None:
    length_between("display_name", display_name, 1, 100)
    length_between("description", description, 1, 100)
    length_between("icon_url", icon_url, 1, 2048)
