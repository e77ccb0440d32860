"""Every operation of SMS.CX: what is sent and what comes back."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

import aioconvo
from aioconvo.smscx import (
    OPERATIONS,
    Channel,
    ChatStatus,
    ConversationDetail,
    MessageStatus,
    MessageType,
    RichMedia,
    SmscxClient,
    SmsReply,
)

ID = "3f0c9d52-7a41-4c1e-9b1d-52d0a8f6e713"
KEY_ID = "8d1f3f0a-2b7c-4d5e-8f90-a1b2c3d4e5f6"
TEXT = "Your parcel canary is on its way"
CONTACT: dict[str, Any] = {
    "conversationId": ID,
    "phoneNumber": "+447700900123",
    "countryIso": "GB",
    "firstName": None,
    "lastName": "Lovelace",
}
CONVERSATION = CONTACT | {"unreadMessages": 2, "lastReply": "Where is my canary?", "lastUpdate": "2024-01-31 08:05:09"}
MESSAGE: dict[str, Any] = {
    "msgId": "b2a9d7c4-0a5b-4d0e-8d0f-6d9a3f1c2e77",
    "type": "received",
    "text": "Where is my canary?",
    "richMedia": {"imageUrl": "https://cdn.example/canary.png"},
    "status": "DELIVERED",
    "cost": 0,
    "channel": "whatsapp",
    "datetime": "2024-01-31 08:05:09",
}
INFO: dict[str, Any] = {
    "campaignId": "5a7e6c1b-9d3f-4a2b-8c4d-0e1f2a3b4c5d",
    "totalPhoneNumbers": 1,
    "totalValid": 1,
    "totalInvalid": 0,
    "totalCost": 0.09,
    "totalParts": 2,
    "dlrCallbackUrl": None,
    "scheduled": False,
    "phoneNumbersByCountry": {"GB": 1},
}
SENT: dict[str, Any] = {
    "msgId": "b2a9d7c4-0a5b-4d0e-8d0f-6d9a3f1c2e78",
    "createdAt": "2024-01-31 08:06:00",
    "cost": 0.09,
    "to": "+447700900123",
    "countryIso": "GB",
    "from": "SHOP",
    "text": TEXT,
}
SMS: dict[str, Any] = {
    "info": INFO,
    "data": SENT | {"status": "SENT", "parts": 2, "textAnalysis": {"length": 180, "unicode": False, "parts": 2}},
}
CHAT: dict[str, Any] = {
    "info": INFO,
    "data": SENT
    | {"status": "NO COVERAGE", "statusCode": 5, "errorCode": 3, "inQuietHours": True, "parts": 1}
    | {"trackData": KEY_ID, "scheduledAt": "2024-01-31 09:00:00"},
}


@pytest.fixture
def client(wire: Any) -> SmscxClient:
    return SmscxClient(api_key="k3y", base_url=wire.base_url)


async def test_list(wire: Any, client: SmscxClient) -> None:
    second = CONVERSATION | {"conversationId": KEY_ID, "firstName": "Ada", "lastName": None}
    wire.answers("GET", {"data": [CONVERSATION, second]})
    async with client:
        page = await client.conversations.list()
    assert (wire.last.method, wire.last.path, wire.last.query, wire.last.body) == ("GET", "/conversations", [], b"")
    assert wire.last.headers["x-api-key"] == "k3y"
    assert "authorization" not in wire.last.headers
    assert [conversation.conversation_id for conversation in page.items] == [ID, KEY_ID]
    assert not page.has_more
    first = page.items[0]
    assert (first.first_name, first.last_name, first.unread_messages) == (None, "Lovelace", 2)
    assert first.last_reply == "Where is my canary?"
    assert first.last_update == dt.datetime(2024, 1, 31, 8, 5, 9, tzinfo=dt.UTC)
    assert [json.loads(aioconvo.raw_json(item) or b"") for item in page.items] == [CONVERSATION, second]


async def test_a_list_is_one_request_and_goes_on_where_it_was_left(wire: Any, client: SmscxClient) -> None:
    ids = [f"00000000-0000-4000-8000-00000000000{digit}" for digit in range(5)]
    for _ in range(3):
        wire.answers("GET", {"data": [CONVERSATION | {"conversationId": one} for one in ids]})
    async with client:
        conversations = client.conversations
        assert [item.conversation_id async for item in conversations.list()] == ids
        head = await conversations.list(limit=2)
        tail = await conversations.list(start=head.position).collect()
    assert [item.conversation_id for item in (*head.items, *tail)] == ids
    assert len(wire.sent) == 3


async def test_get(wire: Any, client: SmscxClient) -> None:
    wire.answers("GET", {"info": CONTACT, "data": [MESSAGE]}, headers={"X-Request-Id": "r1"})
    async with client:
        with aioconvo.capture_responses() as responses:
            detail = await client.conversations.get(ID)
    assert (wire.last.path, wire.last.body) == (f"/conversations/{ID}", b"")
    assert responses[0].request_id == "r1"
    assert detail.info.phone_number == "+447700900123"
    message = detail.messages[0]
    assert (message.type, message.status, message.channel) == (
        MessageType.RECEIVED,
        MessageStatus.DELIVERED,
        Channel.WHATSAPP,
    )
    assert message.datetime == dt.datetime(2024, 1, 31, 8, 5, 9, tzinfo=dt.UTC)
    assert message.rich_media == {"imageUrl": "https://cdn.example/canary.png"}
    assert message.cost == 0.0


async def test_mark_read(wire: Any, client: SmscxClient) -> None:
    wire.answers("GET", {"info": {"id": ID}})
    async with client:
        await client.conversations.mark_read(ID)
    assert (wire.last.method, wire.last.path) == ("GET", f"/conversations/{ID}/read")


async def test_uuids_are_sent_in_lower_case(wire: Any, client: SmscxClient) -> None:
    """As the API documents them; some databases give them in upper case."""
    wire.answers("POST", {}, status=404)
    async with client:
        with pytest.raises(aioconvo.NotFoundError):
            await client.conversations.reply_sms(ID.upper(), text="x", idempotency_id=KEY_ID.upper())
    assert wire.last.path == f"/conversations/{ID}/sms"
    assert wire.last.json() == {"text": "x", "idempotencyId": KEY_ID}


async def test_reply_sms(wire: Any, client: SmscxClient) -> None:
    wire.answers("POST", SMS)
    async with client:
        reply = await client.conversations.reply_sms(ID, text="x" * 1001)  # 1000 holds for the other two only
    assert wire.last.path == f"/conversations/{ID}/sms"
    assert wire.last.headers["content-type"] == "application/json"
    assert wire.last.json() == {"text": "x" * 1001}
    assert (reply.info.total_cost, reply.info.total_parts, reply.info.dlr_callback_url) == (0.09, 2, None)
    assert reply.info.phone_numbers_by_country == {"GB": 1}
    assert (reply.message.status, reply.message.from_, reply.message.text_analysis.length) == ("SENT", "SHOP", 180)
    assert reply.message.created_at == dt.datetime(2024, 1, 31, 8, 6, tzinfo=dt.UTC)


@pytest.mark.parametrize("channel", ["viber", "whatsapp"])
async def test_reply_by_chat(wire: Any, client: SmscxClient, channel: str) -> None:
    wire.answers("POST", CHAT)
    media = RichMedia(image_url="https://cdn.example/i.png", button_caption="Track", target_url="https://example.org")
    async with client:
        send = getattr(client.conversations, f"reply_{channel}")
        reply = await send(ID, text=TEXT, rich_media=media, idempotency_id=KEY_ID)
    assert wire.last.path == f"/conversations/{ID}/{channel}"
    assert wire.last.json() == {
        "text": TEXT,
        "richMedia": {
            "imageUrl": "https://cdn.example/i.png",
            "buttonCaption": "Track",
            "targetUrl": "https://example.org",
        },
        "idempotencyId": KEY_ID,
    }
    message = reply.message
    assert message.status is ChatStatus.NO_COVERAGE
    assert (message.status_code, message.error_code, message.in_quiet_hours, message.track_data) == (5, 3, True, KEY_ID)
    assert message.scheduled_at == dt.datetime(2024, 1, 31, 9, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("channel", ["viber", "whatsapp"])
async def test_rich_media_is_sent_even_when_there_is_none(wire: Any, client: SmscxClient, channel: str) -> None:
    wire.answers("POST", CHAT)
    async with client:
        await getattr(client.conversations, f"reply_{channel}")(ID, text="x" * 1000)
    assert wire.last.json() == {"text": "x" * 1000, "richMedia": {}}


async def test_get_token(wire: Any) -> None:
    wire.answers("POST", {"access_token": "t0ken", "expires_in": 86400, "token_type": "Bearer", "scope": "sms numbers"})
    async with SmscxClient(application_id="app", application_secret="s3cret", base_url=wire.base_url) as client:
        token = await client.oauth.get_token(scope=["sms", "numbers"])
    assert wire.last.path == "/oauth/token"
    assert wire.last.headers["authorization"] == "Basic YXBwOnMzY3JldA=="
    assert wire.last.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qsl(wire.last.body.decode()) == [("grant_type", "client_credentials"), ("scope", "sms numbers")]
    assert (token.access_token, token.expires_in, token.token_type, token.scope) == (
        "t0ken",
        86400,
        "Bearer",
        "sms numbers",
    )


async def test_get_token_needs_an_application(wire: Any, client: SmscxClient) -> None:
    with pytest.raises(aioconvo.ConfigurationError, match="application_id and application_secret"):
        await client.oauth.get_token()
    assert wire.sent == []


async def test_a_ready_token(wire: Any) -> None:
    wire.answers("GET", {"data": []})
    async with SmscxClient(token="t0ken", base_url=wire.base_url) as client:
        assert await client.conversations.list().collect() == []
    assert wire.last.headers["authorization"] == "Bearer t0ken"
    assert "x-api-key" not in wire.last.headers


async def test_a_204_is_no_error(wire: Any, client: SmscxClient) -> None:
    for _ in range(3):
        wire.answers("GET", status=204)
    wire.answers("POST", status=204)
    async with client:
        await client.conversations.mark_read(ID)
        assert await client.conversations.list().collect() == []
        found: ConversationDetail | None = await client.conversations.get(ID)
        reply: SmsReply | None = await client.conversations.reply_sms(ID, text=TEXT)
    assert (found, reply) == (None, None)


async def test_what_the_api_may_send_beyond_its_documents(wire: Any, client: SmscxClient) -> None:
    odd = MESSAGE | {"channel": "telegram", "richMedia": [], "datetime": None}
    short = {name: value for name, value in MESSAGE.items() if name != "datetime"}
    wire.answers("GET", {"info": CONTACT, "data": [MESSAGE, odd, short]})
    never = CONVERSATION | {"conversationId": KEY_ID, "lastUpdate": ""}
    wire.answers("GET", {"data": [CONVERSATION | {"lastUpdate": "2024-01-31T10:05:09+02:00"}, never]})
    async with client:
        good, strange, shortened = (await client.conversations.get(ID)).messages
        zoned, unused = await client.conversations.list().collect()
    assert good.datetime.tzinfo is dt.UTC
    assert (strange.channel, strange.channel.known) == ("telegram", False)
    assert strange.datetime is None
    assert aioconvo.raw_json(shortened) is not None
    assert zoned.last_update == dt.datetime(2024, 1, 31, 8, 5, 9, tzinfo=dt.UTC)
    assert (unused.last_update, unused.conversation_id) == (None, KEY_ID)


async def test_an_answer_without_its_payload_is_an_error(wire: Any, client: SmscxClient) -> None:
    wire.answers("GET", {"info": CONTACT})
    async with client:
        with pytest.raises(aioconvo.ResponseDecodeError, match="data"):
            await client.conversations.get(ID)


CSV = "phoneNumber,firstName\r\n+447700900000,Zoë\r\n"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (CSV.encode(), "application/csv"),
        (b"\xef\xbb\xbf" + CSV.encode(), "text/csv; charset=utf-8"),
        (CSV.encode("latin-1"), "text/csv; charset=iso-8859-1"),
    ],
)
async def test_export_a_group(wire: Any, client: SmscxClient, tmp_path: Path, content: bytes, kind: str) -> None:
    for _ in range(3):
        wire.answers("GET", body=content, headers={"Content-Length": str(len(content)), "Content-Type": kind})
    async with client:
        export = client.groups.export_csv(7)
        assert await export == content
        assert await export.text() == CSV
        path = await export.save(tmp_path / "group.csv")
        assert await asyncio.to_thread(path.read_bytes) == content
    assert [sent.path.rpartition("/groups")[2] for sent in wire.sent] == ["/7/csv"] * 3
    assert wire.last.headers["accept"] == "application/csv, text/csv, */*;q=0.1"


def test_operations_of_conversations_groups_and_sms() -> None:
    found = {(operation.method, operation.path, operation.name): operation.effect.value for operation in OPERATIONS}
    one = "/conversations/{conversationId}"
    assert (
        found.items()
        >= {
            ("GET", "/conversations", "get_converstions_list"): "read",
            ("GET", one, "get_conversation"): "read",
            ("GET", f"{one}/read", "mark_conversation_as_read"): "idempotent",
            ("POST", f"{one}/sms", "send_conversation_reply_sms"): "paid",
            ("POST", f"{one}/viber", "send_conversation_reply_viber"): "paid",
            ("POST", f"{one}/whatsapp", "send_conversation_reply_whatsapp"): "paid",
            ("GET", "/groups", "get_groups_list"): "read",
            ("POST", "/groups", "create_group"): "unsafe",
            ("GET", "/groups/{groupId}", "get_group_details"): "read",
            ("POST", "/groups/{groupId}", "add_contacts_to_group"): "unsafe",
            ("DELETE", "/groups/{groupId}", "delete_group"): "idempotent",
            ("GET", "/groups/{groupId}/csv", "export_group_to_csv"): "read",
            ("GET", "/groups/{groupId}/empty", "empty_group"): "idempotent",
            ("GET", "/groups/{groupId}/xlsx", "export_group_to_xlsx"): "read",
            ("PATCH", "/groups/{groupId}/{phoneNumberId}", "update_contact_from_group"): "idempotent",
            ("DELETE", "/groups/{groupId}/{phoneNumberId}", "delete_contact_from_group"): "idempotent",
            ("POST", "/oauth/token", "get_access_token"): "idempotent",
            ("GET", "/originators", "get_originators_list"): "read",
            ("POST", "/originators", "create_originator"): "unsafe",
            ("DELETE", "/originators/{originatorId}", "delete_originator"): "idempotent",
            ("POST", "/sms", "send_sms"): "paid",
            ("POST", "/sms/campaign", "send_sms_campaign"): "paid",
            ("POST", "/sms/estimate", "estimate_sms"): "read",
            ("POST", "/sms/campaign/estimate", "estimate_sms_campaign"): "read",
            ("DELETE", "/sms/scheduled/{msgId}", "delete_scheduled_sms"): "idempotent",
            ("DELETE", "/sms/scheduled/campaign/{campaignId}", "delete_scheduled_sms_campaign"): "idempotent",
        }.items()
    )


V7 = "01890a5d-ac96-774b-bcce-b302099a8057"
CAPTION = "button_caption must have 1 to 30"


@pytest.mark.parametrize(
    ("method", "arguments", "words"),
    [
        ("get", {"conversation_id": "../oauth"}, "conversation_id must be a UUID"),
        ("get", {"conversation_id": ID.replace("-", "")}, "conversation_id must be a UUID"),
        ("mark_read", {"conversation_id": ""}, "conversation_id must be a UUID"),
        ("get", {"conversation_id": None}, "conversation_id must be a UUID"),
        ("mark_read", {"conversation_id": 5}, "conversation_id must be a UUID"),
        ("reply_sms", {"conversation_id": "1", "text": "x"}, "conversation_id must be a UUID"),
        ("reply_sms", {"text": ""}, "text is empty"),
        ("reply_sms", {"text": "x", "idempotency_id": "order-1"}, "idempotency_id must be a UUID"),
        ("reply_sms", {"text": "x", "idempotency_id": V7}, "version 1 to 5"),
        ("reply_sms", {"text": "half \ud83d"}, "lone surrogate"),
        ("reply_viber", {"conversation_id": "1", "text": "x"}, "conversation_id must be a UUID"),
        ("reply_viber", {"text": ""}, "text is empty"),
        ("reply_viber", {"text": "x" * 1001}, "text must have 1 to 1000"),
        ("reply_viber", {"text": "x", "rich_media": RichMedia(button_caption="")}, CAPTION),
        ("reply_whatsapp", {"conversation_id": "1", "text": "x"}, "conversation_id must be a UUID"),
        ("reply_whatsapp", {"text": "x" * 1001}, "text must have 1 to 1000"),
        ("reply_whatsapp", {"text": "x", "rich_media": RichMedia(button_caption="x" * 31)}, CAPTION),
        ("reply_whatsapp", {"text": "x", "idempotency_id": V7}, "version 1 to 5"),
    ],
)
async def test_bad_arguments_are_refused_before_sending(
    wire: Any, client: SmscxClient, method: str, arguments: dict[str, Any], words: str
) -> None:
    async with client:
        with pytest.raises(aioconvo.InvalidRequestError, match=words):
            await getattr(client.conversations, method)(**({"conversation_id": ID} | arguments))
    assert wire.sent == []


def test_bad_list_arguments_are_refused_at_once(client: SmscxClient) -> None:
    with pytest.raises(aioconvo.InvalidRequestError, match="limit must be 0 or more"):
        client.conversations.list(limit=-1)
    with pytest.raises(aioconvo.InvalidRequestError, match="start is no position"):
        client.conversations.list(start="nonsense")


@pytest.mark.parametrize(
    ("status", "kind", "code", "error"),
    [
        (400, "invalid_param", 1111, aioconvo.BadRequestError),
        (401, "invalid_api_key", 1000, aioconvo.AuthenticationError),
        (403, "access_denied", 1181, aioconvo.PermissionDeniedError),
        (404, "not_found", 1180, aioconvo.NotFoundError),
        (405, "invalid_method", 1001, aioconvo.APIStatusError),
    ],
)
@pytest.mark.parametrize("wrapped", [True, False])
async def test_error_words(
    wire: Any, client: SmscxClient, *, status: int, kind: str, code: int, error: Any, wrapped: bool
) -> None:
    told = {"type": kind, "message": "No such thing", "uri": "https://sms.cx/e", "code": code}
    wire.answers("GET", {"error": told} if wrapped else told, status=status, headers={"X-Request-Id": "r1"})
    async with client:
        with pytest.raises(error) as caught:
            await client.conversations.get(ID)
    assert (caught.value.status, caught.value.code, caught.value.request_id) == (status, str(code), "r1")
    assert f"{code}: {kind}: No such thing" in str(caught.value)
    assert caught.value.operation == "smscx.conversations.get"
    assert ID not in str(caught.value)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"error": "x"}', b'{"error": null}', b'{"error": {"code": {}}}', b"\xff", b"[" * 9999]
)
async def test_errors_without_words(wire: Any, client: SmscxClient, body: bytes) -> None:
    wire.answers("GET", body=body, status=404)
    async with client:
        with pytest.raises(aioconvo.NotFoundError) as caught:
            await client.conversations.get(ID)
    assert caught.value.code is None


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "exactly one of api_key"),
        ({"api_key": "k", "token": "t"}, "exactly one of api_key"),
        ({"api_key": "k", "application_id": "a", "application_secret": "s"}, "exactly one of api_key"),
        ({"token": "t", "application_secret": "s"}, "exactly one of api_key"),
        ({"application_id": "a"}, "application_secret is missing"),
        ({"application_secret": "s"}, "application_id is missing"),
        ({"api_key": ""}, "api_key is missing"),
        ({"token": " "}, "token is missing"),
        ({"api_key": "k\n"}, "line break"),
        ({"api_key": "k", "scope": "sms"}, "scope goes with application_id"),
        ({"api_key": "k", "base_url": "http://api.example"}, "allow_http"),
        ({"api_key": "k", "max_retry": 1}, "unknown options: max_retry"),
    ],
)
def test_wrong_settings_name_the_fix(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(aioconvo.ConfigurationError, match=words):
        SmscxClient(**settings)


def test_host() -> None:
    assert SmscxClient(api_key="k").base_url == "https://api.sms.cx"


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"API_KEY": "k"}, None),
        ({"TOKEN": "t"}, None),
        ({"APPLICATION_ID": "a", "APPLICATION_SECRET": "s", "SCOPE": "sms"}, None),
        ({}, "set AIOCONVO_SMSCX_API_KEY to .*AIOCONVO_SMSCX_TOKEN"),
        ({"API_KEY": " "}, "set AIOCONVO_SMSCX_API_KEY"),
        ({"APPLICATION_ID": "a"}, "set AIOCONVO_SMSCX_APPLICATION_SECRET"),
        ({"APPLICATION_SECRET": "s"}, "set AIOCONVO_SMSCX_APPLICATION_ID"),
        ({"API_KEY": "k", "TOKEN": "t"}, "exactly one of api_key"),
    ],
)
def test_from_env(variables: dict[str, str], words: str | None) -> None:
    environ = {f"AIOCONVO_SMSCX_{name}": value for name, value in variables.items()}
    environ["AIOCONVO_SMSCX_BASE_URL"] = "http://127.0.0.1:9/smscx"
    if words is None:
        assert SmscxClient.from_env(environ=environ, timeout=5).base_url == "http://127.0.0.1:9/smscx"
    else:
        with pytest.raises(aioconvo.ConfigurationError, match=words):
            SmscxClient.from_env(environ=environ)


async def test_no_secret_and_no_text_in_repr(wire: Any) -> None:
    token = {"access_token": "canary", "expires_in": 60, "token_type": "Bearer", "scope": "sms"}
    wire.answers("POST", token)
    wire.answers("POST", token)
    wire.answers("GET", {"data": [CONVERSATION]})
    wire.answers("GET", {"info": CONTACT, "data": [MESSAGE]})
    wire.answers("POST", SMS)
    wire.answers("POST", CHAT)
    clients = [SmscxClient(api_key="canary"), SmscxClient(token="canary")]
    async with SmscxClient(application_id="app", application_secret="canary", base_url=wire.base_url) as client:
        got = await client.oauth.get_token()
        listed = await client.conversations.list().collect()
        detail = await client.conversations.get(ID)
        sms = await client.conversations.reply_sms(ID, text=TEXT)
        media = RichMedia(image_url="canary")
        chat = await client.conversations.reply_viber(ID, text=TEXT, rich_media=media)
    words = repr([*clients, client, client.oauth, client.conversations, got, listed, detail, detail.messages, sms, media, chat])
    for secret in ("canary", "+447700900123", "Lovelace"):
        assert secret not in words
    assert ID in words
