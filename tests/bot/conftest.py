"""The stores that one set of tests runs against."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from aioconvo.bot import MemoryStore, RedisStore, SqliteStore
from aioconvo.bot.stores.store import Store
from tests.redis_server import RedisServer

NewStore: TypeAlias = Callable[..., Awaitable[Store]]


@dataclasses.dataclass
class Kind:
    """A kind of store. `place` is where it keeps: those of a durable kind that are made at one place have the same."""

    name: str
    place: Path
    redis: str = ""
    leases: float = 0.0
    """The time that the leases of Redis go by."""

    def store(self, **options: Any) -> Store:
        """One more store at this place, which is not open yet."""
        if self.name == "redis":
            return RedisStore(self.redis, prefix=str(self.place), time=lambda: self.leases, **options)
        return MemoryStore(**options) if self.name == "memory" else SqliteStore(self.place / "bot.db", **options)

    def at(self, place: Path) -> Kind:
        """This kind at another place."""
        return dataclasses.replace(self, place=place)


@pytest.fixture(params=["memory", "sqlite", "redis"])
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> Kind:
    """Each kind of store."""
    if request.param != "redis":
        return Kind(request.param, tmp_path)
    server: RedisServer = request.getfixturevalue("redis_server")
    return Kind("redis", tmp_path, server.url)


@pytest.fixture
async def new_store(kind: Kind) -> AsyncIterator[NewStore]:
    """Makes an open store; of a durable kind, the next one has what the one before had."""
    opened: list[Store] = []

    async def make(*, now: float = 0.0, **options: Any) -> Store:
        store = kind.store(**options)
        await store.open(now=now)
        opened.append(store)
        return store

    yield make
    for store in opened:
        await store.aclose()
