"""R4, R5, R6, issue item 2: a call with outside effects is never sent twice, and never ends in doubt without saying so.

Every send carries its own mark, and the server counts requests by mark. `AIOCONVO_CAMPAIGN=full` runs ten times as many.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

import pytest
import trustme

import aioconvo
from aioconvo.core.operations.operation import Effect, Operation
from aioconvo.smscx import SmscxClient
from aioconvo.sunshine import Author, AuthorType, SunshineClient, TextContent
from aioconvo.ultracart import UltraCartClient
from tests.campaign import FULL
from tests.faults.server import Answer, Close, FaultServer, Framing, Seen, Step, Wait
from tests.virtual_time import in_virtual_time

SENDS = 10_000 if FULL else 400
AT_ONCE = 20
KEYED: Operation[Any] = Operation("sunshine.keyed", "keyed", "POST", "/v2/keyed", object, Effect.PAID, idempotency_member="key")

Record = Callable[[str, object], None]
Send = Callable[[int], Awaitable[object]]


class Kind(NamedTuple):
    """One way to send mark `n`: the operation's name in errors, and its idempotency key."""

    send: Send
    operation: str
    key: str | None = None


def _mark(number: int) -> str:
    return f"m{number}m"


def _marked(seen: Seen) -> int:
    found = re.search(rb"m(\d+)m", seen.head + seen.body)
    assert found is not None
    return int(found[1])


def _kinds(base_url: str, pool: aioconvo.SessionPool, **options: Any) -> list[Kind]:
    """Real calls of the providers that post, cost money, start or delete."""
    sunshine = SunshineClient(app_id="a", key_id="k", secret="s", base_url=base_url, pool=pool, **options)
    smscx = SmscxClient(api_key="k", base_url=base_url, pool=pool, **options)
    ultracart = UltraCartClient(simple_key="k", base_url=base_url, pool=pool, **options)
    author = Author(type=AuthorType.BUSINESS)
    once = sunshine.with_options(max_retries=0)  # a key allows another try; here only its place in the error counts

    def reply(number: int) -> Awaitable[object]:
        conversation = str(uuid.uuid5(uuid.NAMESPACE_OID, "one"))
        return smscx.conversations.reply_sms(conversation, text=_mark(number))

    return [
        Kind(
            lambda number: sunshine.messages.post("c", author=author, content=TextContent(text=_mark(number))),
            "sunshine.messages.post",
        ),
        Kind(reply, "smscx.conversations.reply_sms"),
        Kind(lambda number: ultracart.conversations.start(conversation_arn=_mark(number)), "ultracart.conversations.start"),
        Kind(
            lambda number: sunshine.request("DELETE", f"/v2/things/{_mark(number)}", effect=Effect.UNSAFE), "sunshine.request"
        ),
        Kind(
            lambda number: once.call(KEYED.request(body={"n": _mark(number)}, idempotency_key="key-1")),
            "sunshine.keyed",
            "key-1",
        ),
    ]


async def _in_turn(send: Send, numbers: Sequence[int], at_once: int = AT_ONCE) -> list[object]:
    """The results or errors of all sends, some of them at once."""
    waiting = iter(numbers)
    ends: dict[int, object] = {}

    async def work() -> None:
        for number in waiting:
            try:
                ends[number] = await send(number)
            except aioconvo.AioconvoError as error:
                ends[number] = error

    await asyncio.gather(*(work() for _ in range(at_once)))
    return [ends[number] for number in numbers]


def _show(record: Record, figure: str) -> None:
    record("figure", figure)
    print(figure)  # noqa: T201 -- the test's figure


# The fault comes after the server has read the whole request.

AFTER_THE_BODY: Mapping[str, Step] = {
    "reset": Close(reset=True),
    "close": Close(),
    "stall": Wait(3600.0),
    "stall in the body": Answer(body=b'{"conversation": {}}', stall=5),
    "cut": Answer(body=b'{"conversation": {}}', cut=5),
    "cut by a reset": Answer(body=b'{"conversation": {}}', cut=5, reset=True),
    "cut chunks": Answer(body=b'{"conversation": {}}', cut=9, framing=Framing.CHUNKED),
    "cut gzip": Answer(body=b'{"conversation": {}}' * 9, cut=20, encoding="gzip", framing=Framing.CLOSE),
    "html": Answer(body=b"<html>", headers=(("Content-Type", "text/html"),)),
    "500": Answer(status=500),
    "502": Answer(status=502, body=b"<html>", headers=(("Content-Type", "text/html"),)),
    "504": Answer(status=504),
    "507": Answer(status=507),
}


@in_virtual_time
async def test_a_fault_after_the_body_never_doubles_a_send(clock: Any, record_property: Record) -> None:
    faults = list(AFTER_THE_BODY.items())

    def fault(number: int) -> tuple[str, Step]:
        return faults[number // 5 % len(faults)]

    async with (
        FaultServer(lambda seen: fault(_marked(seen))[1]) as server,
        aioconvo.SessionPool(clock=clock) as pool,
    ):
        kinds = _kinds(server.base_url, pool)
        hasty = _kinds(server.base_url, pool, timeout=0.5)

        def send(number: int) -> Awaitable[object]:
            return (hasty if fault(number)[0].startswith("stall") else kinds)[number % 5].send(number)

        ends = await _in_turn(send, range(SENDS), at_once=50)
    sent = Counter(_marked(seen) for seen in server.seen)
    assert sent == dict.fromkeys(range(SENDS), 1)
    for number, error in enumerate(ends):
        kind, (name, step) = kinds[number % 5], fault(number)
        succeeded = isinstance(step, Answer) and step.status == 200
        assert isinstance(error, (aioconvo.MaybeSentError, aioconvo.ResponseDecodeError)), (name, error)
        assert isinstance(error, aioconvo.MaybeSentError) or succeeded, (name, error)
        assert (error.operation, error.attempts, error.call.idempotency_key) == (kind.operation, 1, kind.key), name
    assert clock.slept == []
    by_type = dict(Counter(type(error).__name__ for error in ends))
    _show(record_property, f"{SENDS} sends, {len(faults)} faults: server saw {len(server.seen)}, 0 double, {by_type}")


# The connection is never made.


class _WaitsForTheServer:
    """A clock whose sleepers wait until the server is up."""

    def __init__(self, clock: Any) -> None:
        self.monotonic = clock.monotonic
        self.time = clock.time
        self.up = asyncio.Event()
        self.sleepers = 0

    async def sleep(self, _seconds: float) -> None:
        self.sleepers += 1
        await self.up.wait()


async def test_refused_connects_are_sent_once_the_server_is_up(clock: Any, record_property: Record) -> None:
    waits = _WaitsForTheServer(clock)
    server = FaultServer(_good)
    async with server:
        pass  # it keeps its port, where nobody listens now
    async with aioconvo.SessionPool(clock=waits) as pool:
        kinds = [kind for kind in _kinds(server.base_url, pool) if kind.key is None]
        sends = [asyncio.ensure_future(kinds[number % len(kinds)].send(number)) for number in range(100)]
        while waits.sleepers < len(sends):  # noqa: ASYNC110 -- what is waited for is a count
            await asyncio.sleep(0.001)
        assert server.seen == []
        async with server:
            waits.up.set()
            await asyncio.gather(*sends)
    assert Counter(_marked(seen) for seen in server.seen) == dict.fromkeys(range(100), 1)
    _show(record_property, f"100 refused connects, then up: {len(server.seen)} sent, 0 double, 0 errors")


async def test_a_connection_that_is_reset_before_it_is_read_leaves_no_send_in_silence(
    clock: Any, record_property: Record
) -> None:
    async with (
        FaultServer(_good, before_head=lambda connection: connection % 2 == 0) as server,
        aioconvo.SessionPool(clock=clock) as pool,
    ):
        kinds = [kind for kind in _kinds(server.base_url, pool) if kind.key is None]
        ends = await _in_turn(lambda number: kinds[number % len(kinds)].send(number), range(200))
    errors = _each_seen_or_told(ends, server)
    _show(record_property, f"200 sends, half of the connections reset unread: {len(server.seen)} seen, {errors} told, 0 double")
    assert errors > 0


# Connections that die when they are used again.


def _good(seen: Seen) -> Step:
    if seen.target.endswith("/sms"):
        return Answer(204, b"")
    conversation = {"conversation_uuid": "u", "id": seen.target.rpartition("/")[2], "type": "personal"}
    return Answer(body=json.dumps({"conversation": conversation, "messages": [{"id": "m"}], "success": True}).encode())


def _each_seen_or_told(ends: Sequence[object], server: FaultServer) -> int:
    """How many sends ended in an error: those that the server did not see exactly once or that it let the caller doubt."""
    sent = Counter(_marked(seen) for seen in server.seen)
    assert max(sent.values()) == 1
    told = 0
    for number, end in enumerate(ends):
        if isinstance(end, BaseException):
            assert isinstance(end, aioconvo.MaybeSentError), end
            told += 1
        else:
            assert sent[number] == 1
    return told


def _after_every(seen: Seen) -> Sequence[Step]:
    return (_good(seen), Close())


def _a_little_later(seen: Seen) -> Sequence[Step]:
    return (_good(seen), Wait(seen.number % 4 / 2000), Close(reset=True))


def _at_every_second() -> Callable[[Seen], Step]:
    """The second request of each connection is read, and then the connection dies."""
    used: Counter[int] = Counter()

    def script(seen: Seen) -> Step:
        used[seen.connection] += 1
        return Close() if used[seen.connection] % 2 == 0 else _good(seen)

    return script


DYING: Mapping[str, Callable[[], Callable[[Seen], Step | Sequence[Step]]]] = {
    "after every answer": lambda: _after_every,
    "a little after every answer": lambda: _a_little_later,
    "at every second use": _at_every_second,
}


def _sends(dying: str) -> int:
    return SENDS // 4 if dying.startswith("a little") else SENDS  # that way waits, and the issue asks for the others


@pytest.mark.parametrize("dying", DYING)
@pytest.mark.parametrize("call", ["PUT", "POST"])
async def test_no_send_is_doubled_by_connections_that_die(dying: str, call: str, clock: Any, record_property: Record) -> None:
    async with FaultServer(DYING[dying]()) as server, aioconvo.SessionPool(clock=clock) as pool:
        post, _, start, *_ = _kinds(server.base_url, pool)
        sends = _sends(dying)
        ends = await _in_turn((start if call == "PUT" else post).send, range(sends))
    told = _each_seen_or_told(ends, server)
    figure = f"{len(server.seen)} seen, {told} MaybeSentError, 0 double"
    _show(record_property, f"{sends} unsafe {call}s, connections die {dying}: {figure}")


@pytest.mark.parametrize("dying", DYING)
async def test_reads_do_not_mind_connections_that_die(dying: str, clock: Any, record_property: Record) -> None:
    async with FaultServer(DYING[dying]()) as server, aioconvo.SessionPool(clock=clock) as pool:
        client = SunshineClient(app_id="a", key_id="k", secret="s", base_url=server.base_url, pool=pool)
        sends = _sends(dying)
        ends = await _in_turn(lambda number: client.conversations.get(_mark(number)), range(sends))
    errors = [end for end in ends if isinstance(end, BaseException)]
    sent = Counter(_marked(seen) for seen in server.seen)
    figure = f"{len(errors)} errors, {len(server.seen)} requests, at most {max(sent.values())} each"
    _show(record_property, f"{sends} GETs, connections die {dying}: {figure}")
    assert errors == []
    assert max(sent.values()) <= 4


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_connections_that_live_are_used_again(scheme: str, record_property: Record) -> None:
    authority = trustme.CA()
    server_side, client_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(server_side)
    authority.configure_trust(client_side)
    context = server_side if scheme == "https" else None
    async with FaultServer(_good, context=context) as server, aioconvo.SessionPool(ssl=client_side) as pool:
        client = SunshineClient(app_id="a", key_id="k", secret="s", base_url=server.base_url, pool=pool)
        await _in_turn(lambda number: client.conversations.get(_mark(number)), range(200), at_once=5)
    assert (len(server.seen), server.connections) == (200, 5)
    _show(record_property, f"200 GETs by 5 tasks over {scheme}: {server.connections} connections")


# Where no connection was made, nothing was sent.


@pytest.mark.parametrize("name", ["timeout", "deadline"])
async def test_a_send_that_times_out_before_it_has_a_connection_is_not_in_doubt(name: str) -> None:
    """R5: a handshake without end, as of a host that is not there."""
    given = {name: 0.05, "retry": aioconvo.RetryPolicy(max_retries=1, backoff=0.0)}
    async with FaultServer(lambda _seen: [Wait(60.0)]) as server, aioconvo.SessionPool() as pool:
        post, *_ = _kinds(server.base_url.replace("http", "https"), pool, **given)
        with pytest.raises(aioconvo.APITimeoutError) as caught:
            await post.send(1)
        assert pool.in_use() == 0
    assert server.seen == []
    assert isinstance(caught.value, aioconvo.DeadlineExceededError) is (name == "deadline")
    assert caught.value.attempts == (2 if name == "timeout" else 1)


@pytest.mark.parametrize(("status", "attempts"), [(407, 1), (503, 2)])
async def test_a_send_that_a_proxy_refuses_is_not_in_doubt(status: int, attempts: int) -> None:
    retry = aioconvo.RetryPolicy(max_retries=1, backoff=0.0)
    async with (
        FaultServer(lambda _seen: Answer(status)) as proxy,
        aioconvo.SessionPool(proxy=f"http://127.0.0.1:{proxy.port}") as pool,
    ):
        post, *_ = _kinds("https://127.0.0.1:9", pool, retry=retry)
        with pytest.raises(aioconvo.APIConnectionError, match=f"the proxy refused to connect with HTTP {status}"):
            await post.send(1)
    assert [seen.method for seen in proxy.seen] == ["CONNECT"] * attempts


async def test_a_proxy_that_hangs_up_has_sent_nothing_on() -> None:
    retry = aioconvo.RetryPolicy(max_retries=1, backoff=0.0)
    async with (
        FaultServer(lambda _seen: [Close()]) as proxy,
        aioconvo.SessionPool(proxy=f"http://127.0.0.1:{proxy.port}") as pool,
    ):
        _, _, start, *_ = _kinds("https://127.0.0.1:9", pool, retry=retry)
        with pytest.raises(aioconvo.APIConnectionError):
            await start.send(1)
    assert {seen.method for seen in proxy.seen} == {"CONNECT"}
