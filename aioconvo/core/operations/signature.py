"""A method that is all signature, read into what it declares. Pure; reading takes some 0.2 ms and happens once."""

from __future__ import annotations

import enum
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from aioconvo.core.json.model import Envelope

from .envelope import envelope
from .markers import Marker, Place, snake
from .operation import Effect, Operation, PageKind
from .rules import Check, Rule

__all__ = ["Declared", "Parameter", "Told", "read"]

_WALK = frozenset({"limit", "start", "prefetch"})
_IN_QUERY = frozenset({"GET", "HEAD", "DELETE"})


class Told(msgspec.Struct, frozen=True):
    """What a decorator says; see `operation` and `listing`."""

    request: str
    effect: Effect
    name: str
    unwrap: str | None = None
    answer: Any = None
    check: Sequence[Check] = ()
    expect: Callable[..., Any] | None = None
    optional_body: bool = False
    idempotency_member: str | None = None
    accept: str | None = None
    pager: Callable[..., Any] | None = None
    stored_as: str | None = None


class Parameter(msgspec.Struct, frozen=True):
    """One argument: `name` in Python, `wire` on the wire (`None`: it is not there), `place` and whether the pager takes it.

    `annotation` is the resolved type with all that is in `Annotated`, `rules` are what of that it has to keep to, `choices` the
    values of the enum in it. `default` is `inspect.Parameter.empty` where it is `required`.
    """

    name: str
    wire: str | None
    place: Place
    to_pager: bool
    default: Any
    annotation: Any
    rules: tuple[Rule, ...]

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.default is inspect.Parameter.empty

    @property
    def always_asked(self) -> bool:
        """Whether its rules are asked about whatever is given: they stand around all that it may be, not around a part."""
        return typing.get_origin(self.annotation) is typing.Annotated

    @property
    def choices(self) -> tuple[str, ...]:
        """The values that an enum in its type names; none where there is no enum."""
        enums = (kind for kind in _types(self.annotation) if isinstance(kind, type) and issubclass(kind, enum.Enum))
        return tuple(str(member.value) for kind in enums for member in kind)


class Declared(msgspec.Struct, frozen=True):
    """An operation as its method declares it.

    `answer` is what the method gives, of a list what its pages hold; `path` are the attributes of the client that the path
    names, in place of arguments, by their names in it.
    """

    operation: Operation[Any]
    parameters: tuple[Parameter, ...]
    answer: Any
    told: Told
    method: Callable[..., Any]
    owner: type
    from_client: dict[str, str]

    @property
    def pager(self) -> Callable[..., Any] | None:
        """What makes the pager of a list; `None`: it is no list."""
        return self.told.pager

    @property
    def awaits(self) -> bool:
        """Whether the method is a coroutine; else it gives a list or download, which is asked for later."""
        return self.pager is None and not hasattr(self.answer, "of_call")

    def at(self, place: Place) -> list[Parameter]:
        """The parameters of one place, in the order of the signature."""
        return [one for one in self.parameters if one.place is place]

    def named_by(self, function: Callable[..., Any]) -> list[str]:
        """The arguments that a check or a pager names.

        Raises:
            TypeError: It names one that there is not.
        """
        names = list(getattr(function, "names", None) or inspect.signature(function).parameters)
        if unknown := set(names) - {one.name for one in self.parameters}:
            raise TypeError(f"{self.method.__qualname__} has no argument {min(unknown)!r}, which {function} names")
        return names


def read(method: Callable[..., Any], told: Told, owner: Any) -> Declared:
    """What a method of the resource `owner` declares.

    Raises:
        TypeError: The declaration contradicts itself.
    """
    hints = typing.get_type_hints(method, include_extras=True)
    verb, _, path = told.request.partition(" ")
    python = f"{owner.__module__.partition('.')[2]}.{method.__name__}"
    gives = hints["return"]
    if told.pager is not None:
        gives = typing.get_args(gives)[0]
    operation: Operation[Any] = Operation(
        python,
        told.name,
        verb,
        path,
        _response(told, gives, owner.envelope),
        told.effect,
        None if told.pager is None else getattr(told.pager, "page_kind", PageKind.SINGLE),
        stored_as=told.stored_as,
        idempotency_member=told.idempotency_member,
        accept=told.accept,
    )
    for_pager = () if told.pager is None else inspect.signature(told.pager).parameters
    _, *taken = inspect.signature(method).parameters.values()
    parameters = tuple(_parameter(one, hints[one.name], operation, owner.wire_name, for_pager) for one in taken)
    given = {one.wire for one in parameters if one.place is Place.PATH}
    from_client = {wire: snake(wire) for wire in operation.parameters if wire not in given}
    if unknown := set(from_client.values()) - set(owner.of_client):
        raise TypeError(f"{method.__qualname__} takes no {min(unknown)!r}, which its path names")
    return Declared(operation, parameters, gives, told, method, owner, from_client)


def _parameter(
    one: inspect.Parameter, hint: Any, operation: Operation[Any], wire_name: Callable[[str], str], for_pager: Iterable[str]
) -> Parameter:
    extras = list(_extras(hint))
    marker = next((extra for extra in extras if isinstance(extra, Marker)), Marker())
    wire: str | None = marker.wire or wire_name(one.name)
    to_pager = one.name in for_pager
    if wire in operation.parameters and marker.place is None:
        place = Place.PATH
    elif operation.page_kind is not None and one.name in _WALK:
        place, wire = Place.WALK, None
    elif marker.place is not None:
        place = marker.place
    elif to_pager:
        place, wire = Place.PAGER, marker.wire
    else:
        place = Place.QUERY if operation.method in _IN_QUERY else Place.BODY
    rules = tuple(extra for extra in extras if callable(extra))
    return Parameter(one.name, wire, place, to_pager, one.default, hint, rules)


def _response(told: Told, gives: Any, base: type[Envelope]) -> Any:
    """What a good answer decodes to."""
    if told.answer is not None:
        return told.answer
    if told.pager is not None:
        return typing.get_args(typing.get_type_hints(told.pager)["return"])[0]
    if gives is type(None):
        return None
    if hasattr(gives, "of_call"):
        return bytes
    return gives if told.unwrap is None else envelope(gives, told.unwrap, base)


def _extras(hint: Any) -> Iterator[Any]:
    """What stands in `Annotated`, of a type or of the members of a union."""
    yield from getattr(hint, "__metadata__", ())
    for one in _members(hint):
        yield from _extras(one)


def _members(hint: Any) -> Sequence[Any]:
    return typing.get_args(hint) if typing.get_origin(hint) in {typing.Union, types.UnionType} else ()


def _types(hint: Any) -> Iterator[Any]:
    """Every type in an annotation, at any depth."""
    parts = typing.get_args(hint)
    if not parts:
        yield hint
    for part in parts:
        yield from _types(part)
