"""Every operation of Convore: what is sent and what comes back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import aioconvo
from aioconvo.convore import (
    ContactHandle,
    ContactHandleType,
    ConversationPriority,
    ConversationStatus,
    ConvoreClient,
    EventObject,
    EventType,
    LabelType,
    MessageDirection,
    MessageFormat,
    Participant,
    ParticipantRole,
    ReplyType,
)

ADA: dict[str, Any] = {"name": "Ada", "handle": {"type": "email", "value": "ada@example.org"}, "role": "from"}
SHOP: dict[str, Any] = {"handle": {"type": "email", "value": "support@example.com"}, "role": "to"}
CONVERSATION: dict[str, Any] = {
    "id": "conv_01h2xcejqtf2nbrexx3vqjhp41",
    "channel_id": "chnnl_01h2xcejqtf2nbrexx3vqjhp41",
    "status": "open",
    "priority": "no_priority",
    "labels": [
        {
            "id": "lbl_01hggtgr3yfm3t450q1hq4vs9s",
            "name": "Returns",
            "description": "What comes back",
            "created_at": "2023-11-30T09:00:00Z",
            "type": "shared",
        }
    ],
    "participants": [ADA, SHOP],
    "subject": None,
    "snippet": "Where is my order?",
    "is_unread": True,
    "last_message_date": "2023-12-01T10:15:00.250Z",
    "message_count": 2,
    "draft_count": 0,
    "attachment_count": 1,
    "created_at": "2023-12-01T10:00:00+02:00",
}
MESSAGE: dict[str, Any] = {
    "id": "msg_01hggtpfewf0y91nde7cz02p0k",
    "channel_id": "chnnl_01h2xcejqtf2nbrexx3vqjhp41",
    "conversation_id": "conv_01h2xcejqtf2nbrexx3vqjhp41",
    "reply_to_message_id": "<CAF9x@mail.example.org>",
    "reply_type": "reply",
    "subject": "Your order",
    "direction": "inbound",
    "date": "2023-12-01T10:15:00.250Z",
    "sender": ADA,
    "recipients": [SHOP],
    "snippet": "Where is my order?",
    "body": "<p>Where is my order?</p>",
    "text_body": "Where is my order?",
    "raw_body": "<p>Where is my order?</p>",
    "attachments": [
        {
            "id": "attch_01hcf9x766fqk8g7hz74363j9q",
            "conversation_id": "conv_01h2xcejqtf2nbrexx3vqjhp41",
            "message_id": "msg_01hggtpfewf0y91nde7cz02p0k",
            "content_type": "image/png",
            "filename": "receipt.png",
            "is_inline": True,
            "content_id": "ii_1",
            "size": 14039,
        }
    ],
    "created_at": "2023-12-01T10:15:01Z",
    "format": "full",
}
MINIMAL = {name: MESSAGE[name] for name in ("id", "channel_id", "conversation_id", "direction", "date", "created_at")} | {
    "sender": ADA,
    "recipients": [],
    "format": "minimal",
}

NOON = dt.datetime(2023, 12, 1, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))
FROM_ADA = Participant(
    name="Ada", handle=ContactHandle(type=ContactHandleType.EMAIL, value="ada@example.org"), role=ParticipantRole.FROM
)
TO_SHOP = Participant(handle=ContactHandle(type=ContactHandleType.EMAIL, value="support@example.com"), role=ParticipantRole.TO)


@pytest.fixture
def client(wire: Any) -> ConvoreClient:
    return ConvoreClient(api_key="s3cret", base_url=wire.base_url)


async def test_get_message(wire: Any, client: ConvoreClient) -> None:
    wire.answers("GET", MESSAGE)
    async with client:
        message = await client.messages.get("msg_01hggtpfewf0y91nde7cz02p0k")
    assert wire.last.path == "/v1/messages/msg_01hggtpfewf0y91nde7cz02p0k"
    assert wire.last.query == []
    assert wire.last.body == b""
    assert wire.last.headers["authorization"] == "Bearer s3cret"
    assert message.direction is MessageDirection.INBOUND
    assert message.format is MessageFormat.FULL
    assert message.reply_type is ReplyType.REPLY
    assert message.date == dt.datetime(2023, 12, 1, 10, 15, 0, 250000, tzinfo=dt.UTC)
    assert message.sender == FROM_ADA
    assert message.recipients == [TO_SHOP]
    assert message.attachments is not None
    assert (message.attachments[0].size, message.attachments[0].content_id) == (14039, "ii_1")


async def test_a_minimal_message_has_no_bodies(wire: Any, client: ConvoreClient) -> None:
    wire.answers("GET", MINIMAL)
    async with client:
        message = await client.messages.get(MINIMAL["id"])
    assert (message.body, message.text_body, message.raw_body, message.snippet) == (None, None, None, None)
    assert (message.subject, message.attachments) == (None, None)


EVENT: dict[str, Any] = {
    "id": "event_01hggtpfewf0y91nde7cz02p0k",
    "type": "message_inbound_received",
    "object_id": "conv_01h2xcejqtf2nbrexx3vqjhp41",
    "object_type": "conversation",
    "created_at": "2023-12-01T10:15:00.250Z",
    "conversation_id": "conv_01h2xcejqtf2nbrexx3vqjhp41",
    "message_id": "msg_01hggtpfewf0y91nde7cz02p0k",
}


async def test_get_event(wire: Any, client: ConvoreClient) -> None:
    wire.answers("GET", EVENT)
    async with client:
        event = await client.events.get(EVENT["id"])
    assert wire.last.path == f"/v1/events/{EVENT['id']}"
    assert event.type is EventType.MESSAGE_INBOUND_RECEIVED
    assert (event.object_type, event.object_id) == (EventObject.CONVERSATION, EVENT["object_id"])
    assert (event.message_id, event.label_id) == (EVENT["message_id"], None)
    assert event.created_at == dt.datetime(2023, 12, 1, 10, 15, 0, 250000, tzinfo=dt.UTC)


async def test_list_events(wire: Any, client: ConvoreClient) -> None:
    wire.answers("GET", {"data": [EVENT], "next_cursor": "c2", "total_count": 2})
    wire.answers("GET", {"data": [], "next_cursor": "c3"})
    wire.answers("GET", {"data": [EVENT | {"id": "event_2", "type": "message_recalled"}], "next_cursor": None})
    events = client.events.list(
        types=[EventType.MESSAGE_INBOUND_RECEIVED, "message_recalled"],
        object_type="conversation",
        created_at_after=NOON,
        created_at_before=NOON + dt.timedelta(days=1),
        page_size=500,
    )
    async with client:
        found = await events.collect()
    assert [one.id for one in found] == [EVENT["id"], "event_2"]
    assert not found[1].type.known
    assert sorted(wire.sent[0].query) == [
        ("created_at_after", "2023-12-01T10:00:00Z"),
        ("created_at_before", "2023-12-02T10:00:00Z"),
        ("limit", "500"),
        ("object_type", "conversation"),
        ("types", "message_inbound_received"),
        ("types", "message_recalled"),
    ]
    assert [dict(one.query).get("cursor") for one in wire.sent] == [None, "c2", "c3"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"types": []}, "types is empty"),
        ({"type": "x", "types": ["x"]}, "exclude each other"),
        ({"page_size": 501}, "1 to 500"),
    ],
)
def test_bad_lists_of_events_are_refused_at_once(client: ConvoreClient, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(aioconvo.InvalidRequestError, match=words):
        client.events.list(**arguments)


async def test_import_message(wire: Any, client: ConvoreClient) -> None:
    wire.answers("POST", MESSAGE | {"conversation_id": "c1"})
    async with client:
        message = await client.messages.import_(
            date=NOON,
            sender=FROM_ADA,
            recipients=[TO_SHOP],
            conversation_id="c1",
            channel_id="ch1",
            subject=None,
            direction=MessageDirection.INBOUND,
            body="<p>Hello</p>",
            snippet="Hello",
            reply_to_message_id="m0",
            reply_type="forward",
        )
    assert wire.last.path == "/v1/messages/import"
    assert wire.last.headers["content-type"] == "application/json"
    assert wire.last.json() == {
        "date": "2023-12-01T12:00:00+02:00",
        "sender": ADA,
        "recipients": [SHOP],
        "conversation_id": "c1",
        "channel_id": "ch1",
        "subject": None,
        "direction": "inbound",
        "body": "<p>Hello</p>",
        "snippet": "Hello",
        "reply_to_message_id": "m0",
        "reply_type": "forward",
    }
    assert message.id == MESSAGE["id"]


async def test_send_to_addresses(wire: Any, client: ConvoreClient) -> None:
    wire.answers("POST", MESSAGE)
    async with client:
        await client.messages.send(
            body="<p>On its way</p>",
            channel_id="ch1",
            from_="support@example.com",
            to=["ada@example.org"],
            cc=["b@example.org"],
            bcc=["c@example.org", "d@example.org"],
            subject="Your order",
        )
    assert wire.last.path == "/v1/messages"
    assert wire.last.json() == {
        "body": "<p>On its way</p>",
        "channel_id": "ch1",
        "from": "support@example.com",
        "to": ["ada@example.org"],
        "cc": ["b@example.org"],
        "bcc": ["c@example.org", "d@example.org"],
        "subject": "Your order",
    }


async def test_send_to_participants(wire: Any, client: ConvoreClient) -> None:
    wire.answers("POST", MESSAGE | {"conversation_id": "c1"})
    async with client:
        await client.messages.send(
            body="<p>Hi</p>",
            conversation_id="c1",
            reply_to_message_id="m0",
            reply_type=ReplyType.REPLY_ALL,
            sender=FROM_ADA,
            recipients=[TO_SHOP],
            subject=None,
            quote_body="<p>Before</p>",
        )
    assert wire.last.json() == {
        "body": "<p>Hi</p>",
        "conversation_id": "c1",
        "reply_to_message_id": "m0",
        "reply_type": "reply_all",
        "sender": ADA,
        "recipients": [SHOP],
        "subject": None,
        "quote_body": "<p>Before</p>",
    }


async def test_send_says_no_more_than_it_was_given(wire: Any, client: ConvoreClient) -> None:
    wire.answers("POST", MESSAGE)
    async with client:
        message = await client.messages.send(body="<p>Hi</p>", reply_to_message_id="m0")
    assert wire.last.json() == {"body": "<p>Hi</p>", "reply_to_message_id": "m0"}
    assert message.body == MESSAGE["body"]


async def test_update_tells_null_from_not_given(wire: Any, client: ConvoreClient) -> None:
    wire.answers("PATCH", MESSAGE | {"id": "m1", "subject": None})
    wire.answers("PATCH", MESSAGE | {"id": "m1"})
    async with client:
        message = await client.messages.update("m1", subject=None, direction="outbound")
        await client.messages.update("m1", date=NOON, sender=FROM_ADA, recipients=[TO_SHOP], body="<p>New</p>", snippet="New")
    assert wire.sent[0].path == "/v1/messages/m1"
    assert wire.sent[0].json() == {"subject": None, "direction": "outbound"}
    assert message.subject is None
    assert wire.sent[1].json() == {
        "date": "2023-12-01T12:00:00+02:00",
        "sender": ADA,
        "recipients": [SHOP],
        "body": "<p>New</p>",
        "snippet": "New",
    }


async def test_get_conversation(wire: Any, client: ConvoreClient) -> None:
    wire.answers("GET", CONVERSATION)
    async with client:
        conversation = await client.conversations.get("conv_01h2xcejqtf2nbrexx3vqjhp41")
    assert wire.last.path == "/v1/conversations/conv_01h2xcejqtf2nbrexx3vqjhp41"
    assert conversation.status is ConversationStatus.OPEN
    assert conversation.priority is ConversationPriority.NO_PRIORITY
    assert conversation.labels[0].type is LabelType.SHARED
    assert conversation.participants == [FROM_ADA, TO_SHOP]
    assert conversation.subject is None
    assert conversation.is_unread is True
    assert conversation.created_at == dt.datetime(2023, 12, 1, 8, 0, tzinfo=dt.UTC)


async def test_list_conversations_with_every_filter(wire: Any, client: ConvoreClient) -> None:
    wire.answers("GET", {"data": [CONVERSATION], "total_count": 1})
    precise = dt.datetime(2023, 12, 1, 0, 0, 0, 1, tzinfo=dt.UTC)
    async with client:
        page = await client.conversations.list(
            channel_id="ch1",
            statuses=[ConversationStatus.OPEN, "done"],
            label_ids=["l1", "l2"],
            has_no_label=False,
            contact_handle_tokens=["EMAIL:ada@example.org"],
            has_drafts=True,
            has_messages=True,
            has_outbound_messages=False,
            created_at_before=precise,
            created_at_after=NOON,
            last_message_date_before=NOON,
            last_message_date_after=precise,
            page_size=50,
        )
    assert wire.last.path == "/v1/conversations"
    assert wire.last.query == [
        ("channel_id", "ch1"),
        ("contact_handle_tokens", "EMAIL:ada@example.org"),
        ("created_at_after", "2023-12-01T10:00:00Z"),
        ("created_at_before", "2023-12-01T00:00:00.000001Z"),
        ("has_drafts", "true"),
        ("has_messages", "true"),
        ("has_no_label", "false"),
        ("has_outbound_messages", "false"),
        ("label_ids", "l1"),
        ("label_ids", "l2"),
        ("last_message_date_after", "2023-12-01T00:00:00.000001Z"),
        ("last_message_date_before", "2023-12-01T10:00:00Z"),
        ("limit", "50"),
        ("statuses", "done"),
        ("statuses", "open"),
    ]
    assert page.response.data.total_count == 1
    assert page.has_more is False


async def test_list_conversations_repeats_its_filters_with_each_cursor(wire: Any, client: ConvoreClient) -> None:
    second = CONVERSATION | {"id": "conv_2"}
    wire.answers("GET", {"data": [CONVERSATION], "next_cursor": "a+/="})
    wire.answers("GET", {"data": [], "next_cursor": "b"})
    wire.answers("GET", {"data": [second], "next_cursor": None})
    async with client:
        found = await client.conversations.list(status="open", page_size=1).collect()
    assert [conversation.id for conversation in found] == [CONVERSATION["id"], "conv_2"]
    assert [sent.query for sent in wire.sent] == [
        [("limit", "1"), ("status", "open")],
        [("cursor", "a+/="), ("limit", "1"), ("status", "open")],
        [("cursor", "b"), ("limit", "1"), ("status", "open")],
    ]


@pytest.mark.parametrize("last", [{}, {"next_cursor": None}, {"next_cursor": ""}])
async def test_list_messages_ends_without_a_cursor(wire: Any, client: ConvoreClient, last: dict[str, Any]) -> None:
    wire.answers("GET", {"data": [MESSAGE], "next_cursor": "a", "total_count": 2})
    wire.answers("GET", {"data": [MINIMAL | {"id": "msg_2"}]} | last)
    async with client:
        messages = client.messages.list(conversation_id=MESSAGE["conversation_id"], format=MessageFormat.FULL)
        pages = [page async for page in messages.pages()]
    assert [[message.id for message in page.items] for page in pages] == [[MESSAGE["id"]], ["msg_2"]]
    assert [page.has_more for page in pages] == [True, False]
    assert wire.sent[0].path == "/v1/messages"
    asked = ("conversation_id", MESSAGE["conversation_id"])
    assert wire.sent[0].query == [asked, ("format", "full")]
    assert wire.sent[1].query == [asked, ("cursor", "a"), ("format", "full")]


async def test_a_stored_position_goes_on_after_its_page(wire: Any, client: ConvoreClient) -> None:
    wire.answers("GET", {"data": [MESSAGE], "next_cursor": "a"})
    wire.answers("GET", {"data": [MINIMAL]})
    async with client:
        page = await client.messages.list()
        rest = await client.messages.list(start=page.position, page_size=7).collect()
        with pytest.raises(aioconvo.InvalidRequestError, match="another list"):
            client.messages.list(conversation_id="c1", start=page.position)
    assert len(rest) == 1
    assert wire.last.query == [("cursor", "a"), ("limit", "7")]


async def test_limit_counts_items_not_requests(wire: Any, client: ConvoreClient) -> None:
    wire.answers("GET", {"data": [MESSAGE, MINIMAL], "next_cursor": "a"})
    async with client:
        messages = await client.messages.list(limit=1).collect()
    assert len(messages) == 1
    assert wire.last.query == []


async def test_a_cursor_that_does_not_advance_is_refused(wire: Any, client: ConvoreClient) -> None:
    wire.answers("GET", {"data": [MESSAGE], "next_cursor": "a"})
    wire.answers("GET", {"data": [MESSAGE], "next_cursor": "a"})
    async with client:
        with pytest.raises(aioconvo.PaginationError, match="repeated a cursor"):
            await client.messages.list().collect()


async def test_what_the_api_adds_later_costs_nothing(wire: Any, client: ConvoreClient) -> None:
    drifted = MESSAGE | {"direction": "sideways", "attachments": "none", "mood": "good"}
    del drifted["date"]
    wire.answers("GET", {"data": [drifted, MINIMAL]})
    async with client:
        first, second = await client.messages.list().collect()
    assert not first.direction.known
    assert first.attachments is None
    assert b'"mood":"good"' in (aioconvo.raw_json(first) or b"")
    assert second.format is MessageFormat.MINIMAL


async def test_an_answer_that_is_no_page_is_no_empty_list(wire: Any, client: ConvoreClient) -> None:
    wire.answers("GET", {"items": []})
    async with client:
        with pytest.raises(aioconvo.ResponseDecodeError, match="'data' in MessagePage"):
            await client.messages.list()


def _naive() -> dt.datetime:
    return dt.datetime(2023, 12, 1)  # noqa: DTZ001 -- what is refused


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c: c.conversations.list(status="open", statuses=["done"]), "exclude each other"),
        (lambda c: c.conversations.list(statuses=[]), "statuses is empty"),
        (lambda c: c.conversations.list(label_ids=[]), "label_ids is empty"),
        (lambda c: c.conversations.list(contact_handle_tokens=()), "contact_handle_tokens is empty"),
        (lambda c: c.conversations.list(created_at_before=_naive()), "created_at_before must be a datetime with a time zone"),
        (lambda c: c.conversations.list(page_size=0), "page_size must be 1 to 100"),
        (lambda c: c.conversations.list(page_size=101), "page_size must be 1 to 100"),
        (lambda c: c.conversations.list(limit=-1), "limit must be 0 or more"),
        (lambda c: c.messages.list(page_size=101), "page_size must be 1 to 100"),
        (lambda c: c.messages.list(conversation_id=""), "conversation_id is empty; leave it out"),
        (lambda c: c.messages.list(start="[nonsense"), "start is no position"),
        (lambda c: c.messages.list(prefetch=-1), "prefetch must be 0 or more"),
    ],
)
def test_bad_lists_are_refused_at_once(client: ConvoreClient, call: Any, words: str) -> None:
    with pytest.raises(aioconvo.InvalidRequestError, match=words):
        call(client)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c: c.messages.get(""), "message_id must not be empty"),
        (lambda c: c.conversations.get(".."), "conversation_id must not be empty"),
        (lambda c: c.messages.send(body="x"), "channel_id to begin a conversation, or reply_to_message_id"),
        (lambda c: c.messages.send(body="x", channel_id="c", from_="a@b", sender=FROM_ADA), "from_ and sender exclude"),
        (lambda c: c.messages.send(body="x", channel_id="c", to=["a@b"], recipients=[TO_SHOP]), "to and recipients exclude"),
        (lambda c: c.messages.send(body="x", channel_id="c", cc=["a@b"], recipients=[TO_SHOP]), "cc and recipients exclude"),
        (lambda c: c.messages.send(body="x", channel_id="c", bcc=["a@b"], recipients=[TO_SHOP]), "bcc and recipients exclude"),
        (lambda c: c.messages.send(body="half \ud83d", channel_id="c"), "lone surrogate"),
        (lambda c: c.messages.import_(date=_naive(), sender=FROM_ADA, recipients=[]), "date must be a datetime with a time"),
        (lambda c: c.messages.update("m1", date=_naive()), "date must be a datetime with a time zone"),
    ],
)
async def test_bad_calls_are_refused_before_sending(wire: Any, client: ConvoreClient, call: Any, words: str) -> None:
    async with client:
        with pytest.raises(aioconvo.InvalidRequestError, match=words):
            await call(client)
    assert wire.sent == []


async def test_path_values_are_encoded(wire: Any, client: ConvoreClient) -> None:
    wire.answers("GET", MESSAGE | {"id": "a/../b?c#d é"})
    async with client:
        await client.messages.get("a/../b?c#d é")
    assert wire.last.path == "/v1/messages/a%2F..%2Fb%3Fc%23d%20%C3%A9"


@pytest.mark.parametrize(
    ("status", "body", "code", "words", "error"),
    [
        (400, b'{"error":{"code":"invalid_request","message":"No"}}', "invalid_request", "No", aioconvo.BadRequestError),
        (401, b'{"error":"No"}', None, "No", aioconvo.AuthenticationError),
        (403, b'{"message":"No","code":7}', "7", "No", aioconvo.PermissionDeniedError),
        (404, b'{"detail":"No"}', None, "No", aioconvo.NotFoundError),
        (422, b'{"detail":[{"msg":"No"}],"error":true,"code":[]}', None, None, aioconvo.UnprocessableEntityError),
        (409, b'["No"]', None, None, aioconvo.ConflictError),
        (413, b"<html>No</html>", None, None, aioconvo.RequestTooLargeError),
        (403, b'{"error":{"code":null,"message":{"a":1}}}', None, None, aioconvo.PermissionDeniedError),
        (404, b"[" * 5000, None, None, aioconvo.NotFoundError),
        (404, b'{"message":"\xff"}', None, None, aioconvo.NotFoundError),
        (302, b"", None, None, aioconvo.UnexpectedRedirectError),
    ],
)
async def test_error_words(
    wire: Any, client: ConvoreClient, *, status: int, body: bytes, code: str | None, words: str | None, error: Any
) -> None:
    wire.answers("GET", body=body, status=status, headers={"X-Request-Id": "r1"})
    async with client:
        with pytest.raises(error) as caught:
            await client.messages.get("m1")
    assert (caught.value.status, caught.value.code, caught.value.request_id) == (status, code, "r1")
    assert caught.value.body == body
    assert ("No" in caught.value.reason) is (words is not None)
    assert "s3cret" not in str(caught.value)
    assert caught.value.operation == "convore.messages.get"


async def test_a_message_that_may_have_left_is_not_sent_again(wire: Any, client: ConvoreClient) -> None:
    wire.answers("POST", {"error": {"code": "internal_error"}}, status=500)
    wire.answers("POST", {"error": {"code": "internal_error"}}, status=503)
    async with client:
        with pytest.raises(aioconvo.MaybeSentError):
            await client.messages.send(body="x", channel_id="ch1")
        with pytest.raises(aioconvo.MaybeSentError):
            await client.messages.import_(date=NOON, sender=FROM_ADA, recipients=[])
    assert len(wire.sent) == 2


async def test_an_update_is_tried_again(wire: Any, client: ConvoreClient) -> None:
    wire.answers("PATCH", {}, status=503, headers={"Retry-After": "0"})
    wire.answers("PATCH", MESSAGE | {"id": "m1"})
    async with client:
        await client.messages.update("m1", snippet="New")
    assert len(wire.sent) == 2


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"api_key": ""}, "api_key is missing: give your API key"),
        ({"api_key": "k\n"}, "line break"),
        ({"api_key": "k", "base_url": "http://api.example"}, "allow_http"),
        ({"api_key": "k", "base_url": "https://u:p@host"}, "only scheme"),
        ({"api_key": "k", "timeout": 0}, "timeout must be more than 0"),
        ({"api_key": "k", "max_retry": 1}, "unknown options: max_retry"),
    ],
)
def test_wrong_settings_name_the_fix(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(aioconvo.ConfigurationError, match=words):
        ConvoreClient(**settings)


def test_hosts() -> None:
    assert ConvoreClient(api_key="k").base_url == "https://api.convore.dev"
    assert ConvoreClient(api_key="k", base_url="http://api.example/x/", allow_http=True).base_url == "http://api.example/x"


def test_from_env() -> None:
    variables = {"AIOCONVO_CONVORE_API_KEY": "k", "AIOCONVO_CONVORE_BASE_URL": "http://127.0.0.1:9/convore"}
    assert ConvoreClient.from_env(environ=variables).base_url == "http://127.0.0.1:9/convore"
    assert ConvoreClient.from_env(environ={"AIOCONVO_CONVORE_API_KEY": "k"}).base_url == "https://api.convore.dev"
    with pytest.raises(aioconvo.ConfigurationError, match="set AIOCONVO_CONVORE_API_KEY to your API key"):
        ConvoreClient.from_env(environ={})


async def test_no_secret_and_no_text_in_repr(wire: Any) -> None:
    canary = {"subject": "canary", "snippet": "canary", "body": "canary", "text_body": "canary", "raw_body": "canary"}
    somebody = {"name": "canary", "handle": {"type": "email", "value": "canary@example.org"}, "role": "from"}
    wire.answers("GET", MESSAGE | canary | {"sender": somebody, "recipients": [somebody]})
    wire.answers("GET", {"data": [CONVERSATION | {"subject": "canary", "snippet": "canary"}], "next_cursor": "canary"})
    async with ConvoreClient(api_key="canary", base_url=wire.base_url) as client:
        message = await client.messages.get(MESSAGE["id"])
        page = await client.conversations.list()
    shown = [client, client.messages, client.pool, message, page, page.items, page.response, page.response.data]
    assert "canary" not in repr(shown)
    assert "msg_01hggtpfewf0y91nde7cz02p0k" in repr(message)
