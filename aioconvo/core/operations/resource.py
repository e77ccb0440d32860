"""A client's groups of operations, as attributes of it, and the list of all operations."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, ClassVar, Generic, Self, TypeVar, cast, overload

from aioconvo.core.json.model import Envelope

from .markers import Style, as_written
from .operation import Operation
from .signature import Declared

__all__ = ["Group", "Resource", "declarations", "operations"]

R = TypeVar("R", bound="Group")


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
    """An attribute of a client: a group of its operations, made when it is asked for, so that a copy has its own."""

    def __init__(self, kind: type[R]) -> None:
        self.kind = kind
        self.__doc__ = kind.__doc__

    @overload
    def __get__(self, client: None, owner: type) -> Self: ...
    @overload
    def __get__(self, client: object, owner: type) -> R: ...
    def __get__(self, client: object, owner: type) -> Self | R:
        return self if client is None else self.kind(client)


def declarations(client: type) -> Iterator[Declared]:
    """Every operation that the resources of a client declare, by their dotted names."""
    return (one.declared for one in _methods(client) if hasattr(one, "declared"))


@functools.cache
def operations(client: type) -> tuple[Operation[Any], ...]:
    """Every operation of a client, those among them that are written by hand."""
    return tuple(sorted((one.operation for one in _methods(client)), key=lambda one: one.python))


def _methods(client: type) -> Iterator[Any]:
    """The methods that perform an operation."""
    for name in sorted(dir(client)):
        resource: Any = getattr(client, name, None)
        if isinstance(resource, Resource):
            kind = cast("type[Group]", resource.kind)
            methods: list[Any] = [getattr(kind, one, None) for one in dir(kind)]
            yield from (one for one in methods if isinstance(getattr(one, "operation", None), Operation))
