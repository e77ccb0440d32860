"""Conversations of UltraCart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal, overload

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, WrongAnswerBodyError, both, names, same
from aioconvo.core.calls.storage import put
from aioconvo.core.encoding.files import Content, File
from aioconvo.core.json.model import Model
from aioconvo.core.operations.declaration import listing, operation, performs
from aioconvo.core.operations.markers import Body, Name, PageSize
from aioconvo.core.operations.operation import Effect, Operation
from aioconvo.core.operations.rules import AtLeast, Between, aware, not_both
from aioconvo.core.paging.paginator import AsyncPaginator

from .autocompletion import Autocomplete
from .bodies import says_anything
from .models.conversations import Conversation, ConversationSummary, Medium, UploadUrl
from .pages import ConversationAnswer, ResolvedAnswer, conversation_pager, search_pager
from .resource import UltraCartResource
from .uploads import ending_of
from .webchat_context import WebchatContext

_ALL = "/conversation/conversations"
_ONE = "/conversation/conversations/{conversation_uuid}"

_has_url = names("url", "conversation_multimedia_upload_url.url")
_is_one = names("conversation", "conversation.conversation_uuid")


def _is(conversation_uuid: str) -> Check:
    # Whether the API takes the ARN in place of the UUID is not documented.
    arn = "conversation.conversation_arn"
    return names("conversation", "conversation.conversation_uuid", conversation_uuid, also=arn)


def _has(conversation_arn: str | UnsetType) -> Check:
    return partial(_check_arn, conversation_arn or "")


def _check_arn(asked: str, answer: Any) -> None:
    if not asked or answer.conversation is None:
        return
    arn, uuid = answer.conversation.conversation_arn, answer.conversation.conversation_uuid
    # An ARN ends in the UUID; whether the API takes that alone is not documented.
    if arn and not same(arn, asked) and not (uuid and same(uuid, asked.rpartition(":")[2])):
        raise WrongAnswerBodyError("conversation")


def _check_resolved(answer: ResolvedAnswer) -> None:
    if not answer.succeeded:  # then only a conversation shows that this is an answer at all
        _is_one(answer)


def _one_order(order_by_newest: object, order_by_oldest: object) -> None:
    """At most one of order_by_newest and order_by_oldest is true."""
    not_both("order_by_newest", "order_by_oldest")(order_by_newest or None, order_by_oldest or None)


def _as_text(name: str, when: str | dt.datetime) -> str:
    """A text, or a datetime with a time zone."""
    aware(name, when)
    return when.isoformat() if isinstance(when, dt.datetime) else when


When = Annotated[str | dt.datetime, _as_text]
"""A time as ISO 8601 writes it."""

START: Operation[Any] = Operation(
    "ultracart.conversations.start", "start_conversation", "PUT", _ALL, ConversationAnswer, Effect.UNSAFE
)
_RESOLVE: Operation[Any] = Operation(START.python, START.name, START.method, START.path, ResolvedAnswer, START.effect)


class _Start(Model):
    add_conversation_participant_arns: Sequence[str] | UnsetType
    conversation_arn: str | UnsetType
    conversation_webchat_queue_uuid: str | UnsetType
    resolve_only: bool | UnsetType


class Conversations(UltraCartResource):
    """Conversations."""

    __slots__ = ()

    @operation(f"GET {_ONE}", Effect.READ, name="get_conversation", unwrap="conversation", expect=_is)
    async def get(self, conversation_uuid: str, *, message_limit: Annotated[int, Name("limit")] | None = None) -> Conversation:
        """Fetch one conversation with its messages, at most `message_limit` of them; `client.messages` pages through all.

        Raises:
            NotFoundError: No such conversation.
        """
        ...

    @operation(
        "GET /conversation/upload_url/{extension}",
        Effect.READ,
        name="get_conversation_multimedia_upload_url",
        unwrap="conversation_multimedia_upload_url",
        expect=_has_url,
    )
    async def get_upload_url(self, extension: str) -> UploadUrl:
        """Fetch a signed URL to PUT a file to, such as `png`; its `key` then names the file in a message.

        The URL takes the bytes alone: send it no credentials of this API. Which extensions it may be is not documented.

        Raises:
            InvalidRequestError: `extension` is empty, or no word that can stand in a path; nothing was sent.
            BadRequestError: The API takes no such files.
            AuthenticationError: The credentials are wrong.
            PermissionDeniedError: They belong to nobody who may use conversations.
        """
        ...

    @operation(f"PUT {_ONE}/join", Effect.IDEMPOTENT, name="join_conversation", optional_body=True)
    async def join(self, conversation_uuid: str, *, participant_language_iso_code: str | UnsetType = UNSET) -> None:
        """Let the agent whose credentials the client has take part in a conversation, speaking a language such as `en`.

        Raises:
            NotFoundError: No such conversation.
        """
        ...

    @operation(f"DELETE {_ONE}/leave", Effect.IDEMPOTENT, name="leave_conversation")
    async def leave(self, conversation_uuid: str) -> None:
        """Let the agent whose credentials the client has leave a conversation.

        Raises:
            NotFoundError: No such conversation.
        """
        ...

    @operation(f"PUT {_ONE}/markread", Effect.IDEMPOTENT, name="mark_read_conversation")
    async def mark_read(self, conversation_uuid: str) -> None:
        """Mark every message of a conversation as read.

        Raises:
            NotFoundError: No such conversation.
        """
        ...

    # A POST that only reads.
    @operation(f"POST {_ALL}/autocomplete", Effect.READ, name="get_conversations_autocomplete", expect=says_anything)
    async def autocomplete(self, *, field: str | UnsetType = UNSET, term: str | UnsetType = UNSET) -> Autocomplete:
        """Fetch values of a field of the search that complete what was typed. Which fields there are is not documented."""
        ...

    # A PUT that only reads.
    @operation(f"PUT {_ONE}/context", Effect.READ, name="get_conversation_context", expect=says_anything)
    async def get_context(self, conversation_uuid: str) -> WebchatContext:
        """Fetch what is known of the customer: the visit, the pages, the cart, the orders.

        Raises:
            NotFoundError: No such conversation.
        """
        ...

    @operation(f"PUT {_ONE}/sms_unsubscribe", Effect.IDEMPOTENT, name="sms_unsubscribe_conversation")
    async def unsubscribe_sms(self, conversation_uuid: str) -> None:
        """Take the customer's phone number out of all SMS; this API has no way back.

        Raises:
            NotFoundError: No such conversation.
        """
        ...

    async def upload(self, file: File | Content) -> str:
        """Send a file to where messages find it: `upload(Path("receipt.png"))`; the key by which a message names it.

        That is `get_upload_url`, and a PUT of the file to the storage behind it, which is told no credential. The file is
        bytes, a path, or bytes that come piece by piece (which some storages refuse), in a `File` where it needs a name.
        Messages name the key among their `upload_keys`.

        Raises:
            InvalidRequestError: The file cannot be read, or its name has no ending; nothing was sent.
        """
        named = ending_of(file, "receipt.png")
        there = await self.get_upload_url(named.extension)
        await put(self._client, str(there.url), named.file, told_as="ultracart.conversations.upload")
        return str(there.key)

    @listing(f"POST {_ALL}/search", search_pager, name="get_conversations_search", check=_one_order)
    def search(
        self,
        *,
        date_end: When | None = None,
        date_start: When | None = None,
        email_filter: str | None = None,
        language_filter: str | None = None,
        medium_filter: Medium | str | None = None,
        order_by_newest: bool | None = None,
        order_by_oldest: Annotated[bool, Body()] | None = None,
        sms_phone_number_filter: str | None = None,
        text_search: str | None = None,
        visible_filter: bool | None = None,
        page_size: Annotated[int, AtLeast(1)] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[ConversationSummary]:
        """Search conversations; what is given narrows, and the order is the API's own unless one of the two is asked for.

        Texts of times are in ISO 8601; which time of a conversation they bound is unconfirmed. `page_size` is conversations a
        request (100 where it is not given), `limit` bounds them in all, `start` is a page's `position` or a `range_begin` as
        text, `prefetch` is pages read ahead, side by side.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
        """
        ...

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

    @performs(START)
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
        """
        body = _Start(
            add_conversation_participant_arns=add_conversation_participant_arns,
            conversation_arn=conversation_arn,
            conversation_webchat_queue_uuid=conversation_webchat_queue_uuid,
            resolve_only=resolve_only,
        )
        asked, is_an_answer = (_RESOLVE, _check_resolved) if resolve_only is True else (START, _is_one)
        answer = await self._client.call(asked.request(body=body, check=both(is_an_answer, _has(conversation_arn))))
        found: Conversation | None = getattr(answer, "conversation", None)  # a 204 has none
        return found if found is not None and found.conversation_uuid else None

    @listing(f"GET {_ALL}", conversation_pager, name="get_conversations")
    def list(
        self,
        *,
        medium: Medium | str | None = None,
        before: str | dt.datetime | None = None,
        page_size: Annotated[int, Between(1, 200), PageSize("_limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[ConversationSummary]:
        """List conversations, newest first by their last message.

        `medium` is `sms` or `websocket`; `before` is a time whose form the API does not document (a datetime with a time
        zone is sent as ISO 8601 in UTC). `page_size` is conversations a request (the API's default is 100), `limit` bounds
        them in all, `start` is a page's `position` or an `_offset` as text, `prefetch` is pages read ahead, side by side.

        Conversations move to the front while the list is walked: each comes once, and none that was there is left out.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
            PaginationError: An answer does not tell how to go on, or the list never stands still (when iterated).
        """
        ...
