"""What a bot answers to requests, by ASGI."""

from __future__ import annotations

import gzip
import logging
import zlib
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from aioconvo import Bot
from aioconvo.bot import BotHooks, DeliveryFacts
from aioconvo.core.errors import StoreError
from aioconvo.events import MessageReceived
from aioconvo.sunshine.events import MessageEvent
from tests.bot.accounts import message, sunshine
from tests.bot.asgi_client import SECRET, Requests, living
from tests.virtual_time import LoopClock, in_virtual_time

HOOK = "/hooks/sunshine"


@pytest.fixture
def told() -> list[DeliveryFacts]:
    return []


@pytest.fixture
def bot(told: list[DeliveryFacts]) -> Bot:
    bot = sunshine(Bot(hooks=BotHooks(on_delivery=told.append), body_timeout=3.0))

    @bot.on(MessageReceived)
    async def ignore(event: MessageReceived) -> None:
        assert isinstance(event.native, MessageEvent)

    return bot


@pytest.fixture
async def requests(bot: Bot) -> AsyncIterator[Requests]:
    async with bot:
        yield Requests(bot.asgi())


async def test_accepted_and_doubled(requests: Requests, told: list[DeliveryFacts]) -> None:
    body = message()
    assert await requests.post(HOOK, body) == 200
    assert await requests.post(f"{HOOK}/", body) == 200  # as somebody may have written it
    assert await requests.send("POST", HOOK, [(b"X-Api-Key", SECRET.encode())], [body[:9], b"", body[9:]]) == 200
    assert requests.headers == {"content-length": "0"}
    assert [(one.events, one.new, one.status, one.reason) for one in told] == [(1, 1, 200, None), *[(1, 0, 200, None)] * 2]
    assert {(one.provider, one.account, one.road) for one in told} == {("sunshine", "sunshine", "webhook")}


ODD: list[tuple[int, dict[str, Any]]] = [
    (401, {"headers": {"x-api-key": "wrong"}}),
    (401, {"headers": {"x-api-key": ""}}),
    (401, {"body": message(app="another")}),
    (400, {"body": b""}),
    (400, {"body": b"[1]"}),
    (400, {"body": b"\xff" * 100}),
    (400, {"body": b"[" * 100_000}),
    (408, {"body": message()[:-20], "headers": {"content-length": str(len(message()))}}),
    (408, {"body": message()[:-20], "end": "cut"}),
    (413, {"body": b" " * 1_048_577}),
    (413, {"body": b"", "headers": {"content-length": "1048577"}}),
    (413, {"body": gzip.compress(b" " * 1_048_577), "headers": {"content-encoding": "gzip"}}),
    (200, {"body": gzip.compress(message()), "headers": {"content-encoding": "gzip"}}),
    (200, {"body": zlib.compress(message()), "headers": {"content-encoding": "deflate"}}),
    (400, {"body": gzip.compress(message())[:-9], "headers": {"content-encoding": "gzip"}}),
    (405, {"method": "GET"}),
    (405, {"method": "PUT"}),
    (404, {"path": "/hooks/smooch"}),
    (404, {"path": "/hooks/sunshine/token"}),
    (404, {"path": "/hooks/"}),
    (404, {"path": "/"}),
]


@pytest.mark.parametrize(("status", "request_"), ODD)
async def test_statuses(requests: Requests, status: int, request_: dict[str, Any]) -> None:
    assert await requests.post(**{"path": HOOK, **request_}) == status
    if status == 405:
        assert requests.headers["allow"] == "POST"


async def test_who_has_no_secret_gets_no_byte_read(requests: Requests) -> None:
    assert await requests.post(HOOK, headers={"x-api-key": "wrong"}, end="hangs") == 401


async def test_refusals_are_told_and_logged_without_what_was_sent(
    requests: Requests, told: list[DeliveryFacts], bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await requests.post(HOOK, b"canary", headers={"x-api-key": "canary"})
        await requests.post(HOOK, b"canary")
    assert [(one.status, one.events) for one in told] == [(401, 0), (400, 0)]
    assert told[0].reason
    assert "the header X-API-Key holds none of this webhook's secrets" in caplog.text
    assert "canary" not in caplog.text + repr(told) + repr(await bot.counts())
    assert sum((await bot.counts()).refused.values()) == 2


@in_virtual_time
async def test_a_slow_body_is_given_up_on() -> None:
    bot = sunshine(Bot(body_timeout=3.0, clock=LoopClock()))
    async with bot:
        began = anyio.current_time()
        assert await Requests(bot.asgi()).post(HOOK, b"{", end="hangs") == 408
        assert anyio.current_time() - began == 3.0


async def test_before_and_after_deliveries_are_sent_away(bot: Bot) -> None:
    requests = Requests(bot.asgi())
    for _ in range(2):
        assert await requests.post(HOOK, message()) == 503
        assert requests.headers["retry-after"] == "5"
        assert await requests.post(HOOK, message(), headers={"x-api-key": "wrong"}) == 401
        assert await requests.get("/ready") == 503
        async with bot:
            assert await requests.get("/live") == await requests.get("/ready") == 200
            assert await requests.post("/live") == await requests.post("/ready") == 405
            assert requests.headers["allow"] == "GET, HEAD"
            assert await requests.post("/live", method="HEAD") == 200


async def test_a_fault_of_ours_is_no_500(requests: Requests, monkeypatch: pytest.MonkeyPatch, bot: Bot) -> None:
    def broken(*_: object) -> Any:
        raise KeyError("canary")

    monkeypatch.setattr(bot._webhooks["sunshine"], "open_unverified", broken)
    assert await requests.post(HOOK, message()) == 503


async def test_a_store_that_is_away_is_a_503_and_not_ready(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object, **__: object) -> Any:
        raise StoreError("canary")

    async with bot:
        requests = Requests(bot.asgi())
        with monkeypatch.context() as broken:
            broken.setattr(
                "aioconvo.bot.intake.Intake.answer_at_once", lambda *_: None
            )  # as with a store that is not in memory
            for name in ("accept", "counts"):
                broken.setattr(bot._settings.store, name, away)
            assert await requests.post(HOOK, message()) == 503
            assert await requests.get("/ready") == 503
            assert not (await bot.counts()).store_answers
        assert await requests.post(HOOK, message()) == 200
        assert await requests.get("/ready") == 200


async def test_mounted_below_a_prefix(bot: Bot) -> None:
    app = bot.asgi()
    async with bot:
        for requests, path in (
            (Requests(app, root_path="/bots"), "/bots/hooks/sunshine"),
            (Requests(app, root_path="/bots"), HOOK),  # as Starlette did it before 0.33
        ):
            assert await requests.post(path, message()) == 200


async def test_the_lifespan_of_a_server_starts_and_ends_it(bot: Bot) -> None:
    told: list[Any] = []
    async with living(bot.asgi(), told) as requests:
        assert await requests.post(HOOK, message()) == 200
    assert [one["type"] for one in told] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert await requests.post(HOOK, message()) == 503


async def test_a_bot_that_cannot_start_says_why() -> None:
    bot, told = Bot(), list[Any]()

    @bot.on(MessageReceived)
    async def answer(event: int) -> None: ...

    with pytest.raises(ExceptionGroup, match="unhandled"):
        async with living(bot.asgi(), told):
            pass
    assert told[0]["type"] == "lifespan.startup.failed"
    assert "parameter 'event': nothing provides int" in told[0]["message"]


async def test_websockets_are_closed(bot: Bot) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await bot.asgi()({"type": "websocket"}, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1000}]
