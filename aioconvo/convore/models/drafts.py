"""Drafts of Convore, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model

from .messages import Attachment, ReplyType
from .participants import Participant

__all__ = ["Draft"]


class Draft(Model):
    """A message that is not sent yet. `body` is HTML, `raw_body` as it was written, `quote_body` what it quotes of a mail.

    `reply_to_message_id` is the message it answers. Whether a draft that was sent stays, with its `message_id`, is not
    documented.
    """

    id: str
    channel_id: str
    conversation_id: str
    sender: Participant
    recipients: list[Participant]
    attachments: list[Attachment]
    created_at: dt.datetime
    message_id: str | None = None
    reply_to_message_id: str | None = None
    reply_type: ReplyType | None = None
    subject: str | None = None
    raw_body: str | None = None
    body: str | None = None
    quote_body: str | None = None
    external_draft_id: str | None = None
