"""What the emulated Sunshine app holds: users and their conversations."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from aioconvo.sandbox.data import hex_id, iso, milliseconds, person, started
from aioconvo.sandbox.exchange import Refusal
from aioconvo.sandbox.thread import Thread

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aioconvo.sandbox.exchange import Settings

__all__ = ["App", "Conversation", "Membership", "User"]

_DAY = 86_400_000


@dataclasses.dataclass(slots=True, eq=False)
class User:
    """A user of the app; the `external_id` of those from the beginning is `user-1`, `user-2`, ...

    `invented`: name and address are those of the person with this `number`. `details` are `toBeRetained`, `brandId`,
    `metadata` and what of the `profile` was set; a member of the profile that is `None` was cleared. `clients` are the
    channels that a program linked.
    """

    id: str
    external_id: str | None
    number: int
    signed_up: int
    zendesk_id: str | None = None
    invented: bool = True
    details: dict[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    clients: list[dict[str, Any]] = dataclasses.field(default_factory=list[dict[str, Any]])

    def profile(self, seed: int) -> dict[str, Any]:
        """What is known of the user."""
        known: dict[str, Any] = {}
        if self.invented:
            someone = person(seed, self.number)
            known = {"givenName": someone.first_name, "surname": someone.last_name, "email": someone.email, "locale": "en"}
        known |= self.details.get("profile", {})
        return {member: value for member, value in known.items() if value is not None}

    def name(self, seed: int) -> str:
        """The name that stands beside what the user writes; who has none is given one, as the API does."""
        profile = self.profile(seed)
        names = [profile[member] for member in ("givenName", "surname") if member in profile]
        return " ".join(names) or person(seed, self.number).name

    def identities(self, seed: int) -> list[dict[str, str]]:
        """The addresses that the user proved to have; what a program writes into the profile is none."""
        email = person(seed, self.number).email
        return [{"type": "email", "value": email, "verification": "verified"}] if self.invented else []

    def shown(self, seed: int) -> dict[str, Any]:
        """The user, as the API shows them."""
        ids = {"externalId": self.external_id, "zendeskId": self.zendesk_id}
        return {
            "id": self.id,
            "authenticated": self.external_id is not None,
            **{member: value for member, value in ids.items() if value is not None},
            "signedUpAt": iso(self.signed_up),
            "metadata": {},
            **self.details,
            "profile": self.profile(seed),
            "identities": self.identities(seed),
        }


@dataclasses.dataclass(slots=True)
class Membership:
    """A user's part in a conversation."""

    id: str
    user: User
    unread: int
    last_read: int | None = None


@dataclasses.dataclass(slots=True)
class Conversation:
    """A conversation; `number` counts them in the order they were created, from 1.

    `control` is the place at the switchboard that has control, `None` stands for the default one; `offered` is offered it.
    """

    id: str
    number: int
    type: str
    created: int
    members: list[Membership]
    thread: Thread
    is_default: bool = False
    business_last_read: int | None = None
    control: str | None = None
    offered: str | None = None
    details: dict[str, Any] = dataclasses.field(default_factory=dict[str, Any])

    def part_of(self, user: User | None) -> Membership | None:
        """The user's part in it."""
        return next((member for member in self.members if member.user is user), None)


class App:
    """Users and conversations, found by their ids. Seeded ones are there from the beginning."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.users: dict[str, User] = {}
        self._by_external_id: dict[str, User] = {}
        self._made = 0  # users, those that are gone included
        self.seeded = [self.add_user(f"user-{number}") for number in range(1, settings.conversations + 1)]
        self.conversations: dict[str, Conversation] = {}
        self.numbers: dict[str, int] = {}  # of deleted conversations too: they still serve as cursors
        self._first: dict[str, str] = {}  # of each user's conversations
        for number in range(1, settings.conversations + 1):
            self._seed(number)

    # -- users

    def add_user(self, external_id: str | None, *, invented: bool = True) -> User:
        """Somebody new, who signed up just now; those from the beginning did before they first wrote."""
        self._made += 1
        seeded = self._made <= self.settings.conversations
        user = User(
            hex_id(self.settings.seed, "sunshine", "user", self._made),
            external_id,
            self._made,
            started(self.settings, self._made) - _DAY if seeded else milliseconds(self.settings.clock()),
            zendesk_id=str(900_000_000_000 + self._made) if invented else None,
            invented=invented,
        )
        self.users[user.id] = user
        if external_id is not None:
            self._by_external_id[external_id] = user
        return user

    def user(self, key: str | None) -> User | None:
        """The user of an id or external id."""
        return None if key is None else self.users.get(key) or self._by_external_id.get(key)

    def named(self, user_id: str | None, external_id: str | None) -> User:
        """The user of either id. Raises `Refusal` with 404 where there is none."""
        user = self.users.get(user_id or "") or self._by_external_id.get(external_id or "")
        if user is None:
            raise Refusal(404, "user_not_found", "User not found")
        return user

    def remove_user(self, user: User) -> list[Conversation]:
        """Forget a user; answers the personal conversations that go with them."""
        self._forget(user)
        gone: list[Conversation] = []
        for conversation in list(self.conversations.values()):
            member = conversation.part_of(user)
            if member is None:
                continue
            if conversation.type == "personal":
                gone.append(conversation)
                del self.conversations[conversation.id]
            else:
                conversation.members.remove(member)
        return gone

    def merge(self, surviving: User, discarded: User) -> None:
        """Give one user all conversations of another, who is gone then."""
        self._forget(discarded)
        surviving.clients += discarded.clients
        for conversation in self.conversations.values():
            member = conversation.part_of(discarded)
            if member is None:
                continue
            if conversation.part_of(surviving) is None:
                member.user = surviving
                self._first.setdefault(surviving.id, conversation.id)
            else:
                conversation.members.remove(member)

    def _forget(self, user: User) -> None:
        del self.users[user.id]
        self._first.pop(user.id, None)
        if user.external_id is not None:
            del self._by_external_id[user.external_id]

    # -- conversations

    def find(self, parameters: Mapping[str, str]) -> Conversation:
        """The conversation that a path names. Raises `Refusal` with 404 where there is none."""
        conversation = self.conversations.get(parameters["conversationId"])
        if conversation is None:
            raise Refusal(404, "conversation_not_found", "Conversation not found")
        return conversation

    def place(self, conversation_id: str) -> int | None:
        """Where a conversation stands, newest first."""
        number = self.numbers.get(conversation_id)
        return None if number is None else -number

    def own(self, user: User) -> Conversation | None:
        """The first conversation that a user takes part in."""
        known = self.conversations.get(self._first.get(user.id, ""))
        if known is None or known.part_of(user) is None:  # it was deleted, or left
            self._first.pop(user.id, None)
            known = next((each for each in self.conversations.values() if each.part_of(user)), None)
            self._first |= {} if known is None else {user.id: known.id}
        return known

    def open(self, kind: str, users: Iterable[User]) -> Conversation:
        """A conversation that begins just now."""
        number = len(self.numbers) + 1
        key = hex_id(self.settings.seed, "sunshine", "conversation", number)
        conversation = Conversation(
            id=key,
            number=number,
            type=kind,
            created=milliseconds(self.settings.clock()),
            members=[],
            thread=Thread(self.settings, key),
        )
        self._add(conversation, users)
        return conversation

    def join(self, conversation: Conversation, user: User) -> Membership:
        """Have a user take part who does not yet."""
        member = Membership(hex_id(self.settings.seed, "member", conversation.id, user.id), user, 0)
        conversation.members.append(member)
        self._first.setdefault(user.id, conversation.id)
        return member

    def writer(self, conversation: Conversation, index: int) -> User:
        """Who wrote a seeded message, whoever takes part by now."""
        writers = _neighbours(conversation.number)
        return self.seeded[writers[index % len(writers)] - 1]

    def _seed(self, number: int) -> None:
        key = hex_id(self.settings.seed, "sunshine", "conversation", number)
        conversation = Conversation(
            id=key,
            number=number,
            type="personal" if number == 1 else "sdkGroup",
            created=started(self.settings, number),
            members=[],
            thread=Thread(self.settings, key, number),
            is_default=number == 1,
            details={"displayName": f"Order {10_000 + number}", "metadata": {"priority": number % 3}},
        )
        self._add(conversation, (self.seeded[neighbour - 1] for neighbour in _neighbours(number)))

    def _add(self, conversation: Conversation, users: Iterable[User]) -> None:
        self.conversations[conversation.id] = conversation
        self.numbers[conversation.id] = conversation.number
        for user in {user.id: user for user in users}.values():
            self.join(conversation, user)


def _neighbours(number: int) -> list[int]:
    """The numbers of the users who take part in a seeded conversation."""
    return sorted({1, number, number - 1 if number % 3 == 0 else number})
