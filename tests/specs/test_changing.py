"""Whatever one fact of a specification became, the check of the true declarations would tell."""

from __future__ import annotations

import re
import zlib

import pytest

from tests.specs.changing import changed
from tests.specs.comparing import differences
from tests.specs.declarations import declared
from tests.specs.facts import Declared
from tests.specs.kept import PROVIDERS, facts

DECLARED = [(provider, one) for provider in PROVIDERS for one in declared(provider, facts(provider))]
AT_MOST = 40  # changes of one operation; which ones depends on its name, and shapes are those of many operations


@pytest.mark.parametrize(("provider", "one"), DECLARED, ids=[one.python for _, one in DECLARED])
def test_a_change_of_any_fact_is_a_difference(provider: str, one: Declared) -> None:
    told = facts(provider)
    theirs = told.operations[one.operation.line]
    known = list(differences(one, theirs, told.shapes))
    left_out = {name for said in known for name in re.findall(r"([\w\[\]]+): not (?:an argument|declared)", said)}
    changes = list(changed(theirs, told.shapes, left_out))
    if "answer: its members are not declared" in known:  # which is told once, whatever they are
        changes = [one for one in changes if not one[0].endswith("in the answer")]
    step = -(-len(changes) // AT_MOST)
    drawn = changes[zlib.crc32(one.python.encode()) % step :: step]
    missed = [what for what, operation, shapes in drawn if list(differences(one, operation, shapes)) == known]
    assert missed == []
