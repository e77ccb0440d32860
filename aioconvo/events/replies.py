"""What a bot asks of each API when it answers an event; each provider's `replies.py` says how its API does it."""

from __future__ import annotations

import abc
import datetime as dt
from collections.abc import AsyncIterable, Collection
from typing import Any, ClassVar

from aioconvo.core.errors import CallFacts, InvalidRequestError, UnsupportedError
from aioconvo.inbox.models import Message
from aioconvo.inbox.times import utc

from .models import Event

__all__ = ["MARK", "Replies", "conversation_of", "earliest", "first_marked", "words"]

MARK = "aioconvo"
"""The member of a message's metadata that tells which reply it is, where an API keeps metadata."""
_SKEW = dt.timedelta(minutes=5)


class Replies(abc.ABC):
    """Answers within the conversations of one client's events.

    - `can_type`, `can_mark_read`: whether the API has such a thing.
    - `can_look`: whether a message that may have been sent can be looked for. Where it cannot, such a message is never
      sent again.
    """

    can_type: ClassVar[bool] = True
    can_mark_read: ClassVar[bool] = True
    can_look: ClassVar[bool] = True

    @abc.abstractmethod
    async def send(self, event: Event, content: Any, mark: str, *, new_sms: bool = False) -> Message:
        """Send a text, or a content of the API's own, into the event's conversation, with `mark` where the API takes one.

        Raises:
            UnsupportedError: The API cannot, or the event is of no conversation; nothing was sent.
            InvalidRequestError: The content is none of the API's, empty or too long; nothing was sent.
            MaybeSentError: It is unknown whether it was sent.
        """

    @abc.abstractmethod
    async def find(
        self, event: Event, content: Any, mark: str, *, since: dt.datetime, known: Collection[str] = ()
    ) -> Message | None:
        """The message that `send` was to send no earlier than `since` by this machine's clock; `None` where it never arrived.

        `known`: ids of other messages that were sent for this event.
        """

    @abc.abstractmethod
    def facts(self) -> CallFacts:
        """What an error tells of a send."""

    def over(self, source: object) -> None:  # noqa: B027 -- most APIs have no use for it
        """Say where the events come from, for an API that takes replies over the same socket."""

    async def aclose(self) -> None:  # noqa: B027 -- as above
        """Let go of what was opened for replies alone."""

    async def typing(self, event: Event, started: bool) -> None:  # noqa: ARG002 -- what most APIs take
        """Show that the business types, or has stopped."""
        raise UnsupportedError(f"{event.provider} shows nobody typing")

    async def mark_read(self, event: Event) -> None:
        """Say that the business has read the event's conversation."""
        raise UnsupportedError(f"{event.provider} has no marks of what was read")


def conversation_of(event: Event) -> str:
    """The id of the conversation to answer in.

    Raises:
        UnsupportedError: The event is of none.
    """
    if event.conversation_id is None:
        raise UnsupportedError(f"this {type(event).__name__} of {event.provider} names no conversation to answer in")
    return event.conversation_id


def words(content: Any, kinds: str = "") -> str:
    """A content that is a text.

    Raises:
        InvalidRequestError: It is none, or an empty one.
    """
    if not isinstance(content, str):
        raise InvalidRequestError(f"a reply here is a text{kinds}; got {type(content).__name__}")
    if not content:
        raise InvalidRequestError("the reply is empty; give the words to send")
    return content


def earliest(since: dt.datetime) -> dt.datetime:
    """A moment before which, by a server's clock, nothing was sent that was sent after `since` by ours."""
    return since - _SKEW


async def first_marked(newest_first: AsyncIterable[Any], mark: str, since: dt.datetime) -> Any | None:
    """The first message that was sent with this mark no earlier than `since`; `None` where there is none."""
    oldest, found = earliest(since), None
    async for one in newest_first:
        received = utc(getattr(one, "received", None))
        if received is not None and received < oldest:
            break
        if _mark_of(one) == mark:
            found = one
    return found


def _mark_of(native: Any) -> str | None:
    metadata: Any = getattr(native, "metadata", None)
    return metadata.get(MARK) if isinstance(metadata, dict) else None  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType] -- of JSON
