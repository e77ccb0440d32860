"""Operations of Sunshine Conversations: what is sent, and what is made of what comes."""

from __future__ import annotations

import traceback
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

import aioconvo
from aioconvo.sunshine import AppSettings, InteractiveDataRef, MetaConversion, MetaConversionPayload, SunshineClient
from tests.providers.sunshine_rows import DOWNLOAD, REF, ROWS

OAUTH: Any = {"client_id": "partner", "client_secret": "s3cret"}


@pytest.fixture
def client(wire: Any) -> SunshineClient:
    return SunshineClient(app_id="app1", key_id="app_key", secret="s3cret", base_url=wire.base_url, max_retries=0, **OAUTH)


@pytest.mark.parametrize("name", ROWS)
async def test_what_is_sent_and_what_comes(wire: Any, client: SunshineClient, name: str) -> None:
    async with client:
        await ROWS[name].check(wire, client)
    assert ("authorization" in wire.last.headers) == (name != "oauth.get_token")


async def test_apps_are_walked_by_their_cursors(wire: Any, client: SunshineClient) -> None:
    wire.answers("GET", {"apps": [{"id": "1"}], "meta": {"hasMore": True, "afterCursor": "1"}})
    wire.answers("GET", {"apps": [{"id": "2"}], "meta": {"hasMore": False}})
    async with client:
        assert [one.id for one in await client.apps.list().collect()] == ["1", "2"]
    assert wire.last.query == [("page[after]", "1")]


async def test_a_reference_is_answered_with_any_json(wire: Any, client: SunshineClient) -> None:
    async with client:
        assert await DOWNLOAD.check(wire, client) == DOWNLOAD.answer
        wire.answers("POST", {"errors": [{"code": "conversation_not_found", "title": "Conversation not found"}]})
        with pytest.raises(aioconvo.NotFoundError):
            await DOWNLOAD.call(client)
        wire.answers("POST", body=b"<html>")
        with pytest.raises(aioconvo.ResponseDecodeError):
            await DOWNLOAD.call(client)


async def test_what_breaks_a_rule_is_not_sent(wire: Any, client: SunshineClient) -> None:
    sold = MetaConversion(payload=MetaConversionPayload(data=[]))
    calls: list[tuple[Any, str]] = [
        (lambda: client.apps.create(display_name=""), "display_name"),
        (lambda: client.app_keys.create("a", display_name="x" * 101), "100 characters"),
        (lambda: client.apps.update("a", settings=AppSettings(conversation_retention_seconds=-1)), "0 or more"),
        (lambda: client.conversations.post_conversion_events("c"), "exactly one of messenger"),
        (lambda: client.conversations.post_conversion_events("c", messenger=sold, instagram=sold), "exactly one of"),
        (lambda: client.oauth.get_token(code=""), "code is empty"),
    ]
    async with client:
        for call, words in calls:
            with pytest.raises(aioconvo.InvalidRequestError, match=words):
                await call()
    assert wire.sent == []


async def test_the_address_of_a_consent_is_made_without_a_call(wire: Any) -> None:
    async with SunshineClient(**OAUTH, base_url=wire.base_url) as client:
        url = client.oauth.authorize_url(state="a b&c", redirect_uri="https://shop.example/back?x=1")
        assert wire.sent == []
        wire.answers("GET")
        async with aiohttp.ClientSession() as browser:
            await browser.get(url)
        assert wire.last.path == "/oauth/authorize"
        assert sorted(wire.last.query) == [
            ("client_id", "partner"),
            ("redirect_uri", "https://shop.example/back?x=1"),
            ("response_type", "code"),
            ("state", "a b&c"),
        ]
        assert urlsplit(client.oauth.authorize_url()).query == "client_id=partner&response_type=code"
        assert "s3cret" not in url


def test_a_client_without_an_app_speaks_to_the_host_of_oauth() -> None:
    usual = {"key_id": "app_1", "secret": "s3cret"}
    for given, host in (
        (OAUTH, "https://oauth-bridge.zendesk.com/sc"),
        ({"token": "t0ken"}, "https://oauth-bridge.zendesk.com/sc"),
        (OAUTH | {"region": "eu"}, "https://api.eu-1.smooch.io"),
        ({"token": "t0ken", "subdomain": "acme"}, "https://acme.zendesk.com/sc"),
        (usual, "https://api.smooch.io"),
        (usual | OAUTH | {"app_id": "a"}, "https://api.smooch.io"),
    ):
        client: Any = SunshineClient(**given)
        assert client.base_url == host
        assert "s3cret" not in f"{client!r}{client._oauth_client!r}"
    assert SunshineClient.from_env(environ={f"AIOCONVO_SUNSHINE_{k.upper()}": v for k, v in OAUTH.items()}).account is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "app_id is missing"),
        ({"app_id": "a"}, "key_id and secret are missing"),
        ({"client_id": "a"}, "client_secret is missing"),
        ({"client_secret": "a"}, "client_id is missing"),
        ({"client_id": "a", "client_secret": "b", "key_id": "c"}, "secret"),
        ({"app_id": " ", "token": "t"}, "app_id is missing"),
    ],
)
def test_what_a_client_lacks_is_told(given: dict[str, str], words: str) -> None:
    with pytest.raises(aioconvo.ConfigurationError, match=words):
        SunshineClient(**given)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] -- settings of all kinds


async def test_what_needs_an_app_says_so(wire: Any) -> None:
    async with SunshineClient(key_id="act_1", secret="s3cret", base_url=wire.base_url) as client:
        with pytest.raises(aioconvo.ConfigurationError, match="app_id is missing: make the client with app_id="):
            await client.users.get("ada")
        with pytest.raises(aioconvo.ConfigurationError, match="app_id is missing"):
            client.conversations.list(user_id="ada")
        with pytest.raises(aioconvo.ConfigurationError, match="made with client_id and client_secret"):
            await client.oauth.get_token(code="c0de")
        wire.answers("DELETE", {})
        await client.apps.delete("a")
    assert [one.path for one in wire.sent] == ["/v2/apps/a"]


async def test_no_frame_of_an_error_shows_a_code_or_secret(wire: Any, client: SunshineClient) -> None:
    wire.answers("POST", {"error": "invalid_grant"}, status=400)
    async with client:
        with pytest.raises(aioconvo.BadRequestError) as caught:
            await client.oauth.get_token(code="kanari")
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame for frame in told.stack if "/tests/" not in frame.filename]
    assert ours
    assert not [frame.name for frame in ours if "kanari" in repr(frame.locals) or "s3cret" in repr(frame.locals)]


async def test_no_secret_shows(wire: Any, client: SunshineClient) -> None:
    async with client:
        for name in ("app_keys.get", "oauth.get_token"):
            came = await ROWS[name].check(wire, client)
            assert "s3cret" not in f"{came!r}{came}"
            assert "redacted" not in f"{came!r}{came}"
    assert REF["key"] not in repr(InteractiveDataRef(**REF))
