"""Who takes part in a conversation of Sunshine, what they do there, and who answers it: what is sent and what comes back."""

from __future__ import annotations

from typing import Any

import pytest

import aioconvo
from aioconvo.sunshine import ActivityType, Author, AuthorType, SunshineClient

CONVERSATION = "/v2/apps/app1/conversations/c1"
BOARDS = "/v2/apps/app1/switchboards"
BUSINESS = Author(type=AuthorType.BUSINESS)
ADA = Author(type=AuthorType.USER, user_external_id="ada")
PLACE: dict[str, Any] = {
    "id": "6ef2",
    "name": "bot",
    "integrationId": "6e5f",
    "integrationType": "custom",
    "deliverStandbyEvents": False,
    "messageHistoryCount": 5,
}


@pytest.fixture
def client(wire: Any) -> SunshineClient:
    return SunshineClient(app_id="app1", key_id="app_key", secret="s3cret", base_url=wire.base_url)


async def test_join_and_leave(wire: Any, client: SunshineClient) -> None:
    wire.answers("POST", {"participant": {"id": "p1", "userId": "u1", "unreadCount": 0}}, status=201)
    wire.answers("POST", {"participant": {"id": "p2", "userExternalId": "ada"}}, status=201)
    for _ in range(3):
        wire.answers("POST", {})
    async with client:
        assert (await client.participants.join("c1", user_id="u1", subscribe_sdk_client=False)).id == "p1"
        assert (await client.participants.join("c1", user_external_id="ada")).id == "p2"
        await client.participants.leave("c1", user_id="u1")
        await client.participants.leave("c1", user_external_id="ada")
        await client.participants.leave("c1", participant_id="p1")
    assert [one.path for one in wire.sent] == [f"{CONVERSATION}/join"] * 2 + [f"{CONVERSATION}/leave"] * 3
    assert [one.json() for one in wire.sent] == [
        {"userId": "u1", "subscribeSDKClient": False},
        {"userExternalId": "ada"},
        {"userId": "u1"},
        {"userExternalId": "ada"},
        {"participantId": "p1"},
    ]


async def test_the_participant_is_the_user_that_was_asked_for(wire: Any, client: SunshineClient) -> None:
    wire.answers("POST", {"participant": {"id": "p1", "userId": "u2"}}, status=201)
    async with client:
        with pytest.raises(aioconvo.WrongAnswerError, match="another user"):
            await client.participants.join("c1", user_id="u1")


@pytest.mark.parametrize("ids", [{}, {"user_id": "u", "user_external_id": "e"}])
async def test_who_joins_or_leaves_is_named_once(wire: Any, client: SunshineClient, ids: dict[str, Any]) -> None:
    async with client:
        with pytest.raises(aioconvo.InvalidRequestError, match="exactly one of user_id or user_external_id"):
            await client.participants.join("c1", **ids)
        with pytest.raises(aioconvo.InvalidRequestError, match="or participant_id; got"):
            await client.participants.leave("c1", **ids)
    assert wire.sent == []


async def test_activities(wire: Any, client: SunshineClient) -> None:
    wire.answers("POST", {}, status=502)  # to say it again changes nothing
    for _ in range(3):
        wire.answers("POST", {})
    async with client:
        await client.activities.post("c1", author=BUSINESS, type=ActivityType.TYPING_START)
        await client.activities.post("c1", author=BUSINESS, type="new:kind")
        await client.activities.post("c1", author=ADA, type="conversation:read")
        for typing in ("typing:start", ActivityType.TYPING_STOP):
            with pytest.raises(aioconvo.InvalidRequestError, match="only conversation:read"):
                await client.activities.post("c1", author=ADA, type=typing)
        with pytest.raises(aioconvo.InvalidRequestError, match="exactly one of"):
            await client.activities.post("c1", author=Author(type=AuthorType.USER), type="conversation:read")
    assert {one.path for one in wire.sent} == {f"{CONVERSATION}/activity"}
    assert [one.json() for one in wire.sent[1:]] == [
        {"author": {"type": "business"}, "type": "typing:start"},
        {"author": {"type": "business"}, "type": "new:kind"},
        {"author": {"type": "user", "userExternalId": "ada"}, "type": "conversation:read"},
    ]


async def test_control_is_handed_over(wire: Any, client: SunshineClient) -> None:
    for _ in range(5):
        wire.answers("POST", {})
    async with client:
        await client.switchboards.pass_control("c1", switchboard_integration="next", metadata={"first": True})
        await client.switchboards.offer_control("c1", switchboard_integration="agents", metadata=None)
        await client.switchboards.accept_control("c1")
        await client.switchboards.release_control("c1")
        await client.switchboards.release_control("c1", metadata={"done": 1})
    assert [(one.path.removeprefix(CONVERSATION), one.body) for one in wire.sent] == [
        ("/passControl", b'{"switchboardIntegration":"next","metadata":{"first":true}}'),
        ("/offerControl", b'{"switchboardIntegration":"agents","metadata":null}'),
        ("/acceptControl", b"{}"),
        ("/releaseControl", b""),
        ("/releaseControl", b'{"metadata":{"done":1}}'),
    ]


async def test_control_that_may_have_been_passed_is_not_passed_again(wire: Any, client: SunshineClient) -> None:
    wire.answers("POST", {}, status=502)
    async with client:
        with pytest.raises(aioconvo.MaybeSentError):
            await client.switchboards.pass_control("c1", switchboard_integration="next")
    assert len(wire.sent) == 1


async def test_switchboards(wire: Any, client: SunshineClient) -> None:
    board = {"id": "5ef2", "enabled": True}
    wire.answers("POST", {"switchboard": board}, status=201)
    wire.answers("GET", {"switchboards": [board]})
    wire.answers("PATCH", {"switchboard": board | {"enabled": False, "defaultSwitchboardIntegrationId": "6ef2"}})
    wire.answers("DELETE", {})
    async with client:
        made = await client.switchboards.create()
        assert [*await client.switchboards.list()] == [made]
        changed = await client.switchboards.update("5ef2", enabled=False, default_switchboard_integration_id="6ef2")
        await client.switchboards.delete("5ef2")
    assert [one.path for one in wire.sent] == [BOARDS, BOARDS, f"{BOARDS}/5ef2", f"{BOARDS}/5ef2"]
    assert wire.sent[2].json() == {"enabled": False, "defaultSwitchboardIntegrationId": "6ef2"}
    assert (changed.enabled, changed.default_switchboard_integration_id) == (False, "6ef2")


async def test_switchboard_integrations(wire: Any, client: SunshineClient) -> None:
    wire.answers("POST", {"switchboardIntegration": PLACE}, status=201)
    wire.answers("GET", {"switchboardIntegrations": [PLACE]})
    wire.answers("PATCH", {"switchboardIntegration": PLACE})
    wire.answers("DELETE", {})
    async with client:
        made = await client.switchboard_integrations.create(
            "5ef2", name="bot", integration_id="6e5f", deliver_standby_events=False, message_history_count=5
        )
        assert [*await client.switchboard_integrations.list("5ef2")] == [made]
        await client.switchboard_integrations.update(
            "5ef2", "6ef2", next_switchboard_integration_id=None, message_history_count=None
        )
        await client.switchboard_integrations.delete("5ef2", "6ef2")
        with pytest.raises(aioconvo.InvalidRequestError, match="message_history_count must be 1 to 10"):
            await client.switchboard_integrations.update("5ef2", "6ef2", message_history_count=11)
        with pytest.raises(aioconvo.InvalidRequestError, match="name must have up to 128 characters"):
            await client.switchboard_integrations.create("5ef2", name="x" * 129)
    places = f"{BOARDS}/5ef2/switchboardIntegrations"
    assert [one.path for one in wire.sent] == [places, places, f"{places}/6ef2", f"{places}/6ef2"]
    assert wire.sent[0].json() == {
        "name": "bot",
        "integrationId": "6e5f",
        "deliverStandbyEvents": False,
        "messageHistoryCount": 5,
    }
    assert wire.sent[2].json() == {"nextSwitchboardIntegrationId": None, "messageHistoryCount": None}
    assert (made.message_history_count, made.deliver_standby_events) == (5, False)
