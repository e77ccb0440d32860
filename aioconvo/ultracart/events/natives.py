"""The frames of UltraCart's agent websocket, as structs.

Source: `ConversationWebsocketMessage` of the vendor's SDK 4.1.208, one model for both ways. The vendor calls this API
internal and gives no samples, so every member may be missing, and what a member means is told as its name says it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from aioconvo.core.json.model import Envelope, Model
from aioconvo.ultracart.models.conversations import ConversationSummary, Participant
from aioconvo.ultracart.models.messages import Message
from aioconvo.ultracart.models.queues import QueueEntry, QueueStatus

__all__ = [
    "FRAMES",
    "AddCoupon",
    "AddItem",
    "ChatMessage",
    "CheckQueuePosition",
    "ConversationClosed",
    "CouponOffer",
    "EngageCustomer",
    "Frame",
    "ItemOffer",
    "MessageMark",
    "NewConversation",
    "NewMessage",
    "PageContext",
    "ParticipantJoin",
    "ParticipantLeft",
    "ParticipantUpdate",
    "QueueNewMember",
    "QueuePlace",
    "QueuePosition",
    "QueueStatusUpdate",
    "ReadMessage",
    "Recording",
    "RecordingPart",
    "Typing",
    "TypingState",
    "UpdatedMessage",
    "WebchatContext",
    "WebchatStartConversation",
]

_STOPPED = frozenset({"", "0", "false", "no", "none", "null", "off", "stop", "stopped"})


class Frame(Envelope):
    """One frame of the socket, and the conversation it is about, where it is about one."""

    type: str | None = None
    event_type: str | None = None
    conversation_uuid: str | None = None
    conversation_arn: str | None = None


class ChatMessage(Frame):
    """Somebody wrote. `own`: one of the business's agents did, this program among them."""

    message: Message | None = None
    own: bool = msgspec.field(default=False, name="aioconvo_own")
    """Not of the API: it is set by who knows the agents."""


class NewConversation(Frame):
    """A conversation began."""

    conversation: ConversationSummary | None = msgspec.field(default=None, name="event_new_conversation")


class ConversationClosed(Frame):
    """A conversation was closed."""

    conversation: ConversationSummary | None = msgspec.field(default=None, name="event_conversation_closed")


class NewMessage(Frame):
    """Somebody wrote in a conversation; the message itself is not in it, but comes as a `ChatMessage`."""

    conversation: ConversationSummary | None = msgspec.field(default=None, name="event_new_message")


class ParticipantUpdate(Frame):
    """Something about those who take part in a conversation changed."""

    conversation: ConversationSummary | None = msgspec.field(default=None, name="event_participant_update")


class ParticipantJoin(Frame):
    """Somebody joined a conversation."""

    conversation: ConversationSummary | None = msgspec.field(default=None, name="event_participant_join")
    participant: Participant | None = msgspec.field(default=None, name="event_participant_join_participant")


class ParticipantLeft(Frame):
    """Somebody left a conversation."""

    conversation: ConversationSummary | None = msgspec.field(default=None, name="event_participant_left")
    participant: Participant | None = msgspec.field(default=None, name="event_participant_left_participant")


class UpdatedMessage(Frame):
    """A message's text changed, or how far it got (`message.transport_statuses`). `own` as in `ChatMessage`."""

    message: Message | None = msgspec.field(default=None, name="event_updated_message")
    own: bool = msgspec.field(default=False, name="aioconvo_own")


class MessageMark(Model):
    """The message up to which somebody read; `message_epoch` in milliseconds since 1970."""

    conversation_message_uuid: str | None = None
    message_dts: str | None = None
    message_epoch: int | None = None


class ReadMessage(Frame):
    """Somebody read a conversation up to a message; who is not told."""

    mark: MessageMark | None = msgspec.field(default=None, name="event_read_message")


class TypingState(Model):
    """Who types. What `value` may be is not documented."""

    author_conversation_participant_arn: str | None = None
    author_conversation_participant_name: str | None = None
    value: str | None = None


class Typing(Frame):
    """Somebody types, or stopped to. `own` as in `ChatMessage`."""

    typing: TypingState | None = msgspec.field(default=None, name="event_typing")
    own: bool = msgspec.field(default=False, name="aioconvo_own")

    @property
    def started(self) -> bool:
        """Whether somebody types now: any `value` that does not look like a no. Unconfirmed."""
        value = getattr(self.typing, "value", None)
        return not isinstance(value, str) or value.strip().lower() not in _STOPPED


class QueueStatusUpdate(Frame):
    """A queue's counts, agents and waiting customers."""

    status: QueueStatus | None = msgspec.field(default=None, name="event_queue_status_update")


class QueueNewMember(Frame):
    """A customer waits in a queue."""

    entry: QueueEntry | None = msgspec.field(default=None, name="event_queue_new_member")


class EngageCustomer(Frame):
    """A customer is to be engaged."""

    entry: QueueEntry | None = msgspec.field(default=None, name="event_engage_customer")


class QueuePlace(Model):
    """A customer's place in a queue; -1 is outside of it."""

    available: bool | None = None
    position: int | None = None


class QueuePosition(Frame):
    """A customer's place in a queue, for the customer's side."""

    place: QueuePlace | None = msgspec.field(default=None, name="event_queue_position")


class CheckQueuePosition(Frame):
    """A customer's side asks for its place in a queue."""


class WebchatStartConversation(Frame):
    """A web chat began, for the customer's side."""


class PageContext(Model):
    """The page that a customer is on."""

    cart_id: str | None = None
    ucacid: str | None = None
    url: str | None = None


class WebchatContext(Frame):
    """The page that a customer is on changed."""

    context: PageContext | None = msgspec.field(default=None, name="event_webchat_context")


class CouponOffer(Model):
    """A coupon, and the agent who gave it."""

    agent_arn: str | None = None
    agent_name: str | None = None
    coupon_code: str | None = None


class AddCoupon(Frame):
    """An agent put a coupon into the customer's cart."""

    offer: CouponOffer | None = msgspec.field(default=None, name="event_add_coupon")


class ItemOffer(Model):
    """Items of a cart as plain JSON values, and the agent who chose them."""

    agent_arn: str | None = None
    agent_name: str | None = None
    items: list[Any] | None = None


class AddItem(Frame):
    """An agent put items into the customer's cart."""

    offer: ItemOffer | None = msgspec.field(default=None, name="event_add_item")


class Recording(Model):
    """A part of a screen recording (rrweb). What the digests are of, and the first part's number, is not documented."""

    type: str | None = None
    event_index: int | None = None
    data: str | None = None
    data_part: int | None = None
    data_total_parts: int | None = None
    data_sha256: str | None = None
    data_total_sha256: str | None = None


class RecordingPart(Frame):
    """A part of a recording of the customer's screen. The socket leaves these out unless `recordings=True` asks for them."""

    recording: Recording | None = msgspec.field(default=None, name="event_rrweb")


_EVENTS: dict[str, type[Frame]] = {
    "add coupon": AddCoupon,
    "add item": AddItem,
    "conversation closed": ConversationClosed,
    "engage customer": EngageCustomer,
    "new conversation": NewConversation,
    "new message": NewMessage,
    "participant join": ParticipantJoin,
    "participant left": ParticipantLeft,
    "participant update": ParticipantUpdate,
    "queue new member": QueueNewMember,
    "queue position": QueuePosition,
    "queue status update": QueueStatusUpdate,
    "read message": ReadMessage,
    "rrweb": RecordingPart,
    "typing": Typing,
    "updated message": UpdatedMessage,
    "webchat context": WebchatContext,
    "webchat start conversation": WebchatStartConversation,
}
FRAMES: dict[tuple[str, str], type[Frame]] = {
    ("message", ""): ChatMessage,
    ("check queue position", ""): CheckQueuePosition,
    **{("event", name): kind for name, kind in _EVENTS.items()},
}
"""The struct of each `type` and `event_type`. The list grew from 7 to 18 in half a year: others come as `UnknownEvent`."""
