"""What changed in an emulated API, told in one place to whoever watches: the sender of webhooks, the chat page."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["Change", "Customer", "Kind", "Watched"]


class Kind(enum.StrEnum):
    """What a change is, whatever the API calls it."""

    MESSAGE = "message"
    READ = "read"
    TYPING = "typing"
    DELIVERED = "delivered"
    FAILED = "failed"
    OTHER = "other"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. `at` in milliseconds since 1970.

    - `event`: the API's own name of it, such as `conversation:message`; empty where the API sends no webhook for it.
    - `payload`: the members of the event as the API sends them.
    - `conversation`: as the API is asked for it (Smooch: the user's id; SMS.CX also: the phone).
    - `ours`: the business did it, not a customer.
    """

    provider: str
    kind: Kind
    at: int
    conversation: str
    event: str = ""
    payload: Mapping[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    ours: bool = False
    message_id: str = ""
    text: str = ""
    started: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who can write to the business: the id to write as, a name to show, the conversation if there is one."""

    id: str
    name: str
    conversation: str = ""


class Watched:
    """State that tells its changes, in the order in which they happened.

    `samples` are the names of the events that the API calls back for; `failing` is how many of the next messages of the
    business do not arrive, where the API tells whether they do.
    """

    samples: tuple[str, ...] = ()
    failing = 0

    def __init__(self) -> None:
        self._watchers: list[Callable[[Change], None]] = []

    def watch(self, watcher: Callable[[Change], None]) -> None:
        """Call it with every change from now on."""
        self._watchers.append(watcher)

    def tell(self, change: Change) -> None:
        """Something changed just now."""
        for watcher in self._watchers:
            watcher(change)
