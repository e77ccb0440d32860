"""`aioconvo ultracart`: what only UltraCart needs."""

from __future__ import annotations

from typing import Annotated

import typer

from . import connection

__all__ = ["app"]

app = typer.Typer(help="UltraCart: what its documents do not tell.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """UltraCart: what its documents do not tell."""  # with it, the one command keeps its name


@app.command()
def socket_check(
    attach: Annotated[
        list[str] | None,
        typer.Option(metavar="FORM", help="Only this form, such as query:jwt or header; may be given again. Else all known."),
    ] = None,
    wait: Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="How long each socket is listened to.")] = 5.0,
    proxy: connection.Proxy = None,
) -> None:
    """Find out how your account's agent websocket takes its token: try the forms, one after the other, and print which works.

    Credentials are variables, as `UltraCartClient.from_env` reads them. Each try fetches a new token, and shows it to the
    vendor's server in another place, whose logs may keep it. How long a token lives is not documented.

    Exit codes: 0 one works, 1 none does, 2 wrong use.
    """
    from . import socket_check as check  # noqa: PLC0415 -- a command loads what it needs when it is asked for

    raise typer.Exit(check.run(attach or [], wait=wait, connection=connection.Connection(proxy=proxy)))
