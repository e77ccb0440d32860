"""`aioconvo call`: a group for each provider, a command for each of its operations; each is made when it is asked for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_type_hints

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from . import connection
from .choosing import PROVIDERS, is_called, meant

__all__ = ["app"]

# A context is `Any` below: its class is another one in each few versions of typer.

_SHARED: dict[str, tuple[Any, Any]] = {
    "yes": (Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before what changes or costs is sent.")], False),
    "out": (
        Annotated[str | None, typer.Option("--out", metavar="FILE", help="Write the answer there; - is standard output.")],
        None,
    ),
    "position": (
        Annotated[bool, typer.Option("--position", help="At the end of a list, tell what --start takes to go on.")],
        False,
    ),
    "base_url": (Annotated[str | None, typer.Option(metavar="URL", help="Another server, such as a sandbox.")], None),
    "proxy": (connection.Proxy, None),
    "max_retries": (connection.MaxRetries, None),
    "rate_limit": (connection.RateLimit, None),
    "max_body": (connection.MaxBody, None),
}


class _Operations(TyperGroup):
    """The operations of one provider by their names in Python, such as `sms.send`, and by those of the specification."""

    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        return sorted(_methods(str(self.name)))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        found = _methods(str(self.name))
        if cmd_name not in found:
            cmd_name = next((name for name, one in found.items() if is_called(cmd_name, one.operation.name)), cmd_name)
        if cmd_name in found:
            single = typer.Typer(add_completion=False, rich_markup_mode=None)
            read = {"token_normalize_func": _as_an_option}
            single.command(cmd_name, help=_help(found[cmd_name]), context_settings=read)(_command(cmd_name, found[cmd_name]))
            return get_command(single)
        if ctx.resilient_parsing or cmd_name.startswith("-"):
            return None
        raise typer.BadParameter(f"{self.name} has no operation {cmd_name!r}; there are {_near(cmd_name, found)}")


class _Providers(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        return list(PROVIDERS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in PROVIDERS:
            words = f"Operations of {cmd_name}; `aioconvo operations --provider {cmd_name}` tells more of them."
            return get_group(typer.Typer(name=cmd_name, cls=_Operations, help=words, no_args_is_help=True))
        if ctx.resilient_parsing or cmd_name.startswith("-"):
            return None
        raise typer.BadParameter(f"{cmd_name!r} is no provider; there are {', '.join(PROVIDERS)}{meant(cmd_name, PROVIDERS)}")


app = typer.Typer(cls=_Providers, no_args_is_help=True)


@app.callback()
def root() -> None:
    """Run any operation: aioconvo call convore labels.create --name urgent. Credentials are variables.

    Nested values are JSON, or @FILE that holds it; files to send are @FILE. Lists print a line of JSON an item.

    Exit codes: 0 done, 1 it failed, 2 wrong use, 130 stopped.
    """


def _near(name: str, found: Mapping[str, Any]) -> str:
    """The operations of its group, or of those in it; else the groups. And what may have been meant."""
    group = name.rpartition(".")[0] or name
    beside = [one for one in found if one.startswith(f"{group}.")] or sorted({one.partition(".")[0] for one in found})
    return f"{', '.join(beside)}{meant(name, found) or meant(name, [one.operation.name for one in found.values()])}"


def _as_an_option(name: str) -> str:
    """An argument of Python, such as `from_` or `channel_id`, as its option is called."""
    return name.strip("_").replace("_", "-")


def _methods(provider: str) -> dict[str, Any]:
    from aioconvo.core.operations.resource import methods  # noqa: PLC0415 -- what shows help of others needs none of it
    from aioconvo.providers import Provider  # noqa: PLC0415 -- as above

    return {one.operation.python.partition(".")[2]: one for one in methods(Provider(provider).client)}


def _help(method: Callable[..., Any]) -> str:
    """The docstring; lines that belong together stay as they are."""
    return "\n\n".join(f"\b\n{part}" if "\n " in part else part for part in (inspect.getdoc(method) or "").split("\n\n"))


def _command(name: str, method: Any) -> Callable[..., None]:
    """A function as typer takes it, with an option for each argument of the method."""
    from .options import arguments, option  # noqa: PLC0415 -- as above

    hints = get_type_hints(method)
    _, *own = inspect.signature(method).parameters.values()
    every = {one.name: (option(one.name, hints[one.name]), one.empty if one.default is one.empty else None) for one in own}

    def run(**given: Any) -> None:
        shared = {one: given.pop(one) for one in _SHARED}
        _act(name, method, arguments(given), **shared)

    run.__annotations__ = {one: kind for one, (kind, _) in (every | _SHARED).items()}
    keyword = inspect.Parameter.KEYWORD_ONLY
    signature = [
        inspect.Parameter(one, keyword, annotation=kind, default=value) for one, (kind, value) in (every | _SHARED).items()
    ]
    run.__signature__ = inspect.Signature(signature)  # type: ignore[attr-defined] # read by inspect.signature
    return run


def _act(
    name: str,
    method: Any,
    given: Mapping[str, Any],
    *,
    yes: bool,
    out: str | None,
    position: bool,
    base_url: str | None,
    **options: Any,
) -> None:
    from . import calling  # noqa: PLC0415 -- what shows help needs none of it

    asked = calling.Call(name, method, given, out, base_url, connection.Connection(**options))
    if not yes:
        calling.confirm(asked)
    raise typer.Exit(calling.run(asked, position=position))
