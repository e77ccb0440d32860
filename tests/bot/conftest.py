"""The stores that one set of tests runs against."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from aioconvo.bot import MemoryStore, SqliteStore
from aioconvo.bot.stores.store import Store

NewStore: TypeAlias = Callable[..., Awaitable[Store]]
DURABLE = ["sqlite"]


@pytest.fixture(params=["memory", *DURABLE])
def kind(request: pytest.FixtureRequest) -> str:
    """A kind of store; tests of what outlives a process ask for the durable ones only."""
    return str(request.param)


def made(kind: str, place: Path, **options: Any) -> Store:
    """A store of this kind; of a durable kind, each of one place has the same."""
    return MemoryStore(**options) if kind == "memory" else SqliteStore(place / "bot.db", **options)


@pytest.fixture
async def new_store(kind: str, tmp_path: Path) -> AsyncIterator[NewStore]:
    """Makes an open store; of a durable kind, the next one has what the one before had."""
    opened: list[Store] = []

    async def make(*, now: float = 0.0, **options: Any) -> Store:
        store = made(kind, tmp_path, **options)
        await store.open(now=now)
        opened.append(store)
        return store

    yield make
    for store in opened:
        await store.aclose()
