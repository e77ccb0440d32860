"""Webhooks over real sockets, in time that jumps."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
from typing import Any

import aiohttp
import pytest
from yarl import URL

from aioconvo.sandbox import Delivery, Sandbox, Unkindness
from aioconvo.sandbox.sending.callbacks import SECRETS
from aioconvo.sunshine import NewParticipant, SunshineClient
from tests.sandbox.receiver import receiver
from tests.virtual_time import in_virtual_time

ONE_BY_ONE = Unkindness(connections=1)


def tried(sandbox: Sandbox) -> list[tuple[int, int | None, str]]:
    return [(each.attempt, each.status, each.fate) for each in sandbox.deliveries]


@in_virtual_time
async def test_a_users_message_arrives_with_the_secret() -> None:
    async with receiver() as hook, Sandbox(callbacks={"sunshine": hook.url}) as sandbox:
        message = sandbox.says("sunshine", "user-1", "Hello")
        await sandbox.delivered()
        ((headers, body),) = hook.came
        assert headers["X-API-Key"] == SECRETS["sunshine"] == sandbox.webhook_secrets["sunshine"]
        assert headers["Content-Type"] == "application/json"
        assert body["app"] == {"id": "sandbox-app"}
        assert body["webhook"] == {"id": "callback-sunshine", "version": "v2"}
        (event,) = body["events"]
        assert event["type"] == "conversation:message"
        assert event["payload"]["message"]["id"] == message["id"]
        assert event["payload"]["message"]["content"] == {"type": "text", "text": "Hello"}
        assert event["payload"]["message"]["author"]["type"] == "user"
        assert "profile" not in event["payload"]["message"]["author"]["user"]
        assert "client" not in event["payload"]["message"]["source"]


@in_virtual_time
async def test_an_answer_by_the_api_is_echoed_and_arrives() -> None:
    async with receiver() as hook, Sandbox(callbacks={"sunshine": hook.url}, unkindness=ONE_BY_ONE) as sandbox:
        talk = sandbox.customers("sunshine")[0].conversation
        async with SunshineClient(**sandbox.client_options("sunshine")) as client:
            await client.inbox.send_text(talk, "Hi")
            sandbox.fail_messages("sunshine")
            await client.inbox.send_text(talk, "Ho")
            await client.conversations.create(type="personal", participants=[NewParticipant(user_external_id="user-2")])
        await sandbox.delivered()
        assert [event["type"] for event in hook.events] == [
            *("conversation:message", "conversation:message:delivery:channel", "conversation:message:delivery:user"),
            *("conversation:message", "conversation:message:delivery:failure", "conversation:create"),
        ]
        echo, channel, user, _, failure, _ = (event["payload"] for event in hook.events)
        assert echo["message"]["author"]["type"] == "business"
        assert (channel["isFinalEvent"], user["isFinalEvent"]) == (False, True)
        assert channel["message"] == user["message"] == {"id": echo["message"]["id"]}
        assert failure["error"]["code"] == "unauthorized"
        assert len({event["id"] for event in hook.events}) == 6


@in_virtual_time
async def test_what_users_do_besides_writing() -> None:
    async with receiver() as hook, Sandbox(callbacks={"sunshine": hook.url}, unkindness=ONE_BY_ONE) as sandbox:
        sandbox.types("sunshine", "user-1")
        sandbox.types("sunshine", "user-1", started=False)
        sandbox.reads("sunshine", "user-1")
        sandbox.presses("sunshine", "user-1", "order:1")
        sandbox.says("sunshine", "somebody new", "Hello")
        await sandbox.delivered()
        assert [event["type"] for event in hook.events if event["type"] != "conversation:create"] == [
            *("conversation:typing", "conversation:typing", "conversation:read", "conversation:postback"),
            "conversation:message",
        ]
        kinds = [event["payload"]["activity"]["type"] for event in hook.events[:3]]
        assert kinds == ["typing:start", "typing:stop", "conversation:read"]
        assert hook.events[3]["payload"]["postback"] == {"payload": "order:1"}
        assert "somebody new" in [customer.id for customer in sandbox.customers("sunshine")]


@in_virtual_time
async def test_a_receiver_that_fails_is_tried_again_with_the_same_body() -> None:
    answers = iter([503, 302, 0, 500, 200])
    async with receiver(lambda _: next(answers)) as hook, Sandbox(callbacks={"sunshine": hook.url}) as sandbox:
        began = asyncio.get_running_loop().time()
        sandbox.says("sunshine", "user-1", "Hello")
        await sandbox.delivered()
        took = asyncio.get_running_loop().time() - began
        assert [status for _, status, _ in tried(sandbox)] == [503, 302, None, 500, 200]
        assert [fate for *_, fate in tried(sandbox)] == ["again"] * 4 + ["delivered"]
        assert 900 + 20 <= took < 925
        assert all(body == hook.bodies[0] for body in hook.bodies)
        assert set(hook.paths) == {"/hooks/x"}  # a redirect is not followed
        assert sandbox.deliveries[2].note == "no answer in 20 s"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406])
def test_final_answers_end_it(status: int) -> None:
    @in_virtual_time
    async def end() -> None:
        async with receiver(lambda _: status) as hook, Sandbox(callbacks={"sunshine": hook.url}) as sandbox:
            sandbox.says("sunshine", "user-1", "Hello")
            await sandbox.delivered()
            assert tried(sandbox) == [(1, status, "given up")]

    end()


@in_virtual_time
async def test_a_receiver_that_comes_late_gets_all_in_order_when_it_is_hurried() -> None:
    async with receiver() as hook:
        url, port = hook.url, URL(hook.url).port or 0
    async with Sandbox(callbacks={"sunshine": url}) as sandbox:
        for number in range(3):
            sandbox.says("sunshine", "user-1", f"message {number}")
        await asyncio.sleep(100)
        assert [each.note for each in sandbox.deliveries] == ["nobody listens there"] * 3
        async with receiver(port=port) as back:
            sandbox.hurry()
            await asyncio.sleep(1)
            assert sandbox.undelivered == 0
            texts = [event["payload"]["message"]["content"]["text"] for event in back.events]
            assert texts == ["message 0", "message 1", "message 2"]


@in_virtual_time
async def test_unkindness_over_the_wire() -> None:
    unkind = Unkindness(duplicates=0.3, reordered=0.2, cut=0.3, wrong_secret=0.2, delay=5.0, speed=100.0)
    async with receiver() as hook, Sandbox(callbacks={"sunshine": hook.url}, unkindness=unkind, seed=3) as sandbox:
        for number in range(40):
            sandbox.says("sunshine", f"user-{number % 5 + 1}", f"message {number}")
        await asyncio.sleep(4.9)
        assert not hook.came
        await sandbox.delivered()
        texts = [event["payload"]["message"]["content"]["text"] for event in hook.events]
        numbers = [int(text.split()[1]) for text in texts]
        assert set(numbers) == {*range(40)}
        assert len(numbers) > 45
        assert numbers != sorted(numbers)
        secrets = [headers["X-API-Key"] == SECRETS["sunshine"] for headers, _ in hook.came]
        assert 4 < secrets.count(False) < 20
        cut = [each for each in sandbox.deliveries if each.note == "connection cut on purpose"]
        assert hook.broken == len(cut) > 5
        ids = {event["payload"]["message"]["content"]["text"]: event["id"] for event in hook.events}
        assert all(ids[text] == event["id"] for text, event in zip(texts, hook.events, strict=True))


@in_virtual_time
async def test_a_v1_body_comes_to_a_v2_address_when_asked_for() -> None:
    unkind = Unkindness(v1_bodies=1.0)
    async with receiver() as hook, Sandbox(callbacks={"sunshine": hook.url}, unkindness=unkind) as sandbox:
        sandbox.says("sunshine", "user-1", "Hello")
        await sandbox.delivered()
        (body,) = hook.bodies
        assert (body["trigger"], body["version"], body["messages"][0]["text"]) == ("message:appUser", "v1.1", "Hello")


@in_virtual_time
async def test_batches_over_the_wire() -> None:
    unkind = Unkindness(batch=4, gather=1.0)
    async with receiver() as hook, Sandbox(callbacks={"sunshine": hook.url}, unkindness=unkind) as sandbox:
        for number in range(10):
            sandbox.says("sunshine", f"user-{number % 3 + 1}", f"message {number}")
        await sandbox.delivered()
        assert [len(body["events"]) for body in hook.bodies] == [4, 4, 2]


def test_the_same_seed_sends_the_same() -> None:
    def sent(seed: int) -> tuple[list[Any], list[Any]]:
        told: tuple[list[Any], list[Any]] = ([], [])

        @in_virtual_time
        async def send() -> None:
            unkind = Unkindness(duplicates=0.3, reordered=0.3, cut=0.3, connections=1)
            async with receiver() as hook, Sandbox(callbacks={"sunshine": hook.url}, unkindness=unkind, seed=seed) as sandbox:
                for number in range(20):
                    sandbox.says("sunshine", f"user-{number % 3 + 1}", f"message {number}")
                await sandbox.delivered()
                told[0].extend(event["id"] for event in hook.events)
                told[1].extend(tried(sandbox))

        send()
        return told

    assert sent(1) == sent(1)
    assert sent(1) != sent(2)


@in_virtual_time
async def test_the_log_is_served_without_tokens() -> None:
    async with receiver() as hook, Sandbox(callbacks={"sunshine": hook.url + "?token=hidden"}, messages=1) as sandbox:
        for number in range(3):
            sandbox.types("sunshine", "user-1", started=number % 2 == 0)
        await sandbox.delivered()
        assert (len(sandbox.deliveries), len(hook.came)) == (3, 3)
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{sandbox.port}/_sandbox/deliveries") as answer,
        ):
            told = json.loads(await answer.read())
        assert told["waiting"] == 0
        last = told["deliveries"][-1]
        assert (last["provider"], last["events"], last["status"]) == ("sunshine", ["conversation:typing"], 200)
        assert last["target"] == hook.url
        assert "hidden" not in json.dumps(told)
        sandbox.reset()
        assert not sandbox.deliveries


@in_virtual_time
async def test_what_happens_before_the_start_is_sent_then() -> None:
    async with receiver() as hook:
        sandbox = Sandbox(callbacks={"sunshine": hook.url})
        sandbox.says("sunshine", "user-1", "early")
        async with sandbox:
            await sandbox.delivered()
        sandbox.says("sunshine", "user-1", "while it was closed")
        async with sandbox:
            await sandbox.delivered()
        texts = [event["payload"]["message"]["content"]["text"] for event in hook.events]
        assert texts == ["early", "while it was closed"]


def test_deliveries_can_be_watched() -> None:
    told: list[Delivery] = []

    @in_virtual_time
    async def watch() -> None:
        async with receiver() as hook, Sandbox(callbacks={"sunshine": hook.url}) as sandbox:
            sandbox.watch_deliveries(told.append)
            sandbox.trigger("sunshine", "user:merge")
            await sandbox.delivered()

    watch()
    assert [each.events for each in told] == [("user:merge",)]


async def test_without_callbacks_nothing_is_kept() -> None:
    sandbox = Sandbox()
    sandbox.says("sunshine", "user-1", "Hello")
    async with sandbox:
        assert sandbox.undelivered == 0


@pytest.mark.aioconvo_sandbox(callbacks={"sunshine": "http://127.0.0.1:9/hooks/sunshine"})
def test_another_thread_may_write(aioconvo_sandbox: Sandbox) -> None:
    arrived = threading.Event()
    aioconvo_sandbox.watch_deliveries(lambda _: arrived.set())
    aioconvo_sandbox.says("sunshine", "user-1", "Hello")
    assert arrived.wait(10)
    assert aioconvo_sandbox.deliveries[0].note == "nobody listens there"


@in_virtual_time
async def test_a_connection_that_is_cut_is_told_in_words() -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        reset = struct.pack("ii", 1, 0)  # as the kernel does for a process that was killed with bytes unread
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        writer.transport.abort()

    async with await asyncio.start_server(cut, "127.0.0.1", 0) as server:
        target = "http://{}:{}/".format(*server.sockets[0].getsockname())
        async with Sandbox(conversations=1, messages=1, callbacks={"sunshine": target}) as sandbox:
            sandbox.trigger("sunshine", "conversation:message")
            await sandbox.delivered()
            assert {one.note for one in sandbox.deliveries} == {"the connection was cut"}
