"""How much of each API is declared, and how it differs from its specification: `nox -s specs`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .comparing import differences
from .declarations import declared
from .facts import Facts
from .kept import facts

__all__ = ["Counts", "counts", "found", "not_declared", "table"]


def found(provider: str) -> list[str]:
    """Every difference between the declarations of a provider and its specification, by the operation's name in Python."""
    return list(_found(provider, facts(provider)))


def _found(provider: str, told: Facts) -> Iterator[str]:
    for one in declared(provider, facts(provider)):
        python, theirs = one.python.removeprefix(f"{provider}."), told.operations.get(one.operation.line)
        if theirs is None:
            yield f"{python} path: {one.operation.line} is not in the specification"
        else:
            yield from (f"{python} {difference}" for difference in differences(one, theirs, told.shapes))


def not_declared(provider: str) -> list[str]:
    """The operations of a specification that are not declared, by method and path, with their names."""
    known = {one.operation.line for one in declared(provider, facts(provider))}
    return [f"{line} {one.name}" for line, one in facts(provider).operations.items() if line not in known]


class Counts(NamedTuple):
    """How many operations an API has, how many are declared, how many of those by hand, and how many are not declared."""

    specified: int
    declared: int
    by_hand: int
    not_declared: int


def counts(provider: str) -> Counts:
    """The counts of one provider; of what is declared by hand, only name, path, effect and answer are checked."""
    told = facts(provider)
    known = [one for one in declared(provider, told) if one.operation.line in told.operations]
    missing = len(not_declared(provider))
    return Counts(len(told.operations), len(known), sum(one.by_hand for one in known), missing)


def table(providers: tuple[str, ...]) -> Iterator[str]:
    """The counts of the providers and of all, a line each."""
    rows = {provider: counts(provider) for provider in providers}
    columns = zip(*rows.values(), strict=True)
    yield f"{'':10} specified  declared  by hand  not declared"
    for name, row in [*rows.items(), ("all", [sum(column) for column in columns])]:
        yield "{:10} {:9} {:9} {:8} {:13}".format(name, *row)
