"""SIGTERM and SIGINT: the first one asks a bot to drain, the second one ends it at once, a third one kills."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import Generator, Mapping
from typing import Any, Protocol

from aioconvo.core.log import logger

__all__ = ["stopping_by_signal"]

_log = logger("bot")
_ONE_SIGNAL = 0.05  # seconds: `timeout` and some supervisors signal a process and then its group, which is meant once
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stop(Protocol):
    """What ends a bot."""

    def __call__(self, *, at_once: bool = False) -> None:
        """Drain, or end now."""
        ...


@contextlib.contextmanager
def stopping_by_signal(stop: Stop) -> Generator[None]:
    """While inside, signals stop a bot. Outside of the main thread none come.

    What they did before is put back at the end, and after the second one: a handler that holds a thread, or takes no cancel,
    keeps its process alive, and whoever signals once more means to end that.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    came, first_at = 0, 0.0
    later: list[asyncio.TimerHandle] = []

    def on_signal(number: int) -> None:
        nonlocal came, first_at
        if not came:
            first_at = loop.time()
        elif loop.time() - first_at < _ONE_SIGNAL:
            return
        came += 1
        _log.info("%s: %s", signal.Signals(number).name, "draining" if came == 1 else "ending at once")
        stop(at_once=came > 1)
        if came > 1:
            later.append(loop.call_later(_ONE_SIGNAL, _put_back, loop, before))

    before: dict[int, Any] = {number: signal.getsignal(number) for number in _SIGNALS}
    for number in _SIGNALS:
        try:
            loop.add_signal_handler(number, on_signal, number)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda given, _: loop.call_soon_threadsafe(on_signal, given))
    try:
        yield
    finally:
        for timer in later:
            timer.cancel()
        _put_back(loop, before)


def _put_back(loop: asyncio.AbstractEventLoop, before: Mapping[int, Any]) -> None:
    for number in _SIGNALS:
        with contextlib.suppress(NotImplementedError):
            loop.remove_signal_handler(number)
        signal.signal(number, before[number])
