"""Integrations, their webhooks and their keys: what is sent and what comes back."""

from __future__ import annotations

from typing import Any

import pytest

import aioconvo
from aioconvo.sunshine import IntegrationStatus, NewIntegration, NewWebhook, SunshineClient

ALL = "/v2/apps/app1/integrations"
WEBHOOK: dict[str, Any] = {
    "id": "575040549a38df8fb4eb1e51",
    "version": "v2",
    "target": "https://example.org/hooks/canary",
    "triggers": ["conversation:message", "conversation:read"],
    "secret": "canary",
    "includeFullUser": True,
    "includeFullSource": False,
}
OWN: dict[str, Any] = {"id": "582dedf230e788746891281a", "type": "custom", "status": "active", "displayName": "Bot"}


@pytest.fixture
def client(wire: Any) -> SunshineClient:
    return SunshineClient(app_id="app1", key_id="app_key", secret="s3cret", base_url=wire.base_url)


async def test_create_an_integration_of_ones_own(wire: Any, client: SunshineClient) -> None:
    wire.answers("POST", {"integration": OWN | {"webhooks": [WEBHOOK]}}, status=201)
    webhook = NewWebhook(target=WEBHOOK["target"], triggers=WEBHOOK["triggers"], include_full_user=True)
    async with client:
        with aioconvo.capture_responses() as responses:
            made = await client.integrations.create(
                integration=NewIntegration(type="custom", display_name="Bot", webhooks=[webhook])
            )
    assert wire.last.path == ALL
    assert wire.last.json() == {
        "type": "custom",
        "displayName": "Bot",
        "webhooks": [{"target": WEBHOOK["target"], "triggers": WEBHOOK["triggers"], "includeFullUser": True}],
    }
    assert made.status is IntegrationStatus.ACTIVE
    assert made.webhooks is not None
    assert (made.webhooks[0].secret, made.webhooks[0].include_full_source) == ("canary", False)
    assert "canary" not in repr(made) + repr(made.webhooks[0]) + repr(responses) + repr(responses[0].data)


async def test_create_a_channel(wire: Any, client: SunshineClient) -> None:
    wire.answers("POST", {"integration": {"id": "i", "type": "telegram", "username": "shop_bot"}}, status=201)
    async with client:
        made = await client.integrations.create(integration={"type": "telegram", "token": "t"})
    assert wire.last.json() == {"type": "telegram", "token": "t"}
    assert aioconvo.raw_json(made) == b'{"id":"i","type":"telegram","username":"shop_bot"}'


@pytest.mark.parametrize(
    ("integration", "words"),
    [
        (NewIntegration(type="custom"), "exactly one webhook"),
        (
            NewIntegration(type="custom", webhooks=[NewWebhook(target="https://a.example", triggers=[])] * 2),
            "exactly one webhook",
        ),
        (NewIntegration(type="web", display_name=""), "display_name must have 1 to 100 characters"),
        (NewIntegration(type="web", display_name="x" * 101), "display_name must have 1 to 100 characters"),
    ],
)
async def test_integrations_that_the_api_does_not_take(
    wire: Any, client: SunshineClient, integration: NewIntegration, words: str
) -> None:
    async with client:
        with pytest.raises(aioconvo.InvalidRequestError, match=words):
            await client.integrations.create(integration=integration)
    assert wire.sent == []


async def test_get_update_and_delete_an_integration(wire: Any, client: SunshineClient) -> None:
    wire.answers("GET", {"integration": OWN})
    wire.answers("PATCH", {"integration": OWN | {"displayName": None}})
    wire.answers("DELETE", {})
    async with client:
        found = await client.integrations.get(OWN["id"])
        changed = await client.integrations.update(OWN["id"], display_name=None)
        await client.integrations.delete(OWN["id"])
    assert {one.path for one in wire.sent} == {f"{ALL}/{OWN['id']}"}
    assert wire.sent[1].json() == {"displayName": None}
    assert (found.display_name, changed.display_name, found.webhooks) == ("Bot", None, None)


async def test_list_integrations(wire: Any, client: SunshineClient) -> None:
    wire.answers("GET", {"integrations": [OWN], "meta": {"hasMore": True, "afterCursor": OWN["id"]}})
    wire.answers("GET", {"integrations": [{"id": "2", "type": "new-channel"}], "meta": {"hasMore": False}})
    async with client:
        found = await client.integrations.list(types="custom,new-channel", page_size=1).collect()
    assert [one.type for one in found] == ["custom", "new-channel"]
    assert wire.sent[0].query == [("filter[types]", "custom,new-channel"), ("page[size]", "1")]
    assert ("page[after]", OWN["id"]) in wire.sent[1].query


async def test_webhooks(wire: Any, client: SunshineClient) -> None:
    wire.answers("POST", {"webhook": WEBHOOK}, status=201)
    wire.answers("GET", {"webhook": WEBHOOK})
    wire.answers("PATCH", {"webhook": WEBHOOK})
    wire.answers("GET", {"webhooks": [WEBHOOK, WEBHOOK | {"id": "2", "secret": "other"}]})
    wire.answers("DELETE", {})
    async with client:
        made = await client.webhooks.create(
            "i1", target=WEBHOOK["target"], triggers=WEBHOOK["triggers"], include_full_source=False
        )
        found = await client.webhooks.get("i1", WEBHOOK["id"])
        changed = await client.webhooks.update("i1", WEBHOOK["id"], triggers=["conversation:read"])
        listed = await client.webhooks.list("i1")
        await client.webhooks.delete("i1", WEBHOOK["id"])
    one = f"{ALL}/i1/webhooks/{WEBHOOK['id']}"
    assert [sent.path for sent in wire.sent] == [f"{ALL}/i1/webhooks", one, one, f"{ALL}/i1/webhooks", one]
    assert wire.sent[0].json() == {
        "target": WEBHOOK["target"],
        "triggers": WEBHOOK["triggers"],
        "includeFullSource": False,
    }
    assert wire.sent[2].json() == {"triggers": ["conversation:read"]}
    assert made == found == changed == listed[0]
    assert [one.secret for one in listed] == ["canary", "other"]
    assert not listed.has_more


async def test_a_webhook_that_may_have_been_made_is_not_made_again(wire: Any, client: SunshineClient) -> None:
    wire.answers("POST", {}, status=502)
    async with client:
        with pytest.raises(aioconvo.MaybeSentError):
            await client.webhooks.create("i1", target="https://a.example", triggers=[])
    assert len(wire.sent) == 1


async def test_keys(wire: Any, client: SunshineClient) -> None:
    key = {"id": "int_5", "displayName": "bot", "secret": "canary"}
    wire.answers("POST", {"key": key}, status=201)
    wire.answers("GET", {"key": key | {"secret": None}})
    wire.answers("GET", {"keys": [key]})
    wire.answers("DELETE", {})
    async with client:
        made = await client.integration_keys.create("i1", display_name="bot")
        found = await client.integration_keys.get("i1", "int_5")
        listed = await client.integration_keys.list("i1").collect()
        await client.integration_keys.delete("i1", "int_5")
    paths = [f"{ALL}/i1/keys", f"{ALL}/i1/keys/int_5", f"{ALL}/i1/keys", f"{ALL}/i1/keys/int_5"]
    assert [sent.path for sent in wire.sent] == paths
    assert wire.sent[0].json() == {"displayName": "bot"}
    assert (made.secret, found.secret, listed[0].display_name) == ("canary", None, "bot")
    assert "canary" not in repr(made)
