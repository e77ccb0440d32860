"""What the emulated Smooch app holds: users and their conversations."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from aioconvo.sandbox.data import hex_id, iso, milliseconds, number, person, started
from aioconvo.sandbox.exchange import Refusal
from aioconvo.sandbox.thread import Thread

if TYPE_CHECKING:
    from aioconvo.sandbox.exchange import Settings

__all__ = ["App", "AppUser", "Conversation"]

_DAY: Final = 86_400_000


@dataclasses.dataclass(slots=True)
class Conversation:
    """A user's conversation; `unread` by the user, both read marks in milliseconds."""

    id: str
    thread: Thread
    unread: int = 0
    maker_read: int | None = None
    user_read: int | None = None


@dataclasses.dataclass(slots=True, eq=False)
class AppUser:
    """A user of the app with number 1..N and a conversation; number 0 has none until the business writes to them.

    `details` are what the API shows of them, over what is known of the person with this `number`; a member that is `None` was
    cleared, or never known. `linked` are the channels beside the web messenger, as clients, and `pending` those that nobody
    confirmed yet.
    """

    id: str
    user_id: str
    number: int
    device: str
    conversation: Conversation | None = None
    details: dict[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    linked: list[dict[str, Any]] = dataclasses.field(default_factory=list[dict[str, Any]])
    pending: list[dict[str, Any]] = dataclasses.field(default_factory=list[dict[str, Any]])

    def name(self, seed: int) -> str:
        """The name that stands beside what the user writes; who has none is given one, as the API does."""
        someone = person(seed, self.number)
        known = {"givenName": someone.first_name, "surname": someone.last_name} | self.details
        return " ".join(known[one] for one in ("givenName", "surname") if known[one]) or someone.name


class App:
    """Users, found by their ids. `user-0`, `user-1`, ... are there from the beginning; `user-1` is linked to a phone, too."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.users: dict[str, AppUser] = {}
        self._by_user_id: dict[str, AppUser] = {}
        self._made = 0  # users, those that are gone included
        for index in range(settings.conversations + 1):
            self._seed(index)

    def __iter__(self) -> Iterator[AppUser]:
        return iter(self.users.values())

    def find(self, name: str) -> AppUser | None:
        """The user of either id."""
        return self.users.get(name) or self._by_user_id.get(name)

    def user(self, name: str) -> AppUser:
        """The user of either id. Raises `Refusal` with 404 where there is none."""
        user = self.find(name)
        if user is None:
            raise Refusal(404, "user_not_found", "User not found")
        return user

    def add(self, name: str, details: dict[str, Any] | None = None) -> AppUser:
        """Somebody new, who signed up just now, with what is known of them; without it, some person."""
        index, seed, seeded = self._made, self.settings.seed, self._made <= self.settings.conversations
        self._made += 1
        user = AppUser(hex_id(seed, "smooch", "user", index), name, index, hex_id(seed, "smooch", "device", index))
        at = started(self.settings, max(index, 1)) - _DAY if seeded else milliseconds(self.settings.clock())
        nobody: dict[str, Any] = {} if details is None else {"givenName": None, "surname": None, "email": None}
        user.details = {"signedUpAt": iso(at), **nobody, **(details or {})}
        self.users[user.id] = self._by_user_id[user.user_id] = user
        return user

    def remove(self, user: AppUser) -> None:
        """Forget a user with their conversation."""
        del self.users[user.id]
        del self._by_user_id[user.user_id]

    def merge(self, surviving: AppUser, discarded: AppUser) -> None:
        """Give one user all that another has, who is gone then. What becomes of two conversations is unconfirmed: one stays."""
        self.remove(discarded)
        surviving.conversation = surviving.conversation or discarded.conversation
        surviving.linked += discarded.linked
        surviving.details["properties"] = discarded.details.get("properties", {}) | surviving.details.get("properties", {})

    def _seed(self, index: int) -> None:
        seed = self.settings.seed
        user = self.add(f"user-{index}")
        if index:
            key = hex_id(seed, "smooch", "conversation", index)
            unread = min(self.settings.messages, number(seed, "smooch", "unread", index) % 4)
            user.conversation = Conversation(key, Thread(self.settings, key, index), unread)
        if index == 1:
            phone = person(seed, index).phone
            user.linked.append(
                {
                    "id": hex_id(seed, "smooch", "phone"),
                    "platform": "twilio",
                    "integrationId": hex_id(seed, "smooch", "twilio"),
                    "externalId": phone,
                    "displayName": phone,
                    "active": True,
                    "status": "active",
                    "lastSeen": user.details["signedUpAt"],
                }
            )
