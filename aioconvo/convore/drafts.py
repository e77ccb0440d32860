"""Drafts of Convore."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, about, all_about, both, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Between
from aioconvo.core.paging.paginator import AsyncPaginator

from .messages import ONE_WAY
from .models import Draft, Message, Participant, ReplyType
from .more_pages import DraftPage, draft_pager


def _is(draft_id: str) -> Check:
    return names("draft", "id", draft_id)


def _is_in(conversation_id: str | UnsetType) -> Check:
    named = names("draft", "id")
    return both(named, about("conversation", "conversation_id", conversation_id)) if conversation_id else named


def _all_are_in(conversation_id: str | None) -> Check | None:
    return partial(_check_page, conversation_id) if conversation_id else None


def _check_page(conversation_id: str, page: DraftPage) -> None:
    all_about("conversation", conversation_id, [getattr(draft, "conversation_id", None) for draft in page.data])


def _no_empty_id(name: str, value: str) -> str:
    """Not empty."""
    if not value:
        raise InvalidRequestError(f"{name} is empty; leave it out to list the drafts of all conversations")
    return value


class Drafts(APIResource):
    """Messages that are written and not sent yet."""

    __slots__ = ()

    @operation("POST /v1/drafts", Effect.UNSAFE, name="create_draft", check=ONE_WAY, expect=_is_in)
    async def create(
        self,
        *,
        channel_id: str | UnsetType = UNSET,
        conversation_id: str | UnsetType = UNSET,
        reply_to_message_id: str | UnsetType = UNSET,
        reply_type: ReplyType | str | UnsetType = UNSET,
        from_: str | UnsetType = UNSET,
        to: list[str] | UnsetType = UNSET,
        cc: list[str] | UnsetType = UNSET,
        bcc: list[str] | UnsetType = UNSET,
        sender: Participant | UnsetType = UNSET,
        recipients: list[Participant] | UnsetType = UNSET,
        subject: str | UnsetType | None = UNSET,
        body: str | UnsetType = UNSET,
        quote_body: str | UnsetType = UNSET,
        raw_body: str | UnsetType = UNSET,
    ) -> Draft:
        """Write a draft; nothing is sent to anyone.

        Arguments mean what they do in `messages.send`: `channel_id` begins a conversation, `reply_to_message_id` answers a
        message, `body` is HTML, `subject=None` sends null. Files are put on it by `attachments.upload(draft_id=...)`.

        Raises:
            InvalidRequestError: Both ways to name people were given; nothing was sent.
            MaybeSentError: It is unknown whether the draft was stored.
        """
        ...

    @operation("DELETE /v1/drafts/{draft_id}", Effect.IDEMPOTENT, name="delete_draft")
    async def delete(self, draft_id: str) -> None:
        """Throw a draft away.

        Raises:
            NotFoundError: No such draft.
        """
        ...

    @operation("GET /v1/drafts/{draft_id}", Effect.READ, name="get_draft", expect=_is)
    async def get(self, draft_id: str) -> Draft:
        """Fetch one draft.

        Raises:
            NotFoundError: No such draft.
        """
        ...

    @operation("POST /v1/drafts/{draft_id}/send", Effect.UNSAFE, name="send_draft", expect=names("message", "id"))
    async def send(self, draft_id: str) -> Message:
        """Send a draft to real people, as it is stored; the message as it was sent.

        There is no idempotency key in this API, so a draft that may have left is never sent again.

        Raises:
            NotFoundError: No such draft.
            MaybeSentError: It is unknown whether the message was sent.
        """
        ...

    @operation("PATCH /v1/drafts/{draft_id}", Effect.IDEMPOTENT, name="update_draft", check=ONE_WAY, expect=_is)
    async def update(
        self,
        draft_id: str,
        *,
        channel_id: str | UnsetType = UNSET,
        from_: str | UnsetType = UNSET,
        to: list[str] | UnsetType = UNSET,
        cc: list[str] | UnsetType = UNSET,
        bcc: list[str] | UnsetType = UNSET,
        subject: str | UnsetType | None = UNSET,
        body: str | UnsetType = UNSET,
        raw_body: str | UnsetType = UNSET,
        sender: Participant | UnsetType = UNSET,
        recipients: list[Participant] | UnsetType = UNSET,
    ) -> Draft:
        """Change a draft; what is not given stays, `subject=None` sends null, `recipients` takes the place of all.

        Raises:
            InvalidRequestError: Both ways to name people were given; nothing was sent.
            NotFoundError: No such draft.
        """
        ...

    @listing("GET /v1/drafts", draft_pager, name="list_drafts", expect=_all_are_in)
    def list(
        self,
        *,
        conversation_id: Annotated[str, _no_empty_id] | None = None,
        page_size: Annotated[int, Between(1, 100), PageSize("limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Draft]:
        """List the drafts of one conversation, or of all.

        `page_size` is drafts a request (the API's default is 100), `limit` bounds them in all, `start` is a page's `position`
        or the API's own `cursor`, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules, or `conversation_id` is empty; nothing was sent.
        """
        ...
