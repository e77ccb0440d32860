"""Webhooks of Smooch: what is sent and what comes back."""

from __future__ import annotations

from typing import Any

import pytest

from aioconvo.smooch import SmoochClient

ALL = "/v1.1/apps/app1/webhooks"
WEBHOOK: dict[str, Any] = {
    "_id": "5698edbf2a43bd081be982f1",
    "version": "v1.1",
    "target": "https://example.org/hooks",
    "triggers": ["message:appUser"],
    "secret": "canary",
    "includeClient": True,
    "includeFullAppUser": False,
}


@pytest.fixture
def client(wire: Any) -> SmoochClient:
    return SmoochClient(app_id="app1", key_id="app_key", secret="s3cret", base_url=wire.base_url)


async def test_webhooks(wire: Any, client: SmoochClient) -> None:
    wire.answers("POST", {"webhook": WEBHOOK}, status=201)
    wire.answers("GET", {"webhook": WEBHOOK})
    wire.answers("PUT", {"webhook": WEBHOOK})
    wire.answers("GET", {"webhooks": [WEBHOOK]})
    wire.answers("DELETE", {})
    async with client:
        made = await client.webhooks.create(target=WEBHOOK["target"], triggers=["message:appUser"], include_client=True)
        found = await client.webhooks.get(WEBHOOK["_id"])
        changed = await client.webhooks.update(WEBHOOK["_id"], target="https://example.org/new", include_full_app_user=False)
        listed = await client.webhooks.list().collect()
        await client.webhooks.delete(WEBHOOK["_id"])
    one = f"{ALL}/{WEBHOOK['_id']}"
    assert [sent.path for sent in wire.sent] == [ALL, one, one, ALL, one]
    assert wire.sent[0].json() == {"target": WEBHOOK["target"], "triggers": ["message:appUser"], "includeClient": True}
    assert wire.sent[2].json() == {"target": "https://example.org/new", "includeFullAppUser": False}
    assert [made] == [found] == [changed] == listed
    assert (made.id, made.secret, made.version, made.include_client) == (WEBHOOK["_id"], "canary", "v1.1", True)
    assert "canary" not in repr(made)


async def test_the_least_webhook(wire: Any, client: SmoochClient) -> None:
    wire.answers("POST", {"webhook": WEBHOOK}, status=201)
    async with client:
        await client.webhooks.create(target="https://example.org")
    assert wire.last.json() == {"target": "https://example.org"}
