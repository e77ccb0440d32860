"""Clients of every provider with every kind of credential, each made of canaries, and where a secret must never turn up."""

from __future__ import annotations

import base64
import dataclasses
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import aioconvo
from aioconvo.core.wire.pool import SessionPool
from tests.faults.server import Answer, FaultServer, Seen, Step

SECRET = "KANARI-secret-7Q"
UUID = "0b9f7d6e-3c1a-4e5f-8a2b-1c2d3e4f5a6b"
TOKEN_ANSWER = Answer(body=b'{"access_token": "KANARI-issued-7Q", "expires_in": 3600, "token_type": "Bearer"}')


def forms_of(*secrets: str) -> tuple[bytes, ...]:
    """A secret as it can stand in a request: plain, and in the base64 of Basic credentials."""
    pairs = [f"KANARI-key:{secret}" for secret in secrets]
    return (b"KANARI", *(base64.b64encode(pair.encode()) for pair in pairs))


@dataclasses.dataclass(frozen=True)
class Kind:
    """A way to sign in: makes a client, and makes a call that needs the credential."""

    make: Callable[[str, SessionPool], Any]
    call: Callable[[Any], Awaitable[Any]]
    effects: Callable[[Any], Awaitable[Any]]
    fetches_token: bool = False


def _sunshine(**credentials: Any) -> Kind:
    return Kind(
        lambda url, pool: aioconvo.SunshineClient(app_id="a", base_url=url, pool=pool, **credentials),
        lambda client: client.conversations.get("c"),
        lambda client: client.conversations.create(type="personal"),
    )


def _smooch(**credentials: Any) -> Kind:
    return Kind(
        lambda url, pool: aioconvo.SmoochClient(app_id="a", base_url=url, pool=pool, **credentials),
        lambda client: client.messages.list("u"),
        lambda client: client.messages.delete_all("u"),
    )


def _smscx(*, fetches_token: bool = False, **credentials: Any) -> Kind:
    return Kind(
        lambda url, pool: aioconvo.SmscxClient(base_url=url, pool=pool, **credentials),
        lambda client: client.conversations.get(UUID),
        lambda client: client.conversations.reply_sms(UUID, text="hello"),
        fetches_token,
    )


def _ultracart(*, fetches_token: bool = False, **credentials: Any) -> Kind:
    return Kind(
        lambda url, pool: aioconvo.UltraCartClient(base_url=f"{url}/rest/v2", pool=pool, **credentials),
        lambda client: client.conversations.get("c"),
        lambda client: client.conversations.start(),
        fetches_token,
    )


KINDS: dict[str, Kind] = {
    "sunshine basic": _sunshine(key_id="KANARI-key", secret=SECRET),
    "sunshine jwt": _sunshine(key_id="KANARI-key", secret=SECRET, auth="jwt"),
    "sunshine bearer": _sunshine(token=SECRET),
    "smooch basic": _smooch(key_id="KANARI-key", secret=SECRET),
    "smooch jwt": _smooch(key_id="KANARI-key", secret=SECRET, auth="jwt"),
    "smscx key": _smscx(api_key=SECRET),
    "smscx bearer": _smscx(token=SECRET),
    "smscx application": _smscx(application_id="KANARI-key", application_secret=SECRET, fetches_token=True),
    "convore bearer": Kind(
        lambda url, pool: aioconvo.ConvoreClient(api_key=SECRET, base_url=url, pool=pool),
        lambda client: client.conversations.get("c"),
        lambda client: client.messages.send(channel_id="h", to=["a@b.test"], body="hello"),
    ),
    "ultracart key": _ultracart(simple_key=SECRET),
    "ultracart bearer": _ultracart(token=SECRET),
    "ultracart refresh": _ultracart(client_id="KANARI-key", refresh_token=SECRET, fetches_token=True),
}


def is_token_call(seen: Seen) -> bool:
    return seen.target.endswith("/oauth/token")


def foreign_server(context: ssl.SSLContext | None = None) -> FaultServer:
    """A stranger that would happily answer anything."""

    def answer(_seen: Seen) -> Step:
        return Answer(body=b'{"conversation": {"id": "stolen", "type": "personal"}}')

    return FaultServer(answer, context=context)
