"""Conversations of UltraCart."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from aioconvo.core.client import APIClient, APIResource
from aioconvo.core.codec import Model
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.operation import Effect, Operation, PageKind
from aioconvo.core.pagination import AsyncPaginator
from aioconvo.core.validation import between

from .models import Conversation, ConversationSummary, Medium, UploadUrl
from .pages import (
    ConversationAnswer,
    ConversationPage,
    SearchPage,
    StartAnswer,
    UploadUrlAnswer,
    conversation_pager,
    search_pager,
)

__all__ = ["OPERATIONS", "Conversations"]

_ALL = "/conversation/conversations"
_ONE = "/conversation/conversations/{conversation_uuid}"

GET = Operation("ultracart.conversations.get", "get_conversation", "GET", _ONE, ConversationAnswer, Effect.READ)
GET_UPLOAD_URL = Operation(
    "ultracart.conversations.get_upload_url",
    "get_conversation_multimedia_upload_url",
    "GET",
    "/conversation/upload_url/{extension}",
    UploadUrlAnswer,
    Effect.READ,
)
JOIN: Operation[None] = Operation(
    "ultracart.conversations.join", "join_conversation", "PUT", f"{_ONE}/join", None, Effect.IDEMPOTENT
)
LEAVE: Operation[None] = Operation(
    "ultracart.conversations.leave", "leave_conversation", "DELETE", f"{_ONE}/leave", None, Effect.IDEMPOTENT
)
LIST = Operation(
    "ultracart.conversations.list",
    "get_conversations",
    "GET",
    _ALL,
    ConversationPage,
    Effect.READ,
    PageKind.OFFSET,
)
MARK_READ: Operation[None] = Operation(
    "ultracart.conversations.mark_read", "mark_read_conversation", "PUT", f"{_ONE}/markread", None, Effect.IDEMPOTENT
)
SEARCH = Operation(
    "ultracart.conversations.search",
    "get_conversations_search",
    "POST",
    f"{_ALL}/search",
    SearchPage,
    Effect.READ,
    PageKind.OFFSET,
)
# A PUT that creates: sent twice, it starts two conversations.
START = Operation("ultracart.conversations.start", "start_conversation", "PUT", _ALL, StartAnswer, Effect.UNSAFE)
OPERATIONS = (GET, GET_UPLOAD_URL, JOIN, LEAVE, LIST, MARK_READ, SEARCH, START)


class _Start(Model):
    add_conversation_participant_arns: Sequence[str] | UnsetType = UNSET
    conversation_arn: str | UnsetType = UNSET
    conversation_webchat_queue_uuid: str | UnsetType = UNSET
    resolve_only: bool | UnsetType = UNSET


class _Join(Model):
    participant_language_iso_code: str


class Conversations(APIResource):
    """`client.conversations`: get, get_upload_url, join, leave, list, mark_read, search, start.

    There is no REST call to post a message: messages go over the websocket that `client.agents` authorizes.
    """

    __slots__ = ("_client",)

    def __init__(self, client: APIClient) -> None:
        self._client = client

    async def get(self, conversation_uuid: str, *, message_limit: int | None = None) -> Conversation:
        """Fetch one conversation with its participants and at most `message_limit` of its messages.

        Raises:
            InvalidRequestError: `message_limit` is below 1; nothing was sent.
            NotFoundError: No such conversation.

        Source: operation get_conversation.
        """
        if message_limit is not None and message_limit < 1:
            raise InvalidRequestError(f"message_limit must be 1 or more; got {message_limit}")
        request = GET.request(conversation_uuid, query=(("limit", message_limit),))
        return (await self._client.call(request)).payload()

    async def get_upload_url(self, extension: str) -> UploadUrl:
        """Get a URL that a file can be uploaded to with PUT; `extension` is the file's, such as `png`.

        Send no API headers with the upload: the URL is signed. Its `key` names the file in a message's `upload_keys`.

        Raises:
            InvalidRequestError: The extension is no path segment; nothing was sent.

        Source: operation get_conversation_multimedia_upload_url.
        """
        return (await self._client.call(GET_UPLOAD_URL.request(extension))).payload()

    async def join(self, conversation_uuid: str, *, participant_language_iso_code: str | None = None) -> None:
        """Join a conversation as the agent whose key this is; the language is an ISO code such as `en`.

        Raises:
            NotFoundError: No such conversation.

        Source: operation join_conversation.
        """
        body = None
        if participant_language_iso_code is not None:
            body = _Join(participant_language_iso_code=participant_language_iso_code)
        await self._client.call(JOIN.request(conversation_uuid, body=body))

    async def leave(self, conversation_uuid: str) -> None:
        """Leave a conversation.

        Raises:
            NotFoundError: No such conversation.

        Source: operation leave_conversation.
        """
        await self._client.call(LEAVE.request(conversation_uuid))

    async def mark_read(self, conversation_uuid: str) -> None:
        """Mark a conversation as read.

        Raises:
            NotFoundError: No such conversation.

        Source: operation mark_read_conversation.
        """
        await self._client.call(MARK_READ.request(conversation_uuid))

    async def start(
        self,
        *,
        add_conversation_participant_arns: Sequence[str] | UnsetType = UNSET,
        conversation_arn: str | UnsetType = UNSET,
        conversation_webchat_queue_uuid: str | UnsetType = UNSET,
        resolve_only: bool | UnsetType = UNSET,
    ) -> Conversation:
        """Start a conversation with the given participants; with `resolve_only`, find it without starting one.

        Raises:
            MaybeSentError: It is unknown whether a conversation was started.

        Source: operation start_conversation.
        """
        body = _Start(
            add_conversation_participant_arns=add_conversation_participant_arns,
            conversation_arn=conversation_arn,
            conversation_webchat_queue_uuid=conversation_webchat_queue_uuid,
            resolve_only=resolve_only,
        )
        return (await self._client.call(START.request(body=body))).payload()

    def search(
        self,
        *,
        text_search: str | None = None,
        date_start: str | None = None,
        date_end: str | None = None,
        email_filter: str | None = None,
        language_filter: str | None = None,
        medium_filter: Medium | str | None = None,
        sms_phone_number_filter: str | None = None,
        visible_filter: bool | None = None,
        order_by_newest: bool | None = None,
        order_by_oldest: bool | None = None,
        page_size: int | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[ConversationSummary]:
        """Search conversations by text, date, e-mail, language, medium, phone number and visibility.

        Dates are texts in the API's own form. `page_size` is conversations a request (100 without it), `limit` bounds
        them in all, `start` is a page's `position`, `prefetch` is pages read ahead, side by side.

        Raises:
            InvalidRequestError: Both orders were asked for, or a size is wrong; nothing was sent.

        Source: operation get_conversations_search.
        """
        if order_by_newest and order_by_oldest:
            raise InvalidRequestError("order_by_newest and order_by_oldest exclude each other; give only one")
        between("page_size", page_size, 1, 200)
        given = {
            "text_search": text_search,
            "date_start": date_start,
            "date_end": date_end,
            "email_filter": email_filter,
            "language_filter": language_filter,
            "medium_filter": medium_filter,
            "sms_phone_number_filter": sms_phone_number_filter,
            "visible_filter": visible_filter,
            "order_by_newest": order_by_newest,
            "order_by_oldest": order_by_oldest,
        }
        body = {name: value for name, value in given.items() if value is not None}
        pager = search_pager(page_size)
        return self._client.paginate(SEARCH, (), pager, body=body, limit=limit, start=start, prefetch=prefetch)

    def list(
        self,
        *,
        medium: Medium | str | None = None,
        before: str | None = None,
        page_size: int | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[ConversationSummary]:
        """List conversations, newest first. The list moves while it is walked; none is left out and none comes twice.

        `medium` is `sms` or `websocket`; the form of `before` is not documented, it is sent as given. `page_size` is 1 to
        200 conversations a request (the API's default is 100), `limit` bounds them in all, `start` is a page's
        `position`; with `prefetch=n` up to n pages are asked for side by side, because the total is known. On UltraCart's
        own host one call at a time is allowed, so there it only reads ahead.

        Raises:
            InvalidRequestError: `page_size` is out of range; nothing was sent.

        Source: operation get_conversations.
        """
        between("page_size", page_size, 1, 200)
        query = (("medium", medium), ("before", before), ("_limit", page_size))
        pager = conversation_pager(page_size)
        return self._client.paginate(LIST, (), pager, query=query, limit=limit, start=start, prefetch=prefetch)
