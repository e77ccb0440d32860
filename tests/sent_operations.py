"""Every operation is sent by a test of its provider and answered well: seen at the wire, not in the tests' words.

The providers' tests note each request that arrived and the success it was answered with. When all of them ran, what they
noted is compared with the catalogue; an operation that nobody sent fails the run. Workers of pytest-xdist hand theirs over.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aioconvo.cli.operations import Row, catalogue

FOLDER = Path(__file__).parent / "providers"
GOOD = {*range(200, 300), 302}  # the good answer of one is a redirect


class SentOperations:
    """The pytest plugin that keeps the account."""

    def __init__(self) -> None:
        self._sent: set[str] = set()
        self._whole = False
        self._missing: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        wire = getattr(item, "funcargs", {}).get("wire")
        if item.path.parent == FOLDER and wire is not None:
            provider = item.path.stem.split("_")[1]
            self._sent |= {name for one in wire.sent if one.status in GOOD and (name := _operation(provider, one)) is not None}
        yield

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        config = session.config
        places = [(config.invocation_params.dir / argument).resolve() for argument in config.args]
        chosen = config.option.keyword or config.option.markexpr
        self._whole = not chosen and any(FOLDER.is_relative_to(place) for place in places)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        handed_over: dict[str, Any] = getattr(node, "workeroutput", {})
        self._sent |= set(handed_over.get("sent operations", ()))
        self._whole |= handed_over.get("all providers' tests", False)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        worker: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if worker is not None:
            worker |= {"sent operations": sorted(self._sent), "all providers' tests": self._whole}
        elif self._whole and not session.testsfailed:
            self._missing = sorted(row["python"] for row in catalogue() if row["python"] not in self._sent)
            if self._missing:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for name in self._missing:
            terminalreporter.write_line(f"FAILED: no test of its provider sends {name} and has it answered", red=True)


def _operation(provider: str, sent: Any) -> str | None:
    """The operation that a request belongs to, as users call it; of two that match, the one whose path says more."""
    return _named(provider, sent.method, sent.path)


@functools.cache
def _named(provider: str, method: str, path: str) -> str | None:
    found = [row for row, pattern in _patterns(provider) if row["method"] == method and pattern.search(path)]
    return min(found, key=_says_little)["python"] if found else None


@functools.cache
def _patterns(provider: str) -> list[tuple[Row, re.Pattern[str]]]:
    return [(row, re.compile(_pattern(row))) for row in catalogue(provider)]


def _says_little(row: Row) -> tuple[int, int]:
    """`/sms` ends `/conversations/{id}/sms` too, and `/users/{id}` is any `/users/search`."""
    return -row["path"].count("/"), row["path"].count("{")


def _pattern(row: Row) -> str:
    parts = re.split(r"\{[^}]*\}", row["path"])
    return "[^/]+".join(re.escape(part) for part in parts) + "$"  # what stands before it is the base URL's
