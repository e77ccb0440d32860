"""Canned messages of UltraCart."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Name
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.bodies import AsBody
from aioconvo.ultracart.pages import in_one_answer
from aioconvo.ultracart.resource import UltraCartResource

from .models import CannedMessage

_named = names("canned message", "conversation_canned_message.conversation_canned_message_oid")


def _is(canned_message_oid: int) -> Check:
    return names("canned message", "conversation_canned_message.conversation_canned_message_oid", canned_message_oid)


CannedMessageId = Annotated[int, Name("conversation_canned_message_oid")]
"""The `conversation_canned_message_oid` of a canned message."""


class CannedMessages(UltraCartResource):
    """Texts that agents send by their short codes."""

    __slots__ = ()

    @operation(
        "POST /conversation/canned_messages",
        Effect.UNSAFE,
        name="insert_conversation_canned_message",
        unwrap="conversation_canned_message",
        expect=_named,
    )
    async def create(self, *, canned_message: AsBody[CannedMessage]) -> CannedMessage:
        """Create a canned message.

        Raises:
            MaybeSentError: It is unknown whether the canned message was created.
        """
        ...

    @operation(
        "DELETE /conversation/canned_messages/{conversation_canned_message_oid}",
        Effect.IDEMPOTENT,
        name="delete_conversation_canned_message",
    )
    async def delete(self, canned_message_oid: CannedMessageId) -> None:
        """Delete a canned message.

        Raises:
            NotFoundError: No such canned message.
        """
        ...

    @operation(
        "PUT /conversation/canned_messages/{conversation_canned_message_oid}",
        Effect.IDEMPOTENT,
        name="update_conversation_canned_message",
        unwrap="conversation_canned_message",
        expect=_is,
    )
    async def update(self, canned_message_oid: CannedMessageId, *, canned_message: AsBody[CannedMessage]) -> CannedMessage:
        """Change a canned message.

        Start from what `list` gives, with `msgspec.structs.replace`: whether the API keeps members that are not given is not
        documented.

        Raises:
            NotFoundError: No such canned message.
        """
        ...

    # A POST that only reads.
    @listing(
        "POST /conversation/canned_messages/search",
        in_one_answer(CannedMessage, "conversation_canned_messages", "conversation_canned_message_oid"),
        name="search_conversation_canned_messages",
    )
    def search(
        self,
        *,
        short_code: str | None = None,
        max_results: int | None = None,
        limit: int | None = None,
        start: str | None = None,
    ) -> AsyncPaginator[CannedMessage]:
        """Search canned messages by what their short codes begin with or hold, which is not documented.

        The API gives them all in one answer, `max_results` of them at most; `limit` bounds how many of them are kept, `start`
        is a page's `position`.
        """
        ...

    @listing(
        "GET /conversation/canned_messages",
        in_one_answer(CannedMessage, "conversation_canned_messages", "conversation_canned_message_oid"),
        name="get_conversation_canned_messages",
    )
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[CannedMessage]:
        """List the canned messages.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
