"""The nouns of Convore, as structs.

Source: the specification of the API's generated client 1.0.0, which declares null for `subject` alone; that a value the API
leaves out may also come as null is taken for granted, because that client accepts both.
"""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

__all__ = [
    "Attachment",
    "ContactHandle",
    "ContactHandleType",
    "Conversation",
    "ConversationPriority",
    "ConversationStatus",
    "Label",
    "LabelType",
    "Message",
    "MessageDirection",
    "MessageFormat",
    "Participant",
    "ParticipantRole",
    "ReplyType",
]


class ContactHandleType(OpenEnum):
    """What kind of address a handle is."""

    EMAIL = "email"
    CONVORE_CHAT = "convore_chat"


class ParticipantRole(OpenEnum):
    """The part somebody has in a message."""

    FROM = "from"
    TO = "to"
    CC = "cc"
    BCC = "bcc"


class ConversationStatus(OpenEnum):
    """Where a conversation is filed."""

    OPEN = "open"
    DONE = "done"
    TRASH = "trash"
    SPAM = "spam"


class ConversationPriority(OpenEnum):
    """How urgent a conversation is."""

    NO_PRIORITY = "no_priority"
    URGENT = "urgent"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class LabelType(OpenEnum):
    """Who sees a label; the API's own example has `SHARED`, which its list of values has not."""

    SHARED = "shared"
    CHANNEL_PRIVATE = "channel_private"


class MessageDirection(OpenEnum):
    """Whether a message came in or went out."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class MessageFormat(OpenEnum):
    """How much of a message an answer holds; bodies are certain to be there in `full` only."""

    MINIMAL = "minimal"
    FULL = "full"


class ReplyType(OpenEnum):
    """How a message answers another one."""

    REPLY = "reply"
    REPLY_ALL = "reply_all"
    FORWARD = "forward"


class ContactHandle(Model):
    """An address and what kind it is."""

    type: ContactHandleType
    value: str


class Participant(Model):
    """Somebody in a message or conversation, with the part they have in it."""

    handle: ContactHandle
    role: ParticipantRole
    name: str | None = None


class Label(Model):
    """A label on a conversation."""

    id: str
    name: str
    created_at: dt.datetime
    type: LabelType
    description: str | None = None
    channel_id: str | None = None
    external_label_id: str | None = None
    shared_label_id: str | None = None


class Attachment(Model):
    """A file on a message or draft; `size` is in bytes, `content_id` is what an inline image is referred to by."""

    id: str
    conversation_id: str
    content_type: str
    filename: str
    is_inline: bool
    size: int
    draft_id: str | None = None
    message_id: str | None = None
    content_id: str | None = None


class Message(Model):
    """One message. `body` is HTML, `text_body` the same as text, `raw_body` as it was received.

    `reply_to_message_id` may be an id of this API, of the mail provider, or a Message-ID of RFC 822.
    """

    id: str
    channel_id: str
    conversation_id: str
    direction: MessageDirection
    date: dt.datetime
    sender: Participant
    recipients: list[Participant]
    created_at: dt.datetime
    format: MessageFormat
    reply_to_message_id: str | None = None
    reply_type: ReplyType | None = None
    subject: str | None = None
    snippet: str | None = None
    body: str | None = None
    text_body: str | None = None
    raw_body: str | None = None
    attachments: list[Attachment] | None = None
    external_message_id: str | None = None


class Conversation(Model):
    """One conversation.

    `is_unread` is what its name says; the API's own text describes it the other way round, which nobody confirmed.
    """

    id: str
    channel_id: str
    status: ConversationStatus
    priority: ConversationPriority
    labels: list[Label]
    participants: list[Participant]
    created_at: dt.datetime
    subject: str | None = None
    snippet: str | None = None
    is_unread: bool | None = None
    last_message_date: dt.datetime | None = None
    external_conversation_id: str | None = None
    message_count: int | None = None
    draft_count: int | None = None
    attachment_count: int | None = None
