"""Users of the emulated Sunshine app, through the client's own operations, and the events that their changes make."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import aioconvo
from aioconvo import SunshineClient
from aioconvo.sandbox import Change, Sandbox
from aioconvo.sandbox.data import person
from aioconvo.sunshine import Confirmation, ConfirmationType, LinkTarget, NewParticipant, Profile, WhatsappCriteria


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(conversations=3, messages=4) as running:
        yield running


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[SunshineClient]:
    async with SunshineClient(**sandbox.client_options("sunshine")) as client:
        yield client


@pytest.fixture
def told(sandbox: Sandbox) -> list[Change]:
    changes: list[Change] = []
    sandbox.watch(changes.append)
    return changes


async def test_what_is_created_is_found_changed_and_gone(client: SunshineClient, told: list[Change]) -> None:
    made = await client.users.create(
        external_id="ada", brand_id="b1", to_be_retained=True, profile=Profile(given_name="Ada", surname="B"), metadata={"a": 1}
    )
    assert made == await client.users.get("ada") == await client.users.get(made.id)
    assert (made.brand_id, made.to_be_retained, made.metadata, made.identities) == ("b1", True, {"a": 1}, [])
    with pytest.raises(aioconvo.ConflictError):
        await client.users.create(external_id="ada")
    assert told == []
    changed = await client.users.update("ada", profile=Profile(surname=None, locale="fr"), metadata=None)
    assert changed.profile == Profile(given_name="Ada", locale="fr")
    assert changed.metadata == {}
    assert changed.signed_up_at == made.signed_up_at
    await client.users.delete("ada")
    for gone in ("ada", made.id):
        with pytest.raises(aioconvo.NotFoundError):
            await client.users.get(gone)
    assert [each.event for each in told] == ["user:update", "user:remove"]
    assert told[0].payload["user"]["profile"] == {"givenName": "Ada", "locale": "fr"}
    assert told[1].payload["user"]["externalId"] == "ada"
    again = await client.users.create(external_id="ada")
    assert again.id != made.id


async def test_users_are_found_by_an_address_they_proved(client: SunshineClient) -> None:
    email = person(0, 2).email
    assert [one.external_id for one in await client.users.list(email=email.upper())] == ["user-2"]
    await client.users.create(profile=Profile(email="ada@example.org"))
    assert [*await client.users.list(email="ada@example.org")] == []


async def test_a_user_is_deleted_with_their_conversations(client: SunshineClient, told: list[Change]) -> None:
    await client.users.create(external_id="ada")
    own = await client.conversations.create(type="personal", participants=[NewParticipant(user_external_id="ada")])
    group = await client.conversations.create(
        type="sdkGroup", participants=[NewParticipant(user_external_id=one) for one in ("ada", "user-1")]
    )
    await client.users.delete("ada")
    assert [each.event for each in told[2:]] == ["conversation:remove", "user:remove"]
    with pytest.raises(aioconvo.NotFoundError):
        await client.conversations.get(own.id)
    assert [one.user_external_id async for one in client.participants.list(group.id)] == ["user-1"]
    with pytest.raises(aioconvo.NotFoundError):
        await client.conversations.list(user_external_id="ada")


async def test_personal_information_goes_and_the_user_stays(client: SunshineClient, told: list[Change]) -> None:
    before = await client.users.get("user-2")
    talks = await client.conversations.list(user_external_id="user-2").collect()
    left = await client.users.delete_personal_information("user-2")
    assert (left.id, left.profile, left.identities, left.metadata) == (before.id, Profile(locale="en"), [], {})
    assert left == await client.users.get("user-2")
    assert await client.conversations.list(user_external_id="user-2").collect() == talks
    assert [each.event for each in told] == ["user:update"]


async def test_users_are_merged(client: SunshineClient, told: list[Change]) -> None:
    first, second = await client.users.get("user-2"), await client.users.get("user-3")
    assert first.zendesk_id is not None
    assert second.zendesk_id is not None
    await client.users.update(first.id, metadata={"a": 1, "b": 1})
    await client.users.update(second.id, metadata={"b": 2, "c": 3})
    talks = {
        one.id for user in ("user-2", "user-3") for one in await client.conversations.list(user_external_id=user).collect()
    }
    newest = (await client.conversations.list(user_external_id="user-3"))[0].id
    wrote = [message.author async for message in client.messages.list(newest)]
    assert (await client.users.sync(second.zendesk_id)).external_id == "user-3"
    left = await client.users.sync(second.zendesk_id, surviving_zendesk_id=first.zendesk_id)
    assert (left.external_id, left.metadata) == ("user-2", {"a": 1, "b": 1, "c": 3})
    assert {one.id for one in await client.conversations.list(user_external_id="user-2").collect()} == talks
    assert [message.author async for message in client.messages.list(newest)] == wrote
    (event,) = (each for each in told if each.event == "user:merge")
    assert event.payload["mergedUsers"]["surviving"]["id"] == first.id
    assert event.payload["mergedUsers"]["discarded"]["id"] == second.id
    assert event.payload["discardedMetadata"] == {"b": 2}
    with pytest.raises(aioconvo.NotFoundError):
        await client.users.sync(second.zendesk_id)
    with pytest.raises(aioconvo.BadRequestError, match="themselves"):
        await client.users.sync(first.zendesk_id, surviving_zendesk_id=first.zendesk_id)


async def test_what_is_refused(client: SunshineClient) -> None:
    with pytest.raises(aioconvo.BadRequestError):
        await client.users.list(email="")
    with pytest.raises(aioconvo.BadRequestError):
        await client.users.update("user-1", metadata={"nested": {"a": 1}})
    with pytest.raises(aioconvo.BadRequestError):
        await client.users.create(profile=Profile(email="no address"))


async def test_clients_are_linked_and_taken_away(client: SunshineClient, told: list[Change]) -> None:
    (own, *_) = await client.conversations.list(user_external_id="user-2")
    (web,) = await client.clients.list("user-2")
    assert (web.type, web.status) == ("sdk", "active")
    pending = ConfirmationType.PROMPT, ConfirmationType.IMMEDIATE
    made = [
        await client.clients.create(
            "user-2",
            match_criteria=WhatsappCriteria(integration_id="i1", phone_number=f"+44770090012{number}"),
            confirmation=Confirmation(type=kind),
            target=LinkTarget(conversation_id=own.id),
        )
        for number, kind in enumerate(pending)
    ]
    assert [(one.type, one.status) for one in made] == [("whatsapp", "pending"), ("whatsapp", "active")]
    listed = await client.clients.list("user-2", page_size=2).collect()
    assert [one.id for one in listed] == [web.id, *(one.id for one in made)]
    await client.clients.delete("user-2", str(made[0].id))
    assert [one.id for one in await client.clients.list("user-2")] == [web.id, made[1].id]
    with pytest.raises(aioconvo.NotFoundError):
        await client.clients.delete("user-2", str(made[0].id))
    with pytest.raises(aioconvo.BadRequestError, match="SDK"):
        await client.clients.delete("user-2", str(web.id))
    assert [(each.event, each.payload["reason"]) for each in told] == [
        ("client:add", "channelLinking"),
        ("client:add", "channelLinking"),
        ("client:remove", "api"),
    ]
    assert [each.payload["client"]["id"] for each in told] == [made[0].id, made[1].id, made[0].id]
    assert told[0].payload["conversation"]["id"] == own.id
