"""Webhooks of the emulated APIs, through the clients' own operations: what was made is listed, changed, gone; the rules."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import aioconvo
from aioconvo import SmoochClient, SunshineClient
from aioconvo.sandbox import Sandbox
from aioconvo.sandbox.webhooks import secret_of
from aioconvo.sunshine import NewIntegration, NewWebhook

TARGET = "https://example.org/hook"
MESSAGES = ["conversation:message"]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(conversations=1, messages=1) as running:
        yield running


@pytest.fixture
async def sunshine(sandbox: Sandbox) -> AsyncIterator[SunshineClient]:
    async with SunshineClient(**sandbox.client_options("sunshine")) as client:
        yield client


@pytest.fixture
async def smooch(sandbox: Sandbox) -> AsyncIterator[SmoochClient]:
    async with SmoochClient(**sandbox.client_options("smooch")) as client:
        yield client


async def own(sunshine: SunshineClient, target: str = TARGET) -> str:
    webhook = NewWebhook(target=target, triggers=MESSAGES)
    made = await sunshine.integrations.create(integration=NewIntegration(type="custom", webhooks=[webhook]))
    return str(made.id)


async def test_integrations_of_sunshine(sandbox: Sandbox, sunshine: SunshineClient) -> None:
    assert [one.type async for one in sunshine.integrations.list()] == ["web", "whatsapp"]
    first, second = await own(sunshine), await own(sunshine)
    assert [one.id async for one in sunshine.integrations.list(types="custom,line", page_size=1)] == [first, second]
    found = await sunshine.integrations.update(first, display_name="Bot")
    assert found == await sunshine.integrations.get(first)
    assert (found.display_name, found.status) == ("Bot", "active")
    assert found.webhooks is not None
    assert found.webhooks[0].secret == secret_of("sunshine", 1)
    (listed,) = await sunshine.webhooks.list(second)
    assert listed.secret == secret_of("sunshine", 2) != secret_of("sunshine", 1)
    await sunshine.integrations.delete(first)
    with pytest.raises(aioconvo.NotFoundError):
        await sunshine.integrations.get(first)
    assert [one.integration for one in sandbox.providers["sunshine"].callbacks] == [second]


async def test_webhooks_of_sunshine(sandbox: Sandbox, sunshine: SunshineClient) -> None:
    webhooks = sandbox.providers["sunshine"].callbacks
    integration = await own(sunshine)
    (first,) = webhooks
    assert (first.target, first.triggers, first.full_user) == (TARGET, tuple(MESSAGES), False)
    changed = await sunshine.webhooks.update(integration, first.id, target=f"{TARGET}/2", include_full_user=True)
    assert changed == await sunshine.webhooks.get(integration, first.id)
    (kept,) = (one for one in webhooks if one.wants("conversation:message"))
    assert (kept.target, kept.triggers, kept.secret, kept.full_user) == (f"{TARGET}/2", first.triggers, first.secret, True)
    assert not any(one.wants("conversation:read") for one in webhooks)
    with pytest.raises(aioconvo.BadRequestError, match="exactly one webhook"):
        await sunshine.webhooks.create(integration, target=TARGET, triggers=MESSAGES)
    await sunshine.webhooks.delete(integration, first.id)
    with pytest.raises(aioconvo.NotFoundError):
        await sunshine.webhooks.delete(integration, first.id)
    made = await sunshine.webhooks.create(integration, target=TARGET, triggers=[], include_full_source=True)
    assert made.secret != first.secret
    assert (await sunshine.webhooks.list(integration)).items == [made]


async def test_what_sunshine_refuses(sunshine: SunshineClient) -> None:
    web = [one.id async for one in sunshine.integrations.list(types="web")]
    with pytest.raises(aioconvo.PermissionDeniedError, match="web"):
        await sunshine.webhooks.create(str(web[0]), target=TARGET, triggers=MESSAGES)
    with pytest.raises(aioconvo.PermissionDeniedError):
        await sunshine.integration_keys.create(str(web[0]), display_name="bot")
    mine, others = await own(sunshine), await own(sunshine)
    (webhook,) = await sunshine.webhooks.list(others)
    with pytest.raises(aioconvo.NotFoundError):
        await sunshine.webhooks.get(mine, str(webhook.id))
    with pytest.raises(aioconvo.BadRequestError, match="no trigger"):
        await sunshine.webhooks.update(others, str(webhook.id), triggers=["message:appUser"])
    with pytest.raises(aioconvo.BadRequestError, match="exactly one webhook"):
        await sunshine.integrations.create(integration={"type": "custom"})
    with pytest.raises(aioconvo.BadRequestError, match="fax"):
        await sunshine.integrations.create(integration=NewIntegration(type="fax"))
    for _ in range(8):
        await own(sunshine)
    before = len(await sunshine.integrations.list().collect())
    with pytest.raises(aioconvo.BadRequestError, match="10 webhooks"):
        await own(sunshine)
    assert len(await sunshine.integrations.list().collect()) == before


async def test_keys_of_sunshine(sunshine: SunshineClient) -> None:
    integration = await own(sunshine)
    one = await sunshine.integration_keys.create(integration, display_name="one")
    two = await sunshine.integration_keys.create(integration, display_name="two")
    assert one.secret != two.secret
    assert (await sunshine.integration_keys.list(integration)).items == [one, two]
    await sunshine.integration_keys.delete(integration, str(one.id))
    assert await sunshine.integration_keys.get(integration, str(two.id)) == two
    with pytest.raises(aioconvo.NotFoundError):
        await sunshine.integration_keys.get(integration, str(one.id))


async def test_webhooks_of_smooch(sandbox: Sandbox, smooch: SmoochClient) -> None:
    webhooks = sandbox.providers["smooch"].callbacks
    first = await smooch.webhooks.create(target=TARGET)
    second = await smooch.webhooks.create(target=TARGET, triggers=["*"], include_client=True, include_full_app_user=True)
    assert (first.triggers, first.secret) == (["message:appUser"], secret_of("smooch", 1))
    assert await smooch.webhooks.list().collect() == [first, second]
    assert [one.id for one in webhooks if one.wants("postback")] == [second.id]
    changed = await smooch.webhooks.update(first.id, triggers=["postback"])
    assert (changed.triggers, changed.target, changed.secret) == (["postback"], TARGET, first.secret)
    assert [(one.id, one.full_source, one.full_user) for one in webhooks if one.wants("postback")] == [
        (first.id, False, False),
        (second.id, True, True),
    ]
    await smooch.webhooks.delete(first.id)
    with pytest.raises(aioconvo.NotFoundError):
        await smooch.webhooks.get(first.id)
    with pytest.raises(aioconvo.BadRequestError, match="no trigger"):
        await smooch.webhooks.update(second.id, triggers=["Message:appUser"])
    for _ in range(9):
        await smooch.webhooks.create(target=TARGET)
    with pytest.raises(aioconvo.BadRequestError, match="10 webhooks"):
        await smooch.webhooks.create(target=TARGET)
