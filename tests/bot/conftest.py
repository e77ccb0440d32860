"""The stores that one set of tests runs against."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias

import pytest

from aioconvo.bot.stores.memory import MemoryStore
from aioconvo.bot.stores.store import Store

NewStore: TypeAlias = Callable[..., Awaitable[Store]]


@pytest.fixture
async def new_store() -> AsyncIterator[NewStore]:
    """Makes an open store of each kind; of a kind that is durable, the second one has what the first one had."""
    opened: list[Store] = []

    async def make(*, now: float = 0.0, **options: Any) -> Store:
        store = MemoryStore(**options)
        await store.open(now=now)
        opened.append(store)
        return store

    yield make
    for store in opened:
        await store.aclose()
