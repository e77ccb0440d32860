"""Every payload that is known: nothing of it is lost, and each of its events can be brought back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aioconvo import encode, raw_json
from aioconvo.events import Event, Incoming, neutral
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
