"""The consent of an app's owner, and files, in the emulated Sunshine app, through the client's own operations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

import aioconvo
from aioconvo import SunshineClient
from aioconvo.sandbox import Sandbox

PROGRAM: Any = {"client_id": "sandbox-program", "client_secret": "sandbox-secret"}
BACK = "https://shop.example/back?from=zendesk"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(conversations=2, messages=2) as running:
        yield running


def client_of(sandbox: Sandbox, **given: Any) -> SunshineClient:
    return SunshineClient(base_url=sandbox.client_options("sunshine")["base_url"], **given)


async def open_in_browser(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as browser, browser.get(url, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", "")


async def test_a_consent_opens_the_app_until_it_is_given_back(sandbox: Sandbox) -> None:
    async with client_of(sandbox, **PROGRAM) as program:
        status, back = await open_in_browser(program.oauth.authorize_url(state="a b", redirect_uri=BACK))
        assert status == 302
        assert back.startswith(f"{BACK}&code=")
        came = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
        assert (came["from"], came["state"]) == ("zendesk", "a b")
        token = await program.oauth.get_token(code=came["code"])
        with pytest.raises(aioconvo.BadRequestError, match="used before"):
            await program.oauth.get_token(code=came["code"])
    async with client_of(sandbox, token=token.access_token) as bearer:
        app = await bearer.oauth.get_token_info()
        assert app.subdomain == "sandbox"
    async with client_of(sandbox, token=token.access_token, app_id=app.id) as client:
        assert (await client.users.get("user-1")).external_id == "user-1"
        await client.oauth.revoke()
        for call in (client.users.get("user-1"), client.oauth.revoke(), client.oauth.get_token_info()):
            with pytest.raises(aioconvo.AuthenticationError):
                await call


async def test_an_unknown_program_is_told_so(sandbox: Sandbox) -> None:
    async with client_of(sandbox, **(PROGRAM | {"client_id": "other"})) as other:
        assert (await open_in_browser(other.oauth.authorize_url()))[0] == 400
        with pytest.raises(aioconvo.AuthenticationError):
            await other.oauth.get_token(code="c")
    async with client_of(sandbox, **PROGRAM) as program:
        status, back = await open_in_browser(program.oauth.authorize_url())
        assert (status, urlsplit(back).netloc) == (302, "example.org")
        with pytest.raises(aioconvo.AuthenticationError):
            await program.oauth.get_token_info()


async def test_files_are_kept_until_they_are_deleted(sandbox: Sandbox) -> None:
    async with SunshineClient(**sandbox.client_options("sunshine")) as client:
        made = await client.attachments.upload(b"\x89PNG")
        await client.attachments.delete(media_url=made.media_url)
        with pytest.raises(aioconvo.NotFoundError):
            await client.attachments.delete(media_url=made.media_url)
        with pytest.raises(aioconvo.BadRequestError):
            await client.attachments.delete(media_url="https://elsewhere.example/a.png")


async def test_apps_and_keys_are_kept(sandbox: Sandbox) -> None:
    async with SunshineClient(**sandbox.client_options("sunshine")) as client:
        app = await client.apps.create(display_name="Second")
        assert app.id is not None
        assert (await client.apps.get(app.id)).display_name == "Second"
        assert app.id in [one.id async for one in client.apps.list()]
        key = await client.app_keys.create(app.id, display_name="bot")
        assert key.id in [one.id async for one in client.app_keys.list(app.id)]
        await client.apps.delete(app.id)
        with pytest.raises(aioconvo.NotFoundError):
            await client.apps.get(app.id)
        (device, *_) = await client.devices.list("user-1")
        assert (await client.devices.get("user-1", str(device.id))).id == device.id
