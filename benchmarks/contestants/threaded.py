"""The workloads as a user of a synchronous SDK writes them: one client, and one thread for each request in flight.

The SDKs are untyped and imported by name, inside a function: so the import itself can be measured, and no type checker
has to know packages that only the contestants' own environments hold. What they give is `Any`, and only its attributes
are used.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from importlib import import_module
from itertools import islice
from typing import Any, ClassVar, TypeVar

import measured
from measured import Counts

PAGE_SIZE = 100
_Result = TypeVar("_Result")


class UnsupportedError(Exception):
    """The SDK, or its API, has no call for this workload."""


class Sdk(ABC):
    """One client object of an SDK. Every call returns what the SDK made of the answer: its own models.

    `distribution` is the SDK's name in the package index, `modules` what a user imports of it,
    `path` where the API begins on its host.
    """

    distribution: ClassVar[str]
    modules: ClassVar[tuple[str, ...]]
    path: ClassVar[str] = ""

    @abstractmethod
    def __init__(self, base_url: str, concurrency: int) -> None: ...

    @abstractmethod
    def get(self, identifier: str) -> object:
        """The smallest read of the API: of one conversation."""

    @abstractmethod
    def post(self, identifier: str) -> object:
        """Post `walks.TEXT` into one conversation."""

    @abstractmethod
    def pages(self) -> Iterator[Sequence[Any]]:
        """A list of the API to its end, one element a request."""

    @abstractmethod
    def identity(self, item: Any) -> object:
        """One attribute of an item of `pages`."""

    @abstractmethod
    def conversations(self) -> Iterator[str]:
        """What `messages` takes, for every conversation there is; read from the API as far as it is asked for."""

    @abstractmethod
    def messages(self, conversation: str) -> Iterator[Sequence[Any]]:
        """All messages of one conversation, one element a request."""


def main(sdk: type[Sdk]) -> None:
    """Run the job that stands in the command line and print what it cost.

    `base_url` in the job is where the API begins, when that is not its own path under `url`, as in the sandbox.
    """
    job = measured.read_job()
    try:
        figures = _figures(sdk, job)
    except UnsupportedError:
        figures = None
    measured.write(figures, (sdk.distribution, "urllib3"))


def _figures(sdk: type[Sdk], job: measured.Job) -> dict[str, Any]:
    if job["workload"] == "import":
        return measured.measure(None, lambda: _import(sdk.modules))
    concurrency: int = job.get("concurrency", 1)
    client = sdk(job.get("base_url") or job["url"] + sdk.path, concurrency)
    with ThreadPoolExecutor(concurrency) if concurrency > 1 else nullcontext() as threads:
        match job["workload"]:
            case "get":
                return _each(client.get, threads, job)
            case "post":
                return _each(client.post, threads, job)
            case "pages" | "items" | "latency" as kind:
                take = client.identity if kind == "items" else None
                return _walk(client, job, take)
            case "fanout":
                return _fan_out(client, threads, job["conversations"])
            case other:
                raise UnsupportedError(other)


def _spread(call: Callable[[str], _Result], ids: Iterable[str], threads: ThreadPoolExecutor | None) -> Iterator[_Result]:
    return map(call, ids) if threads is None else threads.map(call, ids)


def _import(modules: Sequence[str]) -> Counts:
    for module in modules:
        import_module(module)
    return Counts(0)


def _each(call: Callable[[str], object], threads: ThreadPoolExecutor | None, job: measured.Job) -> dict[str, Any]:
    count: int = job["count"]

    def work(number: int) -> Counts:
        done = sum(1 for _ in _spread(call, measured.fresh_ids(job["provider"], number), threads))
        return Counts(done, done)

    return measured.measure(lambda: work(max(job.get("concurrency", 1), count // 10)), lambda: work(count))


def _walk(client: Sdk, job: measured.Job, take: Callable[[Any], object] | None) -> dict[str, Any]:
    pause = job.get("work_ms", 0.0) / 1000

    def work(stop: int | None = None) -> Counts:
        pages = client.messages("0" * 24) if job["provider"].endswith("_messages") else client.pages()
        requests = items = 0
        for page in islice(pages, stop):
            requests += 1
            items += len(page) if take is None else sum(take(item) is not None for item in page)
            if pause:
                time.sleep(pause)
        return Counts(requests, items)

    return measured.measure(lambda: work(stop=3), work)


def _fan_out(client: Sdk, threads: ThreadPoolExecutor | None, count: int) -> dict[str, Any]:
    conversations = list(islice(client.conversations(), count))

    def fetch(conversation: str) -> Counts:
        lengths = [len(page) for page in client.messages(conversation)]
        return Counts(len(lengths), sum(lengths))

    def work() -> Counts:
        fetched = list(_spread(fetch, conversations, threads))
        return Counts(sum(each.requests for each in fetched), sum(each.items for each in fetched))

    return measured.measure(None, work)
