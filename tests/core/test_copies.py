"""Copies with other options: cheap, equal in all else, and gone as soon as nobody holds them."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import aioconvo
from aioconvo.core.calls.client import APIClient
from tests.core.conftest import GadgetClient

CLIENTS: dict[str, Callable[[], APIClient]] = {
    "smscx": lambda: aioconvo.SmscxClient(application_id="a", application_secret="s"),
    "sunshine": lambda: aioconvo.SunshineClient(app_id="a", key_id="k", secret="s", auth="jwt"),
    "smooch": lambda: aioconvo.SmoochClient(app_id="a", key_id="k", secret="s"),
    "convore": lambda: aioconvo.ConvoreClient(api_key="k"),
    "ultracart": lambda: aioconvo.UltraCartClient(client_id="a", refresh_token="r"),
}


@pytest.fixture
def _no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_no_collector")
@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_and_its_copies_are_no_cycles(name: str) -> None:
    client = CLIENTS[name]()
    copied: Any = client.with_options(timeout=1.0, hooks=aioconvo.Hooks(), headers={"X-A": "1"}, max_retries=1)
    kept = weakref.ref(copied)
    for part in ("conversations", "messages", "inbox", "participants", "agents", "queues", "oauth"):
        getattr(copied, part, None)
    del copied
    assert kept() is None
    whole = weakref.ref(client)
    del client
    assert whole() is None


@pytest.mark.usefixtures("_no_collector")
async def test_a_copy_that_made_a_call_is_gone_with_it(wire: Any, gadgets: GadgetClient) -> None:
    wire.answers("GET", {"id": "7"})
    wire.answers("GET", {}, status=404)
    wire.answers("GET", {"ids": ["1"]})
    copied = gadgets.with_options(timeout=1.0)
    kept = weakref.ref(copied)
    await copied.get()
    with pytest.raises(aioconvo.NotFoundError):
        await copied.get()
    assert await copied.list().collect() == ["1"]
    del copied
    assert kept() is None


@pytest.mark.parametrize("name", CLIENTS)
def test_resources_of_a_copy_send_with_its_options(name: str) -> None:
    client: Any = CLIENTS[name]()
    copied: Any = client.with_options(timeout=1.0)
    assert type(copied) is type(client)
    assert copied.conversations._client is copied
    assert client.conversations._client is client


async def test_what_was_made_ready_for_requests_stays(gadgets: GadgetClient) -> None:
    state = await gadgets.pool.state()
    entrance = gadgets._entrance(state)
    same = gadgets.with_options(timeout=1.0, lane="other", max_retries=0, deadline=3.0)
    assert same._destination is gadgets._destination
    assert same._observer is gadgets._observer
    assert same._turnstile == {state: entrance}
    assert gadgets.with_options()._entrance(state) is entrance
    other = gadgets.with_options(limits=aioconvo.Limits(concurrency=1), headers={"X-A": "1"}, hooks=aioconvo.Hooks())
    assert other._destination is not gadgets._destination
    assert other._observer is not gadgets._observer
    assert other._turnstile == {}
    assert gadgets._turnstile == {state: entrance}


async def test_an_option_stays_until_it_is_given_again(gadgets: GadgetClient) -> None:
    first = gadgets.with_options(timeout=1.0, deadline=2.0, max_retries=5, limits=aioconvo.Limits(concurrency=3))
    then = first.with_options(timeout=None, lane="other")
    portable: Any = then.portable_options
    assert (portable["timeout"], portable["deadline"], portable["retry"].max_retries) == (None, 2.0, 5)
    assert portable["limits"] == aioconvo.Limits(concurrency=3)
    await then.aclose()
    assert not gadgets.pool.closed


async def test_a_copy_that_enters_first_has_entered_for_all(gadgets: GadgetClient) -> None:
    state = await gadgets.pool.state()
    entrance = gadgets.with_options(timeout=1.0)._entrance(state)
    assert gadgets._turnstile == {state: entrance}
