"""A method that is all signature, read into what it declares. Pure; reading takes some 0.2 ms and happens once."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from .envelope import envelope
from .markers import Marker, Place
from .operation import Operation
from .rules import Check, Rule

__all__ = ["Declared", "Parameter", "read"]

_WALK = frozenset({"limit", "start", "prefetch"})
_IN_QUERY = frozenset({"GET", "HEAD", "DELETE"})


class Parameter(msgspec.Struct, frozen=True):
    """One argument: `name` in Python, `wire` on the wire (`None`: it is not there), `place` and whether the pager takes it.

    `annotation` is the resolved type with all that is in `Annotated`, `rules` are what of that it has to keep to. `default`
    is `inspect.Parameter.empty` where it is `required`.
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


class Declared(msgspec.Struct, frozen=True):
    """An operation as its method declares it.

    `answer` is what the method gives, of a list what its pages hold; `from_client` are the attributes of the client that the
    path names, in place of arguments, by their names in it. `pager` makes the pager of a list; `None`: it is no list. The rest
    is as the decorators have it.
    """

    operation: Operation[Any]
    parameters: tuple[Parameter, ...]
    answer: Any
    method: Callable[..., Any]
    owner: Any
    from_client: dict[str, str]
    check: Sequence[Check] = ()
    expect: Callable[..., Any] | None = None
    unwrap: str | None = None
    optional_body: bool = False
    pager: Callable[..., Any] | None = None

    @property
    def awaits(self) -> bool:
        """Whether the method is a coroutine; else it gives a list or download, which is asked for later."""
        return self.pager is None and not hasattr(self.answer, "of_call")

    @property
    def may_be_none(self) -> bool:
        """Whether an answer may hold nothing: a 204, or that another try has deleted it before."""
        return self.owner.may_say_nothing or self.operation.method == "DELETE"

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


def read(
    method: Callable[..., Any],
    owner: Any,
    operation: Operation[Any],
    *,
    unwrap: str | None = None,
    pager: Callable[..., Any] | None = None,
    **words: Any,
) -> Declared:
    """What a method of the resource `owner` declares.

    `operation` is what the decorator says of it, and `words` what else it says: the signature says the rest.

    Raises:
        TypeError: The declaration contradicts itself.
    """
    hints = typing.get_type_hints(method, include_extras=True)
    answer = _something(hints["return"]) if pager is None else typing.get_args(hints["return"])[0]
    response = operation.response
    if response is None:
        response = _response(answer, pager) if unwrap is None else envelope(answer, unwrap, owner.envelope)
    place = owner.__module__.partition(".")[2].removesuffix(".operations")  # the noun is a module, or a folder
    python = f"{place}.{method.__name__}"
    operation = msgspec.structs.replace(operation, python=python, response=response)
    for_pager = () if pager is None else inspect.signature(pager).parameters
    _, *taken = inspect.signature(method).parameters.values()
    parameters = tuple(_parameter(one, hints[one.name], operation, owner.wire_name, for_pager) for one in taken)
    given = {one.wire for one in parameters if one.place is Place.PATH}
    attributes = {owner.wire_name(name): name for name in owner.of_client}
    missing = [wire for wire in operation.parameters if wire not in given]
    if unknown := set(missing) - attributes.keys():
        raise TypeError(f"{method.__qualname__} takes no {min(unknown)!r}, which its path names")
    from_client = {wire: attributes[wire] for wire in missing}
    return Declared(operation, parameters, answer, method, owner, from_client, unwrap=unwrap, pager=pager, **words)


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


def _something(answer: Any) -> Any:
    """An answer's type where there is something: without the `None` of one that may hold nothing."""
    kinds = [kind for kind in typing.get_args(answer) if kind is not types.NoneType]
    return kinds[0] if isinstance(answer, types.UnionType) and len(kinds) == 1 else answer


def _response(answer: Any, pager: Callable[..., Any] | None) -> Any:
    """What a good answer decodes to, where nothing else is said."""
    if pager is not None:
        return typing.get_args(typing.get_type_hints(pager)["return"])[0]
    if answer is type(None):
        return None
    return bytes if hasattr(answer, "of_call") else answer


def _extras(hint: Any) -> Iterator[Any]:
    """What stands in `Annotated`, of a type or of the members of a union."""
    yield from getattr(hint, "__metadata__", ())
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        for one in typing.get_args(hint):
            yield from _extras(one)
