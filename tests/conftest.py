"""What the tests share: a wire that answers by script and keeps what it was sent, and a clock that does not wait."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import gc
import os
import re
import unittest.mock
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import typer.testing
from aioresponses import CallbackResult, aioresponses
from blockbuster import BlockBuster
from hypothesis import settings
from yarl import URL

from tests.campaign import examples
from tests.redis_server import RedisServer
from tests.sent_operations import SentOperations

BASE_URL = "https://api.test"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "may_block: this test blocks the event loop itself, on purpose")
    # An example that takes long on a busy machine is no failure.
    settings.register_profile("suite", deadline=None, max_examples=examples(100))
    settings.load_profile("suite")
    config.pluginmanager.register(SentOperations())
    # The other one opens a channel for each pool and closes it in a thread, and no test asks it for a name.
    vars(aiohttp.connector)["DefaultResolver"] = aiohttp.ThreadedResolver
    # The command is some hundred functions, which typer would read anew for each of some hundred runs.
    vars(typer.testing)["_get_command"] = functools.cache(vars(typer.testing)["_get_command"])
    # Some hundred processes are started: each would compile the whole package anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


# Modules that wait long, or whose single tests are long: processes, browsers, servers.
LONG_ONES = (
    "test_cli_bot.py",
    "test_cli_bot_demo.py",
    "test_cli_streams.py",
    "test_cli_list.py",
    "test_cli_start.py",
    "test_cli_demo.py",
    "test_cli_completion.py",
    "test_readme.py",
    "bot/test_campaign_kills.py",
    "bot/test_life.py",
    "end_to_end/test_ultracart_sandbox.py",
    "export/test_cli_export.py",
    "export/test_cluster.py",
    "export/test_damage.py",
    "export/test_kill.py",
    "faults/test_limits_over_processes.py",
    "faults/test_limits_over_redis.py",
    "faults/test_truncation.py",
    "sandbox/test_chat_browser.py",
    "sandbox/test_pytest_plugin.py",
    "typing/test_typing.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: what a worker has left at the end is then short, and goes to one that has nothing to do."""
    tests = Path(__file__).parent
    first = {tests / one for one in LONG_ONES}
    items.sort(key=lambda item: item.path not in first)


def pytest_collection_finish() -> None:
    # Thousands of collected tests make each full garbage collection last 0.1 s and more: a stall that no user's loop has.
    # It stays so: DuckDB's bindings then tell of leaks at exit, but to free what is frozen ended once in a crash in them.
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def blockbuster() -> Iterator[BlockBuster]:
    """Makes every call that blocks a running event loop an error, whoever makes it; sync code is unaffected."""
    buster = BlockBuster()
    for function in buster.functions.values():
        # The test CA writes its keys to files; tests make it where they use it.
        function.can_block_in("trustme/__init__.py", {"configure_cert", "configure_trust"})
    buster.activate()
    yield buster
    buster.deactivate()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A Redis that all tests of a worker share, each with a prefix of its own; it keeps nothing on the disk."""
    with RedisServer("--appendonly", "no") as server:
        yield server


@pytest.fixture(autouse=True)
def _loop_never_blocked(request: pytest.FixtureRequest, blockbuster: BlockBuster) -> Iterator[None]:
    """On in every test but those marked `may_block`."""
    if request.node.get_closest_marker("may_block") is None:
        yield
        return
    blockbuster.deactivate()
    yield
    blockbuster.activate()


class _Response(aiohttp.ClientResponse):
    """aioresponses 0.7.9 does not know the `stream_writer` that aiohttp 3.14 asks for, and its loop is one that is debugged."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"stream_writer": _NoWriter(), "loop": asyncio.get_running_loop()})


class _NoWriter(aiohttp.abc.AbstractStreamWriter):
    output_size = 0

    async def write(self, chunk: object) -> None: ...
    async def write_eof(self, chunk: bytes = b"") -> None: ...
    async def drain(self) -> None: ...
    def enable_compression(self, *args: object, **kwargs: object) -> None: ...
    def enable_chunking(self) -> None: ...
    async def write_headers(self, status_line: str, headers: object) -> None: ...


@dataclasses.dataclass(frozen=True)
class Sent:
    """One request as the client handed it to aiohttp."""

    method: str
    url: URL
    headers: Mapping[str, str]
    body: bytes
    status: int
    """What it was answered with."""

    @property
    def path(self) -> str:
        """Path as it goes over the wire."""
        return self.url.raw_path

    @property
    def query(self) -> list[tuple[str, str]]:
        """Decoded query pairs; aioresponses sorts them."""
        return list(self.url.query.items())

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Wire:
    """Answers requests in the order given and keeps them in `sent`."""

    base_url = BASE_URL

    def __init__(self, mock: aioresponses) -> None:
        self._mock = mock
        self.sent: list[Sent] = []

    @property
    def last(self) -> Sent:
        return self.sent[-1]

    def answers(
        self,
        method: str,
        payload: Any = None,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> None:
        """The next request with this method gets this answer: `payload` as JSON, or `body` as it is."""
        content = body if body is not None else b"" if payload is None else msgspec.json.encode(payload)

        def answer(url: URL, **kwargs: Any) -> CallbackResult:
            given = {name.lower(): value for name, value in (kwargs.get("headers") or {}).items()}
            self.sent.append(Sent(method, url, given, kwargs.get("data") or b"", status))
            return CallbackResult(
                method=method, status=status, body=content, headers=dict(headers or {}), response_class=_Response
            )

        self._mock.add(re.compile(re.escape(BASE_URL) + ".*"), method=method, callback=answer)


class _Mock(aioresponses):
    """Patches with a plain function: to make a mock of a method by its signature takes longer than most tests do."""

    def __init__(self) -> None:
        super().__init__()

        async def request(session: aiohttp.ClientSession, *args: Any, **kwargs: Any) -> aiohttp.ClientResponse:
            return await self._request_mock(session, *args, **kwargs)

        self.patcher: Any = unittest.mock.patch.object(aiohttp.ClientSession, "_request", request)


@pytest.fixture
def wire() -> Iterator[Wire]:
    with _Mock() as mock:
        yield Wire(mock)


class FakeClock:
    """Time that moves only when somebody sleeps."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
