"""What happens in conversations, in structs that the five providers share.

A field means the same whatever the provider, and is `None` where the provider does not tell it. `native` is the provider's own
struct, with all that has no neutral name; `aioconvo.raw_json(event.native)` is the JSON as it came.
"""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from aioconvo.core.json.model import Model
from aioconvo.inbox.models import Message, Participant
from aioconvo.providers import Provider

__all__ = [
    "ControlChanged",
    "ConversationEnded",
    "ConversationRead",
    "ConversationStarted",
    "DeliveryStage",
    "Event",
    "MessageDelivered",
    "MessageFailed",
    "MessageReceived",
    "MessageSent",
    "OtherEvent",
    "ParticipantJoined",
    "ParticipantLeft",
    "Postback",
    "Referral",
    "Typing",
    "UserChanged",
]


class DeliveryStage(enum.StrEnum):
    """How far a message got: to the channel, such as WhatsApp, or to the person's device."""

    CHANNEL = "channel"
    USER = "user"


class Event(Model, kw_only=True):
    """Something that happened, once, at one account.

    `account` is the name the bot knows the client by, the provider's own name unless another was given. `key` stands for this
    event and no other: the same event has the same key each time it comes. `conversation_id` and `user_id` are the API's own.
    `occurred_at` is when the API says it happened, aware and in UTC. `attempt` is 1 the first time it is handled, more after a
    failure or a crash. `late`: an event of the same conversation that happened after this one was accepted before it.
    """

    provider: Provider
    account: str
    key: str
    native: Any
    occurred_at: dt.datetime | None = None
    conversation_id: str | None = None
    user_id: str | None = None
    attempt: int = 1
    late: bool = False


class MessageReceived(Event, kw_only=True):
    """Somebody wrote to the business."""

    message: Message

    @property
    def text(self) -> str:
        """The message's plain text; empty where it has none."""
        return self.message.text or ""


class MessageSent(Event, kw_only=True):
    """The business wrote: a person, another program, or this one."""

    message: Message

    @property
    def text(self) -> str:
        """The message's plain text; empty where it has none."""
        return self.message.text or ""


class MessageDelivered(Event):
    """A message of the business arrived. `message_id` is the API's own; a failure may still follow `CHANNEL`."""

    message_id: str | None = None
    stage: DeliveryStage = DeliveryStage.CHANNEL


class MessageFailed(Event):
    """A message of the business did not arrive. `code` and `reason` are the API's own words."""

    message_id: str | None = None
    code: str | None = None
    reason: str | None = None


class ConversationRead(Event):
    """Somebody read the conversation; `by` tells who, where the API does."""

    by: Participant | None = None


class Typing(Event):
    """Somebody started to type, or stopped."""

    started: bool = True
    by: Participant | None = None


class Postback(Event):
    """Somebody pressed a button. `payload` is what the button was given; `title` its label, where the API tells it."""

    payload: str | None = None
    title: str | None = None


class ConversationStarted(Event):
    """A conversation began; at UltraCart also: a customer waits in a queue."""


class Referral(Event):
    """Somebody came by a link or an advertisement. `code` is what the link was given."""

    code: str | None = None


class ConversationEnded(Event):
    """A conversation was closed or removed."""


class ParticipantJoined(Event):
    """Somebody joined the conversation."""

    participant: Participant | None = None


class ParticipantLeft(Event):
    """Somebody left the conversation."""

    participant: Participant | None = None


class ControlChanged(Event):
    """Another integration answers the conversation from now on, or is asked to; `failed`: it was tried, and nothing changed."""

    failed: bool = False


class UserChanged(Event):
    """A person, or one of the channels they are reached by, was added, changed, merged or removed."""


class OtherEvent(Event):
    """Anything else; `native` tells what."""
