"""`aioconvo bot demo` as a process of its own: it prints an address, and the bot answers at each API."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest

PROVIDERS = ("sunshine", "smooch", "smscx", "convore", "ultracart")


@pytest.fixture
def demo() -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "aioconvo", "bot", "demo"]
    environ = os.environ | {"PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)  # noqa: S603 -- our own
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().split()[1]
    finally:
        process.kill()
        process.communicate()


class Page:
    """What the page does, without a browser."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self._session = session
        self._url = url
        self._headers = {"Origin": url.removesuffix("/chat"), "X-Chat-Token": token}

    async def act(self, **what: Any) -> None:
        async with self._session.post(self._url + "/act", json=what, headers=self._headers) as answer:
            assert answer.status < 300, await answer.text()

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        async with self._session.get(self._url + "/events", headers=self._headers) as answer:
            async for line in answer.content:
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])


async def talk(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as answer:
            found = re.search(r'name="chat-token" content="([^"]+)"', await answer.text())
        assert found is not None
        page = Page(session, url, found[1])
        events = page.events()
        people = {one["name"]: one["customers"][0] for one in (await anext(events))["providers"]}
        for provider in PROVIDERS:
            await page.act(do="say", provider=provider, user=people[provider]["id"], text=f"hello {provider}")
        waiting = {f"You said: hello {provider}" for provider in PROVIDERS}
        async for event in events:
            if event.get("kind") == "message" and event["ours"]:
                waiting.remove(event["text"])
            if not waiting:
                break


def test_the_demo_answers_at_each_api_and_ends_when_told(demo: tuple[subprocess.Popen[str], str]) -> None:
    process, url = demo
    assert url.startswith("http://127.0.0.1:")
    asyncio.run(asyncio.wait_for(talk(url), 60))
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
