"""The emulated UltraCart as a function of requests."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from aioconvo import File, UltraCartClient
from aioconvo.sandbox import Sandbox
from aioconvo.sandbox.exchange import Reply, Request, Settings
from aioconvo.sandbox.ultracart.routes import UltraCartSandbox

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOW = dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC)
KEY = {"x-ultracart-simple-key": "sandbox-key"}
BASE = "/conversation/conversations"
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def ultracart() -> UltraCartSandbox:
    return UltraCartSandbox(Settings(conversations=12, messages=120, now=NOW, clock=lambda: NOW))


def ask(
    ultracart: UltraCartSandbox,
    method: str,
    path: str,
    query: Sequence[tuple[str, str]] = (),
    *,
    body: object = None,
    headers: Mapping[str, str] = KEY,
) -> tuple[Reply, Any]:
    raw = body if isinstance(body, bytes) else b"" if body is None else msgspec.json.encode(body)
    answer = ultracart.answer(Request(method, path, query, headers, raw))
    return answer, msgspec.json.decode(answer.encoded() or b"null")


def conversations(ultracart: UltraCartSandbox, *query: tuple[str, str]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = ask(ultracart, "GET", BASE, query)[1]["conversations"]
    return listed


def one(ultracart: UltraCartSandbox, uuid: str, *query: tuple[str, str]) -> dict[str, Any]:
    conversation: dict[str, Any] = ask(ultracart, "GET", f"{BASE}/{uuid}", query)[1]["conversation"]
    return conversation


def agent(ultracart: UltraCartSandbox) -> str:
    arn: str = ask(ultracart, "PUT", "/conversation/agent/auth")[1]["agent_auth"]["conversation_participant_arn"]
    return arn


def test_offsets_walk_the_list_newest_first(ultracart: UltraCartSandbox) -> None:
    walked: list[dict[str, Any]] = []
    more, offset = True, 0
    while more:
        body = ask(ultracart, "GET", BASE, [("_limit", "5"), ("_offset", str(offset))])[1]
        result_set = body["metadata"]["result_set"]
        count = len(body["conversations"])
        assert result_set == {
            "count": count,
            "limit": 5,
            "more": offset + count < 12,
            "next_offset": offset + count,
            "offset": offset,
            "total_records": 12,
        }
        assert (body["success"], body["metadata"]["payload_name"]) == (True, "conversations")
        walked += body["conversations"]
        more, offset = result_set["more"], result_set["next_offset"]
    dates = [dt.datetime.fromisoformat(item["last_message_dts"]) for item in walked]
    assert walked == conversations(ultracart)
    assert dates == sorted(dates, reverse=True)


def test_the_list_moves_under_a_walk(ultracart: UltraCartSandbox) -> None:
    first = conversations(ultracart, ("_limit", "3"))
    uuid = ultracart.receive_conversation("I am new")
    assert conversations(ultracart, ("_limit", "3"), ("_offset", "3"))[0] == first[-1]
    newest = conversations(ultracart)[0]
    assert (newest["conversation_uuid"], newest["last_conversation_message_body"]) == (uuid, "I am new")
    assert newest["unread_messages"] is True
    ultracart.receive_message(first[-1]["conversation_uuid"], "Me again")
    assert conversations(ultracart)[0]["conversation_uuid"] == first[-1]["conversation_uuid"]


def test_medium_and_before_narrow(ultracart: UltraCartSandbox) -> None:
    every = conversations(ultracart)
    assert conversations(ultracart, ("medium", "sms")) == [each for each in every if each["medium"] == "sms"]
    bound = every[4]["last_message_dts"]
    milliseconds = int(dt.datetime.fromisoformat(bound).timestamp() * 1000)
    assert conversations(ultracart, ("before", bound)) == every[5:]
    assert conversations(ultracart, ("before", str(milliseconds))) == every[5:]


@pytest.mark.parametrize(
    "query",
    [("_limit", "201"), ("_limit", "0"), ("_limit", "x"), ("_offset", "-1"), ("medium", "fax"), ("before", "noon")],
)
def test_list_queries_are_checked(ultracart: UltraCartSandbox, query: tuple[str, str]) -> None:
    assert ask(ultracart, "GET", BASE, [query])[0].status == 400
    assert ask(ultracart, "GET", BASE, [("_limit", "200")])[0].status == 200


def test_a_conversation_has_participants_and_messages(ultracart: UltraCartSandbox) -> None:
    listed = conversations(ultracart)[0]
    whole = one(ultracart, listed["conversation_uuid"])
    assert {name: whole[name] for name in listed} == listed
    assert len(whole["messages"]) == listed["message_count"] == 120
    assert len(whole["participants"]) == 2
    assert one(ultracart, listed["conversation_uuid"], ("limit", "3"))["messages"] == whole["messages"][-3:]


def test_messages_since_a_time_include_it_and_its_ties(ultracart: UltraCartSandbox) -> None:
    uuid = conversations(ultracart)[0]["conversation_uuid"]
    every = one(ultracart, uuid)["messages"]
    epochs = [message["message_epoch"] for message in every]
    tie = next(epoch for epoch in epochs if epochs.count(epoch) > 1)
    body = ask(ultracart, "GET", f"{BASE}/{uuid}/messages/{tie}")[1]
    assert epochs == sorted(epochs)
    assert body["conversation_messages"] == every[epochs.index(tie) :][:100]
    assert body["metadata"]["result_set"]["total_records"] == 120 - epochs.index(tie)
    later = ask(ultracart, "GET", f"{BASE}/{uuid}/messages/{tie + 1}")[1]["conversation_messages"]
    assert later[0]["message_epoch"] > tie


def test_following_since_page_by_page_finds_every_message(ultracart: UltraCartSandbox) -> None:
    uuid = conversations(ultracart)[1]["conversation_uuid"]
    seen: dict[str, Any] = {}
    since, size = 0, -1
    while len(seen) > size:
        size = len(seen)
        page = ask(ultracart, "GET", f"{BASE}/{uuid}/messages/{since}", [("limit", "9")])[1]["conversation_messages"]
        seen.update((message["conversation_message_uuid"], message) for message in page)
        since = page[-1]["message_epoch"]
    assert list(seen) == ultracart.state()["ids"][uuid]


@pytest.mark.parametrize(("since", "limit"), [("yesterday", "1"), ("0", "0"), ("0", "201")])
def test_message_queries_are_checked(ultracart: UltraCartSandbox, since: str, limit: str) -> None:
    uuid = conversations(ultracart)[0]["conversation_uuid"]
    assert ask(ultracart, "GET", f"{BASE}/{uuid}/messages/{since}", [("limit", limit)])[0].status == 400


def test_a_received_message_can_be_read_and_its_mark_cleared(ultracart: UltraCartSandbox) -> None:
    uuid = conversations(ultracart)[-1]["conversation_uuid"]
    ask(ultracart, "PUT", f"{BASE}/{uuid}/join")
    shown = ultracart.receive_message(uuid, "Hello?")
    after = one(ultracart, uuid)
    assert after["messages"][-1] == shown
    assert after["unread_messages"] is True
    assert {part["conversation_participant_arn"]: part["unread_messages"] for part in after["participants"]}[
        agent(ultracart)
    ] == 1
    answer, body = ask(ultracart, "PUT", f"{BASE}/{uuid}/markread")
    assert (answer.status, body) == (204, None)
    assert one(ultracart, uuid)["unread_messages"] is False


def test_joining_adds_the_keys_agent_and_leaving_dates_it(ultracart: UltraCartSandbox) -> None:
    uuid, arn = conversations(ultracart)[0]["conversation_uuid"], agent(ultracart)

    def mine() -> list[dict[str, Any]]:
        return [part for part in one(ultracart, uuid)["participants"] if part["conversation_participant_arn"] == arn]

    assert mine() == []
    language = {"participant_language_iso_code": "de"}
    assert ask(ultracart, "PUT", f"{BASE}/{uuid}/join", body=language)[0].status == 204
    assert [(part["language_iso_code"], "left_dts" in part) for part in mine()] == [("de", False)]
    assert ask(ultracart, "DELETE", f"{BASE}/{uuid}/leave")[0].status == 204
    assert "left_dts" in mine()[0]
    assert ask(ultracart, "PUT", f"{BASE}/{uuid}/join")[0].status == 204
    assert "left_dts" not in mine()[0]


def test_starting_opens_a_conversation_at_the_front(ultracart: UltraCartSandbox) -> None:
    whom = conversations(ultracart)[3]["participants"][0]["conversation_participant_arn"]
    body = ask(ultracart, "PUT", BASE, body={"add_conversation_participant_arns": [whom]})[1]
    made = body["conversation"]
    assert body["success"] is True
    assert made["messages"] == []
    assert {part["conversation_participant_arn"] for part in made["participants"]} == {agent(ultracart), whom}
    assert conversations(ultracart)[0]["conversation_uuid"] == made["conversation_uuid"]
    assert len(conversations(ultracart)) == 13


def test_resolving_finds_and_makes_nothing(ultracart: UltraCartSandbox) -> None:
    known = conversations(ultracart)[3]
    by_arn = {"conversation_arn": known["conversation_arn"], "resolve_only": True}
    whom = known["participants"][0]["conversation_participant_arn"]
    by_participant = {"add_conversation_participant_arns": [whom], "resolve_only": True}
    for body in (by_arn, by_participant):
        found = ask(ultracart, "PUT", BASE, body=body)[1]["conversation"]
        assert found["conversation_uuid"] == known["conversation_uuid"]
        assert len(found["participants"]) == 2
    assert ask(ultracart, "PUT", BASE, body={"resolve_only": True})[0].status == 404
    assert ask(ultracart, "PUT", BASE, body={"conversation_arn": "arn:of:nobody"})[0].status == 404
    assert len(conversations(ultracart)) == 12


def test_the_queue_has_the_keys_agent_whose_status_moves(ultracart: UltraCartSandbox) -> None:
    def statuses() -> dict[str, str]:
        queues = ask(ultracart, "GET", f"{BASE}/queues/statuses")[1]["queue_statuses"]
        return {
            queue["queue_name"]: each["agent_status"]
            for queue in queues
            for each in queue["agents"]
            if each["conversation_participant_arn"] == agent(ultracart)
        }

    assert statuses() == {"Support": "available", "Sales": "available"}
    path = f"{BASE}/queues/Support/status"
    assert ask(ultracart, "PUT", path, body={"agent_status": "unavailable"})[0].status == 204
    assert statuses() == {"Support": "unavailable", "Sales": "available"}
    for refused in ({"agent_status": "asleep"}, {"custom_status_name": "Lunch"}):
        assert ask(ultracart, "PUT", path, body=refused)[0].status == 400
    assert ask(ultracart, "PUT", f"{BASE}/queues/None/status", body={"agent_status": "busy"})[0].status == 404


@pytest.mark.parametrize(
    ("search", "keep"),
    [
        ({}, lambda _: True),
        ({"medium_filter": "sms"}, lambda each: each["medium"] == "sms"),
        ({"visible_filter": False}, lambda each: not each["visible"]),
        ({"text_search": "NO SUCH WORDS"}, lambda _: False),
        ({"email_filter": ".5@"}, lambda each: ".5@" in each["participants"][0]["email"]),
        ({"language_filter": "fr"}, lambda _: False),
        (
            {"date_start": "2026-05-03T00:00:00Z", "date_end": "2026-05-04T00:00:00Z"},
            lambda each: dt.datetime.fromisoformat(each["last_message_dts"]).astimezone(dt.UTC).day == 3,
        ),
    ],
)
def test_searching(ultracart: UltraCartSandbox, search: dict[str, Any], keep: Any) -> None:
    expected = [each for each in conversations(ultracart) if keep(each)]
    body = ask(ultracart, "POST", f"{BASE}/search", body={**search, "range_begin": 0, "range_end": 4})[1]
    assert body["records"] == expected[:4]
    assert (body["range_begin"], body["range_end"], body["total"]) == (0, min(4, len(expected)), len(expected))
    oldest = ask(ultracart, "POST", f"{BASE}/search", body={**search, "order_by_oldest": True})[1]
    assert oldest["records"] == expected[::-1]


@pytest.mark.parametrize("search", [{"date_start": "soon"}, {"range_begin": -1}, {"range_begin": 5, "range_end": 4}])
def test_searches_are_checked(ultracart: UltraCartSandbox, search: dict[str, Any]) -> None:
    assert ask(ultracart, "POST", f"{BASE}/search", body=search)[0].status == 400


def test_an_upload_has_a_key_and_a_url(ultracart: UltraCartSandbox) -> None:
    upload = ask(ultracart, "GET", "/conversation/upload_url/png")[1]["conversation_multimedia_upload_url"]
    assert upload["key"].endswith(".png")
    assert upload["key"] in upload["url"]


def test_the_storage_takes_what_it_gave_a_url_for_and_knows_no_credentials(ultracart: UltraCartSandbox) -> None:
    given = {"host": "127.0.0.1:1", "x-ultracart-simple-key": "sandbox-key"}
    upload = ask(ultracart, "GET", "/conversation/pbx/audio/upload_url/mp3", headers=given)[1][
        "conversation_pbx_audio_upload_url"
    ]
    assert upload["url"].startswith(f"http://127.0.0.1:1/ultracart/_uploads/{upload['key']}?")
    for method, key, status in (("PUT", "DEMO/other.mp3", 403), ("GET", upload["key"], 403), ("PUT", upload["key"], 200)):
        assert ultracart.answer(Request(method, f"/_uploads/{key}", (), {}, b"abcd")).status == status
    assert ultracart.state()["uploads"] == {upload["key"]: 4}


async def test_a_recording_is_uploaded_to_the_sandbox() -> None:
    async with Sandbox(conversations=1) as sandbox, UltraCartClient(**sandbox.client_options("ultracart")) as client:
        audio = await client.pbx.audios.upload(File(b"abcd", name="hold.mp3"))
        assert sandbox.state()["ultracart"]["uploads"] == {audio.audio_s3_listing_key: 4}
        assert (await client.pbx.audios.get(str(audio.conversation_pbx_audio_uuid))).filename == "hold.mp3"


def test_a_refreshed_token_is_a_bearer(ultracart: UltraCartSandbox) -> None:
    form = b"grant_type=refresh_token&refresh_token=sandbox-refresh&client_id=sandbox-client"
    body = ask(ultracart, "POST", "/oauth/token", body=form, headers={})[1]
    assert isinstance(body["expires_in"], str)
    assert (body["refresh_token"], body["token_type"]) == ("sandbox-refresh", "bearer")
    bearer = {"authorization": f"Bearer {body['access_token']}"}
    assert ask(ultracart, "GET", BASE, headers=bearer)[0].status == 200
    ultracart.revoke_tokens()
    assert ask(ultracart, "GET", BASE, headers=bearer)[0].status == 401


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        (b"", 400, "unsupported_grant_type"),
        (b"grant_type=refresh_token&refresh_token=sandbox-refresh", 401, "invalid_client"),
        (b"grant_type=refresh_token&refresh_token=no&client_id=sandbox-client", 400, "invalid_grant"),
    ],
)
def test_tokens_are_refused(ultracart: UltraCartSandbox, form: bytes, status: int, error: str) -> None:
    answer, body = ask(ultracart, "POST", "/oauth/token", body=form, headers={})
    assert (answer.status, body["error"]) == (status, error)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", BASE, {}, 401),
        ("GET", BASE, {"x-ultracart-simple-key": "wrong"}, 401),
        ("GET", BASE, {"authorization": "Bearer wrong"}, 401),
        ("GET", f"{BASE}/{NOBODY}", KEY, 404),
        ("PUT", f"{BASE}/{NOBODY}/join", KEY, 404),
        ("DELETE", f"{BASE}/{NOBODY}/leave", KEY, 404),
        ("PUT", f"{BASE}/{NOBODY}/markread", KEY, 404),
        ("GET", f"{BASE}/{NOBODY}/messages/0", KEY, 404),
        ("GET", "/conversation/nothing", KEY, 404),
        ("POST", BASE, KEY, 405),
        ("PUT", BASE, KEY, 400),
        ("POST", f"{BASE}/search", KEY, 400),
    ],
)
def test_refusals_have_the_providers_shape(
    ultracart: UltraCartSandbox, *, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer, body = ask(ultracart, method, path, body=b"{" if method != "GET" else None, headers=headers)
    assert answer.status == status
    assert body["error"].keys() == {"developer_message", "error_code", "more_info", "object_id", "user_message"}
    assert (body["error"]["error_code"], body["success"], body["metadata"]) == (str(status), False, {})
    assert answer.headers["UC-REST-ERROR"] == body["error"]["user_message"]


def test_injected_errors_keep_their_headers(ultracart: UltraCartSandbox) -> None:
    answer = ultracart.error(429, {"Retry-After": "2"})
    assert answer.headers["Retry-After"] == "2"
    assert "rate limit" in answer.headers["UC-REST-ERROR"]


def test_an_empty_account_answers_too() -> None:
    silent = UltraCartSandbox(Settings(conversations=1, messages=0))
    listed = conversations(silent)
    assert listed[0]["message_count"] == 0
    assert one(silent, listed[0]["conversation_uuid"])["messages"] == []
    assert conversations(UltraCartSandbox(Settings(conversations=0))) == []
