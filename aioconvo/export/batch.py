"""What travels from the walks to the targets: the rows of one page together with where its walk stands after it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from aioconvo.core.json.model import Model

from .schema import ConversationRow, MessageLines

__all__ = ["Account", "Batch", "Committed", "ConversationMark", "Fault", "Identity", "Mark", "Step"]


class Account(NamedTuple):
    """One account of one provider: what rows of several sources are told apart by."""

    provider: str
    name: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.name}"


class Identity(Model):
    """What a target is an export of; another one is refused.

    `accounts` are the accounts with how their conversations are chosen: `all`, `users` or `conversations`. `knowing` are those
    whose inbox knew more than its client does, with which options of it (`InboxOptions`); their values may change between runs.
    The rest bounds what of a conversation is exported.
    """

    accounts: tuple[tuple[Account, str], ...] = ()
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    channel: str | None = None
    knowing: tuple[tuple[Account, str], ...] = ()

    @property
    def bounded(self) -> bool:
        """Whether less than all messages are wanted, so that the API's own counts do not tell how many."""
        return not (self.since is None and self.until is None and self.channel is None)

    def warnings(self, empty: Collection[Account]) -> tuple[str, ...]:
        """What to say where bounds leave no message of an account at all."""
        bounds = {"since": self.since, "until": self.until, "channel": self.channel}
        told = ", ".join(f"{name} {value}" for name, value in bounds.items() if value is not None)
        accounts = (account for account, _ in self.accounts if account in empty)
        return tuple(f"no message of {account} matches {told}" for account in accounts) if told else ()


class Fault(Model):
    """Why a list or conversation failed: the error's type, and its words, which hold no message text."""

    type: str
    words: str


class Step(Model):
    """Where a walk stands after a page; a walk that has not begun has no name.

    `walk` names the walk, so that positions of two walks are never mixed; `since` is its lower bound; `pages` counts its pages
    so far; `position` resumes it, `ended` says that the API had no more. With a `fault` nothing moved.
    """

    walk: str = ""
    since: dt.datetime | None = None
    pages: int = 0
    position: str | None = None
    ended: bool = False
    fault: Fault | None = None


class Batch(Model):
    """What one page brought, and the step after it: committed whole or not at all.

    A page of the list of conversations has a `user` (empty: the list of the whole account) and `conversations`; a page of one
    conversation's messages has a `conversation` and `messages`. An answer that was a whole list, of one conversation with all
    of its messages, has all four. Messages stand oldest first, as the API's list has them; `downward`: the next page is older.
    `unknown` are members of the API's JSON that this version has no field for, by the names of structs: `Message.badge`.
    `tells_changes` is what `Capabilities` says of the list.
    """

    account: Account
    step: Step
    user: str | None = None
    conversation: str | None = None
    conversations: tuple[ConversationRow, ...] = ()
    messages: MessageLines = MessageLines()
    downward: bool = False
    unknown: tuple[str, ...] = ()
    tells_changes: bool = True


class Mark(NamedTuple):
    """A message in a `part` of the target whose deletion was noticed, a moment of `to_text`, or `None`: it is there again."""

    part: int
    provider: str
    account: str
    conversation: str
    id: str
    deleted_at: str | None


class ConversationMark(NamedTuple):
    """A conversation whose deletion was noticed."""

    provider: str
    account: str
    conversation: str
    deleted_at: str | None


class Committed(NamedTuple):
    """What a commit brought, in messages: new ones, known ones that are different now, and known ones."""

    new: int = 0
    changed: int = 0
    seen_before: int = 0

    def plus(self, other: Committed) -> Committed:
        """Both together."""
        return Committed(*(one + two for one, two in zip(self, other, strict=True)))
