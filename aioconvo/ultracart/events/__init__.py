"""What happens in UltraCart conversations, as the agent websocket tells it: frames, and the events that are made of them.

The vendor calls this API internal and gives no samples: nothing here was seen in a real session.
"""

from __future__ import annotations

from aioconvo.events.unknown import UnknownEvent

from .natives import (
    AddCoupon,
    AddItem,
    ChatMessage,
    CheckQueuePosition,
    ConversationClosed,
    CouponOffer,
    EngageCustomer,
    Frame,
    ItemOffer,
    MessageMark,
    NewConversation,
    NewMessage,
    PageContext,
    ParticipantJoin,
    ParticipantLeft,
    ParticipantUpdate,
    QueueNewMember,
    QueuePlace,
    QueuePosition,
    QueueStatusUpdate,
    ReadMessage,
    Recording,
    RecordingPart,
    Typing,
    TypingState,
    UpdatedMessage,
    WebchatContext,
    WebchatStartConversation,
)
from .reading import read
from .sharing import neutral

__all__ = [
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
    "UnknownEvent",
    "UpdatedMessage",
    "WebchatContext",
    "WebchatStartConversation",
    "neutral",
    "read",
]
