"""Griffe extension: shows operations as `help()` does, with their limits, and what they ask the API for and do there."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from typing import Any

import griffe

from aioconvo.core.operations.declaration import operation_of
from aioconvo.core.operations.operation import Effect

__all__ = ["Operations"]

_DECORATORS = {"operation", "listing", "performs"}
_EFFECTS = {
    Effect.READ: "changes nothing",
    Effect.IDEMPOTENT: "may be repeated",
    Effect.UNSAFE: "changes something each time",
    Effect.PAID: "may cost money",
}


class Operations(griffe.Extension):
    """Puts the derived docstring in place of the one that is written."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """See `griffe.Extension`."""
        for function in _functions(pkg):
            if any(str(one.value).partition("(")[0] in _DECORATORS for one in function.decorators):
                function.docstring = griffe.Docstring(_words(function), parent=function, parser="google")


def _functions(scope: griffe.Object) -> Iterator[griffe.Function]:
    for member in scope.members.values():
        if isinstance(member, griffe.Function):
            yield member
        elif isinstance(member, griffe.Module | griffe.Class):
            yield from _functions(member)


def _listed(limits: str) -> str:
    """The limits, one a line, as a list."""
    lines = [line.strip().partition(": ") for line in limits.splitlines() if line.strip()]
    items = [f"- `{name}`: {words}" if words else f"- {name}" for name, _, words in lines]
    return "\n".join(["**Limits:**", "", *items]) if items else ""


def _words(function: griffe.Function) -> str:
    module: Any = importlib.import_module(function.module.path)
    owner, _, name = function.path.removeprefix(f"{function.module.path}.").rpartition(".")
    method = getattr(getattr(module, owner), name)
    operation = operation_of(method)
    summary, _, rest = inspect.cleandoc(method.__doc__ or "").partition("\n")
    rest = rest.replace(f"Source: operation {operation.name}.", "").strip()
    rest, _, limits = rest.partition("Limits:\n")
    rest = f"{rest}{_listed(limits)}"
    paged = "" if operation.page_kind is None else f" Pages by {operation.page_kind.value}."
    asks = f"`{operation.method} {operation.path}`, {operation.name} in the specification."
    effect = f"**{operation.effect.value}**: {_EFFECTS[operation.effect]}."
    return f"{summary}\n\n{asks}{paged} Effect {effect}\n\n{rest}"
