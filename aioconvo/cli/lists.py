"""`aioconvo list`: a group for each provider, a command for each of its lists; each is made when it is asked for."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from . import connection
from .choosing import PROVIDERS, meant

__all__ = ["app"]

# A context is `Any` below: its class is another one in each few versions of typer.

_SHARED: dict[str, tuple[Any, Any]] = {
    "json": (Annotated[bool, typer.Option("--json", help="A line of JSON for each item, as it came from the API.")], False),
    "position": (Annotated[bool, typer.Option("--position", help="At the end, tell what --start takes to go on.")], False),
    "base_url": (Annotated[str | None, typer.Option(metavar="URL", help="Another server, such as a sandbox.")], None),
    "proxy": (connection.Proxy, None),
    "max_retries": (connection.MaxRetries, None),
    "rate_limit": (connection.RateLimit, None),
    "max_body": (connection.MaxBody, None),
}


class _Lists(TyperGroup):
    """The lists of one provider; they also answer to their names in Python, such as `conversations.list`."""

    def list_commands(self, ctx: Any) -> list[str]:
        from .listings import listings  # noqa: PLC0415 -- loads the provider

        del ctx
        return list(listings(str(self.name)))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        from .listings import command, listings  # noqa: PLC0415 -- as above

        found = listings(str(self.name))
        by_python = {one.python: one for one in found.values()}
        listing = found.get(cmd_name) or by_python.get(cmd_name)
        if listing is not None:
            single = typer.Typer(add_completion=False)
            single.command(listing.name)(command(listing, _act, _SHARED))
            return get_command(single)
        if ctx.resilient_parsing or cmd_name.startswith("-"):
            return None
        raise typer.BadParameter(f"{self.name} has no list {cmd_name!r}; it has {', '.join(found)}{meant(cmd_name, found)}")


class _Providers(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        return list(PROVIDERS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in PROVIDERS:
            return get_group(typer.Typer(name=cmd_name, cls=_Lists, help=f"Lists of {cmd_name}.", no_args_is_help=True))
        if ctx.resilient_parsing or cmd_name.startswith("-"):
            return None
        raise typer.BadParameter(f"{cmd_name!r} is no provider; there are {', '.join(PROVIDERS)}{meant(cmd_name, PROVIDERS)}")


app = typer.Typer(cls=_Providers, no_args_is_help=True)


@app.callback()
def root() -> None:
    """List conversations, messages and more of a real account, or of a sandbox; credentials are variables.

    Exit codes: 0 all came, 1 it failed on the way, 2 wrong use, 130 stopped.
    """


def _act(listing: Any, arguments: dict[str, Any], *, base_url: str | None, json: bool, position: bool, **options: Any) -> None:
    from . import listing as listing_command  # noqa: PLC0415 -- what shows help needs none of it

    made = connection.Connection(**options)
    code = listing_command.run(listing, arguments, connection=made, base_url=base_url, json=json, position=position)
    raise typer.Exit(code)
