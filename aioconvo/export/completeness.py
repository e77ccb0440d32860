"""Whether a target holds all that was asked for: per conversation and in all. Pure; `verify` reads the ledger for it."""

from __future__ import annotations

import contextlib
import datetime as dt
import enum
import os
from collections import Counter
from collections.abc import Generator, Iterable, Iterator

import msgspec

from aioconvo.core.json.model import Model
from aioconvo.export.ledger.ledger import Ledger, State
from aioconvo.export.targets.census import Damage
from aioconvo.export.targets.sinks import Sink, open_sink

from .batch import Account, Fault
from .errors import target_errors

__all__ = [
    "Completeness",
    "ConversationState",
    "UnfinishedList",
    "Unknown",
    "Verdict",
    "conversation_states",
    "judge",
    "judged",
    "look",
    "verify",
]

_MOST_NAMED = 1000
_NO_DAMAGE = Damage()
_UNKNOWN = frozenset({"NotFoundError", "GoneError"})


class Verdict(enum.StrEnum):
    """How a conversation stands.

    `COMPLETE`: walked to the API's end, with at least as many messages as the API says there are; `SHORT`: walked, but with
    fewer; `UNFINISHED`: not walked to the end yet, or changed since; `FAILED`: the last try ended with an error; `GONE`: the
    API does not know it, nor does any list or file name it any more: what came before is kept, and nothing is missing;
    `UNKNOWN`: a file names it, and the API never knew it; `LOST`: messages of it that the target held are gone or damaged.
    """

    COMPLETE = "complete"
    SHORT = "short"
    UNFINISHED = "unfinished"
    FAILED = "failed"
    GONE = "gone"
    UNKNOWN = "unknown"
    LOST = "lost"

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return self in {Verdict.COMPLETE, Verdict.GONE, Verdict.UNKNOWN}


class ConversationState(Model):
    """One conversation in a target: `messages` it holds, `told` by the API where it tells, `gap` how many are then missing.

    `deleted` of the messages are those whose deletion at the source was noticed, `lost` those that the target held once.
    `first` and `last` are when its oldest and newest message were sent; `reached_end`: a walk came to the API's end.
    """

    account: Account
    id: str
    verdict: Verdict
    messages: int
    told: int | None
    gap: int
    first: dt.datetime | None
    last: dt.datetime | None
    reached_end: bool
    fault: Fault | None
    deleted: int = 0
    lost: int = 0


class UnfinishedList(Model):
    """A list of conversations that was not walked to its end: of the whole account, or of a `user`."""

    account: Account
    user: str
    fault: Fault | None


class Unknown(Model):
    """A `user` or a `conversation` that a file names and the API does not know."""

    account: Account
    user: str | None = None
    conversation: str | None = None


class Completeness(Model):
    """What a target holds: counts of conversations by verdict, of messages, and what is missing.

    `incomplete` and `lists` name what is not complete, the first 1,000 of each; `lists_unfinished` counts them all. `unknown`
    names in the same way what a file names and the API does not know: nothing is missing of that. `damage` says in words
    what of the data is not as it was written, `written_at` when the last run that ended wrote it. `as_of` is when the oldest of
    its accounts was last gone through, `running`: an export is writing to it, and the data was not looked at. `empty` are
    accounts of which it holds no message.
    """

    conversations: int
    messages: int
    verdicts: dict[Verdict, int]
    incomplete: tuple[ConversationState, ...]
    lists: tuple[UnfinishedList, ...]
    lists_unfinished: int
    rounds_open: bool
    unknown: tuple[Unknown, ...] = ()
    unknowns: int = 0
    damage: tuple[str, ...] = ()
    written_at: dt.datetime | None = None
    as_of: dt.datetime | None = None
    running: bool = False
    empty: tuple[Account, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every list and every conversation is."""
        return not (self.short or self.lists_unfinished or self.rounds_open or self.damage)

    @property
    def short(self) -> int:
        """How many conversations are not."""
        return sum(count for verdict, count in self.verdicts.items() if not verdict.whole)


def judged(state: State, *, bounded: bool, lost: int = 0) -> ConversationState:
    """The state with its verdict; where the export is `bounded` in time or channel, the API's own count tells nothing.

    `lost` are messages that the target's data lacks.
    """
    told = None if bounded else state.told
    messages = state.messages - lost
    gap = max(lost, (told or 0) - (messages - state.deleted))
    if lost:
        verdict = Verdict.LOST
    elif state.fault is not None and state.due and state.named and not state.messages and state.fault.type in _UNKNOWN:
        verdict = Verdict.UNKNOWN
    elif state.fault is not None:
        verdict = Verdict.FAILED if state.due else Verdict.GONE
    elif state.due or not state.ended:
        verdict = Verdict.UNFINISHED
    else:
        verdict = Verdict.SHORT if gap else Verdict.COMPLETE
    return ConversationState(
        account=state.account,
        id=state.id,
        verdict=verdict,
        messages=messages,
        told=told,
        gap=gap,
        first=state.first,
        last=state.last,
        reached_end=state.ended,
        fault=state.fault,
        deleted=state.deleted,
        lost=lost,
    )


def judge(states: Iterable[ConversationState], lists: Iterable[UnfinishedList], *, rounds_open: bool) -> Completeness:
    """All conversations together; they are looked at one at a time."""
    verdicts: Counter[Verdict] = Counter()
    messages = 0
    incomplete: list[ConversationState] = []
    unknown: list[Unknown] = []
    for state in states:
        verdicts[state.verdict] += 1
        messages += state.messages
        if not state.verdict.whole and len(incomplete) < _MOST_NAMED:
            incomplete.append(state)
        if state.verdict is Verdict.UNKNOWN and len(unknown) < _MOST_NAMED:
            unknown.append(Unknown(account=state.account, conversation=state.id))
    unfinished: list[UnfinishedList] = []
    count = unknown_users = 0
    for one in lists:
        if one.user and one.fault is not None and one.fault.type in _UNKNOWN:
            unknown_users += 1
            if len(unknown) < _MOST_NAMED:
                unknown.append(Unknown(account=one.account, user=one.user))
            continue
        count += 1
        if len(unfinished) < _MOST_NAMED:
            unfinished.append(one)
    return Completeness(
        conversations=verdicts.total(),
        messages=messages,
        verdicts=dict(verdicts),
        incomplete=tuple(incomplete),
        lists=tuple(unfinished),
        lists_unfinished=count,
        rounds_open=rounds_open,
        unknown=tuple(unknown),
        unknowns=unknown_users + verdicts[Verdict.UNKNOWN],
    )


def look(ledger: Ledger, damage: Damage = _NO_DAMAGE) -> Completeness:
    """What the target of an open ledger holds, where its data has this `damage`."""
    bounded = ledger.identity.bounded
    held = judge(
        (judged(state, bounded=bounded, lost=damage.lost.get(state.number, 0)) for state in ledger.states()),
        (UnfinishedList(account=account, user=user, fault=fault) for account, user, fault in ledger.open_lists()),
        rounds_open=any(ledger.sources().values()),
    )
    return msgspec.structs.replace(
        held, as_of=ledger.as_of(), written_at=ledger.written_at, damage=tuple(damage.words), empty=ledger.empty()
    )


def verify(target: str | os.PathLike[str], *, deep: bool = False) -> Completeness:
    """What a target holds and what is missing: its ledger is asked, and its data compared with it; blocks.

    Sizes and counts of the data are compared; `deep`: all of it is read. Where the last run was killed before it had finished
    the target's files, its round counts as open. While an export is writing, its ledger alone is asked.

    Raises:
        ExportError: There is no such target.
    """
    with _load(target) as (sink, ledger):
        running = sink.ledger.is_running
        held = look(ledger, _NO_DAMAGE if running else sink.damage(deep=deep))
        return msgspec.structs.replace(held, rounds_open=held.rounds_open or ledger.unfinished, running=running)


def conversation_states(target: str | os.PathLike[str], *, deep: bool = False) -> Iterator[ConversationState]:
    """Every conversation of a target, one at a time, in the order they were first listed; blocks. As `verify` otherwise."""
    with _load(target) as (sink, ledger):
        damage = _NO_DAMAGE if sink.ledger.is_running else sink.damage(deep=deep)
        bounded = ledger.identity.bounded
        for state in ledger.states():
            yield judged(state, bounded=bounded, lost=damage.lost.get(state.number, 0))


@contextlib.contextmanager
def _load(target: str | os.PathLike[str]) -> Generator[tuple[Sink, Ledger]]:
    sink = open_sink(target)
    with target_errors(target), sink.ledger.reading() as ledger:
        yield sink, ledger
