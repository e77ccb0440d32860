"""UltraCart conversations: `UltraCartClient` and the structs it takes and gives.

Names are loaded when they are first touched, so that who only reads events (`aioconvo.ultracart.events`) loads no aiohttp.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aioconvo.core.operations.operation import Operation

    from .client import UltraCartClient
    from .models import (
        AgentAuth,
        AgentStatus,
        Conversation,
        ConversationSummary,
        Medium,
        Merchant,
        Message,
        MessageType,
        Participant,
        QueueAgent,
        QueueEntry,
        QueueStatus,
        Sentiment,
        SentimentKind,
        Translation,
        TransportState,
        TransportStatus,
        TwilioAccount,
        UploadUrl,
    )
    from .socket.attach import Attached
    from .socket.connection import AgentConnection, AgentSource
    from .socket.line import CaughtUp
    from .socket.plan import Pace
    from .socket.settings import AgentSocket

    OPERATIONS: tuple[Operation[Any], ...]

__all__ = [
    "OPERATIONS",
    "AgentAuth",
    "AgentConnection",
    "AgentSocket",
    "AgentSource",
    "AgentStatus",
    "Attached",
    "CaughtUp",
    "Conversation",
    "ConversationSummary",
    "Medium",
    "Merchant",
    "Message",
    "MessageType",
    "Pace",
    "Participant",
    "QueueAgent",
    "QueueEntry",
    "QueueStatus",
    "Sentiment",
    "SentimentKind",
    "Translation",
    "TransportState",
    "TransportStatus",
    "TwilioAccount",
    "UltraCartClient",
    "UploadUrl",
]

_HOMES = {
    "AgentConnection": ".socket.connection",
    "AgentSocket": ".socket.settings",
    "AgentSource": ".socket.connection",
    "Attached": ".socket.attach",
    "CaughtUp": ".socket.line",
    "Pace": ".socket.plan",
    "UltraCartClient": ".client",
}


def __getattr__(name: str) -> Any:
    if name == "OPERATIONS":  # read where somebody asks, not by everybody's import
        from aioconvo.core.operations.resource import operations  # noqa: PLC0415 -- as above

        from .client import UltraCartClient  # noqa: PLC0415 -- as above

        return operations(UltraCartClient)
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES.get(name, ".models"), __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
