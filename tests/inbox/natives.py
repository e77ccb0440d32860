"""Answers of the five APIs in which every member that the inboxes read is there at least once, as JSON."""

from __future__ import annotations

from typing import Any

SMSCX_CONVERSATION: dict[str, Any] = {
    "conversationId": "0b9f7d6e-3c1a-4e5f-8a2b-1c2d3e4f5a6b",
    "phoneNumber": "+447700900123",
    "countryIso": "GB",
    "firstName": "Ada",
    "lastName": "Lovelace",
    "unreadMessages": 2,
    "lastReply": "Thanks",
    "lastUpdate": "2024-01-31 08:05:09",
}
SMSCX_MESSAGE: dict[str, Any] = {
    "msgId": "5e0d6c34-1111-4e5f-8a2b-1c2d3e4f5a6b",
    "type": "received",
    "text": "Look",
    "richMedia": {"imageUrl": "https://cdn.test/i.png", "buttonCaption": "Go"},
    "status": "DELIVERED",
    "cost": 0.0,
    "channel": "viber",
    "datetime": "2024-01-31 08:05:09",
}
SUNSHINE_CONVERSATION: dict[str, Any] = {
    "id": "029c31f25a21b47effd7be90",
    "type": "personal",
    "displayName": "Order 7",
    "lastUpdatedAt": "2024-01-31T08:05:09.120Z",
    "createdAt": "2024-01-30T08:05:09Z",
    "participants": [{"id": "5f40256af057d0000d7a3e5d", "userId": "55c8c9498590aa1900b9b9b1", "unreadCount": 0}],
}
SUNSHINE_MESSAGE: dict[str, Any] = {
    "id": "5f40256af057d0000d7a3e5b",
    "received": "2024-01-31T08:05:09.120Z",
    "author": {"type": "user", "userId": "55c8c9498590aa1900b9b9b1", "displayName": "Ada"},
    "content": {
        "type": "image",
        "mediaUrl": "https://cdn.test/i.png",
        "mediaType": "image/png",
        "mediaSize": 1200,
        "attachmentId": "a-1",
        "text": "Look",
        "htmlText": "<b>Look</b>",
    },
    "source": {"type": "whatsapp"},
    "deleted": True,
    "quotedMessage": {"type": "externalMessageId", "externalMessageId": "wamid.1"},
}
SUNSHINE_FILLED_IN: dict[str, Any] = {
    "id": "5f40256af057d0000d7a3e5c",
    "received": "2024-01-31T08:05:10.120Z",
    "author": {"type": "business"},
    "content": {"type": "formResponse", "fields": [], "textFallback": "size: 7"},
    "quotedMessage": {"type": "message", "message": SUNSHINE_MESSAGE},
}
SMOOCH_MESSAGE: dict[str, Any] = {
    "_id": "55c8c9498590aa1900b9b9b1",
    "role": "appUser",
    "type": "image",
    "received": 1439220041.586,
    "authorId": "a-7",
    "name": "Ada",
    "email": "ada@example.org",
    "mediaUrl": "https://cdn.test/i.png",
    "mediaType": "image/png",
    "mediaSize": 1200,
    "text": "Look",
    "source": {"type": "whatsapp"},
    "quotedMessage": {"type": "externalMessageId", "externalMessageId": "wamid.1"},
}
SMOOCH_FILLED_IN: dict[str, Any] = {
    "_id": "55c8c9498590aa1900b9b9b2",
    "role": "whisper",
    "type": "formResponse",
    "received": 1439220042,
    "authorId": "b-1",
    "name": "Jane Roe",
    "textFallback": "size: 7",
    "quotedMessage": {"type": "message", "content": SMOOCH_MESSAGE},
}
SMOOCH_ANSWER: dict[str, Any] = {
    "conversation": {"_id": "df0ebe56cbeab98589b8bfa7", "unreadCount": 0},
    "messages": [SMOOCH_MESSAGE, SMOOCH_FILLED_IN],
}
_SENDER = {"name": "Ada", "handle": {"type": "email", "value": "ada@example.org"}, "role": "from"}
CONVORE_CONVERSATION: dict[str, Any] = {
    "id": "conv_01h2xcejqtf2nbrexx3vqjhp41",
    "channel_id": "chnnl_01h2xcejqtf2nbrexx3vqjhp41",
    "status": "open",
    "priority": "high",
    "labels": [],
    "participants": [_SENDER, {"handle": {"type": "convore_chat", "value": "user-7"}, "role": "to"}],
    "created_at": "2024-01-31T08:05:09+02:00",
    "subject": "Order 7",
    "is_unread": True,
    "last_message_date": "2024-01-31T08:05:09Z",
    "message_count": 3,
}
CONVORE_MESSAGE: dict[str, Any] = {
    "id": "msg_01hggtpfewf0y91nde7cz02p0k",
    "channel_id": "chnnl_01h2xcejqtf2nbrexx3vqjhp41",
    "conversation_id": "conv_01h2xcejqtf2nbrexx3vqjhp41",
    "direction": "inbound",
    "date": "2024-01-31T08:05:09.5Z",
    "sender": _SENDER,
    "recipients": [],
    "created_at": "2024-01-31T08:05:10Z",
    "format": "full",
    "reply_to_message_id": "msg_0",
    "subject": "Order 7",
    "body": "<p>Look</p>",
    "text_body": "Look",
    "attachments": [
        {
            "id": "attch_01hcf9x766fqk8g7hz74363j9q",
            "conversation_id": "conv_01h2xcejqtf2nbrexx3vqjhp41",
            "content_type": "image/png",
            "filename": "image.png",
            "is_inline": True,
            "size": 14039,
        }
    ],
}
ULTRACART_CONVERSATION: dict[str, Any] = {
    "closed": False,
    "conversation_uuid": "c38fa60d-ce8f-4918-8b9d-d991bc44cb73",
    "last_message_dts": "2024-01-31T08:05:09-05:00",
    "start_dts": "2024-01-31T08:05:09.25-05:00",
    "medium": "sms",
    "message_count": 3,
    "unread_messages": True,
    "participants": [
        {
            "conversation_participant_arn": "arn:1",
            "conversation_participant_name": "Ada",
            "email": "ada@example.org",
            "sms_phone_number": "+447700900123",
        },
        {"conversation_participant_arn": "arn:2", "email": "agent@example.com"},
    ],
}
ULTRACART_MESSAGE: dict[str, Any] = {
    "author_conversation_participant_arn": "arn:1",
    "author_conversation_participant_name": "Ada",
    "body": "Look",
    "conversation_message_uuid": "c38fa60d-ce8f-4918-8b9d-d991bc44cb74",
    "media_urls": ["https://cdn.test/i.png", "https://cdn.test/j.png"],
    "message_dts": "2024-01-31T08:05:09-05:00",
    "message_epoch": 1706706309250,
    "transport_statuses": [{"conversation_participant_arn": "arn:2", "status": "read"}],
    "type": "message",
}
ULTRACART_NOTICE: dict[str, Any] = {
    "conversation_message_uuid": "c38fa60d-ce8f-4918-8b9d-d991bc44cb75",
    "message_dts": "2024-01-31T08:05:09-05:00",
    "type": "notice",
}
