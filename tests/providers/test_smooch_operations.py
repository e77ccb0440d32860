"""Operations of Smooch: what is sent, and what is made of what comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import aioconvo
from aioconvo import File
from aioconvo.core.json.model import Unknown
from aioconvo.smooch import (
    Confirmation,
    ConfirmationType,
    NewIntegration,
    NewMessenger,
    NewWhatsapp,
    Role,
    SmoochClient,
    Submenu,
    TextMessage,
)
from tests.providers.smooch_rows import ACCOUNT, MENU, POSTED, ROWS, TEMPLATE, USER, WEB

EMPTY = TextMessage(role=Role.APP_MAKER)


@pytest.fixture
def client(wire: Any) -> SmoochClient:
    return SmoochClient(app_id="app1", key_id="app_key", secret="s3cret", base_url=wire.base_url, max_retries=0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "cat.png"
    found.write_bytes(b"\x89PNG")
    return found


@pytest.mark.parametrize("name", ROWS)
async def test_what_is_sent_and_what_comes(wire: Any, client: SmoochClient, name: str) -> None:
    async with client:
        await ROWS[name].check(wire, client)


@pytest.mark.parametrize(
    ("noun", "member", "item"),
    [
        ("apps", "apps", {"appToken": "t", "name": "n"}),
        ("integrations", "integrations", {"type": "web"}),
        ("service_accounts", "serviceAccounts", {"name": "n"}),
        ("templates", "templates", {**TEMPLATE}),
    ],
)
async def test_lists_are_walked_by_offset(wire: Any, client: SmoochClient, noun: str, member: str, item: Any) -> None:
    pages = [["a", "b"], ["c", "d"], ["e"]]
    for number, ids in enumerate(pages):
        items = [item | {"_id": one} for one in ids]
        wire.answers("GET", {member: items, "hasMore": number < 2, "offset": 2 * number})
    async with client:
        found = await getattr(client, noun).list(page_size=2).collect()
    assert [one.id for one in found] == [one for ids in pages for one in ids]
    assert [sorted(one.query) for one in wire.sent] == [
        [("limit", "2")],
        [("limit", "2"), ("offset", "2")],
        [("limit", "2"), ("offset", "4")],
    ]


async def test_what_an_answer_lacks_costs_nothing_else(wire: Any, client: SmoochClient) -> None:
    wire.answers("PUT", {"menu": {"items": [{"type": "phone", "text": "Call"}, *MENU["items"]]}})
    wire.answers("GET", {"template": TEMPLATE | {"message": {"type": "hologram", "role": "appMaker"}}})
    wire.answers("POST", POSTED | {"message": {k: v for k, v in POSTED["message"].items() if k != "type"}}, status=201)
    async with client:
        menu = await client.menu.update(items=[])
        new, link, submenu = menu.items
        assert isinstance(new, Unknown)
        assert link.type == "link"
        assert isinstance(submenu, Submenu)
        template = await client.templates.get(TEMPLATE["_id"])
        assert isinstance(template.message, Unknown)
        old = await client.messages.post_image("ada", b"x", role="appUser")
        assert old.message.id == POSTED["message"]["_id"]


async def test_a_user_may_be_asked_for_by_either_id(wire: Any, client: SmoochClient) -> None:
    async with client:
        for name in ("ada", "ADA", USER["_id"]):
            wire.answers("GET", {"appUser": USER})
            assert (await client.app_users.get(name)).user_id == "ada"
        wire.answers("GET", {"appUser": USER | {"userId": None}})
        with pytest.raises(aioconvo.WrongAnswerError):
            await client.app_users.get("ada")


@pytest.mark.parametrize("noun", ["attachment", "photo", "image"])
async def test_files_of_every_kind_are_sent(wire: Any, client: SmoochClient, noun: str, path: Path) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"\x89P"
        yield b"NG"

    async def send(source: Any) -> None:
        wire.answers("PUT" if noun == "photo" else "POST", {"mediaUrl": "m", "photoUrl": "p", **POSTED})
        if noun == "attachment":
            await client.attachments.upload(source)
        elif noun == "photo":
            await client.integrations.upload_profile_photo("i1", source)
        else:
            await client.messages.post_image("ada", source, role="appMaker")

    async with client:
        for source in (b"\x89PNG", path, pieces(), File(path, name="dog.png", content_type="image/png")):
            await send(source)
        for wrong in ("cat.png", File(b"x", content_type="png"), File(b"x", name="a/b")):
            with pytest.raises(aioconvo.InvalidRequestError):
                await send(wrong)
        if noun == "attachment":
            return
        for no_image in (File(b"x", name="x.pdf"), File(b"x", content_type="text/plain"), path.with_name("x.mp4")):
            with pytest.raises(aioconvo.InvalidRequestError, match="source must be an image"):
                await send(no_image)
    assert len(wire.sent) == 4


async def test_what_breaks_a_rule_is_not_sent(wire: Any, client: SmoochClient) -> None:
    prompt = Confirmation(type=ConfirmationType.PROMPT, message=EMPTY)
    calls: list[tuple[Any, str]] = [
        (lambda: client.templates.create(name="x", message=EMPTY), "text or actions"),
        (lambda: client.templates.update("t", message=EMPTY), "text or actions"),
        (lambda: client.app_users.link_channel("u", type="twilio", confirmation=prompt), "text or actions"),
        (lambda: client.attachments.upload(b"x", user_id="a", app_user_id="b"), "exclude each other"),
        (lambda: client.app_users.list_link_requests("u", integration_ids=[]).collect(), "1 or more"),
        (lambda: client.app_users.list_link_requests("u", integration_ids=["a,b"]).collect(), "commas"),
        (lambda: client.apps.list(page_size=101).collect(), "1 to 100"),
        (lambda: client.templates.list(page_size=0).collect(), "1 or more"),
    ]
    async with client:
        for call, words in calls:
            with pytest.raises(aioconvo.InvalidRequestError, match=words):
                await call()
    assert wire.sent == []


async def test_an_integration_may_be_any(wire: Any, client: SmoochClient) -> None:
    facebook = NewMessenger(page_access_token="s3cret", app_id="1", app_secret="s3cret")
    given: list[tuple[NewIntegration | dict[str, Any], dict[str, Any]]] = [
        (facebook, {"type": "messenger", "pageAccessToken": "s3cret", "appId": "1", "appSecret": "s3cret"}),
        (NewWhatsapp(deployment_id="5d3f"), {"type": "whatsapp", "deploymentId": "5d3f"}),
        ({"type": "brandNew", "key": "k"}, {"type": "brandNew", "key": "k"}),
    ]
    async with client:
        for integration, sent in given:
            wire.answers("POST", {"integration": WEB}, status=201)
            assert (await client.integrations.create(integration=integration)).business_name == "Walkthrough"
            assert wire.last.json() == sent
    assert "s3cret" not in repr(facebook)


async def test_an_account_needs_no_app(wire: Any) -> None:
    async with SmoochClient(key_id="act_1", secret="s3cret", base_url=wire.base_url) as client:
        wire.answers("GET", {"serviceAccount": ACCOUNT})
        assert (await client.service_accounts.get(ACCOUNT["_id"])).name == "Account"
        for call in (lambda: client.menu.get(), lambda: client.app_users.get("u")):  # noqa: PLW0108 -- alike
            with pytest.raises(aioconvo.ConfigurationError, match="app_id is missing: make the client with app_id="):
                await call()
    assert client.account is None


async def test_no_secret_shows(wire: Any, client: SmoochClient) -> None:
    secrets = {
        "app_keys.get": "s3cret",
        "service_account_keys.create": "s3cret",
        "app_keys.get_jwt": "redacted",
        "app_users.get_auth_code": "c0de",
        "app_users.list_link_requests": "lr_K4",
        "app_users.get": "redacted",
        "deployments.get": "s3cret",
    }
    async with client:
        for name, secret in secrets.items():
            came = await ROWS[name].check(wire, client)
            for one in [*came] if isinstance(came, list) else [came]:
                assert secret not in f"{one!r}{one}", name
