"""What to do next for each conversation, given what the ledger knows of it and what the list says. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from aioconvo.inbox.models import Message

from .batch import Identity, Step
from .schema import ConversationRow, MessageRow

__all__ = ["Owed", "agree", "fingerprint", "is_due", "new_walk_since", "refreshed_from", "wants_conversation", "wants_message"]


class Owed(NamedTuple):
    """A conversation that is due: where its walk stands, until when the target has all its messages, when it began."""

    id: str
    step: Step
    whole_to: dt.datetime | None = None
    first: dt.datetime | None = None


def fingerprint(row: ConversationRow, *, tells_changes: bool = True) -> str | None:
    """What differs whenever a conversation has new messages; `None` where the list does not tell."""
    told = (row.updated_at, row.last_message_at, row.message_count)
    if not tells_changes or told == (None, None, None):
        return None
    return " ".join("-" if one is None else one.isoformat() if isinstance(one, dt.datetime) else str(one) for one in told)


def is_due(*, listed: str | None, walked: str | None, ended: bool, again: bool) -> bool:
    """Whether a conversation that stands in the list must be walked.

    `listed` and `walked` are fingerprints of now and of when its last walk began, `ended` whether that came to the API's end,
    `again` whether the list is another one than that of the last walk: who is not told of changes has to look each time.
    """
    if not ended:
        return True
    return again if listed is None else listed != walked


def new_walk_since(
    whole_to: dt.datetime | None,
    bound: dt.datetime | None,
    overlap: dt.timedelta,
    *,
    reads_new: bool,
    refreshed_from: dt.datetime | None = None,
    first: dt.datetime | None = None,
) -> dt.datetime | None:
    """From when on a new walk reads: `overlap` before the moment up to which nothing is missing, `whole_to`.

    It is at least what is `refreshed_from`, and never before the export's own `bound`. A conversation whose `first` message is
    to be refreshed is read whole, which tells deletions.
    Where the API cannot give only what is new (`reads_new`), all comes anyway: then all is looked at.
    """
    began_since = refreshed_from is not None and first is not None and first >= refreshed_from
    if whole_to is None or not reads_new or began_since:
        return bound
    try:
        since = whole_to - overlap
    except OverflowError:
        return bound
    since = since if refreshed_from is None else min(since, refreshed_from)
    return since if bound is None else max(since, bound)


def refreshed_from(now: dt.datetime, time: dt.timedelta) -> dt.datetime:
    """So long before now, but not before 1970, from when APIs count."""
    beginning = dt.datetime.fromtimestamp(0, dt.UTC)
    try:
        return max(beginning, now - time)
    except OverflowError:
        return beginning


def agree(steps: Sequence[Step]) -> Step:
    """Where the walk for several targets begins: at the oldest position of one and the same walk, else anew."""
    first = min(steps, key=lambda step: step.pages)
    return first if len({step.walk for step in steps}) == 1 else Step()


def wants_conversation(row: ConversationRow, identity: Identity) -> bool:
    """Whether a listed conversation can hold what is wanted."""
    if identity.since is not None and row.last_message_at is not None and row.last_message_at < identity.since:
        return False
    if identity.until is not None and row.created_at is not None and row.created_at >= identity.until:
        return False
    channels = bytes(row.channels)
    if identity.channel is None or channels == b"[]":
        return True
    return identity.channel in msgspec.json.decode(channels, type=list[str])


def wants_message(message: Message | MessageRow, identity: Identity) -> bool:
    """Whether a message of a wanted conversation is wanted: the time is the walk's to keep, the channel counts where told."""
    return identity.channel is None or message.channel is None or message.channel == identity.channel
