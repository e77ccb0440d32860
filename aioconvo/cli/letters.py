"""What a bot's store holds, from the command line: dead letters, and all of one conversation."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec
import typer

from aioconvo.bot.stores.sqlite import SqliteStore
from aioconvo.bot.stores.store import DeadLetter, Store
from aioconvo.core.errors import ConfigurationError, StoreError
from aioconvo.core.numbers import counted
from aioconvo.events.incoming import Incoming, neutral
from aioconvo.events.keys import lane_of
from aioconvo.providers import Provider
from aioconvo.smscx.events import contact_lane

__all__ = ["forget", "list_dead", "replay", "show"]

_MOST = 1_000_000
_CHANNELS = (None, "sms", "viber", "whatsapp")


class Letters(Protocol):
    """Dead letters; every `Store` has them."""

    async def dead(self, most: int) -> Sequence[DeadLetter]:
        """See `Store`."""
        ...

    async def replay(self, key: str, *, now: float) -> bool:
        """See `Store`."""
        ...


def list_dead(target: str, most: int, *, as_json: bool) -> int:
    """Print the oldest dead letters; the exit code."""

    async def ask(store: Letters) -> int:
        letters = await store.dead(most)
        for letter in letters:
            facts = _facts(letter)
            typer.echo(msgspec.json.encode(facts).decode() if as_json else "  ".join(map(str, facts.values())))
        if not letters and not as_json:
            typer.echo("no dead letters")
        return 0

    return _with_letters(target, ask)


def show(target: str, key: str, *, with_text: bool) -> int:
    """Print one dead letter; the exit code."""

    async def ask(store: Letters) -> int:
        letter = next((one for one in await store.dead(_MOST) if one.entry.key == key), None)
        if letter is None:
            typer.echo(f"there is no dead letter {key}; `aioconvo bot dead list` shows all", err=True)
            return 1
        for name, value in _facts(letter).items():
            typer.echo(f"{name:<10} {value}")
        typer.echo(f"{'event':<10} {_event(letter)!r}")
        if with_text:
            typer.echo(letter.entry.raw.decode("utf-8", "replace"))
        else:
            typer.echo("'…' hides text; --text shows the event as it came")
        return 0

    return _with_letters(target, ask)


def replay(target: str, keys: Sequence[str]) -> int:
    """Let these dead letters be handled again, or all; the exit code."""

    async def ask(store: Letters) -> int:
        wanted = keys or [letter.entry.key for letter in await store.dead(_MOST)]
        missing = [key for key in wanted if not await store.replay(key, now=time.time())]
        typer.echo(f"to be handled again by the bot: {counted(len(wanted) - len(missing), 'event')}")
        for key in missing:
            typer.echo(f"there is no dead letter {key}", err=True)
        return 1 if missing else 0

    return _with_letters(target, ask)


def forget(target: str, account: str, who: str) -> int:
    """Remove all that is kept of a conversation; the exit code."""

    async def ask(store: Store) -> int:
        lanes = {lane_of(account, who), lane_of(account, "conversation", who), lane_of(account, "queue", who)}
        phones = {who, f"+{who.lstrip('+')}", who.lstrip("+")}
        lanes |= {contact_lane(account, phone, channel) for phone in phones for channel in _CHANNELS}
        gone = [await store.forget(lane) for lane in sorted(lanes)]
        typer.echo(f"removed {counted(sum(gone), 'event')} and what else was kept of it")
        return 0

    return _with_store(target, ask)


def _with_letters(target: str, ask: Callable[[Letters], Coroutine[Any, Any, int]]) -> int:
    """Ask a store that a running bot may have."""
    store = _store(target)
    return _run(ask(store.beside()) if isinstance(store, SqliteStore) else _opened(store, ask))


def _with_store(target: str, ask: Callable[[Store], Awaitable[int]]) -> int:
    return _run(_opened(_store(target), ask))


def _run(asking: Coroutine[Any, Any, int]) -> int:
    try:
        return asyncio.run(asking)
    except StoreError as error:
        typer.echo(f"Error: {error}", err=True)
        return 1


async def _opened(store: Store, ask: Callable[[Store], Awaitable[int]]) -> int:
    await store.open(now=time.time())
    try:
        return await ask(store)
    finally:
        await store.aclose()


def _store(target: str) -> Store:
    if "://" in target:
        from aioconvo.bot import RedisStore  # noqa: PLC0415 -- needs its extra

        shared: Store = RedisStore(target)
        return shared
    if Path(target).exists():
        return SqliteStore(target)
    if ":" in target:
        from .running import load  # noqa: PLC0415 -- as above

        return load(target).store
    raise ConfigurationError(
        f"there is no store {target!r}: give the file of a SqliteStore, the URL of a RedisStore, or app:bot"
    )


def _facts(letter: DeadLetter) -> dict[str, str | int]:
    """What is told of a dead letter: nothing that somebody wrote."""
    entry = letter.entry
    return {
        "key": entry.key,
        "provider": entry.provider,
        "account": entry.account,
        "attempts": entry.attempt,
        "died": dt.datetime.fromtimestamp(letter.died_at, dt.UTC).isoformat(timespec="seconds"),
        "reason": letter.reason.partition(":")[0],
    }


def _event(letter: DeadLetter) -> object:
    entry = letter.entry
    read: tuple[Incoming, ...] = Provider(entry.provider).events.read(entry.account, entry.raw)
    return neutral(read[0]) if len(read) == 1 else None
