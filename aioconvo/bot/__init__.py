"""Bots: events in, replies out, each event handled once and in order. Names are loaded when they are first touched."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aioconvo.events.polling import Polling
    from aioconvo.ultracart.socket.settings import AgentSocket

    from . import filters
    from .bot import Bot
    from .catch_up import CaughtUp, Uncovered
    from .context import Context, Supports
    from .filters import Filter
    from .handling import ForgottenAwaitError
    from .hooks import BotHooks, ConnectionFacts, DeadFacts, DeliveryFacts, EventFacts, HandledFacts
    from .intake import Accept
    from .retries import Drop, HandlerTimeoutError, LoopLimits, ReplyLoopError, Retries, TryLater
    from .router import Call, Router
    from .state import StateError
    from .stores.memory import MemoryStore
    from .stores.redis import RedisStore
    from .stores.sqlite import SqliteStore

__all__ = [
    "Accept",
    "AgentSocket",
    "Bot",
    "BotHooks",
    "Call",
    "CaughtUp",
    "ConnectionFacts",
    "Context",
    "DeadFacts",
    "DeliveryFacts",
    "Drop",
    "EventFacts",
    "Filter",
    "ForgottenAwaitError",
    "HandledFacts",
    "HandlerTimeoutError",
    "LoopLimits",
    "MemoryStore",
    "Polling",
    "RedisStore",
    "ReplyLoopError",
    "Retries",
    "Router",
    "SqliteStore",
    "StateError",
    "Supports",
    "TryLater",
    "Uncovered",
    "filters",
]

_HOMES = {
    "Accept": ".intake",
    "AgentSocket": "aioconvo.ultracart.socket.settings",
    "Bot": ".bot",
    "BotHooks": ".hooks",
    "Call": ".router",
    "CaughtUp": ".catch_up",
    "ConnectionFacts": ".hooks",
    "Context": ".context",
    "DeadFacts": ".hooks",
    "DeliveryFacts": ".hooks",
    "Drop": ".retries",
    "EventFacts": ".hooks",
    "Filter": ".filters",
    "ForgottenAwaitError": ".handling",
    "HandledFacts": ".hooks",
    "HandlerTimeoutError": ".retries",
    "LoopLimits": ".retries",
    "MemoryStore": ".stores.memory",
    "Polling": "aioconvo.events.polling",
    "RedisStore": ".stores.redis",
    "ReplyLoopError": ".retries",
    "Retries": ".retries",
    "Router": ".router",
    "SqliteStore": ".stores.sqlite",
    "StateError": ".state",
    "Supports": ".context",
    "TryLater": ".retries",
    "Uncovered": ".catch_up",
}


def __getattr__(name: str) -> Any:
    if name == "filters":
        return importlib.import_module(".filters", __name__)
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(home, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
