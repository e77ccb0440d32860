"""Conversations of UltraCart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Literal, overload

from msgspec import UNSET, UnsetType

from aioconvo.core.calls.client import APIClient, APIResource
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.json.model import Model
from aioconvo.core.operations.identity import Check, WrongAnswerBodyError, both, names, same
from aioconvo.core.operations.operation import Effect, Operation, PageKind
from aioconvo.core.operations.validation import between, not_both
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import Conversation, ConversationSummary, Medium, UploadUrl
from .pages import (
    ConversationAnswer,
    ConversationPage,
    ResolvedAnswer,
    SearchPage,
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
    stored_as="ultracart.conversations.list",
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
    stored_as="ultracart.conversations.search",
)
START = Operation("ultracart.conversations.start", "start_conversation", "PUT", _ALL, ConversationAnswer, Effect.UNSAFE)
_RESOLVE: Operation[ResolvedAnswer] = Operation(
    START.python, START.name, START.method, START.path, ResolvedAnswer, START.effect
)
OPERATIONS = (GET, GET_UPLOAD_URL, JOIN, LEAVE, LIST, MARK_READ, SEARCH, START)


class _Join(Model):
    participant_language_iso_code: str


class _Start(Model):
    add_conversation_participant_arns: Sequence[str] | UnsetType = UNSET
    conversation_arn: str | UnsetType = UNSET
    conversation_webchat_queue_uuid: str | UnsetType = UNSET
    resolve_only: bool | UnsetType = UNSET


class Conversations(APIResource):
    """`client.conversations`: get, get_upload_url, join, leave, list, mark_read, search, start."""

    __slots__ = ("_client",)

    def __init__(self, client: APIClient) -> None:
        self._client = client

    async def get(self, conversation_uuid: str, *, message_limit: int | None = None) -> Conversation:
        """Fetch one conversation with its messages, at most `message_limit` of them; `client.messages` pages through all.

        Raises:
            NotFoundError: No such conversation.

        Source: operation get_conversation.
        """
        query = () if message_limit is None else (("limit", message_limit),)
        request = GET.request(conversation_uuid, query=query, check=_is(conversation_uuid))
        return (await self._client.call(request)).conversation

    async def get_upload_url(self, extension: str) -> UploadUrl:
        """Fetch a signed URL to PUT a file to, such as `png`; its `key` then names the file in a message.

        The URL takes the bytes alone: send it no credentials of this API. Which extensions it may be is not documented.

        Raises:
            InvalidRequestError: `extension` is empty, or no word that can stand in a path; nothing was sent.
            BadRequestError: The API takes no such files.
            AuthenticationError: The credentials are wrong.
            PermissionDeniedError: They belong to nobody who may use conversations.

        Source: operation get_conversation_multimedia_upload_url.
        """
        answer = await self._client.call(GET_UPLOAD_URL.request(extension, check=_has_url))
        return answer.conversation_multimedia_upload_url

    async def join(self, conversation_uuid: str, *, participant_language_iso_code: str | UnsetType = UNSET) -> None:
        """Let the agent whose credentials the client has take part in a conversation, speaking a language such as `en`.

        Raises:
            NotFoundError: No such conversation.

        Source: operation join_conversation.
        """
        language = participant_language_iso_code
        body = None if language is UNSET else _Join(participant_language_iso_code=language)
        await self._client.call(JOIN.request(conversation_uuid, body=body))

    async def leave(self, conversation_uuid: str) -> None:
        """Let the agent whose credentials the client has leave a conversation.

        Raises:
            NotFoundError: No such conversation.

        Source: operation leave_conversation.
        """
        await self._client.call(LEAVE.request(conversation_uuid))

    async def mark_read(self, conversation_uuid: str) -> None:
        """Mark every message of a conversation as read.

        Raises:
            NotFoundError: No such conversation.

        Source: operation mark_read_conversation.
        """
        await self._client.call(MARK_READ.request(conversation_uuid))

    def search(
        self,
        *,
        text_search: str | None = None,
        date_start: str | dt.datetime | None = None,
        date_end: str | dt.datetime | None = None,
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
        """Search conversations; what is given narrows, and the order is the API's own unless one of the two is asked for.

        `date_start` and `date_end` are datetimes with a time zone or ISO 8601 texts; which time of a conversation they
        bound is unconfirmed. `page_size` is conversations a request (100 where it is not given), `limit` bounds them in
        all, `start` is a page's `position` or a `range_begin` as text, `prefetch` is pages read ahead, side by side.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.

        Source: operation get_conversations_search.
        """
        not_both(order_by_newest=order_by_newest or None, order_by_oldest=order_by_oldest or None)
        if page_size is not None and page_size < 1:
            raise InvalidRequestError(f"page_size must be 1 or more; got {page_size}")
        asked = {
            "date_end": _text("date_end", date_end),
            "date_start": _text("date_start", date_start),
            "email_filter": email_filter,
            "language_filter": language_filter,
            "medium_filter": medium_filter,
            "order_by_newest": order_by_newest,
            "order_by_oldest": order_by_oldest,
            "sms_phone_number_filter": sms_phone_number_filter,
            "text_search": text_search,
            "visible_filter": visible_filter,
        }
        body = {name: value for name, value in asked.items() if value is not None}
        pager = search_pager(page_size=page_size, oldest_first=order_by_oldest is True)
        return self._client.paginate(SEARCH, (), pager, body=body, limit=limit, start=start, prefetch=prefetch)

    @overload
    async def start(
        self,
        *,
        add_conversation_participant_arns: Sequence[str] | UnsetType = UNSET,
        conversation_arn: str | UnsetType = UNSET,
        conversation_webchat_queue_uuid: str | UnsetType = UNSET,
        resolve_only: Literal[False] | UnsetType = UNSET,
    ) -> Conversation: ...

    @overload
    async def start(
        self,
        *,
        add_conversation_participant_arns: Sequence[str] | UnsetType = UNSET,
        conversation_arn: str | UnsetType = UNSET,
        conversation_webchat_queue_uuid: str | UnsetType = UNSET,
        resolve_only: bool,
    ) -> Conversation | None: ...

    async def start(
        self,
        *,
        add_conversation_participant_arns: Sequence[str] | UnsetType = UNSET,
        conversation_arn: str | UnsetType = UNSET,
        conversation_webchat_queue_uuid: str | UnsetType = UNSET,
        resolve_only: bool | UnsetType = UNSET,
    ) -> Conversation | None:
        """Start a conversation with the given participants; with `resolve_only=True` only find the one they have, or `None`.

        Each call can create one, so one that may have arrived is never sent again.

        Raises:
            MaybeSentError: It is unknown whether the conversation was started.
            NotFoundError: No such conversation.

        Source: operation start_conversation.
        """
        body = _Start(
            add_conversation_participant_arns=add_conversation_participant_arns,
            conversation_arn=conversation_arn,
            conversation_webchat_queue_uuid=conversation_webchat_queue_uuid,
            resolve_only=resolve_only,
        )
        if resolve_only is not True:
            return (await self._client.call(START.request(body=body, check=both(_is_one, _has(conversation_arn))))).conversation
        answer = await self._client.call(_RESOLVE.request(body=body, check=both(_check_resolved, _has(conversation_arn))))
        found = getattr(answer, "conversation", None)  # a 204 has none
        return found if found is not None and found.conversation_uuid else None

    def list(
        self,
        *,
        medium: Medium | str | None = None,
        before: str | dt.datetime | None = None,
        page_size: int | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[ConversationSummary]:
        """List conversations, newest first by their last message.

        `medium` is `sms` or `websocket`; `before` is a time whose form the API does not document (a datetime with a time
        zone is sent as ISO 8601 in UTC). `page_size` is 1 to 200 conversations a request (the API's default is 100),
        `limit` bounds them in all, `start` is a page's `position` or an `_offset` as text, `prefetch` is pages read ahead,
        side by side.

        Conversations move to the front while the list is walked: each comes once, and none that was there is left out.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
            PaginationError: An answer does not tell how to go on, or the list never stands still (when iterated).

        Source: operation get_conversations.
        """
        between("page_size", page_size, 1, 200)
        query = (("medium", medium), ("before", before))
        pager = conversation_pager(page_size=page_size)
        return self._client.paginate(LIST, (), pager, query=query, limit=limit, start=start, prefetch=prefetch)


_has_url = names("url", "conversation_multimedia_upload_url.url")
_is_one = names("conversation", "conversation.conversation_uuid")


def _is(conversation_uuid: str) -> Check:
    # Whether the API takes the ARN in place of the UUID is not documented.
    arn = "conversation.conversation_arn"
    return names("conversation", "conversation.conversation_uuid", conversation_uuid, also=arn)


def _has(conversation_arn: str | UnsetType) -> Check:
    return partial(_check_arn, conversation_arn or "")


def _check_arn(asked: str, answer: ConversationAnswer | ResolvedAnswer) -> None:
    if not asked or answer.conversation is None:
        return
    arn, uuid = answer.conversation.conversation_arn, answer.conversation.conversation_uuid
    # An ARN ends in the UUID; whether the API takes that alone is not documented.
    if arn and not same(arn, asked) and not (uuid and same(uuid, asked.rpartition(":")[2])):
        raise WrongAnswerBodyError("conversation")


def _check_resolved(answer: ResolvedAnswer) -> None:
    if not answer.succeeded:  # then only a conversation shows that this is an answer at all
        _is_one(answer)


def _text(name: str, when: str | dt.datetime | None) -> str | None:
    if not isinstance(when, dt.datetime):
        return when
    if when.tzinfo is None:
        raise InvalidRequestError(f"{name} must be a datetime with a time zone, such as datetime.now(timezone.utc)")
    return when.isoformat()
