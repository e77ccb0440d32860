"""Messages of Convore and their attachments, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

from .participants import Participant

__all__ = ["Attachment", "Message", "MessageDirection", "MessageFormat", "ReplyType"]


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
