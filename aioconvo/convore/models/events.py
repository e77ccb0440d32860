"""Events of Convore, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

__all__ = ["Event", "EventObject", "EventType"]


class EventType(OpenEnum):
    """What happened."""

    MESSAGE_INBOUND_RECEIVED = "message_inbound_received"
    MESSAGE_OUTBOUND_SENT = "message_outbound_sent"
    CONVERSATION_DONE = "conversation_done"
    CONVERSATION_REOPENED = "conversation_reopened"
    CONVERSATION_MOVED_TO_TRASH = "conversation_moved_to_trash"
    CONVERSATION_RESTORED_FROM_TRASH = "conversation_restored_from_trash"
    CONVERSATION_MARKED_AS_SPAM = "conversation_marked_as_spam"
    CONVERSATION_UNMARKED_AS_SPAM = "conversation_unmarked_as_spam"
    LABEL_ADDED_TO_CONVERSATION = "label_added_to_conversation"
    LABEL_REMOVED_FROM_CONVERSATION = "label_removed_from_conversation"


class EventObject(OpenEnum):
    """What kind of thing an event is about."""

    CONVERSATION = "conversation"
    MESSAGE = "message"
    LABEL = "label"


class Event(Model):
    """Something that happened, told in ids alone.

    `object_id` is the id of what `object_type` says. The API's own example of a message that came in has the conversation as
    its object, so `message_id` and `conversation_id` are asked first.
    """

    id: str
    type: EventType
    object_id: str
    object_type: EventObject
    created_at: dt.datetime
    conversation_id: str | None = None
    message_id: str | None = None
    label_id: str | None = None
