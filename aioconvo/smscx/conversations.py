"""Conversations of SMS.CX."""

from __future__ import annotations

import uuid

from aioconvo.core.calls.client import APIClient, APIResource
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.json.model import Model
from aioconvo.core.operations.identity import Check, about, names
from aioconvo.core.operations.operation import Effect, Operation, PageKind
from aioconvo.core.operations.validation import is_uuid, length_between
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import ChatReply, Conversation, ConversationDetail, RichMedia, SmsReply
from .pages import CONVERSATIONS, ConversationPage, ReadAnswer

__all__ = ["OPERATIONS", "Conversations", "is_about"]

_ONE = "/conversations/{conversationId}"

GET = Operation(
    "smscx.conversations.get",
    "get_conversation",
    "GET",
    _ONE,
    ConversationDetail,
    Effect.READ,
    stored_as="smscx.conversations.get",
)
LIST = Operation(
    "smscx.conversations.list",
    "get_converstions_list",
    "GET",
    "/conversations",
    ConversationPage,
    Effect.READ,
    PageKind.SINGLE,
    stored_as="smscx.conversations.list",
)
MARK_READ = Operation(
    "smscx.conversations.mark_read",
    "mark_conversation_as_read",
    "GET",
    f"{_ONE}/read",
    ReadAnswer,
    Effect.IDEMPOTENT,  # a GET that changes something
)
REPLY_SMS = Operation(
    "smscx.conversations.reply_sms", "send_conversation_reply_sms", "POST", f"{_ONE}/sms", SmsReply, Effect.PAID
)
REPLY_VIBER = Operation(
    "smscx.conversations.reply_viber", "send_conversation_reply_viber", "POST", f"{_ONE}/viber", ChatReply, Effect.PAID
)
REPLY_WHATSAPP = Operation(
    "smscx.conversations.reply_whatsapp",
    "send_conversation_reply_whatsapp",
    "POST",
    f"{_ONE}/whatsapp",
    ChatReply,
    Effect.PAID,
)
OPERATIONS = (GET, LIST, MARK_READ, REPLY_SMS, REPLY_VIBER, REPLY_WHATSAPP)

_sent = names("message", "message.msg_id")
_CHAT_TEXT = 1000
_UUID_VERSIONS = range(1, 6)


# The replies document an error for a malformed `idempotencyId` (1111), but no such member of their bodies. Whether it keeps
# a reply from being sent twice is unconfirmed, so it is passed on and never taken as leave to send again: requests
# carry no `idempotency_key` of the core's, and a reply that may have arrived ends in MaybeSentError.
class _SmsBody(Model, rename="camel"):
    text: str
    idempotency_id: str | None = None


class _ChatBody(Model, rename="camel"):
    text: str
    # Sent even when empty: the vendor's SDK requires it. Whether the server does is unconfirmed.
    rich_media: RichMedia
    idempotency_id: str | None = None


class Conversations(APIResource):
    """`client.conversations`: get, list, mark_read, reply_sms, reply_viber, reply_whatsapp.

    UUIDs may be given in any case; they are sent in lower case, as the API documents them.

    None of these operations documents a 204, but the API may answer one to any; a call then returns `None`, the list is empty.
    """

    __slots__ = ("_client",)

    def __init__(self, client: APIClient) -> None:
        self._client = client

    async def get(self, conversation_id: str) -> ConversationDetail:
        """Fetch one conversation with all its messages; the API has no pages here.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such conversation (code 1180).

        Source: operation get_conversation.
        """
        return await self._client.call(GET.request(_id(conversation_id), check=is_about(conversation_id)))

    async def mark_read(self, conversation_id: str) -> None:
        """Set a conversation's count of unread messages to 0.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such conversation (code 1180).

        Source: operation mark_conversation_as_read.
        """
        await self._client.call(
            MARK_READ.request(_id(conversation_id), check=about("conversation", "info.id", conversation_id))
        )

    async def reply_sms(self, conversation_id: str, *, text: str, idempotency_id: str | None = None) -> SmsReply:
        """Reply by SMS, at any time after the contact's last message. Costs credit for each part of the text.

        `idempotency_id` is a UUID of version 1 to 5. Whether the API keeps to it is not documented, so a reply that may
        have arrived is never sent again.

        Raises:
            InvalidRequestError: The text is empty, or an id is no UUID; nothing was sent.
            NotFoundError: No such conversation (code 1180).
            MaybeSentError: It is unknown whether the reply was sent.

        Source: operation send_conversation_reply_sms.
        """
        _check_reply(text, idempotency_id)
        body = _SmsBody(text=text, idempotency_id=idempotency_id and idempotency_id.lower())
        return await self._client.call(REPLY_SMS.request(_id(conversation_id), body=body, check=_sent))

    async def reply_viber(
        self,
        conversation_id: str,
        *,
        text: str,
        rich_media: RichMedia | None = None,
        idempotency_id: str | None = None,
    ) -> ChatReply:
        """Reply by Viber, within 24 hours of the contact's last message. Costs credit.

        `text` has 1 to 1000 characters, the caption of `rich_media` 1 to 30; `idempotency_id` as for `reply_sms`.

        Raises:
            InvalidRequestError: An argument breaks one of these limits, or an id is no UUID; nothing was sent.
            NotFoundError: No such conversation (code 1180).
            PermissionDeniedError: The contact's last message is more than 24 hours old (code 1181).
            MaybeSentError: It is unknown whether the reply was sent.

        Source: operation send_conversation_reply_viber.
        """
        return await self._reply(REPLY_VIBER, conversation_id, text, rich_media, idempotency_id)

    async def reply_whatsapp(
        self,
        conversation_id: str,
        *,
        text: str,
        rich_media: RichMedia | None = None,
        idempotency_id: str | None = None,
    ) -> ChatReply:
        """Reply by WhatsApp, within 24 hours of the contact's last message. Costs credit.

        `text` has 1 to 1000 characters, the caption of `rich_media` 1 to 30; `idempotency_id` as for `reply_sms`.

        Raises:
            InvalidRequestError: An argument breaks one of these limits, or an id is no UUID; nothing was sent.
            NotFoundError: No such conversation (code 1180).
            PermissionDeniedError: The contact's last message is more than 24 hours old (code 1182).
            MaybeSentError: It is unknown whether the reply was sent.

        Source: operation send_conversation_reply_whatsapp.
        """
        return await self._reply(REPLY_WHATSAPP, conversation_id, text, rich_media, idempotency_id)

    async def _reply(
        self,
        operation: Operation[ChatReply],
        conversation_id: str,
        text: str,
        rich_media: RichMedia | None,
        idempotency_id: str | None,
    ) -> ChatReply:
        rich_media = rich_media or RichMedia()
        _check_reply(text, idempotency_id, longest=_CHAT_TEXT)
        length_between("rich_media.button_caption", rich_media.button_caption, 1, 30)
        body = _ChatBody(text=text, rich_media=rich_media, idempotency_id=idempotency_id and idempotency_id.lower())
        return await self._client.call(operation.request(_id(conversation_id), body=body, check=_sent))

    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[Conversation]:
        """List every conversation of the account, newest reply first.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        The answer of a large account may need a pool with a larger `max_body`.

        Raises:
            InvalidRequestError: `limit` is negative, or `start` is no position of this list; nothing was sent.

        Source: operation get_converstions_list.
        """
        return self._client.paginate(LIST, (), CONVERSATIONS, limit=limit, start=start)


def is_about(conversation_id: str) -> Check:
    """That an answer is of this conversation."""
    return names("conversation", "info.conversation_id", conversation_id)


def _id(conversation_id: str) -> str:
    is_uuid("conversation_id", conversation_id or "")
    return conversation_id.lower()


def _check_reply(text: str, idempotency_id: str | None, *, longest: int | None = None) -> None:
    if not text:
        raise InvalidRequestError("text is empty; give the words to send")
    if longest is not None:
        length_between("text", text, 1, longest)
    is_uuid("idempotency_id", idempotency_id)
    if idempotency_id is not None and uuid.UUID(idempotency_id).version not in _UUID_VERSIONS:
        raise InvalidRequestError("idempotency_id must be a UUID of version 1 to 5, such as str(uuid.uuid4())")
