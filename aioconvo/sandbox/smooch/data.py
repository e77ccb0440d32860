"""What the emulated Smooch app holds: users and their conversations."""

from __future__ import annotations

import dataclasses

from aioconvo.sandbox.thread import Thread

__all__ = ["AppUser", "Conversation"]


@dataclasses.dataclass(slots=True)
class Conversation:
    """A user's conversation; `unread` by the user, both read marks in milliseconds."""

    id: str
    thread: Thread
    unread: int = 0
    maker_read: int | None = None
    user_read: int | None = None


@dataclasses.dataclass(slots=True)
class AppUser:
    """A user of the app with number 1..N and a conversation; number 0 has none until the business writes to them."""

    id: str
    user_id: str
    number: int
    device: str
    conversation: Conversation | None = None
