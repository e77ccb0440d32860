"""How a bot answers at Convore. Messages carry no mark: one in doubt is known by its text, its time and what it answers."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Collection
from typing import Any, ClassVar

from aioconvo.core.errors import CallFacts
from aioconvo.core.operations.declaration import operation_of
from aioconvo.events.models import Event, MessageReceived
from aioconvo.events.replies import Replies, conversation_of, earliest, words
from aioconvo.inbox.models import Message
from aioconvo.inbox.times import utc
from aioconvo.inbox.told import text_in

from . import models
from .inbox import ConvoreInbox, messages
from .messages import Messages

__all__ = ["ConvoreReplies"]

_TAG = re.compile(r"<[^>]*>")


class ConvoreReplies(Replies):
    """Replies are texts; they answer the message of the event, else the newest that came in."""

    can_type: ClassVar[bool] = False

    def __init__(self, client: Any) -> None:
        self._inbox: ConvoreInbox = client.inbox
        self._messages = Messages(client)

    async def send(self, event: Event, content: Any, mark: str, *, new_sms: bool = False) -> Message:  # noqa: ARG002 -- no mark here
        """See `Replies.send`."""
        text, conversation_id = words(content), conversation_of(event)
        answered = _answered(event)
        if answered is None:
            return await self._inbox.send_text(conversation_id, text)
        sent = await self._messages.send(
            body=html.escape(text).replace("\n", "<br>\n"),
            reply_to_message_id=answered,
            reply_type=models.ReplyType.REPLY,
        )
        return messages([sent], conversation_id)[0]

    async def find(
        self,
        event: Event,
        content: Any,
        mark: str,  # noqa: ARG002 -- no mark here
        *,
        since: dt.datetime,
        known: Collection[str] = (),
    ) -> Message | None:
        """See `Replies.find`: the first message of this text that went out since, and answers no other message."""
        conversation_id, text = conversation_of(event), _plain(html.escape(words(content)))
        answered, oldest = _answered(event), earliest(since)
        if event.occurred_at is not None:  # by the server's own clock
            oldest = max(oldest, event.occurred_at)
        found: tuple[dt.datetime, Any] | None = None
        async for one in self._messages.list(conversation_id=conversation_id, format=models.MessageFormat.FULL):
            date, name = utc(getattr(one, "date", None)), text_in(one, "id")
            if date is None or date < oldest or name in known:
                continue
            if text_in(one, "direction") != models.MessageDirection.OUTBOUND or not _says(one, text):
                continue
            if answered is not None and text_in(one, "reply_to_message_id") not in {None, answered}:
                continue
            if found is None or date < found[0]:
                found = date, one
        return None if found is None else messages([found[1]], conversation_id)[0]

    def facts(self) -> CallFacts:
        """See `Replies.facts`."""
        return operation_of(Messages.send).facts()

    async def mark_read(self, event: Event) -> None:
        """See `Replies.mark_read`."""
        await self._inbox.mark_read(conversation_of(event))


def _answered(event: Event) -> str | None:
    """The message that a reply answers."""
    if not isinstance(event, MessageReceived) or event.message.id.startswith("~"):
        return None
    return event.message.id


def _says(native: Any, text: str) -> bool:
    told = (text_in(native, "body"), html.escape(text_in(native, "text_body") or ""))
    return text in {_plain(one) for one in told if one}


def _plain(body: str) -> str:
    """What a body of HTML says, however its lines are broken; mail programs break and indent them anew."""
    return " ".join(html.unescape(_TAG.sub(" ", body)).split())
