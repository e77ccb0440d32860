"""The administration of Convore: what is sent and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

import aioconvo
from aioconvo.convore import ApiKey, ConvoreClient, Organization, SystemRole, User

KEY: dict[str, Any] = {
    "id": "key_1",
    "name": "shop",
    "organization_id": "org_1",
    "publishable_key": "pk_1",
    "secret_key_display": "sk_...9",
    "disabled": False,
    "hide_secret_key": True,
    "secret_key": "sk_live_9",
}
SHOP: dict[str, Any] = {"id": "org_1", "name": "Shop"}
ADA: dict[str, Any] = {
    "id": "user_1",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "name": "Ada Lovelace",
    "email": "ada@example.org",
    "organization_ids": ["org_1"],
    "system_role": "super_admin",
}
CALLS: list[tuple[Callable[[Any], Any], str, Any, Any, Any]] = [
    (lambda a: a.api_keys.create(name="shop"), "POST /admin/api_keys", {"name": "shop"}, KEY, ApiKey),
    (lambda a: a.api_keys.create(), "POST /admin/api_keys", {}, KEY, ApiKey),
    (lambda a: a.api_keys.update("key_1", disabled=True), "PATCH /admin/api_keys/key_1", {"disabled": True}, KEY, ApiKey),
    (
        lambda a: a.api_keys.update("key_1", name="till", hide_secret_key=False),
        "PATCH /admin/api_keys/key_1",
        {"name": "till", "hide_secret_key": False},
        KEY,
        ApiKey,
    ),
    (
        lambda a: a.organizations.create(name="Shop", owner_user_id="user_1"),
        "POST /admin/organizations",
        {"name": "Shop", "owner_user_id": "user_1"},
        SHOP,
        Organization,
    ),
    (lambda a: a.users.get_current(), "GET /admin/users/me", None, ADA, User),
    (lambda a: a.users.get("user_1"), "GET /admin/users/user_1", None, ADA, User),
]


@pytest.fixture
def client(wire: Any) -> ConvoreClient:
    return ConvoreClient(api_key="k", base_url=wire.base_url)


@pytest.mark.parametrize(("call", "line", "body", "answer", "kind"), CALLS)
async def test_what_is_sent_and_what_comes(
    wire: Any, client: ConvoreClient, call: Any, line: str, body: Any, answer: Any, kind: Any
) -> None:
    wire.answers(line.partition(" ")[0], answer)
    async with client:
        came = await call(client.admin)
    (sent,) = wire.sent
    assert (f"{sent.method} {sent.path}", sent.query) == (line, [])
    assert (sent.json() if sent.body else None) == body
    assert type(came) is kind
    assert came == msgspec.convert(answer, kind)


async def test_keys_come_in_pages(wire: Any, client: ConvoreClient) -> None:
    wire.answers("GET", {"data": [KEY], "next_cursor": "c2", "total_count": 2})
    wire.answers("GET", {"data": [KEY | {"id": "key_2"}], "next_cursor": None})
    async with client:
        keys = await client.admin.api_keys.list(page_size=1).collect()
    assert [one.id for one in keys] == ["key_1", "key_2"]
    assert [(one.path, one.query) for one in wire.sent] == [
        ("/admin/api_keys", [("limit", "1")]),
        ("/admin/api_keys", [("cursor", "c2"), ("limit", "1")]),
    ]


async def test_organizations_come_as_a_bare_list(wire: Any, client: ConvoreClient) -> None:
    wire.answers("GET", [SHOP, {"id": "org_2", "name": "Till", "city": "Bath"}])
    async with client:
        page = await client.admin.organizations.list()
    assert [(one.id, one.name) for one in page.items] == [("org_1", "Shop"), ("org_2", "Till")]
    assert aioconvo.raw_json(page.items[1]) == b'{"id":"org_2","name":"Till","city":"Bath"}'
    assert (wire.sent[0].path, page.has_more) == ("/admin/organizations", False)


async def test_a_secret_key_is_in_no_repr(wire: Any, client: ConvoreClient) -> None:
    wire.answers("POST", KEY)
    wire.answers("GET", ADA)
    async with client:
        key = await client.admin.api_keys.create(name="shop")
        user = await client.admin.users.get_current()
    assert key.secret_key == "sk_live_9"
    assert "sk_" not in repr(key)
    assert user.system_role is SystemRole.SUPER_ADMIN
    assert "Ada" not in repr(user)
    assert "example.org" not in repr(user)
