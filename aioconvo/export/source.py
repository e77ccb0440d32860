"""What is exported: a client, which account it is, and which of its conversations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, Self, TypeVar, Unpack

import msgspec

from aioconvo.core.access.auth import digest
from aioconvo.core.calls.options import ClientOptions, PortableOptions
from aioconvo.core.calls.stats import Stats
from aioconvo.core.limits.rule import Limits
from aioconvo.core.retry.policy import RetryPolicy
from aioconvo.inbox.base import Inbox

from .batch import Account
from .errors import ExportError

__all__ = ["InboxClient", "Source", "patient"]

ClientT = TypeVar("ClientT", bound="InboxClient")
_AS_LONG_AS_IT_TAKES = 1e9  # seconds; a number that JSON knows


class InboxClient(Protocol):
    """What an export needs of a client: each of the five has it."""

    @property
    def base_url(self) -> str:
        """Where requests go to."""
        ...

    @property
    def identity(self) -> str:
        """A digest of its credential."""
        ...

    @property
    def limits(self) -> Limits:
        """What its credential may do."""
        ...

    @property
    def portable_options(self) -> PortableOptions:
        """What an equal client in another process is given."""
        ...

    @property
    def inbox(self) -> Inbox:
        """Its conversations and messages in neutral structs."""
        ...

    def with_options(self, **options: Unpack[ClientOptions]) -> Self:
        """A copy with other options."""
        ...

    def stats(self) -> Stats:
        """What it did so far."""
        ...


class Source:
    """One account to export.

    All conversations are exported where the API lists them. Else, and where fewer are wanted, give one of `users` (ids of the
    API's), `external_users` (your own ids, Sunshine Conversations) or `conversations` (ids). Each may be long, such as an open
    file with an id on each line: it is read as the run goes on, once.

    `account` names the account in the target. Without it, the app id of Sunshine Conversations and Smooch, or else a digest
    of the credential, tells accounts apart; name it where a credential may be replaced by another one of the same account.

    `inbox` is another one of the same client in place of `client.inbox`, such as `await client.inbox.with_agents()`. Without
    it, calls wait for the client's own limits as long as it takes; with it, as its client's `RetryPolicy` says.

    Raises:
        ExportError: More than one choice was given, one that the API does not have, or none where it needs one; or `inbox` is
            another provider's, or tells participants, which only lists do, while `conversations` are given.
    """

    def __init__(
        self,
        client: InboxClient,
        account: str | None = None,
        *,
        users: Iterable[str] | None = None,
        external_users: Iterable[str] | None = None,
        conversations: Iterable[str] | None = None,
        inbox: Inbox | None = None,
    ) -> None:
        self.client = client if inbox is not None else patient(client)
        self.inbox = self.client.inbox if inbox is None else inbox
        provider = str(client.inbox.provider)
        given = {"users": users, "external_users": external_users, "conversations": conversations}
        chosen: list[tuple[str, Iterable[str] | None]] = [(name, ids) for name, ids in given.items() if ids is not None]
        if len(chosen) > 1:
            raise ExportError(f"give one of {' and '.join(name for name, _ in chosen)}, not both")
        self.selection, self.ids = chosen[0] if chosen else ("all", None)
        self._check(provider)
        self.account = Account(provider, account or _account(client, provider))

    def _check(self, provider: str) -> None:
        able = self.inbox.capabilities
        if self.inbox.provider != provider:
            raise ExportError(f"this inbox is one of {self.inbox.provider}, not of {provider}: give one of the same client")
        if self.selection == "all" and not able.lists_all:
            raise ExportError(
                f"{provider} does not list all conversations: say whose with users=... (--users-from FILE), or which with "
                "conversations=... (--conversations-from FILE)"
            )
        if self.selection in {"users", "external_users"} and not able.lists_by_user:
            raise ExportError(
                f"{provider} does not list by user: leave users out, and all conversations are exported (--users-from "
                "PROVIDER:FILE says whose they are)"
            )
        if self.selection == "external_users" and not able.lists_by_external_user:
            raise ExportError(f"{provider} takes your own ids of users as users=...; leave external_users out")
        if self.selection == "conversations" and "participants" in self.inbox.portable_options:
            raise ExportError(
                "participants come with lists of conversations: say whose with users=... (--users-from FILE) or "
                "external_users=... (--external-users-from FILE), or leave with_participants() (--with-participants) out"
            )

    def __repr__(self) -> str:
        return f"<Source {self.account}, {self.selection}>"


def patient(client: ClientT) -> ClientT:
    """A copy that waits for its own limits as long as they ask, unless its `RetryPolicy` bounds that itself.

    An export may take longer than an hour's quota; a page that is refused instead would be fetched by the next run only.
    """
    retry = client.portable_options.get("retry", RetryPolicy())
    if retry.max_own_wait is not None:
        return client
    return client.with_options(retry=msgspec.structs.replace(retry, max_own_wait=_AS_LONG_AS_IT_TAKES))


def _account(client: InboxClient, provider: str) -> str:
    app_id: str | None = getattr(client, "app_id", None)
    return digest(provider, client.base_url, client.identity if app_id is None else app_id)[:12]
