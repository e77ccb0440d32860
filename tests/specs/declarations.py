"""Read the declarations of the package into facts.

An operation that a method performs by hand tells its name, path, effect and answer; what it takes is counted as specified.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Sequence
from typing import Any

import msgspec

import aioconvo
from aioconvo.core.operations.markers import Place as Goes
from aioconvo.core.operations.operation import Effect, Operation as Constant
from aioconvo.core.operations.resource import declarations
from aioconvo.core.operations.rules import joined
from aioconvo.core.operations.signature import Declared as Signature, Parameter as Argument

from .annotations import Types
from .facts import Body, Declared, Facts, Kind, Member, Operation, Parameter, Place, Shape

__all__ = ["CLIENTS", "declared", "of_signature"]

CLIENTS: dict[str, type] = {
    "smscx": aioconvo.SmscxClient,
    "sunshine": aioconvo.SunshineClient,
    "smooch": aioconvo.SmoochClient,
    "convore": aioconvo.ConvoreClient,
    "ultracart": aioconvo.UltraCartClient,
}
_PLACES = {Goes.PATH: Place.PATH, Goes.QUERY: Place.QUERY, Goes.PAGE_SIZE: Place.QUERY, Goes.PAGER: Place.QUERY}


def declared(provider: str, specified: Facts) -> list[Declared]:
    """Every operation that a provider's package declares."""
    found = [of_signature(one) for one in declarations(CLIENTS[provider])]
    known = {one.operation.line for one in found}
    constants: Sequence[Constant[Any]] = importlib.import_module(f"aioconvo.{provider}").OPERATIONS
    return [*found, *(_of_constant(one, specified) for one in constants if f"{one.method} {one.path}" not in known)]


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
    required = not told.told.optional_body
    for one in told.at(Goes.WHOLE):
        return Body(shape=types.shape(one.annotation), required=_always_sent(one))
    members = {str(one.wire): _member(one, types) for one in told.at(Goes.BODY)}
    return Body(shape=Shape(kind=Kind.OBJECT, members=members), required=required) if members else None


def _member(one: Argument, types: Types) -> Member:
    return types.member(one.annotation, one.default, required=_always_sent(one))


def _always_sent(one: Argument) -> bool:
    """Whether every request has it: no default, or one that is a value."""
    return one.default is inspect.Parameter.empty or one.default not in {None, msgspec.UNSET}


def _answer(constant: Constant[Any], types: Types) -> Body | None:
    return None if constant.response is None else Body(shape=types.shape(constant.response))


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
