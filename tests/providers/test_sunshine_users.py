"""Users of Sunshine Conversations: what is sent and what comes back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from msgspec import UNSET

import aioconvo
from aioconvo.sunshine import Profile, SunshineClient

ALL = "/v2/apps/app1/users"
ADA: dict[str, Any] = {
    "id": "7494535bff5cef41a15be74d",
    "externalId": "ada/1",
    "authenticated": True,
    "signedUpAt": "2019-01-14T18:55:12.515Z",
    "profile": {"givenName": "Ada", "surname": "Byron", "email": "ada@example.org", "locale": "en-CA"},
    "metadata": {"lang": "en-ca"},
    "identities": [{"type": "email", "value": "ada@example.com", "verification": "verified"}],
}


@pytest.fixture
def client(wire: Any) -> SunshineClient:
    return SunshineClient(app_id="app1", key_id="app_key", secret="s3cret", base_url=wire.base_url)


async def test_create_a_user(wire: Any, client: SunshineClient) -> None:
    wire.answers("POST", {"user": ADA}, status=201)
    async with client:
        made = await client.users.create(
            external_id="ada/1",
            brand_id=None,
            signed_up_at=dt.datetime(2019, 1, 14, 18, 55, 12, tzinfo=dt.UTC),
            to_be_retained=True,
            profile=Profile(given_name="Ada", locale=None),
            metadata={"lang": "en-ca"},
        )
    assert wire.last.path == ALL
    assert wire.last.json() == {
        "externalId": "ada/1",
        "brandId": None,
        "signedUpAt": "2019-01-14T18:55:12Z",
        "toBeRetained": True,
        "profile": {"givenName": "Ada", "locale": None},
        "metadata": {"lang": "en-ca"},
    }
    assert made.profile is not None
    assert made.identities is not None
    assert (made.profile.given_name, made.profile.avatar_url) == ("Ada", UNSET)
    assert made.identities[0].verification == "verified"
    assert made.signed_up_at == dt.datetime(2019, 1, 14, 18, 55, 12, 515000, tzinfo=dt.UTC)
    assert not any(text in repr(made) + repr(made.profile) for text in ("Byron", "example.org"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"external_id": ""}, "external_id must have 1 to 1024 characters; got 0"),
        ({"brand_id": "x" * 25}, "brand_id must have 1 to 24 characters; got 25"),
        ({"signed_up_at": dt.datetime(2026, 1, 1)}, "signed_up_at must be a datetime with a time zone"),  # noqa: DTZ001
        ({"profile": Profile(given_name="x" * 129)}, "profile.given_name must have 1 to 128 characters; got 129"),
        ({"profile": Profile(surname="")}, "profile.surname must have 1 to 128"),
        ({"profile": Profile(email="x" * 129)}, "profile.email must have 1 to 128"),
        ({"profile": Profile(locale="x" * 65)}, "profile.locale must have 1 to 64"),
        ({"profile": Profile(avatar_url="x" * 2049)}, "profile.avatar_url must have 1 to 2048"),
    ],
)
async def test_what_is_too_long_is_not_sent(wire: Any, client: SunshineClient, arguments: dict[str, Any], words: str) -> None:
    async with client:
        with pytest.raises(aioconvo.InvalidRequestError, match=words):
            await client.users.create(**arguments)
    assert wire.sent == []


async def test_a_user_is_named_by_either_id(wire: Any, client: SunshineClient) -> None:
    wire.answers("GET", {"user": ADA})
    wire.answers("GET", {"user": ADA})
    async with client:
        by_own = await client.users.get(ADA["id"])
        by_external = await client.users.get("ada/1", brand_id="b1")
    assert by_own == by_external
    assert wire.sent[0].path == f"{ALL}/{ADA['id']}"
    assert wire.sent[1].path == f"{ALL}/ada%2F1"
    assert wire.sent[1].query == [("brandId", "b1")]


async def test_update_and_delete_a_user(wire: Any, client: SunshineClient) -> None:
    wire.answers("PATCH", {"user": ADA})
    wire.answers("DELETE", {"user": ADA})
    wire.answers("DELETE", {})
    async with client:
        await client.users.update("ada/1", brand_id="b1", profile=Profile(surname=None), metadata=None)
        left = await client.users.delete_personal_information(ADA["id"])
        await client.users.delete(ADA["id"])
    assert wire.sent[0].query == [("brandId", "b1")]
    assert wire.sent[0].json() == {"profile": {"surname": None}, "metadata": None}
    assert left.id == ADA["id"]
    assert [one.path for one in wire.sent[1:]] == [f"{ALL}/{ADA['id']}/personalinformation", f"{ALL}/{ADA['id']}"]


async def test_list_users_by_email(wire: Any, client: SunshineClient) -> None:
    wire.answers("GET", {"users": [ADA, ADA | {"id": "2"}]})
    async with client:
        found = await client.users.list(email="ada@example.com")
    assert wire.last.query == [("filter[identities.email]", "ada@example.com")]
    assert [one.id for one in found] == [ADA["id"], "2"]
    assert not found.has_more


async def test_sync_and_merge(wire: Any, client: SunshineClient) -> None:
    wire.answers("POST", {"user": ADA | {"zendeskId": "9"}})
    wire.answers("POST", {"user": ADA | {"zendeskId": "8"}})
    wire.answers("POST", {}, status=502)
    async with client:
        await client.users.sync("9")
        assert (await client.users.sync("9", surviving_zendesk_id="8")).zendesk_id == "8"
        with pytest.raises(aioconvo.MaybeSentError):
            await client.users.sync("9", surviving_zendesk_id="8")
    assert [one.body for one in wire.sent] == [b"", b'{"survivingZendeskId":"8"}', b'{"survivingZendeskId":"8"}']
    assert {one.path for one in wire.sent} == {f"{ALL}/9/sync"}
