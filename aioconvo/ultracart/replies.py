"""How a bot answers at UltraCart: over the agent's socket, with an id in each message by which it is found again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, Protocol

from aioconvo.core.errors import CallFacts, UnsupportedError
from aioconvo.events.models import Event
from aioconvo.events.replies import Replies, conversation_of, earliest, words
from aioconvo.inbox.models import Message
from aioconvo.inbox.times import milliseconds
from aioconvo.inbox.told import text_in

from .events.reading import OURS
from .inbox import messages
from .messages import Messages

__all__ = ["Speaker", "UltraCartReplies"]


class Speaker(Protocol):
    """The agent's socket, as far as replies need it."""

    async def send(self, conversation_uuid: str, body: str, *, client_message_id: str) -> Any:
        """Send a message and wait until the API confirms it."""
        ...

    async def typing(self, conversation_uuid: str, *, started: bool = True) -> None:
        """Show that the agent types."""
        ...


class UltraCartReplies(Replies):
    """Replies are texts. They go over the socket that the account's events come by."""

    def __init__(self, client: Any) -> None:
        self._inbox = client.inbox
        self._messages = Messages(client)
        self._source: Any = None

    def over(self, source: object) -> None:
        """Speak over the socket that `source` holds open; it is the source's `agent` meanwhile."""
        self._source = source

    async def send(self, event: Event, content: Any, mark: str, *, new_sms: bool = False) -> Message:  # noqa: ARG002 -- of SMS.CX
        """See `Replies.send`."""
        conversation_id, text = conversation_of(event), words(content)
        speaker = await self._speaker()
        sent = await speaker.send(conversation_id, text, client_message_id=OURS + mark)
        return messages([sent], conversation_id)[0]

    async def find(
        self,
        event: Event,
        content: Any,  # noqa: ARG002 -- the mark says it
        mark: str,
        *,
        since: dt.datetime,
        known: Collection[str] = (),  # noqa: ARG002 -- the mark is of one message
    ) -> Message | None:
        """See `Replies.find`."""
        conversation_id = conversation_of(event)
        async for one in self._messages.list(conversation_id, since=milliseconds(earliest(since))):
            if text_in(one, "client_message_id") == OURS + mark:
                return messages([one], conversation_id)[0]
        return None

    def facts(self) -> CallFacts:
        """See `Replies.facts`. A message goes over the socket, whose address is told by no error."""
        return CallFacts(provider="ultracart", operation="ultracart.agents.connect", method="GET", path="the agent's socket")

    async def typing(self, event: Event, started: bool) -> None:
        """See `Replies.typing`; nothing while there is no socket."""
        agent = self._agent()
        if agent is not None:
            await agent.typing(conversation_of(event), started=started)

    async def mark_read(self, event: Event) -> None:
        """See `Replies.mark_read`."""
        await self._inbox.mark_read(conversation_of(event))

    def _agent(self) -> Speaker | None:
        agent: Speaker | None = getattr(self._source, "agent", None)
        return agent

    async def aclose(self) -> None:
        """See `Replies.aclose`."""
        if hasattr(self._source, "aclose"):
            await self._source.aclose()

    async def _speaker(self) -> Speaker:
        agent = self._agent()
        if agent is None and hasattr(self._source, "speaker"):
            agent = await self._source.speaker()
        if agent is None:
            raise UnsupportedError(
                "UltraCart takes messages over its agent socket only, and this process has none open: "
                "bot.add(client, socket=AgentSocket()) connects one"
            )
        return agent
