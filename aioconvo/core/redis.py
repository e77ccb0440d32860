"""A client of Redis, loaded when somebody has one made. The package `redis` is an extra."""

from __future__ import annotations

import inspect
import re
from typing import Any

from aioconvo.core.access import settings
from aioconvo.core.errors import ConfigurationError

__all__ = ["OLDEST", "connected", "failures", "too_old"]

OLDEST = "6.2"
"""The oldest Redis whose commands are enough."""
_CONNECTIONS = 16
_PATIENCE = 5.0  # seconds for an answer, and for a connection that is free


def connected(owner: str, url: str) -> Any:
    """A client that connects when it is first asked; close it with `aclose`.

    It asks once: whether a step was taken whose answer was lost is not known, and whoever asked decides.

    Raises:
        ConfigurationError: The package is missing, or the URL is none of Redis.
    """
    try:
        from redis.asyncio import BlockingConnectionPool, Redis  # noqa: PLC0415 -- an extra
        from redis.asyncio.connection import AbstractConnection  # noqa: PLC0415
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ConfigurationError(f'{owner} needs the package redis: pip install "aioconvo[redis]"') from error
    settings.kind("url", url, str, "a URL such as redis://localhost:6379/0")
    # Redis 6.2 has no command for the client's name, and to find its version blocks the loop at each new connection.
    newer = "driver_info" in inspect.signature(AbstractConnection).parameters
    try:
        made: Any = BlockingConnectionPool  # whose types are partly unknown
        pool = made.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=_PATIENCE,
            socket_timeout=_PATIENCE,
            socket_connect_timeout=_PATIENCE,
            retry=Retry(NoBackoff(), 0),
            **dict.fromkeys(("driver_info",) if newer else ("lib_name", "lib_version")),
        )
    except ValueError:  # whose text may hold the password
        raise ConfigurationError(f"the url of {owner} must be as redis://localhost:6379/0, rediss:// or unix://") from None
    return Redis(connection_pool=pool)


def failures() -> tuple[type[Exception], ...]:
    """What a client raises that got no answer, or none that helps."""
    from redis.exceptions import RedisError  # noqa: PLC0415 -- an extra

    return (RedisError, OSError, TimeoutError)


def too_old(version: str) -> bool:
    """Whether a Redis of this version lacks commands."""
    return _numbers(version) < _numbers(OLDEST)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)[:2]]
