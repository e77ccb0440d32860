"""How long an attempt may take. One timer watches all that have the same limit: one for each would cost more than the rest."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any

__all__ = ["TimeLimit"]

_current_task = asyncio.current_task


class TimeLimit:
    """`with limit:` raises `TimeoutError` when a task is inside for longer than `seconds`; any number of tasks may be inside.

    Like `asyncio.timeout`, it cancels the task to get it out, and tells its own cancelling from that of others.
    """

    __slots__ = ("_loop", "_overdue", "_seconds", "_timer", "_until")

    def __init__(self, seconds: float, loop: asyncio.AbstractEventLoop) -> None:
        self._seconds = seconds
        self._loop = loop
        # The first to enter is the first to be overdue. Beside its time: how often it had been cancelled before it entered.
        self._until: dict[asyncio.Task[Any] | None, tuple[float, int]] = {}
        self._overdue: dict[asyncio.Task[Any] | None, int] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def idle(self) -> bool:
        """Whether nobody is inside."""
        return not self._until and not self._overdue

    def __enter__(self) -> None:
        task = _current_task(self._loop)
        until = self._loop.time() + self._seconds
        self._until[task] = until, 0 if task is None else task.cancelling()
        if self._timer is None:
            self._timer = self._loop.call_at(until, self._look)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        task = _current_task(self._loop)
        if self._until.pop(task, None) is None and task is not None:
            before = self._overdue.pop(task)
            if task.uncancel() <= before and kind is asyncio.CancelledError:
                raise TimeoutError from error

    def _look(self) -> None:
        self._timer = None
        now = self._loop.time()
        for task, (until, cancelled_before) in list(self._until.items()):
            if until > now:
                self._timer = self._loop.call_at(until, self._look)
                return
            if task is not None:
                del self._until[task]
                self._overdue[task] = cancelled_before
                task.cancel()

    def close(self) -> None:
        """Let go of the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
