"""What answers of the five APIs tell of a credential's quota."""

from __future__ import annotations

from typing import Any

import pytest

import aioconvo
from aioconvo.core.retry.headers import retry_after
from aioconvo.sandbox import Sandbox
from aioconvo.sandbox.quota import Standing, Window, headers_of
from aioconvo.sandbox.server import PROVIDERS

NAMES = {
    "smscx": ("X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"),
    "sunshine": ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
    "smooch": ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
    "convore": ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"),
    "ultracart": ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"),
}
KINDS: dict[str, Any] = {
    "smscx": aioconvo.SmscxClient,
    "sunshine": aioconvo.SunshineClient,
    "smooch": aioconvo.SmoochClient,
    "convore": aioconvo.ConvoreClient,
    "ultracart": aioconvo.UltraCartClient,
}
PATHS = {
    "smscx": "/conversations",
    "sunshine": "/v2/apps/sandbox-app/conversations?filter[userExternalId]=user-1",
    "smooch": "/v1.1/apps/sandbox-app/appusers/user-1/messages",
    "convore": "/v1/conversations",
    "ultracart": "/conversation/conversations",
}


def test_a_window_counts_down_and_begins_anew() -> None:
    window = Window(100.0)
    assert [window.take(100.0 + number) for number in range(2)] == [
        Standing(10_000, 9_999, 3_600.0),
        Standing(10_000, 9_998, 3_599.0),
    ]
    assert window.take(3_700.0) == Standing(10_000, 9_999, 3_600.0)
    full = Window(0.0, made=10_000)
    assert full.take(1.0).left == 0


@pytest.mark.parametrize("name", NAMES)
def test_what_a_refusal_tells_is_a_wait_that_the_client_reads(name: str) -> None:
    now = 1_700_000_000.0
    told = headers_of(PROVIDERS[name].quota, Standing(5, 3, 7.5), now, refused=True)
    assert retry_after(told, now) == 8.0
    assert told[NAMES[name][1]] == "0"


@pytest.mark.parametrize("name", NAMES)
async def test_every_api_counts_each_credential_down(name: str) -> None:
    limit, left, reset = NAMES[name]
    path, _, query = PATHS[name].partition("?")
    asked = dict([query.split("=")]) if query else {}
    async with Sandbox(messages=1) as sandbox, KINDS[name](**sandbox.client_options(name)) as client:
        answers = [await client.request("GET", path, query=asked) for _ in range(3)]
        assert [answer.headers[left] for answer in answers] == ["9999", "9998", "9997"]
        assert {answer.headers[limit] for answer in answers} == {"10000"}
        assert all((reset in answer.headers) == (name != "smscx") for answer in answers)  # which tells it with a 429 alone
        with pytest.raises(aioconvo.NotFoundError) as caught:
            await client.request("GET", "/v1/nothing-here")
        assert caught.value.headers[left.lower()] == "9996"


@pytest.mark.parametrize("name", NAMES)
async def test_a_429_tells_when_to_come_again(name: str) -> None:
    limit, left, _ = NAMES[name]
    path, _, query = PATHS[name].partition("?")
    asked = dict([query.split("=")]) if query else {}
    async with (
        Sandbox(messages=1, rate_limit=2) as sandbox,
        KINDS[name](**sandbox.client_options(name), max_retries=0) as client,
    ):
        answers = [await client.request("GET", path, query=asked) for _ in range(2)]
        assert [(answer.headers[limit], answer.headers[left]) for answer in answers] == [("2", "1"), ("2", "0")]
        with pytest.raises(aioconvo.RateLimitError) as caught:
            await client.request("GET", path, query=asked)
    assert caught.value.headers[left.lower()] == "0"
    assert ("retry-after" in caught.value.headers) == (name != "smscx")  # whose documents name the reset alone
    assert caught.value.retry_after is not None
    assert 0.0 < caught.value.retry_after <= 2.0
