"""Clients of all providers on one sandbox, and what their inboxes are asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

import aioconvo
from aioconvo.providers import Provider
from aioconvo.sandbox import Sandbox

CLIENTS: dict[str, Any] = {str(one): one.client for one in Provider}


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(conversations=4, messages=230) as sandbox:
        yield sandbox


@pytest.fixture
async def clients(sandbox: Sandbox) -> AsyncIterator[dict[str, Any]]:
    async with aioconvo.SessionPool() as pool:
        yield {name: client(**sandbox.client_options(name), pool=pool) for name, client in CLIENTS.items()}
