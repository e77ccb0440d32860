"""Hooks: told in order, in pairs, without anything secret; what they raise harms nothing and is not silent."""

from __future__ import annotations

import asyncio
import functools
import logging
import unittest.mock
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientOSError

import aioconvo
from aioconvo.core.retry.policy import RetryPolicy

GOOD = {"id": "7"}
ID = {"X-Request-Id": "r1"}


class Told:
    """Keeps what the hooks are told."""

    def __init__(self) -> None:
        self.facts: list[Any] = []
        keep = self.facts.append
        self.hooks = aioconvo.Hooks(on_call=self.call, on_request=keep, on_response=keep, on_retry=keep, on_page=keep)

    def call(self, facts: aioconvo.StartFacts) -> Any:
        self.facts.append(facts)
        return self.facts.append

    @property
    def kinds(self) -> list[str]:
        return [type(one).__name__.removesuffix("Facts") for one in self.facts]


@pytest.fixture
def told() -> Told:
    return Told()


async def test_a_call_with_a_retry_is_told_in_order(wire: Any, gadgets: Any, told: Told) -> None:
    wire.answers("GET", {}, status=503, headers=ID)
    wire.answers("GET", GOOD, headers={"X-Request-Id": "r2"})
    client = gadgets.with_options(hooks=told.hooks, retry=RetryPolicy(backoff=0.0))
    await client.get()
    names = ("gadgets.things.get", "GET", "/things/{id}")
    server = ("api.test", 443)
    assert told.facts == [
        aioconvo.StartFacts(*names),
        aioconvo.RequestFacts(*names, 1, *server, 0.0, 0.0),
        aioconvo.ResponseFacts(*names, 1, 503, None, 0.0, "r1"),
        aioconvo.RetryFacts(*names, 1, 503, "InternalServerError", 0.0, "r1"),
        aioconvo.RequestFacts(*names, 2, *server, 0.0, 0.0),
        aioconvo.ResponseFacts(*names, 2, 200, None, 0.0, "r2"),
        aioconvo.EndFacts(2, 0.0, None),
    ]
    assert "canary" not in repr(told.facts)


async def test_waits_are_told(wire: Any, gadgets: Any, told: Told) -> None:
    wire.answers("GET", GOOD)
    wire.answers("GET", {}, status=429, headers={"Retry-After": "7"})
    wire.answers("GET", GOOD)
    limits = aioconvo.Limits(rates=[aioconvo.RateLimit(1, 10.0)])
    client = gadgets.with_options(hooks=told.hooks, limits=limits)
    await client.get()
    await client.get()
    assert [one.waited_for_limits for one in told.facts if isinstance(one, aioconvo.RequestFacts)] == [0.0, 10.0, 3.0]
    assert [one.wait for one in told.facts if isinstance(one, aioconvo.RetryFacts)] == [7.0]
    assert [one.elapsed for one in told.facts if isinstance(one, aioconvo.EndFacts)] == [0.0, 20.0]


@pytest.mark.parametrize(
    ("error", "name"),
    [(ClientOSError(104, "canary"), "APIConnectionError"), (TimeoutError("canary"), "APITimeoutError")],
)
async def test_faults_are_told_by_name(wire: Any, gadgets: Any, told: Told, error: Exception, name: str) -> None:
    wire._mock.post(f"{wire.base_url}/things/canary-thing/send", exception=error)
    with pytest.raises(aioconvo.MaybeSentError):
        await gadgets.with_options(hooks=told.hooks).post()
    assert told.kinds == ["Start", "Request", "Response", "End"]
    assert (told.facts[2].status, told.facts[2].error) == (None, name)
    assert told.facts[3].error == f"MaybeSent{name}"
    assert "canary" not in repr(told.facts)


async def test_a_broken_body_is_told_with_its_status(wire: Any, gadgets: Any, told: Told) -> None:
    wire.answers("GET", body=b"canary", headers={"Content-Encoding": "br", **ID})
    with pytest.raises(aioconvo.ResponseDecodeError):
        await gadgets.with_options(hooks=told.hooks).get()
    assert told.facts[2] == aioconvo.ResponseFacts(
        "gadgets.things.get", "GET", "/things/{id}", 1, 200, "ResponseDecodeError", 0.0, "r1"
    )


async def test_requests_and_responses_come_in_pairs_when_the_call_is_cancelled(gadgets: Any, told: Told) -> None:
    client = gadgets.with_options(hooks=told.hooks)
    sent = asyncio.Event()

    async def never(*_: Any, **__: Any) -> Any:
        sent.set()
        await asyncio.Event().wait()

    client.pool.exchange = never
    call = asyncio.create_task(client.get())
    await sent.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert told.kinds == ["Start", "Request", "Response", "End"]
    assert told.facts[2].error == told.facts[3].error == "CancelledError"


async def test_the_escape_hatch_tells_no_path(wire: Any, gadgets: Any, told: Told) -> None:
    wire.answers("GET", GOOD)
    await gadgets.with_options(hooks=told.hooks).request("GET", "/users/canary-user", query={"a": "canary"})
    assert told.facts[0] == aioconvo.StartFacts("gadgets.request", "GET", "/{path}")
    assert "canary" not in repr(told.facts)


@pytest.mark.parametrize("prefetch", [0, 2])
async def test_pages_are_told_when_they_are_handed_out(wire: Any, gadgets: Any, told: Told, prefetch: int) -> None:
    wire.answers("GET", {"ids": ["a", "b"], "next": "n"}, headers=ID)
    wire.answers("GET", {"ids": ["c"]}, headers=ID)
    client = gadgets.with_options(hooks=aioconvo.Hooks(on_page=told.facts.append))
    assert await client.list(prefetch=prefetch).collect() == ["a", "b", "c"]
    names = ("gadgets.things.list", "GET", "/things")
    assert told.facts == [aioconvo.PageFacts(*names, 2, True, "r1"), aioconvo.PageFacts(*names, 1, False, "r1")]
    wire.answers("GET", {"ids": ["a"]})
    await client.list()
    assert told.facts[2:] == [aioconvo.PageFacts(*names, 1, False, None)]


async def test_what_a_hook_raises_breaks_nothing_and_is_logged_without_its_text(
    wire: Any, gadgets: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_facts: Any) -> None:
        raise ValueError("canary")

    everywhere = aioconvo.Hooks(on_call=broken, on_request=broken, on_response=broken, on_retry=broken, on_page=broken)
    client = gadgets.with_options(hooks=everywhere)
    wire.answers("GET", {}, status=500)
    wire.answers("GET", {"ids": ["a"]})
    with caplog.at_level(logging.DEBUG):
        assert await client.list().collect() == ["a"]
    records = [record for record in caplog.records if record.name == "aioconvo.hooks"]
    assert len(records) == 7  # call, twice request and response, retry, page
    assert {record.levelname for record in records} == {"ERROR"}
    assert all("ValueError at " in record.getMessage() and "test_hooks.py:" in record.getMessage() for record in records)
    assert "canary" not in caplog.text


async def test_both_of_two_hooks_are_told_and_ends_come_in_reverse(wire: Any, gadgets: Any) -> None:
    heard: list[str] = []

    def hooks(name: str) -> aioconvo.Hooks:
        def call(_facts: Any) -> Any:
            heard.append(f"{name} begins")
            return lambda _end: heard.append(f"{name} ends")

        def response(_facts: Any) -> None:
            heard.append(f"{name} answered")

        return aioconvo.Hooks(on_call=call, on_request=lambda _facts: heard.append(name), on_response=response)

    def broken(_facts: Any) -> None:
        raise ValueError

    both = aioconvo.Hooks(on_request=broken) | hooks("a") | aioconvo.Hooks() | hooks("b")
    wire.answers("GET", GOOD)
    await gadgets.with_options(hooks=both).get()
    assert heard == ["a begins", "b begins", "a", "b", "b answered", "a answered", "b ends", "a ends"]
    assert both.on_page is None


async def _coroutine(*_facts: Any) -> None: ...


async def _generator(*_facts: Any) -> AsyncIterator[int]:
    yield 1


class _Asynchronous:
    async def __call__(self, _facts: Any) -> None: ...

    async def method(self, _facts: Any) -> None: ...

    @classmethod
    async def of_class(cls, _facts: Any) -> None: ...

    @staticmethod
    async def static(_facts: Any) -> None: ...


ASYNCHRONOUS: dict[str, Any] = {
    "function": _coroutine,
    "generator": _generator,
    "object": _Asynchronous(),
    "method": _Asynchronous().method,
    "class method": _Asynchronous.of_class,
    "static method": _Asynchronous.static,
    "partial": functools.partial(_coroutine, 1),
    "partial of partial": functools.partial(functools.partial(_coroutine), 1),
    "partial of object": functools.partial(_Asynchronous()),
    "mock": unittest.mock.AsyncMock(),
    "number": 5,
    "text": "print",
}


@pytest.mark.parametrize("hook", ["on_call", "on_request", "on_response", "on_retry", "on_page"])
@pytest.mark.parametrize("bad", ASYNCHRONOUS.values(), ids=ASYNCHRONOUS)
def test_what_nobody_would_await_is_refused(hook: str, bad: Any) -> None:
    with pytest.raises(aioconvo.ConfigurationError, match=f"{hook} must be a plain function"):
        aioconvo.Hooks(**{hook: bad})
    with pytest.raises(aioconvo.ConfigurationError, match="on_refresh_token must be a plain function"):
        aioconvo.UltraCartClient(client_id="a", refresh_token="r", on_refresh_token=bad)


@pytest.mark.parametrize("good", [print, [].append, functools.partial(print, 1), unittest.mock.Mock(), lambda _: None, dict])
def test_whatever_is_called_plainly_is_taken(good: Any) -> None:
    assert aioconvo.Hooks(on_request=good).on_request is good


async def test_a_coroutine_that_a_plain_function_returns_is_told_of(
    wire: Any, gadgets: Any, caplog: pytest.LogCaptureFixture
) -> None:
    wire.answers("GET", GOOD)
    hooks = aioconvo.Hooks(on_call=lambda _: _coroutine, on_request=lambda facts: _coroutine(facts, 1))
    await gadgets.with_options(hooks=hooks).get()
    told = [record.getMessage() for record in caplog.records if record.name == "aioconvo.hooks"]
    assert told == ["a hook returned a coroutine, which nobody awaits: hooks are plain functions"] * 2


async def test_hooks_are_an_option_like_any_other(wire: Any, gadgets: Any, told: Told) -> None:
    wire.answers("GET", GOOD)
    wire.answers("GET", GOOD)
    client = gadgets.with_options(hooks=told.hooks)
    await client.with_options(hooks=None).get()
    await gadgets.get()
    assert told.facts == []
