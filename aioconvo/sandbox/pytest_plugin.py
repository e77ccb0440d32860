"""The pytest plugin: `aioconvo_sandbox`, the five APIs on loopback for one test; `aioconvo_bot`, people to talk to a bot."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aioconvo.bot.bot import Bot

    from . import Sandbox
    from .bot_kit import BotUnderTest


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker that takes the `Sandbox` keywords."""
    config.addinivalue_line("markers", "aioconvo_sandbox(**options): keyword arguments of the Sandbox for this test")


@pytest.fixture
def aioconvo_sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A started `Sandbox` with fresh seeded data; `@pytest.mark.aioconvo_sandbox(conversations=3)` sets its keywords.

    It runs in a thread with an event loop of its own, so that the test may be sync, or async under any framework.
    """
    from . import Sandbox  # noqa: PLC0415 - aiohttp is loaded by the tests that use it only

    marker = request.node.get_closest_marker("aioconvo_sandbox")
    options: dict[str, Any] = dict(marker.kwargs) if marker else {}
    sandbox = Sandbox(**options)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="aioconvo-sandbox", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(sandbox.start(), loop).result()
        yield sandbox
    finally:
        asyncio.run_coroutine_threadsafe(sandbox.aclose(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def aioconvo_bot() -> Iterator[Callable[..., BotUnderTest]]:
    """People who talk to a bot, at any of the five providers.

    `user = await aioconvo_bot(bot).user("sunshine")`, `await user.says("hello")`, `await user.hears()`. Deliveries come in
    memory and time jumps, so retries and waits cost nothing. Keywords are those of the `Sandbox`. For async tests, under
    pytest-asyncio or anyio's plugin on asyncio.
    """
    made: list[BotUnderTest] = []

    def make(bot: Bot, **options: Any) -> BotUnderTest:
        from .bot_kit import BotUnderTest  # noqa: PLC0415 - aiohttp is loaded by the tests that use it only

        made.append(BotUnderTest(bot, **options))
        return made[-1]

    yield make
    for one in made:
        one.finish()
