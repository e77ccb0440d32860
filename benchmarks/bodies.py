"""The answers that the benchmarks' server gives and that are decoded: realistic nouns of the five APIs, by their number.

Number 0 is the first item of a list; ids and times follow from the number, so that any page can be made alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

__all__ = ["LISTS", "NAMES", "POSTED", "SMALL", "List", "count_since", "number_in", "page"]

JSON = dict[str, Any]

NEWEST_MS = 1_750_000_000_123
_IMAGE, _REPLIES = 3, 6  # of every ten messages
_TEXTS = (
    "Hello, I ordered a pair of hiking boots last Tuesday and have not heard anything since. Could you have a look?",
    "Thank you for your patience! Your parcel left our warehouse this morning.",
    "Perfect, thanks.",
    "Grüße aus München — the size “42” fits, but the left one squeaks. 👟",
    "We are sorry to hear that. Would you prefer a refund or a replacement? Both are free of charge for you.",
)


def _ms(number: int) -> int:
    return NEWEST_MS - 1000 * number


def _iso(number: int) -> str:
    moment = dt.datetime.fromtimestamp(_ms(number) // 1000, dt.UTC).replace(microsecond=_ms(number) % 1000 * 1000)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _eastern(number: int) -> str:
    zone = dt.timezone(dt.timedelta(hours=-5))
    return dt.datetime.fromtimestamp(_ms(number) // 1000, zone).isoformat()


def _hex_id(number: int) -> str:
    return f"5f1a9c3e7b2d4860{number:08x}"


def _uuid(number: int) -> str:
    return f"3b9f2c7e-8a41-4d65-9e0b-1c2d{number:08x}"


def number_in(identifier: str) -> int:
    """The number in an id or cursor made here."""
    return int(identifier[-8:], 16)


def count_since(milliseconds: int) -> int:
    """How many items are of that moment or newer, in Unix milliseconds: the number of the first one before it."""
    return (NEWEST_MS - milliseconds) // 1000 + 1


def _text(number: int) -> str:
    return _TEXTS[number % len(_TEXTS)]


# Sunshine Conversations.


def _sunshine_conversation(number: int) -> JSON:
    return {
        "id": _hex_id(number),
        "type": "personal",
        "metadata": {"lang": "en-ca", "order": number},
        "activeSwitchboardIntegration": {
            "id": "5ef21b132f21af34f088530d",
            "name": "bot",
            "integrationId": "5e7a3d1f9b6c2e0010d4a8b7",
            "integrationType": "zd:agentWorkspace",
        },
        "isDefault": True,
        "displayName": f"Conversation {number}",
        "description": "A conversation about hiking boots",
        "iconUrl": "https://www.example.com/images/icon.png",
        "businessLastRead": _iso(number + 1),
        "lastUpdatedAt": _iso(number),
        "createdAt": _iso(number + 86_400),
    }


def _sunshine_content(number: int) -> JSON:
    match number % 10:
        case rest if rest == _IMAGE:
            return {
                "type": "image",
                "mediaUrl": f"https://media.example.com/apps/5f1a/{number}.png",
                "mediaType": "image/png",
                "mediaSize": 123_456 + number,
                "altText": "The left boot",
                "text": "",
            }
        case rest if rest == _REPLIES:
            replies = ("Refund", "Replacement")
            actions = [{"type": "reply", "text": reply, "payload": reply.upper()} for reply in replies]
            return {"type": "text", "text": _text(number), "actions": actions}
        case 9:
            link = {"type": "link", "text": "Open", "uri": "https://www.example.com/boots", "default": True}
            items = [{"title": "Boots", "description": "Brown, 42", "size": "compact", "actions": [link]}]
            return {"type": "carousel", "text": "1. Boots", "items": items}
        case _:
            return {"type": "text", "text": _text(number)}


def _sunshine_message(number: int) -> JSON:
    author: JSON = {"type": "business", "displayName": "Agent", "avatarUrl": "https://www.example.com/agent.png"}
    if number % 2:
        author = {"type": "user", "userId": "5963c0d619a30a2e00de36b8", "displayName": "Steve"}
    return {
        "id": _hex_id(number),
        "received": _iso(number),
        "author": author,
        "content": _sunshine_content(number),
        "source": {"type": "api:conversations", "originalMessageTimestamp": _iso(number)},
    }


def _sunshine_participant(number: int) -> JSON:
    return {
        "id": _hex_id(number),
        "userId": _hex_id(number + 1),
        "userExternalId": f"customer-{number}",
        "unreadCount": number % 5,
        "clientAssociations": [{"type": "whatsapp", "clientId": _hex_id(number + 2)}],
        "lastRead": _iso(number),
    }


def _sunshine_page(name: str, *, forward: bool) -> Callable[[list[JSON], int, int], JSON]:
    def wrap(items: list[JSON], first: int, total: int) -> JSON:
        more = first + len(items) < total
        towards, back = ("after", "before") if forward else ("before", "after")
        cursor = _hex_id(first + len(items) - 1)
        meta = {"hasMore": more} | ({f"{towards}Cursor": cursor} if more else {}) | {f"{back}Cursor": _hex_id(first)}
        link = f"https://api.example.com/v2/apps/app/conversations?page[{towards}]={cursor}"
        links = {"next" if forward else "prev": link} if more else {}
        # Within a page messages stand oldest first, while the walk goes to older pages.
        return {name: items if forward else items[::-1], "meta": meta, "links": links}

    return wrap


# Smooch.


def _smooch_message(number: int) -> JSON:
    message: JSON = {
        "_id": _hex_id(number),
        "type": "text",
        "role": "appUser" if number % 2 else "appMaker",
        "received": _ms(number) / 1000,
        "authorId": "b3f1a9c45d7e8f60",
        "name": "Steve",
        "text": _text(number),
        "source": {"type": "whatsapp", "id": "5e7a3d1f9b6c2e0010d4a8b7", "originalMessageTimestamp": _ms(number) / 1000},
    }
    if number % 10 == _IMAGE:
        media = {"type": "image", "mediaUrl": "https://media.example.com/1.png", "mediaType": "image/png", "mediaSize": 4711}
        return message | media
    if number % 10 == _REPLIES:
        actions = [{"_id": _hex_id(number), "type": "reply", "text": "Refund", "payload": "REFUND"}]
        return message | {"actions": actions}
    return message


def _smooch_page(items: list[JSON], first: int, total: int) -> JSON:  # noqa: ARG001 -- one signature for all pages
    return {"conversation": {"_id": "df0ebe56cbeab98589b8bfa7", "unreadCount": 0}, "messages": items[::-1]}


# UltraCart.


def _ultracart_participant(number: int, kind: str) -> JSON:
    return {
        "conversation_participant_arn": f"arn:ultracart:conversation:DEMO:participant:{kind}:{number}",
        "conversation_participant_name": "Robin Colleague" if kind == "agent" else f"Customer {number}",
        "conversation_participant_uuid": _uuid(number),
        "joined_dts": _eastern(number + 900),
        "language_iso_code": "en",
        "status": "joined",
        "timezone": "America/New_York",
        "unread_messages": number % 4,
        "email": f"{kind}{number}@example.com",
    }


def _ultracart_conversation(number: int) -> JSON:
    return {
        "closed": False,
        "conversation_arn": f"arn:ultracart:conversation:DEMO:conversation:{_uuid(number)}",
        "conversation_uuid": _uuid(number),
        "last_conversation_message_body": _text(number),
        "last_conversation_participant_arn": "arn:ultracart:conversation:DEMO:participant:agent:1",
        "last_conversation_participant_name": "Robin Colleague",
        "last_interactive_message_dts": _eastern(number),
        "last_message_dts": _eastern(number),
        "medium": "sms" if number % 3 else "websocket",
        "merchant_id": "DEMO",
        "message_count": 12,
        "participants": [_ultracart_participant(1, "agent"), _ultracart_participant(number, "customer")],
        "sentiment": {
            "last_detect_sentiment": _eastern(number),
            "mixed": 0.01,
            "negative": 0.12,
            "neutral": 0.57,
            "positive": 0.3,
            "sentiment": "NEUTRAL",
        },
        "start_dts": _eastern(number + 900),
        "unread_messages": number % 4 == 0,
        "visible": True,
    }


def _ultracart_message(number: int) -> JSON:
    return {
        "author_conversation_participant_arn": "arn:ultracart:conversation:DEMO:participant:agent:1",
        "author_conversation_participant_name": "Robin Colleague",
        "body": _text(number),
        "conversation_message_uuid": _uuid(number),
        "language_iso_code": "en",
        "media_urls": [],
        "merchant_id": "DEMO",
        "message_dts": _eastern(number),
        "message_epoch": _ms(number),
        "translations": [],
        "transport_statuses": [
            {"conversation_participant_arn": "arn:ultracart:conversation:DEMO:participant:customer:7", "status": "sent"}
        ],
        "type": "message",
        "upload_keys": [],
    }


def _ultracart_page(name: str) -> Callable[[list[JSON], int, int], JSON]:
    def wrap(items: list[JSON], first: int, total: int) -> JSON:
        following = first + len(items)
        rows = {
            "count": len(items),
            "limit": 100,
            "more": following < total,
            "next_offset": following,
            "offset": first,
            "total_records": total,
        }
        return {name: items, "metadata": {"payload_name": name, "result_set": rows}, "success": True}

    return wrap


def _ultracart_messages(items: list[JSON], first: int, total: int) -> JSON:
    rows = {"count": len(items), "limit": 100, "more": first > 0, "total_records": total}
    # Oldest first, while number 0 is the newest.
    return {
        "conversation_messages": items[::-1],
        "metadata": {"payload_name": "conversation_messages", "result_set": rows},
        "success": True,
    }


def _ultracart_found(items: list[JSON], first: int, total: int) -> JSON:
    return {"records": items, "range_begin": first, "range_end": first + len(items), "total": total, "success": True}


# Convore.


def _convore_handle(number: int, role: str) -> JSON:
    return {"handle": {"type": "email", "value": f"{role}{number}@example.com"}, "role": role, "name": f"Person {number}"}


def _convore_message(number: int) -> JSON:
    return {
        "id": f"msg_01hzy{number:08x}",
        "channel_id": "chnnl_01hzyq8v5k3m2n",
        "conversation_id": "conv_01hzyq8v5k3m2n",
        "subject": "Your order",
        "direction": "inbound" if number % 2 else "outbound",
        "date": _iso(number),
        "sender": _convore_handle(number, "from"),
        "recipients": [_convore_handle(1, "to"), _convore_handle(2, "cc")],
        "snippet": _text(number)[:100],
        "body": f"<p>{_text(number)}</p>",
        "text_body": _text(number),
        "attachments": [],
        "created_at": _iso(number),
        "format": "full",
    }


def _convore_conversation(number: int) -> JSON:
    label = {"id": "lbl_01hzyq", "name": "Returns", "created_at": _iso(1_000_000), "type": "shared"}
    return {
        "id": f"conv_01hzy{number:08x}",
        "channel_id": "chnnl_01hzyq8v5k3m2n",
        "status": "open",
        "priority": "no_priority",
        "labels": [label],
        "participants": [_convore_handle(1, "from"), _convore_handle(number, "to")],
        "subject": "Your order",
        "snippet": _text(number)[:100],
        "last_message_date": _iso(number),
        "is_unread": number % 2 == 0,
        "message_count": 10,
        "draft_count": 0,
        "attachment_count": 0,
        "created_at": _iso(number + 86_400),
    }


def _convore_page(items: list[JSON], first: int, total: int) -> JSON:
    following = first + len(items)
    return {"data": items, "next_cursor": f"cursor{following - 1:08x}" if following < total else None, "total_count": total}


# SMS.CX.


def _naive(number: int) -> str:
    return _iso(number)[:19].replace("T", " ")


def _smscx_conversation(number: int) -> JSON:
    return {
        "conversationId": _uuid(number),
        "phoneNumber": f"+4477009{number % 100_000:05d}",
        "countryIso": "GB",
        "firstName": "Robin",
        "lastName": "Smith",
        "unreadMessages": number % 3,
        "lastReply": _text(number),
        "lastUpdate": _naive(number),
    }


def _smscx_message(number: int) -> JSON:
    return {
        "msgId": _uuid(number),
        "type": "received" if number % 2 else "sent",
        "text": _text(number),
        "richMedia": {},
        "status": "DELIVERED",
        "cost": 0.03,
        "channel": "sms",
        "datetime": _naive(number),
    }


def _smscx_page(items: list[JSON], first: int, total: int) -> JSON:  # noqa: ARG001 -- one signature for all pages
    return {"data": items}


def _smscx_detail(items: list[JSON], first: int, total: int) -> JSON:  # noqa: ARG001 -- as above
    names = ("conversationId", "phoneNumber", "countryIso", "firstName", "lastName")
    conversation = _smscx_conversation(7)
    return {"info": {name: conversation[name] for name in names}, "data": items}


class List(NamedTuple):
    """A list of an API: an item by its number, and what stands around the items of a page."""

    item: Callable[[int], JSON]
    wrap: Callable[[list[JSON], int, int], JSON]


LISTS: dict[str, List] = {
    "sunshine.conversations": List(_sunshine_conversation, _sunshine_page("conversations", forward=True)),
    "sunshine.messages": List(_sunshine_message, _sunshine_page("messages", forward=False)),
    "sunshine.participants": List(_sunshine_participant, _sunshine_page("participants", forward=True)),
    "smooch.messages": List(_smooch_message, _smooch_page),
    "convore.messages": List(_convore_message, _convore_page),
    "convore.conversations": List(_convore_conversation, _convore_page),
    "ultracart.conversations": List(_ultracart_conversation, _ultracart_page("conversations")),
    "ultracart.messages": List(_ultracart_message, _ultracart_messages),
    "ultracart.search": List(_ultracart_conversation, _ultracart_found),
    "smscx.conversations": List(_smscx_conversation, _smscx_page),
    "smscx.messages": List(_smscx_message, _smscx_detail),
}


def page(name: str, first: int, size: int, total: int) -> bytes:
    """The page of a list that begins with item `first` and holds up to `size` items, as JSON."""
    kind = LISTS[name]
    items = [kind.item(number) for number in range(first, min(first + size, total))]
    return msgspec.json.encode(kind.wrap(items, first, total))


SMALL: dict[str, bytes] = {
    "sunshine": msgspec.json.encode({"conversation": _sunshine_conversation(7)}),
    "ultracart": msgspec.json.encode({"conversation": _ultracart_conversation(7), "success": True}),
    "convore": msgspec.json.encode(_convore_conversation(7)),
    "convore.message": msgspec.json.encode(_convore_message(7)),
}
"""The answer to a GET of one noun. Smooch has none, there it is a page with one message; SMS.CX's holds messages."""

NAMES: dict[str, bytes] = {
    "sunshine": _hex_id(7).encode(),
    "ultracart": _uuid(7).encode(),
    "convore": b"conv_01hzy00000007",
    "convore.message": b"msg_01hzy00000007",
    "convore.messages": b"conv_01hzyq8v5k3m2n",
    "smscx.messages": _smscx_conversation(7)["conversationId"].encode(),
}
"""How these answers call the thing that is asked for."""

POSTED: dict[str, bytes] = {
    "sunshine": msgspec.json.encode({"messages": [_sunshine_message(10)]}),
    "smooch": msgspec.json.encode(
        {"message": _smooch_message(10), "conversation": {"_id": "df0ebe56cbeab98589b8bfa7", "unreadCount": 1}}
    ),
}
"""The answer to the POST of a message."""
