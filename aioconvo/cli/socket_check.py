"""`aioconvo ultracart socket-check`: tries the forms in which a token may go along, and prints which works."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import typer

from aioconvo.core.errors import AioconvoError, ConfigurationError
from aioconvo.ultracart.socket.attach import FORMS, check_attach
from aioconvo.ultracart.socket.trying import Finding, try_form

from .connection import Connection

__all__ = ["check", "run"]

_WRONG_USE = 2
_NAME_WIDTH = max(map(len, (*FORMS, "no token")))


def run(forms: Sequence[str], *, wait: float, connection: Connection) -> int:
    """Try them, all known ones where none is given; the exit code."""
    try:
        asked = [str(check_attach(form)) for form in forms or FORMS]
        return asyncio.run(check(asked, wait, connection))
    except ConfigurationError as error:
        typer.echo(f"{error}", err=True)
        return _WRONG_USE
    except AioconvoError as error:
        typer.echo(f"no token: {error}", err=True)
        return 1


async def check(forms: Sequence[str], wait: float, connection: Connection) -> int:
    """The same within a running loop."""
    async with connection.pool() as pool:
        client = connection.client("ultracart", pool)
        without = await _try(client, None, wait)
        found = [(form, await _try(client, form, wait)) for form in forms]
    # A server that keeps sockets open without a token tells by that nothing of those with one: frames do.
    works = [form for form, finding in found if finding.stayed and (not without.stayed or finding.heard > without.heard)]
    if works:
        typer.echo(f"works: {', '.join(works)}. Write AgentSocket(attach={works[0]!r}).")
        return 0
    if without.stayed:
        typer.echo("a socket stays open without a token, too, and nothing came on any: write a message to the shop meanwhile.")
    else:
        typer.echo("none works. An attach= of your own is a function of URL and token.")
    return 1


async def _try(client: Any, form: str | None, wait: float) -> Finding:
    finding = await try_form(client, form, wait=wait)
    typer.echo(f"{form or 'no token':{_NAME_WIDTH}}  {finding.words}")
    return finding
