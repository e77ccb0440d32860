"""Which structs and enums of a provider's models stand for what its specification names."""

from __future__ import annotations

import functools
import importlib
import types
import typing
from collections.abc import Collection, Iterator
from typing import Any

import msgspec

from aioconvo.core.json.model import OpenEnum
from tests.specs.comparing import pairs
from tests.specs.declarations import declared
from tests.specs.kept import facts

from .names import words

__all__ = ["Models", "Nothing"]


class Models:
    """What the declared operations of a provider use for the schemas of its specification."""

    def __init__(self, provider: str) -> None:
        self._models = importlib.import_module(f"aioconvo.{provider}.models")
        self._structs = _structs(provider)

    def _known(self) -> Iterator[tuple[str, Any]]:
        """All names of the models, whichever are loaded."""
        return ((name, getattr(self._models, name)) for name in self._models.__all__)

    @property
    def module(self) -> str:
        """Where they are imported from."""
        return self._models.__name__

    def struct(self, schema: str) -> str | None:
        """The name of the struct that declared operations use for a schema."""
        name = self._structs.get(schema, "")
        kind = getattr(self._models, name, None)
        return name if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None

    def enum(self, name: str, choices: tuple[str, ...]) -> str | None:
        """The name of an enum of these values, if it ends as the wanted name does."""
        for known, kind in self._known():
            if isinstance(kind, type) and issubclass(kind, OpenEnum) and words(known)[-1:] == words(name)[-1:]:
                values: list[Any] = [one.value for one in kind]
                if set(values) == set(choices):
                    return known
        return None

    def union(self, kinds: Collection[str]) -> str | None:
        """The name of the union of these structs."""
        for known, kind in self._known():
            if isinstance(kind, types.UnionType) and {one.__name__ for one in typing.get_args(kind)} == set(kinds):
                return known
        return None


class Nothing:
    """No models at all: everything is printed."""

    module = ""

    def struct(self, schema: str) -> None:
        """None."""

    def enum(self, name: str, choices: tuple[str, ...]) -> None:
        """None."""

    def union(self, kinds: Collection[str]) -> None:
        """None."""


@functools.cache
def _structs(provider: str) -> dict[str, str]:
    told = facts(provider)
    found: dict[str, str] = {}
    for one in declared(provider, told):
        theirs = told.operations.get(one.operation.line)
        for own, schema in pairs(one, theirs, told.shapes) if theirs is not None else ():
            found.setdefault(schema, own.partition(" ")[0])
    return found
