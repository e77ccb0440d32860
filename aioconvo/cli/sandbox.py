"""Serving the sandbox from the command line."""

from __future__ import annotations

import asyncio
import dataclasses
import signal
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

import msgspec
import typer

from aioconvo.core.errors import CallError, ConfigurationError
from aioconvo.sandbox import EventList, Sandbox, Unkindness

__all__ = [
    "as_json",
    "as_lines",
    "as_variables",
    "callbacks",
    "event_list",
    "reset_running",
    "serve",
    "unkindness",
    "variables",
]

T = TypeVar("T")
_TYPES = {"float": float, "float | None": float, "int": int}
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def serve(show: Callable[[Sandbox], str], *, port: int, **options: Any) -> int:
    """Serve until the process is asked to stop; `options` are the `Sandbox`'s. The exit code: 1 where the port is taken."""
    try:
        asyncio.run(_serve(show, port=port, **options))
    except OSError as error:
        typer.echo(f"cannot listen on port {port}: {error.strerror}; choose another by --port", err=True)
        return 1
    return 0


async def _serve(show: Callable[[Sandbox], str], **options: Any) -> None:
    async with Sandbox(**options) as sandbox:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopped.set)
        typer.echo(show(sandbox))  # who reads it may stop it at once
        await stopped.wait()


def reset_running(port: int) -> bool:
    """Put the sandbox on a port back to its seeded data; false when none runs there."""
    return asyncio.run(_reset_running(port))


async def _reset_running(port: int) -> bool:
    from aioconvo import ConvoreClient  # noqa: PLC0415 -- any client will do, and only this command needs one

    async with ConvoreClient(api_key="none", base_url=f"http://127.0.0.1:{port}", max_retries=0) as client:
        try:
            await client.request("POST", "/_sandbox/reset")
        except CallError:
            return False
    return True


def callbacks(given: Iterable[str] | None) -> dict[str, str]:
    """URLs by provider, of `PROVIDER=URL`. Raises `typer.BadParameter`."""
    found: dict[str, str] = {}
    for one in given or ():
        provider, _, target = one.partition("=")
        if not target:
            raise typer.BadParameter(
                f"--callback is PROVIDER=URL, such as sunshine=http://127.0.0.1:8080/hooks/sunshine; got {one!r}"
            )
        found[provider] = target
    return found


def unkindness(given: Iterable[str] | None) -> Unkindness:
    """How webhooks are sent, of `NAME=VALUE`. Raises `typer.BadParameter`."""
    return _chosen(Unkindness, "--unkind", given)


def event_list(given: Iterable[str] | None) -> EventList:
    """How the list of events behaves, of `NAME=VALUE`. Raises `typer.BadParameter`."""
    try:
        return _chosen(EventList, "--events", given)
    except ConfigurationError as error:
        raise typer.BadParameter(f"--events: {error}") from None


def _chosen(kind: type[T], option: str, given: Iterable[str] | None) -> T:
    types = {field.name: str(field.type) for field in dataclasses.fields(cast("Any", kind))}
    values: dict[str, Any] = {}
    for one in given or ():
        name, _, text = one.partition("=")
        if name not in types:
            raise typer.BadParameter(f"{option} is NAME=VALUE with a name of {', '.join(types)}; got {one!r}")
        try:
            values[name] = _BOOLEANS[text.lower()] if types[name] == "bool" else _TYPES[types[name]](text)
        except (KeyError, ValueError):
            raise typer.BadParameter(f"{option} {name} is a {types[name]}; got {text!r}") from None
    return kind(**values)


def as_json(sandbox: Sandbox) -> str:
    """Base URLs and credentials as an indented JSON object."""
    described = {
        name: {
            "base_url": endpoint.base_url,
            "credentials": dict(endpoint.credentials),
            **({"webhook_secrets": [sandbox.webhook_secrets[name]]} if name in sandbox.webhook_secrets else {}),
        }
        for name, endpoint in sandbox.endpoints.items()
    }
    return msgspec.json.format(msgspec.json.encode(described)).decode()


def variables(sandbox: Sandbox) -> dict[str, str]:
    """What `from_env()` of the clients and webhooks reads."""
    clients = {
        f"AIOCONVO_{name.upper()}_{key.upper()}": str(value)
        for name in sandbox.endpoints
        for key, value in sandbox.client_options(name).items()
    }
    return clients | {f"AIOCONVO_{name.upper()}_WEBHOOK_SECRETS": secret for name, secret in sandbox.webhook_secrets.items()}


def as_variables(sandbox: Sandbox) -> str:
    """The variables, as shell lines."""
    return "\n".join(f"export {name}={value}" for name, value in variables(sandbox).items())


def as_lines(sandbox: Sandbox) -> str:
    """A line for each provider."""
    lines = [
        f"{name:<10} {endpoint.base_url}   " + "  ".join(f"{key}={value}" for key, value in endpoint.credentials.items())
        for name, endpoint in sandbox.endpoints.items()
    ]
    return "\n".join([*lines, f"chat       {sandbox.chat_url}", "Stop with Ctrl-C."])
