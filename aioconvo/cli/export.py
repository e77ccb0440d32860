"""The export from the command line: what was asked, the run with its progress, Ctrl-C, and how it ended."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import logging
import os
import signal
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aioconvo.core.errors import AioconvoError, ConfigurationError, InvalidRequestError, UnsupportedError
from aioconvo.core.numbers import counted
from aioconvo.export import Exporter, ExportError, Source, Summary, TargetError
from aioconvo.export.source import patient
from aioconvo.inbox import Inbox
from aioconvo.providers import Provider

from .choosing import IdFile, expanded
from .connection import PROXY_VARIABLE, Connection
from .drawing import Drawing, duration
from .verdicts import sentences

if TYPE_CHECKING:
    from aioconvo.export.cluster.engine import DaskEngine

__all__ = ["Choice", "run"]

_MOST_NAMED = 20
_STOPPED = 130  # what shells give a command that Ctrl-C ended
_WRONG_USE = (ConfigurationError, InvalidRequestError, UnsupportedError, ExportError)
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Choice:
    """What the command line asked for: `ids` as `choosing.ids` gives them, aware times, `scheduler` is Dask's address.

    `with_agents` and `with_participants` are of the one provider that has them.
    """

    connection: Connection
    providers: Sequence[str]
    targets: Sequence[str]
    ids: Mapping[str, tuple[str, IdFile]]
    with_agents: bool = False
    with_participants: bool = False
    account: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    channel: str | None = None
    concurrency: int = 32
    overlap: dt.timedelta | None = None
    refresh: dt.timedelta | None = None
    fresh: bool = False
    strict: bool = False
    dask: bool = False
    scheduler: str | None = None
    stage: str | None = None


def run(choice: Choice) -> int:
    """Export, and tell how it went; the exit code: 0 complete, 1 short, 2 wrong use, 130 stopped."""
    with Drawing() as drawing:
        try:
            summary = asyncio.run(_export(choice, _engine(choice), drawing))
        except (asyncio.CancelledError, KeyboardInterrupt):
            drawing.say("Stopped at once. What was committed is kept; the same command goes on from there.")
            return _STOPPED
        except TargetError as error:
            drawing.say(f"Error: {error}. What was committed before is intact; with that put right, the same command goes on.")
            return 1
        except AioconvoError as error:
            drawing.say(f"Error: {error}")
            return 2 if isinstance(error, _WRONG_USE) else 1
        for sentence in _ending(choice, summary):
            drawing.say(sentence)
    if summary.complete and not (choice.strict and summary.unknowns):
        return 0
    return _STOPPED if summary.stopped else 1


async def _export(choice: Choice, engine: DaskEngine | None, drawing: Drawing) -> Summary:
    connection = choice.connection
    async with engine or contextlib.nullcontext(), connection.pool(limit_store=engine.limits if engine else None) as pool:
        clients = [patient(connection.client(name, pool)) for name in choice.providers]
        exporter = _exporter(choice, [_source(choice, client, _inbox(choice, client)) for client in clients], engine, drawing)
        if choice.with_agents:  # wrong use was told before anything is asked for
            known = [_source(choice, client, await _knowing_agents(_inbox(choice, client))) for client in clients]
            exporter = _exporter(choice, known, engine, drawing)
        with _interrupts(exporter, drawing.say, [file for _, file in choice.ids.values()]):
            return await exporter.run()


def _exporter(choice: Choice, sources: Sequence[Source], engine: DaskEngine | None, drawing: Drawing) -> Exporter:
    options = {} if choice.overlap is None else {"overlap": choice.overlap}
    return Exporter(
        sources,
        choice.targets,
        since=choice.since,
        until=choice.until,
        channel=choice.channel,
        concurrency=choice.concurrency,
        refresh=choice.refresh,
        **options,
        fresh=choice.fresh,
        on_progress=drawing.update,
        engine=engine,
    )


def _source(choice: Choice, client: Any, inbox: Inbox) -> Source:
    chosen = dict([choice.ids[inbox.provider]] if inbox.provider in choice.ids else [])
    return Source(client, choice.account, inbox=inbox, **chosen)


def _inbox(choice: Choice, client: Any) -> Inbox:
    inbox: Inbox = client.inbox
    peopled = choice.with_participants and "participants" in inbox.capabilities.options
    return inbox.with_options(participants=True) if peopled else inbox


async def _knowing_agents(inbox: Inbox) -> Inbox:
    """The inbox, which knows the agents where it has to be told. Raises `ExportError`: there are none."""
    if "agents" not in inbox.capabilities.options:
        return inbox
    known = await inbox.with_agents()
    if not known.portable_options.get("agents"):  # every message would be a customer's
        raise ExportError(
            f"no web chat queue of {inbox.provider} has an agent: leave --with-agents out, or name them in a program"
        )
    return known


def _engine(choice: Choice) -> DaskEngine | None:
    if not choice.dask:
        return None
    from aioconvo.export.cluster.engine import DaskEngine  # noqa: PLC0415 -- comes with the extra

    # What goes wrong is told in words of our own; Dask would add tracebacks.
    for name in [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    stage = choice.stage or expanded(f"{choice.targets[0].rpartition(':')[2].rstrip('/')}.stage")
    given = choice.connection.proxy
    if given is not None and given != os.environ.get(PROXY_VARIABLE):
        raise ConfigurationError(f"--proxy does not travel to Dask's workers; set {PROXY_VARIABLE} where they run, and here")
    return DaskEngine(stage, scheduler=choice.scheduler, max_body=choice.connection.max_body, proxy="env")


@contextlib.contextmanager
def _interrupts(exporter: Exporter, say: Callable[[str], None], ids: Sequence[IdFile]) -> Generator[None]:
    """The first Ctrl-C stops the export after the pages in flight, and waits for no more `ids`; the second one at once."""
    loop, running = asyncio.get_running_loop(), asyncio.current_task()
    came = 0

    def on_signal() -> None:
        nonlocal came
        came += 1
        if came == 1:
            say("Stopping: the pages in flight are finished and committed. Once more to stop at once.")
            exporter.stop()
            for file in ids:
                file.stop()
        elif running is not None:
            running.cancel()

    # Windows has no handlers in the loop: there Ctrl-C cancels at once.
    with contextlib.suppress(NotImplementedError):
        for number in _SIGNALS:
            loop.add_signal_handler(number, on_signal)
    try:
        yield
    finally:
        with contextlib.suppress(NotImplementedError):
            for number in _SIGNALS:
                loop.remove_signal_handler(number)


def _ending(choice: Choice, summary: Summary) -> Iterator[str]:
    for source in summary.sources:
        messages = source.messages
        walked, new = counted(source.walked, "conversation"), counted(messages.new, "message")
        told = f"{source.account.provider}: {walked} walked, {new} new"
        more = [f"{messages.changed} changed"] if messages.changed else []
        more += [f"{counted(source.failed, 'conversation')} failed"] if source.failed else []
        more += [f"waited {duration(source.waited)} for limits"] if source.waited >= 1 else []
        yield ", ".join([told, *more, f"{duration(summary.seconds)}"])
    for name, held in summary.targets:
        yield from sentences(name, held)
    unknown = {str(one.account.provider) for _, held in summary.targets for one in held.unknown if one.user is not None}
    for provider in sorted(unknown):
        by_own_ids = Provider(provider).inbox.capabilities.lists_by_external_user
        if by_own_ids and choice.ids.get(provider, ("",))[0] == "users":
            yield f"{provider}: --users-from takes the service's own ids; yours go to --external-users-from {provider}:FILE"
    if summary.unknown_members:
        names = ", ".join(summary.unknown_members[:_MOST_NAMED])
        others = len(summary.unknown_members) - _MOST_NAMED
        left = f" and {others} more" if others > 0 else ""
        yield f"Kept in native, and not known to this version of aioconvo: {names}{left}"
    for warning in summary.warnings:
        yield f"Warning: {warning}"
    if summary.stopped and not summary.complete:
        yield "Stopped. The same command goes on from there."
