"""How a bot answers at Smooch v1.1: each message carries a mark in its metadata, by which it is found again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import msgspec

from aioconvo.core.errors import CallFacts, InvalidRequestError, UnsupportedError
from aioconvo.core.operations.declaration import operation_of
from aioconvo.events.models import Event
from aioconvo.events.replies import MARK, Replies, first_marked, words
from aioconvo.inbox.models import Message

from . import models
from .conversations import Conversations
from .inbox import messages
from .messages import Messages

__all__ = ["SmoochReplies"]


class SmoochReplies(Replies):
    """Replies are texts, or messages such as `smooch.ImageMessage`. A conversation is that of a user."""

    def __init__(self, client: Any) -> None:
        self._inbox = client.inbox
        self._messages = Messages(client)
        self._conversations = Conversations(client)

    async def send(self, event: Event, content: Any, mark: str, *, new_sms: bool = False) -> Message:  # noqa: ARG002 -- of SMS.CX
        """See `Replies.send`."""
        user_id = _user_of(event)
        if isinstance(content, str):
            content = models.TextMessage(role=models.Role.APP_MAKER, text=words(content))
        if not isinstance(content, models.NewMessage):
            raise InvalidRequestError(
                f"a reply here is a text or a message such as smooch.TextMessage; got {type(content).__name__}"
            )
        marked = msgspec.structs.replace(content, metadata={**(content.metadata or {}), MARK: mark})
        posted = await self._messages.post(user_id, message=marked)
        return messages([posted.message], user_id)[0]

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
        user_id = _user_of(event)
        found = await first_marked(self._messages.list(user_id), mark, since)
        return None if found is None else messages([found], user_id)[0]

    def facts(self) -> CallFacts:
        """See `Replies.facts`."""
        return operation_of(Messages.post).facts()

    async def typing(self, event: Event, started: bool) -> None:
        """See `Replies.typing`."""
        kind = models.ActivityType.TYPING_START if started else models.ActivityType.TYPING_STOP
        await self._conversations.post_activity(_user_of(event), type=kind)

    async def mark_read(self, event: Event) -> None:
        """See `Replies.mark_read`."""
        await self._inbox.mark_read(_user_of(event))


def _user_of(event: Event) -> str:
    if event.user_id is None:
        raise UnsupportedError(f"this {type(event).__name__} of Smooch names no user to answer")
    return event.user_id
