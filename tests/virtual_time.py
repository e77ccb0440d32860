"""An event loop whose time jumps: when nobody has anything to do, it is at once as late as the next timer.

Client and server of a test live in the one loop, so a wait of an hour costs nothing, a slow machine changes nothing, and how
long something took is exact. Sockets are real; what the kernel has still to hand over is waited for before time jumps.
"""

from __future__ import annotations

import asyncio
import functools
import selectors
from collections.abc import Awaitable, Callable
from typing import ParamSpec

P = ParamSpec("P")
_KERNEL_NEEDS = 0.002  # seconds until what was written to a loopback socket can be read, and then some


class _JumpingSelector(selectors.DefaultSelector):
    """Reports what is ready; where nothing is, adds to `passed` the seconds that it was to wait."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        ready = super().select(0) or super().select(_KERNEL_NEEDS)
        if not ready:
            self.passed += timeout
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop with virtual time, in seconds from its start."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.passed


class LoopClock:
    """The running loop's time for the library: `SessionPool(clock=LoopClock())`."""

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def time(self) -> float:
        return 1_700_000_000.0 + self.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def in_virtual_time(test: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    """Run an async test in a loop of its own whose time jumps."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        async def main() -> None:
            await test(*args, **kwargs)

        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            runner.run(main())

    return run
