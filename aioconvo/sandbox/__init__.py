"""The five conversation APIs on loopback: stateful, deterministic, with real auth checks, paging and error bodies."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .changes import Change, Customer
    from .event_list import EventList
    from .sending.log import Delivery
    from .sending.plan import Unkindness
    from .server import Sandbox, SandboxEndpoint
    from .ultracart.agent_socket import Cut, CutKind, Habits

__all__ = [
    "Change",
    "Customer",
    "Cut",
    "CutKind",
    "Delivery",
    "EventList",
    "Habits",
    "Sandbox",
    "SandboxEndpoint",
    "Unkindness",
]

_HOMES = {
    "Change": ".changes",
    "Customer": ".changes",
    "Cut": ".ultracart.agent_socket",
    "CutKind": ".ultracart.agent_socket",
    "Delivery": ".sending.log",
    "EventList": ".event_list",
    "Habits": ".ultracart.agent_socket",
    "Unkindness": ".sending.plan",
}


def __getattr__(name: str) -> Any:
    # The pytest plugin lives in this package and is loaded in every test run: aiohttp waits until it is needed.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES.get(name, ".server"), __name__), name)
