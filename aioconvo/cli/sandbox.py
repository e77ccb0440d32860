"""Serving the sandbox from the command line."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import Any

import msgspec
import typer

from aioconvo.core.errors import CallError
from aioconvo.sandbox import Sandbox

__all__ = ["as_json", "as_lines", "as_variables", "reset_running", "serve"]


def serve(show: Callable[[Sandbox], str], *, port: int, **options: Any) -> int:
    """Serve until the process is asked to stop; `options` are the `Sandbox`'s. The exit code: 1 where the port is taken."""
    try:
        asyncio.run(_serve(show, port=port, **options))
    except OSError as error:
        typer.echo(f"cannot listen on port {port}: {error.strerror}", err=True)
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


def as_json(sandbox: Sandbox) -> str:
    """Base URLs and credentials as an indented JSON object."""
    described = {
        name: {"base_url": endpoint.base_url, "credentials": dict(endpoint.credentials)}
        for name, endpoint in sandbox.endpoints.items()
    }
    return msgspec.json.format(msgspec.json.encode(described)).decode()


def as_variables(sandbox: Sandbox) -> str:
    """What `from_env()` of the clients reads, as shell lines."""
    return "\n".join(
        f"export AIOCONVO_{name.upper()}_{key.upper()}={value}"
        for name in sandbox.endpoints
        for key, value in sandbox.client_options(name).items()
    )


def as_lines(sandbox: Sandbox) -> str:
    """A line for each provider."""
    lines = [
        f"{name:<10} {endpoint.base_url}   " + "  ".join(f"{key}={value}" for key, value in endpoint.credentials.items())
        for name, endpoint in sandbox.endpoints.items()
    ]
    return "\n".join([*lines, "Stop with Ctrl-C."])
