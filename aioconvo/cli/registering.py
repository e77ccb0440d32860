"""Registering webhooks: made, listed and removed by the APIs' own operations; their secrets go to files, never to a screen."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import signal
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Sequence
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

import msgspec
import typer

from aioconvo.core.errors import AioconvoError, ConfigurationError, InvalidRequestError, MaybeSentError
from aioconvo.sandbox.sending.callbacks import shown

from .connection import Connection

__all__ = ["Registration", "list_all", "register", "remove"]

_USUAL = {
    "sunshine": (
        *("conversation:create", "conversation:join", "conversation:leave", "conversation:message", "conversation:postback"),
        *("conversation:read", "conversation:referral", "conversation:remove", "conversation:typing"),
        *("conversation:message:delivery:channel", "conversation:message:delivery:user"),
        *("conversation:message:delivery:failure", "switchboard:passControl", "switchboard:releaseControl"),
        *("user:merge", "user:remove"),
    ),
    "smooch": (
        *("message:appUser", "message:appMaker", "postback", "conversation:start", "conversation:read"),
        *("conversation:referral", "typing:appUser", "merge:appUser", "message:delivery:channel"),
        *("message:delivery:user", "message:delivery:failure"),
    ),
}
_NONE = {
    "convore": "Convore has no webhooks: its events are polled, by `aioconvo tail convore` or bot.add(client, poll=Polling())",
    "ultracart": "UltraCart's conversations have no webhooks: their events come over the agent socket, client.agents.connect()",
}
_PASTE = "Paste it into the dashboard of SMS.CX, as a receive or status callback (no operation does that):"
_IN_THE_DASHBOARD = "callbacks of SMS.CX are settings of its dashboard: no operation lists or removes them"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Registration:
    """What is registered: `triggers` without any are the usual ones; the secret goes to `secret_file`, which is new."""

    target: str
    secret_file: Path
    triggers: Sequence[str] = ()
    name: str = "aioconvo"
    full: bool = False
    hold: bool = False


class _Row(msgspec.Struct, omit_defaults=True):
    """A webhook as it is listed; never with its secret."""

    id: str
    target: str
    triggers: list[str]
    integration: str | None = None
    name: str | None = None


def register(provider: str, asked: Registration, connection: Connection, base_url: str | None) -> int:
    """Make a webhook. The exit code: 1 where the API refused or nobody knows, 2 for wrong use."""
    _check(provider)
    _check_target(asked.target)
    # The file comes first: a secret that has no place to go must not be made.
    with _new_file(asked.secret_file) as file:
        if provider == "smscx":
            return _make_token(asked, file)
        return _told(_make(provider, asked, connection, base_url, file))


def list_all(provider: str, connection: Connection, base_url: str | None, *, json: bool) -> int:
    """Print the webhooks there are, without their secrets."""
    _check(provider, managed=True)
    return _told(_list(provider, connection, base_url, json=json))


def remove(provider: str, ids: Sequence[str], connection: Connection, base_url: str | None) -> int:
    """Remove webhooks by their ids; at Sunshine Conversations with the integration that was made for them."""
    _check(provider, managed=True)
    return _told(_remove(provider, ids, connection, base_url))


def _check(provider: str, *, managed: bool = False) -> None:
    if provider in _NONE:
        raise typer.BadParameter(_NONE[provider])
    if managed and provider == "smscx":
        raise typer.BadParameter(_IN_THE_DASHBOARD)
    if provider not in {*_USUAL, "smscx"}:
        raise typer.BadParameter(f"{provider!r} is no provider with webhooks; those are sunshine, smooch and smscx")


def _check_target(target: str) -> None:
    parts = urlsplit(target)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise typer.BadParameter(
            "--target is the URL that webhooks are to be sent to, such as https://example.org/hooks/sunshine"
        )


def _told(work: Awaitable[None]) -> int:
    async def run() -> None:
        await work

    try:
        asyncio.run(run())
    except (ConfigurationError, InvalidRequestError) as error:
        typer.echo(f"Error: {error}", err=True)
        return 2
    except MaybeSentError as error:
        typer.echo(f"Error: {error}\nIt may be there all the same: look with `aioconvo hooks list`.", err=True)
        return 1
    except AioconvoError as error:
        typer.echo(f"Error: {error}", err=True)
        return 1
    return 0


@contextlib.asynccontextmanager
async def _client(provider: str, connection: Connection, base_url: str | None) -> AsyncGenerator[Any]:
    async with connection.pool() as pool:
        yield connection.client(provider, pool, base_url=base_url)


async def _make(provider: str, asked: Registration, connection: Connection, base_url: str | None, file: _SecretFile) -> None:
    async with _client(provider, connection, base_url) as client:
        made = await _MAKE[provider](client, asked)
        if not made.secret:
            await made.undo()
            raise ConfigurationError("the API told no secret of the new webhook, which was removed again")
        await asyncio.to_thread(file.keep, provider, made.secret)
        typer.echo(made.told)
        typer.echo(f"The secret is in {asked.secret_file}.", err=True)
        if asked.hold:
            await _hold(made)
            file.discard()


def _make_token(asked: Registration, file: _SecretFile) -> int:
    from aioconvo.smscx import SmscxWebhook  # noqa: PLC0415 -- one provider is loaded, not all

    token = SmscxWebhook.new_token()
    file.keep("smscx", token)
    typer.echo(f"{_PASTE}\n{asked.target.rstrip('/')}/{token}")
    typer.echo(f"The token is in {asked.secret_file}.", err=True)
    return 0


class _Made(msgspec.Struct):
    told: str
    secret: str
    undo: Callable[[], Awaitable[Any]]


async def _make_at_sunshine(client: Any, asked: Registration) -> _Made:
    from aioconvo.sunshine import NewIntegration, NewWebhook  # noqa: PLC0415 -- as above

    triggers = list(asked.triggers or _USUAL["sunshine"])
    webhook = NewWebhook(target=asked.target, triggers=triggers, include_full_user=asked.full, include_full_source=asked.full)
    # An integration of its own: those of others have their one webhook already, and are not ours to change.
    made = await client.integrations.create(
        integration=NewIntegration(type="custom", display_name=asked.name, webhooks=[webhook])
    )
    (first, *_) = made.webhooks or (await client.webhooks.list(made.id)).items
    secret = first.secret or (await client.webhooks.get(made.id, first.id)).secret
    return _Made(f"integration {made.id}, webhook {first.id}", secret or "", lambda: client.integrations.delete(made.id))


async def _make_at_smooch(client: Any, asked: Registration) -> _Made:
    triggers = list(asked.triggers or _USUAL["smooch"])
    made = await client.webhooks.create(
        target=asked.target, triggers=triggers, include_client=asked.full, include_full_app_user=asked.full
    )
    return _Made(f"webhook {made.id}", made.secret, lambda: client.webhooks.delete(made.id))


_MAKE: dict[str, Callable[[Any, Registration], Awaitable[_Made]]] = {
    "sunshine": _make_at_sunshine,
    "smooch": _make_at_smooch,
}


async def _hold(made: _Made) -> None:
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    typer.echo("It is removed again at Ctrl-C.", err=True)
    await stopped.wait()
    await made.undo()
    typer.echo("removed", err=True)


class _SecretFile:
    """A new file for a secret that only its owner reads."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.holds = False

    def keep(self, provider: str, secret: str) -> None:
        """Write it, as the variable that a webhook's `from_env` reads."""
        self._stream.write(f"AIOCONVO_{provider.upper()}_WEBHOOK_SECRETS={secret}\n")
        self._stream.flush()
        self.holds = True

    def discard(self) -> None:
        """It is of no use any more."""
        self.holds = False


@contextlib.contextmanager
def _new_file(path: Path) -> Generator[_SecretFile]:
    """The file, which goes again where it is to hold no secret."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise typer.BadParameter(f"{path} is there already; give another --secret-file") from None
    except OSError as error:
        raise typer.BadParameter(f"cannot write {path}: {error.strerror}") from None
    with os.fdopen(number, "w", encoding="utf-8") as stream:
        file = _SecretFile(stream)
        try:
            yield file
        finally:
            if not file.holds:
                path.unlink(missing_ok=True)


async def _list(provider: str, connection: Connection, base_url: str | None, *, json: bool) -> None:
    async with _client(provider, connection, base_url) as client:
        async for row in _ROWS[provider](client):
            if json:
                typer.echo(msgspec.json.encode(row).decode())
            else:
                of = "" if row.integration is None else f"  integration {row.integration} ({row.name or 'no name'})"
                typer.echo(f"{row.id}  {row.target}{of}  {', '.join(row.triggers) or 'no triggers'}")


async def _rows_of_sunshine(client: Any) -> AsyncIterator[_Row]:
    async for integration in client.integrations.list(types="custom"):
        # What was listed may have been shortened; the webhooks themselves are asked for.
        async for one in client.webhooks.list(integration.id):
            yield _Row(one.id or "", shown(one.target), one.triggers, integration.id, integration.display_name)


async def _rows_of_smooch(client: Any) -> AsyncIterator[_Row]:
    async for one in client.webhooks.list():
        yield _Row(one.id, shown(one.target), one.triggers)


_ROWS: dict[str, Callable[[Any], AsyncIterator[_Row]]] = {"sunshine": _rows_of_sunshine, "smooch": _rows_of_smooch}


async def _remove(provider: str, ids: Sequence[str], connection: Connection, base_url: str | None) -> None:
    async with _client(provider, connection, base_url) as client:
        rows = [row async for row in _ROWS[provider](client)]
        known = {row.id: row for row in rows} | {row.integration: row for row in rows if row.integration}
        if unknown := [one for one in ids if one not in known]:
            raise InvalidRequestError(f"there is no webhook {unknown[0]!r}; `aioconvo hooks list {provider}` names them")
        for row in {known[one].id: known[one] for one in ids}.values():
            if row.integration is None:
                await client.webhooks.delete(row.id)
                typer.echo(f"removed webhook {row.id}")
            elif sum(other.integration == row.integration for other in rows) == 1:
                await client.integrations.delete(row.integration)
                typer.echo(f"removed integration {row.integration} with webhook {row.id}")
            else:
                await client.webhooks.delete(row.integration, row.id)
                typer.echo(f"removed webhook {row.id} of integration {row.integration}")
