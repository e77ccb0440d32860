"""What senders gave up on: messages that are in the inboxes and never came, found and handled like all others."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, cast

import anyio
import msgspec

from aioconvo.core.errors import CallError, InvalidRequestError, NotFoundError, StoreError, UnsupportedError
from aioconvo.events.incoming import Delivery, Incoming
from aioconvo.inbox.base import Inbox, Order
from aioconvo.inbox.models import Conversation, Direction, Message

from .handling import Account
from .intake import Intake
from .stores.store import Store

__all__ = ["CatchUp", "CaughtUp", "Uncovered", "by_account"]

_AT_ONCE = 8  # conversations that are read side by side


class Uncovered(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be looked at: all of an account, or a conversation or user of it, and why."""

    account: str
    why: str
    id: str | None = None


class CaughtUp(msgspec.Struct, frozen=True, kw_only=True):
    """What was done: `conversations` were read, with `messages` from the other side, of which `new` had not come before."""

    conversations: int
    messages: int
    new: int
    uncovered: tuple[Uncovered, ...] = ()


class CatchUp:
    """Reads inboxes from a moment on: those of all conversations where the API lists all, else of those that are known."""

    def __init__(self, accounts: Mapping[str, Account], store: Store, intake: Intake) -> None:
        self._accounts = accounts
        self._store = store
        self._intake = intake
        self._found = [0, 0, 0]
        self._uncovered: list[Uncovered] = []

    async def run(self, since: dt.datetime, users: Mapping[str, Sequence[str]]) -> CaughtUp:
        """Have every message handled that was sent at or after `since` and did not come; `users` by account.

        Raises:
            InvalidRequestError: `since` has no time zone, or users are named of an account that there is not.
        """
        if since.tzinfo is None:
            raise InvalidRequestError("since has no time zone; write dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)")
        for name in users:
            if name not in self._accounts:
                raise InvalidRequestError(f"users are named of {name!r}, and no client was added under that name")
        places = anyio.Semaphore(_AT_ONCE)
        for account in self._accounts.values():
            inbox = await self._inbox_of(account)
            async with anyio.create_task_group() as group:
                async for conversation in self._conversations(account, inbox, since, users.get(account.name, ())):
                    await places.acquire()
                    group.start_soon(self._read_one, account, inbox, conversation, since, places)
        conversations, messages, new = self._found
        return CaughtUp(conversations=conversations, messages=messages, new=new, uncovered=tuple(self._uncovered))

    async def _inbox_of(self, account: Account) -> Inbox:
        client: Any = account.client
        inbox: Inbox = client.inbox
        if "agents" in inbox.capabilities.options:  # else nobody knows who wrote
            try:
                return await inbox.with_agents()
            except CallError as error:
                self._miss(account, error)
        return inbox

    def _miss(self, account: Account, error: Exception, name: str | None = None) -> None:
        self._uncovered.append(Uncovered(account=account.name, why=type(error).__name__, id=name))

    async def _conversations(
        self, account: Account, inbox: Inbox, since: dt.datetime, users: Sequence[str]
    ) -> AsyncIterator[Conversation]:
        """Those to read, each once."""
        seen: set[str] = set()
        async for conversation in self._listed(account, inbox, since, users):
            if conversation.id not in seen:
                seen.add(conversation.id)
                yield conversation

    async def _listed(
        self, account: Account, inbox: Inbox, since: dt.datetime, users: Sequence[str]
    ) -> AsyncIterator[Conversation]:
        if inbox.capabilities.lists_all:
            try:
                async for conversation in inbox.conversations(since=since):
                    yield conversation
            except CallError as error:
                self._miss(account, error)
            return
        prefix = f"{account.name}:"
        async for lane in self._store.seen(account.name, since=0.0):
            yield Conversation(provider=account.provider, id=lane.removeprefix(prefix), native=None)
        for user in users:
            try:
                async for conversation in inbox.conversations(users=[user]):
                    yield conversation
            except (CallError, InvalidRequestError) as error:
                self._miss(account, error, user)
        why = "the API lists conversations by user: those of users who never wrote before, and are not named, are not known"
        self._uncovered.append(Uncovered(account=account.name, why=why))

    async def _read_one(
        self, account: Account, inbox: Inbox, conversation: Conversation, since: dt.datetime, places: anyio.Semaphore
    ) -> None:
        try:
            listed = await inbox.messages(conversation.id, since=since).collect()
            if inbox.capabilities.message_orders[:1] == (Order.NEWEST_FIRST,):  # those of one moment keep their order
                listed.reverse()
            inbound = [one for one in listed if one.direction is Direction.INBOUND]
            await self._take(account, conversation, sorted(inbound, key=_moment))
        except NotFoundError:
            pass  # deleted meanwhile, or a lane that is no conversation's
        except (CallError, InvalidRequestError, UnsupportedError, StoreError) as error:
            self._miss(account, error, conversation.id)
        finally:
            places.release()

    async def _take(self, account: Account, conversation: Conversation, messages: Sequence[Message]) -> None:
        events: list[Incoming] = []
        for message in messages:
            raw: bytes | None = account.provider.missed(conversation, message)
            if raw is None:
                self._uncovered.append(Uncovered(account=account.name, why="a message is not readable", id=conversation.id))
            else:
                events.extend(account.provider.events.read(account.name, raw))
        delivery = Delivery(provider=account.provider, account=account.name, events=tuple(events))
        self._found[0] += 1
        self._found[1] += len(events)
        if events:
            self._found[2] += await self._intake.accept(delivery)


def _moment(message: Message) -> float:
    return 0.0 if message.sent_at is None else message.sent_at.timestamp()


def by_account(users: Mapping[str, Iterable[str]] | Iterable[str], accounts: Mapping[str, Account]) -> dict[str, list[str]]:
    """Users by account; where they are not, they are taken for users of each account that lists by user."""
    if isinstance(users, Mapping):
        given = cast("Mapping[str, Iterable[str]]", users)
        return {name: list(some) for name, some in given.items()}
    if isinstance(users, str):
        raise InvalidRequestError("users is a list of ids, or such lists by account; got one text")
    everybody = list(users)
    listing = {name: one for name, one in accounts.items() if one.provider.inbox.capabilities.lists_by_user}
    if everybody and not listing:
        raise InvalidRequestError("users are of no use here: no account lists conversations by user")
    return dict.fromkeys(listing, everybody)
