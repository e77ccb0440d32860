"""SIGTERM and SIGINT: the first one asks a bot to drain, the second one ends it at once, also where a thread holds it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import signal
import threading
from collections.abc import Callable, Generator, Mapping
from types import FrameType
from typing import Any, Protocol

from aioconvo.core.log import logger

__all__ = ["LastResort", "stopping_by_signal"]

_log = logger("bot")
_ONE_SIGNAL = 0.05  # seconds: `timeout` and some supervisors signal a process and then its group, which is meant once
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_LAST_WORK = 1.0  # seconds after the second signal in which running commits end and the store is closed
_BY_SIGNAL = 128  # what shells add to a signal's number


class Stop(Protocol):
    """What ends a bot."""

    def __call__(self, *, at_once: bool = False) -> None:
        """Drain, or end now."""
        ...


class LastResort:
    """Ends a process that was signalled twice and does not end: a handler in a thread takes no cancel, one may hold the loop.

    What the store was given is in it by then; what was not handled is handled at the next start. `end` is given the exit code.
    """

    def __init__(self, end: Callable[[int], object] = os._exit) -> None:
        self._end = end
        self._timer: threading.Timer | None = None
        self.code: int | None = None
        """What to exit with; `None` without a second signal."""

    def set(self, number: int) -> None:
        """The second signal came."""
        self.code = _BY_SIGNAL + number
        self._timer = threading.Timer(_LAST_WORK, self._end_now)
        self._timer.daemon = True
        self._timer.start()

    def _end_now(self) -> None:
        _log.error("a handler keeps the process in a thread; it is ended, and its event stays in the store")
        self._end(_BY_SIGNAL if self.code is None else self.code)


@contextlib.contextmanager
def stopping_by_signal(stop: Stop, last_resort: LastResort | None = None) -> Generator[None]:
    """While inside, signals stop a bot, and the second one sets the last resort. Outside of the main thread none come.

    What they did before is put back at the end, and after the second one: whoever signals once more means to kill.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    came, first_at = 0, 0.0
    later: list[asyncio.TimerHandle] = []

    def tell(number: int, *, at_once: bool) -> None:
        _log.info("%s: %s", signal.Signals(number).name, "ending at once" if at_once else "draining")
        stop(at_once=at_once)
        if at_once:
            later.append(loop.call_later(_ONE_SIGNAL, _put_back, before))

    def on_signal(number: int, _: FrameType | None) -> None:
        nonlocal came, first_at  # in the main thread, between any two steps of it: also while a handler holds the loop
        if not came:
            first_at = loop.time()
        elif loop.time() - first_at < _ONE_SIGNAL:
            return
        came += 1
        if came == 2 and last_resort is not None:  # noqa: PLR2004 -- the second
            last_resort.set(number)
        loop.call_soon_threadsafe(functools.partial(tell, number, at_once=came > 1))

    before: dict[int, Any] = {number: signal.getsignal(number) for number in _SIGNALS}
    for number in _SIGNALS:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for timer in later:
            timer.cancel()
        _put_back(before)


def _put_back(before: Mapping[int, Any]) -> None:
    for number in _SIGNALS:
        signal.signal(number, before[number])
