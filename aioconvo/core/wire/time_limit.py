"""How long a call or an attempt may take. One timer watches all that have the same limit, since timers are dear."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType
from typing import Any

__all__ = ["OverdueError", "TimeLimit", "TimeLimits"]

_KEPT_WITHOUT_A_LOOK = 64

_current_task = asyncio.current_task


class OverdueError(TimeoutError):
    """A time limit has passed."""


class TimeLimit:
    """`with limit:` raises `OverdueError` when a task is inside for longer than `seconds`; any number of tasks may be inside.

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
                raise OverdueError from error

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


class TimeLimits(dict[float | None, contextlib.AbstractContextManager[None]]):
    """The limit of each number of seconds, made when it is first asked for; that of `None` never passes."""

    def __init__(self) -> None:
        super().__init__()
        self._keeps_at_most = _KEPT_WITHOUT_A_LOOK

    def __missing__(self, seconds: float | None) -> contextlib.AbstractContextManager[None]:
        if len(self) >= self._keeps_at_most:
            self.close_idle()
            self._keeps_at_most = max(_KEPT_WITHOUT_A_LOOK, 2 * len(self))
        made = contextlib.nullcontext() if seconds is None else TimeLimit(seconds, asyncio.get_running_loop())
        self[seconds] = made
        return made

    def close_idle(self) -> None:
        """Let go of those that nobody is inside of: their timers would keep them until they go off."""
        for seconds, limit in list(self.items()):
            if isinstance(limit, TimeLimit) and limit.idle:
                limit.close()
                del self[seconds]

    def close(self) -> None:
        """Let go of all timers."""
        for limit in self.values():
            if isinstance(limit, TimeLimit):
                limit.close()
