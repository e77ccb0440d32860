"""Runs the walks of an export on a Dask cluster; lists, ledgers and targets stay with who started it.

A task is a partition: some conversations, walked by the same code as on one machine, in an event loop and a pool of its own,
since one coroutine that blocks would block a whole worker. What it fetched goes into a stage file that appears whole or not at
all, in a directory that all machines see, and is committed to the targets from there; a task that dies with its worker is run
again and leaves the same file. Credentials never travel: workers take them from their own environment.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import os
import pathlib
import re
import signal
import threading
import uuid
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Generator, Iterator, Sequence
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self, TypeAlias

import anyio
import anyio.to_thread
import msgspec

from aioconvo.core.calls.options import PortableOptions
from aioconvo.core.errors import AioconvoError, ConfigurationError
from aioconvo.core.json.model import Model
from aioconvo.core.version import VERSION
from aioconvo.core.wire.pool import SessionPool
from aioconvo.export.batch import Account, Batch, Identity
from aioconvo.export.environ import client_from_env
from aioconvo.export.errors import ExportError, target_errors
from aioconvo.export.partition import Job, Write, run_partition
from aioconvo.export.source import InboxClient, Source
from aioconvo.inbox.base import InboxOptions

try:
    import distributed
    from distributed import Worker, WorkerPlugin

    from .limits import ClusterLimits, DeskPlugin
except ModuleNotFoundError as error:
    if error.name not in {"dask", "distributed"}:
        raise
    raise ExportError('Dask is missing: pip install "aioconvo[dask]"') from None

__all__ = ["ClusterError", "DaskEngine"]

_FIRST, _LARGEST = 8, 128  # conversations in a partition: small ones first, so that every worker has something to do soon
_LOOK = 0.1  # seconds between two looks whether to stop
_COUNT = 1.0  # seconds between two looks at the workers
_ALONE = 60  # looks in a row that find no worker, before it is given up
_ENDING = ".batches"
_HEAD = 8  # bytes of a batch's length
_CONNECT = 15.0  # seconds

_dask: Any = distributed  # half of it has types, which call the other half unknown
_Told: TypeAlias = tuple[str, bool] | Exception  # what a worker says to `_tell`
_ADDRESS = re.compile(r"([a-z+]+://)?\S+:\d+")

_stopped: set[str] = set()  # in a worker: the runs that ask for no more pages


class ClusterError(AioconvoError):
    """The cluster cannot go on; what was committed before is intact."""


class _Partition(Model):
    """What a task is told; `credential` is the digest that the worker's own credential must have."""

    run: str
    provider: str
    credential: str
    options: PortableOptions
    inbox: InboxOptions
    jobs: tuple[Job, ...]
    identity: Identity
    concurrency: int
    stage: str
    max_body: int | None = None
    proxy: str | None = None


class _Done(Model):
    """What a task tells: seconds in which its calls waited for limits, and the thread of which worker that was."""

    waited: float
    worker: str = ""


class DaskEngine:
    """Takes the place of this process in `Exporter(..., engine=...)`; to be used with `async with`.

    Args:
        stage: A directory that this process and all workers see by this name. It belongs to one export: what an earlier run
            left there is deleted.
        scheduler: The address of a scheduler, such as `tcp://10.0.0.1:8786`, where aioconvo is installed as on the workers,
            which need the variables of `from_env`; else a cluster of processes is made on this machine, one for each core.
        workers: How many processes such a cluster has.
        max_body: Bytes of the largest answer that workers read; else what a `SessionPool` reads.
        proxy: With `"env"`, workers use the proxies that the variables of their environment name.

    Raises:
        ExportError: `scheduler` is no address; from `async with`: nobody answers there, or who answers is without aioconvo.
    """

    def __init__(
        self,
        stage: str | os.PathLike[str],
        *,
        scheduler: str | None = None,
        workers: int | None = None,
        max_body: int | None = None,
        proxy: Literal["env"] | None = None,
    ) -> None:
        if scheduler is not None and not _ADDRESS.fullmatch(scheduler):
            raise ExportError(f"{scheduler!r} is no address of a Dask scheduler; write it like tcp://HOST:PORT")
        self._stage = pathlib.Path(stage).absolute()
        self._scheduler = scheduler
        self._workers = workers or os.cpu_count() or 1
        self._run = uuid.uuid4().hex
        self._max_body = max_body
        self._proxy = proxy
        self._waited: dict[Account, dict[str, float]] = {}
        self._threads = 1
        self._ready = False
        self._preparing = anyio.Lock()

    async def __aenter__(self) -> Self:
        self._client: Any
        self._open = contextlib.AsyncExitStack()
        async with self._open as opening:
            where: Any = self._scheduler
            if where is None:
                where = await opening.enter_async_context(_local_cluster(self._workers))
            try:
                self._client = await opening.enter_async_context(_dask.Client(where, asynchronous=True, timeout=_CONNECT))
            except OSError as error:
                raise ExportError(f"no Dask scheduler answers at {where}; start one with `dask scheduler`") from error
            try:
                await self._client.register_plugin(DeskPlugin())
            except ModuleNotFoundError as error:
                raise ExportError(f"the scheduler cannot run aioconvo: install the same there as here ({error})") from error
            if self._scheduler is None:
                await self._client.register_plugin(_DeafToInterrupts())
            self.limits = ClusterLimits(self._client.scheduler, asyncio.get_running_loop())
            self._open = opening.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with anyio.CancelScope(shield=True):
            await self._open.aclose()
            if self._ready:  # else it may be another run's, which this one was refused for
                await anyio.to_thread.run_sync(self._clear)

    def waited(self, account: Account) -> float:
        """Seconds in which calls waited for this account's limits, in the worker that waited longest."""
        return max(self._waited.get(account, {}).values(), default=0.0)

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
        """What `run_partition` does, on the cluster; `concurrency` is that of all workers together.

        Raises:
            ClusterError: The scheduler is gone, no worker is left, or a partition ended several workers.
            ExportError: The stage directory is not shared, or not to be written; or a worker is without aioconvo.
        """
        async with self._preparing:
            if not self._ready:
                await self._prepare()
                self._ready = True
        most = min(concurrency, source.client.limits.concurrency or concurrency)  # more would only wait for each other
        self._threads = await self._wait_for_threads()
        template = self._template(source, identity)
        turns = anyio.Semaphore(concurrency)

        async def work(partition: _Partition) -> None:
            await self._one(source.account, partition, write)
            for _ in range(partition.concurrency):
                turns.release()

        async with anyio.create_task_group() as watch:
            watch.start_soon(self._tell_to_stop, stopping, watch.cancel_scope)
            watch.start_soon(self._count_threads)
            async with anyio.create_task_group() as group:
                async for some in _groups(jobs):
                    await turns.acquire()
                    share = max(1, concurrency // min(self._threads, most))
                    for _ in range(share - 1):
                        await turns.acquire()
                    if stopping():
                        break
                    name = str(self._stage / f"{uuid.uuid4().hex}{_ENDING}")
                    told = msgspec.structs.replace(template, jobs=tuple(some), stage=name, concurrency=share)
                    group.start_soon(work, told)
            watch.cancel_scope.cancel()

    def _template(self, source: Source, identity: Identity) -> _Partition:
        """What all partitions of a source are told."""
        return _Partition(
            run=self._run,
            provider=source.account.provider,
            max_body=self._max_body,
            proxy=self._proxy,
            credential=_credential(source.client),
            options=source.client.portable_options,
            inbox=source.inbox.portable_options,
            jobs=(),
            identity=identity,
            concurrency=1,
            stage="",
        )

    async def _prepare(self) -> None:
        """Delete what earlier runs left, and see, before any conversation is asked for, that every worker can do its part."""
        await self._wait_for_threads()
        mark = self._stage / f"{self._run}{_ENDING}"
        await anyio.to_thread.run_sync(self._begin, mark)
        told: dict[str, _Told] = await self._client.run(_tell, str(mark), on_error="return")
        await anyio.to_thread.run_sync(mark.unlink)
        for worker, found in told.items():
            if (trouble := _trouble(found, self._stage)) is not None:
                raise ExportError(f"worker {worker} {trouble}")

    async def _wait_for_threads(self) -> int:
        """How many threads the workers have; at least one worker is waited for."""
        try:
            await self._client.wait_for_workers(1, timeout=_CONNECT)
        except TimeoutError:
            raise ClusterError("the Dask cluster has no worker; start one with `dask worker ADDRESS`") from None
        return max(1, await self._count())

    async def _count(self) -> int:
        threads: dict[str, int] = await self._client.nthreads()
        return sum(threads.values())

    async def _tell_to_stop(self, stopping: Callable[[], bool], walk: anyio.CancelScope) -> None:
        """Tell the workers that no more pages are wanted: cancelled futures would go on."""
        while not stopping():  # noqa: ASYNC110 -- it is a function, which no event goes with
            await anyio.sleep(_LOOK)
        with contextlib.suppress(OSError):  # a scheduler that is gone ends the futures
            while await self._count():  # again and again, for workers that come meanwhile
                await self._client.run(_stop, self._run, on_error="ignore")
                await anyio.sleep(_COUNT)
            walk.cancel()

    async def _count_threads(self) -> None:
        """Workers come and go. Without any, tasks wait for ever, and nobody is told; a supervisor may bring them back."""
        missed = 0
        with contextlib.suppress(OSError):  # as above
            while missed < _ALONE:
                await anyio.sleep(_COUNT)
                found = await self._count()
                self._threads = found or self._threads
                missed = 0 if found else missed + 1
            raise ClusterError("no worker of the Dask cluster is left; start one, and the same command goes on")

    async def _one(self, account: Account, partition: _Partition, write: Write) -> None:
        """Have one partition walked, and hand on what it fetched."""
        encoded = msgspec.json.encode(partition)
        key = f"aioconvo-{account.provider}-{uuid.uuid4().hex}"
        done = msgspec.json.decode(await self._result(_work, encoded, key), type=_Done)
        waited = self._waited.setdefault(account, {})
        waited[done.worker] = waited.get(done.worker, 0.0) + done.waited
        stage = pathlib.Path(partition.stage)
        with contextlib.closing(_batches(stage)) as batches:
            while some := await anyio.to_thread.run_sync(_next, batches):
                for batch in some:
                    await write(batch)
        await anyio.to_thread.run_sync(stage.unlink)

    async def _result(self, function: Callable[[bytes], bytes], encoded: bytes, key: str) -> bytes:
        try:
            result: bytes = await self._client.submit(function, encoded, key=key, pure=False)
        except concurrent.futures.CancelledError as error:
            raise ClusterError("the Dask scheduler is gone; start it again, and the same command goes on") from error
        except _dask.KilledWorker as error:
            raise ClusterError("one partition ended several workers; see their logs, then the same command goes on") from error
        return result

    def _begin(self, mark: pathlib.Path) -> None:
        with target_errors(self._stage):
            self._stage.mkdir(parents=True, exist_ok=True)
            self._delete_left()
            mark.touch()

    def _clear(self) -> None:
        with contextlib.suppress(OSError):  # what a worker still writes, the next run deletes
            self._delete_left()
            self._stage.rmdir()

    def _delete_left(self) -> None:
        for left in self._stage.glob(f"*{_ENDING}*"):
            left.unlink(missing_ok=True)


@contextlib.asynccontextmanager
async def _local_cluster(workers: int) -> AsyncGenerator[Any]:
    cluster = _dask.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        asynchronous=True,
        dashboard_address=None,
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # it serves HTTP without a dashboard, too
        silence_logs=logging.CRITICAL,  # what a task raises is raised here again
    )
    async with cluster:
        yield cluster


class _DeafToInterrupts(WorkerPlugin):
    """Ctrl-C reaches every process of a terminal; the workers must finish their pages when the export says so."""

    name = "aioconvo-interrupts"

    def setup(self, worker: Worker) -> None:  # noqa: ARG002 -- as Dask calls it
        """In the worker's process."""
        with contextlib.suppress(ValueError):  # not the main thread: then signals go elsewhere anyway
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def _credential(client: InboxClient) -> str:
    """A digest of provider, base URL and app id or else credential, whatever the account is called."""
    return Source(client, conversations=()).account.name


async def _groups(jobs: AsyncIterable[Job]) -> AsyncIterator[Sequence[Job]]:
    size, some = _FIRST, list[Job]()
    async for job in jobs:
        some.append(job)
        if len(some) >= size:
            yield some
            size, some = min(_LARGEST, size * 2), []
    if some:
        yield some


def _trouble(told: _Told, stage: pathlib.Path) -> str | None:
    """Why a worker that told or raised this cannot do its part."""
    if isinstance(told, OSError):  # it is gone by now, and others go on
        return None
    if isinstance(told, Exception):
        return f"cannot run aioconvo: install the same aioconvo[dask] there as here ({told})"
    version, seen = told
    if version != VERSION:
        return f"has aioconvo {version}, and here is {VERSION}: install the same"
    return None if seen else f"does not see {stage}, or may not write there: name a directory that all machines share (--stage)"


def _batches(stage: pathlib.Path) -> Generator[Batch]:
    try:
        file = stage.open("rb")
    except FileNotFoundError:
        raise ExportError(
            f"a worker has written {stage}, which is not to be seen here: name a directory that all machines share (--stage)"
        ) from None
    with file:
        while head := file.read(_HEAD):
            yield msgspec.json.decode(file.read(int.from_bytes(head)), type=Batch)


def _next(batches: Iterator[Batch]) -> list[Batch]:
    return [batch for _, batch in zip(range(16), batches, strict=False)]


# In a worker.


def _tell(mark: str) -> tuple[str, bool]:
    """This installation's version, and whether the file is seen here, in a directory that can be written to."""
    path = pathlib.Path(mark)
    return VERSION, os.access(path, os.F_OK) and os.access(path.parent, os.W_OK)


def _stop(run: str) -> None:
    _stopped.add(run)


def _work(encoded: bytes) -> bytes:
    partition = msgspec.json.decode(encoded, type=_Partition)
    return msgspec.json.encode(asyncio.run(_walk(partition)))


async def _walk(partition: _Partition) -> _Done:
    worker = _dask.get_worker()
    limits = ClusterLimits(worker.scheduler, worker.loop.asyncio_loop)
    given: dict[str, Any] = {} if partition.max_body is None else {"max_body": partition.max_body}
    proxy = partition.proxy and (os.environ.get("AIOCONVO_PROXY") or partition.proxy)
    async with SessionPool(limit_store=limits, proxy=None if proxy == "none" else proxy, **given) as pool:
        client = _client(worker, partition.provider, pool).with_options(**partition.options)
        if _credential(client) != partition.credential:
            raise ConfigurationError(
                f"the environment of worker {worker.address} holds another account of {partition.provider} than where the "
                "export was started: set the same variables there"
            )
        async with _Stage(pathlib.Path(partition.stage)) as stage:
            await run_partition(
                client.inbox.with_options(**partition.inbox),
                _each(partition.jobs),
                stage.write,
                partition.identity,
                concurrency=partition.concurrency,
                stopping=lambda: partition.run in _stopped,
            )
        return _Done(waited=client.stats().limited_for, worker=f"{worker.address} {threading.get_ident()}")


def _client(worker: Worker, provider: str, pool: SessionPool) -> Any:
    try:
        return client_from_env(provider, pool)
    except ConfigurationError as error:
        raise ConfigurationError(f"in the environment of worker {worker.address}: {error}") from None


async def _each(jobs: Sequence[Job]) -> AsyncIterator[Job]:
    for job in jobs:
        yield job


class _Stage:
    """A file of batches, each after its length, that appears under its name when it is whole."""

    def __init__(self, path: pathlib.Path) -> None:
        self._path = path
        self._pending = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self._file = await asyncio.to_thread(self._begin)
        return self

    async def write(self, batch: Batch) -> None:
        """Add one batch."""
        encoded = msgspec.json.encode(batch)
        async with self._turn:
            await asyncio.to_thread(self._add, len(encoded).to_bytes(_HEAD) + encoded)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._finish, error is None)

    def _begin(self) -> BinaryIO:
        with target_errors(self._path.parent):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return self._pending.open("wb")

    def _add(self, line: bytes) -> None:
        with target_errors(self._path.parent):
            self._file.write(line)

    def _finish(self, whole: bool) -> None:
        with target_errors(self._path.parent):
            try:
                with self._file:
                    self._file.flush()
                    os.fsync(self._file.fileno())
                if whole:
                    self._pending.replace(self._path)
            finally:
                self._pending.unlink(missing_ok=True)
