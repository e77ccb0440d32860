"""Read the declarations of the package into facts.

An operation that is still a constant beside a method tells its name, path, effect and answer; what it takes is counted as
specified.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import aioconvo
from aioconvo.core.operation import Effect, Operation as Constant

from .annotations import Types
from .facts import Body, Declared, Facts, Operation

__all__ = ["CLIENTS", "declared"]

CLIENTS: dict[str, type] = {
    "smscx": aioconvo.SmscxClient,
    "sunshine": aioconvo.SunshineClient,
    "smooch": aioconvo.SmoochClient,
    "convore": aioconvo.ConvoreClient,
    "ultracart": aioconvo.UltraCartClient,
}


def declared(provider: str, specified: Facts) -> list[Declared]:
    """Every operation that a provider's package declares."""
    constants: Sequence[Constant[Any]] = importlib.import_module(f"aioconvo.{provider}").OPERATIONS
    return [_of_constant(one, specified) for one in constants]


def _of_constant(constant: Constant[Any], specified: Facts) -> Declared:
    received = Types(sending=False)
    theirs = specified.operations.get(f"{constant.method} {constant.path}")
    operation = Operation(
        method=constant.method,
        path=constant.path,
        name=constant.name,
        parameters=() if theirs is None else theirs.parameters,
        body=None if theirs is None else theirs.body,
        answer=None if constant.response is None else Body(shape=received.shape(constant.response)),
        paid=constant.effect is Effect.PAID,
    )
    return Declared(constant.python, operation, dict(specified.shapes), received.shapes)
