"""Webhooks that are registered by the real operations are sent, and the library's own hooks read what comes."""

from __future__ import annotations

from typing import Any

import pytest

from aioconvo import SmoochClient, SmoochWebhook, SmscxWebhook, SunshineClient, SunshineWebhook
from aioconvo.core.wire.pool import SessionPool
from aioconvo.events import MessageDelivered, MessageReceived, MessageSent, neutral
from aioconvo.events.unknown import UnknownEvent
from aioconvo.sandbox import Sandbox, Unkindness
from aioconvo.sandbox.sending.callbacks import SECRETS
from aioconvo.sunshine import NewIntegration, NewWebhook
from tests.sandbox.receiver import Receiver, receiver
from tests.virtual_time import LoopClock, in_virtual_time

ONE_BY_ONE = Unkindness(connections=1)


def opened(hook: Any, came: Receiver) -> list[Any]:
    deliveries = [hook.open(headers, raw) for headers, raw in zip((headers for headers, _ in came.came), came.raw, strict=True)]
    return [neutral(event) for delivery in deliveries for event in delivery.events]


@in_virtual_time
async def test_sunshine_from_registration_to_removal() -> None:
    async with (
        receiver() as came,
        Sandbox(unkindness=ONE_BY_ONE) as sandbox,
        SessionPool(clock=LoopClock()) as pool,
        SunshineClient(pool=pool, **sandbox.client_options("sunshine")) as client,
    ):
        sandbox.says("sunshine", "user-1", "before")
        triggers = ["conversation:message", "conversation:message:delivery:user"]
        webhook = NewWebhook(target=came.url, triggers=triggers, include_full_user=True)
        made = await client.integrations.create(integration=NewIntegration(type="custom", webhooks=[webhook]))
        assert made.webhooks
        registered = made.webhooks[0]
        assert made.id
        assert registered.id
        assert registered.secret
        sandbox.says("sunshine", "user-1", "between")
        await client.inbox.send_text(sandbox.customers("sunshine")[0].conversation, "answer")
        await sandbox.delivered()
        await client.webhooks.delete(made.id, registered.id)
        sandbox.says("sunshine", "user-1", "after")
        await sandbox.delivered()
        events = opened(SunshineWebhook(secrets=[registered.secret]), came)
        assert [type(event) for event in events] == [MessageReceived, MessageSent, MessageDelivered]
        assert [event.text for event in events[:2]] == ["between", "answer"]
        assert events[2].message_id == events[1].message.id
        assert came.bodies[0]["webhook"]["id"] == registered.id
        assert "profile" in came.events[0]["payload"]["message"]["author"]["user"]
        assert registered.secret == SECRETS["sunshine"]


@in_virtual_time
async def test_smooch_from_registration_to_change() -> None:
    async with (
        receiver() as came,
        Sandbox(unkindness=ONE_BY_ONE) as sandbox,
        SessionPool(clock=LoopClock()) as pool,
        SmoochClient(pool=pool, **sandbox.client_options("smooch")) as client,
    ):
        made = await client.webhooks.create(target=came.url, triggers=["*"], include_client=True)
        sandbox.says("smooch", "user-1", "hello")
        sandbox.types("smooch", "user-1")  # `*` leaves it out
        await sandbox.delivered()
        await client.webhooks.update(made.id, target=came.url, triggers=["typing:appUser"])
        sandbox.says("smooch", "user-1", "not asked for")
        sandbox.types("smooch", "user-1")
        await sandbox.delivered()
        assert [body["trigger"] for body in came.bodies] == ["message:appUser", "typing:appUser"]
        assert "client" in came.bodies[0]
        (message, _) = opened(SmoochWebhook(secrets=[made.secret]), came)
        assert (type(message), message.text) == (MessageReceived, "hello")


@pytest.mark.parametrize(
    ("provider", "hook"),
    [
        ("sunshine", SunshineWebhook(secrets=[SECRETS["sunshine"]])),
        ("smooch", SmoochWebhook(secrets=[SECRETS["smooch"]])),
        ("smscx", SmscxWebhook(tokens=[SECRETS["smscx"]])),
    ],
)
def test_every_sample_is_known_to_the_librarys_own_hook(provider: str, hook: Any) -> None:
    @in_virtual_time
    async def send() -> None:
        async with receiver() as came, Sandbox(callbacks={provider: came.url}, unkindness=ONE_BY_ONE) as sandbox:
            samples = sandbox.providers[provider].changes.samples
            for event in samples:
                sandbox.trigger(provider, event)
            await sandbox.delivered()
            told = {"token": SECRETS["smscx"]} if provider == "smscx" else {}
            deliveries = [hook.open(headers, raw, **told) for (headers, _), raw in zip(came.came, came.raw, strict=True)]
            assert [len(delivery.events) for delivery in deliveries] == [1] * len(samples)
            events = [delivery.events[0] for delivery in deliveries]
            assert len({event.key for event in events}) == len(samples)
            unknown = [name for name, event in zip(samples, events, strict=True) if isinstance(event.native, UnknownEvent)]
            assert unknown == (["passthrough:messaging"] if provider == "sunshine" else [])

    send()
