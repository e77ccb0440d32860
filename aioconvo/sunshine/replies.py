"""How a bot answers at Sunshine Conversations: each message carries a mark in its metadata, by which it is found again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from aioconvo.core.errors import CallFacts, InvalidRequestError
from aioconvo.core.json.model import Unknown, Variant
from aioconvo.core.operations.declaration import operation_of
from aioconvo.events.models import Event
from aioconvo.events.replies import MARK, Replies, conversation_of, first_marked, words
from aioconvo.inbox.models import Message

from . import models
from .activities import Activities
from .inbox import messages
from .messages import Messages

__all__ = ["SunshineReplies"]

_BUSINESS = models.Author(type=models.AuthorType.BUSINESS)


class SunshineReplies(Replies):
    """Replies are texts, or contents such as `sunshine.ImageContent`."""

    def __init__(self, client: Any) -> None:
        self._activities = Activities(client)
        self._inbox = client.inbox
        self._messages = Messages(client)

    async def send(self, event: Event, content: Any, mark: str, *, new_sms: bool = False) -> Message:  # noqa: ARG002 -- of SMS.CX
        """See `Replies.send`. A shorthand in a text can make several messages, of which this is the first."""
        conversation_id = conversation_of(event)
        if isinstance(content, str):
            content = models.TextContent(text=words(content))
        if not isinstance(content, Variant):
            raise InvalidRequestError(
                f"a reply here is a text or a content such as sunshine.TextContent; got {type(content).__name__}"
            )
        own: Any = content
        posted = await self._messages.post(conversation_id, author=_BUSINESS, content=own, metadata={MARK: mark})
        return messages(posted[:1] or [Unknown(b"null")], conversation_id)[0]

    async def find(
        self,
        event: Event,
        content: Any,  # noqa: ARG002 -- the mark says it
        mark: str,
        *,
        since: dt.datetime,
        known: Collection[str] = (),  # noqa: ARG002 -- the mark is of one message
    ) -> Message | None:
        """See `Replies.find`: the first message of this mark, among the newest."""
        conversation_id = conversation_of(event)
        found = await first_marked(self._messages.list(conversation_id), mark, since)
        return None if found is None else messages([found], conversation_id)[0]

    def facts(self) -> CallFacts:
        """See `Replies.facts`."""
        return operation_of(Messages.post).facts()

    async def typing(self, event: Event, started: bool) -> None:
        """See `Replies.typing`. Source: PostActivity."""
        activity = models.ActivityType.TYPING_START if started else models.ActivityType.TYPING_STOP
        await self._activities.post(conversation_of(event), author=_BUSINESS, type=activity)

    async def mark_read(self, event: Event) -> None:
        """See `Replies.mark_read`."""
        await self._inbox.mark_read(conversation_of(event))
