"""Exports that lose nothing and double nothing while a fifth of all answers fail, counted at the sandbox.

The suite exports 20 conversations of 50 messages of each provider; with AIOCONVO_CAMPAIGN=full 2,000 of 50, that is 100,000
messages. No retry waits in real time: the clock moves when somebody sleeps.
"""

from __future__ import annotations

import importlib.util
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import aioconvo
from aioconvo.export import Exporter
from aioconvo.sandbox import Sandbox
from tests.campaign import FULL
from tests.export.accounts import KINDS, PROVIDERS, checked, exported, held, source, target
from tests.faults.test_walks_under_fire import QuickClock

CONVERSATIONS, MESSAGES = (2_000, 50) if FULL else (20, 50)
LIBRARIES = {"parquet": "pyarrow", "duckdb": "duckdb"}
TARGETS = [*KINDS, *(kind for kind, library in LIBRARIES.items() if importlib.util.find_spec(library))]


@pytest.mark.parametrize("name", PROVIDERS)
async def test_nothing_is_lost_or_doubled_while_a_fifth_of_all_answers_fail(
    name: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    targets = [target(kind, tmp_path) for kind in TARGETS]
    async with (
        Sandbox(conversations=CONVERSATIONS, messages=MESSAGES, faults=0.2, seed=10 + PROVIDERS.index(name)) as sandbox,
        aioconvo.SessionPool(clock=QuickClock()) as pool,
    ):
        expected = held(sandbox, name)
        began = time.perf_counter()
        summary = await Exporter(source(name, sandbox, pool), targets).run()
        seconds = time.perf_counter() - began
        faults = sum(sandbox.faults[name].values())
    missing: dict[str, Counter[object]] = {}
    doubled: dict[str, Counter[object]] = {}
    for one in targets:
        found = await exported(one)
        missing[one], doubled[one] = Counter(expected - found), Counter(found - expected)
    figure = (
        f"{name}: {expected.total()} messages in {CONVERSATIONS} conversations, {faults} faults, into {len(targets)} targets: "
        f"missing {[one.total() for one in missing.values()]}, doubled {[one.total() for one in doubled.values()]}, "
        f"{seconds:.1f} s"
    )
    print(figure)  # noqa: T201 -- the figure
    record_property("figure", figure)
    assert expected.total() == CONVERSATIONS * MESSAGES
    assert faults > 0
    assert not any(missing.values())
    assert not any(doubled.values())
    assert summary.complete
    assert summary.sources[0].messages.new == expected.total()
    assert all([(await checked(one)).complete for one in targets])
