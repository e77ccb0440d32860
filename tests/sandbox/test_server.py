from __future__ import annotations

import asyncio
import datetime as dt
import gc
import io
import json
import logging
import re
import sys
from base64 import b64encode
from collections import Counter
from typing import Any

import aiohttp
import pytest
from yarl import URL

from aioconvo.sandbox import Sandbox, SandboxEndpoint
from aioconvo.sandbox.exchange import Request, Settings
from aioconvo.sandbox.server import PROVIDERS
from tests.virtual_time import in_virtual_time

BASIC = "Basic " + b64encode(b"app_sandbox:sandbox-secret").decode()
JSON = {"Content-Type": "application/json"}
HEADERS = {"Authorization": BASIC}
LIST = "/v2/apps/sandbox-app/conversations?filter[userExternalId]=user-1"
MESSAGES = "/v1.1/apps/sandbox-app/appusers/user-1/messages"
HELLO = {"role": "appMaker", "type": "text", "text": "Hello"}


async def fetch(url: str | URL, method: str = "GET", **options: Any) -> tuple[int, Any]:
    async with aiohttp.ClientSession(headers=HEADERS) as session, session.request(method, url, **options) as answer:
        assert answer.content_type == "application/json"
        return answer.status, json.loads(await answer.read())


def test_all_five_are_there_with_distinct_operations() -> None:
    for name, make in PROVIDERS.items():
        provider = make(Settings(conversations=2, messages=2))
        operations = [route.operation for route in provider.routes]
        assert provider.name == name
        assert operations
        assert len(set(operations)) == len(operations)


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("status", [413, 429, 500, 503])
def test_every_api_has_its_own_shape_for_faults(name: str, status: int) -> None:
    answer = PROVIDERS[name](Settings(conversations=1, messages=1)).error(status, {})
    assert answer.status == status
    assert isinstance(json.loads(answer.encoded()), dict)


@pytest.mark.parametrize("body", [b'{"text": "\xff", "body": "\xff"}', b'{"a":' * 5_000], ids=["no UTF-8", "deep"])
@pytest.mark.parametrize("authorization", [BASIC, "Bearer sandbox-key", "Basic \xe9"], ids=["basic", "bearer", "no ASCII"])
def test_no_body_and_no_credential_is_a_failure_of_the_sandbox(body: bytes, authorization: str) -> None:
    headers = {"authorization": authorization, "x-api-key": "sandbox-key", "x-ultracart-simple-key": "sandbox-key"}
    for make in PROVIDERS.values():
        provider = make(Settings(conversations=1, messages=1))
        found = next(iter(provider.state()["ids"]))
        for route in provider.routes:
            path = re.sub(r"\{\w+\}", found, route.template.replace("{appId}", "sandbox-app"))
            assert provider.answer(Request(route.method, path, (), headers, body)).status < 500


@pytest.mark.parametrize("size", ["9" * 5_000, "0999", "0", "101"])
def test_page_sizes_beyond_the_largest_are_refused(size: str) -> None:
    settings = Settings(conversations=1, messages=1)
    for name, path, authorization in (
        ("sunshine", LIST.partition("?")[0], BASIC),
        ("convore", "/v1/messages", "Bearer sandbox-key"),
    ):
        query = [("filter[userExternalId]", "user-1"), ("page[size]", size), ("limit", size)]
        request = Request("GET", path, query, {"authorization": authorization}, b"")
        assert PROVIDERS[name](settings).answer(request).status == 400


async def test_endpoints_tell_where_and_with_what() -> None:
    async with Sandbox() as sandbox:
        assert list(sandbox.endpoints) == list(PROVIDERS)
        endpoint = sandbox.endpoints["sunshine"]
        assert endpoint.base_url == f"http://127.0.0.1:{sandbox.port}/sunshine"
        assert sandbox.client_options("sunshine") == {
            "base_url": endpoint.base_url,
            "app_id": "sandbox-app",
            "key_id": "app_sandbox",
            "secret": "sandbox-secret",
        }
    assert isinstance(endpoint, SandboxEndpoint)
    assert "secret" not in repr(endpoint)


async def test_requests_reach_their_api_and_are_counted() -> None:
    async with Sandbox(conversations=3) as sandbox:
        base = sandbox.endpoints["sunshine"].base_url
        status, body = await fetch(base + LIST)
        assert (status, len(body["conversations"])) == (200, 3)
        assert (await fetch(base + "/v2/nothing"))[0] == 404
        assert sandbox.requests["sunshine"] == {"ListConversations": 1, "unknown": 1}
        assert sandbox.requests["smooch"] == {}


async def test_encoded_slashes_stay_in_their_segment() -> None:
    async with Sandbox() as sandbox:
        base = sandbox.endpoints["smooch"].base_url
        path = MESSAGES.replace("user-1", "user%2F1")
        status, body = await fetch(URL(base + path, encoded=True))
        assert (status, body["error"]["code"]) == (404, "user_not_found")
        assert sandbox.requests["smooch"] == {"getMessages": 1}


async def test_state_and_reset() -> None:
    async with Sandbox(conversations=2, messages=3) as sandbox:
        root = f"http://127.0.0.1:{sandbox.port}/_sandbox"
        seeded = (await fetch(f"{root}/state"))[1]
        assert (seeded["smooch"]["conversations"], seeded["smooch"]["messages"]) == (2, 6)
        await fetch(sandbox.endpoints["smooch"].base_url + MESSAGES, "POST", json=HELLO)
        changed = (await fetch(f"{root}/state"))[1]
        assert changed["smooch"]["messages"] == 7
        assert changed["smooch"]["requests"] == {"postMessage": 1}
        assert await fetch(f"{root}/reset", "POST") == (200, {})
        assert (await fetch(f"{root}/state"))[1] == seeded
        assert (await fetch(f"{root}/nothing"))[0] == 404
        assert (await fetch(f"http://127.0.0.1:{sandbox.port}/"))[0] == 404


async def test_the_same_seed_gives_the_same_conversations() -> None:
    now = dt.datetime(2026, 5, 4, tzinfo=dt.UTC)
    first, second, other = (Sandbox(seed=seed, now=now).state() for seed in (1, 1, 2))
    assert first == second
    assert all(first[name]["ids"] != other[name]["ids"] for name in PROVIDERS)


async def test_it_starts_again_on_its_port_and_keeps_its_data() -> None:
    sandbox = Sandbox(conversations=1, messages=0)
    with pytest.raises(RuntimeError):
        _ = sandbox.endpoints
    for count in range(3):
        async with sandbox:
            await sandbox.start()
            base = sandbox.endpoints["smooch"].base_url
            assert len((await fetch(base + MESSAGES))[1]["messages"]) == count
            await fetch(base + MESSAGES, "POST", json=HELLO)
    await sandbox.aclose()


async def test_a_taken_port_is_an_error() -> None:
    async with Sandbox() as sandbox:
        with pytest.raises(OSError, match="address already in use"):
            await Sandbox(port=sandbox.port).start()


@pytest.mark.parametrize("options", [{"faults": 1.5}, {"faults": -1}, {"rate_limit": 0}, {"messages": -1}, {"latency": -1}])
def test_impossible_settings_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Sandbox(**options)


async def outcomes(sandbox: Sandbox, count: int) -> list[str]:
    found: list[str] = []
    # aiohttp's client repeats a GET by itself when its connection breaks, a POST it does not.
    url = sandbox.endpoints["smooch"].base_url + MESSAGES.replace("messages", "conversation/read")
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        for _ in range(count):
            try:
                async with session.post(url, skip_auto_headers=("Content-Type",)) as answer:
                    body = await answer.read()
                    assert answer.status == 200 or b"error" in body or b"502 Bad" in body
                    assert answer.status not in {429, 503} or answer.headers["Retry-After"] == "1"
                    found.append(str(answer.status))
            except aiohttp.ClientPayloadError:
                found.append("cut")
            except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
                found.append("reset")
    return found


async def test_faults_are_of_all_kinds_and_repeat_with_the_seed() -> None:
    async with Sandbox(faults=0.5, messages=1) as sandbox, Sandbox(faults=0.5, messages=1) as twin:
        first = await outcomes(sandbox, 60)
        assert await outcomes(twin, 60) == first
        assert sandbox.faults["smooch"] == Counter(outcome for outcome in first if outcome != "200")
        assert sandbox.state()["smooch"]["faults"] == sandbox.faults["smooch"]
        sandbox.reset()
        assert not any(sandbox.faults.values())
    assert set(first) == {"200", "429", "500", "502", "503", "cut", "reset"}
    assert 20 <= Counter(first)["200"] <= 40


async def test_over_the_rate_limit_each_credential_waits_for_itself() -> None:
    async with Sandbox(rate_limit=5, messages=1) as sandbox:
        url = sandbox.endpoints["smooch"].base_url + MESSAGES
        statuses = await asyncio.gather(*(fetch(url) for _ in range(8)))
        assert Counter(status for status, _ in statuses) == {200: 5, 429: 3}
        assert {body["error"]["code"] for status, body in statuses if status == 429} == {"too_many_requests"}
        assert (await fetch(url, headers={"Authorization": "Basic other"}))[0] == 401


@in_virtual_time
async def test_latency_holds_back_every_answer() -> None:
    async with Sandbox(latency=5.0, messages=1) as sandbox:
        now = asyncio.get_running_loop().time
        begun = now()
        await asyncio.gather(*(fetch(sandbox.endpoints["smooch"].base_url + MESSAGES) for _ in range(5)))
        assert now() - begun == 5.0


async def test_large_bodies_are_refused() -> None:
    async with Sandbox(messages=1) as sandbox:
        url = sandbox.endpoints["smooch"].base_url + MESSAGES
        assert (await fetch(url, "POST", data=b"x" * 200_000, headers=JSON))[0] == 413
        assert (await fetch(url, "POST", data=io.BytesIO(b"x" * 2_000_000), headers=JSON))[0] == 413


@in_virtual_time
async def test_closing_does_not_wait_for_idle_connections() -> None:
    sandbox = Sandbox(messages=1)
    await sandbox.start()
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        async with session.get(sandbox.endpoints["smooch"].base_url + MESSAGES) as answer:
            await answer.read()
        now = asyncio.get_running_loop().time
        begun = now()
        await sandbox.aclose()
        assert now() == begun


async def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with Sandbox() as sandbox:
        await fetch(sandbox.endpoints["smooch"].base_url + MESSAGES, "POST", json=HELLO)
    assert not [record for record in caplog.records if "Hello" in record.getMessage() or "aiohttp" in record.name]


@in_virtual_time
async def test_clients_that_go_away_are_no_error_of_the_sandbox(caplog: pytest.LogCaptureFixture) -> None:
    async with Sandbox(faults=1.0, latency=0.02, messages=1) as sandbox:
        for _ in range(40):
            _, writer = await asyncio.open_connection("127.0.0.1", sandbox.port)
            writer.write(b"GET /smooch" + MESSAGES.encode() + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        await asyncio.sleep(0.2)  # the latency, and then some
        assert sum(sandbox.requests["smooch"].values()) == 40
    assert [record.getMessage() for record in caplog.records if record.name.startswith("aiohttp")] == []


def test_thousands_of_conversations_are_there_at_once() -> None:
    some = python_calls(conversations=50, messages=5)
    assert python_calls(conversations=50, messages=5000) < 1.05 * some
    assert python_calls(conversations=100, messages=5) < 2.2 * some


def python_calls(*, conversations: int, messages: int) -> int:
    """How many Python functions run until a sandbox of that size is there."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    gc.disable()  # what is collected may run code of others
    sys.setprofile(count)
    try:
        Sandbox(conversations=conversations, messages=messages)
    finally:
        sys.setprofile(None)
        gc.enable()
    return calls
