"""Read the declarations of the package into facts.

An operation that a method performs by hand tells its name, path, effect and answer; what it takes is counted as specified.
"""

from __future__ import annotations

import inspect
import typing
from typing import Any

import msgspec

from aioconvo.core.operations.markers import Place as Goes
from aioconvo.core.operations.operation import Effect, Operation as Constant
from aioconvo.core.operations.resource import declarations, methods
from aioconvo.core.operations.rules import joined
from aioconvo.core.operations.signature import Declared as Signature, Parameter as Argument
from aioconvo.providers import Provider

from .annotations import Types
from .drafting.names import python_name
from .facts import Body, Declared, Facts, Kind, Member, Operation, Parameter, Place, Shape, resolved

__all__ = ["CLIENTS", "declared", "of_method", "of_signature"]

CLIENTS: dict[str, type] = {str(one): one.client for one in Provider}
_PLACES = {Goes.PATH: Place.PATH, Goes.QUERY: Place.QUERY, Goes.PAGE_SIZE: Place.QUERY, Goes.PAGER: Place.QUERY}


def declared(provider: str, specified: Facts) -> list[Declared]:
    """Every operation that a provider's package declares."""
    found = [of_signature(one) for one in declarations(CLIENTS[provider])]
    by_hand = [one for one in methods(CLIENTS[provider]) if not hasattr(one, "declared")]
    return [*found, *(of_method(method, specified) for method in by_hand)]


def of_signature(told: Signature) -> Declared:
    """An operation that its method's signature declares."""
    sent, received = Types(sending=True), Types(sending=False)
    constant = told.operation
    arguments = [_parameter(one, place, sent) for goes, place in _PLACES.items() for one in told.at(goes) if one.wire]
    from_client = [
        Parameter(name=name, place=Place.PATH, shape=Shape(kind=Kind.TEXT), required=True) for name in told.from_client
    ]
    operation = Operation(
        method=constant.method,
        path=constant.path,
        name=constant.name,
        parameters=(*from_client, *arguments),
        body=_body(told, sent),
        answer=_answer(constant, received),
        paid=constant.effect is Effect.PAID,
    )
    return Declared(constant.python, operation, sent.shapes, received.shapes)


def _parameter(one: Argument, place: Place, types: Types) -> Parameter:
    shape, required = types.shape(one.annotation), _always_sent(one)
    return Parameter(name=str(one.wire), place=place, shape=shape, required=required, joined=joined in one.rules)


def _body(told: Signature, types: Types) -> Body | None:
    required = not told.optional_body
    for one in told.at(Goes.WHOLE):
        return Body(shape=types.shape(one.annotation), required=_always_sent(one))
    members = {str(one.wire): _member(one, types) for one in told.at(Goes.BODY)}
    if files := told.at(Goes.PART):
        parts = members | {str(one.wire): types.member(bytes, one.default, required=_always_sent(one)) for one in files}
        return Body(shape=Shape(kind=Kind.OBJECT, members=parts), media=("multipart/form-data",))
    return Body(shape=Shape(kind=Kind.OBJECT, members=members), required=required) if members else None


def _member(one: Argument, types: Types) -> Member:
    return types.member(one.annotation, one.default, required=_always_sent(one))


def _always_sent(one: Argument) -> bool:
    """Whether every request has it: no default, or one that is a value."""
    return one.default is not None and one.default is not msgspec.UNSET


def _answer(constant: Constant[Any], types: Types) -> Body | None:
    if constant.response is None:
        return None
    asked = constant.accept or "application/json"
    return Body(shape=types.shape(constant.response), media=tuple(one.partition(";")[0].strip() for one in asked.split(",")))


def of_method(method: Any, specified: Facts) -> Declared:
    """An operation that a method performs by hand: an argument is taken for what is specified under its name."""
    told = _of_constant(method.operation, specified)
    theirs = specified.operations.get(told.operation.line)
    if theirs is None:
        return told
    sent, hints = Types(sending=True), typing.get_type_hints(method, include_extras=True)
    _, *taken = inspect.signature(method).parameters.values()
    given = {one.name: sent.member(hints[one.name], one.default, required=one.default is one.empty) for one in taken}
    in_body = {} if theirs.body is None else resolved(theirs.body.shape, specified.shapes).members
    wires = {python_name(wire): wire for wire in in_body}
    members = {wires[name]: one for name, one in given.items() if name in wires}
    places = {python_name(one.name): (one.name, one.place) for one in theirs.parameters}
    parameters = [
        Parameter(name=wire, place=place, shape=one.shape, required=one.required)
        for name, one in given.items()
        if name not in wires
        for wire, place in [places.get(name, (name, Place.QUERY))]
    ]
    body = told.operation.body and msgspec.structs.replace(told.operation.body, shape=Shape(kind=Kind.OBJECT, members=members))
    operation = msgspec.structs.replace(told.operation, parameters=tuple(parameters), body=body)
    return Declared(told.python, operation, sent.shapes, told.received, by_hand=True)


def _of_constant(constant: Constant[Any], specified: Facts) -> Declared:
    received = Types(sending=False)
    theirs = specified.operations.get(f"{constant.method} {constant.path}")
    body = None if theirs is None else theirs.body
    if body is not None and constant.form:
        body = msgspec.structs.replace(body, media=("application/x-www-form-urlencoded",))
    operation = Operation(
        method=constant.method,
        path=constant.path,
        name=constant.name,
        parameters=() if theirs is None else theirs.parameters,
        body=body,
        answer=_answer(constant, received),
        paid=constant.effect is Effect.PAID,
    )
    return Declared(constant.python, operation, dict(specified.shapes), received.shapes, by_hand=True)
