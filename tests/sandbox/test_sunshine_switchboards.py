"""Groups and switchboards of the emulated Sunshine app: the state that calls leave, and the events that tell of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

import aioconvo
from aioconvo import SunshineClient
from aioconvo.sandbox import Change, Sandbox
from aioconvo.sunshine import Conversation, NewParticipant


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(conversations=3, messages=4) as running:
        yield running


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[SunshineClient]:
    async with SunshineClient(**sandbox.client_options("sunshine")) as client:
        yield client


@pytest.fixture
async def group(client: SunshineClient) -> Conversation:
    return await client.conversations.create(type="sdkGroup", participants=[NewParticipant(user_external_id="user-1")])


@pytest.fixture
def told(sandbox: Sandbox, group: Conversation) -> list[Change]:
    """What changes after the group is there."""
    assert group.id
    changes: list[Change] = []
    sandbox.watch(changes.append)
    return changes


async def in_control(client: SunshineClient, conversation_id: str) -> tuple[str | None, str | None]:
    known = await client.conversations.get(conversation_id)
    both = (known.active_switchboard_integration, known.pending_switchboard_integration)
    active, pending = (None if one is None else one.name for one in both)
    return active, pending


async def test_users_join_and_leave(client: SunshineClient, group: Conversation, told: list[Change]) -> None:
    joined = await client.participants.join(group.id, user_external_id="user-2")
    assert [one.user_external_id async for one in client.participants.list(group.id)] == ["user-1", "user-2"]
    assert group.id in {one.id for one in await client.conversations.list(user_external_id="user-2")}
    again = await client.participants.join(group.id, user_id=str(joined.user_id))
    assert again == joined
    await client.participants.leave(group.id, participant_id=joined.id)
    await client.participants.leave(group.id, user_external_id="user-1")
    assert [*await client.participants.list(group.id)] == []
    assert [each.event for each in told] == ["conversation:join", "conversation:leave", "conversation:leave"]
    assert [each.payload["user"]["externalId"] for each in told] == ["user-2", "user-2", "user-1"]
    with pytest.raises(aioconvo.NotFoundError):
        await client.participants.leave(group.id, participant_id=joined.id)


async def test_a_personal_conversation_is_no_group(client: SunshineClient, told: list[Change]) -> None:
    own = await client.conversations.create(type="personal", participants=[NewParticipant(user_external_id="user-2")])
    told.clear()
    with pytest.raises(aioconvo.BadRequestError, match="sdkGroup"):
        await client.participants.join(own.id, user_external_id="user-1")
    with pytest.raises(aioconvo.BadRequestError, match="sdkGroup"):
        await client.participants.leave(own.id, user_external_id="user-2")
    assert told == []


async def test_control_is_passed_offered_accepted_and_released(
    sandbox: Sandbox, client: SunshineClient, group: Conversation, told: list[Change]
) -> None:
    act, where = client.switchboards, group.id
    assert await in_control(client, where) == ("bot", None)
    await act.pass_control(where, switchboard_integration="next", metadata={"first": True})
    assert await in_control(client, where) == ("agents", None)
    await act.offer_control(where, switchboard_integration="custom")
    assert await in_control(client, where) == ("agents", "bot")
    await act.accept_control(where, metadata={"a": 1})
    assert await in_control(client, where) == ("bot", None)
    await act.release_control(where)
    assert await in_control(client, where) == (None, None)
    sandbox.providers["sunshine"].receive_message(where, "Anybody there?")
    assert await in_control(client, where) == ("bot", None)
    switched = [each for each in told if each.event.startswith("switchboard:")]
    names = [f"switchboard:{one}Control" for one in ("pass", "offer", "accept", "release")]
    assert [each.event for each in switched] == names
    assert [each.payload.get("metadata") for each in switched] == [{"first": True}, None, {"a": 1}, None]
    offered = switched[1].payload["conversation"]
    assert offered["id"] == where
    assert offered["activeSwitchboardIntegration"]["integrationType"] == "zd:agentWorkspace"
    assert offered["pendingSwitchboardIntegration"]["name"] == "bot"
    assert "activeSwitchboardIntegration" not in switched[3].payload["conversation"]


async def test_what_names_nobody_fails_and_is_told(client: SunshineClient, group: Conversation, told: list[Change]) -> None:
    act, where = client.switchboards, group.id
    with pytest.raises(aioconvo.NotFoundError):
        await act.pass_control(where, switchboard_integration="nobody")
    with pytest.raises(aioconvo.NotFoundError):
        await act.offer_control(where, switchboard_integration="nobody")
    with pytest.raises(aioconvo.BadRequestError, match="offered"):
        await act.accept_control(where)
    await act.pass_control(where, switchboard_integration="agents")
    with pytest.raises(aioconvo.NotFoundError):  # nobody comes after the agents
        await act.pass_control(where, switchboard_integration="next")
    assert [each.event for each in told] == [
        "switchboard:passControl:failure",
        "switchboard:offerControl:failure",
        "switchboard:acceptControl:failure",
        "switchboard:passControl",
        "switchboard:passControl:failure",
    ]
    assert [each.payload["error"]["code"] for each in told[:3]] == [
        *("switchboard_integration_not_found", "switchboard_integration_not_found", "bad_request"),
    ]
    with pytest.raises(aioconvo.BadRequestError, match="4KB"):
        await act.pass_control(where, switchboard_integration="bot", metadata={"a": "x" * 5000})
    assert await in_control(client, where) == ("agents", None)


async def test_a_switchboard_of_ones_own(client: SunshineClient, group: Conversation) -> None:
    (first,) = await client.switchboards.list()
    with pytest.raises(aioconvo.BadRequestError, match="one switchboard"):
        await client.switchboards.create()
    await client.switchboards.delete(first.id)
    assert await in_control(client, group.id) == (None, None)
    board = await client.switchboards.create()
    assert [*await client.switchboards.list()] == [board]
    places = client.switchboard_integrations
    one = await places.create(board.id, name="one", integration_type="zd:agentWorkspace", message_history_count=3)
    two = await places.create(
        board.id, name="two", integration_type="zd:agentWorkspace", next_switchboard_integration_id=str(one.id)
    )
    assert [*await places.list(board.id)] == [one, two]
    board = await client.switchboards.update(board.id, default_switchboard_integration_id=str(two.id))
    assert (board.default_switchboard_integration_id, await in_control(client, group.id)) == (two.id, ("two", None))
    with pytest.raises(aioconvo.BadRequestError, match="Several"):  # both are of this type
        await client.switchboards.pass_control(group.id, switchboard_integration="zd:agentWorkspace")
    await client.switchboards.pass_control(group.id, switchboard_integration="next")
    changed = await places.update(board.id, str(one.id), name="uno", message_history_count=None)
    assert (changed.name, changed.message_history_count) == ("uno", None)
    assert await in_control(client, group.id) == ("uno", None)
    await places.delete(board.id, str(one.id))
    assert [each.next_switchboard_integration_id async for each in places.list(board.id)] == [None]
    assert await in_control(client, group.id) == (None, None)
    await client.switchboards.update(board.id, enabled=False)
    with pytest.raises(aioconvo.NotFoundError):
        await client.switchboards.pass_control(group.id, switchboard_integration=str(two.id))
    for gone in (
        places.delete(board.id, str(one.id)),
        places.update(board.id, str(one.id)),
        client.switchboards.delete(first.id),
    ):
        with pytest.raises(aioconvo.NotFoundError):
            await gone


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "needs integrationId or integrationType"),
        ({"integration_id": "i", "next_switchboard_integration_id": "nobody"}, "not found"),
    ],
)
async def test_switchboard_integrations_that_are_refused(client: SunshineClient, arguments: dict[str, Any], words: str) -> None:
    (board,) = await client.switchboards.list()
    with pytest.raises(aioconvo.APIStatusError, match=words):
        await client.switchboard_integrations.create(board.id, name="x", **arguments)


async def test_a_switchboard_has_ten_integrations_at_most(client: SunshineClient) -> None:
    (board,) = await client.switchboards.list()
    for number in range(8):
        await client.switchboard_integrations.create(board.id, name=f"b{number}", integration_id=f"i{number}")
    with pytest.raises(aioconvo.BadRequestError) as refused:
        await client.switchboard_integrations.create(board.id, name="b9", integration_id="i9")
    assert refused.value.code == "too_many_switchboard_integrations"
