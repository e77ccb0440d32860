"""Whatever one fact of a specification became, the check of the true declarations would tell."""

from __future__ import annotations

import re
import zlib
from collections import Counter

import pytest

from tests.specs.changing import changed
from tests.specs.comparing import differences
from tests.specs.declarations import declared
from tests.specs.facts import Body, Declared, Shape, Shapes, resolved
from tests.specs.kept import PROVIDERS, facts

DECLARED = [(provider, one) for provider in PROVIDERS for one in declared(provider, facts(provider))]
AT_MOST = 40  # changes of one operation; which ones depends on its name, and shapes are those of many operations


def kinds_of(body: Body | None, shapes: Shapes) -> list[Shape]:
    """The alternatives of a body that nothing tells apart."""
    whole = None if body is None else resolved(body.shape, shapes)
    return [] if whole is None or whole.tag else [resolved(kind, shapes) for kind in whole.kinds]


def shared(alternatives: list[Shape]) -> set[str]:
    """The members that several alternatives have: the first says what a member is."""
    names = Counter(name for kind in alternatives for name in kind.members)
    return {name for name, count in names.items() if count > 1}


@pytest.mark.parametrize(("provider", "one"), DECLARED, ids=[one.python for _, one in DECLARED])
def test_a_change_of_any_fact_is_a_difference(provider: str, one: Declared) -> None:
    told = facts(provider)
    theirs = told.operations[one.operation.line]
    known = list(differences(one, theirs, told.shapes))
    left_out = {name for said in known for name in re.findall(r"([\w\[\]]+): not (?:an argument|declared)", said)}
    alternatives = kinds_of(theirs.body, told.shapes)
    left_out |= shared(alternatives)
    changes = list(changed(theirs, told.shapes, left_out))
    if alternatives:  # where another alternative does without a member, none is required
        changes = [change for change in changes if not change[0].endswith("required or not in the body")]
    if any(re.match(r"answer\S*: its members are not declared", said) for said in known):  # told once, whatever they are
        changes = [one for one in changes if not one[0].endswith("in the answer")]
    step = -(-len(changes) // AT_MOST)
    drawn = changes[zlib.crc32(one.python.encode()) % step :: step]
    missed = [what for what, operation, shapes in drawn if list(differences(one, operation, shapes)) == known]
    assert missed == []
