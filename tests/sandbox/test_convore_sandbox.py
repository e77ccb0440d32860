"""The emulated Convore as a function of requests."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from aioconvo.sandbox.convore.routes import ConvoreSandbox
from aioconvo.sandbox.exchange import Reply, Request, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

NOW = dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC)
KEY = {"authorization": "Bearer sandbox-key"}
CONTACT = {"name": "Kim", "handle": {"type": "email", "value": "kim@example.com"}, "role": "from"}
SUPPORT = {"handle": {"type": "email", "value": "support@example.com"}, "role": "to"}
Query = tuple[tuple[str, str], ...]


@pytest.fixture
def convore() -> ConvoreSandbox:
    return ConvoreSandbox(Settings(conversations=20, messages=7, now=NOW, clock=lambda: NOW))


def ask(
    convore: ConvoreSandbox,
    method: str,
    path: str,
    query: Sequence[tuple[str, str]] = (),
    *,
    body: object = None,
    headers: Mapping[str, str] = KEY,
) -> tuple[Reply, Any]:
    raw = body if isinstance(body, bytes) else b"" if body is None else msgspec.json.encode(body)
    answer = convore.answer(Request(method, path, query, headers, raw))
    return answer, msgspec.json.decode(answer.encoded())


def walk(
    convore: ConvoreSandbox, path: str, *query: tuple[str, str], between: Callable[[], object] = lambda: None
) -> list[dict[str, Any]]:
    """Every item by cursors; `between` runs after each page."""
    items: list[dict[str, Any]] = []
    cursor: Query = ()
    while True:
        page = ask(convore, "GET", path, [*query, *cursor])[1]
        items += page["data"]
        if "next_cursor" not in page:
            return items
        cursor = (("cursor", page["next_cursor"]),)
        between()


@pytest.mark.parametrize(("path", "total"), [("/v1/messages", 140), ("/v1/conversations", 20)])
@pytest.mark.parametrize("limit", ["1", "7", "20", "100"])
def test_cursors_give_every_item_once_newest_first(convore: ConvoreSandbox, path: str, total: int, limit: str) -> None:
    items = walk(convore, path, ("limit", limit))
    dates = [item.get("date") or item["last_message_date"] for item in items]
    assert len({item["id"] for item in items}) == len(items) == total
    assert dates == sorted(dates, reverse=True)
    assert ask(convore, "GET", path, [("limit", limit)])[1]["total_count"] == total


def test_ids_are_prefixed_ulids(convore: ConvoreSandbox) -> None:
    for path, prefix in (("/v1/messages", "msg"), ("/v1/conversations", "conv")):
        items = walk(convore, path)
        assert all(re.fullmatch(prefix + r"_[0-9a-hjkmnp-tv-z]{26}", item["id"]) for item in items)
        assert all(item["channel_id"] in convore.state()["channels"] for item in items)


def test_a_page_has_a_hundred_items_unless_told_otherwise(convore: ConvoreSandbox) -> None:
    assert len(ask(convore, "GET", "/v1/messages")[1]["data"]) == 100


def test_formats_differ_in_bodies(convore: ConvoreSandbox) -> None:
    minimal, full = (ask(convore, "GET", "/v1/messages", [("format", form)])[1]["data"][0] for form in ("minimal", "full"))
    assert not {"body", "text_body", "raw_body"} & minimal.keys()
    assert minimal["snippet"]
    assert full["body"] == f"<p>{full['text_body']}</p>".replace("'", "&#x27;")
    assert (minimal["format"], full["format"]) == ("minimal", "full")
    assert ask(convore, "GET", f"/v1/messages/{full['id']}")[1] == full


def test_messages_of_one_conversation(convore: ConvoreSandbox) -> None:
    conversation = ask(convore, "GET", "/v1/conversations")[1]["data"][3]
    mine = walk(convore, "/v1/messages", ("conversation_id", conversation["id"]), ("limit", "2"))
    assert [message["id"] for message in reversed(mine)] == convore.state()["ids"][conversation["id"]]
    assert {message["conversation_id"] for message in mine} == {conversation["id"]}
    assert mine[0]["date"] == conversation["last_message_date"]
    assert ask(convore, "GET", f"/v1/conversations/{conversation['id']}")[1] == conversation
    assert walk(convore, "/v1/messages", ("conversation_id", "conv_none")) == []


def test_what_arrives_during_a_walk_repeats_and_hides_nothing(convore: ConvoreSandbox) -> None:
    conversations = [item["id"] for item in walk(convore, "/v1/conversations")]
    messages = [item["id"] for item in walk(convore, "/v1/messages")]
    newest = conversations[0]

    def write() -> None:
        convore.receive_message(newest, "And another thing")

    assert [item["id"] for item in walk(convore, "/v1/conversations", ("limit", "3"), between=write)] == conversations
    before = [item["id"] for item in walk(convore, "/v1/messages")]
    assert [item["id"] for item in walk(convore, "/v1/messages", ("limit", "9"), between=write)] == before
    assert before[-len(messages) :] == messages


def test_a_reply_lands_outbound_in_the_same_conversation(convore: ConvoreSandbox) -> None:
    oldest = walk(convore, "/v1/messages")[-1]
    body = {"body": "<p>Fine &amp; good</p>", "reply_to_message_id": oldest["id"], "reply_type": "reply"}
    answer, sent = ask(convore, "POST", "/v1/messages", body=body)
    assert answer.status == 200
    assert (sent["conversation_id"], sent["direction"]) == (oldest["conversation_id"], "outbound")
    assert (sent["text_body"], sent["snippet"], sent["reply_type"]) == ("Fine & good", "Fine & good", "reply")
    assert sent["recipients"][0]["handle"] == oldest["sender"]["handle"]
    assert ask(convore, "GET", f"/v1/messages/{sent['id']}")[1] == sent
    assert walk(convore, "/v1/messages")[0]["id"] == sent["id"]
    assert walk(convore, "/v1/conversations")[0]["id"] == oldest["conversation_id"]


def test_a_message_to_a_channel_opens_a_conversation_at_the_front(convore: ConvoreSandbox) -> None:
    channel = convore.state()["channels"][0]
    body = {"channel_id": channel, "to": ["kim@example.com"], "cc": ["lee@example.com"], "subject": "Hi", "body": "Hello"}
    sent = ask(convore, "POST", "/v1/messages", body=body)[1]
    first = walk(convore, "/v1/conversations")[0]
    assert first["id"] == sent["conversation_id"]
    assert (first["subject"], first["message_count"], first["snippet"]) == ("Hi", 1, "Hello")
    assert [(person["role"], person["handle"]["value"]) for person in sent["recipients"]] == [
        ("to", "kim@example.com"),
        ("cc", "lee@example.com"),
    ]
    assert len(walk(convore, "/v1/conversations")) == 21


def test_an_import_is_stored_at_its_own_date(convore: ConvoreSandbox) -> None:
    conversation = walk(convore, "/v1/conversations")[0]
    body = {"date": "2013-10-20T21:20:30+02:00", "sender": CONTACT, "recipients": [SUPPORT], "body": "Old"}
    kept = ask(convore, "POST", "/v1/messages/import", body={**body, "conversation_id": conversation["id"]})[1]
    assert (kept["date"], kept["direction"]) == ("2013-10-20T19:20:30.000Z", "inbound")
    assert walk(convore, "/v1/messages")[-1]["id"] == kept["id"]
    after = ask(convore, "GET", f"/v1/conversations/{conversation['id']}")[1]
    assert after["message_count"] == conversation["message_count"] + 1
    assert after["last_message_date"] == conversation["last_message_date"]


def test_an_update_changes_what_it_names(convore: ConvoreSandbox) -> None:
    walk(convore, "/v1/messages")
    old = ask(convore, "GET", f"/v1/messages/{walk(convore, '/v1/messages')[5]['id']}")[1]
    change = {"subject": None, "body": "<b>New</b>", "date": "2030-01-01T00:00:00Z"}
    new = ask(convore, "PATCH", f"/v1/messages/{old['id']}", body=change)[1]
    assert (new["subject"], new["text_body"], new["snippet"]) == (None, "New", "New")
    assert {name for name in new if new[name] != old[name]} <= {*change, "text_body", "raw_body", "snippet"}
    assert walk(convore, "/v1/messages")[0]["id"] == old["id"]
    assert walk(convore, "/v1/conversations")[0]["id"] == old["conversation_id"]


@pytest.mark.parametrize(
    ("query", "keep"),
    [
        ([("status", "open")], lambda each: each["status"] == "open"),
        ([("statuses", "done"), ("statuses", "spam")], lambda each: each["status"] in {"done", "spam"}),
        ([("has_no_label", "true")], lambda each: not each["labels"]),
        ([("has_no_label", "false")], lambda each: bool(each["labels"])),
        ([("has_drafts", "true")], lambda each: each["draft_count"] > 0),
        ([("has_messages", "true")], lambda each: each["message_count"] > 0),
        ([("last_message_date_after", "2026-05-03T00:00:00Z")], lambda each: each["last_message_date"] >= "2026-05-03"),
        ([("last_message_date_before", "2026-05-03T00:00:00Z")], lambda each: each["last_message_date"] < "2026-05-03"),
        ([("created_at_after", "2026-05-02T02:00:00+02:00")], lambda each: each["created_at"] >= "2026-05-02"),
        ([("created_at_before", "2026-05-02T00:00:00Z")], lambda each: each["created_at"] < "2026-05-02"),
    ],
)
def test_filters_keep_what_they_name(
    convore: ConvoreSandbox, query: list[tuple[str, str]], keep: Callable[[dict[str, Any]], bool]
) -> None:
    expected = [item["id"] for item in walk(convore, "/v1/conversations") if keep(item)]
    assert [item["id"] for item in walk(convore, "/v1/conversations", *query, ("limit", "3"))] == expected
    assert expected


def test_filters_by_channel_label_contact_and_answers(convore: ConvoreSandbox) -> None:
    every = walk(convore, "/v1/conversations")
    channel = every[0]["channel_id"]
    label = next(item for item in every if item["labels"])["labels"][0]["id"]
    contact = every[0]["participants"][1]["handle"]
    token = f"{contact['type'].upper()}:{contact['value']}"
    by_channel = walk(convore, "/v1/conversations", ("channel_id", channel))
    by_label = walk(convore, "/v1/conversations", ("label_ids", label))
    assert by_channel == [item for item in every if item["channel_id"] == channel]
    assert by_label == [item for item in every if label in {each["id"] for each in item["labels"]}]
    assert walk(convore, "/v1/conversations", ("contact_handle_tokens", token)) == [every[0]]
    unanswered = walk(convore, "/v1/conversations", ("has_outbound_messages", "false"))
    directions = {
        message["direction"]
        for item in unanswered
        for message in walk(convore, "/v1/messages", ("conversation_id", item["id"]))
    }
    assert (len(unanswered), directions) == (5, {"inbound"})


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/messages", ("limit", "0")),
        ("/v1/messages", ("limit", "101")),
        ("/v1/conversations", ("limit", "many")),
        ("/v1/messages", ("cursor", "!")),
        ("/v1/messages", ("format", "raw")),
        ("/v1/conversations", ("status", "closed")),
        ("/v1/conversations", ("has_drafts", "1")),
        ("/v1/conversations", ("created_at_before", "yesterday")),
    ],
)
def test_queries_are_checked(convore: ConvoreSandbox, path: str, query: tuple[str, str]) -> None:
    answer, body = ask(convore, "GET", path, [query])
    assert (answer.status, body["error"]["code"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("GET", "/v1/messages", None, {}, 401),
        ("GET", "/v1/messages", None, {"authorization": "Bearer wrong"}, 401),
        ("GET", "/v1/messages/msg_none", None, KEY, 404),
        ("PATCH", "/v1/messages/msg_01h2xcejqtf2nbrexx3vqjhp41", {}, KEY, 404),
        ("GET", "/v1/conversations/conv_none", None, KEY, 404),
        ("GET", "/v1/nothing", None, KEY, 404),
        ("DELETE", "/v1/messages", None, KEY, 405),
        ("POST", "/v1/messages", b"{", KEY, 400),
        ("POST", "/v1/messages", {}, KEY, 400),
        ("POST", "/v1/messages", {"body": "no channel"}, KEY, 400),
        ("POST", "/v1/messages", {"body": "x", "channel_id": "chnnl_none"}, KEY, 404),
        ("POST", "/v1/messages", {"body": "x", "reply_to_message_id": "msg_none"}, KEY, 404),
        ("POST", "/v1/messages/import", {"body": "x"}, KEY, 400),
    ],
)
def test_refusals_have_one_shape(
    convore: ConvoreSandbox, *, method: str, path: str, body: object, headers: dict[str, str], status: int
) -> None:
    answer, refused = ask(convore, method, path, body=body, headers=headers)
    assert answer.status == status
    assert refused["error"].keys() == {"code", "message"}
    assert convore.state()["messages"] == 140


def test_injected_errors_keep_their_headers(convore: ConvoreSandbox) -> None:
    answer = convore.error(429, {"Retry-After": "2"})
    assert (answer.status, answer.body["error"]["code"], answer.headers) == (429, "rate_limited", {"Retry-After": "2"})


def test_an_empty_account_answers_too() -> None:
    silent = ConvoreSandbox(Settings(conversations=2, messages=0))
    assert walk(silent, "/v1/messages") == []
    assert [item["message_count"] for item in walk(silent, "/v1/conversations")] == [0, 0]
