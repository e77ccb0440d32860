"""How the SMS.CX client gets, keeps and renews access tokens, and what it does about 429 and lost replies."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qsl

import pytest

import aioconvo
from aioconvo.smscx import SmscxClient

ID = "3f0c9d52-7a41-4c1e-9b1d-52d0a8f6e713"
REFUSED = {"error": {"type": "invalid_client", "message": "Invalid client", "uri": "u", "code": 1600}}
DAY = 86_400


def token(value: str, **more: Any) -> dict[str, Any]:
    return {"access_token": value, "expires_in": DAY, "token_type": "Bearer", "scope": "sms"} | more


def bearers(wire: Any) -> list[str]:
    return [sent.headers["authorization"].removeprefix("Bearer ") for sent in wire.sent if sent.path != "/oauth/token"]


def fetched(wire: Any) -> int:
    return sum(sent.path == "/oauth/token" for sent in wire.sent)


@pytest.fixture
def client(wire: Any, clock: Any) -> SmscxClient:
    return SmscxClient(
        application_id="app",
        application_secret="s3cret",
        scope="sms numbers",
        base_url=wire.base_url,
        pool=aioconvo.SessionPool(clock=clock),
    )


async def test_one_token_serves_all_who_come_first(wire: Any, client: SmscxClient) -> None:
    wire.answers("POST", token("t1"))
    for _ in range(50):
        wire.answers("GET", {"data": []})
    async with client.pool:
        await asyncio.gather(*(client.conversations.list().collect() for _ in range(50)))
    assert fetched(wire) == 1
    assert wire.sent[0].headers["authorization"].startswith("Basic ")
    assert parse_qsl(wire.sent[0].body.decode()) == [("grant_type", "client_credentials"), ("scope", "sms numbers")]
    assert bearers(wire) == ["t1"] * 50


async def test_copies_share_the_token(wire: Any, client: SmscxClient) -> None:
    wire.answers("POST", token("t1"))
    wire.answers("GET", {"data": []})
    wire.answers("GET", {"data": []})
    async with client.pool:
        await client.with_options(timeout=5).conversations.list()
        await client.conversations.list()
    assert bearers(wire) == ["t1", "t1"]


async def test_a_token_is_renewed_before_it_expires(wire: Any, client: SmscxClient, clock: Any) -> None:
    wire.answers("POST", token("t1"))
    wire.answers("POST", token("t2"))
    for _ in range(3):
        wire.answers("GET", {"data": []})
    async with client.pool:
        await client.conversations.list()
        clock.now += DAY - 61
        await client.conversations.list()
        clock.now += 1
        await client.conversations.list()
    assert bearers(wire) == ["t1", "t1", "t2"]


@pytest.mark.parametrize("lifetime", [0, -1, None, "never"])
async def test_a_token_without_an_end_is_kept(wire: Any, client: SmscxClient, clock: Any, lifetime: object) -> None:
    wire.answers("POST", token("t1", expires_in=lifetime))
    wire.answers("GET", {"data": []})
    wire.answers("GET", {"data": []})
    async with client.pool:
        await client.conversations.list()
        clock.now += 100 * 365 * DAY
        await client.conversations.list()
    assert bearers(wire) == ["t1", "t1"]


async def test_only_the_token_itself_is_needed(wire: Any, client: SmscxClient) -> None:
    wire.answers("POST", {"access_token": "t1"})
    wire.answers("GET", {"data": []})
    async with client.pool:
        await client.conversations.list()
    assert bearers(wire) == ["t1"]


async def test_a_refused_token_is_renewed_once(wire: Any, client: SmscxClient) -> None:
    wire.answers("POST", token("t1"))
    wire.answers("GET", REFUSED, status=401)
    wire.answers("POST", token("t2"))
    wire.answers("GET", {"data": []})
    async with client.pool:
        await client.conversations.list()
    assert bearers(wire) == ["t1", "t2"]


async def test_a_token_refused_twice_is_an_error(wire: Any, client: SmscxClient) -> None:
    for value in ("t1", "t2"):
        wire.answers("POST", token(value))
        wire.answers("GET", REFUSED, status=401)
    async with client.pool:
        with pytest.raises(aioconvo.AuthenticationError) as caught:
            await client.conversations.list()
    assert bearers(wire) == ["t1", "t2"]
    assert (caught.value.operation, caught.value.attempts) == ("smscx.conversations.list", 2)


async def test_a_refused_application_is_an_error_for_all_who_wait(wire: Any, client: SmscxClient) -> None:
    wire.answers("POST", REFUSED, status=401)
    async with client.pool:
        results = await asyncio.gather(*(client.conversations.get(ID) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [aioconvo.AuthenticationError] * 3
    assert (fetched(wire), len(wire.sent)) == (1, 1)
    assert isinstance(results[0], aioconvo.AuthenticationError)
    assert (results[0].operation, results[0].code) == ("smscx.conversations.get", "1600")
    assert "no access token (smscx.oauth.get_token): HTTP 401" in str(results[0])
    assert "s3cret" not in str(results[0])


async def test_each_who_waits_gets_an_error_of_its_own(wire: Any, client: SmscxClient) -> None:
    wire.answers("POST", {"message": "no"}, status=400, headers={"X-Request-Id": "r-1"})
    async with client.pool:
        calls = (client.conversations.list(), client.conversations.get(ID), client.conversations.reply_sms(ID, text="hi"))
        results: Any = await asyncio.gather(*calls, return_exceptions=True)
    for number, error in enumerate(results):
        error.add_note(f"tenant {number}")
    assert [error.__notes__ for error in results] == [["tenant 0"], ["tenant 1"], ["tenant 2"]]
    assert [type(error) for error in results] == [aioconvo.BadRequestError] * 3
    assert [(error.operation, error.call.method, error.attempts) for error in results] == [
        ("smscx.conversations.list", "GET", 1),
        ("smscx.conversations.get", "GET", 1),
        ("smscx.conversations.reply_sms", "POST", 1),
    ]
    assert {error.request_id for error in results} == {"r-1"}
    assert {error.__cause__.operation for error in results} == {"smscx.oauth.get_token"}
    assert len(wire.sent) == 1


async def test_a_fetch_that_gets_no_answer_leaves_a_paid_call_in_no_doubt(wire: Any, client: SmscxClient) -> None:
    for _ in range(4):
        wire._mock.post(f"{wire.base_url}/oauth/token", exception=TimeoutError())
    async with client.pool:
        with pytest.raises(aioconvo.APITimeoutError) as caught:
            await client.conversations.reply_sms(ID, text="hi")
    assert not isinstance(caught.value, aioconvo.MaybeSentError)
    assert caught.value.operation == "smscx.conversations.reply_sms"


async def test_a_waiter_that_is_cancelled_does_not_take_the_token_from_the_others(wire: Any, client: SmscxClient) -> None:
    wire.answers("POST", token("t1"))
    wire.answers("GET", {"data": []})
    async with client.pool:
        first = asyncio.create_task(client.conversations.list().collect())
        second = asyncio.create_task(client.conversations.list().collect())
        await asyncio.sleep(0)
        first.cancel()
        assert await second == []
    assert first.cancelled()
    assert (fetched(wire), bearers(wire)) == (1, ["t1"])


async def test_asking_for_a_token_is_tried_again(wire: Any, client: SmscxClient) -> None:
    wire.answers("POST", status=503)
    wire.answers("POST", token("t1"))
    async with client.pool:
        assert (await client.oauth.get_token()).access_token == "t1"
    assert fetched(wire) == 2


async def test_429_waits_until_the_unix_time_it_names(wire: Any, clock: Any) -> None:
    wire.answers("POST", status=429, headers={"X-Rate-Limit-Reset": str(int(clock.now) + 7), "X-Rate-Limit-Remaining": "0"})
    wire.answers("POST", status=429, headers={"X-Rate-Limit-Reset": str(int(clock.now) + 3600)})
    async with aioconvo.SessionPool(clock=clock) as pool:
        client = SmscxClient(api_key="k", base_url=wire.base_url, pool=pool)
        began = clock.now
        with pytest.raises(aioconvo.RateLimitError) as caught:
            await client.conversations.reply_sms(ID, text="x")
    # Refused is not sent, so even a paid call is tried again; a wait of an hour is told instead of slept.
    assert clock.now - began == pytest.approx(7, abs=1)
    assert caught.value.retry_after == pytest.approx(3593, abs=1)


@pytest.mark.parametrize("idempotency_id", [None, "8d1f3f0a-2b7c-4d5e-8f90-a1b2c3d4e5f6"])
async def test_a_reply_that_may_have_arrived_is_never_sent_again(
    wire: Any, client: SmscxClient, idempotency_id: str | None
) -> None:
    wire.answers("POST", token("t1"))
    wire.answers("POST", status=503)
    async with client.pool:
        with pytest.raises(aioconvo.MaybeSentError):
            await client.conversations.reply_whatsapp(ID, text="x", idempotency_id=idempotency_id)
    assert bearers(wire) == ["t1"]
