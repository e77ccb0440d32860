"""Clients from environment variables, by the name of the provider: credentials are then nowhere on a command line or a wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aioconvo.core.errors import ConfigurationError
from aioconvo.core.wire.pool import SessionPool
from aioconvo.providers import Provider

__all__ = ["client_from_env"]


def client_from_env(provider: str, pool: SessionPool, environ: Mapping[str, str] | None = None) -> Any:
    """The provider's client on that pool, as its `from_env` makes it, from the process's variables or from `environ`.

    Raises:
        ConfigurationError: There is no such provider, or a variable is missing; the message names it.
    """
    if provider not in list(Provider):
        raise ConfigurationError(f"{provider!r} is no provider; there are {', '.join(Provider)}")
    return Provider(provider).client.from_env(pool=pool, environ=environ)
