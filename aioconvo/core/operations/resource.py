"""A client's groups of operations, as attributes of it or of a group, and the list of all operations."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Generic, Self, TypeVar, cast, overload

from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.json.model import Envelope

from .markers import Style, as_written
from .operation import Operation
from .signature import Declared

__all__ = ["Group", "Resource", "declarations", "groups", "load", "methods", "operations"]

R = TypeVar("R")


class Group:
    """A group of operations of one client.

    `wire_name` makes names on the wire of those in Python, `of_client` are the attributes of the client that stand in paths,
    `envelope` is the base of the structs around answers; `may_say_nothing`: any answer of theirs may be a 204.
    """

    __slots__ = ("_client",)
    wire_name: ClassVar[Style] = as_written
    of_client: ClassVar[tuple[str, ...]] = ()
    envelope: ClassVar[type[Envelope]] = Envelope
    may_say_nothing: ClassVar[bool] = False

    def __init__(self, client: Any) -> None:
        self._client = client

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Resource(Generic[R]):
    """An attribute of a client or of a group: a group of operations, made when it is asked for, so that a copy has its own.

    `drafts = Resource(Drafts)` is loaded with the client. `admin: Resource[Admin] = Resource()` is loaded when it is first
    touched: the class of that name in the module `admin` beside the client, or in the folder of the group.
    """

    def __init__(self, kind: type[R] | None = None) -> None:
        self._kind = kind
        self.__doc__ = "Operations that are loaded when they are first touched." if kind is None else kind.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner, self._name = owner, name
        self._nested = issubclass(owner, Group)

    @property
    def kind(self) -> type[R]:
        """The class of the group."""
        if self._kind is None:
            home = importlib.import_module(f".{self._name}", sys.modules[self._owner.__module__].__package__)
            self._kind = cast("type[R]", getattr(home, self._owner.__annotations__[self._name].partition("[")[2][:-1]))
            self.__doc__ = self._kind.__doc__
        return self._kind

    @overload
    def __get__(self, holder: None, owner: type) -> Self: ...
    @overload
    def __get__(self, holder: object, owner: type) -> R: ...
    def __get__(self, holder: Any, owner: type) -> Self | R:
        if holder is None:
            return self
        make: Any = self._kind or self.kind
        return make(holder._client if self._nested else holder)  # type: ignore[no-any-return] # noqa: SLF001 -- a group's

    def __repr__(self) -> str:
        return f"<Resource {self._name}>"


def groups(holder: type, place: str = "") -> Iterator[tuple[str, type[Group]]]:
    """Every group of a client, and every group in a group, by its dotted name; all of them are loaded."""
    for name, resource in _resources(holder).items():
        kind, dotted = resource.kind, f"{place}{name}"
        yield dotted, kind
        yield from groups(kind, f"{dotted}.")


def load(client: type, names: Iterable[str] = ()) -> None:
    """Load these groups and all that is in them, such as `pbx` or `pbx.queues`; without names all groups.

    Raises:
        InvalidRequestError: There is no group of that name.
    """
    for holder in [_find(client, name) for name in names] or [client]:
        for _ in groups(holder):
            pass


def _find(client: type, name: str) -> type:
    holder = client
    for part in name.split("."):
        known = _resources(holder)
        if part not in known:
            there = ", ".join(known) or "none"
            raise InvalidRequestError(f"{client.__name__} has no group {name!r} to load; {holder.__name__} has {there}")
        holder = known[part].kind
    return holder


def declarations(client: type) -> Iterator[Declared]:
    """Every operation that the resources of a client declare, by their dotted names."""
    return (one.declared for one in methods(client) if hasattr(one, "declared"))


@functools.cache
def operations(client: type) -> tuple[Operation[Any], ...]:
    """Every operation of a client, those among them that are written by hand."""
    return tuple(sorted((one.operation for one in methods(client)), key=lambda one: one.python))


def methods(client: type) -> Iterator[Any]:
    """The methods of a client's groups that perform an operation."""
    for _, kind in groups(client):
        each: list[Any] = [getattr(kind, one, None) for one in dir(kind)]
        yield from (one for one in each if isinstance(getattr(one, "operation", None), Operation))


def _resources(holder: type) -> dict[str, Resource[Any]]:
    found: dict[str, Any] = {name: one for kind in holder.__mro__ for name, one in vars(kind).items()}
    return {name: found[name] for name in sorted(found) if isinstance(found[name], Resource)}
