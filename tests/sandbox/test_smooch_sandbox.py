from __future__ import annotations

import datetime as dt
import json
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings as hypothesis_settings, strategies as st

from aioconvo.sandbox.exchange import Reply, Request, Settings
from aioconvo.sandbox.smooch.routes import SmoochSandbox
from tests.campaign import examples

NOW = dt.datetime(2026, 5, 4, 12, 30, 15, tzinfo=dt.UTC)
BASIC = "Basic " + b64encode(b"app_sandbox:sandbox-secret").decode()
ROOT = "/v1.1/apps/sandbox-app/appusers"
ALWAYS = {"_id", "authorId", "role", "type", "name", "text", "avatarUrl", "received"}
HELLO = {"role": "appMaker", "type": "text", "text": "Hello"}


def sandbox(conversations: int = 5, messages: int = 25) -> SmoochSandbox:
    return SmoochSandbox(Settings(conversations=conversations, messages=messages, now=NOW, clock=lambda: NOW))


def call(
    api: SmoochSandbox,
    method: str,
    path: str,
    *,
    body: Any = None,
    authorization: str = BASIC,
    root: str = ROOT,
    **query: str,
) -> Reply:
    headers = {"host": "127.0.0.1:1", "authorization": authorization}
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    answer = api.answer(Request(method, f"{root}{path}", list(query.items()), headers, raw))
    json.loads(answer.encoded())
    return answer


def messages(api: SmoochSandbox, user: str = "user-1", **query: str) -> list[dict[str, Any]]:
    answer = call(api, "GET", f"/{user}/messages", **query)
    assert answer.status == 200, answer.body
    listed: list[dict[str, Any]] = answer.body["messages"]
    return listed


def code(answer: Reply) -> tuple[int, str]:
    error = answer.body["error"]
    assert error["description"]
    return answer.status, error["code"]


def stored(api: SmoochSandbox, user: str = "user-1") -> list[str]:
    state = api.state()
    ids: list[str] = state["ids"][state["users"][user]]
    return ids


def test_without_a_bound_the_newest_hundred_come_oldest_first() -> None:
    api = sandbox(messages=250)
    page = messages(api)
    assert [message["_id"] for message in page] == stored(api)[150:]
    assert [message["received"] for message in page] == sorted(message["received"] for message in page)


def test_every_message_has_what_the_published_models_demand() -> None:
    for message in messages(sandbox(messages=100)):
        assert message.keys() >= ALWAYS
        assert None not in message.values()
        assert isinstance(message["received"], float)


def test_bounds_are_exclusive() -> None:
    api = sandbox(messages=100)
    page = messages(api)
    at = page[40]["received"]
    assert messages(api, before=f"{at:.3f}") == [message for message in page if message["received"] < at]
    assert messages(api, after=f"{at:.3f}") == [message for message in page if message["received"] > at]
    assert messages(api, before=f"{at + 0.001:.3f}") == [message for message in page if message["received"] <= at]
    assert len(messages(api, before=f"{at:.3f}01")) == len(messages(api, before=f"{at + 0.001:.3f}"))


def test_a_naive_walk_loses_ties_at_page_edges_and_a_careful_one_does_not() -> None:
    api = sandbox(messages=450)
    naive: set[str] = set()
    careful: set[str] = set()
    for found, step in ((naive, 0.0), (careful, 0.001)):
        page = messages(api)
        while not {message["_id"] for message in page} <= found:
            found |= {message["_id"] for message in page}
            page = messages(api, before=f"{page[0]['received'] + step:.3f}")
    assert careful == set(stored(api))
    assert naive < careful


def test_next_leads_to_newer_and_previous_to_older_messages() -> None:
    api = sandbox(messages=250)
    newest = call(api, "GET", "/user-1/messages").body
    assert "next" not in newest
    url = urlsplit(newest["previous"])
    assert url.path == f"/smooch{ROOT}/user-1/messages"
    older = call(api, "GET", "/user-1/messages", **dict(parse_qsl(url.query))).body
    oldest = call(api, "GET", "/user-1/messages", **dict(parse_qsl(urlsplit(older["previous"]).query))).body
    assert "previous" not in oldest
    newer = dict(parse_qsl(urlsplit(oldest["next"]).query))
    assert set(newer) == {"after"}
    assert messages(api, **newer)[0]["received"] > oldest["messages"][-1]["received"]


def test_a_user_is_found_by_either_id() -> None:
    api = sandbox()
    author = next(message["authorId"] for message in messages(api, "user-2") if message["role"] == "appUser")
    assert messages(api, author) == messages(api, "user-2")


def test_posted_messages_are_read_back_until_deleted() -> None:
    api = sandbox()
    before = stored(api)
    answer = call(api, "POST", "/user-1/messages", body={**HELLO, "name": "Ann", "metadata": {"a": "b"}})
    assert answer.status == 201
    message = answer.body["message"]
    assert messages(api)[-1] == message
    assert message["name"] == "Ann"
    assert message.keys() >= ALWAYS
    path = f"/user-1/messages/{message['_id']}"
    assert call(api, "DELETE", path) == Reply(200, {})
    assert code(call(api, "DELETE", path)) == (404, "message_not_found")
    assert stored(api) == before
    assert call(api, "DELETE", "/user-1/messages") == Reply(200, {})
    assert messages(api) == []


def test_unread_counts_and_read_marks_move() -> None:
    api = sandbox()

    def conversation() -> dict[str, Any]:
        shown: dict[str, Any] = call(api, "GET", "/user-1/messages").body["conversation"]
        return shown

    unread = conversation()["unreadCount"]
    posted = call(api, "POST", "/user-1/messages", body=HELLO).body
    assert posted["conversation"] == conversation()
    assert conversation()["unreadCount"] == unread + 1
    assert conversation()["appMakerLastRead"] == posted["message"]["received"]
    typing = call(api, "POST", "/user-1/conversation/activity", body={"role": "appMaker", "type": "typing:start"})
    assert typing.body["conversation"]["unreadCount"] == unread + 1
    assert call(api, "POST", "/user-1/conversation/read").status == 200
    assert conversation()["unreadCount"] == 0
    call(api, "POST", "/user-1/messages", body=HELLO)
    read = call(api, "POST", "/user-1/conversation/activity", body={"role": "appUser", "type": "conversation:read"})
    assert read.body["conversation"]["unreadCount"] == 0
    assert read.body["conversation"]["appUserLastRead"] >= posted["message"]["received"]


def test_messages_arrive_from_outside_and_open_a_conversation() -> None:
    api = sandbox()
    assert code(call(api, "GET", "/user-0/messages")) == (404, "conversation_not_found")
    message = api.receive_message("user-0", "Anybody there?")
    assert messages(api, "user-0") == [message]
    assert message["role"] == "appUser"
    assert api.receive_message("user-1", "Hello") == messages(api)[-1]
    assert call(api, "GET", "/user-1/messages").body["conversation"]["unreadCount"] == 0


def test_the_business_may_write_first() -> None:
    api = sandbox()
    answer = call(api, "POST", "/user-0/messages", body=HELLO)
    assert answer.status == 201
    assert answer.body["conversation"]["unreadCount"] == 1


@pytest.mark.parametrize(
    "query",
    [{"before": "1", "after": "2"}, {"before": "yesterday"}, {"after": "-1"}, {"after": "1e9"}, {"before": ""},
     {"before": "nan"}, {"after": "1_0"}, {"after": "1" * 40}],
    ids=repr,
)  # fmt: skip
def test_bad_bounds_are_refused(query: dict[str, str]) -> None:
    assert code(call(sandbox(), "GET", "/user-1/messages", **query)) == (400, "bad_request")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", [], {}, {"role": "appMaker", "type": "text"}, {"role": "appMaker", "text": "x"},
     {"type": "text", "text": "x"}, {**HELLO, "role": "boss"}, {**HELLO, "type": "song"},
     {"role": "appMaker", "type": "image"}, {"role": "appMaker", "type": "list", "items": []},
     {"role": "appMaker", "type": "location", "coordinates": {"lat": 1}}, {**HELLO, "metadata": {"a": []}},
     {"role": "appUser", "type": "text", "actions": [{"type": "reply", "text": "a", "payload": "b"}]}],
    ids=lambda body: repr(body)[:50],
)  # fmt: skip
def test_bad_messages_are_refused(body: Any) -> None:
    api = sandbox()
    assert code(call(api, "POST", "/user-1/messages", body=body)) == (400, "bad_request")
    assert len(stored(api)) == 25


@pytest.mark.parametrize(
    "content",
    [{"type": "image", "mediaUrl": "https://e.org/a.png"}, {"type": "file", "mediaUrl": "https://e.org/a.pdf"},
     {"type": "location", "coordinates": {"lat": 1, "long": 2}},
     {"type": "text", "actions": [{"type": "reply", "text": "a", "payload": "b"}]},
     {"type": "list", "items": [{"title": "t", "actions": [{"type": "share"}]}]},
     {"type": "form", "fields": [{"type": "email", "name": "n", "label": "l"}]}],
    ids=lambda content: content["type"],
)  # fmt: skip
def test_all_types_of_messages_are_taken(content: dict[str, Any]) -> None:
    answer = call(sandbox(), "POST", "/user-1/messages", body={"role": "appMaker", **content})
    assert answer.status == 201
    assert answer.body["message"].keys() >= ALWAYS


@pytest.mark.parametrize("body", [{}, {"role": "appUser", "type": "typing:start"}, {"role": "appMaker", "type": "nap"}])
def test_bad_activities_are_refused(body: dict[str, str]) -> None:
    assert code(call(sandbox(), "POST", "/user-1/conversation/activity", body=body)) == (400, "bad_request")


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/nobody/messages", (404, "user_not_found")),
        ("POST", "/a%2Fb/messages", (404, "user_not_found")),
        ("POST", "/user-0/conversation/read", (404, "conversation_not_found")),
        ("DELETE", "/user-1/messages/nothing", (404, "message_not_found")),
        ("PUT", "/user-1/messages", (405, "method_not_allowed")),
        ("GET", "/user-1/nothing", (404, "not_found")),
    ],
)
def test_what_is_not_there(method: str, path: str, expected: tuple[int, str]) -> None:
    assert code(call(sandbox(), method, path, body=HELLO)) == expected


def test_credentials_and_app_are_checked() -> None:
    wrong = "Basic " + b64encode(b"app_sandbox:wrong").decode()
    assert code(call(sandbox(), "GET", "/user-1/messages", authorization=wrong)) == (401, "unauthorized")
    other = "/v1.1/apps/other/appusers"
    assert code(call(sandbox(), "GET", "/user-1/messages", root=other)) == (404, "app_not_found")


@hypothesis_settings(max_examples=examples(40), deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "DELETE", "BREW"]),
    path=st.sampled_from(["/user-1/messages", "/user-1/messages/x", "/user-1/conversation/activity", "/%ff", "//"]),
    bound=st.text(max_size=12),
    body=st.binary(max_size=30),
)
def test_nothing_a_client_sends_makes_it_raise(method: str, path: str, bound: str, body: bytes) -> None:
    assert call(sandbox(2, 2), method, path, body=body, before=bound).status in {200, 201, 400, 404, 405}
