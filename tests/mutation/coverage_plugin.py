"""A pytest plugin that notes which test runs which lines of the package, with `coverage`, for the choice of tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import coverage
import pytest

_coverage = coverage.Coverage(
    data_file=os.environ["MUTATION_COVERAGE"], data_suffix=True, source=["aioconvo"], config_file=False, messages=False
)
_coverage.start()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    _coverage.switch_context(item.nodeid)
    try:
        return (yield)
    finally:
        _coverage.switch_context("")


def pytest_unconfigure() -> None:
    _coverage.stop()
    _coverage.save()
