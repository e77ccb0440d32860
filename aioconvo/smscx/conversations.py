"""Conversations of SMS.CX."""

from __future__ import annotations

from typing import Annotated, ClassVar

from aioconvo.core.answers.identity import Check, about, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Style, camel
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Length, members_fit
from aioconvo.core.paging.paginator import AsyncPaginator

from .arguments import Id, Key, Words, words
from .models.conversations import Conversation, ConversationDetail
from .models.replies import ChatReply, RichMedia, SmsReply
from .pages import ConversationPage, ReadAnswer, conversation_pager

_ONE = "/conversations/{conversationId}"

_sent = names("message", "message.msg_id")


def is_about(conversation_id: str) -> Check:
    """That an answer is of this conversation."""
    return names("conversation", "info.conversation_id", conversation_id)


def _marks(conversation_id: str) -> Check:
    return about("conversation", "info.id", conversation_id)


def _shown(name: str, media: RichMedia | None) -> object:
    """A caption has 1 to 30 characters."""
    return NO_MEDIA if media is None else members_fit(name, media)


Media = Annotated[RichMedia | None, _shown]
"""What a reply shows beside its text."""
NO_MEDIA = RichMedia()
"""Nothing beside the text. It is sent all the same: the vendor's SDK requires it. Whether the server does is unconfirmed."""
ChatText = Annotated[str, words, Length(1, 1000)]
"""The text of a reply by Viber or WhatsApp."""


# The replies document an error for a malformed `idempotencyId` (1111), but no such member of their bodies. Whether it keeps
# a reply from being sent twice is unconfirmed, so it is passed on and never taken as leave to send again: requests
# carry no `idempotency_key` of the core's, and a reply that may have arrived ends in MaybeSentError.
class Conversations(APIResource):
    """Conversations.

    UUIDs may be given in any case; they are sent in lower case, as the API documents them.

    None of these operations documents a 204, but the API may answer one to any; a call then returns `None`, the list is empty.
    """

    __slots__ = ()
    wire_name: ClassVar[Style] = camel

    @operation(f"GET {_ONE}", Effect.READ, name="get_conversation", expect=is_about)
    async def get(self, conversation_id: Id) -> ConversationDetail:
        """Fetch one conversation with all its messages; the API has no pages here.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such conversation (code 1180).
        """
        ...

    # A GET that changes something.
    @operation(f"GET {_ONE}/read", Effect.IDEMPOTENT, name="mark_conversation_as_read", answer=ReadAnswer, expect=_marks)
    async def mark_read(self, conversation_id: Id) -> None:
        """Set a conversation's count of unread messages to 0.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such conversation (code 1180).
        """
        ...

    @operation(f"POST {_ONE}/sms", Effect.PAID, name="send_conversation_reply_sms", expect=_sent)
    async def reply_sms(self, conversation_id: Id, *, text: Words, idempotency_id: Key | None = None) -> SmsReply:
        """Reply by SMS, at any time after the contact's last message. Costs credit for each part of the text.

        Whether the API keeps to `idempotency_id` is not documented, so a reply that may have arrived is never sent again.

        Raises:
            InvalidRequestError: The text is empty, or an id is no UUID; nothing was sent.
            NotFoundError: No such conversation (code 1180).
            MaybeSentError: It is unknown whether the reply was sent.
        """
        ...

    @operation(f"POST {_ONE}/viber", Effect.PAID, name="send_conversation_reply_viber", expect=_sent)
    async def reply_viber(
        self, conversation_id: Id, *, text: ChatText, rich_media: Media = NO_MEDIA, idempotency_id: Key | None = None
    ) -> ChatReply:
        """Reply by Viber, within 24 hours of the contact's last message. Costs credit.

        `idempotency_id` is as for `reply_sms`.

        Raises:
            InvalidRequestError: An argument breaks one of these limits, or an id is no UUID; nothing was sent.
            NotFoundError: No such conversation (code 1180).
            PermissionDeniedError: The contact's last message is more than 24 hours old (code 1181).
            MaybeSentError: It is unknown whether the reply was sent.
        """
        ...

    @operation(f"POST {_ONE}/whatsapp", Effect.PAID, name="send_conversation_reply_whatsapp", expect=_sent)
    async def reply_whatsapp(
        self, conversation_id: Id, *, text: ChatText, rich_media: Media = NO_MEDIA, idempotency_id: Key | None = None
    ) -> ChatReply:
        """Reply by WhatsApp, within 24 hours of the contact's last message. Costs credit.

        `idempotency_id` is as for `reply_sms`.

        Raises:
            InvalidRequestError: An argument breaks one of these limits, or an id is no UUID; nothing was sent.
            NotFoundError: No such conversation (code 1180).
            PermissionDeniedError: The contact's last message is more than 24 hours old (code 1182).
            MaybeSentError: It is unknown whether the reply was sent.
        """
        ...

    @listing("GET /conversations", conversation_pager, name="get_converstions_list", page=ConversationPage)
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[Conversation]:
        """List every conversation of the account, newest reply first.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        The answer of a large account may need a pool with a larger `max_body`.

        Raises:
            InvalidRequestError: `limit` is negative, or `start` is no position of this list; nothing was sent.
        """
        ...
