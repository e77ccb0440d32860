"""Every operation of Smooch v1.1: what is sent and what comes back."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

import pytest

import aioconvo
from aioconvo.smooch import (
    ActivityType,
    BuyAction,
    CarouselMessage,
    Coordinates,
    Destination,
    DisplaySettings,
    FileMessage,
    FormField,
    FormMessage,
    FormOption,
    FormResponseMessage,
    ImageMessage,
    Item,
    LinkAction,
    ListMessage,
    LocationInfo,
    LocationMessage,
    LocationRequestAction,
    MessageOverride,
    MessageType,
    OverridePayload,
    PostbackAction,
    QuotedMessage,
    ReplyAction,
    Role,
    ShareAction,
    SmoochClient,
    TextMessage,
    WebviewAction,
)

CONVERSATION: dict[str, Any] = {
    "_id": "df0ebe56cbeab98589b8bfa7",
    "unreadCount": 2,
    "appMakerLastRead": 1529675979.541,
    "appUserLastRead": 1529675790.625,
}
MESSAGE: dict[str, Any] = {
    "_id": "5b2bda263d0a5a002214feb7",
    "authorId": "00uejytoekz520ZEG0h7",
    "role": "appMaker",
    "type": "text",
    "name": "Ada",
    "text": "Where shall we deliver it?",
    "avatarUrl": "https://media.example/ada.png",
    "received": 1529600550.492,
    "source": {"type": "api"},
    "actions": [
        {"_id": "a1", "type": "reply", "text": "Home", "payload": "HOME", "uri": ""},
        {"_id": "a2", "type": "locationRequest", "text": "Here"},
    ],
}
# An image as the API answers it: no text, no avatar, a size that the SDK's model does not have.
IMAGE: dict[str, Any] = {
    "_id": "5b2bda263d0a5a002214feb8",
    "role": "appUser",
    "type": "image",
    "mediaUrl": "https://media.example/lamp.png",
    "mediaType": "image/png",
    "mediaSize": 4711,
    "received": 1529600551,
    "source": {
        "type": "whatsapp",
        "id": "d1",
        "originalMessageId": "wamid.1",
        "originalMessageTimestamp": 1529600549.5,
    },
    "authorId": "c7f6e6d6c3a637261bd9656f",
}
FORM_RESPONSE: dict[str, Any] = {
    "_id": "5b2bda263d0a5a002214feb9",
    "role": "appUser",
    "type": "formResponse",
    "received": 1529600552.25,
    "textFallback": "Size: M",
    "fields": [{"_id": "f1", "type": "select", "name": "size", "label": "Size", "select": [{"name": "m", "label": "M"}]}],
    "quotedMessage": {
        "type": "message",
        "content": {"_id": "5b2b", "role": "appMaker", "type": "form", "received": 1529600500.1, "submitted": True},
    },
}


@pytest.fixture
def client(wire: Any) -> SmoochClient:
    return SmoochClient(app_id="app1", key_id="app_key", secret="s3cret", base_url=wire.base_url)


async def test_post_activity(wire: Any, client: SmoochClient) -> None:
    wire.answers("POST", {"conversation": CONVERSATION})
    async with client:
        conversation = await client.conversations.post_activity("ada@example.org", type="typing:start", name="Shop")
    assert wire.last.path == "/v1.1/apps/app1/appusers/ada%40example.org/conversation/activity"
    assert wire.last.headers["content-type"] == "application/json"
    assert wire.last.headers["authorization"] == "Basic " + base64.b64encode(b"app_key:s3cret").decode()
    assert wire.last.json() == {"role": "appMaker", "type": "typing:start", "name": "Shop"}
    assert conversation.id == CONVERSATION["_id"]
    assert conversation.unread_count == 2
    assert conversation.app_maker_last_read == 1529675979.541
    assert conversation.app_user_last_read == 1529675790.625


async def test_activity_of_the_user(wire: Any, client: SmoochClient) -> None:
    wire.answers("POST", {"conversation": {"_id": "c1", "unreadCount": 0}})
    async with client:
        conversation = await client.conversations.post_activity(
            "u1", role=Role.APP_USER, type=ActivityType.CONVERSATION_READ, avatar_url="https://x/a.png"
        )
    assert wire.last.json() == {"role": "appUser", "type": "conversation:read", "avatarUrl": "https://x/a.png"}
    assert conversation.app_user_last_read is None


async def test_reset_unread_count(wire: Any, client: SmoochClient) -> None:
    wire.answers("POST", {})
    async with client:
        await client.conversations.reset_unread_count("u1")
    assert wire.last.path == "/v1.1/apps/app1/appusers/u1/conversation/read"
    assert wire.last.body == b""


async def test_activity_is_tried_again_and_a_post_is_not(wire: Any, client: SmoochClient) -> None:
    wire.answers("POST", status=502)
    wire.answers("POST", {"conversation": CONVERSATION})
    wire.answers("POST", status=502)
    async with client.with_options(retry=aioconvo.RetryPolicy(backoff=0.001)) as eager:
        await eager.conversations.post_activity("u1", type="typing:stop")
        with pytest.raises(aioconvo.MaybeSentError):
            await eager.messages.post("u1", message=TextMessage(role=Role.APP_MAKER, text="Hi"))
    await client.aclose()
    assert len(wire.sent) == 3


async def test_list_walks_backwards_newest_first(wire: Any, client: SmoochClient) -> None:
    page = [
        {"_id": f"m{n:03d}", "role": "appUser", "type": "text", "text": "x", "received": 1529600000.5 + n} for n in range(100)
    ]
    wire.answers("GET", {"conversation": CONVERSATION, "messages": page, "next": None, "previous": "https://x/?before=1"})
    tie = page[0] | {"_id": "m-01"}  # shares the millisecond at the page's edge
    wire.answers("GET", {"conversation": CONVERSATION, "messages": [tie, page[0]]})
    async with client:
        pages = [page async for page in client.messages.list("u1").pages()]
    assert [message.id for message in pages[0].items] == [f"m{n:03d}" for n in reversed(range(100))]
    assert [message.id for message in pages[1].items] == ["m-01"]
    assert [each.has_more for each in pages] == [True, False]
    assert pages[0].response.data.conversation.unread_count == 2
    assert wire.sent[0].path == "/v1.1/apps/app1/appusers/u1/messages"
    assert wire.sent[0].query == []
    assert wire.sent[1].query == [("before", "1529600000.501")]


async def test_list_walks_forward_oldest_first(wire: Any, client: SmoochClient) -> None:
    wire.answers("GET", {"messages": [FORM_RESPONSE, IMAGE, MESSAGE]})
    async with client:
        messages = await client.messages.list("u1", after=0).collect()
    assert wire.last.query == [("after", "0.000")]
    text, image, response = messages
    assert (text.type, image.type, response.type) == (MessageType.TEXT, MessageType.IMAGE, MessageType.FORM_RESPONSE)
    assert text.received == 1529600550.492
    assert text.received_at == dt.datetime(2018, 6, 21, 17, 2, 30, 492000, tzinfo=dt.UTC)
    assert text.role is Role.APP_MAKER
    assert text.actions == [ReplyAction(id="a1", text="Home", payload="HOME"), LocationRequestAction(id="a2", text="Here")]
    assert image.text is None
    assert image.media_size == 4711
    assert image.source is not None
    assert image.source.original_message_timestamp == 1529600549.5
    assert response.fields is not None
    assert response.fields[0].select == [FormOption(name="m", label="M")]
    assert response.quoted_message is not None
    assert response.quoted_message.content is not None
    assert response.quoted_message.content.submitted is True


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        # Milliseconds as they are, whatever binary rounding makes of them.
        ({"before": 1439220041.586}, ("before", "1439220041.586")),
        ({"after": 1439220041.586}, ("after", "1439220041.586")),
        ({"before": 1439220041}, ("before", "1439220041.000")),
        # A bound finer than the wire's is moved outwards: a message of that very millisecond may be inside.
        ({"before": 1439220041.5864}, ("before", "1439220041.587")),
        ({"after": 1439220041.5864}, ("after", "1439220041.586")),
        ({"before": dt.datetime(2015, 8, 10, 15, 20, 41, 586000, tzinfo=dt.UTC)}, ("before", "1439220041.586")),
        (
            {"after": dt.datetime(2015, 8, 10, 17, 20, 41, 586400, tzinfo=dt.timezone(dt.timedelta(hours=2)))},
            ("after", "1439220041.586"),
        ),
    ],
)
async def test_bounds_of_a_list(wire: Any, client: SmoochClient, arguments: dict[str, Any], sent: tuple[str, str]) -> None:
    wire.answers("GET", {"messages": []})
    async with client:
        assert await client.messages.list("u1", **arguments).collect() == []
    assert wire.last.query == [sent]


async def test_a_message_that_drifted_does_not_cost_the_page(wire: Any, client: SmoochClient) -> None:
    strange = [
        {"_id": "m1", "role": "whisper", "type": "hologram", "received": None, "actions": [{"type": "dance", "text": "t"}]},
        MESSAGE | {"received": 1e300},
        "no message at all",
        {},
    ]
    wire.answers("GET", {"messages": [*strange, MESSAGE]})
    async with client:
        messages = await client.messages.list("u1").collect()
    assert len(messages) == 5
    drifted = next(message for message in messages if getattr(message, "id", None) == "m1")
    assert drifted.role == "whisper"
    assert not drifted.type.known
    assert drifted.received_at is None
    assert drifted.actions is not None
    assert isinstance(drifted.actions[0], aioconvo.Unknown)
    assert messages[-1].id == MESSAGE["_id"]
    assert [m.received_at for m in messages if getattr(m, "received", None) == 1e300] == [None]


async def test_an_answer_without_messages_is_not_the_end(wire: Any, client: SmoochClient) -> None:
    wire.answers("GET", {"conversation": CONVERSATION})
    async with client:
        with pytest.raises(aioconvo.ResponseDecodeError, match="messages"):
            await client.messages.list("u1")


async def test_post_message(wire: Any, client: SmoochClient) -> None:
    extra = MESSAGE | {"_id": "5b2bda263d0a5a002214feba"}
    wire.answers("POST", {"message": MESSAGE, "extraMessages": [extra], "conversation": CONVERSATION}, status=201)
    async with client:
        posted = await client.messages.post(
            "u1",
            message=TextMessage(
                role=Role.APP_MAKER,
                text="Where shall we deliver it?",
                name="Ada",
                email="ada@example.org",
                avatar_url="https://media.example/ada.png",
                metadata={"order": 4711, "gift": True, "note": "ring", "weight": 1.5},
                payload="P",
                destination=Destination(integration_type="whatsapp"),
                override=MessageOverride(whatsapp=OverridePayload(payload={"type": "template"})),
                actions=[
                    ReplyAction(text="Home", payload="HOME", icon_url="https://x/i.png"),
                    LocationRequestAction(text="Here"),
                ],
            ),
        )
    assert wire.last.path == "/v1.1/apps/app1/appusers/u1/messages"
    assert wire.last.json() == {
        "role": "appMaker",
        "type": "text",
        "text": "Where shall we deliver it?",
        "name": "Ada",
        "email": "ada@example.org",
        "avatarUrl": "https://media.example/ada.png",
        "metadata": {"order": 4711, "gift": True, "note": "ring", "weight": 1.5},
        "payload": "P",
        "destination": {"integrationType": "whatsapp"},
        "override": {"whatsapp": {"payload": {"type": "template"}}},
        "actions": [
            {"type": "reply", "text": "Home", "payload": "HOME", "iconUrl": "https://x/i.png"},
            {"type": "locationRequest", "text": "Here"},
        ],
    }
    assert posted.message.id == MESSAGE["_id"]
    assert posted.extra_messages is not None
    assert posted.extra_messages[0].id == extra["_id"]
    assert posted.conversation is not None
    assert posted.conversation.unread_count == 2


async def test_a_post_that_went_through_does_not_fail_for_a_thin_answer(wire: Any, client: SmoochClient) -> None:
    wire.answers("POST", {"message": {"_id": "m1", "role": "appMaker", "type": "file"}}, status=201)
    async with client:
        posted = await client.messages.post("u1", message=FileMessage(role=Role.APP_MAKER, media_url="https://x/f.pdf"))
    assert posted.message.id == "m1"
    assert posted.message.received_at is None
    assert posted.conversation is None


LINK = LinkAction(text="More", uri="https://x", default=True)
POSTBACK = PostbackAction(text="Buy", payload="BUY")
ITEM = Item(title="Lamp", actions=[POSTBACK])


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            ImageMessage(role=Role.APP_MAKER, media_url="https://x/i.png", alt_text="A lamp", actions=[LINK]),
            {
                "type": "image",
                "role": "appMaker",
                "mediaUrl": "https://x/i.png",
                "altText": "A lamp",
                "actions": [{"type": "link", "text": "More", "uri": "https://x", "default": True}],
            },
        ),
        (
            FileMessage(role=Role.APP_USER, media_url="https://x/f.pdf", media_type="application/pdf"),
            {"type": "file", "role": "appUser", "mediaUrl": "https://x/f.pdf", "mediaType": "application/pdf"},
        ),
        (
            CarouselMessage(
                role=Role.APP_MAKER,
                items=[Item(title="Lamp", size="large", actions=[POSTBACK, ShareAction()])],
                display_settings=DisplaySettings(image_aspect_ratio="square"),
            ),
            {
                "type": "carousel",
                "role": "appMaker",
                "items": [
                    {
                        "title": "Lamp",
                        "size": "large",
                        "actions": [{"type": "postback", "text": "Buy", "payload": "BUY"}, {"type": "share"}],
                    }
                ],
                "displaySettings": {"imageAspectRatio": "square"},
            },
        ),
        (
            ListMessage(role=Role.APP_MAKER, items=[ITEM], actions=[BuyAction(text="All", amount=1999, currency="EUR")]),
            {
                "type": "list",
                "role": "appMaker",
                "items": [{"title": "Lamp", "actions": [{"type": "postback", "text": "Buy", "payload": "BUY"}]}],
                "actions": [{"type": "buy", "text": "All", "amount": 1999, "currency": "EUR"}],
            },
        ),
        (
            LocationMessage(
                role=Role.APP_USER, coordinates=Coordinates(lat=1.5, long=-2.0), location=LocationInfo(name="Shop")
            ),
            {
                "type": "location",
                "role": "appUser",
                "coordinates": {"lat": 1.5, "long": -2.0},
                "location": {"name": "Shop"},
            },
        ),
        (
            FormMessage(
                role=Role.APP_MAKER,
                block_chat_input=True,
                fields=[
                    FormField(type="text", name="n", label="Name", placeholder="Ada", min_size=1, max_size=64),
                    FormField(type="select", name="s", label="Size", options=[FormOption(name="m", label="M")]),
                ],
            ),
            {
                "type": "form",
                "role": "appMaker",
                "blockChatInput": True,
                "fields": [
                    {"type": "text", "name": "n", "label": "Name", "placeholder": "Ada", "minSize": 1, "maxSize": 64},
                    {"type": "select", "name": "s", "label": "Size", "options": [{"name": "m", "label": "M"}]},
                ],
            },
        ),
        (
            FormResponseMessage(
                role=Role.APP_USER,
                fields=[FormField(type="email", name="e", label="E-mail", email="a@example.org")],
                quoted_message=QuotedMessage(type="externalMessageId", external_message_id="wamid.1"),
            ),
            {
                "type": "formResponse",
                "role": "appUser",
                "fields": [{"type": "email", "name": "e", "label": "E-mail", "email": "a@example.org"}],
                "quotedMessage": {"type": "externalMessageId", "externalMessageId": "wamid.1"},
            },
        ),
        (
            TextMessage(
                role=Role.APP_MAKER,
                actions=[WebviewAction(text="Map", uri="https://x", fallback="https://y", size="tall", open_on_receive=True)],
            ),
            {
                "type": "text",
                "role": "appMaker",
                "actions": [
                    {
                        "type": "webview",
                        "text": "Map",
                        "uri": "https://x",
                        "fallback": "https://y",
                        "size": "tall",
                        "openOnReceive": True,
                    }
                ],
            },
        ),
    ],
    ids=lambda value: value.get("type") if isinstance(value, dict) else None,
)
async def test_kinds_of_messages(wire: Any, client: SmoochClient, message: Any, expected: dict[str, Any]) -> None:
    wire.answers("POST", {"message": MESSAGE, "conversation": CONVERSATION}, status=201)
    async with client:
        await client.messages.post("u1", message=message)
    assert wire.last.json() == expected


async def test_delete_messages(wire: Any, client: SmoochClient) -> None:
    wire.answers("DELETE", {})
    wire.answers("DELETE", {})
    async with client:
        await client.messages.delete("u1", "m1")
        await client.messages.delete_all("u1")
    assert [sent.path for sent in wire.sent] == [
        "/v1.1/apps/app1/appusers/u1/messages/m1",
        "/v1.1/apps/app1/appusers/u1/messages",
    ]
    assert [sent.body for sent in wire.sent] == [b"", b""]


async def test_path_values_are_encoded(wire: Any, client: SmoochClient) -> None:
    wire.answers("DELETE", {})
    async with client:
        await client.messages.delete("a/../b?c#d é", "m/1")
    assert wire.last.path == "/v1.1/apps/app1/appusers/a%2F..%2Fb%3Fc%23d%20%C3%A9/messages/m%2F1"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c: c.messages.list("u", before=1.0, after=1.0), "exclude each other"),
        (lambda c: c.messages.list("u", before=1529600550492), "in seconds .not milliseconds"),
        (lambda c: c.messages.list("u", after=-1), "after must be Unix time"),
        (lambda c: c.messages.list("u", after=float("nan")), "after must be Unix time"),
        (lambda c: c.messages.list("u", after=True), "after must be Unix time"),
        (lambda c: c.messages.list("u", limit=True), "limit must be 0 or more items; got True"),
        (lambda c: c.messages.list("u", prefetch=True), "prefetch must be 0 or more pages; got True"),
        (lambda c: c.messages.list(True), "must be text; got bool"),
        (lambda c: c.messages.list("u", before=dt.datetime(2018, 6, 21)), "a datetime with a time zone"),  # noqa: DTZ001
        (lambda c: c.messages.list("u", before="yesterday"), "before must be Unix time"),
        (lambda c: c.messages.list("u", limit=-1), "limit must be 0 or more"),
        (lambda c: c.messages.list("u", start="nonsense"), "start is no position"),
        (lambda c: c.messages.list(".."), "must not be empty"),
    ],
)
def test_bad_list_arguments_are_refused_at_once(client: SmoochClient, call: Any, words: str) -> None:
    with pytest.raises(aioconvo.InvalidRequestError, match=words):
        call(client)


REPLY = ReplyAction(text="Yes", payload="YES")
MAKER = Role.APP_MAKER


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"role": "appMaker", "type": "text", "text": "t"}, "message must be a struct such as TextMessage.*; got dict"),
        (TextMessage(role=MAKER), "needs text or actions"),
        (TextMessage(role=MAKER, text="", actions=[]), "needs text or actions"),
        (TextMessage(role=Role.APP_USER, text="t", actions=[REPLY]), "actions need role appMaker; got appUser"),
        (ImageMessage(role=Role.APP_USER, media_url="u", actions=[LINK]), "actions need role appMaker"),
        (TextMessage(role=MAKER, actions=[REPLY, LINK]), "combine with each other only"),
        (TextMessage(role=MAKER, actions=[LocationRequestAction(text="Here"), POSTBACK]), "combine with each other only"),
        (CarouselMessage(role=MAKER, items=[Item(title="t", actions=[REPLY, LINK])]), "combine with each other only"),
        (TextMessage(role=MAKER, actions=[ShareAction()]), "belongs in an item"),
        (ListMessage(role=MAKER, items=[ITEM], actions=[ShareAction()]), "belongs in an item"),
        (CarouselMessage(role=MAKER, items=[]), "items must have 1 to 10 items; got 0"),
        (ListMessage(role=MAKER, items=[ITEM] * 11), "items must have 1 to 10 items; got 11"),
        (CarouselMessage(role=MAKER, items=[Item(title="t", actions=[])]), "1 to 3 actions; got 0"),
        (ListMessage(role=MAKER, items=[Item(title="t", actions=[LINK] * 4)]), "1 to 3 actions; got 4"),
        (
            FormMessage(
                role=MAKER,
                fields=[FormField(type="select", name="s", label="S", options=[FormOption(name="n", label="l")] * 21)],
            ),
            "options of field 's' must have up to 20 options; got 21",
        ),
        (TextMessage(role=MAKER, text="t", metadata={"a": {"b": 1}}), "metadata must be flat: .* 'a' is dict"),
        (TextMessage(role=MAKER, text="t", metadata={"a": None}), "'a' is NoneType"),
        (
            TextMessage(role=MAKER, actions=[LinkAction(text="t", uri="u", metadata={"a": []})]),
            "metadata of a link action must be flat",
        ),
        (TextMessage(role=MAKER, text="t", destination=Destination()), "needs integration_id or integration_type"),
        (TextMessage(role=MAKER, text="half \ud83d"), "lone surrogate"),
    ],
)
async def test_bad_posts_are_refused_before_sending(wire: Any, client: SmoochClient, message: Any, words: str) -> None:
    async with client:
        with pytest.raises(aioconvo.InvalidRequestError, match=words):
            await client.messages.post("u1", message=message)
    assert wire.sent == []


@pytest.mark.parametrize(
    "message",
    [
        TextMessage(role=MAKER, actions=[REPLY, LocationRequestAction(text="Here")]),
        TextMessage(role=MAKER, actions=[REPLY, aioconvo.Unknown(b'{"type":"dance"}')]),
        TextMessage(role=Role.APP_USER, text="t", actions=[]),
        TextMessage(role=MAKER, text="t", destination=Destination(integration_id="i", integration_type="web")),
        ListMessage(role=MAKER, items=[Item(title="t", actions=[LINK, POSTBACK, ShareAction(text="s")])] * 10),
    ],
)
async def test_good_posts_pass(wire: Any, client: SmoochClient, message: Any) -> None:
    wire.answers("POST", {"message": MESSAGE, "conversation": CONVERSATION}, status=201)
    async with client:
        await client.messages.post("u1", message=message)
    assert len(wire.sent) == 1
