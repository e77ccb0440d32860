"""What holds for any body at all: it is refused with a status, or each of its events is kept whole and can be brought back."""

from __future__ import annotations

import contextlib
import time
from typing import Any

from aioconvo import SmoochWebhook, SmscxWebhook, SunshineWebhook, WebhookRefusedError, encode, raw_json
from aioconvo.events import Delivery, Event, Incoming, UnknownEvent, neutral
from aioconvo.events.webhook import Webhook
from aioconvo.providers import Provider
from tests.events.requests import SECRET, TOKEN

__all__ = ["check_body", "check_event", "spend", "told"]

_HOOKS: dict[Provider, Webhook] = {
    Provider.SUNSHINE: SunshineWebhook(secrets=[SECRET], account="shop"),
    Provider.SMOOCH: SmoochWebhook(secrets=[SECRET], account="shop"),
    Provider.SMSCX: SmscxWebhook(tokens=[TOKEN], account="shop"),
}


def told(event: Incoming) -> tuple[object, ...]:
    """What an event that is brought back has in common with what came."""
    return event.key, event.lanes, event.occurred_at, event.brief, type(event.native).__name__, raw_json(event.native)


def check_body(provider: Provider, body: bytes) -> tuple[Incoming, ...]:
    """The events of a body, none where it is refused.

    Raises:
        AssertionError: Something of them is lost.
    """
    delivery: Delivery | None = None
    refused: WebhookRefusedError | None = None
    try:
        delivery = _HOOKS[provider].open_unverified(body)
    except WebhookRefusedError as error:
        refused = error
    if delivery is None or refused is not None:
        assert refused is not None
        assert (refused.status in {400, 413}, len(refused.reason) < 200) == (True, True)
        return ()
    for event in delivery.events:
        check_event(provider, event)
    return delivery.events


def check_event(provider: Provider, event: Incoming) -> None:
    """What holds for any event of the account "shop".

    Raises:
        AssertionError: Something of it is lost, or is not brought back.
    """
    module: Any = provider.events
    assert event.key.startswith("shop:")
    assert event.lanes
    assert all(lane.startswith("shop:") for lane in event.lanes)
    raw = raw_json(event.native)
    assert raw
    assert encode(event.native)
    (again,) = module.read("shop", event.raw)
    if not isinstance(event.native, UnknownEvent) or isinstance(
        again.native, UnknownEvent
    ):  # else it was too much for one body
        assert told(again) == told(event)
        assert again.raw == event.raw
    shared = neutral(event)
    assert isinstance(shared, Event)
    assert shared == neutral(event)
    assert all(map(repr, (event, shared, event.native)))


def spend(provider: Provider, body: bytes) -> float:
    """The seconds of CPU that a body takes; the least of three, since other work of the process counts as well."""
    return min(_spent(provider, body) for _ in range(3))


def _spent(provider: Provider, body: bytes) -> float:
    began = time.process_time()
    with contextlib.suppress(WebhookRefusedError):
        _HOOKS[provider].open_unverified(body)
    return time.process_time() - began
