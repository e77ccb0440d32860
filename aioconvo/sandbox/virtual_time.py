"""Time that jumps, for tests: while nobody has anything to do, the event loop is at once as late as its next timer."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Generator
from typing import Any

from aioconvo.core.errors import ConfigurationError

__all__ = ["VirtualTime"]

_KERNEL_NEEDS = 0.002  # seconds until what was written to a loopback socket can be read, and then some
_THREADS_NEED = 0.05  # seconds for threads of the test's own, whose work an event loop does not see


class VirtualTime:
    """A clock for the library, over an event loop whose time jumps within `jumping()` and goes on as ever outside of it.

    What the loop waits for is real: sockets, threads. Only its timers are not.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._passed = 0.0
        self._jumps = 0
        selector: Any = getattr(loop, "_selector", None)
        self._began = time.time() - loop.time()
        self._threads = threading.active_count()
        if selector is None or not hasattr(loop, "__dict__"):
            raise ConfigurationError("virtual time needs asyncio's own event loop; run this test without uvloop")
        self._selector: Any = selector
        self._real_time, self._real_select = self._loop.time, selector.select
        vars(loop)["time"] = self._time
        self._selector.select = self._select  # the one place where a loop waits

    def close(self) -> None:
        """Give the loop its own time back."""
        self._selector.select = self._real_select
        del vars(self._loop)["time"]

    # A clock.

    def monotonic(self) -> float:
        """The loop's time."""
        return self._time()

    def time(self) -> float:
        """Seconds since 1970-01-01 UTC, by the loop's time."""
        return self._began + self._time()

    async def sleep(self, seconds: float) -> None:
        """Wait by the loop's time."""
        await asyncio.sleep(seconds)

    @contextlib.contextmanager
    def jumping(self) -> Generator[None]:
        """While inside, time jumps."""
        self._jumps += 1
        try:
            yield
        finally:
            self._jumps -= 1

    def _time(self) -> float:
        return self._real_time() + self._passed

    def _select(self, timeout: float | None = None) -> Any:
        """What is ready; where time jumps and nothing is, time has passed."""
        if not self._jumps or timeout is None or timeout <= 0:
            return self._real_select(timeout)
        needed = _THREADS_NEED if threading.active_count() > self._threads else _KERNEL_NEEDS
        ready = self._real_select(0) or self._real_select(min(needed, timeout))
        if not ready:
            self._passed += timeout
        return ready
