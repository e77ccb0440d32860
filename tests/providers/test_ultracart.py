"""Every operation of UltraCart's conversations: what is sent and what comes back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import aioconvo
from aioconvo.ultracart import AgentStatus, Medium, MessageType, UltraCartClient

UUID = "8c4f2a3e9b1d4c5e8f7a6b5c4d3e2f1a"
SUMMARY: dict[str, Any] = {
    "closed": False,
    "conversation_arn": "arn:ultracart:conversation:DEMO:conversation/1",
    "conversation_uuid": UUID,
    "last_conversation_message_body": "canary words",
    "last_conversation_participant_name": "Ada",
    "last_message_dts": "2026-11-01T08:30:00-05:00",
    "medium": "websocket",
    "merchant_id": "DEMO",
    "message_count": 2,
    "participants": [
        {"conversation_participant_arn": "arn:1", "unread_messages": 1, "joined_dts": "2026-11-01T08:00:00-05:00"}
    ],
    "sentiment": {"sentiment": "POSITIVE", "positive": 0.9},
    "start_dts": "2026-11-01T08:00:00-05:00",
    "unread_messages": True,
    "visible": True,
}
MESSAGE: dict[str, Any] = {
    "author_conversation_participant_arn": "arn:1",
    "body": "canary words",
    "conversation_message_uuid": "m1",
    "media_urls": ["https://example.com/1.png"],
    "message_dts": "2026-11-01T08:30:00-05:00",
    "message_epoch": 1793539800000,
    "type": "message",
    "translations": [{"body": "mots", "language_iso_code": "fr"}],
    "transport_statuses": [{"conversation_participant_arn": "arn:1", "status": "TWILIO_ERROR"}],
}


def _page(*summaries: Any, offset: int = 0, more: bool = False, total: int | None = None) -> dict[str, Any]:
    count = len(summaries)
    result_set = {
        "count": count,
        "limit": 100,
        "more": more,
        "next_offset": offset + count,
        "offset": offset,
        "total_records": total,
    }
    return {
        "success": True,
        "conversations": list(summaries),
        "metadata": {"payload_name": "conversations", "result_set": result_set},
    }


@pytest.fixture
def client(wire: Any) -> UltraCartClient:
    return UltraCartClient(simple_key="s1mple", base_url=wire.base_url + "/rest/v2")


async def test_get(wire: Any, client: UltraCartClient) -> None:
    wire.answers("GET", {"success": True, "conversation": SUMMARY | {"messages": [MESSAGE], "virtual_agent_cost": 0.5}})
    async with client:
        conversation = await client.conversations.get(UUID, message_limit=10)
    assert wire.last.path == f"/rest/v2/conversation/conversations/{UUID}"
    assert wire.last.query == [("limit", "10")]
    assert wire.last.headers["x-ultracart-simple-key"] == "s1mple"
    assert wire.last.headers["x-ultracart-api-version"] == "2017-03-01"
    assert "content-type" not in wire.last.headers
    assert conversation.medium is Medium.WEBSOCKET
    assert conversation.messages is not None
    assert conversation.messages[0].type is MessageType.MESSAGE
    assert conversation.start_dts == dt.datetime(2026, 11, 1, 13, 0, tzinfo=dt.UTC)
    assert "canary" not in repr(conversation) + repr(conversation.messages[0])


async def test_list_walks_by_the_servers_offset(wire: Any, client: UltraCartClient) -> None:
    other = SUMMARY | {"conversation_uuid": "u2", "last_message_dts": "2026-10-01T08:30:00-05:00"}
    wire.answers("GET", _page(SUMMARY, more=True, total=2))
    wire.answers("GET", _page(other, offset=1, total=2))
    async with client:
        found = await client.conversations.list(medium=Medium.SMS, page_size=1).collect()
    assert [conversation.conversation_uuid for conversation in found] == [UUID, "u2"]
    assert wire.sent[0].path == "/rest/v2/conversation/conversations"
    assert wire.sent[0].query == [("_limit", "1"), ("medium", "sms")]
    assert wire.sent[1].query == [("_limit", "1"), ("_offset", "1"), ("medium", "sms")]


async def test_start_is_a_put_that_is_not_repeated(wire: Any, client: UltraCartClient) -> None:
    wire.answers("PUT", {"conversation": SUMMARY})
    wire.answers("PUT", None, status=500)
    async with client:
        conversation = await client.conversations.start(add_conversation_participant_arns=["arn:1"], resolve_only=False)
        with pytest.raises(aioconvo.MaybeSentError):
            await client.conversations.start()
    assert conversation.conversation_uuid == UUID
    assert wire.sent[0].path == "/rest/v2/conversation/conversations"
    assert wire.sent[0].json() == {"add_conversation_participant_arns": ["arn:1"], "resolve_only": False}
    assert wire.sent[1].json() == {}
    assert len(wire.sent) == 2


@pytest.mark.parametrize("status", [200, 204])
async def test_calls_without_an_answer(wire: Any, client: UltraCartClient, status: int) -> None:
    for method in ("PUT", "PUT", "DELETE", "PUT", "PUT"):
        wire.answers(method, status=status)
    async with client:
        await client.conversations.join(UUID)
        await client.conversations.join(UUID, participant_language_iso_code="en")
        await client.conversations.leave(UUID)
        await client.conversations.mark_read(UUID)
        await client.queues.update_status("sales", agent_status="available")
    base = "/rest/v2/conversation/conversations"
    assert [(sent.method, sent.path) for sent in wire.sent] == [
        ("PUT", f"{base}/{UUID}/join"),
        ("PUT", f"{base}/{UUID}/join"),
        ("DELETE", f"{base}/{UUID}/leave"),
        ("PUT", f"{base}/{UUID}/markread"),
        ("PUT", f"{base}/queues/sales/status"),
    ]
    assert wire.sent[0].body == b""
    assert wire.sent[1].json() == {"participant_language_iso_code": "en"}
    assert wire.sent[4].json() == {"agent_status": "available"}


async def test_search_pages_by_range_in_the_body(wire: Any, client: UltraCartClient) -> None:
    other = SUMMARY | {"conversation_uuid": "u2"}
    wire.answers("POST", {"range_begin": 0, "range_end": 1, "records": [SUMMARY], "total": 2, "success": True})
    wire.answers("POST", {"range_begin": 1, "range_end": 2, "records": [other], "total": 2, "success": True})
    async with client:
        found = await client.conversations.search(text_search="order", order_by_newest=True, page_size=1).collect()
    assert [conversation.conversation_uuid for conversation in found] == [UUID, "u2"]
    assert wire.sent[0].path == "/rest/v2/conversation/conversations/search"
    asked = {"text_search": "order", "order_by_newest": True}
    assert wire.sent[0].json() == asked | {"range_begin": 0, "range_end": 1}
    assert wire.sent[1].json() == asked | {"range_begin": 1, "range_end": 2}


async def test_upload_url(wire: Any, client: UltraCartClient) -> None:
    wire.answers("GET", {"conversation_multimedia_upload_url": {"key": "k/1.png", "url": "https://up.test/?canary"}})
    async with client:
        upload = await client.conversations.get_upload_url("png")
    assert wire.last.path == "/rest/v2/conversation/upload_url/png"
    assert upload.key == "k/1.png"
    assert "canary" not in repr(upload)


async def test_messages_since(wire: Any, client: UltraCartClient) -> None:
    wire.answers("GET", {"success": True, "conversation_messages": [MESSAGE]})
    wire.answers("GET", {"success": True, "conversation_messages": [MESSAGE]})
    async with client:
        messages = await client.messages.list(UUID, since=dt.datetime(2026, 11, 1, tzinfo=dt.UTC), page_size=50).collect()
    assert [message.conversation_message_uuid for message in messages] == ["m1"]
    base = f"/rest/v2/conversation/conversations/{UUID}/messages"
    assert [sent.path for sent in wire.sent] == [f"{base}/1793491200000", f"{base}/1793539799999"]
    assert wire.sent[0].query == [("limit", "50")]


async def test_authorize_websocket_hides_tokens(wire: Any, client: UltraCartClient) -> None:
    auth = {"jwt": "canary", "pbx_worker_token_v2": "canary", "websocket_url": "wss://x.test", "user_id": 7}
    wire.answers("PUT", {"success": True, "agent_auth": auth})
    async with client:
        authorization = await client.agents.authorize_websocket()
    assert wire.last.path == "/rest/v2/conversation/agent/auth"
    assert authorization.jwt == "canary"
    assert "canary" not in repr(authorization)


async def test_queue_statuses(wire: Any, client: UltraCartClient) -> None:
    queue = {
        "queue_name": "sales",
        "agent_count": 1,
        "agents": [{"agent_status": "busy", "conversation_participant_arn": "arn:1"}],
        "queue_entries": [{"question": "canary", "join_dts": "2026-11-01T08:00:00-05:00"}],
    }
    wire.answers("GET", {"success": True, "queue_statuses": [queue]})
    async with client:
        queues = await client.queues.list_statuses()
    assert wire.last.path == "/rest/v2/conversation/conversations/queues/statuses"
    assert queues[0].agents is not None
    assert queues[0].agents[0].agent_status is AgentStatus.BUSY
    assert "canary" not in repr(queues[0].queue_entries)


@pytest.mark.parametrize(
    ("status", "body", "headers", "error", "code"),
    [
        (200, {"success": False, "error": {"error_code": "404", "user_message": "gone"}}, {}, aioconvo.NotFoundError, "404"),
        (200, {"error": {"developer_message": "no"}, "metadata": {}}, {}, aioconvo.BadRequestError, None),
        (200, {"success": False}, {}, aioconvo.BadRequestError, None),
        (401, {"error": {"error_code": "401", "user_message": "no"}}, {}, aioconvo.AuthenticationError, "401"),
        (410, {"error": {"developer_message": "off"}}, {}, aioconvo.GoneError, None),
        (403, None, {"UC-REST-ERROR": "not yours"}, aioconvo.PermissionDeniedError, None),
    ],
)
async def test_errors_also_in_good_envelopes(
    wire: Any, client: UltraCartClient, status: int, body: Any, headers: dict[str, str], error: Any, code: str | None
) -> None:
    wire.answers("GET", body, status=status, headers=headers)
    async with client:
        with pytest.raises(error) as caught:
            await client.conversations.get(UUID)
    assert caught.value.code == code
    words = headers.get("UC-REST-ERROR")
    assert words is None or words in str(caught.value)


@pytest.mark.parametrize("body", [{"success": True}, {"success": True, "conversation": None}])
async def test_an_envelope_without_its_payload_is_no_answer(wire: Any, client: UltraCartClient, body: Any) -> None:
    wire.answers("GET", body)
    async with client:
        with pytest.raises(aioconvo.ResponseDecodeError, match="lacks 'conversation'"):
            await client.conversations.get(UUID)


async def test_refresh_token_is_used_and_its_successor_kept(wire: Any, clock: Any) -> None:
    stored: list[str] = []
    for number in (1, 2):
        wire.answers(
            "POST", {"access_token": f"t{number}", "refresh_token": f"r{number}", "expires_in": "3600", "token_type": "bearer"}
        )
    for _ in range(2):
        wire.answers("GET", {"conversation": SUMMARY})
    async with aioconvo.SessionPool(clock=clock) as pool:
        client = UltraCartClient(
            client_id="app", refresh_token="r0", on_refresh_token=stored.append, base_url=wire.base_url, pool=pool
        )
        await client.conversations.get(UUID)
        clock.now += 3600
        await client.conversations.get(UUID)
    asked = [sent for sent in wire.sent if sent.method == "POST"]
    assert [sent.path for sent in asked] == ["/oauth/token"] * 2
    assert asked[0].body == b"grant_type=refresh_token&client_id=app&refresh_token=r0"
    assert asked[1].body == b"grant_type=refresh_token&client_id=app&refresh_token=r1"
    assert asked[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in asked[0].headers
    assert [sent.headers["authorization"] for sent in wire.sent if sent.method == "GET"] == ["Bearer t1", "Bearer t2"]
    assert stored == ["r1", "r2"]


async def test_a_refused_refresh_is_an_authentication_error(wire: Any) -> None:
    wire.answers("POST", {"error": "invalid_grant", "error_description": "used before"})
    async with UltraCartClient(client_id="app", refresh_token="r0", base_url=wire.base_url) as client:
        with pytest.raises(aioconvo.AuthenticationError, match="used before") as caught:
            await client.conversations.get(UUID)
    assert caught.value.code == "invalid_grant"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c: c.conversations.list(page_size=201), "page_size must be 1 to 200"),
        (lambda c: c.conversations.search(order_by_newest=True, order_by_oldest=True), "exclude each other"),
        (lambda c: c.messages.list("u", since=-1), "0 or more"),
        (lambda c: c.messages.list("u", since=dt.datetime(2026, 1, 1)), "time zone"),  # noqa: DTZ001 -- the point
        (lambda c: c.messages.list(".."), "must not be empty"),
    ],
)
def test_bad_arguments_are_refused_at_once(client: UltraCartClient, call: Any, words: str) -> None:
    with pytest.raises(aioconvo.InvalidRequestError, match=words):
        call(client)


def test_the_published_quota_holds_on_the_providers_own_host() -> None:
    assert UltraCartClient(simple_key="k").default_limits.concurrency == 1
    there = UltraCartClient(simple_key="k")
    here = UltraCartClient(simple_key="k", base_url="http://127.0.0.1:9")
    assert there.limits == UltraCartClient.default_limits
    assert here.limits == aioconvo.Limits()
    assert UltraCartClient(simple_key="k", limits=aioconvo.Limits()).limits == aioconvo.Limits()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "exactly one of simple_key"),
        ({"simple_key": "k", "token": "t"}, "exactly one of simple_key"),
        ({"client_id": "a"}, "refresh_token is missing"),
        ({"refresh_token": "a"}, "client_id is missing"),
        ({"simple_key": "k\n"}, "line break"),
    ],
)
def test_wrong_settings_name_the_fix(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(aioconvo.ConfigurationError, match=words):
        UltraCartClient(**settings)


@pytest.mark.parametrize(
    ("variables", "missing"),
    [
        ({"SIMPLE_KEY": "k"}, None),
        ({"TOKEN": "t"}, None),
        ({"CLIENT_ID": "a", "REFRESH_TOKEN": "r"}, None),
        ({}, "AIOCONVO_ULTRACART_SIMPLE_KEY"),
        ({"CLIENT_ID": "a"}, "AIOCONVO_ULTRACART_REFRESH_TOKEN"),
        ({"REFRESH_TOKEN": "a"}, "AIOCONVO_ULTRACART_CLIENT_ID"),
    ],
)
def test_from_env(variables: dict[str, str], missing: str | None) -> None:
    environ = {f"AIOCONVO_ULTRACART_{name}": value for name, value in variables.items()}
    if missing is None:
        assert UltraCartClient.from_env(environ=environ).base_url == "https://secure.ultracart.com/rest/v2"
    else:
        with pytest.raises(aioconvo.ConfigurationError, match=missing):
            UltraCartClient.from_env(environ=environ)


def test_no_secret_in_repr() -> None:
    clients = [
        UltraCartClient(simple_key="canary"),
        UltraCartClient(token="canary"),
        UltraCartClient(client_id="a", refresh_token="canary"),
    ]
    assert "canary" not in "".join(repr(client) + repr(vars(client)) for client in clients)
