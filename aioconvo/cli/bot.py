"""`aioconvo bot`: bots from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="Bots: a demonstration in a browser.", no_args_is_help=True)


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port of the page on 127.0.0.1; 0 takes a free one.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same customers.")] = 0,
) -> None:
    """Chat with an echo bot over all five providers in a browser, kill it and start it again: nothing is lost.

    Sandbox, page and bot in one command; it prints the address, and ends with Ctrl-C.
    """
    from . import bot_demo  # noqa: PLC0415 -- a command loads what it needs when it is asked for

    raise typer.Exit(bot_demo.run(port=port, seed=seed))
