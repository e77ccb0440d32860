"""An agent socket at work: it does what the plan says, and brings what comes by frame or over REST, each message once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import msgspec

from aioconvo.core import errors
from aioconvo.core.access.hidden import without_frames
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.log import logger
from aioconvo.core.retry.policy import RETRY_STATUSES, Sent
from aioconvo.core.wire.faults import TransportFaultError
from aioconvo.core.wire.socket import CUT, SocketClosedError, SocketRefusedError, WebSocket
from aioconvo.events.incoming import Incoming
from aioconvo.events.unknown import UnknownEvent
from aioconvo.inbox.told import text_in
from aioconvo.ultracart.events import natives
from aioconvo.ultracart.events.reading import conversation_of, head_of, of_message, receive

from .attach import Attached, attach
from .belt import Belt
from .looking import Look
from .needs import AgentClient
from .plan import Baseline, Beat, CatchUp, Connect, Drop, GiveUp, KeepAlive, Ping, SocketPlan, Wait
from .settings import AgentSocket
from .watch import Delivered, Watch, id_of, moment_of

__all__ = ["CaughtUp", "Line"]

_log = logger("socket")
_PING = b'{"type":"ping"}'
_FINAL = (
    errors.AuthenticationError,
    errors.PermissionDeniedError,
    errors.ConfigurationError,
    errors.PoolClosedError,
)
_LINE_AT_MOST = 100  # frames that wait behind those of `waiting`
_KINDS_TOLD_AT_MOST = 100
_PATIENCE = 30.0  # seconds for a ping to be written
_NOT_SENT = Sent.NO


class CaughtUp(msgspec.Struct, frozen=True, kw_only=True):
    """The API was asked over REST for what no frame brought, after a connect or as a net.

    `missed`: messages that were found, which came before this. `complete`: all were looked at; else it is tried again.
    """

    missed: int
    complete: bool = True
    reached: int | None = msgspec.field(default=None, name="_reached")
    after_connect: bool = msgspec.field(default=True, name="_after_connect")
    """Of the library's own: up to where all is known, and whether a connection had been opened."""


class Line:
    """One agent's socket, over any number of connections. What came stands on `belt`, each message once."""

    def __init__(self, client: AgentClient, settings: AgentSocket, account: str, delivered: Delivered) -> None:
        self._client = client
        self._clock = client.pool.clock
        self._settings = settings
        self._account = account
        self._delivered = delivered
        self._watch = Watch(delivered)
        self._plan = SocketPlan(settings.pace, self._clock.monotonic(), baseline=not self._watch.knows_where)
        self._socket: WebSocket | None = None
        self._changed = asyncio.Event()
        self._opened = asyncio.Event()
        self._connects = 0
        self._may_pass = asyncio.Event()  # frames wait until the look after a connect has ended
        self._frames: asyncio.Queue[Incoming] = asyncio.Queue(settings.waiting)
        self._told_of: dict[str, Any] = {}  # by conversation: the summary that came with its last news
        self._unknown: set[str | None] = set()
        self._last_error: errors.AioconvoError | None = None
        self._knows_agents = False
        self.belt: Belt[Incoming | CaughtUp] = Belt(_LINE_AT_MOST)
        self.agents: set[str | None] = set(settings.agents)
        self.own_arn: str | None = None
        self.joined: set[str] = set()
        self.echoes: dict[str, asyncio.Future[Any]] = {}
        """By `client_message_id`: who waits for a message of ours to come back."""

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self._plan.is_open

    async def opened(self) -> WebSocket:
        """The connection, once there is one."""
        while self._socket is None:
            self._opened.clear()
            await self._opened.wait()
        return self._socket

    def look_soon(self) -> None:
        """Somebody misses something."""
        self._plan.look_soon(self._clock.monotonic())
        self._changed.set()

    async def run(self) -> None:
        """Live until cancelled.

        Raises:
            AioconvoError: What ends it for good.
        """
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass_on())
                await self._live(group)
        except BaseExceptionGroup as failed:
            raise _first(failed) from None
        finally:
            self._plan.end()
            socket, self._socket = self._socket, None
            if socket is not None:
                await socket.close()

    async def _live(self, group: asyncio.TaskGroup) -> None:
        while True:
            step = self._plan.next(self._clock.monotonic())
            match step:
                case Wait():
                    await self._until(step.until)
                case Baseline():
                    group.create_task(self._baseline())
                case Connect():
                    group.create_task(self._connect(group))
                case CatchUp():
                    group.create_task(self._look(step.conversations))
                case Ping() | Beat():
                    self._send_soon(group, step)
                case KeepAlive():
                    group.create_task(self._keep_alive())
                case Drop():
                    await self._drop()
                case GiveUp():
                    raise without_frames(self._verdict(step.status))

    async def _until(self, until: float) -> None:
        """Wait until then, or until something happened."""
        left = until - self._clock.monotonic()
        try:
            async with asyncio.timeout(None if left == float("inf") else max(left, 0.0)):
                await self._changed.wait()
        except TimeoutError:
            return
        self._changed.clear()

    def _verdict(self, status: int | None) -> errors.AioconvoError:
        if status is not None:
            reason = f"the socket was refused with HTTP {status}; try `aioconvo ultracart socket-check`"
            return errors.status_error_type(status)(reason, self.facts("connect"), status)
        return self._last_error or errors.APIConnectionError("the socket was given up", self.facts("connect"))

    def facts(self, what: str, **known: Any) -> errors.CallFacts:
        """What errors tell of a connection or a frame."""
        name = f"ultracart.agents.{what}"
        return errors.CallFacts(provider="ultracart", operation=name, method="GET", path="(agent socket)", **known)

    # connecting

    async def _connect(self, group: asyncio.TaskGroup) -> None:
        jitter = random.random()  # noqa: S311 -- no secret
        try:
            socket = await self._open()
        except SocketRefusedError as refused:
            _log.warning("the agent socket was refused: HTTP %s", refused.status)
            self._plan.refused(self._clock.monotonic(), refused.status, jitter)
        except TransportFaultError as fault:
            _log.warning("the agent socket was not opened: %s", fault.reason)
            self._last_error = errors.APIConnectionError(fault.reason, self.facts("connect"))
            self._plan.failed(self._clock.monotonic(), jitter, permanent=fault.permanent)
        except SocketClosedError as closed:
            _log.warning("the agent socket was closed at once: %s", closed.code)
            self._plan.failed(self._clock.monotonic(), jitter)
        except _FINAL:
            raise
        except errors.AioconvoError as error:
            _log.warning("no token for the agent socket: %s", type(error).__name__)
            self._last_error = without_frames(error)
            self._plan.failed(self._clock.monotonic(), jitter, wait=_asked_wait(error))
        else:
            _log.info("the agent socket is open")
            self._socket = socket
            self._connects += 1
            self._may_pass.clear()
            self._plan.opened(self._clock.monotonic())
            self._opened.set()
            group.create_task(self._receive(socket))
        self._changed.set()

    async def _open(self) -> WebSocket:
        settings, client = self._settings, self._client
        auth = await client.agents.authorize_websocket()
        if not auth.websocket_url:
            raise TransportFaultError("the API gave no address of a socket", _NOT_SENT, permanent=True)
        self.own_arn = text_in(auth, "conversation_participant_arn") or self.own_arn
        if self.own_arn is not None:
            self.agents.add(self.own_arn)
        if not self._knows_agents:
            await self._learn_agents()
        to: Attached = attach(settings.attach, auth.websocket_url, auth.jwt or "")
        socket = await client.pool.websocket(
            to.url,
            headers=to.headers,
            protocols=to.protocols,
            deadline=settings.handshake,
            message_cap=settings.message_cap,
            allow_http=settings.allow_http,
        )
        if to.first_frame is not None:
            await socket.send(to.first_frame)
        return socket

    async def _learn_agents(self) -> None:
        """Who answers in queues is one of the business; without it what they write would count as a customer's."""
        try:
            async for queue in self._client.queues.list_statuses():
                self._note_agents(queue)
        except errors.CallError as error:
            _log.warning("the agents of queues are not known, name them with `agents`: %s", type(error).__name__)
            self._knows_agents = isinstance(error, errors.APIStatusError) and error.status not in RETRY_STATUSES
        else:
            self._knows_agents = True

    def _note_agents(self, queue: Any) -> None:
        for agent in getattr(queue, "agents", None) or ():
            arn = text_in(agent, "conversation_participant_arn")
            if arn is not None:
                self.agents.add(arn)

    async def _drop(self) -> None:
        """The other side is silent: leave it without a goodbye it would not answer."""
        socket, self._socket = self._socket, None
        _log.warning("the agent socket is silent; it is left")
        if socket is not None:
            await socket.close()
        self._plan.closed(self._clock.monotonic(), CUT, random.random())  # noqa: S311 -- no secret

    # what comes

    async def _receive(self, socket: WebSocket) -> None:
        plan, clock = self._plan, self._clock
        code = CUT
        try:
            while True:
                data = await socket.receive()
                if self._socket is not socket:
                    return
                plan.heard(clock.monotonic(), pong=data is None)
                if data is not None:
                    await self._took(data)
        except SocketClosedError as closed:
            code = closed.code
        finally:
            await socket.close()
        if self._socket is socket:
            self._socket = None
            _log.info("the agent socket was closed: %s", code)
            plan.closed(clock.monotonic(), code, random.random())  # noqa: S311 -- no secret
            self._changed.set()

    async def _took(self, data: bytes) -> None:
        """A frame: what it tells at once is noted, then it waits for its turn."""
        head = head_of(data)
        if head is not None and (head.alive or (head.recording and not self._settings.recordings)):
            return
        try:
            events = receive(self._account, data, self.agents, self._now())
        except BrokenBodyError as broken:
            _log.warning("a frame was left out: %s", broken.reason)
            return
        for event in events:
            self._note(event.native)
            if self._frames.full():
                self._plan.held()
                await self._frames.put(event)
                self._plan.reads_on(self._clock.monotonic())
                self._changed.set()
            else:
                self._frames.put_nowait(event)

    def _now(self) -> int:
        return int(self._clock.time() * 1000)

    def _note(self, native: Any) -> None:
        conversation = conversation_of(native)
        match native:
            case natives.ChatMessage():
                self._tell_echo(native)
            case natives.NewMessage() if conversation is not None:
                if not self._watch.has_last_of(conversation, native.conversation):
                    self._told_of[conversation] = native.conversation
                    self._plan.news(self._clock.monotonic(), conversation)
                    self._changed.set()
            case natives.QueueStatusUpdate():
                self._note_agents(native.status)
            case natives.ParticipantLeft() if conversation is not None:
                if text_in(native.participant, "conversation_participant_arn") == self.own_arn:
                    self.joined.discard(conversation)
            case UnknownEvent() if native.type not in self._unknown and len(self._unknown) < _KINDS_TOLD_AT_MOST:
                self._unknown.add(native.type)
                _log.info("frames of a kind that is not known come: they are UnknownEvent")
            case _:
                pass

    def _tell_echo(self, native: natives.ChatMessage) -> None:
        mark = text_in(native.message, "client_message_id")
        waits = None if mark is None else self.echoes.get(mark)
        if waits is not None and not waits.done():
            waits.set_result(native.message)

    async def _pass_on(self) -> None:
        """Frames in their order, but not before what was missed until their connection was opened."""
        while True:
            event = await self._frames.get()
            await self._may_pass.wait()
            await self._bring(event, fetched=False)

    async def _bring(self, event: Incoming, *, fetched: bool) -> bool:
        """Put an event on the belt, a message only if it was not there before; whether it was put there."""
        native = event.native
        async with self.belt.turn:
            message = native.message if isinstance(native, natives.ChatMessage) else None
            if message is not None and not self._watch.is_new(conversation_of(native) or "", message, fetched=fetched):
                return False
            await self.belt.put(event)
        return True

    # looking over REST

    async def _baseline(self) -> None:
        """Which messages are there already: they are nobody's news."""
        look = Look(self._client, self._watch, self._settings.look_back)
        complete, wait = False, None
        try:
            for conversation in await look.everywhere():
                async for message, _ in look.messages(conversation):
                    self._watch.is_new(conversation, message, fetched=True)
                    self._delivered.add(id_of(message), moment_of(message))
            self._watch.reach(look.reached or 0)
            self._delivered.reach(look.reached or 0)
            complete = True
        except _FINAL:
            raise
        except errors.AioconvoError as error:
            look.abandon()
            _log.warning("the conversations could not be looked at: %s", type(error).__name__)
            self._last_error, wait = without_frames(error), _asked_wait(error)
        self._plan.looked(self._clock.monotonic(), complete=complete, wait=wait)
        self._changed.set()

    async def _look(self, conversations: tuple[str, ...] | None) -> None:
        look = Look(self._client, self._watch, self._settings.look_back)
        missed, complete, wait, connects = 0, False, None, self._connects
        try:
            for conversation in await look.everywhere() if conversations is None else self._missing(conversations):
                async for _, raw in look.messages(conversation):
                    missed += await self._bring_fetched(conversation, raw)
            complete = True
        except _FINAL:
            raise
        except errors.AioconvoError as error:
            look.abandon()
            _log.warning("what was missed could not be fetched: %s", type(error).__name__)
            wait = _asked_wait(error)
        if conversations is None:
            told = CaughtUp(missed=missed, complete=complete, reached=look.reached if complete else None)
            await self._caught_up(told, connects)
        self._plan.looked(self._clock.monotonic(), complete=complete, wait=wait)
        self._changed.set()

    async def _bring_fetched(self, conversation: str, raw: bytes) -> int:
        came = 0
        for event in receive(self._account, of_message(conversation, raw), self.agents, self._now()):
            self._note(event.native)
            came += await self._bring(event, fetched=True)
        return came

    def _missing(self, conversations: tuple[str, ...]) -> list[str]:
        """Those of which the message that the news was about did not come by itself meanwhile."""
        told = {one: self._told_of.pop(one, None) for one in conversations}
        return [one for one, summary in told.items() if not self._watch.has_last_of(one, summary)]

    async def _caught_up(self, told: CaughtUp, connects: int) -> None:
        """All that was missed stands on the belt: now come the frames that came meanwhile."""
        of_this = connects == self._connects and not self._may_pass.is_set()
        async with self.belt.turn:
            self._watch.reach(told.reached)
            await self.belt.put(msgspec.structs.replace(told, after_connect=of_this))
        if of_this and connects == self._connects:
            self._may_pass.set()

    # what goes out

    def _send_soon(self, group: asyncio.TaskGroup, step: Ping | Beat) -> None:
        """A ping, in a task of its own: a dead peer may keep it from being written."""
        socket = self._socket
        if socket is not None:
            group.create_task(_quietly(socket.ping if isinstance(step, Ping) else partial(socket.send, _PING)))

    async def _keep_alive(self) -> None:
        try:
            await self._client.agents.keep_alive()
        except errors.CallError as error:
            _log.warning("the agent's session was not kept alive: %s", type(error).__name__)


async def _quietly(send: Callable[[], Awaitable[None]]) -> None:
    try:
        async with asyncio.timeout(_PATIENCE):
            await send()
    except (SocketClosedError, TimeoutError):
        return


def _asked_wait(error: errors.AioconvoError) -> float | None:
    return error.retry_after if isinstance(error, errors.CallError) else None


def _first(failed: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one error of a group that says why."""
    first: BaseException = failed
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] -- of any kind
    return first  # pyright: ignore[reportUnknownVariableType] -- as above
