"""How an export shows itself: a table that moves on a terminal, plain lines now and then on a pipe. Both on standard error."""

from __future__ import annotations

import contextlib
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from aioconvo.export import Progress, SourceCounts

__all__ = ["Drawing", "duration", "line", "table"]

_BETWEEN_LINES = 5.0  # seconds
_COLUMNS = ("provider", "conversations", "messages", "new", "failed", "a second", "waited", "left")


class Drawing:
    """Shows the progress of one run; to be used with `with`. `update` may be called as often as one likes."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or _Console(stderr=True)
        self._live = Live(console=self._console, refresh_per_second=4, transient=True) if self._console.is_terminal else None
        self._said = time.monotonic()

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()

    def update(self, progress: Progress) -> None:
        """Show how far it is."""
        if self._live is not None:
            self._live.update(table(progress))
            return
        now = time.monotonic()
        if now - self._said >= _BETWEEN_LINES:
            self._said = now
            for source in progress.sources:
                self.say(line(source))

    def say(self, text: str) -> None:
        """A line of words; it stays. Where nobody can read it any more, what runs goes on without."""
        with contextlib.suppress(OSError):
            self._console.print(text, emoji=False, highlight=False, markup=False, soft_wrap=True)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """In place of ending the process, in the middle of its event loop."""
        self.quiet = True


def table(progress: Progress) -> Table:
    """A row for each source."""
    drawn = Table(box=None, pad_edge=False)
    for column in _COLUMNS:
        drawn.add_column(column, justify="left" if column == "provider" else "right", no_wrap=True)
    for source in progress.sources:
        drawn.add_row(*_figures(source))
    return drawn


def line(source: SourceCounts) -> str:
    """The same of one source, in words."""
    _, conversations, messages, new, failed, rate, waited, left = _figures(source)
    told = f"{source.account.provider}: {conversations} conversations, {messages} messages ({new} new), {rate} a second"
    more = [f"{failed} failed"] if source.failed else []
    more += [f"waited {waited} for limits"] if source.waited >= 1 else []
    more += [f"about {left} left"] if source.seconds_left is not None else []
    return ", ".join([told, *more])


def _figures(source: SourceCounts) -> tuple[str, ...]:
    done, left = source.walked + source.failed, source.seconds_left
    return (
        source.account.provider,
        f"{done}/{source.due}{'+' if source.listing else ''}",
        f"{sum(source.messages)}",
        f"{source.messages.new}",
        f"{source.failed}",
        f"{source.rate:.0f}",
        duration(source.waited),
        "?" if left is None else duration(left),
    )


def duration(seconds: float) -> str:
    """Seconds as people say them: `8 s`, `3:05 min`, `2:10 h`."""
    whole = round(seconds)
    if whole < 60:  # noqa: PLR2004 -- a minute
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours}:{minutes_left:02} h" if hours else f"{minutes}:{rest:02} min"
