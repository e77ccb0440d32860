"""Every operation of Sunshine Conversations: what is sent and what comes back."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

import jwt
import pytest

import aioconvo
from aioconvo.sunshine import (
    Author,
    AuthorType,
    CarouselContent,
    ConversationType,
    Coordinates,
    Destination,
    FileContent,
    FormContent,
    FormField,
    ImageContent,
    Item,
    LinkAction,
    ListContent,
    LocationContent,
    NewParticipant,
    PostbackAction,
    ReplyAction,
    SunshineClient,
    TemplateContent,
    TextContent,
)

CONVERSATION: dict[str, Any] = {
    "id": "029c31f25a21b47effd7be90",
    "type": "personal",
    "metadata": {"lang": "en-ca"},
    "activeSwitchboardIntegration": {
        "id": "5ef21b86e933b7355c11c605",
        "name": "bot",
        "integrationId": "5ef21b86e933b7355c11c604",
        "integrationType": "zd:agentWorkspace",
    },
    "pendingSwitchboardIntegration": None,
    "isDefault": False,
    "displayName": "Order 4711",
    "description": None,
    "iconUrl": "https://cdn.example/icon.png",
    "businessLastRead": "2020-06-09T13:04:48.361Z",
    "lastUpdatedAt": None,
    "createdAt": "2020-06-09T12:04:48.361Z",
}
MESSAGE: dict[str, Any] = {
    "id": "5f2d3b9ac4b5a8000c1e9a11",
    "received": "2020-06-09T13:04:48.361Z",
    "author": {"type": "user", "userId": "5963c0d619a30a2e00de36b8", "displayName": "Ada", "avatarUrl": None},
    "content": {
        "type": "text",
        "text": "Where is my order?",
        "actions": [{"type": "link", "text": "Track", "uri": "https://example.org/track", "metadata": None}],
    },
    "source": {"type": "web", "integrationId": "5ef21b86e933b7355c11c604", "originalMessageTimestamp": None},
    "quotedMessage": {"type": "externalMessageId", "externalMessageId": "wamid.1"},
    "metadata": None,
    "deleted": None,
    "references": [{"uri": "https://example.org", "title": "Example"}],
}
EARLIER = MESSAGE | {"id": "5f2d3b9ac4b5a8000c1e9a10", "received": "2020-06-09T13:04:47.000Z"}


@pytest.fixture
def client(wire: Any) -> SunshineClient:
    return SunshineClient(app_id="app1", key_id="app_key", secret="s3cret", base_url=wire.base_url)


ATTACHMENT = {"attachment": {"mediaUrl": "https://media.example/a%20b/image.png", "mediaType": "image/png"}}


async def test_upload_attachment(wire: Any, client: SunshineClient) -> None:
    wire.answers("POST", ATTACHMENT, status=201)
    wire.answers("POST", ATTACHMENT, status=201)
    async with client:
        sent = await client.attachments.upload(b"\x89PNG")
        await client.attachments.upload(
            aioconvo.File(b"x", name='a "b".png', content_type="image/x"), for_="message", conversation_id="c/1"
        )
    assert (sent.media_url, sent.media_type) == ("https://media.example/a%20b/image.png", "image/png")
    first, second = wire.sent
    assert first.path == "/v2/apps/app1/attachments"
    assert first.query == [("access", "public")]
    assert second.query == [("access", "public"), ("conversationId", "c/1"), ("for", "message")]
    kind, boundary = first.headers["content-type"].split("; boundary=")
    assert kind == "multipart/form-data"
    opening = 'Content-Disposition: form-data; name="source"; filename="file"\r\nContent-Type: application/octet-stream'
    assert first.body == f"--{boundary}\r\n{opening}\r\n\r\n".encode() + b"\x89PNG" + f"\r\n--{boundary}--\r\n".encode()
    assert b'filename="a %22b%22.png"\r\nContent-Type: image/x\r\n' in second.body
    assert boundary not in second.headers["content-type"]


async def test_an_upload_that_names_no_file_is_an_error(wire: Any, client: SunshineClient) -> None:
    wire.answers("POST", {"attachment": {}}, status=201)
    async with client:
        with pytest.raises(aioconvo.CallError, match="attachment"):
            await client.attachments.upload(b"x")


async def test_create(wire: Any, client: SunshineClient) -> None:
    wire.answers("POST", {"conversation": CONVERSATION}, status=201)
    async with client:
        conversation = await client.conversations.create(
            type="personal",
            participants=[NewParticipant(user_external_id="u1", subscribe_sdk_client=False)],
            display_name="Order 4711",
            description=None,
        )
    assert wire.last.path == "/v2/apps/app1/conversations"
    assert wire.last.headers["content-type"] == "application/json"
    assert wire.last.headers["authorization"] == "Basic " + base64.b64encode(b"app_key:s3cret").decode()
    # Null is sent, what was not given is not.
    assert wire.last.json() == {
        "type": "personal",
        "participants": [{"userExternalId": "u1", "subscribeSDKClient": False}],
        "displayName": "Order 4711",
        "description": None,
    }
    assert conversation.type is ConversationType.PERSONAL
    assert conversation.business_last_read == dt.datetime(2020, 6, 9, 13, 4, 48, 361000, tzinfo=dt.UTC)
    assert conversation.active_switchboard_integration is not None
    assert conversation.active_switchboard_integration.integration_type == "zd:agentWorkspace"


async def test_get(wire: Any, client: SunshineClient) -> None:
    wire.answers("GET", {"conversation": CONVERSATION})
    async with client:
        conversation = await client.conversations.get("029c31f25a21b47effd7be90")
    assert wire.last.path == "/v2/apps/app1/conversations/029c31f25a21b47effd7be90"
    assert wire.last.query == []
    assert wire.last.body == b""
    assert conversation.display_name == "Order 4711"


async def test_update_tells_null_from_not_given(wire: Any, client: SunshineClient) -> None:
    wire.answers("PATCH", {"conversation": CONVERSATION | {"id": "c1", "displayName": None}})
    async with client:
        conversation = await client.conversations.update("c1", display_name=None, metadata={"vip": True})
    assert wire.last.path == "/v2/apps/app1/conversations/c1"
    assert wire.last.json() == {"displayName": None, "metadata": {"vip": True}}
    assert conversation.display_name is None


async def test_delete(wire: Any, client: SunshineClient) -> None:
    wire.answers("DELETE", {})
    async with client:
        await client.conversations.delete("c1")
    assert wire.last.path == "/v2/apps/app1/conversations/c1"
    assert wire.last.body == b""


async def test_list_conversations_walks_forward(wire: Any, client: SunshineClient) -> None:
    second = CONVERSATION | {"id": "129c31f25a21b47effd7be90"}
    wire.answers("GET", {"conversations": [CONVERSATION], "meta": {"hasMore": True, "afterCursor": "a" * 24}})
    wire.answers("GET", {"conversations": [second], "meta": {"hasMore": False, "beforeCursor": "b" * 24}})
    async with client:
        found = await client.conversations.list(user_id="u1", page_size=1).collect()
    assert [conversation.id for conversation in found] == [CONVERSATION["id"], second["id"]]
    assert wire.sent[0].path == "/v2/apps/app1/conversations"
    assert wire.sent[0].query == [("filter[userId]", "u1"), ("page[size]", "1")]
    assert wire.sent[1].query == [("filter[userId]", "u1"), ("page[after]", "a" * 24), ("page[size]", "1")]


async def test_list_conversations_backwards(wire: Any, client: SunshineClient) -> None:
    wire.answers("GET", {"conversations": [CONVERSATION], "meta": {"hasMore": True, "beforeCursor": "b" * 24}})
    wire.answers("GET", {"conversations": [], "meta": {"hasMore": False}})
    async with client:
        await client.conversations.list(user_external_id="u1", before="z" * 24).collect()
    assert wire.sent[0].query == [("filter[userExternalId]", "u1"), ("page[before]", "z" * 24)]
    assert wire.sent[1].query == [("filter[userExternalId]", "u1"), ("page[before]", "b" * 24)]


async def test_list_messages_walks_backwards_newest_first(wire: Any, client: SunshineClient) -> None:
    wire.answers("GET", {"messages": [EARLIER, MESSAGE], "meta": {"hasMore": True, "beforeCursor": "b" * 24}})
    wire.answers("GET", {"messages": [], "meta": {"hasMore": False}})
    async with client:
        pages = [page async for page in client.messages.list("c1").pages()]
    assert [message.id for message in pages[0].items] == [MESSAGE["id"], EARLIER["id"]]
    assert pages[0].response.status == 200
    assert wire.sent[0].path == "/v2/apps/app1/conversations/c1/messages"
    assert wire.sent[0].query == []
    assert wire.sent[1].query == [("page[before]", "b" * 24)]


async def test_list_messages_forward(wire: Any, client: SunshineClient) -> None:
    wire.answers("GET", {"messages": [MESSAGE, EARLIER], "meta": {"hasMore": False}})
    async with client:
        messages = await client.messages.list("c1", after="a" * 24).collect()
    assert wire.last.query == [("page[after]", "a" * 24)]
    assert [message.id for message in messages] == [EARLIER["id"], MESSAGE["id"]]
    content = messages[1].content
    assert isinstance(content, TextContent)
    assert content.actions is not None
    assert isinstance(content.actions[0], LinkAction)
    assert content.actions[0].metadata is None
    assert messages[1].author.type is AuthorType.USER


async def test_link_next_gives_the_cursor_where_meta_does_not(wire: Any, client: SunshineClient) -> None:
    link = f"https://elsewhere.test/v2/apps/app1/conversations?page%5Bafter%5D={'c' * 24}"
    wire.answers("GET", {"conversations": [CONVERSATION], "meta": {"hasMore": True}, "links": {"next": link}})
    wire.answers("GET", {"conversations": [], "meta": {"hasMore": False}})
    async with client:
        await client.conversations.list(user_id="u1").collect()
    assert wire.sent[1].url.host == "api.test"
    assert ("page[after]", "c" * 24) in wire.sent[1].query


async def test_post_message(wire: Any, client: SunshineClient) -> None:
    wire.answers("POST", {"messages": [MESSAGE]}, status=201)
    async with client:
        messages = await client.messages.post(
            "c1",
            author=Author(type=AuthorType.BUSINESS, display_name="Shop"),
            content=TextContent(text="On its way", actions=[ReplyAction(text="Thanks", payload="OK", metadata=None)]),
            destination=Destination(integration_type="none"),
            metadata={"a": 1},
        )
    assert wire.last.path == "/v2/apps/app1/conversations/c1/messages"
    assert wire.last.json() == {
        "author": {"type": "business", "displayName": "Shop"},
        "content": {
            "type": "text",
            "text": "On its way",
            "actions": [{"type": "reply", "text": "Thanks", "payload": "OK", "metadata": None}],
        },
        "destination": {"integrationType": "none"},
        "metadata": {"a": 1},
    }
    assert messages[0].id == MESSAGE["id"]


async def test_delete_messages(wire: Any, client: SunshineClient) -> None:
    wire.answers("DELETE", {})
    wire.answers("DELETE", {})
    async with client:
        await client.messages.delete("c1", "m1")
        await client.messages.delete_all("c1")
    assert [sent.path for sent in wire.sent] == [
        "/v2/apps/app1/conversations/c1/messages/m1",
        "/v2/apps/app1/conversations/c1/messages",
    ]


async def test_list_participants(wire: Any, client: SunshineClient) -> None:
    participant = {
        "id": "5fbfcd5fab4d3b1a2f2b0001",
        "userId": "u1",
        "userExternalId": None,
        "unreadCount": 3,
        "clientAssociations": [{"type": "whatsapp", "clientId": "c9"}],
        "lastRead": "2020-06-09T13:04:48.361Z",
    }
    wire.answers("GET", {"participants": [participant], "meta": {"hasMore": False}})
    async with client:
        participants = await client.participants.list("c1", page_size=100).collect()
    assert wire.last.path == "/v2/apps/app1/conversations/c1/participants"
    assert wire.last.query == [("page[size]", "100")]
    assert participants[0].unread_count == 3
    assert participants[0].client_associations is not None
    assert participants[0].client_associations[0].type == "whatsapp"


async def test_path_values_are_encoded(wire: Any, client: SunshineClient) -> None:
    wire.answers("GET", {"conversation": CONVERSATION | {"id": "a/../b?c#d é"}})
    async with client:
        await client.conversations.get("a/../b?c#d é")
    assert wire.last.path == "/v2/apps/app1/conversations/a%2F..%2Fb%3Fc%23d%20%C3%A9"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c: c.conversations.list(), "exactly one of user_id or user_external_id"),
        (lambda c: c.conversations.list(user_id="a", user_external_id="b"), "exactly one"),
        (lambda c: c.conversations.list(user_id="a", page_size=0), "page_size must be 1 to 100"),
        (lambda c: c.conversations.list(user_id="a", page_size=101), "page_size must be 1 to 100"),
        (lambda c: c.conversations.list(user_id="a", after="x", before="y"), "exclude each other"),
        (lambda c: c.conversations.list(user_id="a", limit=-1), "limit must be 0 or more"),
        (lambda c: c.conversations.list(user_id="a", start="[nonsense"), "start is no position"),
        (lambda c: c.messages.list("c", before="x", after="y"), "exclude each other"),
        (lambda c: c.messages.list(".."), "must not be empty"),
        (lambda c: c.participants.list("c", page_size=1000), "page_size must be 1 to 100"),
    ],
)
def test_bad_list_arguments_are_refused_at_once(client: SunshineClient, call: Any, words: str) -> None:
    with pytest.raises(aioconvo.InvalidRequestError, match=words):
        call(client)


BUSINESS = Author(type=AuthorType.BUSINESS)
POSTBACK = PostbackAction(text="t", payload="p")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"author": Author(type=AuthorType.USER), "content": TextContent(text="x")}, "exactly one of author.user_id"),
        ({"author": {"type": "business"}, "content": TextContent(text="x")}, "author must be an Author, .*; got dict"),
        ({"content": TextContent()}, "needs one of text"),
        ({"content": TextContent(text="x" * 4097)}, "content.text must have up to 4096"),
        ({"content": TextContent(html_text="a", markdown_text="b")}, "exclude each other"),
        ({"content": CarouselContent(items=[])}, "1 to 10 items"),
        ({"content": CarouselContent(items=[Item(title="t", actions=[])])}, "1 to 3 actions"),
        ({"content": ListContent(items=[Item(title="", actions=[POSTBACK])])}, "title"),
        (
            {"content": ListContent(items=[Item(title="t", actions=[ReplyAction(text="a", payload="b")])])},
            "buy, link, postback and webview only; got reply",
        ),
        ({"content": FormContent(fields=[])}, "1 to 20 fields"),
        ({"content": TemplateContent(template={})}, 'schema="whatsapp"'),
        ({"content": ImageContent(media_url="u", alt_text="x" * 129)}, "alt_text"),
        ({"content": TextContent(text="x"), "destination": Destination()}, "exactly one of destination"),
        ({"content": TextContent(text="half \ud83d")}, "lone surrogate"),
    ],
)
async def test_bad_posts_are_refused_before_sending(
    wire: Any, client: SunshineClient, arguments: dict[str, Any], words: str
) -> None:
    async with client:
        with pytest.raises(aioconvo.InvalidRequestError, match=words):
            await client.messages.post("c1", **({"author": BUSINESS} | arguments))
    assert wire.sent == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (FileContent(media_url="https://x/f.pdf"), {"type": "file", "mediaUrl": "https://x/f.pdf"}),
        (ImageContent(media_url="https://x/i.png"), {"type": "image", "mediaUrl": "https://x/i.png"}),
        (
            CarouselContent(items=[Item(title="T", actions=[POSTBACK])]),
            {
                "type": "carousel",
                "items": [{"title": "T", "actions": [{"type": "postback", "text": "t", "payload": "p"}]}],
            },
        ),
        (
            FormContent(fields=[FormField(type="text", name="n", label="L")]),
            {"type": "form", "fields": [{"type": "text", "name": "n", "label": "L"}]},
        ),
        (
            LocationContent(coordinates=Coordinates(lat=1.5, long=-2.0)),
            {"type": "location", "coordinates": {"lat": 1.5, "long": -2.0}},
        ),
    ],
)
async def test_kinds_of_content(wire: Any, client: SunshineClient, content: Any, expected: dict[str, Any]) -> None:
    wire.answers("POST", {"messages": [MESSAGE]}, status=201)
    async with client:
        await client.messages.post("c1", author=BUSINESS, content=content)
    assert wire.last.json()["content"] == expected


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "bad_request", aioconvo.BadRequestError),
        (401, "unauthorized", aioconvo.AuthenticationError),
        (402, "payment_required", aioconvo.PaymentRequiredError),
        (403, "forbidden", aioconvo.PermissionDeniedError),
        (404, "conversation_not_found", aioconvo.NotFoundError),
        (409, "conflict", aioconvo.ConflictError),
        (413, "too_large", aioconvo.RequestTooLargeError),
        (423, "locked", aioconvo.LockedError),
        (302, None, aioconvo.UnexpectedRedirectError),
    ],
)
async def test_error_words(wire: Any, client: SunshineClient, status: int, code: str | None, error: Any) -> None:
    body = {"errors": [{"code": code, "title": "No such thing"}]} if code else None
    wire.answers("GET", body, status=status, headers={"X-Request-Id": "r1"})
    async with client:
        with pytest.raises(error) as caught:
            await client.conversations.get("c1")
    assert caught.value.status == status
    assert caught.value.code == code
    assert caught.value.request_id == "r1"
    assert "s3cret" not in str(caught.value)
    assert caught.value.operation == "sunshine.conversations.get"


async def test_signed_tokens(wire: Any) -> None:
    wire.answers("GET", {"conversation": CONVERSATION | {"id": "c1"}})
    async with SunshineClient(
        app_id="app1", key_id="app_key", secret="s3cret" * 6, auth="jwt", base_url=wire.base_url
    ) as client:
        await client.conversations.get("c1")
    token = wire.last.headers["authorization"].removeprefix("Bearer ")
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "kid": "app_key"}
    claims = jwt.decode(token, "s3cret" * 6, algorithms=["HS256"], options={"require": ["exp"]})
    assert claims["scope"] == "app"


def test_hosts() -> None:
    keys: dict[str, Any] = {"app_id": "a", "key_id": "k", "secret": "s"}
    assert SunshineClient(**keys).base_url == "https://api.smooch.io"
    assert SunshineClient(**keys, region="eu").base_url == "https://api.eu-1.smooch.io"
    assert SunshineClient(**keys, subdomain="acme").base_url == "https://acme.zendesk.com/sc"


async def test_base_url_with_a_path_keeps_it(wire: Any) -> None:
    wire.answers("GET", {"conversation": CONVERSATION | {"id": "c1"}})
    async with SunshineClient(app_id="a", key_id="k", secret="s", base_url=wire.base_url + "/sc/") as client:
        await client.conversations.get("c1")
    assert wire.last.path == "/sc/v2/apps/a/conversations/c1"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "key_id and secret are missing"),
        ({"key_id": "k"}, "secret is missing"),
        ({"key_id": "k", "secret": "s", "token": "t"}, "not both"),
        ({"key_id": "k", "token": "t"}, "not both"),
        ({"secret": "s", "token": "t"}, "not both"),
        ({"token": b"t"}, "token must be text; got bytes"),
        ({"key_id": "k", "secret": "s\n"}, "line break"),
        ({"key_id": "k", "secret": "s", "auth": "digest"}, "basic or jwt"),
        ({"key_id": "k", "secret": "s", "auth": "jwt", "scope": "user"}, "scope must be"),
        ({"key_id": "k", "secret": "s", "subdomain": "acme.zendesk.com"}, "first word"),
        ({"key_id": "k", "secret": "s", "region": "mars"}, "us or eu"),
        ({"key_id": "k", "secret": "s", "base_url": "http://api.example"}, "allow_http"),
        ({"key_id": "k", "secret": "s", "base_url": "ftp://x"}, "https://"),
        ({"key_id": "k", "secret": "s", "base_url": "https://u:p@host"}, "only scheme"),
        ({"key_id": "k", "secret": "s", "timeout": 0}, "timeout must be more than 0"),
        ({"key_id": "k", "secret": "s", "max_retry": 1}, "unknown options: max_retry"),
        ({"key_id": "k", "secret": "s", "headers": {"X-A": "b\r\nX-C: d"}}, "no header may carry"),
        ({"key_id": "k", "secret": "s", "headers": {"Authorization": "b"}}, "set by the client itself"),
    ],
)
def test_wrong_settings_name_the_fix(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(aioconvo.ConfigurationError, match=words):
        SunshineClient(app_id="a", **settings)


def test_from_env() -> None:
    variables = {
        "AIOCONVO_SUNSHINE_APP_ID": "a",
        "AIOCONVO_SUNSHINE_KEY_ID": "k",
        "AIOCONVO_SUNSHINE_SECRET": "s",
        "AIOCONVO_SUNSHINE_BASE_URL": "http://127.0.0.1:9/sunshine",
    }
    assert SunshineClient.from_env(environ=variables).base_url == "http://127.0.0.1:9/sunshine"
    for name in list(variables)[:3]:
        with pytest.raises(aioconvo.ConfigurationError, match=name):
            SunshineClient.from_env(environ={key: value for key, value in variables.items() if key != name})
    with pytest.raises(aioconvo.ConfigurationError, match="either token, or key_id and secret, not both"):
        SunshineClient.from_env(environ=variables | {"AIOCONVO_SUNSHINE_TOKEN": "t"})


def test_no_secret_in_repr() -> None:
    client = SunshineClient(app_id="a", key_id="app_canary", secret="canary")
    signing = SunshineClient(app_id="a", key_id="app_canary", secret="canary", auth="jwt")
    assert "canary" not in repr(client) + repr(signing) + repr(client.conversations) + repr(client.pool)
