"""Every operation of UltraCart conversations: what is sent and what comes back."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import msgspec
import pytest

import aioconvo
from aioconvo.core.calls.capture import capture_responses
from aioconvo.ultracart import AgentStatus, Medium, MessageType, SentimentKind, TransportState, UltraCartClient
from tests.faults.server import Answer, FaultServer, Seen, Step, Wait

UUID = "0f3c1a52-9b7e-4d1e-8c55-6f2a9d1b7e01"
OTHER = "0f3c1a52-9b7e-4d1e-8c55-6f2a9d1b7e02"
ARN = "arn:ultracart:conversation:DEMO:participant:agent:1"
EASTERN = dt.timezone(dt.timedelta(hours=-5))
SUMMARY: dict[str, Any] = {
    "closed": False,
    "conversation_arn": f"arn:ultracart:conversation:DEMO:conversation:{UUID}",
    "conversation_uuid": UUID,
    "customer_first_message_unresponded_to_dts": "2026-02-02T15:04:49-05:00",
    "last_conversation_message_body": "Where is my order?",
    "last_conversation_participant_arn": ARN,
    "last_conversation_participant_name": "Ada Lovelace",
    "last_interactive_message_dts": "2026-02-02T15:04:49-05:00",
    "last_message_dts": "2026-02-02T15:04:49-05:00",
    "medium": "sms",
    "merchant_id": "DEMO",
    "message_count": 2,
    "participants": [
        {
            "conversation_participant_arn": ARN,
            "conversation_participant_name": "Ada Lovelace",
            "joined_dts": "2026-02-02T15:00:00-05:00",
            "sms_phone_number": "+15555550100",
            "unread_messages": 3,
        }
    ],
    "sentiment": {"sentiment": "POSITIVE", "positive": 0.9, "negative": 0},
    "start_dts": "2026-02-02T15:00:00-05:00",
    "unread_messages": True,
    "visible": True,
}
EARLIER = SUMMARY | {"conversation_uuid": OTHER, "last_message_dts": "2026-02-02T20:04:48Z"}
MESSAGE: dict[str, Any] = {
    "author_conversation_participant_arn": ARN,
    "author_conversation_participant_name": "Ada Lovelace",
    "body": "Where is my order?",
    "client_message_id": "c-1",
    "conversation_message_uuid": "5e1d0000-0000-4000-8000-000000000001",
    "language_iso_code": "en",
    "media_urls": ["https://media.example.com/1.png"],
    "merchant_id": "DEMO",
    "message_dts": "2026-02-02T15:04:49-05:00",
    "message_epoch": 1770062689123,
    "message_type": "message",
    "translations": [{"body": "Où est ma commande ?", "language_iso_code": "fr"}],
    "transport_statuses": [{"conversation_participant_arn": ARN, "status": "TWILIO_ERROR"}],
    "type": "engagement prompt",
    "upload_keys": [],
}
LATER = MESSAGE | {"conversation_message_uuid": "5e1d0000-0000-4000-8000-000000000002", "message_epoch": 1770062689124}
CONVERSATION = SUMMARY | {
    "base_language_iso_code": "en",
    "messages": [MESSAGE],
    "virtual_agent": True,
    "virtual_agent_cost": 0.25,
}


def result_set(count: int, offset: int, total: int | None, *, more: bool) -> dict[str, Any]:
    rows = {
        "count": count,
        "limit": 1,
        "more": more,
        "next_offset": offset + count,
        "offset": offset,
        "total_records": total,
    }
    return {"metadata": {"payload_name": "conversations", "result_set": rows}, "success": True}


def error(code: str | None, words: str | None = "no such thing") -> dict[str, Any]:
    told = {"developer_message": words, "user_message": words} | ({} if code is None else {"error_code": code})
    return {"error": told, "metadata": {}, "success": False}


@pytest.fixture
def client(wire: Any) -> UltraCartClient:
    return UltraCartClient(simple_key="s3cret", base_url=wire.base_url + "/rest/v2")


async def test_get(wire: Any, client: UltraCartClient) -> None:
    wire.answers("GET", {"conversation": CONVERSATION, "success": True, "metadata": {"payload_name": "conversation"}})
    async with client:
        conversation = await client.conversations.get(UUID, message_limit=1)
    assert wire.last.path == f"/rest/v2/conversation/conversations/{UUID}"
    assert wire.last.query == [("limit", "1")]
    assert wire.last.body == b""
    assert wire.last.headers["x-ultracart-simple-key"] == "s3cret"
    assert wire.last.headers["x-ultracart-api-version"] == "2017-03-01"
    assert "authorization" not in wire.last.headers
    assert conversation.medium is Medium.SMS
    assert conversation.last_message_dts == dt.datetime(2026, 2, 2, 15, 4, 49, tzinfo=EASTERN)
    assert conversation.virtual_agent_cost == 0.25
    assert conversation.sentiment is not None
    assert conversation.sentiment.sentiment is SentimentKind.POSITIVE
    assert conversation.participants is not None
    assert conversation.participants[0].unread_messages == 3
    assert conversation.messages is not None
    message = conversation.messages[0]
    assert message.type is MessageType.ENGAGEMENT_PROMPT
    assert message.transport_statuses is not None
    assert message.transport_statuses[0].status is TransportState.TWILIO_ERROR


async def test_list_walks_by_offset(wire: Any, client: UltraCartClient) -> None:
    wire.answers("GET", {"conversations": [SUMMARY]} | result_set(1, 0, 2, more=True))
    wire.answers("GET", {"conversations": [EARLIER]} | result_set(1, 1, 2, more=False))
    before = dt.datetime(2026, 2, 3, tzinfo=EASTERN)
    async with client:
        found = await client.conversations.list(medium="sms", before=before, page_size=1).collect()
    assert [conversation.conversation_uuid for conversation in found] == [UUID, OTHER]
    assert wire.sent[0].path == "/rest/v2/conversation/conversations"
    assert wire.sent[0].query == [("_limit", "1"), ("before", "2026-02-03T05:00:00Z"), ("medium", "sms")]
    assert wire.sent[1].query == [("_limit", "1"), ("_offset", "1"), ("before", "2026-02-03T05:00:00Z"), ("medium", "sms")]
    assert found[0].unread_messages is True


async def test_list_looks_at_the_front_again_when_it_moved(wire: Any, client: UltraCartClient) -> None:
    jumped = SUMMARY | {"conversation_uuid": "third", "last_message_dts": "2026-02-02T15:05:00-05:00"}
    wire.answers("GET", {"conversations": [SUMMARY]} | result_set(1, 0, None, more=True))
    wire.answers("GET", {"conversations": [SUMMARY]} | result_set(1, 1, None, more=True))
    wire.answers("GET", {"conversations": [EARLIER]} | result_set(1, 2, None, more=False))
    wire.answers("GET", {"conversations": [jumped, SUMMARY, EARLIER]} | result_set(3, 0, None, more=False))
    async with client:
        found = await client.conversations.list().collect()
    assert [conversation.conversation_uuid for conversation in found] == [UUID, OTHER, "third"]
    assert wire.last.query == []


async def test_a_full_page_without_metadata_is_given_and_then_an_error(wire: Any, client: UltraCartClient) -> None:
    wire.answers("GET", {"conversations": [SUMMARY], "success": True})
    async with client:
        pages = client.conversations.list(page_size=1).pages()
        page = await anext(pages)
        assert [conversation.conversation_uuid for conversation in page.items] == [UUID]
        with pytest.raises(aioconvo.PaginationError, match="did not tell"):
            await anext(pages)


async def test_list_goes_on_from_a_position(wire: Any, client: UltraCartClient) -> None:
    wire.answers("GET", {"conversations": [SUMMARY]} | result_set(1, 0, 2, more=True))
    wire.answers("GET", {"conversations": [SUMMARY, EARLIER]} | result_set(2, 1, 3, more=False))
    wire.answers("GET", {"conversations": [SUMMARY, EARLIER]} | result_set(2, 0, 3, more=False))
    async with client:
        page = await client.conversations.list()
        rest = await client.conversations.list(start=page.position).collect()
    assert wire.sent[1].query == [("_offset", "1")]
    assert [conversation.conversation_uuid for conversation in rest] == [OTHER]


async def test_search(wire: Any, client: UltraCartClient) -> None:
    wire.answers("POST", {"range_begin": 0, "range_end": 1, "records": [SUMMARY], "total": 2})
    wire.answers("POST", {"range_begin": 1, "range_end": 2, "records": [EARLIER], "total": 2})
    async with client:
        found = await client.conversations.search(
            text_search="order",
            date_start=dt.datetime(2026, 2, 1, tzinfo=dt.UTC),
            date_end="2026-03-01",
            medium_filter=Medium.SMS,
            visible_filter=False,
            order_by_newest=True,
            page_size=1,
        ).collect()
    asked = {
        "date_end": "2026-03-01",
        "date_start": "2026-02-01T00:00:00+00:00",
        "medium_filter": "sms",
        "order_by_newest": True,
        "text_search": "order",
        "visible_filter": False,
    }
    assert wire.sent[0].path == "/rest/v2/conversation/conversations/search"
    assert wire.sent[0].json() == asked | {"range_begin": 0, "range_end": 1}
    assert wire.sent[1].json() == asked | {"range_begin": 1, "range_end": 2}
    assert [conversation.conversation_uuid for conversation in found] == [UUID, OTHER]


async def test_search_whose_range_end_is_inclusive_and_whose_total_is_missing(wire: Any, client: UltraCartClient) -> None:
    wire.answers("POST", {"records": [SUMMARY, EARLIER]})
    wire.answers("POST", {"records": []})
    async with client:
        found = await client.conversations.search(page_size=1).collect()
    assert len(found) == 2
    assert wire.sent[0].json() == {"range_begin": 0, "range_end": 1}
    assert wire.sent[1].json() == {"range_begin": 2, "range_end": 3}


async def test_start(wire: Any, client: UltraCartClient) -> None:
    wire.answers("PUT", {"conversation": CONVERSATION})
    async with client:
        conversation = await client.conversations.start(add_conversation_participant_arns=(ARN,), resolve_only=False)
    assert wire.last.path == "/rest/v2/conversation/conversations"
    assert wire.last.json() == {"add_conversation_participant_arns": [ARN], "resolve_only": False}
    assert conversation.conversation_uuid == UUID


async def test_start_is_never_sent_twice(wire: Any, client: UltraCartClient) -> None:
    wire.answers("PUT", error("500"), status=500)
    async with client:
        with pytest.raises(aioconvo.MaybeSentError):
            await client.conversations.start(conversation_arn=ARN, conversation_webchat_queue_uuid=OTHER)
    assert len(wire.sent) == 1
    assert wire.last.json() == {"conversation_arn": ARN, "conversation_webchat_queue_uuid": OTHER}


@pytest.mark.parametrize("status", [200, 204])
async def test_join_leave_and_mark_read(wire: Any, client: UltraCartClient, status: int) -> None:
    for method in ("PUT", "PUT", "DELETE", "PUT"):
        wire.answers(method, status=status)
    async with client:
        await client.conversations.join(UUID)
        await client.conversations.join(UUID, participant_language_iso_code="de")
        await client.conversations.leave(UUID)
        await client.conversations.mark_read(UUID)
    one = f"/rest/v2/conversation/conversations/{UUID}"
    assert [(sent.method, sent.path) for sent in wire.sent] == [
        ("PUT", f"{one}/join"),
        ("PUT", f"{one}/join"),
        ("DELETE", f"{one}/leave"),
        ("PUT", f"{one}/markread"),
    ]
    assert [sent.body for sent in wire.sent] == [b"", b'{"participant_language_iso_code":"de"}', b"", b""]


async def test_get_upload_url(wire: Any, client: UltraCartClient) -> None:
    wire.answers("GET", {"conversation_multimedia_upload_url": {"key": "k-1", "url": "https://up.example/canary"}})
    async with client:
        upload = await client.conversations.get_upload_url("png")
    assert wire.last.path == "/rest/v2/conversation/upload_url/png"
    assert (upload.key, upload.url) == ("k-1", "https://up.example/canary")
    assert "canary" not in repr(upload)


async def test_list_messages_oldest_first(wire: Any, client: UltraCartClient) -> None:
    rows = {"metadata": {"result_set": {"more": False}}}
    wire.answers("GET", {"conversation_messages": [LATER, MESSAGE], "success": True})
    wire.answers("GET", {"conversation_messages": [LATER, MESSAGE]} | rows)
    async with client:
        messages = await client.messages.list(UUID, since=dt.datetime(2026, 2, 2, 20, tzinfo=dt.UTC)).collect()
    path = f"/rest/v2/conversation/conversations/{UUID}/messages"
    assert [sent.path for sent in wire.sent] == [f"{path}/1770062400000", f"{path}/1770062689123"]
    assert [sent.query for sent in wire.sent] == [[], []]
    assert [message.message_epoch for message in messages] == [1770062689123, 1770062689124]


async def test_list_messages_in_one_request_where_no_more_follow(wire: Any, client: UltraCartClient) -> None:
    for _ in range(2):
        wire.answers("GET", {"conversation_messages": [MESSAGE], "metadata": {"result_set": {"more": False}}})
    async with client:
        page = await client.messages.list(UUID, page_size=200)
        assert wire.last.path.endswith("/messages/0")
        assert wire.last.query == [("limit", "200")]
        assert not page.has_more
        # From the end of a walk, a later one gives what is new.
        assert await client.messages.list(UUID, start=page.position).collect() == []
    assert wire.last.path.endswith("/messages/1770062689122")


async def test_messages_without_epoch_are_walked_by_their_time(wire: Any, client: UltraCartClient) -> None:
    timed = {name: value for name, value in MESSAGE.items() if name != "message_epoch"}
    wire.answers("GET", {"conversation_messages": [timed]})
    wire.answers("GET", {"conversation_messages": [timed]})
    async with client:
        assert len(await client.messages.list(UUID).collect()) == 1
    assert wire.last.path.endswith("/messages/1770062688999")


async def test_authorize_websocket(wire: Any, client: UltraCartClient) -> None:
    tokens = ("jwt", "pbx_jwt", "pbx_voice_identity", "pbx_voice_token", "pbx_worker_token", "pbx_worker_token_v2")
    agent = {
        "chat_user": True,
        "conversation_participant_arn": ARN,
        "group_ids": [1],
        "merchants": [{"company": "Shop", "is_parent": True, "merchant_id": "DEMO"}],
        "twilio_accounts": [{"merchant_id": "DEMO", "twilio_phone_numbers": ["+15555550100"]}],
        "user_id": 7,
        "websocket_url": "wss://socket.example/canary",
    } | dict.fromkeys(tokens, "canary")
    wire.answers("PUT", {"agent_auth": agent, "success": True})
    async with client:
        with capture_responses() as responses:
            auth = await client.agents.authorize_websocket()
    assert wire.last.path == "/rest/v2/conversation/agent/auth"
    assert wire.last.body == b""
    assert auth.jwt == auth.pbx_worker_token_v2 == "canary"
    assert auth.user_id == 7
    assert "canary" not in repr(auth) + repr(responses) + repr(responses[0].data)


async def test_keep_alive(wire: Any, client: UltraCartClient) -> None:
    wire.answers("GET", None, status=204)
    async with client:
        await client.agents.keep_alive()
    assert wire.last.path == "/rest/v2/conversation/agent/keepalive"
    assert wire.last.body == b""


async def test_list_queue_statuses(wire: Any, client: UltraCartClient) -> None:
    queue = {
        "queue_name": "Support",
        "agents": [{"agent_status": "busy", "agent_user_id": "7", "last_chat_dts": "2026-02-02T15:04:49-05:00"}],
        "queue_entries": [{"question": "Anybody there?", "join_dts": "2026-02-02T15:04:49-05:00"}],
        "customer_average_hold_time_seconds": 12,
    }
    wire.answers("GET", {"queue_statuses": [queue], "success": True})
    async with client:
        statuses = await client.queues.list_statuses().collect()
    assert wire.last.path == "/rest/v2/conversation/conversations/queues/statuses"
    assert statuses[0].customer_average_hold_time_seconds == 12
    assert statuses[0].agents is not None
    assert statuses[0].agents[0].agent_status is AgentStatus.BUSY
    assert "Anybody" not in repr(statuses) + repr(statuses[0].queue_entries)


async def test_update_queue_status(wire: Any, client: UltraCartClient) -> None:
    wire.answers("PUT", status=204)
    wire.answers("PUT", status=204)
    async with client:
        await client.queues.update_status("After sales/EU", agent_status="busy", custom_status_name="lunch")
        await client.queues.update_status("Support", agent_status=AgentStatus.AVAILABLE, custom_status_uuid=OTHER)
    assert wire.sent[0].path == "/rest/v2/conversation/conversations/queues/After%20sales%2FEU/status"
    assert wire.sent[0].json() == {"agent_status": "busy", "custom_status_name": "lunch"}
    assert wire.sent[1].json() == {"agent_status": "available", "custom_status_uuid": OTHER}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c: c.conversations.list(page_size=0), "page_size must be 1 to 200"),
        (lambda c: c.conversations.list(page_size=201), "page_size must be 1 to 200"),
        (lambda c: c.conversations.list(before=dt.datetime(2026, 1, 1)), "before must be a datetime with a time zone"),  # noqa: DTZ001
        (lambda c: c.conversations.list(start="nonsense"), "start is no position"),
        (lambda c: c.conversations.search(page_size=0), "page_size must be 1 or more"),
        (lambda c: c.conversations.search(order_by_newest=True, order_by_oldest=True), "exclude each other"),
        (lambda c: c.conversations.search(date_end=dt.datetime(2026, 1, 1)), "date_end must be a datetime with"),  # noqa: DTZ001
        (lambda c: c.messages.list(UUID, page_size=1), "page_size must be 2 to 200"),
        (lambda c: c.messages.list(UUID, since=-1), "since must be 0 or more"),
        (lambda c: c.messages.list(UUID, since=dt.datetime(2026, 1, 1)), "since must be a datetime with"),  # noqa: DTZ001
        (lambda c: c.messages.list(".."), "must not be empty"),
    ],
)
def test_bad_list_arguments_are_refused_at_once(client: UltraCartClient, call: Any, words: str) -> None:
    with pytest.raises(aioconvo.InvalidRequestError, match=words):
        call(client)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, aioconvo.BadRequestError),
        (401, aioconvo.AuthenticationError),
        (403, aioconvo.PermissionDeniedError),
        (404, aioconvo.NotFoundError),
        (410, aioconvo.GoneError),
    ],
)
async def test_error_words(wire: Any, client: UltraCartClient, status: int, kind: Any) -> None:
    wire.answers("GET", error(str(status)), status=status, headers={"UC-REST-ERROR": "other words"})
    async with client:
        with pytest.raises(kind, match="no such thing") as caught:
            await client.conversations.get(UUID)
    assert caught.value.status == status
    assert caught.value.code == str(status)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error": {}}', b'{"error": {"error_code": 400}}', b"\xff"])
async def test_the_header_has_the_words_where_the_body_has_none(wire: Any, client: UltraCartClient, body: bytes) -> None:
    wire.answers("GET", body=body, status=400, headers={"UC-REST-ERROR": "rate of 5 per 1 second(s) exceeded"})
    async with client:
        with pytest.raises(aioconvo.BadRequestError, match=r"rate of 5 per 1 second\(s\) exceeded"):
            await client.conversations.get(UUID)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (error("404"), aioconvo.NotFoundError, 404),
        (error(None), aioconvo.BadRequestError, 400),
        (error("200"), aioconvo.BadRequestError, 400),
        (error("many"), aioconvo.BadRequestError, 400),
        ({"success": False}, aioconvo.BadRequestError, 400),
        ({"error": {"user_message": "no such thing"}, "conversation": CONVERSATION}, aioconvo.BadRequestError, 400),
    ],
)
async def test_an_error_that_comes_with_200(wire: Any, client: UltraCartClient, body: Any, kind: Any, status: int) -> None:
    wire.answers("GET", body)
    wire.answers("PUT", body)
    wire.answers("GET", body)
    wire.answers("GET", body)
    async with client:
        calls = (
            client.conversations.get(UUID),
            client.conversations.join(UUID),
            client.conversations.list().collect(),
            client.request("GET", "/conversation/anything"),
        )
        for call in calls:
            with pytest.raises(kind) as caught:
                await call
            assert caught.value.status == status
            assert caught.value.body == msgspec.json.encode(body)


async def test_too_many_requests_that_come_with_200_are_tried_again(wire: Any, clock: Any) -> None:
    wire.answers("GET", error("429"))
    wire.answers("GET", {"conversation": CONVERSATION})
    async with aioconvo.SessionPool(clock=clock) as pool:
        client = UltraCartClient(simple_key="k", base_url=wire.base_url, pool=pool)
        assert (await client.conversations.get(UUID)).conversation_uuid == UUID
    assert len(wire.sent) == 2


@pytest.mark.parametrize("body", [{"success": True, "metadata": {}}, {"conversation": None}, {}, []])
async def test_an_answer_without_its_payload(wire: Any, client: UltraCartClient, body: Any) -> None:
    wire.answers("GET", body)
    wire.answers("PUT", body)
    async with client:
        for call in (client.conversations.get(UUID), client.conversations.start()):
            with pytest.raises(aioconvo.ResponseDecodeError):
                await call


async def test_what_is_new_or_missing_costs_nothing(wire: Any, client: UltraCartClient) -> None:
    wire.answers(
        "GET",
        {
            "conversation": {
                "conversation_uuid": UUID,
                "medium": "fax",
                "last_message_dts": "soon",
                "brand_new": 1,
                "closed": None,
            }
        },
    )
    async with client:
        conversation = await client.conversations.get(UUID)
    assert conversation.medium == "fax"
    assert conversation.last_message_dts is None
    assert aioconvo.raw_json(conversation) is not None


async def test_bearer_token(wire: Any) -> None:
    wire.answers("GET", {"queue_statuses": []})
    async with UltraCartClient(token="ready", base_url=wire.base_url, headers={"x-ultracart-api-version": "2"}) as client:
        assert await client.queues.list_statuses().collect() == []
    assert wire.last.headers["authorization"] == "Bearer ready"
    assert wire.last.headers["x-ultracart-api-version"] == "2"


async def test_oauth_keeps_and_hands_on_a_new_refresh_token(wire: Any) -> None:
    stored: list[str] = []
    token = {"access_token": "t1", "refresh_token": "second", "expires_in": "3600", "token_type": "bearer"}
    wire.answers("POST", token)
    wire.answers("GET", {"queue_statuses": []})
    wire.answers("GET", error("401"), status=401)
    wire.answers("POST", token | {"access_token": "t2", "refresh_token": None})
    wire.answers("GET", {"queue_statuses": []})
    async with UltraCartClient(
        client_id="app", refresh_token="first&only", on_refresh_token=stored.append, base_url=wire.base_url
    ) as client:
        await client.queues.list_statuses()
        await client.with_options(timeout=5).queues.list_statuses()
    first, second = (sent for sent in wire.sent if sent.method == "POST")
    assert first.path == "/oauth/token"
    assert first.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in first.headers
    assert sorted(first.body.split(b"&")) == [
        b"client_id=app",
        b"grant_type=refresh_token",
        b"refresh_token=first%26only",
    ]
    assert b"refresh_token=second" in second.body
    assert [sent.headers["authorization"] for sent in wire.sent if sent.method == "GET"] == [
        "Bearer t1",
        "Bearer t1",
        "Bearer t2",
    ]
    assert stored == ["second"]


@pytest.mark.parametrize("status", [200, 400, 401])
async def test_a_refused_refresh_token(wire: Any, status: int) -> None:
    wire.answers("POST", {"error": "invalid_grant", "error_description": "consent was withdrawn"}, status=status)
    async with UltraCartClient(client_id="app", refresh_token="canary", base_url=wire.base_url) as client:
        with pytest.raises(aioconvo.AuthenticationError, match="consent was withdrawn") as caught:
            await client.queues.list_statuses()
    assert caught.value.code == "invalid_grant"
    assert caught.value.operation == "ultracart.queues.list_statuses"
    assert "no access token (ultracart.oauth.refresh_token)" in str(caught.value)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("expires_in", [None, "", "0", "never", "inf", 3600])
async def test_any_lifetime_of_a_token(wire: Any, expires_in: Any) -> None:
    wire.answers("POST", {"access_token": "t1", "expires_in": expires_in})
    for _ in range(2):
        wire.answers("GET", {"queue_statuses": []})
    async with UltraCartClient(client_id="app", refresh_token="r", base_url=wire.base_url) as client:
        await client.queues.list_statuses()
        await client.queues.list_statuses()
    assert [sent.method for sent in wire.sent] == ["POST", "GET", "GET"]


async def test_a_cancelled_call_does_not_lose_the_new_refresh_token() -> None:
    """The server has changed it already: with the old one nobody would get a token any more."""
    asked = asyncio.Event()
    stored: list[str] = []
    token = b'{"access_token": "t1", "refresh_token": "second", "expires_in": "3600"}'

    def script(seen: Seen) -> list[Step]:
        asked.set()
        return [Wait(0.02), Answer(body=token)] if seen.target == "/oauth/token" else [Answer(body=b'{"queue_statuses": []}')]

    async with (
        FaultServer(script) as server,
        UltraCartClient(
            client_id="app", refresh_token="first", on_refresh_token=stored.append, base_url=server.base_url
        ) as client,
    ):
        call = asyncio.create_task(client.queues.list_statuses().collect())
        await asked.wait()
        call.cancel()
        await asyncio.wait((call,))
        assert await client.queues.list_statuses().collect() == []
    assert call.cancelled()
    assert [seen.target for seen in server.seen] == ["/oauth/token", "/conversation/conversations/queues/statuses"]
    assert stored == ["second"]


def _told_wrong(_token: str) -> None:
    raise RuntimeError("disk full")


async def _never_awaited(_token: str) -> None: ...


@pytest.mark.parametrize(
    ("callback", "error"),
    [(_told_wrong, RuntimeError), (lambda token: _never_awaited(token + ""), aioconvo.ConfigurationError)],
    ids=["raises", "coroutine"],
)
async def test_a_callback_that_fails_is_told_and_burns_no_further_token(callback: Any, error: type[Exception]) -> None:
    def script(seen: Seen) -> Answer:
        if seen.target == "/oauth/token":
            return Answer(body=b'{"access_token": "t1", "refresh_token": "second", "expires_in": "3600"}')
        return Answer(body=b'{"queue_statuses": []}')

    async with (
        FaultServer(script) as server,
        UltraCartClient(client_id="app", refresh_token="first", on_refresh_token=callback, base_url=server.base_url) as client,
    ):
        first = await asyncio.gather(*(client.queues.list_statuses() for _ in range(3)), return_exceptions=True)
        for _ in range(3):
            await client.queues.list_statuses()
    assert [type(one) for one in first] == [error] * 3
    assert len({id(one) for one in first}) == 3
    assert [seen.target for seen in server.seen].count("/oauth/token") == 1


async def test_a_new_refresh_token_is_handed_on_though_the_access_token_is_of_no_use() -> None:
    stored: list[str] = []
    body = b'{"access_token": "t\\n1", "refresh_token": "second", "expires_in": "3600"}'
    async with (
        FaultServer(lambda _: Answer(body=body)) as server,
        UltraCartClient(
            client_id="app", refresh_token="first", on_refresh_token=stored.append, base_url=server.base_url
        ) as client,
    ):
        with pytest.raises(aioconvo.ConfigurationError, match="the issued token"):
            await client.queues.list_statuses()
    assert stored == ["second"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "exactly one of simple_key, token, and client_id"),
        ({"simple_key": "k", "token": "t"}, "exactly one"),
        ({"simple_key": ""}, "simple_key is missing"),
        ({"simple_key": "k\n"}, "line break"),
        ({"client_id": "a"}, "refresh_token is missing"),
        ({"refresh_token": "r"}, "client_id is missing"),
        ({"token": "t", "on_refresh_token": print}, "on_refresh_token goes with"),
        ({"client_id": "a", "refresh_token": "r", "on_refresh_token": asyncio.sleep}, "plain function, not a coroutine"),
        ({"token": "t", "base_url": "http://api.example"}, "allow_http"),
        ({"token": "t", "headers": None}, "headers must be a mapping of names to values; got None"),
    ],
)
def test_wrong_settings_name_the_fix(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(aioconvo.ConfigurationError, match=words):
        UltraCartClient(**settings)


def test_the_published_quota_holds_on_the_providers_own_host() -> None:
    assert UltraCartClient(simple_key="k").base_url == "https://secure.ultracart.com/rest/v2"
    assert UltraCartClient(simple_key="k")._limits.concurrency == 1
    assert [rate.calls for rate in UltraCartClient(simple_key="k")._limits.rates] == [1000, 10000]
    assert UltraCartClient(simple_key="k", base_url="http://127.0.0.1:9")._limits == aioconvo.Limits()


@pytest.mark.parametrize(
    "variables",
    [{"SIMPLE_KEY": "k"}, {"TOKEN": "t"}, {"CLIENT_ID": "a", "REFRESH_TOKEN": "r"}],
)
def test_from_env(variables: dict[str, str]) -> None:
    environ = {f"AIOCONVO_ULTRACART_{name}": value for name, value in variables.items()}
    environ["AIOCONVO_ULTRACART_BASE_URL"] = "http://127.0.0.1:9/ultracart"
    assert UltraCartClient.from_env(environ=environ).base_url == "http://127.0.0.1:9/ultracart"
    for name in variables:
        missing = {key: value for key, value in environ.items() if not key.endswith(name)}
        expected = name if len(variables) > 1 else "SIMPLE_KEY"
        with pytest.raises(aioconvo.ConfigurationError, match=f"AIOCONVO_ULTRACART_{expected}"):
            UltraCartClient.from_env(environ=missing)


def test_no_secret_in_repr() -> None:
    clients = (
        UltraCartClient(simple_key="canary"),
        UltraCartClient(token="canary"),
        UltraCartClient(client_id="a", refresh_token="canary"),
    )
    for client in clients:
        assert "canary" not in repr(client) + repr(client.conversations) + repr(client.pool) + repr(client._grant)
