"""The nouns that the five providers share: conversations, messages, who takes part, what is attached.

Every field means the same whatever the provider, and is `None` (or empty) where the API does not tell it; nothing is made
up. How each one is filled stands in the table at the head of each provider's file in this package. `native` is always the
provider's own struct, with all that has no neutral name.
"""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from aioconvo.core.json.model import Model
from aioconvo.providers import Provider

__all__ = ["Attachment", "Conversation", "Direction", "Kind", "Message", "Participant", "ParticipantKind", "Provider"]


class Direction(enum.StrEnum):
    """Which way a message went, seen from the business; `SYSTEM` is what neither side wrote to the other."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    SYSTEM = "system"


class ParticipantKind(enum.StrEnum):
    """Which side somebody is on; `UNKNOWN` where the API does not tell."""

    USER = "user"
    BUSINESS = "business"
    SYSTEM = "system"
    UNKNOWN = "unknown"


class Kind(enum.StrEnum):
    """What a message is; `OTHER` is what this version of the library has no word for, see `native`."""

    TEXT = "text"
    EMAIL = "email"
    IMAGE = "image"
    FILE = "file"
    LOCATION = "location"
    CAROUSEL = "carousel"
    LIST = "list"
    FORM = "form"
    FORM_RESPONSE = "form_response"
    TEMPLATE = "template"
    ACTIVITY = "activity"
    OTHER = "other"


class Participant(Model, kw_only=False):
    """Somebody in a conversation, or the author of a message.

    `id` is the API's own id of them, `address` a phone number (E.164) or e-mail address, `name` what they are called. `native`
    is the provider's own struct, where it came beside the conversation (Sunshine); else it stands in the conversation's.
    """

    kind: ParticipantKind
    id: str | None = None
    name: str | None = None
    address: str | None = None
    native: Any = None


class Attachment(Model):
    """A file that goes with a message: `size` in bytes, `media_type` such as `image/png`, `name` a file name.

    Convore tells an `id` and no `url`.
    """

    id: str | None = None
    url: str | None = None
    media_type: str | None = None
    name: str | None = None
    size: int | None = None


class Conversation(Model):
    """One conversation. All times are aware and in UTC.

    `id` is what `inbox.messages`, `send_text` and `mark_read` take; for Smooch, where a user has one conversation, it is the
    user's id. `updated_at` is the last change of any sort where the API tells it, `last_message_at` the time of the last
    message. `status` is the API's own word. `channels` are the API's own names or ids of what the conversation runs over.
    An `id` that begins with `~` was made here, because a damaged answer held none; nothing more can be asked about it.
    `messages` are all of its messages, in no promised order, where the answer that told of it held them all (Smooch, up to
    99 of them); `None` where they have to be asked for.
    """

    provider: Provider
    id: str
    native: Any
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    last_message_at: dt.datetime | None = None
    status: str | None = None
    subject: str | None = None
    unread: bool | None = None
    message_count: int | None = None
    channels: tuple[str, ...] = ()
    participants: tuple[Participant, ...] = ()
    messages: tuple[Message, ...] | None = None


class Message(Model, kw_only=False):  # built by position for every message of every page, at a quarter of the cost
    """One message. All times are aware and in UTC.

    `id` is unique in its conversation and stays the same each time the message is fetched, so `(provider,
    conversation_id, id)` is a key. One that begins with `~` was made here from the message's JSON, because a damaged
    answer held none. `sent_at` is when the API says the message was sent or received, which orders a conversation;
    `updated_at` a later change. `text` is plain text, `html` the same as HTML where the API has it; one may be there
    without the other. `status` is the API's own word for how far it got, `channel` for what it travelled by.
    """

    provider: Provider
    conversation_id: str
    id: str
    native: Any
    sent_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    direction: Direction | None = None
    kind: Kind = Kind.OTHER
    author: Participant | None = None
    text: str | None = None
    html: str | None = None
    subject: str | None = None
    channel: str | None = None
    status: str | None = None
    reply_to_id: str | None = None
    attachments: tuple[Attachment, ...] = ()
