"""Each fuzz target for a moment, so that targets and inputs stay alive; `nox -s fuzz` runs them for longer."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from tests.campaign import examples
from tests.fuzz.inputs import INPUTS
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_target(name: str) -> None:
    @settings(
        max_examples=examples(100), deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(INPUTS[name])
    def run(data: bytes) -> None:
        TARGETS[name](data)

    run()


def test_every_target_has_inputs() -> None:
    assert INPUTS.keys() == TARGETS.keys()
