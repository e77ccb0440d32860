"""What a bot of one process keeps in a file, so that it outlives the process."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias, TypeVar

from aioconvo.core.access import settings
from aioconvo.core.errors import ConfigurationError, StoreError, StoreFullError

from .beside import Beside
from .journal import REMEMBERS, Journal
from .store import Again, Claim, Counts, DeadLetter, Entry, Outcome

__all__ = ["SqliteStore"]

_GATHERED = 0.002  # seconds that the first of a group waits for others, to be written to the disk with them
_GROUP = 256
_PAGE = 1_000

T = TypeVar("T")
_Work: TypeAlias = Callable[[Journal], T]
_Group: TypeAlias = list[tuple[_Work[Any], "asyncio.Future[Any]"]]


class SqliteStore:
    """Keeps a bot's events, its state and its outbox in an SQLite file, for one process: what is accepted outlives it.

    What comes within 2 ms is written to the disk together. The file can be read by its owner only. Bodies of handled events
    are deleted, those of dead letters after 30 days.

    Args:
        path: A file on a local disk, made when it is missing.
        max_waiting: Events that may wait in all; more are refused, and their sender tries again.
        max_waiting_in_lane: Events of one conversation that may wait.

    Raises:
        ConfigurationError: From `open`: another process has the file, it cannot be used, or is of a later version.
    """

    durable = True
    shared = False
    lease = math.inf
    remembers = REMEMBERS

    def __init__(self, path: str | os.PathLike[str], *, max_waiting: int = 10_000, max_waiting_in_lane: int = 1_000) -> None:
        settings.kind("path", path, (str, os.PathLike), "the path of a file")
        settings.count("max_waiting", max_waiting, least=1)
        settings.count("max_waiting_in_lane", max_waiting_in_lane, least=1)
        self.max_waiting = max_waiting
        self._path = os.fspath(path)
        if self._path in {"", ":memory:"}:
            raise ConfigurationError("SqliteStore needs the path of a file; MemoryStore keeps events in memory")
        self._bounds = (max_waiting, max_waiting_in_lane)
        self._journal: Journal | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._group: _Group = []
        self._next_due: float | None = None
        self._changed = asyncio.Event()
        self._errands: set[asyncio.Future[None]] = set()

    async def open(self, *, now: float) -> None:  # noqa: ARG002 -- others need it
        """See `Store`."""
        if self._thread is not None:
            return
        self._changed = asyncio.Event()  # a store may serve one event loop after the other
        thread = ThreadPoolExecutor(1, "aioconvo bot store")
        loop = asyncio.get_running_loop()
        try:
            journal = await loop.run_in_executor(thread, Journal, self._path, *self._bounds)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        self._thread, self._journal, self._next_due = thread, journal, journal.lanes.next_due()

    async def aclose(self) -> None:
        """See `Store`."""
        thread, journal = self._thread, self._journal
        if thread is None or journal is None:
            return
        self._write(thread, journal)
        self._thread = self._journal = None
        await asyncio.get_running_loop().run_in_executor(thread, journal.close)
        thread.shutdown(wait=False)

    async def _do(self, work: _Work[T]) -> T:
        """Have it done in the thread, with others in one transaction; it is on the disk then."""
        if self._thread is None:
            raise StoreError("this SqliteStore is not open")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._group.append((work, done))
        if len(self._group) == 1:
            loop.call_later(_GATHERED, self._write_group, self._group)
        elif len(self._group) == _GROUP:
            self._write_group(self._group)
        return await done

    def _write_group(self, group: _Group) -> None:
        if group is self._group and self._thread is not None and self._journal is not None:
            self._write(self._thread, self._journal)

    def _write(self, thread: ThreadPoolExecutor, journal: Journal) -> None:
        group, self._group = self._group, []
        if group:
            loop = asyncio.get_running_loop()

            def tell(answers: Sequence[Any], next_due: float | None) -> None:
                loop.call_soon_threadsafe(self._tell, group, answers, next_due)

            thread.submit(_written, journal, group, tell)

    def _tell(self, group: _Group, answers: Sequence[Any], next_due: float | None) -> None:
        self._next_due = next_due
        for (_, done), answer in zip(group, answers, strict=True):
            if done.done():
                continue
            if isinstance(answer, Exception):
                done.set_exception(answer)
            else:
                done.set_result(answer)

    async def accept(self, entries: Sequence[Entry], *, now: float) -> int:
        """See `Store`."""
        return await self._change(lambda journal: journal.accept(entries, now))

    async def _change(self, work: _Work[T]) -> T:
        try:
            return await self._do(work)
        finally:
            self._changed.set()

    async def claim(self, most: int, *, now: float) -> Sequence[Claim]:
        """See `Store`."""
        self._changed.clear()
        claiming = asyncio.ensure_future(self._do(lambda journal: journal.claim(most, now)))
        try:
            return await asyncio.shield(claiming)
        except asyncio.CancelledError:
            if not claiming.done() or not claiming.cancelled():
                self._errands.add(errand := asyncio.ensure_future(self._give_back(claiming, now)))
                errand.add_done_callback(self._errands.discard)
            raise

    async def _give_back(self, claiming: asyncio.Future[list[Claim]], now: float) -> None:
        """Let be claimed again what was claimed for somebody who is gone."""
        with contextlib.suppress(StoreError):
            for claim in await claiming:
                await self.finish(claim, Again(due=now, counts=False), now=now)

    async def next_due(self, *, now: float) -> float | None:  # noqa: ARG002 -- others need it
        """See `Store`."""
        return self._next_due

    async def changed(self) -> None:
        """See `Store`."""
        await self._changed.wait()

    async def finish(self, claim: Claim, outcome: Outcome, *, now: float) -> bool:
        """See `Store`."""
        return await self._change(lambda journal: journal.finish(claim, outcome, now))

    async def renew(self, claims: Sequence[Claim], *, now: float) -> Sequence[Claim]:  # noqa: ARG002 -- others need it
        """See `Store`; with one process no claim runs out."""
        return await self._do(lambda journal: journal.run_out(claims))

    async def begin_reply(self, claim: Claim, number: int, *, now: float) -> bool:
        """See `Store`."""
        return await self._do(lambda journal: journal.begin_reply(claim, number, now))

    async def end_reply(self, claim: Claim, number: int, message_id: str | None, *, now: float) -> None:
        """See `Store`."""
        await self._do(lambda journal: journal.end_reply(claim, number, message_id, now))

    async def hold(self, name: str, *, now: float, seconds: float) -> bool:  # noqa: ARG002 -- others need it
        """See `Store`; there is one process only."""
        return True

    async def let_go(self, name: str) -> None:
        """See `Store`."""

    async def position(self, name: str) -> str | None:
        """See `Store`."""
        return await self._do(lambda journal: journal.position(name))

    async def keep_position(self, name: str, position: str, *, now: float) -> None:  # noqa: ARG002 -- others need it
        """See `Store`."""
        await self._do(lambda journal: journal.keep_position(name, position))

    async def seen(self, account: str, *, since: float) -> AsyncIterator[str]:
        """See `Store`; lanes without a state are known for 30 days."""
        waiting = await self._do(lambda journal: journal.waiting(account, since))
        last = ""
        while True:
            after = last
            lanes = await self._do(lambda journal: journal.seen(account, since, after, _PAGE))  # noqa: B023 -- it is awaited
            for last in lanes:
                waiting.discard(last)
                yield last
            if len(lanes) < _PAGE:
                break
        for lane in sorted(waiting):
            yield lane

    async def counts(self, *, now: float) -> Counts:  # noqa: ARG002 -- others need it
        """See `Store`."""
        return await self._do(Journal.counts)

    async def dead(self, most: int = 100) -> Sequence[DeadLetter]:
        """See `Store`."""
        return await self._do(lambda journal: journal.dead(most))

    async def replay(self, key: str, *, now: float) -> bool:
        """See `Store`."""
        return await self._change(lambda journal: journal.replay(key, now))

    async def prune(self, *, now: float) -> None:
        """See `Store`."""
        while await self._do(lambda journal: journal.prune(now)):
            pass

    async def forget(self, lane: str) -> int:
        """See `Store`."""
        return await self._change(lambda journal: journal.forget(lane))

    def beside(self) -> Beside:
        """Its dead letters, to be listed and replayed by a process that does not open it: another one may run the bot."""
        return Beside(self._path)

    def __repr__(self) -> str:
        return f"<SqliteStore {self._path}>"


def _written(journal: Journal, group: _Group, tell: Callable[[Sequence[Any], float | None], object]) -> None:
    """Do the work of a group, in the thread, and tell what came of it once it is on the disk."""
    answers: list[Any] = []
    try:
        with journal.transaction():
            for work, _ in group:
                try:
                    answers.append(work(journal))
                except StoreFullError as full:  # nothing was done for it
                    answers.append(full)
    except Exception as error:  # noqa: BLE001 -- whoever waits is told
        answers = [_failure(error) for _ in group]
    with contextlib.suppress(RuntimeError):  # its loop has ended
        tell(answers, journal.lanes.next_due())


def _failure(error: Exception) -> StoreError:
    """What each of those that wait raises."""
    own = StoreError(str(error) if isinstance(error, StoreError) else f"the store failed: {type(error).__name__}")
    own.__cause__ = error
    return own
