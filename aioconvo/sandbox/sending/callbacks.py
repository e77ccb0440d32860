"""To whom webhooks are sent, and how each API behaves as a sender."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from aioconvo.core.errors import ConfigurationError

__all__ = ["EVERY", "MANNERS", "SECRETS", "Callback", "Manners", "callback_to", "shown", "target_of"]

EVERY: Final = "*"
_LONG: Final = 16  # characters from which on a part of a path may be a token

SECRETS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sunshine": "sandbox-sunshine-webhook-secret",
        "smooch": "sandbox-smooch-webhook-secret",
        "smscx": "sandbox-smscx-webhook-token-0123456789abcdefghijklmnopqrstuvwxyz",
    }
)
"""What webhooks prove themselves by; later ones that an operation registers have others. Published, they open nothing else."""

_APART: Final = "typing:appUser"  # unconfirmed, by what a program subscribes to: Smooch's `*` leaves it out


@dataclasses.dataclass(frozen=True, slots=True)
class Callback:
    """Where events of one API are sent. `triggers` are names of events; `*` stands for all.

    `full_user` and `full_source` are what the registration asked for (Smooch: `includeFullAppUser`, `includeClient`).
    `integration` is the one that it belongs to, where the API has those.
    """

    id: str
    provider: str
    target: str
    secret: str = dataclasses.field(repr=False)
    triggers: Collection[str] = (EVERY,)
    full_user: bool = False
    full_source: bool = False
    integration: str = ""

    def wants(self, event: str) -> bool:
        """Whether it is to be sent there."""
        if event in self.triggers or (self.provider, event) == ("smooch", _APART):
            return event in self.triggers
        return bool(event) and EVERY in self.triggers


@dataclasses.dataclass(frozen=True, slots=True)
class Manners:
    """How an API sends: seconds between tries, how long it waits for an answer, which answers end it, what is success."""

    waits: tuple[float, ...]
    patience: float
    final: frozenset[int] = frozenset()
    success: range = range(200, 300)
    most: int = 1

    def accepts(self, status: int | None) -> bool:
        """Whether that answer ends it well; `None` where none came."""
        return status is not None and status in self.success


_FINAL: Final = frozenset({400, 401, 403, 404, 406})

MANNERS: Final[Mapping[str, Manners]] = MappingProxyType(
    {
        # Five tries within 15 minutes, an answer within 20 s, as the specification says; how they lie within it, it does not.
        "sunshine": Manners(waits=(15.0, 60.0, 225.0, 600.0), patience=20.0, final=_FINAL, most=100),
        # Up to five more tries with growing intervals.
        "smooch": Manners(waits=(15.0, 30.0, 105.0, 250.0, 500.0), patience=20.0, final=_FINAL, most=100),
        # Success is exactly 200, up to 200 items a request. Unconfirmed: how often it tries, when, and how long it waits.
        "smscx": Manners(waits=(5.0, 30.0, 120.0, 600.0), patience=5.0, success=range(200, 201), most=200),
    }
)


def callback_to(provider: str, target: str) -> Callback:
    """A callback that gets every event, and that no operation registered."""
    return Callback(f"callback-{provider}", provider, target, SECRETS[provider], (EVERY, _APART))


def target_of(provider: str, target: str) -> str:
    """The URL of a callback. Raises `ConfigurationError` where the provider sends no webhooks, or it is no URL."""
    if provider not in MANNERS:
        raise ConfigurationError(f"{provider!r} sends no webhooks; callbacks are for {', '.join(MANNERS)}")
    parts = urlsplit(target)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationError(f"the callback of {provider} must be a URL, such as http://127.0.0.1:8080/hooks/{provider}")
    return target


def shown(target: str) -> str:
    """A target as it may be written down: no user, no query, and nothing of a path that may be a token."""
    parts = urlsplit(target)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    path = "/".join("..." if len(part) >= _LONG else part for part in parts.path.split("/"))
    return f"{parts.scheme}://{host}{port}{path}"
