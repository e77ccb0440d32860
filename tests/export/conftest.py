"""What the tests of exports share: ledgers that do not wait for the disk, which no test can tell from those that do."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_wait_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioconvo.export.ledger.ledger._SYNCHRONOUS", "OFF")
