"""Users and files of the emulated Smooch app, through the client's own operations, and the events that changes make."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import aioconvo
from aioconvo import File, SmoochClient
from aioconvo.sandbox import Change, Sandbox
from aioconvo.sandbox.data import person
from aioconvo.smooch import (
    AppUserReference,
    Confirmation,
    ConfirmationType,
    ImageMessage,
    LinkMenuItem,
    MenuSettings,
    NewTelegram,
    PostbackMenuItem,
    Role,
    Submenu,
    TextMessage,
)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(conversations=3, messages=4) as running:
        yield running


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[SmoochClient]:
    async with SmoochClient(**sandbox.client_options("smooch")) as client:
        yield client


@pytest.fixture
def told(sandbox: Sandbox) -> list[Change]:
    changes: list[Change] = []
    sandbox.watch(changes.append)
    return changes


async def test_what_is_created_is_found_changed_and_gone(client: SmoochClient, told: list[Change]) -> None:
    made = await client.app_users.create(user_id="ada", given_name="Ada", properties={"a": 1})
    for name in ("ada", str(made.id)):
        assert (await client.app_users.get(name)).signed_up_at == made.signed_up_at
    assert (made.given_name, made.surname, made.conversation_started) == ("Ada", None, False)
    with pytest.raises(aioconvo.ConflictError):
        await client.app_users.create(user_id="ada")
    changed = await client.app_users.update("ada", surname="L.", properties={"b": 2})
    assert (changed.given_name, changed.surname, changed.properties) == ("Ada", "L.", {"a": 1, "b": 2})
    posted = await client.messages.post("ada", message=TextMessage(role=Role.APP_USER, text="Hi"))
    assert posted.message.name == "Ada L."
    assert (await client.app_users.get("ada")).conversation_started is True
    bare = await client.app_users.delete_profile("ada")
    assert (bare.given_name, bare.surname, bare.properties) == (None, None, {})
    await client.app_users.delete("ada")
    for name in ("ada", str(made.id)):
        with pytest.raises(aioconvo.NotFoundError):
            await client.app_users.get(name)
        with pytest.raises(aioconvo.NotFoundError):
            await client.messages.list(name)
    assert [each.event for each in told] == ["conversation:start", "message:appUser", "appUser:delete"]
    assert told[-1].payload["appUser"]["userId"] == "ada"
    assert (await client.app_users.create(user_id="ada")).id != made.id


async def test_those_from_the_beginning_are_the_people_of_the_conversations(client: SmoochClient) -> None:
    user, someone = await client.app_users.get("user-2"), person(0, 2)
    assert (user.given_name, user.surname, user.email) == (someone.first_name, someone.last_name, someone.email)
    assert user.conversation_started
    assert (await client.app_users.get("user-0")).conversation_started is False
    assert [one.type for one in await client.app_users.list_channels("user-1")] == ["twilio"]
    (ticket,) = await client.app_users.list_business_systems("user-2")
    assert (ticket.type, ticket.ticket_id) == ("zendesk", "1002")
    assert await client.app_users.list_business_systems("user-0").collect() == []


async def test_channels_are_linked_and_taken_away(client: SmoochClient, told: list[Change]) -> None:
    now, later = Confirmation(type=ConfirmationType.IMMEDIATE), Confirmation(type=ConfirmationType.PROMPT)
    linked = await client.app_users.link_channel("user-2", type="mailgun", address="a@example.org", confirmation=now)
    assert [one.platform for one in linked.clients or []] == ["web", "mailgun"]
    waiting = await client.app_users.link_channel("user-2", type="twilio", phone_number="+15550167", confirmation=later)
    assert [(one.platform, one.status) for one in waiting.pending_clients or []] == [("twilio", "pending")]
    assert [(one.type, one.address) for one in await client.app_users.list_channels("user-2")] == [("mailgun", "a@example.org")]
    await client.app_users.unlink_channel("user-2", "mailgun")
    assert await client.app_users.list_channels("user-2").collect() == []
    with pytest.raises(aioconvo.NotFoundError):
        await client.app_users.unlink_channel("user-2", "mailgun")
    with pytest.raises(aioconvo.BadRequestError, match="SDK"):
        await client.app_users.unlink_channel("user-2", "web")
    with pytest.raises(aioconvo.BadRequestError, match="phoneNumber"):
        await client.app_users.link_channel("user-2", type="twilio", confirmation=now)
    events = ["link:match", "link:success", "client:add", "link:match", "client:remove"]
    assert [each.event for each in told] == events
    assert told[0].payload["criteria"] == {"type": "mailgun", "address": "a@example.org"}
    requests = await client.app_users.list_link_requests("user-2", integration_ids=["i1", "i2"]).collect()
    assert [one.integration_id for one in requests] == ["i1", "i2"]
    assert requests[0].code in requests[0].url
    codes = [(await client.app_users.get_auth_code("user-2")).auth_code for _ in range(2)]
    assert codes[0] != codes[1]


async def test_of_two_users_one_is_left(client: SmoochClient, told: list[Change]) -> None:
    new = await client.app_users.create(user_id="ada")
    old = await client.app_users.get("user-1")
    texts = [one.id for one in await client.messages.list("user-1").collect()]
    await client.app_users.merge(surviving=AppUserReference(id=str(new.id)), discarded=AppUserReference(id=str(old.id)))
    assert [one.id for one in await client.messages.list("ada").collect()] == texts
    assert [one.type for one in await client.app_users.list_channels("ada")] == ["twilio"]
    with pytest.raises(aioconvo.NotFoundError):
        await client.app_users.get("user-1")
    assert [each.event for each in told] == ["merge:appUser"]
    assert told[0].payload["surviving"]["userId"] == "ada"
    assert told[0].payload["discarded"][0]["userId"] == "user-1"
    with pytest.raises(aioconvo.BadRequestError):
        await client.app_users.merge(surviving=AppUserReference(id="ada"), discarded=AppUserReference(id="ada"))


async def test_files_are_kept_until_they_are_deleted(client: SmoochClient) -> None:
    made = await client.attachments.upload(File(b"\x89PNG", name="a b.png"))
    assert made.media_url.endswith("/a%20b.png")
    assert made.media_type == "image/png"
    await client.messages.post("user-1", message=ImageMessage(role=Role.APP_MAKER, media_url=made.media_url))
    await client.attachments.delete(media_url=made.media_url)
    with pytest.raises(aioconvo.NotFoundError):
        await client.attachments.delete(media_url=made.media_url)
    with pytest.raises(aioconvo.BadRequestError):
        await client.attachments.delete(media_url="https://elsewhere.example/a.png")


async def test_an_image_becomes_a_message(client: SmoochClient) -> None:
    posted = await client.messages.post_image("user-1", File(b"\x89PNG", name="cat.png"), role=Role.APP_USER)
    assert (posted.message.type, posted.message.role, posted.message.media_type) == ("image", "appUser", "image/png")
    newest = await anext(aiter(client.messages.list("user-1")))
    assert newest.id == posted.message.id


async def test_apps_and_keys_are_kept(client: SmoochClient) -> None:
    app = await client.apps.create(name="Second")
    assert (await client.apps.get(app.id)).name == "Second"
    key = await client.app_keys.create(app.id, name="bot")
    assert [one.id for one in await client.app_keys.list(app.id)].count(key.id) == 1
    await client.app_keys.delete(app.id, key.id)
    with pytest.raises(aioconvo.NotFoundError):
        await client.app_keys.get(app.id, key.id)
    await client.apps.delete(app.id)
    with pytest.raises(aioconvo.NotFoundError):
        await client.apps.get(app.id)


async def test_channels_are_kept_as_they_were_made(client: SmoochClient) -> None:
    assert [one.type async for one in client.integrations.list(page_size=1)] == ["web", "whatsapp"]
    made = await client.integrations.create(integration=NewTelegram(token="t", display_name="Shop"))
    assert made == await client.integrations.get(made.id)
    assert (made.type, made.status, made.display_name, made.token) == ("telegram", "active", "Shop", None)
    named = await client.integrations.update(made.id, display_name="Bot")
    assert (named.display_name, named.type) == ("Bot", "telegram")
    assert [one.id async for one in client.integrations.list(types="telegram,line")] == [made.id]
    with pytest.raises(aioconvo.BadRequestError, match="WhatsApp"):
        await client.integrations.get_profile(made.id)
    await client.integrations.delete(made.id)
    with pytest.raises(aioconvo.NotFoundError):
        await client.integrations.get(made.id)
    (whatsapp,) = await client.integrations.list(types="whatsapp")
    await client.integrations.update_profile(whatsapp.id, about="Lamps", websites=["https://shop.example"])
    photo = await client.integrations.upload_profile_photo(whatsapp.id, b"\x89PNG")
    profile = await client.integrations.get_profile(whatsapp.id)
    assert (profile.about, profile.photo_url) == ("Lamps", photo.photo_url)


async def test_an_integration_has_the_menu_of_the_app_until_it_has_its_own(client: SmoochClient) -> None:
    link = LinkMenuItem(text="Shop", uri="https://shop.example")
    more = Submenu(text="More", items=[PostbackMenuItem(text="Hello", payload="HELLO")])
    assert (await client.menu.get()).items == []
    menu = await client.menu.update(items=[link, more], settings=MenuSettings(input_enabled=False))
    assert menu == await client.menu.get()
    assert menu.settings == MenuSettings(input_enabled=False)
    assert [one.type for one in menu.items] == ["link", "submenu"]
    await client.menu.delete()
    assert (await client.menu.get()).items == []
    (web, *_) = await client.integrations.list()
    with pytest.raises(aioconvo.NotFoundError):
        await client.integration_menus.get(web.id)
    assert await client.integration_menus.create(web.id, items=[link]) == await client.integration_menus.get(web.id)
    assert len((await client.integration_menus.update(web.id, items=[link, more])).items) == 2
    with pytest.raises(aioconvo.BadRequestError):
        await client.integration_menus.update(web.id, items=[link] * 4)
    await client.integration_menus.delete(web.id)
    with pytest.raises(aioconvo.NotFoundError):
        await client.integration_menus.get(web.id)
