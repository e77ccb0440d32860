"""The Smooch client itself: hosts, credentials, settings, error words."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

import aioconvo
from aioconvo.smooch import Role, SmoochClient, TextMessage


@pytest.fixture
def client(wire: Any) -> SmoochClient:
    return SmoochClient(app_id="app1", key_id="app_key", secret="s3cret", base_url=wire.base_url)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "bad_request", aioconvo.BadRequestError),
        (401, "unauthorized", aioconvo.AuthenticationError),
        (402, "payment_required", aioconvo.PaymentRequiredError),
        (403, "forbidden", aioconvo.PermissionDeniedError),
        (404, "user_not_found", aioconvo.NotFoundError),
        (409, "conflict", aioconvo.ConflictError),
        (413, "request_entity_too_large", aioconvo.RequestTooLargeError),
        (302, None, aioconvo.UnexpectedRedirectError),
    ],
)
async def test_error_words(wire: Any, client: SmoochClient, status: int, code: str | None, error: Any) -> None:
    body = {"error": {"code": code, "description": "No such thing"}} if code else None
    wire.answers("GET", body, status=status, headers={"X-Request-Id": "r1"})
    async with client:
        with pytest.raises(error) as caught:
            await client.messages.list("u1")
    assert caught.value.status == status
    assert caught.value.code == code
    assert caught.value.request_id == "r1"
    assert ("No such thing" in str(caught.value)) == (code is not None)
    assert "s3cret" not in str(caught.value)
    assert caught.value.operation == "smooch.messages.list"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'{"error": "text"}', b'{"error": {"code": 7}}', b'{"error": null}', b"[" * 100_000, b"\xff"],
)
async def test_a_strange_error_body_is_no_further_error(wire: Any, client: SmoochClient, body: bytes) -> None:
    wire.answers("DELETE", status=404, body=body)
    async with client:
        with pytest.raises(aioconvo.NotFoundError) as caught:
            await client.messages.delete("u1", "m1")
    assert caught.value.code is None


async def test_signed_tokens(wire: Any) -> None:
    wire.answers("GET", {"messages": []})
    async with SmoochClient(
        app_id="app1", key_id="act_key", secret="s3cret" * 6, auth="jwt", scope="account", base_url=wire.base_url
    ) as client:
        await client.messages.list("u1")
    token = wire.last.headers["authorization"].removeprefix("Bearer ")
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "kid": "act_key"}
    claims = jwt.decode(token, "s3cret" * 6, algorithms=["HS256"], options={"require": ["exp"]})
    assert claims["scope"] == "account"


async def test_ready_token(wire: Any) -> None:
    wire.answers("GET", {"messages": []})
    async with SmoochClient(app_id="app1", token="a.b.c", base_url=wire.base_url) as client:
        await client.messages.list("u1")
    assert wire.last.headers["authorization"] == "Bearer a.b.c"


def test_hosts() -> None:
    keys: dict[str, Any] = {"app_id": "a", "key_id": "k", "secret": "s"}
    assert SmoochClient(**keys).base_url == "https://api.smooch.io"
    assert SmoochClient(**keys, region="eu").base_url == "https://api.eu-1.smooch.io"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"app_id": " "}, "app_id is missing"),
        ({}, "key_id and secret are missing"),
        ({"key_id": "k"}, "secret is missing"),
        ({"key_id": "k", "secret": "s", "token": "t"}, "not both"),
        ({"key_id": "k", "secret": "s", "auth": "digest"}, "basic or jwt"),
        ({"key_id": "k", "secret": "s", "auth": "jwt", "scope": "appUser"}, "scope must be app or account"),
        ({"key_id": "k", "secret": "s", "region": "mars"}, "us or eu"),
        ({"key_id": "k", "secret": "s", "base_url": "http://api.example"}, "allow_http"),
    ],
)
def test_wrong_settings_name_the_fix(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(aioconvo.ConfigurationError, match=words):
        SmoochClient(**({"app_id": "a"} | settings))


def test_from_env() -> None:
    variables = {
        "AIOCONVO_SMOOCH_APP_ID": "a",
        "AIOCONVO_SMOOCH_KEY_ID": "k",
        "AIOCONVO_SMOOCH_SECRET": "s",
        "AIOCONVO_SMOOCH_REGION": "eu",
    }
    client = SmoochClient.from_env(environ=variables, timeout=5)
    assert (client.app_id, client.base_url) == ("a", "https://api.eu-1.smooch.io")
    for name in list(variables)[:3]:
        with pytest.raises(aioconvo.ConfigurationError, match=name):
            SmoochClient.from_env(environ={key: value for key, value in variables.items() if key != name})
    token = {
        "AIOCONVO_SMOOCH_APP_ID": "a",
        "AIOCONVO_SMOOCH_TOKEN": "t",
        "AIOCONVO_SMOOCH_BASE_URL": "http://127.0.0.1:9/smooch",
    }
    assert SmoochClient.from_env(environ=token).base_url == "http://127.0.0.1:9/smooch"
    with pytest.raises(aioconvo.ConfigurationError, match="either token, or key_id and secret, not both"):
        SmoochClient.from_env(environ=variables | token)


async def test_no_secret_and_no_text_in_repr(wire: Any) -> None:
    basic = SmoochClient(app_id="a", key_id="app_canary", secret="canary", base_url=wire.base_url)
    signing = SmoochClient(app_id="a", key_id="app_canary", secret="canary", auth="jwt")
    ready = SmoochClient(app_id="a", token="canary")
    assert "canary" not in repr(basic) + repr(signing) + repr(ready) + repr(basic.messages) + repr(basic.pool)
    message = {
        "_id": "m1",
        "role": "appMaker",
        "type": "text",
        "received": 1.5,
        "text": "canary",
        "name": "canary",
        "metadata": {"a": "canary"},
    }
    words = TextMessage(
        role=Role.APP_MAKER, text="canary", name="canary", email="canary", payload="canary", metadata={"canary": "canary"}
    )
    wire.answers("POST", {"message": message}, status=201)
    async with basic:
        posted = await basic.messages.post("u1", message=words)
    assert "canary" not in repr(words) + repr(posted) + repr(posted.message)
    assert "m1" in repr(posted)
