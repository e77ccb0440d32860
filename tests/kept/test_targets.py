"""Targets whose export was stopped before modules moved are gone on with, and end whole: nothing lost, nothing twice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.export.accounts import PROVIDERS, checked, exported, held, target
from tests.export.targets import EVERY_KIND
from tests.kept.targets import HERE, KEPT_KINDS, run, sandbox


@pytest.fixture(params=[kind for kind in KEPT_KINDS if kind in EVERY_KIND])
def out(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    shutil.unpack_archive(HERE / f"target_{request.param}.zip", tmp_path)
    return target(request.param, tmp_path)


async def test_a_kept_target_is_gone_on_with(out: str) -> None:
    before = await exported(out)
    async with sandbox() as accounts:
        whole = held(accounts, *PROVIDERS)
    assert 0 < before.total() < whole.total()
    assert not before - whole
    assert await run(out)
    assert await exported(out) == whole
    assert (await checked(out)).complete
