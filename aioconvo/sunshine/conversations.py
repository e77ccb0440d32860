"""Conversations of Sunshine Conversations v2."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Name, PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import AtMost, Between, Length, exactly_one, not_both
from aioconvo.core.paging.paginator import AsyncPaginator

from .models.conversations import Conversation, ConversationType
from .models.conversions import AppleReference, ConversionEvents, MetaConversion
from .models.metadata import Metadata
from .models.participants import NewParticipant
from .pages import conversation_pager
from .resource import Resource

_ALL = "/v2/apps/{appId}/conversations"
_ONE = "/v2/apps/{appId}/conversations/{conversationId}"
_named = names("conversation", "conversation.id")
_one_user = exactly_one("user_id", "user_external_id")


def _is(conversation_id: str) -> Check:
    return names("conversation", "conversation.id", conversation_id)


def one_user_each(_name: str, participants: list[NewParticipant]) -> list[NewParticipant]:
    """Exactly one of user_id and user_external_id in each."""
    for participant in participants:
        _one_user(participant.user_id, participant.user_external_id)
    return participants


Participants = Annotated[list[NewParticipant], AtMost(10, "participants"), one_user_each]
"""Who takes part from the beginning."""
Text = Annotated[str, Length(1, 100)]
"""A name or description."""
Url = Annotated[str, Length(1, 2048)]
"""An address of a picture."""


class Conversations(Resource):
    """Conversations."""

    __slots__ = ()

    @operation(f"POST {_ALL}", Effect.UNSAFE, name="CreateConversation", unwrap="conversation", expect=_named)
    async def create(
        self,
        *,
        type: ConversationType | str,  # noqa: A002 -- the API's own word
        participants: Participants | UnsetType = UNSET,
        display_name: Text | UnsetType | None = UNSET,
        description: Text | UnsetType | None = UNSET,
        icon_url: Url | UnsetType | None = UNSET,
        metadata: Metadata | UnsetType | None = UNSET,
    ) -> Conversation:
        """Create a conversation for the given users.

        `type` is `personal` or `sdkGroup`; `None` sends null.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was sent.
            NotFoundError: No such app or user.
            MaybeSentError: It is unknown whether the conversation was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="DeleteConversation")
    async def delete(self, conversation_id: str) -> None:
        """Delete a conversation with its messages and attachments; a user's default conversation cannot be deleted.

        Raises:
            BadRequestError: It is a default conversation.
            NotFoundError: No such conversation.
        """
        ...

    # It only reads, though it is a POST: what it asks for is too much for a query.
    @operation(f"POST {_ONE}/download", Effect.READ, name="DownloadMessageRef")
    async def download_message_ref(
        self, conversation_id: str, *, user_id: str, apple: AppleReference | UnsetType = UNSET
    ) -> dict[str, Any]:
        """Fetch what a channel gave only a reference to, as the JSON that it is.

        Apple alone gives such references, for interactive answers that are too large for a message; a webhook's
        `interactiveDataRef` has the members of `apple`.

        Raises:
            NotFoundError: No such conversation or user.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="GetConversation", unwrap="conversation", expect=_is)
    async def get(self, conversation_id: str) -> Conversation:
        """Fetch one conversation.

        Raises:
            NotFoundError: No such conversation.
        """
        ...

    @operation(
        f"POST {_ONE}/conversionEvents",
        Effect.UNSAFE,
        name="PostConversionEvents",
        unwrap="conversionEvents",
        check=exactly_one("messenger", "instagram", "whatsapp"),
        expect=names("data set", "conversionEvents.dataset_id"),
    )
    async def post_conversion_events(
        self,
        conversation_id: str,
        *,
        messenger: MetaConversion | UnsetType = UNSET,
        instagram: MetaConversion | UnsetType = UNSET,
        whatsapp: MetaConversion | UnsetType = UNSET,
    ) -> ConversionEvents:
        """Tell Meta what became of a customer who came from an advertisement, such as a purchase.

        The events are given for the channel that the customer wrote on, as Meta's Conversions API writes them.

        Raises:
            InvalidRequestError: None of the channels was given, or several; nothing was sent.
            NotFoundError: No such conversation.
            MaybeSentError: It is unknown whether the events were counted.
        """
        ...

    @operation(f"PATCH {_ONE}", Effect.IDEMPOTENT, name="UpdateConversation", unwrap="conversation", expect=_is)
    async def update(
        self,
        conversation_id: str,
        *,
        display_name: Text | UnsetType | None = UNSET,
        description: Text | UnsetType | None = UNSET,
        icon_url: Url | UnsetType | None = UNSET,
        metadata: Metadata | UnsetType | None = UNSET,
    ) -> Conversation:
        """Change a conversation; what is not given stays, `None` clears.

        Raises:
            InvalidRequestError: A text is empty or too long; nothing was sent.
            NotFoundError: No such conversation.
        """
        ...

    @listing(
        f"GET {_ALL}",
        conversation_pager,
        name="ListConversations",
        check=(exactly_one("user_id", "user_external_id"), not_both("after", "before")),
    )
    def list(
        self,
        *,
        user_id: Annotated[str, Name("filter[userId]")] | None = None,
        user_external_id: Annotated[str, Name("filter[userExternalId]")] | None = None,
        after: str | None = None,
        before: str | None = None,
        page_size: Annotated[int, Between(1, 100), PageSize("page[size]")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Conversation]:
        """List the conversations of one user.

        `after` and `before` are ids of conversations, exclusive; with `before` the list is walked backwards. `page_size`
        is conversations a request (the API's default is 25), `limit` bounds them in all, `start` is a page's `position` or
        the id of a conversation, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
        """
        ...
