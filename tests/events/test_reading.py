"""Every payload that is known: nothing of it is lost, and each of its events can be brought back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from aioconvo import encode, raw_json
from aioconvo.events import Event, Incoming, neutral
from aioconvo.providers import Provider
from tests.campaign import examples
from tests.events.payloads import Payload, payloads

LISTS = ("messages", "postbacks", "payments")


def _natives(payload: Payload) -> list[Any]:
    """The JSON of each event in a body: a part of it, or the body with one item of its list alone."""
    body = json.loads(payload.raw)
    if payload.provider == "sunshine":
        return list(body["events"])
    if payload.provider == "smscx":
        return body["data"] if isinstance(body["data"], list) else [body["data"]]
    several = next((name for name in LISTS if len(body.get(name, ())) > 1), None)
    return [body] if several is None else [body | {several: [item]} for item in body[several]]


def _told(event: Incoming) -> tuple[object, ...]:
    return event.key, event.lanes, event.occurred_at, event.brief, type(event.native), raw_json(event.native)


@pytest.mark.parametrize("payload", payloads(), ids=lambda payload: payload.name)
def test_what_came_goes_out_as_it_came(payload: Payload) -> None:
    events = payload.provider.events.read("shop", payload.raw)
    assert [json.loads(raw_json(event.native) or b"") for event in events] == _natives(payload)
    assert [json.loads(encode(event.native)) for event in events] == _natives(payload)


@pytest.mark.parametrize("payload", payloads(), ids=lambda payload: payload.name)
def test_an_event_is_brought_back_from_its_own_json(payload: Payload) -> None:
    for event in payload.provider.events.read("shop", payload.raw):
        (again,) = payload.provider.events.read("shop", event.raw)
        assert _told(again) == _told(event)
        assert again.raw == event.raw
        assert neutral(again) == neutral(event)


@pytest.mark.parametrize("payload", payloads(), ids=lambda payload: payload.name)
def test_keys_and_lanes_begin_with_the_account_and_a_neutral_event_tells_the_same(payload: Payload) -> None:
    for event in payload.provider.events.read("shop", payload.raw):
        assert event.key.startswith("shop:")
        assert event.lanes
        assert all(lane.startswith("shop:") for lane in event.lanes)
        shared = neutral(event)
        assert isinstance(shared, Event)
        assert (shared.provider, shared.account, shared.key, shared.native) == (
            payload.provider,
            "shop",
            event.key,
            event.native,
        )
        assert shared.occurred_at == event.occurred_at
        assert event.occurred_at is None or event.occurred_at.utcoffset() is not None


ACCOUNTS = st.from_regex(r"[A-Za-z0-9_.-]{1,20}", fullmatch=True)
EVENTS = [event for one in payloads() if one.provider == "sunshine" for event in json.loads(one.raw)["events"]]
CALLBACKS = [json.loads(one.raw) for one in payloads() if one.provider == "smscx"]
ITEMS = [(one["event"], item) for one in CALLBACKS if isinstance(one["data"], list) for item in one["data"]]
MESSAGES = [one["messages"] for body in payloads() if body.provider == "smooch" if "messages" in (one := json.loads(body.raw))]


@st.composite
def _deliveries(draw: st.DrawFn) -> tuple[Provider, bytes]:
    """Known events in any number and order, spaced in any way, beside members that nobody knows."""
    match draw(st.sampled_from(["sunshine", "smscx", "smooch"])):
        case "sunshine":
            body: dict[str, Any] = {"webhook": {"id": "w1"}, "events": draw(st.lists(st.sampled_from(EVENTS), max_size=5))}
        case "smscx":
            event = draw(st.sampled_from(sorted({name for name, _ in ITEMS})))
            own = [item for name, item in ITEMS if name == event]
            body = {"event": event, "data": draw(st.lists(st.sampled_from(own), max_size=5))}
        case _:
            messages = draw(st.lists(st.sampled_from(MESSAGES).map(lambda several: several[0]), min_size=1, max_size=5))
            body = {"trigger": draw(st.sampled_from(["message:appUser", "message:appMaker"])), "messages": messages}
    provider = Provider.SUNSHINE if "webhook" in body else Provider.SMSCX if "event" in body else Provider.SMOOCH
    body |= draw(st.dictionaries(st.text(min_size=1).map("x".__add__), st.text() | st.integers(0, 9), max_size=2))
    text = json.dumps(body, indent=draw(st.none() | st.integers(0, 3)), ensure_ascii=draw(st.booleans()))
    return provider, text.encode("utf-8", "surrogatepass")


@settings(max_examples=examples(500), deadline=None)
@given(ACCOUNTS, _deliveries())
def test_each_event_of_any_delivery_is_brought_back_alone(account: str, delivery: tuple[Provider, bytes]) -> None:
    provider, raw = delivery
    events = provider.events.read(account, raw)
    body = json.loads(raw)
    assert len(events) == max(len(body[name]) for name in ("events", "data", "messages") if name in body)
    for event in events:
        (again,) = provider.events.read(account, event.raw)
        assert _told(again) == _told(event)
        assert (event.account, event.key.startswith(f"{account}:")) == (account, True)
        assert json.loads(event.raw).keys() == body.keys()
