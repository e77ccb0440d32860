"""Operations of Convore about drafts, labels, contacts, channels, connectors and files, as rows.

Origin of the answers: the examples of the API's own document of messages, and the models of its generated client 1.0.0.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from aioconvo.convore import (
    ContactHandle,
    ContactHandleType,
    ConvoreMailChannel,
    ConvoreMailChannelChanges,
    GmailConnectorChanges,
    NewGmailConnector,
    NewSesChannel,
    NewSesConnector,
    Participant,
    ParticipantRole,
    SesConnectorChanges,
)

from .rows import Row

HANDLE = {"type": "email", "value": "ada@example.org"}
FROM_ADA = {"name": "Ada", "handle": HANDLE, "role": "from"}
TO_SHOP = {"handle": {"type": "email", "value": "support@example.com"}, "role": "to"}
ADA = Participant(
    name="Ada", handle=ContactHandle(type=ContactHandleType.EMAIL, value="ada@example.org"), role=ParticipantRole.FROM
)
SHOP = Participant(handle=ContactHandle(type=ContactHandleType.EMAIL, value="support@example.com"), role=ParticipantRole.TO)
ATTACHMENT: dict[str, Any] = {
    "id": "attch_01hcf9x766fqk8g7hz74363j9q",
    "conversation_id": "conv_1",
    "draft_id": "draft_1",
    "content_type": "image/png",
    "filename": "receipt.png",
    "is_inline": True,
    "content_id": "ii_1",
    "size": 14039,
}
DRAFT: dict[str, Any] = {
    "id": "draft_1",
    "channel_id": "chnnl_1",
    "conversation_id": "conv_1",
    "message_id": "msg_0",
    "reply_to_message_id": "<CAF9x@mail.example.org>",
    "reply_type": "reply_all",
    "sender": TO_SHOP | {"role": "from"},
    "recipients": [FROM_ADA | {"role": "to"}],
    "subject": None,
    "raw_body": "<p>Hi</p>",
    "body": "<p>Hi</p>",
    "quote_body": "<p>Where is it?</p>",
    "attachments": [ATTACHMENT],
    "external_draft_id": "r-1",
    "created_at": "2023-12-01T10:15:01Z",
}
MESSAGE: dict[str, Any] = {
    "id": "msg_1",
    "channel_id": "chnnl_1",
    "conversation_id": "conv_1",
    "direction": "outbound",
    "date": "2023-12-01T10:15:00.250Z",
    "sender": TO_SHOP | {"role": "from"},
    "recipients": [FROM_ADA | {"role": "to"}],
    "body": "<p>Hi</p>",
    "created_at": "2023-12-01T10:15:01Z",
    "format": "full",
}
LABEL: dict[str, Any] = {
    "id": "lbl_01hggtgr3yfm3t450q1hq4vs9s",
    "name": "Returns",
    "description": "What comes back",
    "created_at": "2023-11-30T09:00:00Z",
    "type": "channel_private",
    "channel_id": "chnnl_1",
    "external_label_id": "ext_lbl_23kj2b3k4j2",
    "shared_label_id": "lbl_0",
}
CONTACT: dict[str, Any] = {
    "id": "cntct_1",
    "name": "Ada",
    "description": "Buys books",
    "handles": [HANDLE, {"type": "convore_chat", "value": "user-1"}],
    "created_at": "2023-11-30T09:00:00Z",
}
CHANNEL: dict[str, Any] = {
    "id": "chnnl_1",
    "connector_id": "cnntr_1",
    "provider": "ses",
    "name": "Support",
    "addresses": [{"name": "Support", "handle": HANDLE, "is_primary": True}],
    "status": "active",
    "convore_mail": {"sender_name": "Shop", "address": "support@convoremail.com"},
    "ses": {
        "sns_topic_arn": "arn:aws:sns:1",
        "subscription_arn": "arn:aws:sns:1:2",
        "inbound_webhook": {"type": "SES_NOTIFICATION", "status": "ACTIVE", "url": "https://api.convore.dev/inbound_webhook/1"},
    },
    "created_at": "2023-11-30T09:00:00Z",
}
CONNECTOR: dict[str, Any] = {
    "id": "cnntr_1",
    "provider": "ses",
    "name": "Amazon",
    "gmail": {"client_id": "g-1"},
    "ses": {"access_key_id": "AKIA1", "region": "eu-west-1"},
    "created_at": "2023-11-30T09:00:00Z",
}
FLOW = {
    "id": "flow_1",
    "connector_id": "cnntr_1",
    "success_redirect_uri": "https://shop.example/ok",
    "error_redirect_uri": "https://shop.example/no",
    "status": "active",
    "grant_url": "https://accounts.example/consent?state=s3cret",
    "connected_channel_id": "chnnl_2",
}
CONVERSATION: dict[str, Any] = {
    "id": "conv_1",
    "channel_id": "chnnl_1",
    "status": "done",
    "priority": "high",
    "labels": [LABEL],
    "participants": [FROM_ADA],
    "subject": "Your order",
    "snippet": "Hi",
    "is_unread": False,
    "last_message_date": "2023-12-01T10:00:00Z",
    "created_at": "2023-12-01T10:00:00Z",
}
NOON = dt.datetime(2023, 12, 1, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))


def _page(item: Any) -> dict[str, Any]:
    return {"data": [item], "next_cursor": None, "total_count": 1}


ROWS: dict[str, Row] = {
    "attachments.delete": Row(lambda c: c.attachments.delete("attch_1"), "DELETE /v1/attachments/attch_1"),
    "attachments.upload": Row(
        lambda c: c.attachments.upload(b"a png", is_inline=True, draft_id="DRAFT_1"),
        "POST /v1/attachments?is_inline=true&draft_id=DRAFT_1",
        ATTACHMENT,
        b'name="file"; filename="file"\r\nContent-Type: application/octet-stream\r\n\r\na png\r\n--',
    ),
    "authorization_flows.create": Row(
        lambda c: c.authorization_flows.create(
            connector_id="cnntr_1", success_redirect_uri="https://shop.example/ok", error_redirect_uri="https://shop.example/no"
        ),
        "POST /v1/authorization_flows",
        FLOW,
        {
            "connector_id": "cnntr_1",
            "success_redirect_uri": "https://shop.example/ok",
            "error_redirect_uri": "https://shop.example/no",
        },
    ),
    "channels.create": Row(
        lambda c: c.channels.create(
            connector_id="cnntr_1",
            name="Support",
            convore_mail=ConvoreMailChannel(sender_name="Shop", address="support@test.convoremail.com"),
            ses=NewSesChannel(sns_topic_arn="arn:aws:sns:1"),
        ),
        "POST /v1/channels",
        CHANNEL,
        {
            "connector_id": "cnntr_1",
            "name": "Support",
            "convore_mail": {"sender_name": "Shop", "address": "support@test.convoremail.com"},
            "ses": {"sns_topic_arn": "arn:aws:sns:1"},
        },
    ),
    "channels.get": Row(lambda c: c.channels.get("CHNNL_1"), "GET /v1/channels/CHNNL_1", CHANNEL, asked=True),
    "channels.update": Row(
        lambda c: c.channels.update("chnnl_1", status="disabled", convore_mail=ConvoreMailChannelChanges(sender_name="Till")),
        "PATCH /v1/channels/chnnl_1",
        CHANNEL,
        {"status": "disabled", "convore_mail": {"sender_name": "Till"}},
        asked=True,
    ),
    "channels.list": Row(
        lambda c: c.channels.list(page_size=9), "GET /v1/channels?limit=9", _page(CHANNEL), member="data", lists=True
    ),
    "connectors.create": Row(
        lambda c: c.connectors.create(
            provider="ses",
            name="Amazon",
            gmail=NewGmailConnector(client_id="g-1", client_secret="s3cret"),
            ses=NewSesConnector(access_key_id="AKIA1", secret_access_key="s3cret", region="eu-west-1"),
        ),
        "POST /v1/connectors",
        CONNECTOR,
        {
            "provider": "ses",
            "name": "Amazon",
            "gmail": {"client_id": "g-1", "client_secret": "s3cret"},
            "ses": {"access_key_id": "AKIA1", "secret_access_key": "s3cret", "region": "eu-west-1"},
        },
    ),
    "connectors.get": Row(lambda c: c.connectors.get("cnntr_1"), "GET /v1/connectors/cnntr_1", CONNECTOR, asked=True),
    "connectors.update": Row(
        lambda c: c.connectors.update(
            "cnntr_1", gmail=GmailConnectorChanges(client_secret="n3w"), ses=SesConnectorChanges(region="eu-west-2")
        ),
        "PATCH /v1/connectors/cnntr_1",
        CONNECTOR,
        {"gmail": {"client_secret": "n3w"}, "ses": {"region": "eu-west-2"}},
        asked=True,
    ),
    "connectors.list": Row(lambda c: c.connectors.list(), "GET /v1/connectors", _page(CONNECTOR), member="data", lists=True),
    "contacts.create": Row(
        lambda c: c.contacts.create(name="Ada", handles=[ADA.handle], description="Buys books"),
        "POST /v1/contacts",
        CONTACT,
        {"name": "Ada", "handles": [HANDLE], "description": "Buys books"},
    ),
    "contacts.get": Row(lambda c: c.contacts.get("cntct_1"), "GET /v1/contacts/cntct_1", CONTACT, asked=True),
    "contacts.update": Row(
        lambda c: c.contacts.update("cntct_1", handles=[]), "PATCH /v1/contacts/cntct_1", CONTACT, {"handles": []}, asked=True
    ),
    "contacts.list": Row(
        lambda c: c.contacts.list(keyword="ada", contact_handle_token=["EMAIL:a@b.example", "CONVORE_CHAT:u"]),
        "GET /v1/contacts?keyword=ada&contact_handle_token=EMAIL:a@b.example&contact_handle_token=CONVORE_CHAT:u",
        _page(CONTACT),
        member="data",
        lists=True,
    ),
    "conversations.create": Row(
        lambda c: c.conversations.create(
            channel_id="chnnl_1",
            label_ids=[],
            participants=[ADA],
            status="done",
            priority="high",
            subject=None,
            snippet="Hi",
            is_unread=False,
            last_message_date=NOON,
        ),
        "POST /v1/conversations",
        CONVERSATION,
        {
            "channel_id": "chnnl_1",
            "label_ids": [],
            "participants": [FROM_ADA],
            "status": "done",
            "priority": "high",
            "subject": None,
            "snippet": "Hi",
            "is_unread": False,
            "last_message_date": "2023-12-01T12:00:00+02:00",
        },
    ),
    "conversations.update": Row(
        lambda c: c.conversations.update("conv_1", status="trash", label_ids=["lbl_1"], is_unread=True),
        "PATCH /v1/conversations/conv_1",
        CONVERSATION,
        {"status": "trash", "label_ids": ["lbl_1"], "is_unread": True},
        asked=True,
    ),
    "drafts.create": Row(
        lambda c: c.drafts.create(
            conversation_id="conv_1", sender=ADA, recipients=[SHOP], subject=None, body="<p>Hi</p>", reply_type="reply_all"
        ),
        "POST /v1/drafts",
        DRAFT,
        {
            "conversation_id": "conv_1",
            "sender": FROM_ADA,
            "recipients": [TO_SHOP],
            "subject": None,
            "body": "<p>Hi</p>",
            "reply_type": "reply_all",
        },
    ),
    "drafts.delete": Row(lambda c: c.drafts.delete("draft_1"), "DELETE /v1/drafts/draft_1"),
    "drafts.get": Row(lambda c: c.drafts.get("draft_1"), "GET /v1/drafts/draft_1", DRAFT, asked=True),
    "drafts.send": Row(lambda c: c.drafts.send("draft_1"), "POST /v1/drafts/draft_1/send", MESSAGE),
    "drafts.update": Row(
        lambda c: c.drafts.update("draft_1", from_="a@b.example", to=["c@d.example"], cc=[], bcc=["e@f.example"], raw_body="x"),
        "PATCH /v1/drafts/draft_1",
        DRAFT,
        {"from": "a@b.example", "to": ["c@d.example"], "cc": [], "bcc": ["e@f.example"], "raw_body": "x"},
        asked=True,
    ),
    "drafts.list": Row(
        lambda c: c.drafts.list(conversation_id="conv_1", page_size=2),
        "GET /v1/drafts?conversation_id=conv_1&limit=2",
        _page(DRAFT),
        member="data",
        lists=True,
    ),
    "inbound_webhooks.handle": Row(
        lambda c: c.inbound_webhooks.handle("hook/1", body='{"Type":"Notification"}'),
        "POST /inbound_webhook/hook%2F1",
        body='{"Type":"Notification"}',
    ),
    "labels.create": Row(
        lambda c: c.labels.create(name="Returns", type="channel_private", channel_id="chnnl_1", shared_label_id="lbl_0"),
        "POST /v1/labels",
        LABEL,
        {"name": "Returns", "type": "channel_private", "channel_id": "chnnl_1", "shared_label_id": "lbl_0"},
    ),
    "labels.delete": Row(lambda c: c.labels.delete("lbl_1"), "DELETE /v1/labels/lbl_1"),
    "labels.get": Row(lambda c: c.labels.get(LABEL["id"]), f"GET /v1/labels/{LABEL['id']}", LABEL, asked=True),
    "labels.update": Row(
        lambda c: c.labels.update(LABEL["id"], name="Back", description=""),
        f"PATCH /v1/labels/{LABEL['id']}",
        LABEL,
        {"name": "Back", "description": ""},
        asked=True,
    ),
    "labels.list": Row(
        lambda c: c.labels.list(channel_ids=["chnnl_1", "chnnl_2"], type="shared"),
        "GET /v1/labels?channel_ids=chnnl_1&channel_ids=chnnl_2&type=shared",
        _page(LABEL),
        member="data",
        lists=True,
    ),
}
