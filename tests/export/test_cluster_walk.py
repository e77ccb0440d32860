"""What the Dask engine decides by itself: who can do their part, who is waited for, what of a client goes with a task."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import anyio
import msgspec
import pytest

pytest.importorskip("distributed")

import aioconvo
from aioconvo.core.calls.options import PortableOptions
from aioconvo.core.version import VERSION
from aioconvo.export import ExportError, Source, TargetError
from aioconvo.export.batch import Account, Batch, Identity, Step
from aioconvo.export.cluster.engine import ClusterError, DaskEngine, _batches, _Done, _Partition, _Stage, _tell, _trouble
from aioconvo.export.partition import Job


class Cluster:
    """Dask's client with workers that fetch nothing; `told` is what each says to a call, where that is not what it returns."""

    def __init__(self, *workers: str, told: object = None) -> None:
        self.workers = list(workers)
        self.told = told
        self.ran: list[str] = []
        self.on_submit: Callable[[], object] = lambda: None
        self.answers = True
        self.counted = 0

    async def wait_for_workers(self, count: int, timeout: float) -> None:  # noqa: ASYNC109 -- as Dask's
        if len(self.workers) < count:
            raise TimeoutError(timeout)

    async def nthreads(self) -> dict[str, int]:
        self.counted += 1
        return dict.fromkeys(self.workers, 1)

    async def run(self, function: Callable[..., object], argument: str, on_error: str) -> dict[str, object]:  # noqa: ARG002 -- as Dask's
        self.ran.append(function.__name__)
        return {one: self.told or await asyncio.to_thread(function, argument) for one in self.workers}

    async def submit(self, function: object, encoded: bytes, *, key: str, pure: bool) -> bytes:  # noqa: ARG002 -- as Dask's
        await asyncio.to_thread(self.on_submit)
        if not self.answers:
            await anyio.sleep_forever()
        await asyncio.to_thread(Path(msgspec.json.decode(encoded, type=_Partition).stage).touch)
        return msgspec.json.encode(_Done(waited=0.0))


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioconvo.export.cluster.engine._COUNT", 0.0)
    monkeypatch.setattr("aioconvo.export.cluster.engine._LOOK", 0.0)


async def _walk(engine: DaskEngine, key: str = "k", *, count: int = 1, stopping: Callable[[], bool] = lambda: False) -> None:
    async with aioconvo.ConvoreClient(api_key=key, base_url="http://127.0.0.1:1") as client:
        source = Source(client)

        async def jobs() -> AsyncIterator[Job]:
            for number in range(count):
                yield Job(account=source.account, conversation=f"c-{number}", step=Step(walk="w"))

        async def write(batch: Batch) -> None:
            raise AssertionError(batch)

        await engine.walk(source, jobs(), write, Identity(), concurrency=4, stopping=stopping)


def _engine(stage: Path, cluster: Cluster) -> DaskEngine:
    engine = DaskEngine(stage)
    engine._client = cluster
    return engine


async def test_nothing_is_sent_before_the_stage_is_clear(tmp_path: Path) -> None:
    """Two sources walk at once: what an earlier run left is deleted before either of them begins, and nothing after that."""
    for number in range(300):
        (tmp_path / f"{number}.batches.pending").touch()
    cluster = Cluster("a", "b")
    left: list[int] = []
    cluster.on_submit = lambda: left.append(len(list(tmp_path.glob("*.pending"))))
    engine = _engine(tmp_path, cluster)
    await asyncio.gather(_walk(engine, "one"), _walk(engine, "two"))
    assert left == [0, 0]
    assert cluster.ran.count("_tell") == 1
    assert await asyncio.to_thread(lambda: list(tmp_path.iterdir())) == []


TROUBLES = [
    (("0.0.1", True), f"has aioconvo 0.0.1, and here is {VERSION}"),
    ((VERSION, False), "name a directory that all machines share"),
    (Exception("ModuleNotFoundError(\"No module named 'aioconvo'\")"), "install the same aioconvo"),
]


@pytest.mark.parametrize(("told", "words"), TROUBLES, ids=[words for _, words in TROUBLES])
async def test_a_worker_that_cannot_do_its_part_is_named_before_any_conversation_is_asked_for(
    told: object, words: str, tmp_path: Path
) -> None:
    cluster = Cluster("tcp://there:1", told=told)
    cluster.on_submit = pytest.fail
    with pytest.raises(ExportError, match=words) as caught:
        await _walk(_engine(tmp_path, cluster))
    assert "tcp://there:1" in str(caught.value)
    assert await asyncio.to_thread(lambda: list(tmp_path.iterdir())) == []


def test_a_worker_that_is_gone_by_now_is_no_trouble() -> None:
    assert _trouble(OSError("gone"), Path("stage")) is None
    assert _trouble((VERSION, True), Path("stage")) is None


def test_a_worker_must_see_the_stage_and_may_write_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = tmp_path / "mark"
    assert _tell(str(mark)) == (VERSION, False)
    mark.touch()
    assert _tell(str(mark)) == (VERSION, True)
    monkeypatch.setattr("aioconvo.export.cluster.engine.os.access", lambda path, mode: path == mark and mode == os.F_OK)
    assert _tell(str(mark)) == (VERSION, False)


async def test_a_stage_that_cannot_be_written_is_told_as_such(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    await asyncio.to_thread(blocked.touch)
    with pytest.raises(TargetError, match="a part of the path is a file"):
        async with _Stage(blocked / "stage" / "1.batches"):
            pass


async def test_a_stage_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    batch = Batch(account=Account("convore", "a"), step=Step())
    with contextlib.suppress(LookupError):
        async with _Stage(tmp_path / "failed.batches") as stage:
            await stage.write(batch)
            raise LookupError
    async with _Stage(tmp_path / "whole.batches") as stage:
        await stage.write(batch)
    assert await asyncio.to_thread(lambda: [path.name for path in tmp_path.iterdir()]) == ["whole.batches"]
    assert await asyncio.to_thread(lambda: list(_batches(tmp_path / "whole.batches"))) == [batch]


async def test_a_cluster_without_workers_is_told(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="dask worker ADDRESS"):
        await _walk(_engine(tmp_path, Cluster()))


async def test_a_walk_ends_when_all_workers_are_lost_for_good(tmp_path: Path) -> None:
    cluster = Cluster("a")
    cluster.answers = False
    cluster.on_submit = cluster.workers.clear
    with pytest.raises(BaseExceptionGroup) as caught:
        await _walk(_engine(tmp_path, cluster))
    assert caught.group_contains(ClusterError, match="no worker of the Dask cluster is left")


async def test_ctrl_c_waits_for_nobody_when_all_workers_are_lost(tmp_path: Path) -> None:
    cluster = Cluster("a")
    cluster.answers = False
    cluster.on_submit = cluster.workers.clear
    await _walk(_engine(tmp_path, cluster), stopping=lambda: not cluster.workers)


class Growing(Cluster):
    """One worker, and another one from its first task on; its later tasks end two by two, after the last one comes."""

    def __init__(self) -> None:
        super().__init__("a")
        self.concurrencies: list[int] = []
        self.two = asyncio.Event()

    async def submit(self, function: object, encoded: bytes, *, key: str, pure: bool) -> bytes:
        self.concurrencies.append(msgspec.json.decode(encoded, type=_Partition).concurrency)
        if len(self.concurrencies) == 1:
            self.workers.append("b")
            seen = self.counted
            while self.counted < seen + 2:  # noqa: ASYNC110 -- what counts is another task, whose turn this is
                await asyncio.sleep(0)
        elif len(self.concurrencies) == 3:
            self.two.set()
        else:
            await self.two.wait()
        return await super().submit(function, encoded, key=key, pure=pure)


async def test_a_worker_that_joins_gets_its_share(tmp_path: Path) -> None:
    """Of what one worker did alone: as much is read at once as before, by two."""
    cluster = Growing()
    with anyio.fail_after(30):
        await _walk(_engine(tmp_path, cluster), count=8 + 16 + 32)
    assert cluster.concurrencies == [4, 2, 2]


async def test_what_of_a_client_goes_with_a_task() -> None:
    limits = aioconvo.Limits(rates=[aioconvo.RateLimit(5, 2.0)], concurrency=3)
    retry = aioconvo.RetryPolicy(max_retries=20, budget=None)
    async with aioconvo.ConvoreClient(
        api_key="k", timeout=None, deadline=9.0, retry=retry, limits=limits, account="a"
    ) as client:
        told = msgspec.json.decode(msgspec.json.encode(client.portable_options), type=PortableOptions)
    async with aioconvo.ConvoreClient(api_key="k") as other:
        assert other.portable_options != told
        there = other.with_options(**told)
        assert there.portable_options == told
        assert there.limits.concurrency == 3
        assert told == {"timeout": None, "deadline": 9.0, "retry": retry, "limits": there.limits, "account": "a"}


async def test_only_what_an_engine_began_it_clears(tmp_path: Path) -> None:
    """A run that was refused leaves alone what the run writes that holds the target."""
    others = tmp_path / "others.batches"
    others.touch()
    engine = _engine(tmp_path, Cluster("a"))
    engine._open = contextlib.AsyncExitStack()
    await engine.__aexit__(None, None, None)
    assert await asyncio.to_thread(others.exists)
