from __future__ import annotations

import datetime as dt
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import msgspec
import pytest
from hypothesis import given, settings as hypothesis_settings, strategies as st

from aioconvo.sandbox.contents import seeded
from aioconvo.sandbox.exchange import Reply, Request, Settings
from aioconvo.sandbox.sunshine.bodies import Content
from aioconvo.sandbox.sunshine.routes import SunshineSandbox
from tests.campaign import examples

NOW = dt.datetime(2026, 5, 4, 12, 30, 15, tzinfo=dt.UTC)
BASIC = "Basic " + b64encode(b"app_sandbox:sandbox-secret").decode()
ROOT = "/v2/apps/sandbox-app/conversations"
USER_1 = [("filter[userExternalId]", "user-1")]


def sandbox(conversations: int = 10, messages: int = 25) -> SunshineSandbox:
    return SunshineSandbox(Settings(conversations=conversations, messages=messages, now=NOW, clock=lambda: NOW))


def call(
    api: SunshineSandbox,
    method: str,
    path: str = "",
    *,
    query: Sequence[tuple[str, str]] = (),
    body: Any = None,
    authorization: str | None = BASIC,
) -> Reply:
    headers: Mapping[str, str] = {"host": "127.0.0.1:1"}
    if authorization is not None:
        headers = {**headers, "authorization": authorization}
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    answer = api.answer(Request(method, f"{ROOT}{path}" if not path.startswith("//") else path[1:], query, headers, raw))
    json.loads(answer.encoded())
    return answer


def ids(answer: Reply, kind: str = "conversations") -> list[str]:
    assert answer.status == 200, answer.body
    return [each["id"] for each in answer.body[kind]]


def code(answer: Reply) -> tuple[int, str]:
    (error,) = answer.body["errors"]
    assert error["title"]
    return answer.status, error["code"]


def newest(api: SunshineSandbox) -> str:
    return ids(call(api, "GET", query=[*USER_1, ("page[size]", "1")]))[0]


def business(**content: Any) -> dict[str, Any]:
    return {"author": {"type": "business"}, "content": content}


@pytest.mark.parametrize("as_json", [False, True], ids=["deepObject", "json"])
def test_every_conversation_once_forwards_and_backwards(as_json: bool) -> None:
    api = sandbox(23)

    def page(**members: str) -> list[tuple[str, str]]:
        if as_json:
            return [("filter", '{"userExternalId":"user-1"}'), ("page", json.dumps(members))]
        return [*USER_1, *((f"page[{key}]", value) for key, value in members.items())]

    walked: list[str] = []
    answer = call(api, "GET", query=page(size="7"))
    while True:
        walked += ids(answer)
        if not answer.body["meta"]["hasMore"]:
            break
        answer = call(api, "GET", query=page(size="7", after=answer.body["meta"]["afterCursor"]))
    assert walked == list(reversed(api.state()["ids"]))
    assert "afterCursor" not in answer.body["meta"]
    assert "next" not in answer.body["links"]
    back = ids(call(api, "GET", query=page(size="100", before=walked[-1])))
    assert back == walked[:-1]


def test_links_lead_to_the_same_pages() -> None:
    api = sandbox(5)
    first = call(api, "GET", query=[*USER_1, ("page[size]", "2")])
    assert "prev" not in first.body["links"]
    url = urlsplit(first.body["links"]["next"])
    assert (url.scheme, url.netloc, url.path) == ("http", "127.0.0.1:1", f"/sunshine{ROOT}")
    second = call(api, "GET", query=parse_qsl(url.query))
    assert len(ids(second)) == 2
    assert not set(ids(second)) & set(ids(first))
    back = call(api, "GET", query=parse_qsl(urlsplit(second.body["links"]["prev"]).query))
    assert ids(back) == ids(first)
    assert (first.body["meta"]["hasMore"], back.body["meta"]["hasMore"]) == (True, False)  # of the direction paged


def test_messages_are_paged_backwards_a_hundred_at_a_time() -> None:
    api = sandbox(2, 250)
    key = newest(api)
    first = call(api, "GET", f"/{key}/messages", query=[("page[size]", "5")])
    assert len(ids(first, "messages")) == 100
    assert "afterCursor" not in first.body["meta"]
    received = [message["received"] for message in first.body["messages"]]
    assert received == sorted(received)
    walked, answer = ids(first, "messages"), first
    while answer.body["meta"]["hasMore"]:
        cursor = answer.body["meta"]["beforeCursor"]
        answer = call(api, "GET", f"/{key}/messages", query=[("page[before]", cursor)])
        walked = ids(answer, "messages") + walked
    assert walked == api.state()["ids"][key]
    assert "beforeCursor" not in answer.body["meta"]
    again = call(api, "GET", f"/{key}/messages", query=[("page[after]", answer.body["meta"]["afterCursor"])])
    assert ids(again, "messages") == walked[50:150]


def test_a_cursor_outlives_its_record() -> None:
    api = sandbox(6, 8)
    listed = ids(call(api, "GET", query=USER_1))
    call(api, "DELETE", f"/{listed[2]}")
    assert ids(call(api, "GET", query=[*USER_1, ("page[after]", listed[2])])) == listed[3:]
    messages = api.state()["ids"][listed[0]]
    call(api, "DELETE", f"/{listed[0]}/messages/{messages[4]}")
    older = call(api, "GET", f"/{listed[0]}/messages", query=[("page[before]", messages[4])])
    assert ids(older, "messages") == messages[:4]


def test_a_user_sees_their_conversations_by_either_id() -> None:
    api = sandbox(6)
    by_external = ids(call(api, "GET", query=[("filter[userExternalId]", "user-4")]))
    participants = call(api, "GET", f"/{by_external[0]}/participants").body["participants"]
    (user,) = [each for each in participants if each["userExternalId"] == "user-4"]
    assert len(user["userId"]) == 24
    assert ids(call(api, "GET", query=[("filter[userId]", user["userId"])])) == by_external
    assert len(by_external) < 6


def test_created_conversations_come_first_and_deleted_ones_are_gone() -> None:
    api = sandbox()
    body = {"type": "sdkGroup", "displayName": "New", "participants": [{"userExternalId": "user-1"}]}
    created = call(api, "POST", body=body)
    assert created.status == 201
    key = created.body["conversation"]["id"]
    assert len(key) == 24
    assert newest(api) == key
    assert call(api, "GET", f"/{key}").body == created.body
    assert call(api, "DELETE", f"/{key}") == Reply(200, {})
    assert code(call(api, "GET", f"/{key}")) == (404, "conversation_not_found")
    assert newest(api) != key


def test_the_default_conversation_stays() -> None:
    api = sandbox(3)
    oldest = ids(call(api, "GET", query=USER_1))[-1]
    assert call(api, "GET", f"/{oldest}").body["conversation"]["isDefault"] is True
    assert code(call(api, "DELETE", f"/{oldest}")) == (400, "bad_request")


def test_null_clears_and_absent_leaves() -> None:
    api = sandbox()
    path = f"/{newest(api)}"
    before = call(api, "GET", path).body["conversation"]
    after = call(api, "PATCH", path, body={"displayName": None, "description": "Late"}).body["conversation"]
    assert "displayName" not in after
    assert after["description"] == "Late"
    assert after["metadata"] == before["metadata"]


def test_posted_messages_are_read_back_until_deleted() -> None:
    api = sandbox()
    path = f"/{newest(api)}/messages"
    before = ids(call(api, "GET", path), "messages")
    posted = call(api, "POST", path, body={**business(type="text", text="Hello"), "metadata": {"a": 1}})
    assert posted.status == 201
    (message,) = posted.body["messages"]
    assert message["metadata"] == {"a": 1}
    listed = call(api, "GET", path)
    assert ids(listed, "messages") == [*before, message["id"]]
    assert listed.body["messages"][-1] == message
    assert call(api, "DELETE", f"{path}/{message['id']}") == Reply(200, {})
    assert code(call(api, "DELETE", f"{path}/{message['id']}")) == (404, "message_not_found")
    assert ids(call(api, "GET", path), "messages") == before
    assert call(api, "DELETE", path) == Reply(200, {})
    assert call(api, "GET", path).body == {"messages": [], "meta": {"hasMore": False}}


def test_what_the_business_writes_is_unread_until_the_user_writes() -> None:
    api = sandbox()
    key = newest(api)

    def user_1() -> dict[str, Any]:
        first: dict[str, Any] = call(api, "GET", f"/{key}/participants").body["participants"][0]
        return first

    unread = user_1()["unreadCount"]
    call(api, "POST", f"/{key}/messages", body=business(type="text", text="Hello"))
    assert user_1()["unreadCount"] == unread + 1
    assert call(api, "GET", f"/{key}").body["conversation"]["businessLastRead"]
    author = {"type": "user", "userExternalId": "user-1"}
    call(api, "POST", f"/{key}/messages", body={"author": author, "content": {"type": "text", "text": "Hi"}})
    assert user_1()["unreadCount"] == 0
    assert user_1()["lastRead"].endswith("Z")


def test_messages_and_conversations_arrive_from_outside() -> None:
    api = sandbox()
    key = api.start_conversation("user-1", "user-2")
    message = api.receive_message(key, "Anybody there?", "user-2")
    assert newest(api) == key
    assert call(api, "GET", f"/{key}/messages").body["messages"] == [message]
    assert message["author"]["type"] == "user"
    personal = api.start_conversation("user-3", kind="personal")
    assert call(api, "GET", f"/{personal}").body["conversation"]["type"] == "personal"


@pytest.mark.parametrize(("key", "user"), [("0" * 24, None), (None, "user-9")])
def test_nothing_arrives_from_nobody(key: str | None, user: str | None) -> None:
    api = sandbox(3)
    with pytest.raises(LookupError):
        api.receive_message(key or newest(api), "Hello", user)


def test_seeded_content_is_content_that_could_be_posted() -> None:
    kinds = {type(msgspec.convert(seeded(0, 3, index).content, Content)) for index in range(60)}
    assert len(kinds) == 9


@pytest.mark.parametrize(
    ("posted", "answered"),
    [
        ({"type": "text", "markdownText": "**now** & *then*"}, {"htmlText": "<p><strong>now</strong> &amp; <em>then</em></p>"}),
        ({"type": "image", "mediaUrl": "https://e.org/a.png"}, {"mediaType": "image/png"}),
        ({"type": "file", "mediaUrl": "https://e.org/a"}, {"mediaType": "application/octet-stream"}),
        ({"type": "form", "fields": [{"type": "text", "name": "n", "label": "l"}]}, {"submitted": False}),
        ({"type": "location", "coordinates": {"lat": 1.5, "long": 2}}, {"coordinates": {"lat": 1.5, "long": 2.0}}),
    ],
)  # fmt: skip
def test_content_comes_back_with_what_the_server_adds(posted: dict[str, Any], answered: dict[str, Any]) -> None:
    api = sandbox()
    content = call(api, "POST", f"/{newest(api)}/messages", body=business(**posted)).body["messages"][0]["content"]
    assert answered.items() <= content.items()
    assert "markdownText" not in content


BAD_QUERIES = [
    [],
    [("filter[userId]", "x"), *USER_1],
    [("filter[name]", "x")],
    [*USER_1, ("page[size]", "0")],
    [*USER_1, ("page[size]", "101")],
    [*USER_1, ("page[size]", "ten")],
    [*USER_1, ("page[after]", "short")],
    [*USER_1, ("page[after]", "f" * 24)],
    [*USER_1, ("page[number]", "2")],
    [*USER_1, ("page", "{")],
    [*USER_1, ("page[after]", "0" * 24), ("page[before]", "1" * 24)],
]


@pytest.mark.parametrize("query", BAD_QUERIES, ids=repr)
def test_bad_queries_are_refused(query: list[tuple[str, str]]) -> None:
    assert code(call(sandbox(), "GET", query=query)) == (400, "bad_request")


BAD_MESSAGES: list[Any] = [
    b"",
    b"{",
    b"[" * 50_000,
    b'{"a": "\xff"}',
    [],
    {},
    {"author": {"type": "business"}},
    {"content": {"type": "text", "text": "x"}},
    business(),
    business(type="song"),
    business(type="text"),
    business(type="text", text="x" * 4097),
    business(type="text", htmlText="<b>x</b>", markdownText="**x**"),
    business(type="image"),
    business(type="carousel", items=[]),
    business(type="list", items=[{"title": "x"}]),
    business(type="location", coordinates={"lat": 1}),
    business(type="template", template={}),
    business(type="formResponse", fields=[{"type": "text", "name": "n", "label": "l"}]),
    {**business(type="text", text="x"), "author": {"type": "user"}},
    {**business(type="text", text="x"), "metadata": {"nested": {}}},
    {**business(type="text", text="x"), "metadata": {"long": "x" * 5000}},
]


@pytest.mark.parametrize("body", BAD_MESSAGES, ids=lambda body: repr(body)[:40])
def test_bad_messages_are_refused(body: Any) -> None:
    api = sandbox()
    path = f"/{newest(api)}/messages"
    assert code(call(api, "POST", path, body=body)) == (400, "bad_request")
    assert len(ids(call(api, "GET", path), "messages")) == 25


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, "bad_request")),
        ({"type": "group"}, (400, "bad_request")),
        ({"type": "personal"}, (400, "bad_request")),
        ({"type": "sdkGroup", "participants": [{}]}, (400, "bad_request")),
        ({"type": "sdkGroup", "displayName": ""}, (400, "bad_request")),
        ({"type": "sdkGroup", "participants": [{"userId": "0" * 24}]}, (404, "user_not_found")),
        ({"type": "sdkGroup", "description": "x" * 120_000}, (413, "request_entity_too_large")),
    ],
    ids=lambda value: repr(value)[:50],
)
def test_bad_conversations_are_refused(body: Any, expected: tuple[int, str]) -> None:
    assert code(call(sandbox(), "POST", body=body)) == expected


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/" + "0" * 24, (404, "conversation_not_found")),
        ("GET", "/a%2Fb", (404, "conversation_not_found")),
        ("POST", "/" + "0" * 24 + "/messages", (404, "conversation_not_found")),
        ("PUT", "", (405, "method_not_allowed")),
        ("GET", "/a/b/c", (404, "not_found")),
        ("GET", "//v2/apps/other/conversations", (404, "app_not_found")),
        ("GET", "//v3/apps", (404, "not_found")),
    ],
)
def test_what_is_not_there(method: str, path: str, expected: tuple[int, str]) -> None:
    assert code(call(sandbox(), method, path, query=USER_1)) == expected


def test_an_unknown_user_has_no_conversations() -> None:
    assert code(call(sandbox(), "GET", query=[("filter[userExternalId]", "nobody")])) == (404, "user_not_found")


def test_only_participants_write() -> None:
    api = sandbox(5)
    message = {"author": {"type": "user", "userExternalId": "user-3"}, "content": {"type": "text", "text": "x"}}
    assert code(call(api, "POST", f"/{newest(api)}/messages", body=message)) == (404, "user_not_found")


def test_a_full_conversation_is_locked_until_emptied() -> None:
    api = sandbox(1, 30_000)
    path = f"/{newest(api)}/messages"
    assert code(call(api, "POST", path, body=business(type="text", text="x"))) == (423, "locked")
    call(api, "DELETE", path)
    assert call(api, "POST", path, body=business(type="text", text="x")).status == 201


@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
@pytest.mark.parametrize(
    ("claims", "key", "header", "expected"),
    [
        ({"scope": "app"}, "sandbox-secret", {"kid": "app_sandbox"}, None),
        ({"scope": "app", "exp": NOW.timestamp() + 5}, "sandbox-secret", {"kid": "app_sandbox"}, None),
        ({"scope": "app", "exp": NOW.timestamp()}, "sandbox-secret", {"kid": "app_sandbox"}, "invalid_auth"),
        ({"scope": "app"}, "other-secret", {"kid": "app_sandbox"}, "invalid_auth"),
        ({"scope": "app"}, "sandbox-secret", {}, "invalid_auth"),
        ({"scope": "app"}, "sandbox-secret", {"kid": "app_other"}, "invalid_auth"),
        ({"scope": "account"}, "sandbox-secret", {"kid": "app_sandbox"}, "invalid_auth"),
        ({}, "sandbox-secret", {"kid": "app_sandbox"}, "invalid_auth"),
    ],
)
def test_tokens(claims: dict[str, Any], key: str, header: dict[str, str], expected: str | None) -> None:
    token = jwt.encode(claims, key, algorithm="HS256", headers=header)
    answer = call(sandbox(), "GET", query=USER_1, authorization=f"Bearer {token}")
    assert (answer.status == 200) if expected is None else (code(answer) == (401, expected))


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Basic", "Basic !!", "Basic " + b64encode(b"app_sandbox:wrong").decode(), "Bearer a.b.c", "Bearer x",
     "Bearer \u00e9.\u00e9.\u00e9", "sandbox-secret"],
)  # fmt: skip
def test_no_way_in_without_the_key(authorization: str | None) -> None:
    answer = call(sandbox(), "GET", query=USER_1, authorization=authorization)
    assert answer.status == 401
    assert answer.body["errors"][0]["code"] in {"unauthorized", "invalid_auth"}


@pytest.mark.parametrize("algorithm", ["none", "HS512"])
@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
def test_other_algorithms_are_refused(algorithm: str) -> None:
    key = "" if algorithm == "none" else "sandbox-secret"
    token = jwt.encode({"scope": "app"}, key, algorithm=algorithm, headers={"kid": "app_sandbox"})
    assert call(sandbox(), "GET", query=USER_1, authorization=f"Bearer {token}").status == 401


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["type", "author", "content", "text", "items", "actions", "participants", "metadata", "fields"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@hypothesis_settings(max_examples=examples(60), deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "PATCH", "DELETE", "BREW"]),
    path=st.sampled_from(["", "/{}", "/{}/messages", "/{}/participants", "/{}/messages/x", "/%ff%00", "///"]),
    query=st.lists(st.tuples(st.sampled_from(["page", "page[after]", "page[size]", "filter", "filter[userId]"]), st.text())),
    body=st.binary(max_size=20) | JSON_VALUES.map(lambda value: json.dumps(value).encode()),
)
def test_nothing_a_client_sends_makes_it_raise(method: str, path: str, query: list[tuple[str, str]], body: bytes) -> None:
    api = sandbox(2, 2)
    answer = call(api, method, path.format(newest(api)), query=query, body=body)
    assert answer.status in {200, 201, 400, 404, 405}
