"""What the pages of one conversation bring, given what the ledger knows of it: what is new, its rank, what is back. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from aioconvo.export.batch import Account, Batch, Mark
from aioconvo.export.schema import MessageLines, ranked

from .ranks import Span, placed
from .times import to_text

__all__ = ["Arrivals", "Held", "Known", "Look", "arrived"]

Known: TypeAlias = Mapping[str, tuple[bytes, int, int, str | None]]  # by id: digest, part, rank, when its deletion was noticed
_UNKNOWN = (b"", 0, 0, None)


class Look(NamedTuple):
    """What a run's look at a source may conclude: in which `run`, at what moment, and nothing about deletions if `bounded`."""

    run: int
    now: str
    bounded: bool


class Held(NamedTuple):
    """A conversation as the ledger has it: its number, messages, the walk it is in and where that stands."""

    number: int
    messages: int
    walk: str
    span: Span
    seeing: int


class Arrivals(NamedTuple):
    """What came of one conversation.

    `lines` are those that are new or different, with their `ranks`; `older` has the part that holds the old row of those that
    are different. `back` were thought to be deleted. `span` and `seeing` are as they are now; `anew`: another walk began, what
    was `seen` counts from there on; `ended`: a walk that tells deletions came to its end.
    """

    number: int
    account: Account
    conversation: str
    lines: MessageLines
    ranks: list[int]
    older: list[tuple[int, bytes]]
    back: list[Mark]
    total: int
    span: Span
    seeing: int
    seen: list[str]
    anew: bool
    ended: bool
    came: bool

    def rows(self) -> list[bytes]:
        """The encoded rows that the target has to write."""
        return [ranked(row, rank) for row, rank in zip(self.lines.rows, self.ranks, strict=True)]

    def period(self) -> tuple[str | None, str | None]:
        """When the oldest and the newest of what is new or different were sent."""
        sent: list[dt.datetime] = [when for when in self.lines.sent_at if when is not None]
        return (to_text(min(sent)), to_text(max(sent))) if sent else (None, None)


class _Walk:
    """Where the walk of one conversation stands, page by page, and the ranks of what it brings."""

    def __init__(self, held: Held, known: Known, look: Look, near: Callable[[int, bool], int | None]) -> None:
        self.span, self.seeing = held.span, held.seeing
        self.ranks = {one: rank for one, (_, _, rank, _) in known.items()}
        self.seen: list[str] = []
        self.anew = self.ended = False
        self._walk, self._look, self._near = held.walk, look, near
        self._is_new = not held.messages

    def take(self, batch: Batch) -> None:
        """Follow the walk over one page; a fault leaves it where it stood."""
        step, run = batch.step, self._look.run
        if step.fault is not None:
            return
        begins = step.pages <= 1 and step.walk != self._walk
        if begins:
            self._walk, self.span, self.anew = step.walk, self.span._replace(edge=None), True
            self.seeing = 0 if step.since is not None or self._is_new or self._look.bounded else run
            self.seen.clear()
        follows = step.walk == self._walk
        if not follows:
            self.span = self.span._replace(edge=None)
        ids = list(dict.fromkeys(reversed(batch.messages.ids)))[::-1]  # of one that comes twice the last counts
        ranks, self.span = placed(
            [self.ranks.get(one) for one in ids],
            self.span,
            downward=batch.downward and not (begins and step.ended),
            first=begins and step.since is None,
            near=self._near,
        )
        self.ranks.update(zip(ids, ranks, strict=True))
        if follows and self.seeing == run:
            self.seen += ids
        if follows and step.ended:
            self.ended = self.seeing == run
            self._walk, self.span = "", self.span._replace(edge=None)


def arrived(
    held: Held, batches: Sequence[Batch], known: Known, look: Look, near: Callable[[int, bool], int | None]
) -> Arrivals:
    """What these pages of one conversation bring, in the order they came; `near` as for `ranks.placed`."""
    walk = _Walk(held, known, look, near)
    for batch in batches:
        walk.take(batch)
    lines = MessageLines.joined([batch.messages for batch in batches])
    if known:
        told = enumerate(zip(lines.ids, lines.digests, strict=True))
        changed = lines.at([place for place, (one, now) in told if known.get(one, _UNKNOWN)[0] != now])
    else:
        changed = lines
    account, conversation = batches[0].account, str(batches[0].conversation)
    ranks = [walk.ranks[one] for one in changed.ids]
    places = zip(changed.ids, changed.rows, ranks, strict=True)
    back = [one for one in lines.ids if known.get(one, _UNKNOWN)[3] is not None]
    return Arrivals(
        number=held.number,
        account=account,
        conversation=conversation,
        lines=changed,
        ranks=ranks,
        older=[(known[one][1], ranked(row, rank)) for one, row, rank in places if one in known],
        back=[Mark(known[one][1], *account, conversation, one, None) for one in back],
        total=sum(len(batch.messages) for batch in batches),
        span=walk.span,
        seeing=0 if walk.ended else walk.seeing,
        seen=walk.seen,
        anew=walk.anew,
        ended=walk.ended,
        came=any(batch.user is not None for batch in batches),
    )
