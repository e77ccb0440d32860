"""What an export tells while it runs, and at its end: counts only, no names and no texts. Pure."""

from __future__ import annotations

from aioconvo.core.json.model import Model

from .batch import Account, Committed
from .completeness import Completeness

__all__ = ["Progress", "SourceCounts", "Summary"]


class SourceCounts(Model):
    """How far one source is, in this run.

    `listed`: conversations that the lists told of; `listing`: whether there may be more of them; `due`: conversations that
    have to be walked, as far as known; `walked`, `failed`: how those ended; `pages` of messages; `messages` as committed:
    new, changed, and seen before; `waited`: seconds in which calls waited for limits, however many at once; `seconds`: of the
    run so far.
    """

    account: Account
    listed: int = 0
    listing: bool = True
    due: int = 0
    walked: int = 0
    failed: int = 0
    pages: int = 0
    messages: Committed = Committed()
    waited: float = 0.0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Messages a second that were looked at."""
        return sum(self.messages) / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """An estimate of the seconds to the end; `None` while the list is still coming, or nothing is done yet."""
        done = self.walked + self.failed
        if self.listing or not done:
            return None
        return self.seconds / done * max(0, self.due - done)


class Progress(Model):
    """How far every source is, in the order they were given."""

    sources: tuple[SourceCounts, ...]
    stopping: bool = False


class Summary(Model):
    """How a run ended: the counts of this run, and what each target (by its name) holds now.

    `complete`: every target holds all that was asked for; a run that was `stopped`, or that left anything out, is not.
    `unknown_members` are members of the APIs' JSON that this version has no field for, such as `convore Message.badge`, which
    `native` has. `warnings` are of what is not wrong but may be meant otherwise.
    """

    sources: tuple[SourceCounts, ...]
    targets: tuple[tuple[str, Completeness], ...]
    stopped: bool
    seconds: float
    warnings: tuple[str, ...] = ()
    unknown_members: tuple[str, ...] = ()

    @property
    def unknowns(self) -> int:
        """How many of the ids that were given the API does not know, in the target that tells of most."""
        return max((held.unknowns for _, held in self.targets), default=0)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.stopped and all(held.complete for _, held in self.targets)
