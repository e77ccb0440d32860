"""The targets of a run as one: they are written one after the other, in one thread, and asked together for what is due."""

from __future__ import annotations

import datetime as dt
import os
import pathlib
from collections.abc import Callable, Sequence
from typing import TypeVar

import anyio
import anyio.to_thread

from aioconvo.export.targets.sinks import Sink, open_sink

from .batch import Account, Batch, Committed, Identity, Step
from .completeness import Completeness, look
from .errors import ExportError
from .plan import Owed

__all__ = ["Targets"]

T = TypeVar("T")


class Targets:
    """All methods that are async do their work in a thread, one at a time; a call that has begun is never cut off."""

    def __init__(self, targets: Sequence[str | os.PathLike[str] | Sink]) -> None:
        if not targets:
            raise ExportError("name at least one target, such as out.sqlite")
        self._given = targets
        self._sinks: list[tuple[str, Sink]] = []
        self._turn = anyio.CapacityLimiter(1)

    async def _do(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._turn)

    async def open(self, identity: Identity, *, fresh: bool) -> None:
        """Open all. Raises `ExportError` where two are the same, or one holds another export, or cannot be used."""

        def work() -> None:
            # Names and libraries first: with `fresh`, to open is to delete.
            sinks = [(one.kind, one) if isinstance(one, Sink) else (os.fspath(one), open_sink(one)) for one in self._given]
            places: set[pathlib.Path] = set()
            for name, sink in sinks:
                place = sink.ledger.path.resolve()
                if place in places:
                    raise ExportError(f"{name} is named twice as a target; once is enough")
                places.add(place)
            self._sinks.clear()
            for name, sink in sinks:
                self._sinks.append((name, sink))
                sink.open(identity, fresh=fresh)

        await self._do(work)

    async def close(self) -> None:
        """Close all; raises what the first raised that could not be finished, after all were closed."""

        def work() -> None:
            broken: list[BaseException] = []
            for _, sink in self._sinks:
                try:
                    sink.close()
                except ExportError as error:
                    broken.append(error)
            if broken:
                raise broken[0]

        await self._do(work)

    async def commit(self, batches: Sequence[Batch]) -> Committed:
        """Commit to all; the counts of the one to which most was new."""
        return await self._do(lambda: self._commit(batches))

    async def commit_listed(
        self, batches: Sequence[Batch], account: Account, ids: Sequence[str]
    ) -> tuple[Committed, list[list[Owed]]]:
        """Commit to all, and those of `ids` that are due then: see `commit` and `owed`."""
        return await self._do(lambda: (self._commit(batches), self._owed(account, ids, len(ids))))

    async def begin_round(self, account: Account) -> None:
        """See `Ledger`."""

        def work() -> None:
            for _, sink in self._sinks:
                sink.ledger.begin_round(account)

        await self._do(work)

    async def look_again(self, account: Account, since: dt.datetime) -> None:
        """See `Ledger`."""

        def work() -> None:
            for _, sink in self._sinks:
                sink.ledger.look_again(account, since)

        await self._do(work)

    async def end_round(self, account: Account) -> None:
        """See `Ledger`."""

        def work() -> None:
            for _, sink in self._sinks:
                sink.ledger.end_round(account)

        await self._do(work)

    async def feed_lists(self, account: Account, users: Sequence[str]) -> None:
        """See `Ledger`."""

        def work() -> None:
            for _, sink in self._sinks:
                sink.ledger.feed_lists(account, users)

        await self._do(work)

    async def owed_lists(self, account: Account, *, count: int) -> list[tuple[str, list[Step]]]:
        """Lists that are due in a target: for each what every target that lacks some of it says."""

        def work() -> list[tuple[str, list[Step]]]:
            found: dict[str, list[Step]] = {}
            asked: list[str] | None = None
            for _, sink in self._sinks:
                for user, step in sink.ledger.owed_lists(account, asked, count=count):
                    found.setdefault(user, []).append(step)
                asked = list(found) or None
            return list(found.items())

        return await self._do(work)

    async def owed(self, account: Account, ids: Sequence[str] | None = None, *, count: int = 100) -> list[list[Owed]]:
        """Conversations that are due in a target, those of `ids` or any: for each what every target that lacks it says."""
        return await self._do(lambda: self._owed(account, ids, count))

    async def look(self) -> tuple[tuple[str, Completeness], ...]:
        """What each target holds."""
        return await self._do(lambda: tuple((name, look(sink.ledger)) for name, sink in self._sinks))

    def _commit(self, batches: Sequence[Batch]) -> Committed:
        return max((sink.commit(batches) for _, sink in self._sinks), key=lambda counts: counts[:2])

    def _owed(self, account: Account, ids: Sequence[str] | None, count: int) -> list[list[Owed]]:
        found: dict[str, list[Owed]] = {}
        asked = ids
        for _, sink in self._sinks:
            for one in sink.ledger.owed(account, asked, count=count):
                found.setdefault(one.id, []).append(one)
            if ids is None:
                asked = list(found) or None
        return list(found.values())
