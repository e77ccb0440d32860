"""Looking over REST for messages that no frame brought."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from aioconvo.core.errors import InvalidRequestError, NotFoundError, PermissionDeniedError
from aioconvo.core.json.model import raw_json
from aioconvo.core.log import logger
from aioconvo.inbox.told import text_in

from .needs import AgentClient
from .watch import Watch, is_recent, summary_moment

__all__ = ["Look"]

_log = logger("socket")
_CONVERSATIONS_A_PAGE = 50
_MESSAGES_A_PAGE = 200
_SECOND = 1000


class Look:
    """One look at an account: which conversations may have messages that did not come, and those messages."""

    def __init__(self, client: AgentClient, watch: Watch, look_back: float) -> None:
        self._client = client
        self._watch = watch
        self._look_back = look_back
        self._undone: set[str] = set()
        self.floor = watch.floor
        self.reached: int | None = None
        """When the newest message of the account was written, once all conversations were looked at."""

    async def everywhere(self) -> list[str]:
        """The conversations that may have messages which did not come, oldest first.

        They are listed newest first by their last message. Within a page the order is not relied on: whether every kind of
        change moves a conversation is not documented.

        Raises:
            CallError: The list could not be fetched.
        """
        watch, wanted = self._watch, list[str]()
        came = watch.begin()
        async with self._client.conversations.list(page_size=_CONVERSATIONS_A_PAGE).pages() as pages:
            async for page in pages:
                moments = [moment for one in page.items if (moment := summary_moment(one)) is not None]
                self._reach(max(moments, default=None))
                for one in page.items:
                    uuid = text_in(one, "conversation_uuid")
                    if uuid is not None and is_recent(one, self.floor) and watch.wants(uuid, one, came):
                        wanted.append(uuid)
                        self._undone.add(uuid)
                if not page.items or not is_recent(page.items[-1], self.floor):
                    break
        return wanted[::-1]

    def _reach(self, newest: int | None) -> None:
        if newest is None or (self.reached is not None and newest <= self.reached):
            return
        if self.reached is None and not self._watch.knows_where:
            self.floor = max(0, newest - int(self._look_back * _SECOND))
        self.reached = newest

    async def messages(self, conversation_uuid: str) -> AsyncIterator[tuple[Any, bytes]]:
        """The messages of a conversation since the floor, each with its JSON, oldest first.

        One that is gone, not ours to read, or has an odd id, has none. Raises `CallError` where they could not be fetched.
        """
        # Whether a message of the very millisecond comes is not documented.
        since = max(0, self.floor - 1)
        try:
            async for message in self._client.messages.list(conversation_uuid, since=since, page_size=_MESSAGES_A_PAGE):
                raw = raw_json(message)
                if raw is not None:
                    yield message, raw
        except (NotFoundError, PermissionDeniedError, InvalidRequestError) as error:
            _log.warning("a conversation could not be looked at: %s", type(error).__name__)
        self._undone.discard(conversation_uuid)

    def abandon(self) -> None:
        """It ends before its time: what was not fetched is wanted the next time, whatever the counts say."""
        for conversation in self._undone:
            self._watch.failed(conversation)
