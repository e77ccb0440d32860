"""The main job on the embedded sandbox: every message of every conversation of every provider, through one pool."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from aioconvo.core.wire.pool import SessionPool
from aioconvo.inbox import Inbox, Provider
from aioconvo.sandbox import Sandbox

from .choosing import PROVIDERS
from .tour import Counts, Tour

__all__ = ["run"]

_MAX_RETRIES = 5  # with one answer of twenty spoiled, the demo's own fault is then one in 60 million calls
_WIDE = 120  # characters
_COLUMNS = ("provider", "paging", "conversations", "messages", "requests", "pages", "retries", "seconds", "all")


def run(*, concurrency: int, **options: Any) -> int:
    """Run the demo; the exit code: 0 where all came, each once, and every reply and read mark that an API has was made."""
    tours = asyncio.run(_run(_console(), concurrency, **options))
    return 0 if all(tour.complete and not tour.failures for tour in tours) else 1


def _console() -> Console:
    """Lines on a pipe are as long as they are; a terminal has its width."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDE)


async def _run(console: Console, concurrency: int, **options: Any) -> Sequence[Tour]:
    each = options["conversations"] * options["messages"]
    async with Sandbox(**options) as sandbox, SessionPool(size=concurrency * len(PROVIDERS)) as pool:
        root = sandbox.endpoints[PROVIDERS[0]].base_url.rpartition("/")[0]
        console.print(f"The sandbox serves {len(PROVIDERS)} APIs at {root}", soft_wrap=True)
        tours = [_tour(name, sandbox, pool, options["conversations"]) for name in PROVIDERS]
        running = [asyncio.create_task(tour.run(concurrency)) for tour in tours]
        try:
            shown = _Bars(console, tours, each) if console.is_terminal else _Lines(console, each)
            with shown:
                await _until_done(running, tours, shown)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
    for task in running:
        task.result()
    for words in _ending(tours):
        console.print(words, highlight=False, markup=False, emoji=False, soft_wrap=isinstance(words, str))
    return tours


def _tour(provider: str, sandbox: Sandbox, pool: SessionPool, conversations: int) -> Tour:
    users = [f"user-{number}" for number in range(1, conversations + 1)]
    counts = Counts()
    options = {"pool": pool, "hooks": counts.hooks(), "max_retries": _MAX_RETRIES, **sandbox.client_options(provider)}
    inbox: Inbox = Provider(provider).client(**options).inbox
    return Tour(provider, inbox, counts, lambda: _listed(inbox, users), lambda: sandbox.message_ids(provider))


async def _listed(inbox: Any, users: Sequence[str]) -> AsyncGenerator[str]:
    """The ids of all conversations."""
    able = inbox.capabilities
    if not able.lists_all and not able.lists_by_external_user:  # its customers keep the list of their users
        for user in users:
            yield user
    elif users:
        chosen = {} if able.lists_all else {"external_users": users[:1]}
        async for conversation in inbox.conversations(**chosen, prefetch=1):
            yield conversation.id


async def _until_done(running: Sequence[asyncio.Task[None]], tours: Sequence[Tour], shown: _Bars | _Lines) -> None:
    left = set(running)
    while left:
        done, left = await asyncio.wait(left, timeout=shown.seconds, return_when=asyncio.FIRST_COMPLETED)
        # Where nothing ended it is time to say how far the others are.
        news = [(tour, task in done) for task, tour in zip(running, tours, strict=True) if task in (done or left)]
        shown.show(news)


class _Bars(Progress):
    """A bar for each provider, on a terminal."""

    seconds = 0.2

    def __init__(self, console: Console, tours: Sequence[Tour], messages: int) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        super().__init__(*columns, console=console)
        self._shown = [(self.add_task(tour.provider, total=messages), tour) for tour in tours]

    def show(self, news: Iterable[tuple[Tour, bool]]) -> None:
        """All of them as they are now."""
        del news
        for row, tour in self._shown:
            self.update(row, completed=tour.found.messages)


class _Lines(contextlib.nullcontext[None]):
    """A line now and then for each provider, on a pipe, and one when it is done."""

    seconds = 5.0

    def __init__(self, console: Console, messages: int) -> None:
        super().__init__()
        self._console = console
        self._messages = messages

    def show(self, news: Iterable[tuple[Tour, bool]]) -> None:
        """Those that there is something to say of, and whether they are done."""
        for tour, done in news:
            state = f"done in {tour.seconds:.1f} s" if done else f"of {self._messages}"
            self._console.print(f"{tour.provider}: {tour.found.messages} messages, {state}", highlight=False)


def _ending(tours: Sequence[Tour]) -> Iterable[Any]:
    yield _table(tours)
    for tour in tours:
        if tour.told:
            yield f"{tour.provider}: {'; '.join(tour.told)}" + (f" ({tour.failures} failures)" if tour.failures > 1 else "")
    short = [tour.provider for tour in tours if not tour.complete]
    yield f"INCOMPLETE: {', '.join(short)}" if short else "Every conversation and message came, each once."
    failed = [tour.provider for tour in tours if tour.failures]
    if failed:
        yield f"FAILED on the way: {', '.join(failed)}"


def _table(tours: Sequence[Tour]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for column in _COLUMNS:
        table.add_column(column, justify="left" if column in {"provider", "paging"} else "right", no_wrap=column != "paging")
    for tour in tours:
        found, counts = tour.found, tour.counts
        figures = (found.conversations, found.messages, counts.requests, counts.pages, counts.retries, f"{tour.seconds:.2f}")
        table.add_row(tour.provider, tour.paging, *map(str, figures), "yes" if tour.complete else "NO")
    return table
