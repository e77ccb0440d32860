"""What every client takes besides its credentials."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import NoneType
from typing import TypedDict

from aioconvo.core.access import settings
from aioconvo.core.errors import ConfigurationError
from aioconvo.core.limits.rule import Limits
from aioconvo.core.retry.policy import RetryPolicy

from .hooks import Hooks

__all__ = ["ClientOptions", "PortableOptions", "check_options"]


class PortableOptions(TypedDict, total=False):
    """Those of the `ClientOptions` that may go to another process, to give them to an equal client's `with_options` there.

    Hooks are functions of this process, headers may be secret, and a lane is told apart only within one pool.
    """

    timeout: float | None
    deadline: float | None
    retry: RetryPolicy
    limits: Limits
    account: str | None


class ClientOptions(PortableOptions, total=False):
    """What every client and `with_options` take.

    - `timeout`: seconds for one attempt; waiting for the pool or a limit does not count. `None`: no bound. Default 30.
    - `deadline`: seconds for a whole call with all its waits and attempts. `None`, the default: no bound.
    - `max_retries`: tries after the first; takes the place of the number in `retry`. Default 3.
    - `retry`: the whole `RetryPolicy`.
    - `limits`: what this credential may do; `Limits()` for no limits.
    - `headers`: further headers for every request.
    - `account`: what stored positions call this account where there is no app id (SMS.CX, Convore, UltraCart), so that those of
      another tenant are refused; a name of your own that stays when keys change. With an app id, that is the name.
    - `lane`: when the pool or a limit is full, lanes take turns; each client is a lane of its own by default.
    - `hooks`: functions that are told what happens, see `Hooks`.
    """

    max_retries: int
    headers: Mapping[str, str]
    lane: str
    hooks: Hooks | None


_CHECKS: Mapping[str, Callable[[str, object], None]] = {
    "timeout": functools.partial(settings.seconds, none="no bound"),
    "deadline": functools.partial(settings.seconds, none="no bound"),
    "max_retries": settings.count,
    "retry": functools.partial(settings.kind, kinds=RetryPolicy, wanted="a RetryPolicy"),
    "limits": functools.partial(settings.kind, kinds=Limits, wanted="Limits, and Limits() for none"),
    "headers": functools.partial(settings.kind, kinds=Mapping, wanted="a mapping of names to values"),
    "lane": functools.partial(settings.kind, kinds=str, wanted="text"),
    "account": functools.partial(settings.kind, kinds=(str, NoneType), wanted="text or None"),
    "hooks": functools.partial(settings.kind, kinds=(Hooks, NoneType), wanted="Hooks or None"),
}

_OF_THE_POOL = frozenset(
    {"size", "keepalive", "connect_timeout", "max_body", "ssl", "proxy", "dns_ttl", "limit_store", "clock"}
)


def check_options(options: ClientOptions) -> ClientOptions:
    """The options, for callers without a type checker.

    Raises:
        ConfigurationError: A name is unknown, or a value is none that it takes; the message names it.
    """
    if not options.keys() <= _CHECKS.keys():
        unknown = options.keys() - _CHECKS.keys()
        for name in sorted(unknown & _OF_THE_POOL):
            raise ConfigurationError(f"{name} is an option of the pool: give pool=aioconvo.SessionPool({name}=...)")
        raise ConfigurationError(f"unknown options: {', '.join(sorted(unknown))}")
    for name, value in options.items():
        _CHECKS[name](name, value)
    return options
