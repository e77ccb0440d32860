"""The agent's connection against the sandbox, in virtual time: cuts, tokens, news, sends, and what stays behind."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import traceback
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import msgspec
import pytest

import aioconvo
from aioconvo.events import MessageReceived, MessageSent, neutral
from aioconvo.sandbox import Cut, CutKind, Habits, Sandbox
from aioconvo.ultracart import (
    AgentConnection,
    AgentSocket,
    AgentSource,
    Attached,
    CaughtUp,
    Message,
    Pace,
    UltraCartClient,
    events as frames,
)
from aioconvo.ultracart.socket.attach import FORMS
from tests.virtual_time import LoopClock, in_virtual_time

Shop = Any
FAST = Pace(backoff=0.2, max_backoff=0.5)


class World:
    """A sandbox with a client, and what went over the wire."""

    def __init__(self, sandbox: Sandbox, client: UltraCartClient) -> None:
        self.sandbox, self.client = sandbox, client
        self.shop: Shop = sandbox.providers["ultracart"]
        self.habits: Habits = sandbox.agent_socket.habits

    @property
    def requests(self) -> Any:
        return self.sandbox.requests["ultracart"]

    def say(self, text: str, user: str = "jane@example.com") -> str:
        told: dict[str, Any] = self.shop.says(user, text)
        message_id: str = told["conversation_message_uuid"]
        return message_id

    def written(self) -> list[str]:
        """What the agent wrote, as the shop stores it."""
        return [one.body for talk in self.shop._conversations for one in talk._added if one.client_id]

    @contextlib.asynccontextmanager
    async def agent(self, settings: AgentSocket | None = None, **options: Any) -> AsyncIterator[AgentConnection]:
        async with self.client.agents.connect(settings or AgentSocket(pace=FAST), **options) as agent:
            yield agent

    async def until_connected(self, times: int = 1, *, every: float = 0.05) -> None:
        while len(self.shop.socket.forms) < times:  # noqa: ASYNC110 -- the sandbox has no events for this
            await asyncio.sleep(every)


@contextlib.asynccontextmanager
async def _world(conversations: int = 3) -> AsyncIterator[World]:
    async with (
        Sandbox(conversations=conversations, messages=2) as sandbox,
        aioconvo.SessionPool(clock=LoopClock()) as pool,
    ):
        yield World(sandbox, UltraCartClient(**sandbox.client_options("ultracart"), pool=pool))


def _ours(error: BaseException) -> str:
    """An error with its traceback as tools print it with all locals, but not of this file."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    told.stack = traceback.StackSummary.from_list([frame for frame in told.stack if frame.filename != __file__])
    return "".join([repr(error), *told.format()])


async def _next(agent: AgentConnection, kind: type[Any]) -> Any:
    async for frame in agent:
        if isinstance(frame, kind):
            return frame
    raise AssertionError("the connection has ended")


async def _first(agent: AgentConnection) -> Any:
    return await anext(agent)


async def _texts(agent: AgentConnection, until: str) -> list[str]:
    """The texts of messages up to one."""
    found: list[str] = []
    while until not in found:
        found.append((await _next(agent, frames.ChatMessage)).message.body)
    return found


@in_virtual_time
async def test_an_agent_hears_answers_and_sees_its_own_words() -> None:
    async with _world() as world, world.agent() as agent:
        first = await _first(agent)
        assert (type(first), first.missed, first.complete) == (CaughtUp, 0, True)
        world.say("Do you ship?")
        question = await _next(agent, frames.ChatMessage)
        assert (question.message.body, question.own) == ("Do you ship?", False)
        sent = await agent.send(question.conversation_uuid, "Yes.")
        assert isinstance(sent, Message)
        answer = await _next(agent, frames.ChatMessage)
        assert (answer.message.body, answer.own) == ("Yes.", True)
        assert answer.message.conversation_message_uuid == sent.conversation_message_uuid
        await agent.typing(question.conversation_uuid)
        typing = await _next(agent, frames.Typing)
        assert (typing.started, typing.own) == (True, True)
        await agent.typing(question.conversation_uuid, started=False)
        assert (await _next(agent, frames.Typing)).started is False
        await agent.read(question.conversation_uuid)
        assert await _next(agent, frames.ReadMessage)
        assert agent.connected
        assert agent.agent_arn == "arn:ultracart:conversation:DEMO:participant:agent:1"
        world.shop.wait_in_queue()
        assert (await _next(agent, frames.QueueNewMember)).entry.question == "Is anybody there?"
        assert world.written() == ["Yes."]
    assert not agent.connected


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_attaching_the_token(form: str) -> None:
    @in_virtual_time
    async def run() -> None:
        async with _world() as world, world.agent(attach=form) as agent:
            world.say("hello") if form == "first_frame" else None
            await world.until_connected()
            await _first(agent)
            assert world.shop.socket.forms == [form]

    run()


@in_virtual_time
async def test_a_function_may_attach_the_token() -> None:
    def mine(url: str, token: str) -> Attached:
        return Attached(url=f"{url}?token={token}", headers={"X-Mine": "1"})

    async with _world() as world, world.agent(attach=mine):
        await world.until_connected()
        assert world.shop.socket.forms == ["query:token"]


@in_virtual_time
async def test_no_other_form_is_tried_where_one_does_not_work() -> None:
    async with _world() as world, world.agent(attach="query:other") as agent:
        world.habits.expired_at_handshake = True
        await asyncio.sleep(100.0)
        assert world.shop.socket.forms == []
        assert not agent.connected or world.shop.socket.connected == 0


@in_virtual_time
async def test_what_was_missed_comes_once_and_before_what_came_later() -> None:
    async with _world() as world, world.agent() as agent:
        await _first(agent)
        world.say("one")
        assert await _texts(agent, "one") == ["one"]
        world.habits.cut = Cut(CutKind.ABORT, frames=0)
        world.shop.socket._peers[0].close(1001)
        for text in ("two", "three"):
            world.say(text)
        world.say("four", "someone.else@example.com")
        await asyncio.sleep(1.0)
        world.habits.cut = None
        world.say("five")
        found: list[Any] = []
        while not any(isinstance(frame, CaughtUp) and frame.missed for frame in found):
            found.append(await anext(agent))
        world.say("six")
        texts: list[Any] = [getattr(frame.message, "body", None) for frame in found if isinstance(frame, frames.ChatMessage)]
        texts += await _texts(agent, "six")
        assert sorted(texts) == ["five", "four", "six", "three", "two"]
        assert [one for one in texts if one != "four"] == ["two", "three", "five", "six"]


@in_virtual_time
async def test_news_without_the_message_is_fetched_once_for_a_conversation() -> None:
    async with _world() as world, world.agent() as agent:
        world.habits.news = "event"
        await _first(agent)
        before = world.requests["get_conversation_messages"]
        for text in "abcdefgh":
            world.say(text)
        assert await _texts(agent, "h") == list("abcdefgh")
        assert world.requests["get_conversation_messages"] == before + 1


@in_virtual_time
async def test_news_of_a_message_that_came_is_not_fetched() -> None:
    async with _world() as world, world.agent() as agent:
        await _first(agent)
        before = world.requests["get_conversation_messages"]
        for text in "abcdefgh":
            world.say(text)
        assert await _texts(agent, "h") == list("abcdefgh")
        await asyncio.sleep(10.0)
        assert world.requests["get_conversation_messages"] == before


@in_virtual_time
async def test_the_net_finds_what_no_frame_told_of() -> None:
    async with _world() as world, world.agent() as agent:
        await _first(agent)
        world.say("told")
        assert await _texts(agent, "told") == ["told"]
        world.habits.news = "neither"
        world.say("untold")
        began = asyncio.get_running_loop().time()
        assert await _texts(agent, "untold") == ["untold"]
        assert asyncio.get_running_loop().time() - began <= 301.0
        assert (await _next(agent, CaughtUp)).missed == 1


@in_virtual_time
async def test_recordings_come_only_where_they_are_wanted() -> None:
    for wanted in (False, True):
        async with _world() as world, world.agent(AgentSocket(recordings=wanted)) as agent:
            world.habits.recordings = 3
            await _first(agent)
            world.say("one")
            world.say("two")
            found: list[str] = []
            while len(found) < (10 if wanted else 5):  # a conversation, two messages, two pieces of news, six parts
                found.append(type(await anext(agent)).__name__)
            assert ("RecordingPart" in found) is wanted


@in_virtual_time
async def test_a_denied_token_is_renewed_once_then_told() -> None:
    async with _world() as world:
        world.habits.token_life = -1.0
        with pytest.raises(aioconvo.AuthenticationError, match="HTTP 401") as denied:
            async with world.agent() as agent:
                await anext(agent)
        assert world.requests["get_agent_websocket_authorization"] == 2
        assert (denied.value.status, denied.value.operation) == (401, "ultracart.agents.connect")
        with pytest.raises(aioconvo.AuthenticationError):
            await agent.send("c", "text")


@in_virtual_time
async def test_wrong_credentials_end_it_at_once() -> None:
    async with _world() as world:
        world.client = UltraCartClient(simple_key="wrong", base_url=world.client.base_url, pool=world.client.pool)
        async with world.agent() as agent:
            with pytest.raises(aioconvo.AuthenticationError):
                await anext(agent)
            with pytest.raises(aioconvo.AuthenticationError):
                await anext(agent)


@in_virtual_time
async def test_each_connect_has_a_token_of_its_own() -> None:
    async with _world() as world:
        world.habits.token_life, world.habits.expired_at_handshake = -1.0, False
        async with world.agent() as agent:
            await asyncio.sleep(3.0)
            assert world.requests["get_agent_websocket_authorization"] > 3  # each was closed with 4401
            world.habits.token_life = 900.0
            await world.until_connected()
            world.say("hello")
            assert await _texts(agent, "hello") == ["hello"]


@in_virtual_time
async def test_a_peer_that_falls_silent_is_noticed_within_one_and_a_half_pings() -> None:
    async with _world() as world:
        world.habits.cut = lambda number: Cut(CutKind.SILENT, seconds=100.0) if number == 0 else None
        async with world.agent() as agent:
            await _first(agent)
            loop = asyncio.get_running_loop()
            began = loop.time()
            await asyncio.sleep(100.0)
            assert len(world.shop.socket.forms) == 1
            await world.until_connected(2, every=0.2)
            # 30 s after the last word, a second for a goodbye that is not answered, and the time to connect.
            assert loop.time() - (began + 100.0) <= 30.0 + 1.0 + 0.5


@in_virtual_time
async def test_one_that_answers_no_ping_at_all_is_left_after_a_minute_more() -> None:
    async with _world() as world:
        world.habits.pongs = world.habits.websocket_pongs = False
        async with world.agent() as agent:
            await _first(agent)
            began = asyncio.get_running_loop().time()
            await asyncio.sleep(79.0)
            assert len(world.shop.socket.forms) == 1
            await world.until_connected(2)
            assert 80.0 <= asyncio.get_running_loop().time() - began <= 83.0


@in_virtual_time
async def test_twenty_quiet_minutes_cost_few_calls() -> None:
    async with _world() as world, world.agent(AgentSocket()) as agent:
        await _first(agent)
        before = sum(world.requests.values())
        await asyncio.sleep(1201.0)
        assert world.requests["get_agent_keep_alive"] == 20
        assert sum(world.requests.values()) - before <= 26
        assert len(world.shop.socket.forms) == 1
        assert [one for one in world.shop.socket.received if b'"ping"' in one]


@in_virtual_time
async def test_who_does_not_take_frames_keeps_the_socket_from_being_read_and_loses_none() -> None:
    async with _world() as world, world.agent(AgentSocket(waiting=5, pace=FAST)) as agent:
        await _first(agent)
        ids = [world.say(f"{number}") for number in range(400)]
        await asyncio.sleep(200.0)  # silence tells nothing while nobody reads
        assert len(world.shop.socket.forms) == 1
        line = agent._line
        assert line is not None
        assert line._frames.qsize() <= 5
        found = [(await _next(agent, frames.ChatMessage)).message.conversation_message_uuid for _ in range(400)]
        assert found == ids


@in_virtual_time
async def test_sends_are_confirmed_by_the_list_where_there_is_no_echo() -> None:
    async with _world() as world, world.agent() as agent:
        world.habits.echoes = False
        await _first(agent)
        world.say("hello")
        talk = (await _next(agent, frames.ChatMessage)).conversation_uuid
        loop = asyncio.get_running_loop()
        began = loop.time()
        sent = await agent.send(talk, "Yes.")
        assert loop.time() - began == pytest.approx(10.0, abs=0.2)
        assert sent.body == "Yes."
        assert world.written() == ["Yes."]
        assert await agent.find(talk, sent.client_message_id or "") == sent
        assert await agent.find(talk, "another") is None


@in_virtual_time
async def test_a_send_that_nobody_saw_may_have_been_sent() -> None:
    async with _world() as world, world.agent(AgentSocket(join=False)) as agent:
        await _first(agent)
        world.say("hello")
        talk = (await _next(agent, frames.ChatMessage)).conversation_uuid
        with pytest.raises(aioconvo.MaybeSentError, match="is not in its conversation") as doubt:
            await agent.send(talk, "KANARI-text")
        assert "KANARI" not in _ours(doubt.value)
        assert len([one for one in world.shop.socket.received if b"KANARI" in one]) == 1


@in_virtual_time
async def test_without_a_connection_nothing_is_sent() -> None:
    async with _world() as world:
        world.habits.cut = Cut(CutKind.HANDSHAKE)
        async with world.agent() as agent:
            with pytest.raises(aioconvo.APIConnectionError, match="nothing was sent") as failed:
                await agent.send(world.shop._conversations[0].uuid, "text")
            assert not isinstance(failed.value, aioconvo.MaybeSentError)
            await agent.typing("c")
        assert world.shop.socket.received == []


@in_virtual_time
async def test_what_cannot_be_sent_is_refused() -> None:
    async with _world() as world, world.agent() as agent:
        await _first(agent)
        with pytest.raises(aioconvo.InvalidRequestError, match="nothing to send"):
            await agent.send("c", "")
        with pytest.raises(aioconvo.NotFoundError):
            await agent.send("no-such-conversation", "text")
        talk = world.shop._conversations[0].uuid
        world.habits.echoes = False
        first = asyncio.create_task(agent.send(talk, "text", client_message_id="mine"))
        await asyncio.sleep(5.0)
        with pytest.raises(aioconvo.InvalidRequestError, match="is being sent"):
            await agent.send(talk, "text", client_message_id="mine")
        await first
        assert world.written() == ["text"]


@in_virtual_time
async def test_a_stored_position_goes_on_exactly_there() -> None:
    async with _world() as world:
        async with world.agent() as agent:
            await _first(agent)
            for text in ("one", "two", "three"):
                world.say(text)
            assert await _texts(agent, "two") == ["one", "two"]
            position = agent.position
        world.say("four")
        async with world.agent(position=position) as agent:
            assert await _texts(agent, "four") == ["three", "four"]
            assert (await _next(agent, CaughtUp)).missed == 2
            position = agent.position
        async with world.agent(position=position) as agent:
            assert (await _first(agent)).missed == 0
    with pytest.raises(aioconvo.InvalidRequestError, match="position"):
        world.client.agents.connect(position="x")


@in_virtual_time
async def test_an_account_without_conversations_misses_nothing_either() -> None:
    async with _world(conversations=0) as world:
        async with world.agent() as agent:
            await _first(agent)
            position = agent.position
        world.say("first ever")
        async with world.agent(position=position) as agent:
            assert await _texts(agent, "first ever") == ["first ever"]


@in_virtual_time
async def test_a_bot_gets_batches_with_the_position_after_them() -> None:
    async with _world() as world:
        source = AgentSource(world.client, AgentSocket(pace=FAST))
        position: str | None = None
        keys: list[str] = []
        for texts in (["one", "two"], ["three"]):
            async with source.open("shop", position) as batches:
                await world.until_connected()
                for text in texts:
                    world.say(text)
                while texts[-1] not in [neutral_text(key) for key in keys]:
                    batch = await anext(batches)
                    assert batch.delivery.account == "shop"
                    for event in batch.delivery.events:
                        assert all(lane.startswith("shop:") for lane in event.lanes)
                        shared = neutral(event)
                        if isinstance(shared, MessageReceived):
                            KEYS[event.key] = shared.text
                            keys.append(event.key)
                            assert source.agent is not None
                            assert frames.read("shop", event.raw)[0].key == event.key
                            await source.agent.send(shared.conversation_id or "", f"{shared.text}?")
                        elif isinstance(shared, MessageSent):
                            assert shared.message.author is not None
                    position = batch.position
            assert source.agent is None
            await asyncio.sleep(1.0)
        assert [KEYS[key] for key in keys] == ["one", "two", "three"]
        assert world.written() == ["one?", "two?", "three?"]


KEYS: dict[str, str] = {}


def neutral_text(key: str) -> str | None:
    return KEYS.get(key)


@in_virtual_time
async def test_odd_frames_do_no_harm() -> None:
    odd = [
        b"",
        b"no json",
        b"[]",
        b"[1]",
        b"null",
        b'{"type":"message","conversation_uuid":"../..","message":{"body":"x"}}',
        b'{"type":"event","event_type":"new message","conversation_uuid":"..","event_new_message":{}}',
        b'{"type":"event","event_type":"new message","event_new_message":{"conversation_uuid":"no-such"}}',
        b'{"message":"Internal server error","connectionId":"c","requestId":"r"}',
        b'{"type":"event","event_type":"queue status update","event_queue_status_update":{"agents":[null,7]}}',
        b"[" * 10_000,
        b"\xff",
    ]
    async with _world() as world, world.agent() as agent:
        await _first(agent)
        for frame in odd:
            world.shop.socket._peers[0].send(frame)
        await asyncio.sleep(5.0)
        world.say("still here")
        assert "still here" in await _texts(agent, "still here")
        assert len(world.shop.socket.forms) == 1


@in_virtual_time
async def test_colleagues_count_as_the_business() -> None:
    async with _world() as world, world.agent() as agent:
        await _first(agent)
        world.say("hello")
        talk = (await _next(agent, frames.ChatMessage)).conversation_uuid
        from aioconvo.sandbox.ultracart.data import COLLEAGUE  # noqa: PLC0415

        world.shop._write(world.shop._by_uuid[talk], COLLEAGUE, "I take it.")
        assert (await _next(agent, frames.ChatMessage)).own


@in_virtual_time
async def test_a_limit_that_is_used_up_is_waited_for() -> None:
    async with _world() as world:
        limits = aioconvo.Limits(rates=(aioconvo.RateLimit(6, 600.0),))
        world.client = world.client.with_options(limits=limits, max_retries=0)
        async with world.agent(AgentSocket(pace=msgspec.structs.replace(FAST, keepalive=None))) as agent:
            await _first(agent)
            world.habits.news = "event"
            for number in range(20):
                world.say(f"{number}", f"user-{number}@example.com")
            found = [(await _next(agent, frames.ChatMessage)).message.body for _ in range(20)]
            assert sorted(found, key=int) == [f"{number}" for number in range(20)]


def _kept(make: Callable[[], str], canaries: list[str]) -> Callable[[], str]:
    def token() -> str:
        canaries.append(make())
        return canaries[-1]

    return token


@in_virtual_time
async def test_the_token_shows_nowhere() -> None:
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    for name in ("aioconvo", "asyncio", "aiohttp"):
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).setLevel(logging.DEBUG)
    canaries: list[str] = []
    shown: list[str] = []
    try:
        for cut in (Cut(CutKind.REFUSED, code=404), Cut(CutKind.REFUSED, code=401), Cut(CutKind.HANDSHAKE)):
            for form in FORMS:
                async with _world() as world:
                    world.shop.socket.token = _kept(world.shop.socket.token, canaries)
                    world.habits.cut = cut
                    world.habits.token_life = 10.0
                    async with world.agent(AgentSocket(attach=form, confirm=0.5)) as agent:
                        try:
                            await agent.send(world.shop._conversations[0].uuid, "KANARI-text")
                            async with asyncio.timeout(1.0):
                                await anext(agent)
                        except (aioconvo.AioconvoError, TimeoutError) as error:
                            shown += [str(error), _ours(error)]
                        shown += [repr(agent), repr(agent._line), repr(agent._task), repr(world.client.agents)]
                        shown.append(repr(asyncio.all_tasks()))
    finally:
        for name in ("aioconvo", "asyncio", "aiohttp"):
            logging.getLogger(name).removeHandler(handler)
            logging.getLogger(name).setLevel(logging.NOTSET)
    assert canaries
    everything = "\n".join([*lines, *shown])
    assert not [one for one in canaries if one in everything or one.rpartition(".")[2] in everything]
    assert "KANARI" not in everything


@in_virtual_time
async def test_nothing_stays_behind_whenever_it_ends() -> None:
    async with _world() as world:
        for seconds in (0.0, 0.001, 0.01, 0.05, 0.2, 1.0, 30.0):
            before = asyncio.all_tasks()
            async with world.agent(AgentSocket()) as agent:
                waits = asyncio.create_task(_collect(agent))
                await asyncio.sleep(seconds)
            await waits
            await agent.aclose()
            await asyncio.sleep(0.1)
            gc.collect()
            assert {task for task in asyncio.all_tasks() - before if "RequestHandler" not in repr(task.get_coro())} == set()
            assert world.shop.socket.connected == 0
            with pytest.raises(aioconvo.ConfigurationError, match="opened before"):
                await agent.__aenter__()


async def _collect(agent: AgentConnection) -> list[Any]:
    return [frame async for frame in agent]


@in_virtual_time
async def test_a_connection_that_is_not_open_says_so() -> None:
    async with _world() as world:
        agent = world.client.agents.connect()
        with pytest.raises(aioconvo.ConfigurationError, match="async with"):
            await anext(agent)
        assert (agent.agent_arn, agent.connected, repr(agent)) == (None, False, "<AgentConnection apart>")


@in_virtual_time
async def test_the_pools_end_ends_it() -> None:
    async with _world() as world, world.agent() as agent:
        await _first(agent)
        await world.client.pool.aclose()
        with pytest.raises(aioconvo.PoolClosedError):
            await _next(agent, frames.ChatMessage)


@pytest.mark.parametrize(
    "wrong",
    [
        {"attach": "query"},
        {"attach": "cookie"},
        {"attach": "query:a b"},
        {"confirm": 0.0},
        {"waiting": 0},
        {"pace": 1},
        {"join": 1},
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(aioconvo.ConfigurationError):
        AgentSocket(**wrong)


async def test_what_is_given_to_connect_is_looked_at_before_anything_is_sent() -> None:
    from aioconvo.ultracart.socket.attach import attach  # noqa: PLC0415

    async with aioconvo.UltraCartClient(simple_key="key") as client:
        with pytest.raises(aioconvo.ConfigurationError, match="settings must be an AgentSocket"):
            client.agents.connect(cast("Any", {"attach": "header"}))
        with pytest.raises(aioconvo.InvalidRequestError, match="position"):
            client.agents.connect(position=cast("Any", 5))
    with pytest.raises(aioconvo.ConfigurationError, match="must make an Attached; got str"):
        attach(cast("Any", lambda url, token: url + token), "wss://h/p", "canary")


def test_a_token_that_the_url_holds_is_not_put_there_again() -> None:
    from aioconvo.ultracart.socket.attach import attach  # noqa: PLC0415

    assert attach("query:jwt", "wss://h/p?a=1", "t/+").url == "wss://h/p?a=1&jwt=t/%2B"
    assert attach("query:jwt", "wss://h/p", "t").url == "wss://h/p?jwt=t"
    assert attach("query:jwt", "wss://h/p?x=tok", "tok").url == "wss://h/p?x=tok"
    assert attach("query:jwt", "wss://h/p?", "").url == "wss://h/p?"
    assert repr(attach("header", "wss://h/p", "t")) == "<Attached>"
