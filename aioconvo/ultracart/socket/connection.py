"""An agent's connection as users hold it: frames come out, messages go in."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from types import TracebackType
from typing import Any, Self

import msgspec

from aioconvo.core import errors
from aioconvo.core.access.hidden import without_frames
from aioconvo.core.wire.socket import SocketClosedError
from aioconvo.events.incoming import Delivery, Incoming
from aioconvo.events.sources import Batch
from aioconvo.inbox.told import text_in
from aioconvo.providers import Provider
from aioconvo.ultracart.events import ChatMessage, Frame, UnknownEvent
from aioconvo.ultracart.events.reading import OURS
from aioconvo.ultracart.models import Message

from .line import CaughtUp, Line
from .needs import AgentClient
from .settings import AgentSocket
from .watch import Delivered, id_of, moment_of

__all__ = ["AgentConnection", "AgentSource"]

_A_BATCH = 100
_OPENS_SOON = 3.0  # seconds


class _Outgoing:
    """A frame that is sent; its text shows in no traceback."""

    __slots__ = ("conversation_uuid", "frame", "mark")

    def __init__(self, conversation_uuid: str, mark: str, message: dict[str, Any]) -> None:
        self.conversation_uuid = conversation_uuid
        self.mark = mark
        body = {"type": "message", "client_message_id": mark, **message}
        self.frame = msgspec.json.encode({"type": "message", "conversation_uuid": conversation_uuid, "message": body})


class AgentConnection:
    """An agent's websocket, over as many connections as it takes: `client.agents.connect()` makes it, `async with` opens it.

    Iterate to get its frames: each message once, also those that no connection was there for, and `CaughtUp` after each
    connect, once all that was missed has come. What waits is bounded: whoever does not take frames keeps the socket from being
    read. The iteration ends with `aclose`, or raises what ends the connection for good.

    How the vendor's socket behaves is known from its models only; see `aioconvo ultracart socket-check`.
    """

    def __init__(
        self, client: AgentClient, settings: AgentSocket, *, account: str = "ultracart", position: str | None = None
    ) -> None:
        self._client = client
        self._settings = settings
        self._account = account
        self._delivered = Delivered.at(position, settings.look_back)
        self._line: Line | None = None
        self._task: asyncio.Task[None] | None = None
        self._failure: Exception | None = None

    async def __aenter__(self) -> Self:
        if self._task is not None:
            raise errors.ConfigurationError("this connection was opened before; make a new one with agents.connect()")
        self._line = Line(self._client, self._settings, self._account, self._delivered)
        self._task = asyncio.create_task(self._run(self._line), name="aioconvo agent socket")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the socket and end the iteration; calling it again does nothing."""
        task = self._task
        if task is None or task.done():
            return
        task.cancel()
        await asyncio.wait([task])

    async def _run(self, line: Line) -> None:
        try:
            await line.run()
        except Exception as error:  # noqa: BLE001 -- it is raised where frames are taken
            self._failure = without_frames(error) if isinstance(error, errors.AioconvoError) else error
        finally:
            line.belt.end()
            for waits in line.echoes.values():
                if not waits.done():
                    waits.set_result(None)

    @property
    def position(self) -> str:
        """Where to go on after what was taken so far, as text to store: `connect(position=...)`."""
        return self._delivered.position

    @property
    def connected(self) -> bool:
        """Whether there is a connection just now."""
        return self._line is not None and self._line.is_open

    @property
    def agent_arn(self) -> str | None:
        """The ARN of the agent whose credentials the client has, once it is known."""
        return None if self._line is None else self._line.own_arn

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Frame | UnknownEvent | CaughtUp:
        while (thing := await self._the_line().belt.take()) is not None:
            self._take(thing)
            if isinstance(thing, Incoming):
                native: Frame | UnknownEvent = thing.native
                return native
            if thing.after_connect or thing.missed:
                return thing
        self._raise_failure()
        raise StopAsyncIteration

    async def batches(self) -> AsyncGenerator[Batch]:
        """The same as deliveries with their positions, for a bot: all that waits at once, up to 100 events."""
        belt = self._the_line().belt
        while (first := await belt.take()) is not None:
            things = [first, *belt.take_waiting(_A_BATCH - 1)]
            for thing in things:
                self._take(thing)
            events = tuple(thing for thing in things if isinstance(thing, Incoming))
            yield Batch(Delivery(provider=Provider.ULTRACART, account=self._account, events=events), self.position)
        self._raise_failure()

    def _take(self, thing: Incoming | CaughtUp) -> None:
        if isinstance(thing, CaughtUp):
            self._delivered.reach(thing.reached)
        elif isinstance(thing.native, ChatMessage) and thing.native.message is not None:
            self._delivered.add(id_of(thing.native.message), moment_of(thing.native.message))

    def _the_line(self) -> Line:
        if self._line is None:
            raise errors.ConfigurationError("the connection is not open; write `async with client.agents.connect() as agent`")
        return self._line

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    async def send(
        self,
        conversation_uuid: str,
        text: str,
        *,
        client_message_id: str | None = None,
        upload_keys: Sequence[str] = (),
        language_iso_code: str | None = None,
    ) -> Message:
        """Send a message and wait until the API shows it, by its echo or in the conversation's list.

        It is sent once at most. `client_message_id` is what it is known by; without one it is drawn. `upload_keys` name files
        that were put where `conversations.get_upload_url` said. That the API echoes and keeps the id is not documented.

        Raises:
            InvalidRequestError: There is nothing to send, or the id is being sent already.
            APIConnectionError: There was no connection in time; nothing was sent.
            MaybeSentError: It was sent, and nobody saw it. Look before you send it again (`find`).
        """
        if not (text or upload_keys):
            raise errors.InvalidRequestError("there is nothing to send: text is empty, and there are no upload_keys")
        message: dict[str, Any] = {"body": text}
        if upload_keys:
            message["upload_keys"] = list(upload_keys)
        if language_iso_code is not None:
            message["language_iso_code"] = language_iso_code
        outgoing = _Outgoing(conversation_uuid, client_message_id or OURS + secrets.token_hex(16), message)
        del text, message  # errors' frames show what they hold
        return await self._send(outgoing)

    async def _send(self, outgoing: _Outgoing) -> Message:
        line = self._the_line()
        self._raise_failure()
        if outgoing.mark in line.echoes:
            raise errors.InvalidRequestError("a message with this client_message_id is being sent")
        if self._settings.join and outgoing.conversation_uuid not in line.joined:
            await self._client.conversations.join(outgoing.conversation_uuid)
            line.joined.add(outgoing.conversation_uuid)
        socket = await self._connected(line)
        echo: asyncio.Future[Message | None] = asyncio.get_running_loop().create_future()
        line.echoes[outgoing.mark] = echo
        try:
            async with asyncio.timeout(self._settings.confirm):
                with contextlib.suppress(SocketClosedError):  # some of it may have left all the same
                    await socket.send(outgoing.frame)
                found = await echo
        except TimeoutError:
            found = None
        finally:
            del line.echoes[outgoing.mark]
        return found or await self._confirm(line, outgoing)

    async def _connected(self, line: Line) -> Any:
        self._raise_failure()
        try:
            async with asyncio.timeout(self._settings.confirm):
                return await line.opened()
        except TimeoutError:
            self._raise_failure()
            reason = f"there was no connection within {self._settings.confirm:g} s; nothing was sent"
            raise errors.APIConnectionError(reason, line.facts("send")) from None

    async def _confirm(self, line: Line, outgoing: _Outgoing) -> Message:
        reason = f"the message was not echoed within {self._settings.confirm:g} s"
        try:
            found = await self.find(outgoing.conversation_uuid, outgoing.mark)
        except errors.AioconvoError as error:
            reason += f", and its conversation could not be looked at: {type(error).__name__}"
            found = None
        else:
            reason += ", and is not in its conversation"
        if found is None:
            raise errors.MaybeSentError(reason, line.facts("send")) from None
        return found

    async def find(self, conversation_uuid: str, client_message_id: str, *, since: int | None = None) -> Message | None:
        """The message that was sent with an id, as the API lists it; `None` where there is none.

        It looks from `since` on, in milliseconds since 1970; without it, a minute before what was taken last.

        Raises:
            CallError: The conversation could not be looked at.
        """
        floor = self._delivered.floor if since is None else since
        async for message in self._client.messages.list(conversation_uuid, since=floor, page_size=200):
            if text_in(message, "client_message_id") == client_message_id:
                return message
        return None

    async def typing(self, conversation_uuid: str, *, started: bool = True) -> None:
        """Show that the agent types, or stopped to; does nothing while there is no connection. Unconfirmed."""
        event = {"type": "event", "event_type": "typing", "conversation_uuid": conversation_uuid}
        frame = msgspec.json.encode({**event, "event_typing": {"value": "true" if started else "false"}})
        line = self._the_line()
        if line.is_open:
            with contextlib.suppress(SocketClosedError):
                await (await line.opened()).send(frame)

    async def read(self, conversation_uuid: str) -> None:
        """Mark a conversation as read, over REST.

        Raises:
            NotFoundError: No such conversation.
        """
        await self._client.conversations.mark_read(conversation_uuid)

    def __repr__(self) -> str:
        return f"<AgentConnection {'connected' if self.connected else 'apart'}>"


class AgentSource:
    """The socket as a bot's source of events; `agent` is its connection while it is open.

    Replies go over it. Where none opens soon, since another process follows the events, they go over one of their own.
    """

    def __init__(self, client: AgentClient, settings: AgentSocket) -> None:
        self._client = client
        self._settings = settings
        self._opened = asyncio.Event()
        self._own: AgentConnection | None = None
        self._draining: asyncio.Task[None] | None = None
        self.agent: AgentConnection | None = None

    @contextlib.asynccontextmanager
    async def open(self, account: str, position: str | None) -> AsyncGenerator[AsyncIterator[Batch]]:
        """See `Source.open`."""
        async with AgentConnection(self._client, self._settings, account=account, position=position) as agent:
            self.agent = agent
            self._opened.set()
            try:
                async with contextlib.aclosing(agent.batches()) as batches:
                    yield batches
            finally:
                self.agent = None
                self._opened.clear()

    async def speaker(self) -> AgentConnection:
        """A connection to send over: the one that events come by, else one for replies alone."""
        if self.agent is None and self._own is None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_OPENS_SOON):
                    await self._opened.wait()
        return self.agent or await self._own_connection()

    async def aclose(self) -> None:
        """Close the connection for replies alone."""
        own, draining, self._own, self._draining = self._own, self._draining, None, None
        if own is not None:
            await own.aclose()
        if draining is not None:
            draining.cancel()
            await asyncio.wait({draining})

    async def _own_connection(self) -> AgentConnection:
        own = self._own
        if own is None or self._draining is None or self._draining.done():
            await self.aclose()
            own = self._own = await AgentConnection(self._client, self._settings).__aenter__()
            self._draining = asyncio.create_task(_leave_all(own), name="aioconvo agent socket for replies")
        return own


async def _leave_all(agent: AgentConnection) -> None:
    """Take what comes and leave it to the process that follows."""
    async for _ in agent:
        pass
