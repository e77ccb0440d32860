"""Runs an export on this machine: lists -> conversations -> pages of messages -> targets, with bounded queues in between.

Every page is committed together with the position after it, so a run that ends, in whatever way, is gone on with by the next
one. Nothing is kept in memory for longer than it takes to commit it: what is due stands in the targets' ledgers.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import itertools
import os
import time
import uuid
from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine, Generator, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

import anyio
import anyio.to_thread
import msgspec
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from aioconvo.export.targets.sinks import Sink, Target
from aioconvo.inbox.models import Conversation
from aioconvo.inbox.walk import Span
from aioconvo.providers import Provider

from . import plan
from .batch import Account, Batch, Committed, Identity, Step
from .errors import ExportError
from .partition import Job, ListJob, Write, run_partition, walk_list
from .plan import Owed
from .progress import Progress, SourceCounts, Summary
from .run_targets import Targets
from .schema import ConversationRow, conversation_row
from .source import Source

__all__ = ["Engine", "Exporter"]

_GROUP = 5_000  # messages in one commit, at most about
_WAITING = 32  # pages that wait for the writer
_FED = 500  # ids that are read, or given out, at a time
_MOST_UNKNOWN = 1_000  # names of members; the keys of a mapping may be such
_DUE = 300  # conversations that wait to be walked, so that nobody waits for the next page of a list
# What no other conversation of the source would answer differently: asking on would only repeat it.
_REFUSALS = frozenset({"AuthenticationError", "ConfigurationError", "PaymentRequiredError", "PoolClosedError"})
T = TypeVar("T")
_Jobs: TypeAlias = MemoryObjectSendStream[Job]


class Engine(Protocol):
    """Walks conversations on other machines."""

    async def walk(
        self,
        source: Source,
        jobs: AsyncIterable[Job],
        write: Write,
        identity: Identity,
        *,
        concurrency: int,
        stopping: Callable[[], bool],
    ) -> None:
        """What `run_partition` does here."""
        ...

    def waited(self, account: Account) -> float:
        """Seconds in which calls for this account waited for limits there."""
        ...


class Exporter:
    """Exports sources to targets: everything the first time, what is new or changed after that.

    `since` (inclusive) and `until` (exclusive) bound when messages were sent, `channel` by what they travelled. `concurrency`
    is the pages of one source that are asked for at a time, beside one of the list of a whole account, which is read ahead.
    `overlap` is how far before the newest message a later run looks again. With `refresh`, a later run asks once more for all
    messages of that time before now, also where the list calls a conversation unchanged: for what was edited, delivered, read
    or deleted since. `fresh` deletes what the targets hold. `on_progress` is called in the event loop, after each commit.
    `engine` walks conversations elsewhere than here, lists and targets stay.

    Raises:
        ExportError: An argument is wrong, or two sources are the same account.
    """

    def __init__(
        self,
        sources: Source | Sequence[Source],
        targets: Target | Sequence[Target],
        *,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        channel: str | None = None,
        concurrency: int = 32,
        overlap: dt.timedelta = dt.timedelta(hours=1),
        refresh: dt.timedelta | None = None,
        fresh: bool = False,
        on_progress: Callable[[Progress], None] | None = None,
        engine: Engine | None = None,
    ) -> None:
        given = [sources] if isinstance(sources, Source) else list(sources)
        self._targets = Targets([targets] if isinstance(targets, str | os.PathLike | Sink) else list(targets))
        if not given:
            raise ExportError("give at least one source")
        if len({source.account for source in given}) < len(given):
            raise ExportError("two sources are the same account; give each its own account=... name")
        if concurrency < 1:
            raise ExportError(f"concurrency must be 1 or more; got {concurrency}")
        if overlap < dt.timedelta() or (refresh is not None and refresh < dt.timedelta()):
            raise ExportError("overlap and refresh must not be negative")
        span = Span.between(since, until)
        self._identity = Identity(
            accounts=tuple((source.account, source.selection) for source in given),
            since=span.since,
            until=span.until,
            channel=channel,
            knowing=tuple((source.account, option) for source in given for option in source.inbox.portable_options),
        )
        self.concurrency = concurrency
        self._sources = given
        self._flows: list[_Flow] = []
        self.overlap = overlap
        self.refreshed_from = None if refresh is None else plan.refreshed_from(dt.datetime.now(dt.UTC), refresh)
        self._fresh = fresh
        self._on_progress = on_progress
        self.engine = engine
        self.stopping = False

    def stop(self) -> None:
        """Ask for no more pages; those under way are committed, and `run` returns. Another exporter goes on from there."""
        self.stopping = True

    async def run(self) -> Summary:
        """Export. The next run, of this or of another exporter with the same arguments, goes on, or brings what is new.

        A conversation or list that fails is noted in the targets and in the summary, and does not end the run; the next one
        tries it again.

        Raises:
            ExportError: A target holds another export, or cannot be written; what was committed is intact.
        """
        began = time.monotonic()
        self._flows = [_Flow(source, self, self._targets, self._identity) for source in self._sources]
        try:
            await self._targets.open(self._identity, fresh=self._fresh)
            with _one_error():
                async with anyio.create_task_group() as group:
                    for flow in self._flows:
                        group.start_soon(flow.run, began)
            held = await self._targets.look()
        finally:
            with anyio.CancelScope(shield=True):
                await self._targets.close()
        counts = tuple(flow.counts for flow in self._flows)
        seconds = time.monotonic() - began
        warnings = () if self.stopping else self._identity.warnings({one for _, each in held for one in each.empty})
        unknown = {f"{flow.counts.account.provider} {name}" for flow in self._flows for name in flow.unknown}
        return Summary(
            sources=counts,
            targets=held,
            stopped=self.stopping,
            seconds=seconds,
            warnings=warnings,
            unknown_members=tuple(sorted(unknown)),
        )

    def tell(self) -> None:
        """Tell how far it is."""
        if self._on_progress is not None:
            self._on_progress(Progress(sources=tuple(flow.counts for flow in self._flows), stopping=self.stopping))


class _Flow:
    """One source's way into the targets."""

    def __init__(self, source: Source, exporter: Exporter, targets: Targets, identity: Identity) -> None:
        self.counts = SourceCounts(account=source.account)
        self.unknown: set[str] = set()
        self._source = source
        self._targets = targets
        self._identity = identity
        self._exporter = exporter
        self._began = self._waited_before = 0.0
        self._refused = False
        self._turns = anyio.Semaphore(exporter.concurrency, fast_acquire=True)
        self._walks = map(f"{uuid.uuid4().hex[:12]}.{{}}".format, itertools.count(1))

    async def run(self, began: float) -> None:
        """Go through what is due."""
        self._began = began
        self._waited_before = self._waited()
        account = self._source.account
        await self._targets.begin_round(account)
        if self._exporter.refreshed_from is not None:
            await self._targets.look_again(account, self._exporter.refreshed_from)
        await self._feed()
        await self._walk_all(self._list_all)
        self.counts = msgspec.structs.replace(self.counts, listing=False)
        while not self._stopping() and (first := await self._targets.owed(account)):
            await self._walk_all(functools.partial(self._give_left, first))
        if not self._stopping():
            await self._targets.end_round(account)
        self._exporter.tell()

    def _waited(self) -> float:
        engine = self._exporter.engine
        return self._source.client.stats().limited_for + (0.0 if engine is None else engine.waited(self._source.account))

    def _stopping(self) -> bool:
        return self._exporter.stopping or self._refused

    async def _feed(self) -> None:
        """Note in the ledgers what to look at: the whole list, each user's, or the conversations that were named."""
        account, ids = self._source.account, _ids(self._source.ids or ())
        if self._source.selection == "all":
            await self._targets.feed_lists(account, [""])
            return
        # Ids may take their time: who writes does not wait for them.
        while not self._stopping() and (some := await anyio.to_thread.run_sync(_next, ids)):
            if self._source.selection == "conversations":
                rows = tuple(_named(account, one) for one in some)
                await self._targets.commit([Batch(account=account, step=Step(), conversations=rows)])
            else:
                await self._targets.feed_lists(account, some)

    async def _walk_all(self, give: Callable[[_Jobs], Coroutine[Any, Any, None]]) -> None:
        """Walk the conversations that `give` sends, and return when all their pages are committed."""
        jobs, walked = anyio.create_memory_object_stream[Job](_DUE)
        pages, committed = anyio.create_memory_object_stream[Batch](_WAITING)
        async with anyio.create_task_group() as group, pages, walked:
            group.start_soon(self._write, committed)
            group.start_soon(give, jobs)
            await self._walk(_each(walked), functools.partial(send_page, pages))

    async def _walk(self, jobs: AsyncIterable[Job], write: Write) -> None:
        concurrency, engine = self._exporter.concurrency, self._exporter.engine
        if engine is None:
            await run_partition(
                self._source.inbox,
                jobs,
                write,
                self._identity,
                concurrency=concurrency,
                stopping=self._stopping,
                turns=self._turns,
            )
        else:
            await engine.walk(self._source, jobs, write, self._identity, concurrency=concurrency, stopping=self._stopping)

    async def _write(self, pages: MemoryObjectReceiveStream[Batch]) -> None:
        async with pages:
            async for group in _groups(pages, lambda batch: len(batch.messages), _GROUP):
                self._count(group, await self._targets.commit(group))

    def _count(self, group: Sequence[Batch], committed: Committed) -> None:
        known = self.counts
        walks = [one.step for one in group if one.conversation is not None]
        if len(self.unknown) < _MOST_UNKNOWN:
            self.unknown.update(name for one in group for name in one.unknown)
        self._refused = self._refused or any(one.step.fault and one.step.fault.type in _REFUSALS for one in group)
        self.counts = msgspec.structs.replace(
            known,
            listed=known.listed + sum(len(one.conversations) for one in group),
            due=known.due + sum(one.user is not None and one.conversation is not None for one in group),
            walked=known.walked + sum(step.ended for step in walks),
            failed=known.failed + sum(step.fault is not None for step in walks),
            pages=known.pages + sum(step.fault is None for step in walks),
            messages=known.messages.plus(committed),
            waited=self._waited() - self._waited_before,
            seconds=time.monotonic() - self._began,
        )
        self._exporter.tell()

    async def _write_listed(self, pages: MemoryObjectReceiveStream[Batch], jobs: _Jobs) -> None:
        """Commit pages of lists, and give out what is due of them."""
        account = self._source.account
        async with pages:
            async for group in _groups(pages, lambda batch: max(len(batch.conversations), len(batch.messages) // 10), _FED):
                ids = [row.conversation_id for one in group for row in one.conversations]
                committed, found = await self._targets.commit_listed(group, account, ids[:_FED])
                self._count(group, committed)
                await self._give(jobs, found)
                for first in range(_FED, len(ids), _FED):
                    if not self._stopping():
                        await self._give(jobs, await self._targets.owed(account, ids[first : first + _FED]))

    async def _list_all(self, jobs: _Jobs) -> None:
        """Walk the lists that are due, and give out the conversations that are, each page once it is committed."""
        at_once = 1 if self._source.selection == "all" else self._exporter.concurrency
        lists, walked = anyio.create_memory_object_stream[ListJob]()
        pages, committed = anyio.create_memory_object_stream[Batch](_WAITING)
        async with jobs, anyio.create_task_group() as group, lists:
            group.start_soon(self._write_listed, committed, jobs)
            for _ in range(at_once):
                group.start_soon(self._list_some, walked.clone(), pages.clone())
            walked.close()
            pages.close()
            while not self._stopping() and (found := await self._targets.owed_lists(self._source.account, count=_FED)):
                for user, steps in found:
                    step = self._begun(plan.agree(steps))
                    await lists.send(
                        ListJob(account=self._source.account, user=user, argument=self._source.selection, step=step)
                    )

    async def _list_some(self, lists: MemoryObjectReceiveStream[ListJob], pages: MemoryObjectSendStream[Batch]) -> None:
        write = functools.partial(send_page, pages)
        async with lists, pages:
            async for job in lists:
                if not self._stopping():
                    await walk_list(self._source.inbox, job, write, self._identity, stopping=self._stopping, turns=self._turns)

    async def _give_left(self, first: list[list[Owed]], jobs: _Jobs) -> None:
        """Give out the conversations that are due and that no list of this run told of: of a run before, or named ones."""
        async with jobs:
            found = first
            while found and not self._stopping():
                await self._give(jobs, found)
                found = await self._targets.owed(self._source.account)

    async def _give(self, jobs: _Jobs, found: list[list[Owed]]) -> None:
        for owed in found:
            if self._stopping():
                return
            self.counts = msgspec.structs.replace(self.counts, due=self.counts.due + 1)
            # Who walks has ended already: because it was told to stop, or with an error that it raises itself.
            with contextlib.suppress(anyio.BrokenResourceError):
                await _send(jobs, self._job(owed))

    def _job(self, owed: list[Owed]) -> Job:
        step = plan.agree([one.step for one in owed])
        if not step.walk:
            bounds = [
                plan.new_walk_since(
                    one.whole_to,
                    self._identity.since,
                    self._exporter.overlap,
                    reads_new=self._source.inbox.capabilities.reads_new_messages,
                    refreshed_from=self._exporter.refreshed_from,
                    first=one.first,
                )
                for one in owed
            ]
            step = self._begun(Step(since=None if None in bounds else min(filter(None, bounds))))
        return Job(account=self._source.account, conversation=owed[0].id, step=step)

    def _begun(self, step: Step) -> Step:
        return step if step.walk else msgspec.structs.replace(step, walk=next(self._walks))


async def _groups(
    pages: MemoryObjectReceiveStream[Batch], size: Callable[[Batch], int], most: int
) -> AsyncIterator[list[Batch]]:
    """What comes, each time all that has come meanwhile, until it is about `most` items."""
    async for first in pages:
        group, held = [first], size(first)
        with contextlib.suppress(anyio.WouldBlock, anyio.EndOfStream):
            while held < most:
                group.append(pages.receive_nowait())
                held += size(group[-1])
        yield group


async def _send(stream: MemoryObjectSendStream[T], item: T) -> None:
    """`stream.send`, which lets every other task run first, only where the stream is full: walks wait often enough."""
    try:
        stream.send_nowait(item)
    except anyio.WouldBlock:
        await stream.send(item)


async def send_page(pages: MemoryObjectSendStream[Batch], page: Batch) -> None:
    """Give a page to who writes. Where that one failed or was cancelled, so is this at once, and the cause is told."""
    try:
        await _send(pages, page)
    except anyio.BrokenResourceError:
        await anyio.sleep_forever()


async def _each(stream: MemoryObjectReceiveStream[T]) -> AsyncIterator[T]:
    """What comes, without letting every other task run before what is there already."""
    with contextlib.suppress(anyio.EndOfStream):
        while True:
            try:
                item = stream.receive_nowait()
            except anyio.WouldBlock:
                item = await stream.receive()
            yield item


def _ids(given: Iterable[str]) -> Iterator[str]:
    """Ids as they stand on lines, without empty ones."""
    return filter(None, (line.strip() for line in given))


def _next(ids: Iterator[str]) -> list[str]:
    return list(itertools.islice(ids, _FED))


def _named(account: Account, one: str) -> ConversationRow:
    return conversation_row(Conversation(provider=Provider(account.provider), id=one, native=None), account.name)


@contextlib.contextmanager
def _one_error() -> Generator[None]:
    """The first error of a group, by itself: who calls catches `ExportError`, not a group of them."""
    try:
        yield
    except BaseExceptionGroup as group:  # pyright: ignore[reportUnknownVariableType] -- of whatever
        raise _first(group) from None  # pyright: ignore[reportUnknownArgumentType] -- as above


def _first(error: BaseException) -> BaseException:
    inner: Sequence[BaseException] = getattr(error, "exceptions", ())
    return _first(inner[0]) if inner else error
