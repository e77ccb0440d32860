"""What the emulated Sunshine app holds: users and their conversations."""

from __future__ import annotations

import dataclasses
from typing import Any

from aioconvo.sandbox.thread import Thread

__all__ = ["Conversation", "Membership", "User"]


@dataclasses.dataclass(frozen=True, slots=True)
class User:
    """A user of the app; `external_id` is `user-1`, `user-2`, ..."""

    id: str
    external_id: str
    number: int


@dataclasses.dataclass(slots=True)
class Membership:
    """A user's part in a conversation."""

    id: str
    user: User
    unread: int
    last_read: int | None = None


@dataclasses.dataclass(slots=True)
class Conversation:
    """A conversation; `number` counts them in the order they were created, from 1."""

    id: str
    number: int
    type: str
    created: int
    members: list[Membership]
    thread: Thread
    is_default: bool = False
    business_last_read: int | None = None
    details: dict[str, Any] = dataclasses.field(default_factory=dict[str, Any])
