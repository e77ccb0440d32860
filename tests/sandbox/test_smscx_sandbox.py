"""The emulated SMS.CX as a function of requests."""

from __future__ import annotations

import base64
import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from aioconvo.sandbox.exchange import Reply, Request, Settings
from aioconvo.sandbox.smscx.routes import SmscxSandbox

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC)
KEY = {"x-api-key": "sandbox-key"}
NOBODY = "00000000-0000-4000-8000-000000000000"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def smscx() -> SmscxSandbox:
    return SmscxSandbox(Settings(conversations=6, messages=5, now=NOW, clock=lambda: NOW))


def ask(
    smscx: SmscxSandbox, method: str, path: str, body: object = None, headers: Mapping[str, str] = KEY
) -> tuple[Reply, Any]:
    raw = body if isinstance(body, bytes) else b"" if body is None else msgspec.json.encode(body)
    answer = smscx.answer(Request(method, path, (), headers, raw))
    return answer, msgspec.json.decode(answer.encoded())


def conversations(smscx: SmscxSandbox) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = ask(smscx, "GET", "/conversations")[1]["data"]
    return listed


def messages(smscx: SmscxSandbox, conversation_id: str) -> list[dict[str, Any]]:
    detail: list[dict[str, Any]] = ask(smscx, "GET", f"/conversations/{conversation_id}")[1]["data"]
    return detail


def token(user: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def test_the_list_is_sorted_by_the_contacts_last_reply(smscx: SmscxSandbox) -> None:
    listed = conversations(smscx)
    updates = [item["lastUpdate"] for item in listed]
    assert len(listed) == 6
    assert updates == sorted(updates, reverse=True)
    assert all(UUID.fullmatch(item["conversationId"]) for item in listed)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", update) for update in updates)
    assert all(isinstance(item["lastName"], str) for item in listed)


def test_the_list_previews_the_newest_message_and_dates_the_contacts_last(smscx: SmscxSandbox) -> None:
    for item in conversations(smscx):
        said = messages(smscx, item["conversationId"])
        assert len(said) == 5
        assert item["lastReply"] == said[-1]["text"]
        assert item["lastUpdate"] == [each["datetime"] for each in said if each["type"] == "received"][-1]
        assert [each["datetime"] for each in said] == sorted(each["datetime"] for each in said)


def test_two_sandboxes_of_one_seed_are_equal() -> None:
    settings = Settings(conversations=3, messages=4, seed=7, now=NOW)
    assert SmscxSandbox(settings).state() == SmscxSandbox(settings).state()
    assert SmscxSandbox(settings).state() != SmscxSandbox(Settings(conversations=3, messages=4, seed=8, now=NOW)).state()


def test_reading_moves_the_mark(smscx: SmscxSandbox) -> None:
    unread = next(item for item in conversations(smscx) if item["unreadMessages"])
    answer, body = ask(smscx, "GET", f"/conversations/{unread['conversationId']}/read")
    assert (answer.status, body) == (200, {"info": {"id": unread["conversationId"]}})
    assert {item["conversationId"]: item["unreadMessages"] for item in conversations(smscx)}[unread["conversationId"]] == 0


@pytest.mark.parametrize("channel", ["sms", "viber", "whatsapp"])
def test_a_reply_lands_in_the_conversation(smscx: SmscxSandbox, channel: str) -> None:
    inside = conversations(smscx)[0]
    answer, body = ask(smscx, "POST", f"/conversations/{inside['conversationId']}/{channel}", {"text": "Thanks"})
    assert answer.status == 200
    assert body["info"].keys() == {
        "campaignId",
        "totalPhoneNumbers",
        "totalValid",
        "totalInvalid",
        "totalCost",
        "totalParts",
        "dlrCallbackUrl",
        "scheduled",
    }
    # The published models allow an SMS reply no other status than a message's own.
    assert body["data"]["status"] == ("SENT" if channel == "sms" else "ACCEPTED")
    assert body["data"]["parts"] == 1
    assert 3 <= len(body["data"]["from"]) <= 15
    assert body["data"]["to"] == inside["phoneNumber"]
    newest = messages(smscx, inside["conversationId"])[-1]
    assert newest["msgId"] == body["data"]["msgId"]
    assert (newest["type"], newest["text"], newest["channel"]) == ("sent", "Thanks", channel)


def test_rich_media_come_back(smscx: SmscxSandbox) -> None:
    inside = conversations(smscx)[0]["conversationId"]
    media = {"imageUrl": "https://example.com/a.png"}
    ask(smscx, "POST", f"/conversations/{inside}/viber", {"text": "See", "richMedia": media})
    assert messages(smscx, inside)[-1]["richMedia"] == media


def test_a_long_sms_has_parts_and_costs_them(smscx: SmscxSandbox) -> None:
    path = f"/conversations/{conversations(smscx)[0]['conversationId']}/sms"
    one, three = (ask(smscx, "POST", path, {"text": text})[1] for text in ("a" * 160, "é" * 141))
    assert (one["data"]["parts"], three["data"]["parts"]) == (1, 3)
    assert three["data"]["textAnalysis"] == {"length": 141, "unicode": True, "parts": 3}
    assert three["info"]["totalCost"] == pytest.approx(3 * one["info"]["totalCost"])


@pytest.mark.parametrize(("channel", "code"), [("viber", 1181), ("whatsapp", 1182)])
def test_outside_the_reply_window_only_sms_goes(smscx: SmscxSandbox, channel: str, code: int) -> None:
    outside = conversations(smscx)[-1]["conversationId"]
    answer, body = ask(smscx, "POST", f"/conversations/{outside}/{channel}", {"text": "Hello"})
    assert (answer.status, body["error"]["type"], body["error"]["code"]) == (403, "access_denied", code)
    assert ask(smscx, "POST", f"/conversations/{outside}/sms", {"text": "Hello"})[0].status == 200


def test_half_of_the_conversations_are_inside_the_window() -> None:
    smscx = SmscxSandbox(Settings(conversations=100, messages=3, now=NOW, clock=lambda: NOW))
    limit = (NOW - dt.timedelta(hours=24)).strftime("%Y-%m-%d %H:%M:%S")
    assert sum(item["lastUpdate"] > limit for item in conversations(smscx)) == 50


def test_a_received_message_opens_the_window_and_leads_the_list(smscx: SmscxSandbox) -> None:
    before = conversations(smscx)[-1]
    shown = smscx.receive_message(before["conversationId"], "Still there?")
    first = conversations(smscx)[0]
    assert first["conversationId"] == before["conversationId"]
    assert (first["lastReply"], first["unreadMessages"]) == ("Still there?", before["unreadMessages"] + 1)
    assert messages(smscx, before["conversationId"])[-1] == shown
    assert ask(smscx, "POST", f"/conversations/{first['conversationId']}/viber", {"text": "Yes"})[0].status == 200


@pytest.mark.parametrize(
    ("channel", "body", "code"),
    [
        ("sms", {"text": ""}, 1801),
        ("viber", {"text": "   "}, 1801),
        ("whatsapp", {"text": None}, 1801),
        ("whatsapp", {}, 1801),
        ("viber", {"text": "a" * 1001}, 1811),
        ("whatsapp", {"text": "a" * 1001}, 1811),
        ("sms", b"{", 0),
        ("sms", b"", 0),
    ],
)
def test_texts_are_checked(smscx: SmscxSandbox, channel: str, body: object, code: int) -> None:
    path = f"/conversations/{conversations(smscx)[0]['conversationId']}/{channel}"
    answer, refused = ask(smscx, "POST", path, body)
    assert (answer.status, refused["error"]["code"]) == (400, code)


@pytest.mark.parametrize(
    ("method", "suffix"), [("GET", ""), ("GET", "/read"), ("POST", "/sms"), ("POST", "/viber"), ("POST", "/whatsapp")]
)
def test_an_unknown_conversation_is_404(smscx: SmscxSandbox, method: str, suffix: str) -> None:
    answer, body = ask(smscx, method, f"/conversations/{NOBODY}{suffix}", {"text": "x"})
    assert (answer.status, body["error"]["type"], body["error"]["code"]) == (404, "not_found", 1180)
    assert isinstance(body["error"]["uri"], str)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "kind"),
    [
        ("GET", "/conversations", {}, 401, "invalid_api_key"),
        ("GET", "/conversations", {"x-api-key": "wrong"}, 401, "invalid_api_key"),
        ("GET", "/conversations", {"authorization": "Bearer wrong"}, 401, "invalid_api_key"),
        ("DELETE", "/conversations", KEY, 405, "invalid_method"),
        ("GET", "/nothing", KEY, 404, "not_found"),
    ],
)
def test_refusals_have_the_providers_shape(
    smscx: SmscxSandbox, *, method: str, path: str, headers: dict[str, str], status: int, kind: str
) -> None:
    answer, body = ask(smscx, method, path, headers=headers)
    assert (answer.status, body["error"]["type"]) == (status, kind)
    assert body["error"].keys() == {"type", "message", "uri", "code"}


def test_an_issued_token_is_a_bearer(smscx: SmscxSandbox) -> None:
    form = b"grant_type=client_credentials&scope=sms+numbers"
    answer, body = ask(smscx, "POST", "/oauth/token", form, token("sandbox-app", "sandbox-secret"))
    assert (answer.status, body["token_type"], body["scope"]) == (200, "Bearer", "sms numbers")
    assert isinstance(body["expires_in"], int)
    bearer = {"authorization": f"Bearer {body['access_token']}"}
    assert ask(smscx, "GET", "/conversations", headers=bearer)[0].status == 200
    smscx.revoke_tokens()
    assert ask(smscx, "GET", "/conversations", headers=bearer)[0].status == 401


@pytest.mark.parametrize(
    ("form", "password", "status", "kind"),
    [
        (b"grant_type=client_credentials", "wrong", 401, "invalid_client"),
        (b"", "sandbox-secret", 400, "invalid_request"),
        (b"grant_type=password", "sandbox-secret", 400, "unsupported_grant_type"),
        (b"grant_type=client_credentials&scope=A!", "sandbox-secret", 400, "invalid_scope"),
    ],
)
def test_tokens_are_refused(smscx: SmscxSandbox, form: bytes, password: str, status: int, kind: str) -> None:
    answer, body = ask(smscx, "POST", "/oauth/token", form, token("sandbox-app", password))
    assert (answer.status, body["error"]["type"], body["error"]["code"]) == (status, kind, 1600)


@pytest.mark.parametrize("header", ["", "Bearer x", "Basic !", "Basic /w=="])
def test_tokens_need_basic_credentials(smscx: SmscxSandbox, header: str) -> None:
    form = b"grant_type=client_credentials"
    answer, body = ask(smscx, "POST", "/oauth/token", form, {"authorization": header})
    assert (answer.status, body["error"]["type"]) == (401, "invalid_client")


def test_every_answer_has_a_request_id(smscx: SmscxSandbox) -> None:
    answers = [ask(smscx, "GET", path)[0] for path in ("/conversations", "/nothing", f"/conversations/{NOBODY}")]
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == 3


def test_429_tells_the_unix_time_of_its_end(smscx: SmscxSandbox) -> None:
    answer = smscx.error(429, {"Retry-After": "3"})
    assert answer.body["error"]["type"] == "rate_limit"
    assert answer.headers["X-Rate-Limit-Reset"] == str(int(NOW.timestamp()) + 3)
    assert "Retry-After" not in answer.headers
    assert smscx.error(503, {"Retry-After": "1"}).headers["Retry-After"] == "1"


def test_an_empty_account_answers_too() -> None:
    assert conversations(SmscxSandbox(Settings(conversations=0, messages=0))) == []
    silent = SmscxSandbox(Settings(conversations=1, messages=0))
    assert conversations(silent)[0]["lastReply"] == ""
    assert silent.state()["messages"] == 0
