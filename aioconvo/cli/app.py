"""What can be said on the command line; each command's work is in a file of its own."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from aioconvo.core.version import VERSION

from . import demo as demo_command, operations as operations_command, sandbox as sandbox_command

__all__ = ["app"]

app = typer.Typer(
    help="One asyncio client for SMS.CX, Sunshine Conversations, Smooch, Convore and UltraCart.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals hold credentials and messages
)

_Conversations = Annotated[int, typer.Option(min=0, help="Conversations of each provider.")]
_Messages = Annotated[int, typer.Option(min=0, help="Messages of each conversation.")]
_Seed = Annotated[int, typer.Option(help="The same seed gives the same data.")]
_Latency = Annotated[float, typer.Option(min=0.0, help="Seconds before each answer.")]
_Faults = Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of answers that fail.")]


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Show the version and stop.")] = False) -> None:
    """Speak to five conversation APIs, or to their sandbox."""
    if version:
        typer.echo(VERSION)
        raise typer.Exit


@app.command()
def demo(
    conversations: _Conversations = 20,
    messages: _Messages = 120,
    concurrency: Annotated[int, typer.Option(min=1, help="Conversations read at once.")] = 16,
    latency: _Latency = 0.005,
    faults: _Faults = 0.05,
) -> None:
    """Fetch everything of all five providers from an embedded sandbox that fails now and then, and check it is complete."""
    options = {"conversations": conversations, "messages": messages, "latency": latency, "faults": faults}
    if not asyncio.run(demo_command.run(concurrency=concurrency, **options)):
        raise typer.Exit(1)


@app.command()
def operations(
    provider: Annotated[str | None, typer.Option(help="Only this provider's.")] = None,
    json: Annotated[bool, typer.Option("--json", help="A JSON list in place of a table.")] = False,
) -> None:
    """List every operation: the specification's name, method and path, where it is in Python, and what it does outside."""
    rows = operations_command.catalogue(provider)
    if not rows:
        raise typer.BadParameter(f"provider is one of {', '.join(operations_command.PROVIDERS)}")
    if json:
        typer.echo(operations_command.as_json(rows))
    else:
        operations_command.print_table(rows)


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port on 127.0.0.1; 0 takes a free one.")] = 0,
    conversations: _Conversations = 10,
    messages: _Messages = 25,
    seed: _Seed = 0,
    latency: _Latency = 0.0,
    faults: _Faults = 0.0,
    rate_limit: Annotated[
        float | None, typer.Option(help="Requests a second for each credential; over it, the provider's own 429.")
    ] = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="Put a sandbox that already runs on this port back to its seeded data.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print base URLs and credentials as one JSON object.")] = False,
    env: Annotated[bool, typer.Option("--env", help="Print the variables that the clients' from_env() reads.")] = False,
) -> None:
    """Serve the five APIs on loopback until Ctrl-C."""
    if rate_limit is not None and rate_limit <= 0:
        raise typer.BadParameter("--rate-limit is a number of requests a second, above 0")
    if reset and port and asyncio.run(sandbox_command.reset_running(port)):
        typer.echo(f"the sandbox on port {port} is back to its seeded data")
        return
    options = {"conversations": conversations, "messages": messages, "seed": seed, "latency": latency, "faults": faults}
    show = sandbox_command.as_lines
    if json or env:
        show = sandbox_command.as_json if json else sandbox_command.as_variables
    try:
        asyncio.run(sandbox_command.serve(show, port=port, rate_limit=rate_limit, **options))
    except OSError as error:
        typer.echo(f"cannot listen on port {port}: {error.strerror}", err=True)
        raise typer.Exit(1) from None
