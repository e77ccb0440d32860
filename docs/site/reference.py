"""Writes the reference's pages: every public name, every operation, every command.

Run as `python docs/site/reference.py FOLDER`. What a page says comes from docstrings and declarations; this says which names
stand on which page.
"""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from aioconvo.cli.operations import Row, catalogue
from aioconvo.core.operations.resource import groups, methods
from aioconvo.providers import Provider

__all__ = ["OTHERS", "PACKAGES", "TITLES", "pages"]

# Of the names in `aioconvo` itself: the page, its title, and the packages of which it has the names.
PACKAGES = {
    "clients": (
        "Clients and calls",
        ("aioconvo.core.calls", "aioconvo.core.wire", "aioconvo.core.answers", "aioconvo.core.encoding"),
    ),
    "lists": ("Lists", ("aioconvo.core.paging",)),
    "errors": ("Errors", ("aioconvo.core.errors",)),
    "limits": ("Limits and retries", ("aioconvo.core.limits", "aioconvo.core.retry")),
    "data": ("Data and JSON", ("aioconvo.core.json", "aioconvo.core.operations", "aioconvo.providers")),
}
# Packages whose public names have a page each.
OTHERS = {
    "inbox": "One inbox for all providers",
    "events": "Events",
    "bot": "Bots",
    "export": "Export",
    "sandbox": "Sandbox",
    "otel": "OpenTelemetry",
}
TITLES = {
    "smscx": "SMS.CX",
    "sunshine": "Sunshine Conversations",
    "smooch": "Smooch",
    "convore": "Convore",
    "ultracart": "UltraCart",
}

_USUAL = {"GET": "read", "PUT": "idempotent", "PATCH": "idempotent", "DELETE": "idempotent", "POST": "unsafe"}

_START = """# Reference

Every public name, every operation and every command. What stands here comes from the code: from docstrings, signatures and
declarations.

- [All operations](operations.md) of the five providers, with what each does outside.
- [Their method, and ours](names.md), for who comes from an SDK; [effects](effects.md) with their reasons.
- For each provider its client with the operations, group by group, and the data that they take and give.
- What all clients have in common: [clients and calls](clients.md), [lists](lists.md), [errors](errors.md), [limits and
  retries](limits.md), [data and JSON](data.md).
- What is built on them: [one inbox](inbox.md), [events](events.md), [bots](bot.md), [export](export.md), the
  [sandbox](sandbox.md), [OpenTelemetry](otel.md), and the [command line](cli.md).

The five providers describe few of their own fields in words. Where a field of a provider's data has none here, its provider
says nothing about it beyond its name and type.
"""


def pages() -> Iterator[tuple[str, str]]:
    """The name and the text of each page."""
    yield "index.md", _START
    yield "operations.md", _operations()
    yield "names.md", _names()
    yield "effects.md", _effects()
    top: Any = importlib.import_module("aioconvo")
    for name, (title, packages) in PACKAGES.items():
        yield f"{name}.md", _page(title, (f"aioconvo.{one}" for one in top.__all__ if _home(top, one).startswith(packages)))
    for package, title in OTHERS.items():
        names: list[str] = importlib.import_module(f"aioconvo.{package}").__all__
        yield f"{package}.md", _page(title, (f"aioconvo.{package}.{one}" for one in names))
    for provider in Provider:
        yield f"{provider}.md", _provider(provider)
        yield f"{provider}-models.md", _models(provider)
    yield "cli.md", _commands()


def _home(module: Any, name: str) -> str:
    """The module that a name is from."""
    home: str = getattr(getattr(module, name), "__module__", "")
    return home if home != "types" else "aioconvo.core.encoding"  # a union has no home


def _page(title: str, names: Iterable[str]) -> str:
    return "\n\n".join([f"# {title}", *(f"::: {name}" for name in names)]) + "\n"


def _operations() -> str:
    """All operations by provider."""
    parts = ["# Operations", "`aioconvo operations` prints this list, and `aioconvo call` runs any of them."]
    for provider in Provider:
        rows = catalogue(str(provider))
        table = [
            "| operation | request | effect | pages by | in the specification |",
            "|---|---|---|---|---|",
            *map(_row, rows),
        ]
        parts += [f"## {TITLES[str(provider)]}", "\n".join(table)]
    return "\n\n".join(parts) + "\n"


def _row(row: Row) -> str:
    name = row["python"].partition(".")[2]
    request = f"`{row['method']} {row['path']}`"
    link = f"[`{name}`]({row['provider']}.md#{_home_of(row)})"
    return f"| {link} | {request} | {row['effect']} | {row['paged'] or ''} | `{row['operation']}` |"


def _names() -> str:
    """Their method and ours, for who comes from an API's documents or SDK."""
    words = (
        "The SDKs call these methods as the specifications do, in their own spelling: `CreateUser` is `create_user` in Python."
    )
    parts = ["# Their method, and ours", f"{words} `aioconvo operations create_user` finds ours, too."]
    for provider in Provider:
        rows = sorted(catalogue(str(provider)), key=lambda row: _snake(row["operation"]))
        table = [f"| `{_snake(row['operation'])}` | [`{row['python']}`]({provider}.md#{_home_of(row)}) |" for row in rows]
        parts += [f"## {TITLES[str(provider)]}", "\n".join(["| theirs | ours |", "|---|---|", *table])]
    return "\n\n".join(parts) + "\n"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _effects() -> str:
    """Every effect, and why where the HTTP method would tell another one."""
    words = "A GET reads, a PUT, PATCH or DELETE may be repeated, a POST may not. Where that is not so, the reason stands here."
    parts = ["# Effects", words]
    for provider in Provider:
        table = [
            f"| `{one.operation.python}` | {one.operation.method} | {one.operation.effect.value} | {_reason(one)} |"
            for one in sorted(methods(provider.client), key=lambda one: str(one.operation.python))
        ]
        head = ["| operation | method | effect | why it is not what the method tells |", "|---|---|---|---|"]
        parts += [f"## {TITLES[str(provider)]}", "\n".join([*head, *table])]
    return "\n\n".join(parts) + "\n"


def _reason(method: Any) -> str:
    """What the comment above a declaration says, else how its docstring begins; nothing where the effect is the usual one."""
    operation = method.operation
    if operation.effect.value == _USUAL[operation.method]:
        return ""
    code = inspect.unwrap(method)
    lines = Path(inspect.getsourcefile(code) or "").read_text(encoding="utf-8").splitlines()
    place = inspect.getsourcelines(code)[1] - 2
    told: list[str] = []
    while lines[place].strip().startswith("#"):
        told.insert(0, lines[place].strip().lstrip("# "))
        place -= 1
    return " ".join(told) or str(inspect.getdoc(method)).partition("\n")[0]


def _home_of(row: Row) -> str:
    """The method's own place, which its heading has as an anchor."""
    place, _, method = row["python"].partition(".")[2].rpartition(".")
    owner = dict(groups(Provider(row["provider"]).client))[place]
    home = next(one for one in owner.__mro__ if method in vars(one))
    return f"{home.__module__}.{home.__qualname__}.{method}"


def _provider(provider: Provider) -> str:
    """The client and its operations, group by group."""
    client: Any = provider.client
    parts = [f"# {TITLES[str(provider)]}", f"::: aioconvo.{client.__name__}"]
    for place, group in groups(client):
        if any(hasattr(one, "operation") for one in vars(group).values()) or group.__module__.startswith("aioconvo.core"):
            parts.append(
                f"## `client.{place}`\n\n::: {group.__module__}.{group.__qualname__}\n    options: {{heading_level: 3}}"
            )
    return "\n\n".join(parts) + "\n"


def _models(provider: Provider) -> str:
    """What a provider's operations take and give, and its events."""
    package: Any = importlib.import_module(f"aioconvo.{provider}")
    names = (name for name in package.__all__ if name not in {"OPERATIONS", provider.client.__name__})
    return _page(f"{TITLES[str(provider)]}: data", (f"aioconvo.{provider}.{name}" for name in names))


def _commands() -> str:
    """The command's own help, as its author's tool writes it."""
    app = "aioconvo.cli.app"
    written = [sys.executable, "-m", "typer", app, "utils", "docs", "--name", "aioconvo", "--title", "Command line"]
    return subprocess.run(written, check=True, capture_output=True, text=True).stdout  # noqa: S603 -- our own command


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, text in pages():
        (folder / name).write_text(text, "utf-8")
