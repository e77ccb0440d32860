"""The five conversation APIs on loopback: stateful, deterministic, with real auth checks, paging and error bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .server import Sandbox, SandboxEndpoint

__all__ = ["Sandbox", "SandboxEndpoint"]


def __getattr__(name: str) -> Any:
    # The pytest plugin lives in this package and is loaded in every test run: aiohttp waits until it is needed.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import server  # noqa: PLC0415 - see above

    return getattr(server, name)
